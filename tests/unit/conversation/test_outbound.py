"""The outbound policy: what is refused, what is held, and what is said about it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from inbox_agent.conversation.hints import hints_for
from inbox_agent.conversation.outbound import (
    OutboundPolicy,
    fingerprint,
    guard,
    objections,
    refusal,
    sent_size,
    words_to_confirm,
)
from inbox_agent.mail.outgoing.compose import compose_outgoing
from inbox_agent.models import Address, AttachmentRef, Conversation, Draft, FileContent, Outcome, Schedule, SentRecord

SCHEDULE = Schedule(instant=2_000_000_000, zone="UTC", local="2033-05-18T03:33:20")


def planned(*to: str, body: str = "Hello", **fields: object) -> Conversation:
    draft = Draft(to=tuple(map(Address, to)), subject="Greetings", body=body)
    return Conversation(draft=draft, schedule=SCHEDULE, revision=1).model_copy(update=fields)


@pytest.mark.parametrize(
    ("address", "policy", "refused"),
    [
        ("sam@corp.example", OutboundPolicy(), False),
        ("sam@corp.example", OutboundPolicy(allow=("@corp.example",)), False),
        ("sam@corp.example", OutboundPolicy(allow=("*",)), False),
        ("sam@sub.corp.example", OutboundPolicy(allow=("@corp.example",)), True),
        ("sam@other.example", OutboundPolicy(allow=("@corp.example", "lee@other.example")), True),
        ("Lee@Other.example", OutboundPolicy(allow=("lee@other.example",)), False),
        ("sam@corp.example", OutboundPolicy(block=("@corp.example",)), True),
        ("sam@sub.corp.example", OutboundPolicy(block=("@corp.example",)), True),
        ("sam@notcorp.example", OutboundPolicy(block=("@corp.example",)), False),
        ("sam@corp.example", OutboundPolicy(allow=("sam@corp.example",), block=("@corp.example",)), True),
        ("sam+x@corp.example", OutboundPolicy(block=("sam@corp.example",)), True),
        ("s.a.m@googlemail.com", OutboundPolicy(block=("sam@gmail.com",)), True),
        ("sam+x@corp.example", OutboundPolicy(allow=("sam@corp.example",)), True),
    ],
)
def test_who_may_be_written_to(address: str, policy: OutboundPolicy, refused: bool) -> None:
    assert bool(objections(planned(address), policy)) is refused


def test_too_many_recipients_count_cc_and_bcc_and_nobody_twice() -> None:
    policy = OutboundPolicy(max_recipients=2)
    draft = Draft(to=(Address("a@x.example"),), cc=(Address("A@x.example"),), bcc=(Address("b@x.example"),), body="Hi")
    assert objections(Conversation(draft=draft), policy) == ()
    more = draft.model_copy(update={"cc": (Address("c@x.example"),)})
    assert "3 recipients" in objections(Conversation(draft=more), policy)[0]


def test_an_address_that_bounced_needs_the_owners_word_for_this_very_draft() -> None:
    policy = OutboundPolicy()
    given = planned("sam@corp.example", bounced=("Sam@corp.example",))
    held = guard(Outcome(given, "schedule"), policy).conversation
    assert "came back for good" in guard(Outcome(given, "schedule"), policy).questions[0]
    assert "came back for good" in refusal(given, policy, sent_today=0)
    assert "confirm" in hints_for(held)
    confirmed = held.model_copy(update={"confirmed": held.asked})
    assert guard(Outcome(confirmed, "schedule"), policy).step == "schedule"
    assert refusal(confirmed, policy, sent_today=0) == ""
    other = confirmed.model_copy(update={"draft": given.draft.model_copy(update={"body": "Another text"})})
    assert guard(Outcome(other, "schedule"), OutboundPolicy()).step == "wait"


def test_one_confirmation_is_asked_for_with_all_that_it_covers() -> None:
    given = planned("sam@corp.example", bounced=("sam@corp.example",))
    given = given.model_copy(update={"draft": given.draft.model_copy(update={"body": "a contract"})})
    questions = guard(Outcome(given, "schedule"), OutboundPolicy(confirm_words=("contract",))).questions
    assert [word in question for word, question in zip(("came back", "contract"), questions, strict=True)] == [True] * 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The wire  Transfer is done.", True),
        ("The wire\ntransfer", True),
        ("hardwire transferred", False),
        ("合同已签", True),
    ],
)
def test_words_that_need_a_confirmation(text: str, found: bool) -> None:
    policy = OutboundPolicy(confirm_words=("wire transfer", "合同"))
    assert bool(words_to_confirm(Draft(body=text), policy)) is found


def test_a_held_mail_is_armed_by_the_confirmation_of_this_very_draft() -> None:
    policy = OutboundPolicy(confirm_words=("contract",))
    outcome = Outcome(planned("sam@corp.example", body="The contract"), "schedule")
    held = guard(outcome, policy)
    assert (held.step, held.conversation.held, held.conversation.confirmed) == ("wait", True, "")
    assert held.conversation.asked == fingerprint(outcome.conversation.draft)
    confirmed = outcome.conversation.model_copy(update={"confirmed": held.conversation.asked})
    assert guard(replace(outcome, conversation=confirmed), policy).step == "schedule"
    other = confirmed.model_copy(update={"draft": Draft(to=(Address("sam@corp.example"),), body="Another contract")})
    assert guard(replace(outcome, conversation=other), policy).step == "wait"


def test_what_is_not_to_be_armed_is_left_alone() -> None:
    outcome = Outcome(planned("sam@corp.example"), "wait")
    assert guard(outcome, OutboundPolicy(block=("*",))) is outcome


def test_the_moment_of_sending_asks_again() -> None:
    conversation = planned("sam@corp.example", body="The contract")
    assert refusal(conversation, OutboundPolicy(), sent_today=99) == ""
    assert "at most 5" in refusal(conversation, OutboundPolicy(max_mails_per_day=5), sent_today=5)
    assert refusal(conversation, OutboundPolicy(max_mails_per_day=5), sent_today=4) == ""
    assert "needs your confirmation" in refusal(conversation, OutboundPolicy(confirm_words=("contract",)), sent_today=0)


def with_files(*sizes: int) -> Outcome:
    files = tuple(
        AttachmentRef(message_id="<1@x>", part=str(part), name=f"{part}.pdf", content_type="application/pdf", size=size)
        for part, size in enumerate(sizes, 2)
    )
    conversation = planned("sam@corp.example")
    draft = conversation.draft.model_copy(update={"attachments": files})
    return Outcome(conversation.model_copy(update={"draft": draft}), "schedule")


@pytest.mark.parametrize(
    ("sizes", "server", "said"),
    [
        ((1_000, 1_000), 0, ""),
        ((1_001,), 0, "“2.pdf” is 1.0 KB large, and a file may have at most 1.0 KB"),
        ((900, 900, 900), 0, "The files are 2.7 KB large together, and at most 2.5 KB"),
        ((1, 1, 1, 1), 0, "4 files are attached, and at most 3"),
        ((900, 900), 20_000, ""),
        ((900, 900), 12_000, "With its files the mail would be 14 KB large, and our mail server takes at most 12 KB"),
    ],
)
def test_files_over_a_limit_hold_the_mail_and_are_told(sizes: tuple[int, ...], server: int, said: str) -> None:
    policy = OutboundPolicy(max_files=3, max_file_bytes=1_000, max_files_bytes=2_500)
    outcome = with_files(*sizes)
    for given in (outcome, replace(outcome, step="wait")):
        held = guard(given, policy, size_limit=server)
        assert said in " ".join(held.questions)
        assert bool(held.questions) is bool(said)
        assert held.step == (given.step if not said else "wait")
    if not server:
        assert said in refusal(outcome.conversation, policy, sent_today=0)


def test_the_files_of_a_canceled_or_sent_mail_are_nobodys_trouble() -> None:
    policy, outcome = OutboundPolicy(max_files=1), replace(with_files(1, 1), step="cancel")
    assert guard(outcome, policy) is outcome
    done = outcome.conversation
    record = SentRecord(message_id="<o@x>", sent_at=SCHEDULE.instant, draft=done.draft)
    sent = replace(outcome, step="wait", conversation=done.model_copy(update={"sent": (record,)}))
    assert guard(sent, policy) is sent


def test_the_size_of_the_mail_is_foretold_closely() -> None:
    outcome = with_files(1_000_000)
    draft = outcome.conversation.draft
    mail = compose_outgoing(
        draft,
        message_id="<a@b>",
        sender=Address("agent@example.com"),
        reply_to=None,
        now=datetime(2026, 3, 2, tzinfo=UTC),
        files=[FileContent(bytes(1_000_000))],
    )
    size = len(mail.as_bytes(policy=mail.policy.clone(linesep="\r\n")))
    assert size <= sent_size(draft) <= size + 20_000
