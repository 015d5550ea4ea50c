"""At most once per Message-ID, over fakes that break in the middle."""

import threading
from collections.abc import Sequence
from email.message import EmailMessage

import pytest

from inbox_agent.adapters.mailbox_pool import MailboxPool
from inbox_agent.adapters.once_only_sender import OnceOnlySender
from inbox_agent.errors import MailboxUnavailable, MalformedMessageError, SendRejected, SendUnavailable
from tests.fakes import FakeMailbox

AGENT = "agent@demo.test"


class FakeServer:
    """SMTP and the mailbox behind it. ``after_acceptance`` and ``before_acceptance`` are raised once."""

    def __init__(self) -> None:
        self.mailbox = FakeMailbox()
        self.accepted: list[tuple[str, tuple[str, ...]]] = []
        self.before_acceptance: Exception | None = None
        self.after_acceptance: Exception | None = None
        self.copy_arrives = True
        self.largest = 0

    def size_limit(self) -> int:
        if self.before_acceptance:
            raise self.before_acceptance
        return self.largest

    def send(self, message: EmailMessage, *, sender: str, recipients: Sequence[str]) -> None:
        before, self.before_acceptance = self.before_acceptance, None
        if before:
            raise before
        self.accepted.append((message["Message-ID"], tuple(recipients)))
        if self.copy_arrives and AGENT in recipients:
            self.mailbox.put(message.as_bytes())
        after, self.after_acceptance = self.after_acceptance, None
        if after:
            raise after


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def post(server: FakeServer, clock: Clock) -> OnceOnlySender:
    pool = MailboxPool(lambda: server.mailbox)
    return OnceOnlySender(
        server, pool, address=AGENT, look_for_seconds=10, look_every_seconds=1, clock=clock, sleep=clock.sleep
    )


def a_mail() -> EmailMessage:
    message = EmailMessage()
    message["Message-ID"] = "<1@demo.test>"
    message.set_content("hello")
    return message


BROKEN = SendUnavailable("broke", maybe_accepted=True)
SAM = ["sam@corp.test"]


def test_the_own_address_gets_a_copy_as_the_last_of_the_envelope(post: OnceOnlySender, server: FakeServer) -> None:
    post.deliver(a_mail(), recipients=["sam@corp.test", "Sam@corp.test", "lee@corp.test"], first_attempt=True)
    assert server.accepted == [("<1@demo.test>", ("sam@corp.test", "lee@corp.test", AGENT))]


@pytest.mark.parametrize("own", ["agent@demo.test", "Agent+tag@demo.test"])
def test_when_we_are_a_recipient_ourselves_there_is_one_copy(
    post: OnceOnlySender, server: FakeServer, own: str
) -> None:
    post.deliver(a_mail(), recipients=[own, "sam@corp.test"], first_attempt=True)
    assert server.accepted[0][1] == (own, "sam@corp.test")


def test_an_answer_lost_after_the_acceptance_is_found_out_at_once(post: OnceOnlySender, server: FakeServer) -> None:
    server.after_acceptance = BROKEN
    post.deliver(a_mail(), recipients=SAM, first_attempt=True)
    post.deliver(a_mail(), recipients=SAM, first_attempt=False)
    assert len(server.accepted) == 1


def test_a_process_that_died_after_the_acceptance_is_followed_by_none_that_sends_again(
    post: OnceOnlySender, server: FakeServer
) -> None:
    server.send(a_mail(), sender=AGENT, recipients=["sam@corp.test", AGENT])
    post.deliver(a_mail(), recipients=SAM, first_attempt=False)
    assert len(server.accepted) == 1


def test_a_copy_that_takes_its_time_is_waited_for(post: OnceOnlySender, server: FakeServer, clock: Clock) -> None:
    server.copy_arrives = False
    server.after_acceptance = BROKEN

    def arrive_late(seconds: float) -> None:
        clock.now += seconds
        if clock.now >= 5 and not server.mailbox.inbox:
            server.mailbox.put(a_mail().as_bytes())

    post._sleep = arrive_late
    post.deliver(a_mail(), recipients=SAM, first_attempt=True)
    assert len(server.accepted) == 1
    assert clock.now == 5


