"""The caps of a person hold whatever poller counts, and after whatever death of one: the mailbox says what was answered."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from inbox_agent.conversation.commands import takes_back
from inbox_agent.errors import EngineUnavailable
from inbox_agent.intake.intake import IntakePolicy
from inbox_agent.intake.sender_gate import REFRESH_SECONDS, SenderGate
from inbox_agent.intake.sender_limits import SenderCaps
from inbox_agent.mail.sender.trust import TrustPolicy
from inbox_agent.mail.threads import make_message_id
from inbox_agent.models import Folder, HandOver, UserRequest
from inbox_agent.poller import Poller
from tests.fakes import FakeConversations, FakeMailbox

POLICY = IntakePolicy("agent@demo.test", b"secret", TrustPolicy(allow=("@demo.test",)))
CAP = 5
OURS = make_message_id("mail-lost", "n", secret=b"secret", domain="demo.test", owner="ann@demo.test", revision=1)


class World:
    """One mailbox and any number of pollers."""

    def __init__(self) -> None:
        self.mailbox, self.conversations = FakeMailbox(), FakeConversations()
        self.now = datetime(2026, 3, 2, 10, tzinfo=UTC).timestamp()
        self.mailbox.now = lambda: datetime.fromtimestamp(self.now, UTC)
        self.policy = POLICY
        self.pollers: list[Poller] = []
        self._numbers = iter(range(10_000))

    def poller(self) -> Poller:
        caps = SenderCaps(per_sender=CAP, stops=takes_back)
        gate = SenderGate(caps, self.policy, clock=lambda: self.now)
        self.pollers.append(Poller(self.mailbox, self.conversations, self.policy, gate=gate, patience_seconds=5))
        return self.pollers[-1]

    def mail(self, sender: str = "ann@demo.test", more: str = "", text: str = "hello") -> None:
        number = next(self._numbers)
        self.mailbox.put(
            f"From: {sender}\r\nTo: agent@demo.test\r\nSubject: x\r\n{more}"
            f"Message-ID: <{number}@demo.test>\r\n\r\n{text} {number}\r\n".encode()
        )

    def taken(self) -> int:
        return sum(request.kind == "mail" for request in self.conversations.all_requests())

    def told(self) -> int:
        return sum(request.kind == "refused" for request in self.conversations.all_requests())


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    yield world
    for poller in world.pollers:
        poller.close()


def test_a_restart_forgets_nothing(world: World) -> None:
    for number in range(4 * CAP):
        world.mail(f"ann+{number}@demo.test")
        world.poller().cycle()
    assert (world.taken(), world.told()) == (CAP, 1)
    assert len(world.mailbox.folders[Folder.IGNORED]) == 3 * CAP, "nothing is lost"
    world.mail("lee@demo.test")
    world.poller().cycle()
    assert world.taken() == CAP + 1


def test_a_second_poller_counts_with_the_first(world: World) -> None:
    pollers = world.poller(), world.poller()
    for number in range(4 * CAP):
        world.mail(f"ann+{number}@demo.test")
        pollers[number % 2].cycle()
        world.now += REFRESH_SECONDS
    assert (world.taken(), world.told()) == (CAP, 1)


def test_what_was_handed_over_and_not_filed_counts_once(world: World) -> None:
    """Killed in between, it comes again."""
    for _ in range(CAP):
        world.mail()
    world.conversations.before_hand_over = lambda *_: setattr(world.mailbox, "fail", 1)
    with pytest.raises(Exception, match="told to fail"):
        world.poller().cycle()
    world.conversations.before_hand_over = lambda *_: None
    world.mailbox.fail = 0
    poller = world.poller()
    poller.cycle()
    assert (world.taken(), world.told()) == (CAP, 0)
    world.mail()
    poller.cycle()
    assert (world.taken(), world.told()) == (CAP, 1)


def test_what_could_not_be_handed_over_counts_once(world: World) -> None:
    def down(workflow_id: str, request: UserRequest) -> None:
        raise EngineUnavailable("down")

    poller = world.poller()
    world.conversations.before_hand_over = down
    for _ in range(CAP):
        world.mail()
    poller.cycle()
    world.conversations.before_hand_over = lambda *_: None
    while world.mailbox.inbox:
        poller.cycle()
    assert (world.taken(), world.told()) == (CAP, 0)


def test_after_an_hour_messages_pass_again(world: World) -> None:
    poller = world.poller()
    for _ in range(2 * CAP):
        world.mail()
    poller.cycle()
    world.now += 3601
    world.mail()
    poller.cycle()
    assert world.taken() == CAP + 1


def test_what_others_plant_under_an_owners_address_uses_up_nothing(world: World) -> None:
    """Unproven mail in an owner's name ends in quarantine, and what a mail program files counts only with our mark."""
    world.policy = replace(POLICY, trust=replace(POLICY.trust, block=("@evil.test",), authserv_id="mx.demo.test"))
    poller = world.poller()
    for _ in range(3 * CAP):
        world.mail()
    poller.cycle()
    assert world.taken() == 0
    proof = "Authentication-Results: mx.demo.test; auth=pass smtp.auth=ann@demo.test\r\n"
    for _ in range(CAP):
        world.mail(more=proof)
    poller.cycle()
    assert (world.taken(), world.told()) == (CAP, 0)


