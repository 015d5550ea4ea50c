"""What is remembered of an owner, on an iWF server with the worker in this process: no note is lost, none needs a worker."""

import json
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from iwf.client_options import ClientOptions
from iwf.iwf_api.models import EncodedObject, WorkflowStopType
from iwf.stop_workflow_options import StopWorkflowOptions
from iwf.unregistered_client import UnregisteredClient

from inbox_agent.adapters.iwf_client import IwfConversations
from inbox_agent.adapters.iwf_memories import IwfMemories
from inbox_agent.conversation.events.remembered import Scheduled
from inbox_agent.errors import ConversationExists, ConversationNotFound, EngineUnavailable
from inbox_agent.models import Address, HandOver, MemoryNote, OwnerMemory
from inbox_agent.web.serve import WebServer
from inbox_agent.web.worker import create_worker_app
from tests.engine_server import iwf_server
from tests.workflow_fakes import AGENT, SAM, FakeModel, FakePost, request, services, text_of
from workflows.encoding import ENCODER
from workflows.owner.workflow import owner_workflow_id
from workflows.registry import build_worker_service

__all__ = ["iwf_server"]


@dataclass
class Side:
    """What a test sees: the memories, the conversations, the post behind the worker, and the worker itself."""

    memories: IwfMemories
    conversations: IwfConversations
    post: FakePost
    server_url: str
    worker_url: str

    def sent_to(self, owner: Address) -> list[str]:
        """The texts of the mails to an owner, oldest first."""
        mails = [*self.post.replies, *self.post.sent]
        return [text_of(mail) for mail in mails if owner.address in str(mail["To"])]


def eventually(found: Callable[[], object], what: str, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def side(iwf_server: str) -> Iterator[Side]:
    post, port = FakePost(), free_port()
    url = f"http://127.0.0.1:{port}"
    with (
        closing(IwfMemories(iwf_server, url, mailbox=AGENT)) as memories,
        closing(IwfConversations(iwf_server, url)) as conversations,
    ):
        app = create_worker_app(build_worker_service(services(FakeModel(), post, memories=memories)))
        server = WebServer(app, "127.0.0.1", port, threads=32)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        yield Side(memories, conversations, post, iwf_server, url)
        server.stop()
        thread.join(20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def owner() -> Address:
    return Address(f"ann-{uuid.uuid4().hex[:10]}@example.com", "Ann")


def note(**profile: str) -> MemoryNote:
    return MemoryNote(profile=profile, at=int(time.time()))


def start_planned(side: Side, owner: Address, subject: str, days: int = 3) -> str:
    """A conversation of the owner whose mail is planned and noted."""
    name = f"conversation-{uuid.uuid4().hex[:12]}"
    mail = request(f"in {days} the text", subject=f"{subject} {name}", sender=owner, participants=(owner, Address(SAM)))
    side.conversations.hand_over(name, mail)
    eventually(lambda: name in planned_in(side, owner), "the mail to be planned")
    return name


def planned_in(side: Side, owner: Address) -> list[str]:
    return [mail.workflow_id for mail in side.memories.planned(owner.address)]


def test_nothing_is_known_of_a_newcomer(side: Side, owner: Address) -> None:
    assert side.memories.recall(owner.address) == OwnerMemory()
    assert side.memories.planned(owner.address) == ()


def test_a_note_is_kept_and_recalled_whatever_the_case_of_the_address(side: Side, owner: Address) -> None:
    side.memories.note(owner.address, note(name="Ann Lee"))
    side.memories.note(owner.address.upper(), note(tone="friendly"))
    eventually(
        lambda: side.memories.recall(owner.address) == OwnerMemory(name="Ann Lee", tone="friendly"), "both notes"
    )


def test_notes_at_once_are_all_kept(side: Side, owner: Address) -> None:
    people = [Address(f"person-{number}@example.com") for number in range(40)]
    notes = [MemoryNote(contacts=(person,), at=int(time.time())) for person in people]
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda one: side.memories.note(owner.address, one), notes))
    eventually(lambda: len(side.memories.recall(owner.address).contacts) == len(people), "all contacts")


def test_a_workflow_that_was_stopped_goes_on_with_what_it_knew(side: Side, owner: Address) -> None:
    side.memories.note(owner.address, note(name="Ann Lee"))
    eventually(lambda: side.memories.recall(owner.address).name == "Ann Lee", "the first note")
    plain = UnregisteredClient(ClientOptions(side.server_url, side.worker_url, ENCODER))
    with closing(plain.api_client.get_httpx_client()):
        plain.stop_workflow(
            owner_workflow_id(owner.address, AGENT), "", StopWorkflowOptions(WorkflowStopType.TERMINATE, "a test")
        )
        side.memories.note(owner.address, note(tone="short"))
        eventually(lambda: side.memories.recall(owner.address).tone == "short", "the second note")
    assert side.memories.recall(owner.address).name == "Ann Lee"


def test_noting_and_reading_need_no_worker(iwf_server: str, owner: Address) -> None:
    with closing(IwfMemories(iwf_server, f"http://127.0.0.1:{free_port()}", mailbox=AGENT)) as alone:
        alone.note(owner.address, note(name="Ann Lee"))
        assert alone.recall(owner.address) == OwnerMemory(), "noted, and worked in when there is a worker"


