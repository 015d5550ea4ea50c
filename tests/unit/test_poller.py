"""One cycle over fakes: order within a thread, threads side by side, hand over before filing, nothing lost."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from inbox_agent.errors import (
    ConversationNotFound,
    EngineUnavailable,
    MailboxUnavailable,
    PermanentError,
    TransientError,
)
from inbox_agent.intake.admission import addresses_in
from inbox_agent.intake.intake import Intake, IntakePolicy, SignatureCheck
from inbox_agent.intake.turns import Key
from inbox_agent.mail.sender.authres import MethodResult, Property
from inbox_agent.mail.sender.trust import TrustPolicy
from inbox_agent.models import Folder, Message, UserRequest
from inbox_agent.poller import Poller
from inbox_agent.ports import Mailbox
from tests.fakes import FakeConversations, FakeMailbox

POLICY = IntakePolicy("agent@demo.test", b"secret", TrustPolicy(allow=("*",)))


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Setting:
    def __init__(self, policy: IntakePolicy = POLICY, conversations: FakeConversations | None = None) -> None:
        self.mailbox, self.clock = FakeMailbox(), Clock()
        self.conversations = conversations or FakeConversations()
        self.poller = Poller(self.mailbox, self.conversations, policy, clock=self.clock, patience_seconds=5)

    def mail(
        self, number: int, thread: str, text: str = "hello", sender: str = "alex@demo.test", more: str = ""
    ) -> int:
        ids = f"Message-ID: <{number}@demo.test>\r\nReferences: <{thread}@demo.test>\r\n"
        return self.mailbox.put(
            f"From: {sender}\r\nTo: agent@demo.test\r\nSubject: x\r\n{more}{ids}\r\n{text}\r\n".encode()
        )

    def texts(self) -> dict[str, list[str]]:
        texts = [[request.text.strip() for request in requests] for requests in self.conversations.requests.values()]
        return {"".join(one)[:1]: one for one in texts}


@pytest.fixture
def setting() -> Iterator[Setting]:
    setting = Setting()
    yield setting
    setting.poller.close()


def test_messages_of_a_thread_are_handed_over_in_order_and_filed(setting: Setting) -> None:
    for number in range(10):
        setting.mail(number, "ab"[number % 2], f"{'ab'[number % 2]}{number}")
    report = setting.poller.cycle()
    assert setting.texts() == {"a": ["a0", "a2", "a4", "a6", "a8"], "b": ["b1", "b3", "b5", "b7", "b9"]}
    assert report.outcomes == {"processed:accepted": 10}
    assert len(setting.mailbox.folders[Folder.PROCESSED]) == 10
    assert not setting.mailbox.inbox


def test_a_message_is_filed_only_after_it_was_handed_over(setting: Setting) -> None:
    setting.mail(1, "a")
    seen_in_inbox: list[int] = []
    setting.conversations.before_hand_over = lambda *_: seen_in_inbox.extend(setting.mailbox.inbox)
    setting.poller.cycle()
    assert seen_in_inbox == [1]


def test_what_was_handed_over_but_not_filed_is_a_duplicate_and_filed_the_next_time(setting: Setting) -> None:
    setting.mail(1, "a")
    setting.conversations.before_hand_over = lambda *_: setattr(setting.mailbox, "fail", 1)
    with pytest.raises(MailboxUnavailable):
        setting.poller.cycle()
    setting.conversations.before_hand_over = lambda *_: None
    assert setting.poller.cycle().outcomes == {"processed:duplicate": 1}
    assert len(setting.conversations.all_requests()) == 1


def test_another_message_under_the_id_of_one_that_was_handed_over_is_filed_apart(setting: Setting) -> None:
    setting.mail(1, "a")
    setting.mail(1, "a", "something else")
    setting.poller.cycle()
    setting.poller.cycle()
    assert len(setting.mailbox.folders[Folder.PROCESSED]) == 1
    assert [b"something else" in raw for raw in setting.mailbox.folders[Folder.QUARANTINE]] == [True]
    assert len(setting.conversations.all_requests()) == 1


def test_a_slow_thread_holds_up_neither_the_others_nor_its_own_order(setting: Setting) -> None:
    setting.poller = Poller(setting.mailbox, setting.conversations, POLICY, patience_seconds=0.2)
    release, late = threading.Event(), threading.Event()
    setting.poller.on_late_result = late.set

    def slow(workflow_id: str, request: UserRequest) -> None:
        if request.text.strip() == "a1":
            assert release.wait(20)

    setting.conversations.before_hand_over = slow
    setting.mail(1, "a", "a1")
    setting.mail(2, "b", "b2")
    report = setting.poller.cycle()
    assert (report.filed, report.under_way) == (1, 1)
    setting.mail(3, "a", "a3")
    setting.mail(4, "c", "c4")
    setting.poller.cycle()
    assert set(setting.texts()) == {"b", "c"}
    release.set()
    assert late.wait(20)
    while setting.mailbox.inbox:
        setting.poller.cycle()
    assert setting.texts()["a"] == ["a1", "a3"]


def test_a_thread_that_cannot_be_reached_is_put_off_with_its_followers_and_keeps_its_order(setting: Setting) -> None:
    def unreachable(workflow_id: str, request: UserRequest) -> None:
        if request.text.startswith("a"):
            raise EngineUnavailable("down")

    setting.conversations.before_hand_over = unreachable
    for number, thread in enumerate("aab"):
        setting.mail(number, thread, f"{thread}{number}")
    report = setting.poller.cycle()
    assert (report.filed, report.put_off) == (1, 2)
    assert setting.poller.seconds_to_retry() == 1.0

    setting.conversations.before_hand_over = lambda *_: None
    setting.mail(3, "a", "a3")
    assert setting.poller.cycle().filed == 0, "a later message must not overtake the ones that wait"
    setting.clock.now = 1.1
    assert setting.poller.cycle().filed == 3
    assert setting.texts()["a"] == ["a0", "a1", "a3"]
    assert setting.poller.seconds_to_retry() is None


def test_pauses_of_a_thread_that_stays_unreachable_grow_to_a_bound(setting: Setting) -> None:
    def unreachable(workflow_id: str, request: UserRequest) -> None:
        raise EngineUnavailable("down")

    setting.conversations.before_hand_over = unreachable
    setting.mail(1, "a")
    pauses = []
    for _ in range(6):
        setting.poller.cycle()
        pause = setting.poller.seconds_to_retry()
        assert pause is not None
        pauses.append(pause)
        setting.clock.now += pause
    assert pauses == pytest.approx([1, 2, 4, 8, 15, 15])


def test_what_was_put_off_and_then_vanished_is_forgotten(setting: Setting) -> None:
    def unreachable(workflow_id: str, request: UserRequest) -> None:
        raise EngineUnavailable("down")

    setting.conversations.before_hand_over = unreachable
    setting.mail(1, "a")
    setting.poller.cycle()
    setting.mailbox.inbox.clear()
    setting.clock.now = 2
    setting.poller.cycle()
    assert setting.poller.seconds_to_retry() is None


@pytest.mark.parametrize(("error", "cycles"), [(PermanentError("no"), 1), (RuntimeError("a bug"), 5)])
def test_what_can_never_be_handed_over_is_kept_as_failed_and_the_thread_goes_on(
    setting: Setting, error: Exception, cycles: int
) -> None:
    def broken(workflow_id: str, request: UserRequest) -> None:
        if b"bad" in setting.mailbox.inbox.get(1, b"") and request.message_id == "<1@demo.test>":
            raise error

    setting.conversations.before_hand_over = broken
    setting.mail(1, "a", "bad")
    setting.mail(2, "a", "good")
    for _ in range(cycles):
        setting.poller.cycle()
        setting.clock.now += 60
    setting.poller.cycle()
    assert [b"bad" in raw for raw in setting.mailbox.folders[Folder.FAILED]] == [True]
    assert [request.text.strip() for request in setting.conversations.all_requests()] == ["good"]


def test_a_message_whose_content_trips_us_is_kept_as_failed_and_its_sender_is_told(setting: Setting) -> None:
    def trips(workflow_id: str, request: UserRequest) -> None:
        if request.kind == "mail":
            raise RuntimeError("a bug")

    setting.conversations.before_hand_over = trips
    setting.mail(1, "a", "bad")
    for _ in range(5):
        setting.poller.cycle()
        setting.clock.now += 60
    assert len(setting.mailbox.folders[Folder.FAILED]) == 1
    (told,) = setting.conversations.all_requests()
    assert (told.kind, told.message_id) == ("refused", "<1@demo.test>")
    assert "could not be read" in told.text


def test_a_message_that_is_none_is_kept_as_failed_and_the_rest_is_handed_over(setting: Setting) -> None:
    setting.mailbox.put(b"\x00\xff garbage")
    setting.mail(1, "a")
    assert setting.poller.cycle().outcomes == {"failed": 1, "processed:accepted": 1}


def test_an_inbox_that_was_replaced_is_read_again(setting: Setting) -> None:
    setting.mail(1, "a")
    setting.conversations.before_hand_over = lambda *_: setattr(setting.mailbox, "uid_validity", 2)
    with pytest.raises(MailboxUnavailable):
        setting.poller.cycle()
    assert setting.poller.cycle().outcomes == {"processed:duplicate": 1}


def test_a_gate_can_stop_a_message_before_it_is_handed_over(setting: Setting) -> None:
    class Closed:
        def refresh(self, mailbox: Mailbox) -> None:
            pass

        def check(self, key: Key, request: UserRequest) -> Intake | None:
            return Intake(Folder.IGNORED, "over the limit")

        def filed(self, keys: set[Key], *, answered: bool) -> None:
            assert not answered

    poller = Poller(setting.mailbox, setting.conversations, POLICY, gate=Closed())
    setting.mail(1, "a")
    assert poller.cycle().outcomes == {"ignored": 1}
    assert setting.conversations.all_requests() == []
    poller.close()


def test_a_conversation_that_has_ended_is_no_obstacle_for_anybody(setting: Setting) -> None:
    class Ended(FakeConversations):
        def describe(self, workflow_id: str) -> dict[str, object]:
            raise ConversationNotFound("it has ended")

    conversations = Ended()
    poller = Poller(setting.mailbox, conversations, POLICY)
    setting.mail(1, "a")
    poller.cycle()
    setting.mail(2, "a", sender="lee@demo.test")
    setting.mail(3, "a")
    assert poller.cycle().outcomes == {"processed:accepted": 2}
    roles = [[request.role for request in requests] for requests in conversations.requests.values()]
    assert roles == [["owner", "owner"], ["owner"]], "the root alone leads nobody else to it"
    poller.close()


def ids(setting: Setting) -> list[list[str]]:
    return [[one.message_id for one in requests] for requests in setting.conversations.requests.values()]


def test_whoever_names_a_thread_root_first_gets_nobody_elses_mail(setting: Setting) -> None:
    setting.mail(1, "a", sender="lee@demo.test")
    setting.mail(2, "a")
    setting.mail(3, "a", sender="lee@demo.test")
    setting.mail(4, "a")
    setting.poller.cycle()
    assert sorted(ids(setting)) == [["<1@demo.test>", "<3@demo.test>"], ["<2@demo.test>", "<4@demo.test>"]]
    assert set(setting.conversations.owners.values()) == {"alex@demo.test", "lee@demo.test"}
    assert {request.role for request in setting.conversations.all_requests()} == {"owner"}


def test_whom_the_owner_copied_in_writes_to_the_owners_conversation(setting: Setting) -> None:
    setting.mail(1, "a", more="Cc: lee@demo.test\r\n")
    setting.mail(2, "a", sender="lee@demo.test")
    setting.poller.cycle()
    assert [one.role for one in setting.conversations.all_requests()] == ["owner", "participant"]
    assert len(setting.conversations.requests) == 1


class Unconfirmed(FakeConversations):
    def describe(self, workflow_id: str) -> dict[str, object]:
        return {**super().describe(workflow_id), "awaits_confirmation": True}


def test_an_owner_who_has_not_confirmed_is_shown_nobodys_mail() -> None:
    setting = Setting(
        replace(POLICY, trust=TrustPolicy(allow=("@demo.test",), confirm=("@new.test",))), conversations=Unconfirmed()
    )
    setting.mail(1, "a", sender="kim@new.test", more="Cc: alex@demo.test, sam@corp.test\r\n")
    setting.mail(2, "a")
    setting.mail(3, "a", sender="sam@corp.test")
    assert setting.poller.cycle().outcomes == {"processed:accepted": 2, "quarantine": 1}
    assert [one.sender.address for one in setting.conversations.all_requests()] == ["kim@new.test", "alex@demo.test"]
    assert sorted(ids(setting)) == [["<1@demo.test>"], ["<2@demo.test>"]]
    setting.poller.close()


def test_an_owner_on_the_allow_list_needs_no_confirmation_any_more() -> None:
    setting = Setting(conversations=Unconfirmed())
    setting.mail(1, "a", more="Cc: lee@demo.test\r\n")
    setting.mail(2, "a", sender="lee@demo.test")
    setting.poller.cycle()
    assert [one.role for one in setting.conversations.all_requests()] == ["owner", "participant"]
    setting.poller.close()


def test_participants_are_read_in_every_form() -> None:
    assert addresses_in([{"address": "A@x.test"}, "b@x.test", {"nothing": 1}]) == {"a@x.test", "b@x.test"}
    assert addresses_in(None) == frozenset()


def dkim_pass(raw: bytes, message: Message) -> tuple[MethodResult, ...]:
    return (MethodResult("dkim", "pass", properties=(Property("header", "d", "demo.test"),)),)


def nothing_signed(raw: bytes, message: Message) -> tuple[MethodResult, ...]:
    return ()


def no_dns(raw: bytes, message: Message) -> tuple[MethodResult, ...]:
    raise TransientError("DNS did not answer")


@pytest.mark.parametrize(
    ("check", "folder"),
    [(dkim_pass, Folder.PROCESSED), (nothing_signed, Folder.QUARANTINE), (no_dns, None)],
)
def test_where_signatures_are_checked_only_they_prove_a_sender(
    setting: Setting, check: SignatureCheck, folder: Folder | None
) -> None:
    setting.mail(1, "a")
    poller = Poller(setting.mailbox, setting.conversations, replace(POLICY, check=check), clock=setting.clock)
    poller.cycle()
    poller.close()
    filed = {name for name, mails in setting.mailbox.folders.items() if mails}
    assert filed == ({folder} if folder else set())
    assert bool(setting.mailbox.inbox) == (folder is None)


def test_the_log_says_why_a_stranger_gets_no_answer_and_where_to_look(caplog: pytest.LogCaptureFixture) -> None:
    setting = Setting(replace(POLICY, trust=TrustPolicy(allow=("ann@demo.test",))))
    setting.mailbox.put(b"From: eve@other.test\r\nTo: agent@demo.test\r\nMessage-ID: <it's@mail>\r\n\r\nPay me.\r\n")
    with caplog.at_level("INFO"):
        setting.poller.cycle()
    setting.poller.close()
    (line,) = [one.getMessage() for one in caplog.records if "filed as" in one.getMessage()]
    assert "INBOX_AGENT_ALLOW" in line
    assert "inbox-agent explain --message-id '<it'\"'\"'s@mail>'" in line
    assert "eve" not in line
    assert "Pay" not in line
