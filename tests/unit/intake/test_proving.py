"""Messages whose sender the DNS has not told yet: they wait alone, keep their order, and are given up in the end."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from inbox_agent.errors import CheckTakesLong, LookUpFailed, LookUpPending
from inbox_agent.intake.intake import IntakePolicy
from inbox_agent.intake.proving import GIVE_UP_ON_OTHERS_SECONDS, GIVE_UP_SECONDS
from inbox_agent.intake.turns import MOST_SAVED, SHARE
from inbox_agent.mail.sender.authres import MethodResult, Property
from inbox_agent.mail.sender.trust import TrustPolicy
from inbox_agent.models import Folder, Message
from inbox_agent.poller import Poller
from tests.fakes import FakeConversations, FakeMailbox

OWNER, STRANGER = "alex@demo.test", "eve@evil.test"


@dataclass
class FakeLookUps:
    """Names in ``known`` are answered, those in ``silent`` have failed; any other is asked for until ``answer``."""

    known: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    arrived: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    worked: float = 0.0
    on_settled = staticmethod(lambda: None)

    def settled(self) -> frozenset[str]:
        arrived, self.arrived = frozenset(self.arrived), set()
        self.known |= arrived
        return arrived

    def answer(self, *names: str) -> None:
        self.arrived |= set(names)

    def check(self, raw: bytes, message: Message) -> tuple[MethodResult, ...]:
        """Genuine when the field X-Key names the key of the sender's domain; takes the seconds in X-Cost."""
        if cost := float(message.header("X-Cost") or 0):
            raise CheckTakesLong(cost)
        return self.check_at_length(raw, message)

    def check_at_length(self, raw: bytes, message: Message) -> tuple[MethodResult, ...]:
        self.worked += float(message.header("X-Cost") or 0)
        name, domain = message.header("X-Key"), message.from_[0].address.rpartition("@")[2]
        self.asked.append(name)
        if name in self.silent:
            raise LookUpFailed(name, 60.0)
        if name not in self.known:
            raise LookUpPending(frozenset({name}))
        result = "pass" if name == f"genuine.{domain}" else "fail"
        covers = frozenset(("date", "in-reply-to", *(field_name.lower() for field_name, _ in message.headers)))
        return (MethodResult("dkim", result, properties=(Property("header", "d", domain),), covers=covers),)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class World:
    def __init__(self) -> None:
        self.mailbox, self.clock, self.look_ups = FakeMailbox(), Clock(), FakeLookUps()
        self.conversations = FakeConversations()
        policy = IntakePolicy(
            "agent@demo.test",
            b"secret",
            TrustPolicy(allow=("@demo.test",)),
            check=self.look_ups.check,
            check_at_length=self.look_ups.check_at_length,
        )
        self.policy = policy
        self.poller = self.another_poller()

    def another_poller(self) -> Poller:
        return Poller(
            self.mailbox, self.conversations, self.policy, look_ups=self.look_ups, clock=self.clock, patience_seconds=5
        )

    def mail(self, number: int, thread: str = "a", sender: str = OWNER, key: str = "", more: str = "") -> int:
        key = key or f"genuine.{sender.rpartition('@')[2]}"
        return self.mailbox.put(
            f"From: {sender}\r\nTo: agent@demo.test\r\nSubject: x\r\nX-Key: {key}\r\n{more}"
            f"Message-ID: <{number}@demo.test>\r\nReferences: <{thread}@demo.test>\r\n\r\ntext {number}\r\n".encode()
        )

    def texts(self) -> list[str]:
        return [one.text.strip() for one in self.conversations.all_requests()]

    def filed(self, folder: Folder) -> int:
        return len(self.mailbox.folders[folder])


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    yield world
    world.poller.close()


def test_a_message_waits_for_the_answer_and_is_handed_over_with_it(world: World) -> None:
    world.mail(1)
    report = world.poller.cycle()
    assert (report.filed, report.put_off, world.texts()) == (0, 1, [])
    assert world.mailbox.inbox
    world.look_ups.answer("genuine.demo.test")
    world.poller.cycle()
    assert world.texts() == ["text 1"]
    assert world.poller.seconds_to_retry() is None


@pytest.mark.parametrize("thread", ["a", "b"], ids=["in the owner's thread", "in threads of their own"])
def test_an_owner_waits_for_no_forgery_with_a_key_that_is_never_answered(world: World, thread: str) -> None:
    for number in range(200):
        world.mail(number, thread if thread == "a" else f"b{number}", key=f"never{number}.demo.test")
    world.mail(500)
    world.poller.cycle()
    world.poller.cycle()
    world.poller.cycle()
    world.look_ups.answer("genuine.demo.test")
    world.poller.cycle()
    assert world.texts() == ["text 500"]
    assert len(world.mailbox.inbox) == 200, "nothing is lost"


