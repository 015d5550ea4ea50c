"""The outbound policy: what is refused, what is held, and what is said about it."""

from dataclasses import replace

import pytest

from inbox_agent.models import Address, Conversation, Draft, Outcome, Schedule
from inbox_agent.turn.outbound import OutboundPolicy, fingerprint, guard, objections, refusal, words_to_confirm

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


def test_an_address_that_bounced_is_refused() -> None:
    (said,) = objections(planned("sam@corp.example", bounced=("Sam@corp.example",)), OutboundPolicy())
    assert "came back for good" in said


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
    assert "needs your word" in refusal(conversation, OutboundPolicy(confirm_words=("contract",)), sent_today=0)