def test_after_a_break_without_a_copy_the_caller_is_told_and_the_next_attempt_sends(
    post: OnceOnlySender, server: FakeServer
) -> None:
    server.before_acceptance = BROKEN
    with pytest.raises(SendUnavailable):
        post.deliver(a_mail(), recipients=SAM, first_attempt=True)
    post.deliver(a_mail(), recipients=SAM, first_attempt=False)
    assert len(server.accepted) == 1


def test_after_a_failure_that_was_surely_none_one_look_is_enough(
    post: OnceOnlySender, server: FakeServer, clock: Clock
) -> None:
    server.before_acceptance = SendUnavailable("connection refused")
    with pytest.raises(SendUnavailable):
        post.deliver(a_mail(), recipients=SAM, first_attempt=True)
    post.deliver(a_mail(), recipients=SAM, first_attempt=False)
    assert (len(server.accepted), clock.now) == (1, 0)


def test_a_mailbox_that_cannot_tell_stops_the_sending(post: OnceOnlySender, server: FakeServer) -> None:
    server.mailbox.fail = 1
    with pytest.raises(SendUnavailable) as unavailable:
        post.deliver(a_mail(), recipients=SAM, first_attempt=False)
    assert isinstance(unavailable.value.__cause__, MailboxUnavailable)
    assert server.accepted == []


def test_a_refusal_is_passed_on(post: OnceOnlySender, server: FakeServer) -> None:
    server.before_acceptance = SendRejected("no", "550 no", {"sam@corp.test": "550 no"})
    with pytest.raises(SendRejected):
        post.deliver(a_mail(), recipients=SAM, first_attempt=True)


def test_a_server_that_is_not_reached_names_no_size_limit(server: FakeServer) -> None:
    post = OnceOnlySender(server, MailboxPool(lambda: server.mailbox), address=AGENT)
    server.largest = 1_000
    assert post.size_limit() == 1_000
    server.before_acceptance = SendUnavailable("gone")
    assert post.size_limit() == 0


def test_files_that_cannot_be_read_for_now_are_tried_again(server: FakeServer) -> None:
    post = OnceOnlySender(server, MailboxPool(lambda: server.mailbox), address=AGENT)
    server.mailbox.fail = 1
    with pytest.raises(SendUnavailable):
        post.fetch_part("<a@b>", "2")
    with pytest.raises(MalformedMessageError):
        post.fetch_part("<a@b>", "2")


def test_a_repeated_call_waits_for_the_one_under_way(server: FakeServer) -> None:
    sending, go_on = threading.Event(), threading.Event()

    class SlowServer(FakeServer):
        def send(self, message: EmailMessage, *, sender: str, recipients: Sequence[str]) -> None:
            sending.set()
            assert go_on.wait(20)
            server.send(message, sender=sender, recipients=recipients)

    post = OnceOnlySender(SlowServer(), MailboxPool(lambda: server.mailbox), address=AGENT, look_for_seconds=0)
    first = threading.Thread(target=post.deliver, args=[a_mail()], kwargs={"recipients": SAM, "first_attempt": True})
    second = threading.Thread(target=post.deliver, args=[a_mail()], kwargs={"recipients": SAM, "first_attempt": True})
    first.start()
    assert sending.wait(20)
    second.start()
    go_on.set()
    first.join(20)
    second.join(20)
    assert len(server.accepted) == 1


def test_the_pool_bounds_the_connections_and_says_so(server: FakeServer) -> None:
    pool = MailboxPool(lambda: server.mailbox, size=1, wait_seconds=0.01)
    with pool.mailbox(), pytest.raises(MailboxUnavailable), pool.mailbox():
        pass
    with pool.mailbox() as again:
        assert again is server.mailbox


def test_another_process_learns_from_the_mailbox_what_was_accepted(server: FakeServer, post: OnceOnlySender) -> None:
    assert not post.was_accepted("<1@demo.test>")
    server.mailbox.put(a_mail().as_bytes())
    assert post.was_accepted("<1@demo.test>")


def test_a_mailbox_that_cannot_tell_is_no_answer(server: FakeServer, post: OnceOnlySender) -> None:
    server.mailbox.fail = 5
    with pytest.raises(SendUnavailable):
        post.was_accepted("<1@demo.test>")