def test_messages_that_need_the_same_answer_keep_their_order_whenever_it_comes(world: World) -> None:
    world.mail(1)
    check, look_ups = world.look_ups.check, world.look_ups

    def answered_in_between(raw: bytes, message: Message) -> tuple[MethodResult, ...]:
        try:
            return check(raw, message)
        finally:
            look_ups.answer("genuine.demo.test")

    world.poller.close()
    world.policy = replace(world.policy, check=answered_in_between)
    world.poller = world.another_poller()
    world.mail(2)
    world.poller.cycle()
    assert world.texts() == []
    world.mail(3)
    world.poller.cycle()
    assert world.texts() == ["text 1", "text 2", "text 3"]


@pytest.mark.parametrize("thread", ["a", "b"], ids=["in an owner's thread", "in a thread of their own"])
def test_a_stranger_is_not_looked_up_at_all(world: World, thread: str) -> None:
    world.look_ups.known.add("genuine.demo.test")
    world.mail(1)
    world.poller.cycle()
    world.look_ups.asked.clear()
    for number in range(10, 15):
        world.mail(number, thread, sender=STRANGER)
    world.poller.cycle()
    assert world.look_ups.asked == []
    assert world.filed(Folder.QUARANTINE) == 5


def test_blocked_machines_and_tricks_are_not_looked_up_either(world: World) -> None:
    world.mail(1, more="Auto-Submitted: auto-replied\r\n")
    world.mail(2, sender=f'"alex@demo.test" <{STRANGER}>')
    world.mail(3, sender=f"{OWNER}, lee@demo.test")
    world.poller.cycle()
    assert world.look_ups.asked == []
    assert not world.mailbox.inbox


def test_somebody_whom_the_owner_copied_in_is_looked_up_and_may_suggest(world: World) -> None:
    world.look_ups.known.add("genuine.demo.test")
    world.mail(1, more="Cc: sam@corp.test\r\n")
    world.mail(2, sender="sam@corp.test")
    world.poller.cycle()
    assert world.look_ups.asked.count("genuine.corp.test") == 1
    world.look_ups.answer("genuine.corp.test")
    world.poller.cycle()
    assert [(one.role, one.text.strip()) for one in world.conversations.all_requests()] == [
        ("owner", "text 1"),
        ("participant", "text 2"),
    ]


def test_somebody_whom_the_owner_copied_in_is_given_up_after_a_while(world: World) -> None:
    world.look_ups.known.add("genuine.demo.test")
    world.look_ups.silent.add("genuine.corp.test")
    world.mail(1, more="Cc: sam@corp.test\r\n")
    world.mail(2, sender="sam@corp.test")
    for _ in range(3):
        world.poller.cycle()
        world.clock.now += GIVE_UP_ON_OTHERS_SECONDS + 61
    assert world.filed(Folder.QUARANTINE) == 1
    assert world.texts() == ["text 1"]


def test_what_a_colleague_writes_waits_for_the_mail_that_makes_them_one(world: World) -> None:
    world.mail(1, more="Cc: sam@corp.test\r\n")
    world.mail(2, sender="sam@corp.test")
    world.poller.cycle()
    assert world.filed(Folder.QUARANTINE) == 0
    world.look_ups.answer("genuine.demo.test", "genuine.corp.test")
    world.poller.cycle()
    world.clock.now += 1.1
    for _ in range(3):
        world.poller.cycle()
    assert [one.role for one in world.conversations.all_requests()] == ["owner", "participant"]


def test_an_owner_whose_dns_is_away_for_hours_is_served_when_it_is_back(world: World) -> None:
    world.look_ups.silent.add("genuine.demo.test")
    world.mail(1)
    for _ in range(300):
        world.poller.cycle()
        pause = world.poller.seconds_to_retry()
        assert pause is not None
        world.clock.now += pause
    assert world.clock.now < GIVE_UP_SECONDS
    world.look_ups.silent.clear()
    world.look_ups.known.add("genuine.demo.test")
    world.poller.cycle()
    assert world.texts() == ["text 1"]


def test_what_is_never_proven_is_quarantined_in_the_end_and_not_lost(world: World) -> None:
    world.look_ups.silent.add("never.demo.test")
    world.mail(1, key="never.demo.test")
    world.poller.cycle()
    world.clock.now += GIVE_UP_SECONDS
    world.poller.cycle()
    assert world.filed(Folder.QUARANTINE) == 1
    assert world.texts() == []
    assert world.poller.seconds_to_retry() is None


def test_a_restart_looks_up_again_what_waited(world: World) -> None:
    world.mail(1)
    world.poller.cycle()
    world.poller.close()
    world.poller = world.another_poller()
    world.look_ups.known.add("genuine.demo.test")
    world.poller.cycle()
    assert world.texts() == ["text 1"]


def test_an_answer_that_nobody_reports_is_looked_for_in_the_end(world: World) -> None:
    world.mail(1)
    world.poller.cycle()
    world.look_ups.known.add("genuine.demo.test")
    pause = world.poller.seconds_to_retry()
    assert pause is not None
    world.clock.now += pause
    world.poller.cycle()
    assert world.texts() == ["text 1"]


