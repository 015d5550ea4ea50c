"""The first lines of a mail to the owner: what it is about, and when the mail goes out or went out. They must hold of what
the conversation is now, whatever was asked.
"""

from typing import Literal

from inbox_agent.conversation.standing import standing_of
from inbox_agent.conversation.turn.answers import ASK_WHEN, NOT_SCHEDULED
from inbox_agent.conversation.when.times import describe_instant, describe_time
from inbox_agent.models import Conversation, Reply

Tone = Literal["open", "scheduled", "done", "stopped", "trouble"]

_TONES: dict[str, Tone] = {
    "scheduled": "scheduled",
    "sent": "done",
    "canceled": "stopped",
    "failed": "trouble",
    "late": "trouble",
}


def title_of(reply: Reply) -> str:
    """What the mail is about."""
    if reply.title:
        return reply.title
    match reply.kind:
        case "draft":
            return _title_of_draft(reply)
        case "scheduled" if reply.seconds_left:
            return f"{_draft(reply)} goes out in {_seconds(reply.seconds_left)}"
        case "scheduled":
            return f"{_draft(reply)} is scheduled"
        case "sent":
            return "Your mail was sent"
        case "canceled":
            return "Canceled: nothing will be sent"
        case "failed":
            return "Your mail was not sent"
        case "late":
            return "Your mail is late"
        case "notice":
            return _title_of_notice(reply)


def _title_of_notice(reply: Reply) -> str:
    if reply.planned is not None:
        count = len(reply.planned)
        return {0: "Nothing is planned", 1: "One mail is planned"}.get(count, f"{count} mails are planned")
    if reply.lists_drafts:
        return "Your drafts"
    if reply.questions:
        return "Your answer is needed"
    return "Here is your answer" if reply.answer.strip() else "For your information"


def _title_of_draft(reply: Reply) -> str:
    match standing_of(reply.conversation):
        case "sent":
            return "Your mail was sent before"
        case "returned":
            return "Your mail was sent, but it came back"
        case "canceled":
            return "Your mail is canceled"
        case "kept" if not reply.questions:
            return f"{_draft(reply)} is kept"
        case "held":
            return f"{_draft(reply)} waits for your answer"
        case "none" if not reply.questions:
            return "No draft yet"
        case _ if set(reply.questions) - {ASK_WHEN}:
            return (
                f"{_draft(reply)}: I need an answer first" if reply.conversation.revision else "I need an answer first"
            )
        case _:
            return f"{_draft(reply)} is ready for you"


def _draft(reply: Reply) -> str:
    number = reply.conversation.revision
    return f"Draft {number}" if number else "The draft"


def _seconds(count: int) -> str:
    return "1 second" if count == 1 else f"{count} seconds"


def tone_of(reply: Reply) -> Tone:
    """The colour of the title."""
    if reply.kind == "draft":
        standings: dict[str, Tone] = {"sent": "done", "returned": "trouble", "canceled": "stopped"}
        return standings.get(standing_of(reply.conversation), "open")
    return _TONES.get(reply.kind, "open")


def when_of(reply: Reply) -> str:
    """When the mail goes out or went out; "" when the mail says it further down, as the answer to "status" does."""
    line, told = _when(reply)
    below = (reply.answer, *reply.notices, *reply.questions)
    return "" if any(told in text for text in below) else line


def _when(reply: Reply) -> tuple[str, str]:
    """The line, and the part of it that need not be told twice."""
    conversation = reply.conversation
    # Under a title about something else, as a message that was not carried out, "it" would be that.
    it = _draft(reply) if reply.title else "It"
    planned = describe_time(conversation.schedule) if conversation.schedule else ""
    match reply.kind:
        case "sent" if conversation.sent:
            return f"Sent on {_sent_at(conversation)}.", _sent_at(conversation)
        case "scheduled" if planned and reply.seconds_left:
            return f"{it} goes out on {planned}; “cancel” works until then.", planned
        case "scheduled" if planned:
            return f"{it} goes out on {planned}.", planned
        case "late" if planned:
            return f"{it} was due on {planned}.", planned
        case "draft":
            return _when_of_draft(conversation, planned, it)
        case _:
            return "", ""


def _when_of_draft(conversation: Conversation, planned: str, it: str) -> tuple[str, str]:
    match standing_of(conversation):
        case "sent" | "returned":
            return f"Sent on {_sent_at(conversation)}. Nothing more is planned.", _sent_at(conversation)
        case "armed" | "held":
            return f"{it} is held: planned for {planned}, it waits for your answer.", planned
        case "canceled" | "kept":
            return "Nothing goes out until you say when.", "nothing goes out until you say when"
        case "waiting":
            return f"{it} is not scheduled: nothing goes out until you say when.", NOT_SCHEDULED
        case "none":
            return "", ""


def _sent_at(conversation: Conversation) -> str:
    record = conversation.sent[-1]
    zone = record.zone or (conversation.schedule.zone if conversation.schedule else "") or conversation.zone
    return describe_instant(record.sent_at, zone)