def test_a_server_that_is_away_is_told_as_such(owner: Address) -> None:
    with closing(IwfMemories(f"http://127.0.0.1:{free_port()}", "http://127.0.0.1:1", mailbox=AGENT)) as away:
        for call in (
            lambda: away.recall(owner.address),
            lambda: away.note(owner.address, note(name="Ann Lee")),
            lambda: away.planned(owner.address),
            lambda: away.cancel("mail-1", owner=owner, message_id="<1@example.com>"),
        ):
            with pytest.raises(EngineUnavailable):
                call()


def test_a_list_that_takes_too_long_is_given_up(owner: Address) -> None:
    released = threading.Event()
    kept = Scheduled(items={f"mail-{number}": (2_000_000_000, 1) for number in range(50)})
    encoded = ENCODER.encode(kept)
    assert isinstance(encoded, EncodedObject)
    index = json.dumps({"objects": [{"key": "Scheduled", "value": encoded.to_dict()}]}).encode()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            if not asked["workflowId"].startswith("owner-"):
                released.wait(30)
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(index)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        with closing(IwfMemories(url, url, mailbox=AGENT, timeout_seconds=20, listing_seconds=0.5)) as slow:
            begin = time.monotonic()
            with pytest.raises(EngineUnavailable, match=r"0\.5 s for a list"):
                slow.planned(owner.address)
            assert time.monotonic() - begin < 10
            released.set()
        server.shutdown()


def test_what_is_planned_is_read_from_the_conversations_soonest_first(side: Side, owner: Address) -> None:
    later = start_planned(side, owner, "Later", days=5)
    sooner = start_planned(side, owner, "Sooner", days=2)
    assert planned_in(side, owner) == [sooner, later]
    mail = side.memories.planned(owner.address)[0]
    assert [person.address for person in mail.to] == [SAM]
    assert mail.schedule.instant > time.time() + 86_400
    side.memories.note(owner.address, MemoryNote(scheduled="mail-unknown", until=int(time.time()) + 60, at=1))
    side.memories.note(owner.address, note(name="Ann"))
    eventually(lambda: side.memories.recall(owner.address).name == "Ann", "the notes")
    assert planned_in(side, owner) == [sooner, later], "what is noted wrongly is listed nowhere"


def test_a_conversation_of_somebody_else_is_neither_listed_nor_canceled(side: Side, owner: Address) -> None:
    theirs = start_planned(side, Address(f"other-{owner.address}", "Other"), "Theirs")
    side.memories.note(owner.address, MemoryNote(scheduled=theirs, until=int(time.time()) + 60, at=1))
    side.memories.note(owner.address, note(name="Ann"))
    eventually(lambda: side.memories.recall(owner.address).name == "Ann", "the notes")
    assert planned_in(side, owner) == []
    assert side.memories.cancel(theirs, owner=owner, message_id="<1@example.com>") is None
    assert side.conversations.describe(theirs)["status"] == "scheduled"


def test_a_cancel_that_is_handed_on_twice_is_carried_out_once(side: Side, owner: Address) -> None:
    name = start_planned(side, owner, "Elsewhere")
    message_id = f"<cancel.{name}@example.com>"
    answers = [side.memories.cancel(name, owner=owner, message_id=message_id)]
    answers.append(side.memories.cancel(name, owner=owner, message_id=message_id))
    assert answers[0] is HandOver.ACCEPTED
    assert answers[1] in (HandOver.DUPLICATE, None)
    eventually(lambda: planned_in(side, owner) == [], "the mail to be canceled")
    eventually(lambda: len(side.sent_to(owner)) == 2, "the answer")
    assert "CANCELED" in side.sent_to(owner)[1].upper()
    assert side.memories.cancel(name, owner=owner, message_id="<another@example.com>") is None


def test_a_cancel_after_the_sending_is_told_to_be_too_late(side: Side, owner: Address) -> None:
    name = f"conversation-{uuid.uuid4().hex[:12]}"
    mail = request("now the text", subject=name, sender=owner, participants=(owner, Address(SAM)))
    side.conversations.hand_over(name, mail)
    eventually(lambda: side.conversations.describe(name)["status"] == "sent", "the mail to be sent")
    assert side.memories.cancel(name, owner=owner, message_id=f"<late.{name}@example.com>") is HandOver.ACCEPTED
    eventually(lambda: any("too late" in text for text in side.sent_to(owner)), "the answer")
    eventually(
        lambda: [one.address for one in side.memories.recall(owner.address).contacts] == [SAM],
        "the recipient to be remembered",
    )


def test_owners_are_no_conversations(side: Side, owner: Address) -> None:
    side.memories.note(owner.address, note(name="Ann Lee"))
    listed = side.conversations.list_conversations(1_000)
    assert not any(entry.workflow_id.startswith("owner-") for entry in listed)
    name = owner_workflow_id(owner.address, AGENT)
    with pytest.raises(ConversationNotFound):
        side.conversations.describe(name)
    with pytest.raises(ConversationNotFound):
        side.conversations.request(name, request("cancel"))
    with pytest.raises(ConversationExists):
        side.conversations.start(name)