def test_a_check_that_fails_unforeseen_proves_nothing_and_holds_up_nobody(world: World) -> None:
    def broken(raw: bytes, message: Message) -> tuple[MethodResult, ...]:
        if b"text 1" in raw:
            raise RuntimeError("a bug")
        return world.look_ups.check(raw, message)

    world.poller.close()
    world.policy = replace(world.policy, check=broken)
    world.poller = world.another_poller()
    world.look_ups.known.add("genuine.demo.test")
    world.mail(1)
    world.mail(2)
    world.poller.cycle()
    assert world.filed(Folder.QUARANTINE) == 1
    assert world.texts() == ["text 2"]


def test_strangers_whose_conversation_answers_slowly_hold_up_no_owner(world: World) -> None:
    release = threading.Event()

    class Slow(FakeConversations):
        def describe(self, workflow_id: str) -> dict[str, object]:
            # Asked about others only.
            assert release.wait(20)
            return super().describe(workflow_id)

    world.poller.close()
    world.conversations = Slow()
    world.poller = Poller(
        world.mailbox, world.conversations, world.policy, look_ups=world.look_ups, patience_seconds=0.2
    )
    world.look_ups.known.add("genuine.demo.test")
    world.mail(1)
    world.poller.cycle()
    for number in range(10, 30):
        world.mail(number, sender=STRANGER)
    world.poller.cycle()
    world.mail(2)
    for number in range(30, 90):
        world.mail(number, f"b{number % 20}", sender=STRANGER)
    world.mail(3, "c")
    world.poller.cycle()
    assert sorted(world.texts()) == ["text 1", "text 2", "text 3"]
    release.set()
    while world.mailbox.inbox:
        world.poller.cycle()
    assert world.filed(Folder.QUARANTINE) == 80


def run(world: World, seconds: float) -> None:
    """Cycles until nothing is due within these seconds."""
    end = world.clock.now + seconds
    while world.clock.now <= end:
        report = world.poller.cycle()
        pause = world.poller.seconds_to_retry()
        if not report.again and pause is None:
            return
        world.clock.now += 0.0 if report.again else max(0.01, pause or 0.0)


@pytest.mark.parametrize("cost", [0.01, 0.4, 2.0])
@pytest.mark.parametrize("thread", ["a", "b"], ids=["in the owner's thread", "in threads of their own"])
def test_an_owner_waits_for_little_of_what_200_costly_mails_take(world: World, cost: float, thread: str) -> None:
    world.look_ups.known |= {"genuine.demo.test", "forged.demo.test"}
    for number in range(200):
        name = thread if thread == "a" else f"b{number}"
        world.mail(number, name, key="forged.demo.test", more=f"X-Cost: {cost}\r\n")
    world.mail(500)
    for _ in range(3):
        world.poller.cycle()
    assert world.texts() == ["text 500"]
    assert world.look_ups.worked <= max(cost, MOST_SAVED) + 1e-6
    run(world, 200 * cost / SHARE + 10)
    assert world.filed(Folder.QUARANTINE) == 200, "each has its turn"


def test_one_costly_mail_of_the_owners_is_worked_on_at_once_and_in_order(world: World) -> None:
    world.look_ups.known.add("genuine.demo.test")
    world.mail(1, more="X-Cost: 0.56\r\n")
    world.mail(2)
    world.poller.cycle()
    assert world.texts() == ["text 1", "text 2"]


def test_a_costly_mail_of_the_owners_has_its_turn_among_costly_forgeries(world: World) -> None:
    world.look_ups.known |= {"genuine.demo.test", "forged.demo.test"}
    for number in range(20):
        world.mail(number, f"b{number}", key="forged.demo.test", more="X-Cost: 0.4\r\n")
    world.mail(500, more="X-Cost: 0.02\r\n")
    run(world, 5.0)
    assert world.texts() == ["text 500"]


def test_a_costly_mail_of_somebody_copied_in_has_its_turn(world: World) -> None:
    world.look_ups.known |= {"genuine.demo.test", "genuine.corp.test"}
    world.mail(1, more="Cc: sam@corp.test\r\n")
    world.poller.cycle()
    world.mail(2, sender="sam@corp.test", more="X-Cost: 0.56\r\n")
    run(world, 10.0)
    assert [one.role for one in world.conversations.all_requests()] == ["owner", "participant"]


def test_large_mails_are_put_off_unread_when_reading_took_long(world: World) -> None:
    world.look_ups.known |= {"genuine.demo.test", "forged.demo.test"}
    check = world.look_ups.check

    def slow(raw: bytes, message: Message) -> tuple[MethodResult, ...]:
        world.clock.now += 0.05 if len(raw) > 50_000 else 0.0
        return check(raw, message)

    world.poller.close()
    world.policy = replace(world.policy, check=slow)
    world.poller = world.another_poller()
    for number in range(200):
        world.mail(number, f"b{number}", key="forged.demo.test", more=f"X-Fill: {'y' * 70_000}\r\n")
    world.mail(500)
    began = world.clock.now
    for _ in range(3):
        world.poller.cycle()
    assert world.texts() == ["text 500"]
    assert world.clock.now - began < 2.5
    run(world, 100.0)
    assert world.filed(Folder.QUARANTINE) == 200
