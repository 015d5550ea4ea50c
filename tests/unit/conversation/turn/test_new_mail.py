"""A second mail in a conversation: what becomes of the first, and what "the same" takes over."""

from inbox_agent.models import Address, AttachmentRef, Conversation, SentRecord
from tests.unit.conversation.said import at, named, when
from tests.unit.conversation.turn.test_decision import DRAFT, MARIA, TOMORROW_9, history, known, sent, to, turn

PDF = AttachmentRef(message_id="<1@x>", part="2", name="Report.pdf", content_type="application/pdf", size=10)
LEE = Address("lee@corp.example")


def test_the_first_word_is_that_the_armed_mail_will_not_go_out() -> None:
    outcome = turn(
        known(schedule=TOMORROW_9),
        "Also write to lee@corp.example that I will call him",
        intents=("compose",),
        to=to("lee@corp.example"),
        body="I will call.",
    )
    assert "The mail to sam@corp.example, planned for Sunday 22 November 2026, 09:00" in outcome.notices[0]
    assert "will NOT go out" in outcome.notices[0]
    assert "to have both" in outcome.notices[0]
    back = turn(outcome.conversation, "undo", intents=("undo",))
    assert (back.step, back.conversation.draft, back.conversation.schedule) == ("schedule", DRAFT, TOMORROW_9)


def test_a_time_that_was_asked_about_is_not_that_of_another_mail() -> None:
    asked_about = turn(history(), "at 3", intents=("reschedule",), when=when(named("tomorrow"), at(3))).conversation
    outcome = turn(
        asked_about, "write to lee@corp.example", intents=("compose",), to=to("lee@corp.example"), body="Hello"
    )
    assert outcome.conversation.schedule is None
    assert not any("03:00" in question for question in outcome.questions)


def with_file() -> Conversation:
    draft = DRAFT.model_copy(update={"attachments": (PDF,), "cc": (MARIA,)})
    record = SentRecord(message_id="<out@x>", sent_at=1, draft=draft)
    return sent(draft=draft, sent=(record,), schedule=None)


def test_a_new_mail_without_a_text_after_the_end_shows_what_went_out_and_asks() -> None:
    outcome = turn(
        with_file(),
        "send the same to lee@corp.example tomorrow at 9",
        intents=("compose",),
        to=to("lee@corp.example"),
        when=when(named("tomorrow"), at(9)),
    )
    assert (outcome.step, outcome.conversation.held) == ("wait", True)
    assert outcome.conversation.draft == DRAFT.model_copy(update={"to": (LEE,), "attachments": (PDF,)})
    assert "Should it say the same" in outcome.questions[0]
    agreed = turn(outcome.conversation, "yes", intents=("approve",))
    assert (agreed.step, agreed.conversation.schedule) == ("schedule", TOMORROW_9)


def test_the_same_text_carries_the_same_files() -> None:
    outcome = turn(
        with_file(),
        "send the same to lee@corp.example tomorrow at 9",
        intents=("compose",),
        to=to("lee@corp.example"),
        body=f"{DRAFT.body}\n",
        when=when(named("tomorrow"), at(9)),
    )
    assert (outcome.step, outcome.questions) == ("schedule", ())
    assert outcome.conversation.draft == DRAFT.model_copy(update={"to": (LEE,), "attachments": (PDF,)})


def test_cancel_and_another_mail_instead() -> None:
    outcome = turn(
        known(schedule=TOMORROW_9),
        "cancel that and write to lee@corp.example instead, now",
        intents=("cancel", "compose", "send_now"),
        to=to("lee@corp.example"),
        body="Hello",
    )
    assert (outcome.step, outcome.questions) == ("schedule", ())
    assert (outcome.conversation.draft.to, outcome.conversation.draft.body) == ((LEE,), "Hello")
    assert "will NOT go out: it is canceled" in outcome.notices[0]


def test_cancel_of_what_was_sent_and_another_mail_says_that_it_is_too_late() -> None:
    outcome = turn(sent(), "cancel, write to Lee", intents=("cancel", "compose"), to=to("lee@corp.example"), body="No.")
    assert "too late to cancel" in outcome.notices[0]
    assert outcome.conversation.draft.body == "No."


def test_a_question_besides_cancel_is_answered() -> None:
    outcome = turn(
        known(schedule=TOMORROW_9), "cancel. what was the subject?", intents=("cancel", "question"), answer="Report."
    )
    assert (outcome.step, outcome.answer) == ("cancel", "Report.")
    listed = turn(known(), "cancel and show me the drafts", intents=("cancel", "show_drafts"))
    assert listed.lists_drafts
