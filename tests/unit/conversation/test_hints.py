"""What can be replied: only what can be done, and from an old mail's link nothing that is approved unseen."""

from datetime import datetime
from typing import Any

import pytest

from inbox_agent.conversation import hints
from inbox_agent.conversation.commands import Command, apply_command, approve, find_command, is_confirmation
from inbox_agent.conversation.hints import hints_for, link_words, with_named_draft
from inbox_agent.conversation.outbound import fingerprint
from inbox_agent.conversation.when.times import at_local
from inbox_agent.models import Conversation, Draft, Revision, SentRecord, UserRequest
from tests.unit.conversation.turn.test_decision import DRAFT, MARIA, NOW, SAM, TOMORROW_9, asked, known, turn

FRIDAY_15 = at_local(datetime.fromisoformat("2026-11-27T15:00"), "Europe/Berlin").schedule
OLD = Revision(number=1, draft=DRAFT.model_copy(update={"body": "I am very late."}))


def changed(**fields: Any) -> Conversation:
    return known(revision=2, revisions=(OLD,), **fields)


@pytest.mark.parametrize(
    ("conversation", "expected"),
    [
        (known(), ("send it now", "send it tomorrow at 9:00", "translate to Spanish", "cancel")),
        (known(schedule=TOMORROW_9), ("send it now", "make it Friday 15:00", "translate to Spanish", "cancel")),
        (known(schedule=FRIDAY_15), ("send it now", "make it Monday 9:00", "translate to Spanish", "cancel")),
        (
            known(draft=DRAFT.model_copy(update={"language": "es-MX"})),
            ("send it now", "send it tomorrow at 9:00", "translate to English", "cancel"),
        ),
        (known(draft=Draft(to=(SAM,))), ("cancel",)),
        (known(draft=Draft(body="I am late.")), ("translate to Spanish", "cancel")),
        (Conversation(owner=MARIA), hints.NOTHING_YET),
        (known(sent=(SentRecord(message_id="<1@x>", sent_at=0, draft=DRAFT),)), hints.SENT),
    ],
)
def test_only_what_can_be_done_and_would_change_something_is_offered(
    conversation: Conversation, expected: tuple[str, ...]
) -> None:
    assert hints_for(conversation) == expected


def test_a_mail_that_waits_for_a_confirmation_offers_that_and_no_sending() -> None:
    waiting = known(schedule=TOMORROW_9, held=True, asked=fingerprint(DRAFT))
    assert hints_for(waiting)[0] == "confirm"
    assert "send it now" not in hints_for(waiting)
    assert hints_for(waiting.model_copy(update={"confirmed": fingerprint(DRAFT), "held": False}))[0] == "send it now"


def test_links_that_act_on_a_draft_name_it_and_others_do_not() -> None:
    for words in ("send it now", "make it Friday 15:00", "retry", "confirm", "translate to Spanish"):
        assert link_words(words, known(revision=3)) == f"{words} (draft 3)"
    for words in ("cancel", "cancel 2", "status", "help", "what is pending?", "forget my name", "apply suggestion 1"):
        assert link_words(words, known(revision=3)) == words
    assert link_words("confirm", Conversation()) == "confirm", "there is no draft before the first contact is confirmed"


@pytest.mark.parametrize(
    "text",
    ["send it now (draft 2)", "Envíalo ahora (borrador 2)", "jetzt senden (Entwurf 2).", "今すぐ送信（下書き2）"],
)
def test_the_named_draft_is_read_and_the_command_is_still_one(text: str) -> None:
    assert with_named_draft(asked(text)).answers_revision == 2
    assert find_command(text) is Command.SEND_NOW


@pytest.mark.parametrize(
    "text",
    [
        "send it now",
        "Write that the report (draft 2) is late",
        "Tell Sam that " + "everything is as it was " * 5 + "(draft 2)",
        "make it shorter\nsee (draft 2)",
        "(2)",
    ],
)
def test_other_words_name_no_draft(text: str) -> None:
    assert with_named_draft(asked(text)).answers_revision is None


def test_the_headers_of_a_reply_count_before_the_words() -> None:
    assert with_named_draft(asked("send it now (draft 1)", answers_revision=2)).answers_revision == 2


def apply(conversation: Conversation, text: str) -> Any:
    command = find_command(text)
    assert command is not None
    return apply_command(conversation, asked(text), command, now=NOW, default_zone="UTC")


def test_an_approval_by_the_link_of_an_old_mail_is_not_carried_out() -> None:
    outcome = apply(changed(), "send it now (draft 1)")
    assert (outcome.step, outcome.conversation.schedule) == ("wait", None)
    assert "You answered draft 1, but draft 2 is the current one" in outcome.questions[0]


def test_an_approval_by_the_link_of_the_newest_mail_is_carried_out() -> None:
    assert apply(changed(), "send it now (draft 2)").step == "schedule"
    assert (
        apply(known(revision=2, revisions=(Revision(number=1, draft=DRAFT),)), "send it now (draft 1)").step
        == "schedule"
    )


def test_a_model_turn_by_the_link_of_an_old_mail_is_known_as_one() -> None:
    outcome = turn(changed(), "send it tomorrow at 9:00 (draft 1)", intents=("send_now",))
    assert outcome.step == "wait"
    assert "draft 2 is the current one" in outcome.questions[0]


def test_a_confirmation_by_the_link_of_an_old_mail_confirms_nothing() -> None:
    mark = fingerprint(DRAFT)
    conversation = changed(schedule=TOMORROW_9, held=True, asked=mark, confirmed=mark)
    for request in (asked("confirm (draft 1)"), asked("confirm", answers_revision=1)):
        assert is_confirmation(request.text)
        outcome = approve(conversation, request, now=NOW, default_zone="UTC")
        assert outcome.step == "wait"
        assert outcome.conversation.confirmed == ""
    assert approve(conversation, asked("confirm (draft 2)"), now=NOW, default_zone="UTC").conversation.confirmed == mark


def test_cancel_works_from_every_mail() -> None:
    outcome = apply_command(
        changed(schedule=TOMORROW_9),
        UserRequest(message_id="<2@x>", text="cancel", answers_revision=1, sender=MARIA),
        Command.CANCEL,
        now=NOW,
        default_zone="UTC",
    )
    assert outcome.step == "cancel"
