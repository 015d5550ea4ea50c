"""The conversation workflow on an iWF server, its worker in this process with fakes for model and post: races, no mail."""

import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

import pytest

from inbox_agent.adapters.iwf_client import IwfConversations
from inbox_agent.conversation.events.rate_limits import PER_CONVERSATION
from inbox_agent.models import Address, HandOver
from inbox_agent.web.serve import WebServer
from inbox_agent.web.worker import create_worker_app
from tests.engine_server import iwf_server
from tests.workflow_fakes import FakeModel, FakePost, request, services, text_of
from workflows.registry import build_worker_service

__all__ = ["iwf_server"]
CLOSING_RACES = 30
TURN_RACES = 24
TURN_SECONDS = 0.3


@dataclass
class Side:
    """What a test sees: the client, and the fakes behind the worker."""

    conversations: IwfConversations
    model: FakeModel
    post: FakePost
    worker_url: str

    def replies(self, marked: str) -> list[str]:
        """The texts of the mails to the owner in the conversation whose requests have this subject."""
        return [text_of(mail) for mail in list(self.post.replies) if marked in str(mail["Subject"])]

    def wait_for_replies(self, marked: str, number: int, seconds: float = 20.0) -> list[str]:
        deadline = time.monotonic() + seconds
        while len(self.replies(marked)) < number:
            assert time.monotonic() < deadline, f"{len(self.replies(marked))} replies of {number}"
            time.sleep(0.02)
        return self.replies(marked)


@pytest.fixture(scope="module")
def side(iwf_server: str) -> Iterator[Side]:
    model, post = FakeModel(), FakePost()
    app = create_worker_app(build_worker_service(services(model, post)))
    server = WebServer(app, "127.0.0.1", 0, threads=32)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    with closing(IwfConversations(iwf_server, f"http://127.0.0.1:{server.port}")) as conversations:
        yield Side(conversations, model, post, f"http://127.0.0.1:{server.port}")
    server.stop()
    thread.join(20)


@pytest.fixture
def name() -> str:
    return f"conversation-{uuid.uuid4().hex[:12]}"


def test_requests_at_once_and_their_duplicates_during_a_turn_are_answered_once_each(side: Side, name: str) -> None:
    busy, go_on = threading.Event(), threading.Event()

    def block(asked: object) -> None:
        if not go_on.is_set():
            busy.set()
            go_on.wait(30)

    side.model.before = block
    side.conversations.hand_over(name, request("question 0", subject=name))
    assert busy.wait(30)
    mails = [request(f"question {number}", subject=name) for number in range(1, 11)]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda mail: side.conversations.hand_over(name, mail), mails * 2))
    assert answers.count(HandOver.ACCEPTED) == 10
    assert answers.count(HandOver.DUPLICATE) == 10
    go_on.set()
    replies = side.wait_for_replies(name, 11)
    for number in range(11):
        assert sum(f"You wrote: question {number}\n" in reply.replace("\r", "") for reply in replies) == 1


def test_the_same_mail_by_two_pollers_at_once_is_one_turn(side: Side, iwf_server: str) -> None:
    """Also as the first of its conversation, which both then start."""
    with closing(IwfConversations(iwf_server, side.worker_url)) as other:
        for _ in range(10):
            name = f"twice-{uuid.uuid4().hex[:8]}"
            mail = request("question once", subject=name)
            with ThreadPoolExecutor(8) as pool:
                answers = list(pool.map(lambda by, n=name, m=mail: by.hand_over(n, m), (side.conversations, other) * 4))
            assert sorted(answers) == [HandOver.ACCEPTED] + [HandOver.DUPLICATE] * 7
            side.wait_for_replies(name, 1)
            side.conversations.hand_over(name, request("question at the end", subject=name))
            assert len(side.wait_for_replies(name, 2)) == 2


def test_the_first_mails_of_two_people_in_one_thread_at_once_are_not_both_its_owners(
    side: Side, iwf_server: str
) -> None:
    with closing(IwfConversations(iwf_server, side.worker_url)) as other:
        for _ in range(10):
            name = f"owners-{uuid.uuid4().hex[:8]}"
            anns = request("question by ann", subject=name)
            lees = request("question by lee", subject=name, sender=Address("lee@example.com"))
            with ThreadPoolExecutor(2) as pool:
                answers = list(
                    pool.map(lambda by, mail, n=name: by.hand_over(n, mail), (side.conversations, other), (anns, lees))
                )
            assert sorted(answers) == [HandOver.ACCEPTED, HandOver.ELSEWHERE]
            owner = side.conversations.owner_of(name)
            assert owner == ("ann@example.com", "lee@example.com")[answers.index(HandOver.ACCEPTED)]


