"""The first lines hold of what the conversation is, whatever was asked."""

from datetime import UTC, datetime

import pytest

from inbox_agent.conversation.turn import answers
from inbox_agent.models import Conversation, Reply, Revision, SentRecord, Status
from inbox_agent.reply.headline import title_of, tone_of, when_of
from inbox_agent.reply.render import render_reply
from tests.unit.mail.replies import FIRST, FRIDAY, REPLY_ADDRESS, SECOND, conversation

BEFORE = datetime.fromtimestamp(FRIDAY.instant - 3600, UTC)
WHEN = "Friday 6 March 2026, 15:00 (Europe/Berlin, UTC+01:00)"
RECORD = SentRecord(message_id="<out@example.com>", sent_at=FRIDAY.instant, draft=SECOND)
OVER = conversation(schedule=None, sent=(RECORD,))
RETURNED = OVER.model_copy(update={"bounced": ("LEE@corp.example",)})
HELD = conversation(held=True)
KEPT = conversation(schedule=None, stopped=2)
CANCELED = conversation(schedule=None, status=Status.CANCELED)
WAITING = conversation(schedule=None)


def draft(conversation: Conversation, **fields: object) -> Reply:
    return Reply(kind="draft", conversation=conversation).model_copy(update=fields)


@pytest.mark.parametrize(
    ("stands", "title", "when", "tone"),
    [
        (OVER, "Your mail was sent before", f"Sent on {WHEN}. Nothing more is planned.", "done"),
        (RETURNED, "Your mail was sent, but it came back", f"Sent on {WHEN}. Nothing more is planned.", "trouble"),
        (HELD, "Draft 2 waits for your answer", f"It is held: planned for {WHEN}, it waits for your answer.", "open"),
        (KEPT, "Draft 2 is kept", "Nothing goes out until you say when.", "open"),
        (CANCELED, "Your mail is canceled", "Nothing goes out until you say when.", "stopped"),
        (
            WAITING,
            "Draft 2 is ready for you",
            "It is not scheduled: nothing goes out until you say when.",
            "open",
        ),
    ],
)
def test_a_mail_says_where_its_draft_stands(stands: Conversation, title: str, when: str, tone: str) -> None:
    reply = draft(stands)
    assert (title_of(reply), when_of(reply), tone_of(reply)) == (title, when, tone)


@pytest.mark.parametrize("question", ["", "To send it once more, say to whom or when."])
def test_after_the_end_no_answer_says_that_the_mail_was_not_sent(question: str) -> None:
    reply = draft(OVER, questions=(question,) if question else ())
    text = render_reply(reply, reply_address=REPLY_ADDRESS).text
    assert "nothing goes out until" not in text
    assert "YOUR MAIL WAS SENT BEFORE" in text


def test_a_time_that_the_mail_tells_below_is_not_told_above() -> None:
    assert when_of(draft(OVER, notices=(f"It is too late to cancel: {answers.sent_line(OVER)}",))) == ""
    assert when_of(draft(HELD, answer=answers.status(HELD, BEFORE))) == ""


@pytest.mark.parametrize(
    ("stands", "told"),
    [
        (OVER, f"It was sent on {WHEN}"),
        (RETURNED, "It came back from lee@corp.example."),
        (HELD, f"Draft 2 is planned for {WHEN}, but will not go out before my question is answered."),
        (CANCELED, "Draft 2 is canceled; nothing goes out until you say when."),
        (KEPT, "Draft 2 is kept; nothing goes out until you say when."),
        (WAITING, "Draft 2 is not scheduled"),
        (conversation(), f"Draft 2 goes out on {WHEN}."),
        (conversation(revision=0, draft={}, schedule=None), "There is no draft yet."),
    ],
)
def test_the_status_tells_the_same(stands: Conversation, told: str) -> None:
    assert told in answers.status(stands, BEFORE).replace("\n", " ")


def test_what_is_overdue_is_not_said_to_go_out() -> None:
    late = datetime.fromtimestamp(FRIDAY.instant + 600, UTC)
    assert answers.status(conversation(), late) == f"Draft 2 was due on {WHEN} and has not gone out yet."


def test_the_time_of_a_held_draft_is_a_plan() -> None:
    reply = draft(HELD, seen=Revision(number=1, draft=FIRST))
    text = render_reply(reply, reply_address=REPLY_ADDRESS).text
    assert "Planned for: Friday 6 March" in text
    assert "Goes out" not in text


@pytest.mark.parametrize(
    ("questions", "title"),
    [
        ((answers.ASK_WHEN,), "Draft 2 is ready for you"),
        (("Who should I send it to?",), "Draft 2: I need an answer first"),
        (("What is the address of Bob?", answers.ASK_WHEN), "Draft 2: I need an answer first"),
    ],
)
def test_a_draft_that_lacks_only_its_time_is_ready(questions: tuple[str, ...], title: str) -> None:
    assert title_of(draft(WAITING, questions=questions)) == title


def test_an_answer_is_titled_as_one() -> None:
    assert (
        title_of(Reply(kind="notice", conversation=WAITING, answer="It is about the report.")) == "Here is your answer"
    )
    assert title_of(Reply(kind="notice", conversation=WAITING, notices=("Noted.",))) == "For your information"


def test_a_mail_about_to_go_out_says_how_long_cancel_works() -> None:
    reply = Reply(kind="scheduled", conversation=conversation(), seconds_left=10)
    assert title_of(reply) == "Draft 2 goes out in 10 seconds"
    assert when_of(reply) == f"It goes out on {WHEN}; “cancel” works until then."
    assert title_of(reply.model_copy(update={"seconds_left": 1})) == "Draft 2 goes out in 1 second"


def test_under_a_title_about_something_else_the_draft_is_named() -> None:
    other = Reply(kind="scheduled", conversation=conversation(), title="Your message was not carried out")
    assert when_of(other) == f"Draft 2 goes out on {WHEN}."
    assert when_of(draft(WAITING, title="An earlier mail of yours was not delivered")).startswith(
        "Draft 2 is not scheduled"
    )