def test_a_message_that_its_conversation_ignores_counts_for_nobody(world: World) -> None:
    class Ignoring(FakeConversations):
        def hand_over(self, workflow_id: str, request: UserRequest) -> HandOver:
            return HandOver.IGNORED if "noise" in request.text else super().hand_over(workflow_id, request)

    world.conversations = Ignoring()
    poller = world.poller()
    for _ in range(3 * CAP):
        world.mail(text="noise")
    poller.cycle()
    poller.cycle()
    assert len(world.mailbox.folders[Folder.IGNORED]) >= CAP
    for _ in range(CAP):
        world.now += 3601
        world.mail()
        poller.cycle()
    assert world.taken() == CAP


THREADS = {
    "first mail": "",
    "in a thread": "References: <root@demo.test>\r\n",
    "an answer to us": f"In-Reply-To: {OURS}\r\nReferences: {OURS}\r\n",
}


@pytest.mark.parametrize("thread", THREADS.values(), ids=THREADS)
def test_a_mail_that_was_worked_on_begins_no_conversation_when_its_own_is_lost(world: World, thread: str) -> None:
    def mail(sender: str = "ann@demo.test", number: int = 1, thread: str = thread) -> None:
        world.mailbox.put(
            f"From: {sender}\r\nTo: agent@demo.test\r\nMessage-ID: <{number}@demo.test>\r\n{thread}\r\nhello\r\n".encode()
        )
        world.poller().cycle()
        assert not world.mailbox.inbox

    mail()
    assert world.taken() == 1
    mail()
    assert world.taken() == 1, "the conversation knows it"
    for again in (thread, "", "References: <x@demo.test>\r\n"):
        world.conversations = FakeConversations()
        mail(thread=again)
        assert world.taken() == 0
    assert len(world.mailbox.folders[Folder.PROCESSED]) == 5, "none is lost"
    mail(number=2)
    mail("lee@demo.test")
    assert world.taken() == 2, "another mail, and another person's under the same id"
    world.conversations = FakeConversations()
    world.mailbox.folders[Folder.PROCESSED].clear()
    mail()
    assert world.taken() == 1, "somebody moved it back to have it done again"


@pytest.mark.parametrize("answer", [HandOver.IGNORED, HandOver.TOLD])
def test_where_a_message_goes_by_what_its_conversation_says(world: World, answer: HandOver) -> None:
    class Over(FakeConversations):
        def hand_over(self, workflow_id: str, request: UserRequest) -> HandOver:
            return answer

    world.conversations = Over()
    world.mail()
    world.poller().cycle()
    assert len(world.mailbox.folders[Folder.IGNORED]) == 1
    assert len(world.mailbox.answers[Folder.IGNORED]) == (answer is HandOver.TOLD)


def test_two_first_mails_of_one_thread_at_once_make_two_conversations(world: World) -> None:
    """While one poller is between the question who owns the thread and its hand-over, the other one takes it."""
    root = "References: <root@demo.test>\r\n"
    world.mail("ann@demo.test", root)
    overtaken: list[str] = []

    def lee_is_faster(workflow_id: str, request: UserRequest) -> None:
        if not overtaken:
            overtaken.append(workflow_id)
            world.conversations.owners[workflow_id] = "lee@demo.test"

    world.conversations.before_hand_over = lee_is_faster
    world.poller().cycle()
    (workflow_id,) = (one for one, requests in world.conversations.requests.items() if requests)
    assert workflow_id != overtaken[0]
    assert world.conversations.owners == {overtaken[0]: "lee@demo.test", workflow_id: "ann@demo.test"}
    assert world.taken() == 1