def test_caps_and_handled_ids_outlive_a_run(side: Side, name: str) -> None:
    """A run that ended with its mail leaves both to the next one."""
    first = request("now all is well", subject=name)
    side.conversations.hand_over(name, first)
    side.wait_for_replies(name, 2)
    taken = 1
    while side.conversations.hand_over(name, request(f"question {taken}", subject=name)) is HandOver.ACCEPTED:
        taken += 1
        assert taken <= PER_CONVERSATION
    assert taken == PER_CONVERSATION
    assert side.conversations.hand_over(name, first) is HandOver.DUPLICATE


def test_a_request_while_the_receipt_is_being_sent_is_never_lost(side: Side) -> None:
    def race(number: int) -> None:
        name = f"race-{number}-{uuid.uuid4().hex[:8]}"
        side.conversations.hand_over(name, request(f"now mail {number}", subject=name))
        side.wait_for_replies(name, 1)
        if number % 3 == 0:
            side.wait_for_replies(name, 2)
        else:
            time.sleep(1.0 + number * 0.02)  # other instants of the closing: what is tested is that none is special
        late = request(f"question after {number}", subject=name)
        assert side.conversations.hand_over(name, late) is HandOver.ACCEPTED
        assert side.conversations.hand_over(name, late) is HandOver.DUPLICATE
        replies = side.wait_for_replies(name, 3)
        assert sum(f"You wrote: question after {number}\n" in reply.replace("\r", "") for reply in replies) == 1

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(race, range(CLOSING_RACES)))
    assert len({str(mail["Message-ID"]) for mail in side.post.sent}) == len(side.post.sent)


def at_any_instant_of_a_turn(side: Side, words: str) -> list[list[str]]:
    """What is answered, by conversation, after the draft: to a change, a message that crosses it, and a question at the end."""
    side.model.before = lambda asked: time.sleep(TURN_SECONDS if "slow" in asked.text else 0)

    def converse(number: int) -> list[str]:
        name = f"turn-{number}-{uuid.uuid4().hex[:8]}"
        side.conversations.hand_over(name, request("in 3 all is well", subject=name))
        side.wait_for_replies(name, 1)
        side.conversations.hand_over(name, request("subject slow", subject=name))
        time.sleep(2 * TURN_SECONDS * number / TURN_RACES)  # what is tested: instants before, at and after its end
        side.conversations.hand_over(name, request(words, subject=name))
        side.conversations.hand_over(name, request("question at the end", subject=name))
        replies: list[str] = []
        while not any("question at the end" in reply for reply in replies):
            replies = side.wait_for_replies(name, len(replies) + 1)
        assert side.conversations.describe(name)["pending_requests"] == 0
        return replies[1:]

    with ThreadPoolExecutor(6) as pool:
        return list(pool.map(converse, range(TURN_RACES)))


@pytest.mark.parametrize("words", ["status", "subject Later"])
def test_a_message_that_crosses_a_turn_is_answered_once_and_so_is_the_turn(side: Side, words: str) -> None:
    for replies in at_any_instant_of_a_turn(side, words):
        assert len(replies) == 3
        changes = [reply for reply in replies if "Subject: slow" in reply or "Subject: Later" in reply]
        assert "Subject: slow" in changes[0]
        assert ("Subject: Later" in replies[1]) is (words == "subject Later")


def test_a_cancel_that_crosses_a_turn_is_carried_out_once_before_or_after_it(side: Side) -> None:
    for replies in at_any_instant_of_a_turn(side, "cancel"):
        canceled = ["CANCELED" in reply.split("\n")[0].upper() for reply in replies]
        assert canceled in ([True, False], [False, True, False])


def test_a_schedule_a_year_ahead_waits_and_can_be_cancelled(side: Side, name: str) -> None:
    side.conversations.hand_over(name, request("in 365 a year ahead", subject=name))
    side.wait_for_replies(name, 1)
    described = side.conversations.describe(name)
    assert described["status"] == "scheduled"
    assert int(str(described["send_time_seconds"])) > time.time() + 364 * 86_400
    side.conversations.hand_over(name, request("cancel", subject=name))
    assert "cancel" in side.wait_for_replies(name, 2)[1].lower()


def test_follow_up_runs_know_the_last_draft_and_all_that_was_sent(side: Side, name: str) -> None:
    for number in range(1, 4):
        side.conversations.hand_over(name, request(f"now mail {number}", subject=name))
        side.wait_for_replies(name, 2 * number)
    described = side.conversations.describe(name)
    assert described["email_body"] == "mail 3"
    assert len(described["sent"]) == 3
    assert described["owner"] == "ann@example.com"
