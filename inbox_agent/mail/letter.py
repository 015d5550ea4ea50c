"""What one mail to the owner says, part by part, before it becomes text or HTML. Both alternatives are made from this."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from inbox_agent.mail.changes import Change, changes_since, describe_people
from inbox_agent.mail.compose import reply_subject
from inbox_agent.mail.refusals import explain_refusal
from inbox_agent.models import Address, Conversation, Draft, Reply
from inbox_agent.turn.answers import NOT_SCHEDULED
from inbox_agent.turn.files import describe_files
from inbox_agent.turn.hints import link_words
from inbox_agent.turn.planned import number_of
from inbox_agent.turn.times import describe_instant, describe_time

Tone = Literal["open", "scheduled", "done", "stopped", "trouble"]


MOST_PEOPLE = 5
_NOT_SCHEDULED = "It is not scheduled: nothing goes out until you say when."


@dataclass(frozen=True, slots=True)
class Hint:
    """Words to reply, and the link that starts such a reply with one tap."""

    words: str
    link: str


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """A planned mail in the list of all of them; ``here``: it is the one of this conversation."""

    number: int
    subject: str
    people: str
    when: str
    here: bool
    cancel: Hint


@dataclass(frozen=True, slots=True)
class Letter:
    """The parts in reading order; an empty one is left out.

    Attributes:
        said: paragraphs: the answer, and what went wrong in plain words.
        fields: (label, value) of the draft's envelope.
        body: None when the mail shows no draft; "" is a draft without text.
        planned: None when no list was asked for.
    """

    title: str
    tone: Tone
    when: str = ""
    said: tuple[str, ...] = ()
    server_words: str = ""
    questions: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    planned: tuple[PlannedLine, ...] | None = None
    fields: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    back_translation: str = ""
    changes_since: int = 0
    changes: tuple[Change, ...] = ()
    remark: str = ""
    hints: tuple[Hint, ...] = ()


def write_letter(reply: Reply, *, reply_address: str) -> Letter:
    """Arrange a reply for reading."""
    conversation = reply.conversation
    record = conversation.sent[-1] if reply.kind == "sent" and conversation.sent else None
    draft = record.draft if record else conversation.draft
    shows_draft = reply.kind != "notice" and _has_content(draft)
    subject = reply_subject(conversation.thread)
    changes = changes_since(reply.seen, conversation) if reply.kind in ("draft", "scheduled") and reply.seen else ()
    return Letter(
        title=_title(reply),
        tone=_tone(reply),
        when=_when(reply),
        said=tuple(part for part in (reply.answer, _plain_detail(reply)) if part.strip()),
        server_words=reply.detail if explain_refusal(reply.detail) else "",
        questions=reply.questions,
        notices=reply.notices,
        planned=_planned(reply, reply_address, subject),
        fields=_fields(draft, record.message_id if record else "", conversation) if shows_draft else (),
        body=draft.body if shows_draft else None,
        back_translation=reply.back_translation,
        changes_since=reply.seen.number if reply.seen else 0,
        changes=changes,
        remark=reply.remark,
        hints=tuple(
            Hint(words, _link(reply_address, subject, link_words(words, conversation))) for words in reply.hints
        ),
    )


def _planned(reply: Reply, reply_address: str, subject: str) -> tuple[PlannedLine, ...] | None:
    if reply.planned is None:
        return None
    conversation = reply.conversation
    lines = []
    for mail in reply.planned:
        words = f"cancel {number_of(conversation, mail)}"
        lines.append(
            PlannedLine(
                number=number_of(conversation, mail),
                subject=mail.subject or "(no subject)",
                people=_some_people(mail.to),
                when=describe_time(mail.schedule),
                here=mail.workflow_id == conversation.workflow_id,
                cancel=Hint(words, _link(reply_address, subject, words)),
            )
        )
    return tuple(lines)


def _some_people(people: tuple[Address, ...]) -> str:
    more = f" and {len(people) - MOST_PEOPLE} more" if len(people) > MOST_PEOPLE else ""
    return describe_people(people[:MOST_PEOPLE]) + more


def _has_content(draft: Draft) -> bool:
    return bool(draft.to or draft.cc or draft.bcc or draft.subject or draft.body or draft.attachments)


def _title(reply: Reply) -> str:
    number = reply.conversation.revision
    draft = f"Draft {number}" if number else "The draft"
    match reply.kind:
        case "draft":
            if reply.questions:
                return f"{draft}: I need an answer first" if number else "I need an answer first"
            return f"{draft} is ready for you" if number else "No draft yet"
        case "scheduled":
            return f"{draft} is scheduled"
        case "sent":
            return "Your mail was sent"
        case "canceled":
            return "Canceled: nothing will be sent"
        case "failed":
            return "Your mail was not sent"
        case "late":
            return "Your mail is late"
        case "notice" if reply.planned is not None:
            return {0: "Nothing is planned", 1: "One mail is planned"}.get(
                len(reply.planned), f"{len(reply.planned)} mails are planned"
            )
        case "notice":
            return "Your answer is needed" if reply.questions else "For your information"


def _tone(reply: Reply) -> Tone:
    tones: dict[str, Tone] = {
        "scheduled": "scheduled",
        "sent": "done",
        "canceled": "stopped",
        "failed": "trouble",
        "late": "trouble",
    }
    return tones.get(reply.kind, "open")


def _when(reply: Reply) -> str:
    conversation = reply.conversation
    if reply.kind == "sent" and conversation.sent:
        zone = (conversation.schedule.zone if conversation.schedule else "") or conversation.zone
        return f"Sent on {describe_instant(conversation.sent[-1].sent_at, zone)}."
    if reply.kind == "scheduled" and conversation.schedule:
        when = describe_time(conversation.schedule)
        # The answer to "status" says it already.
        return "" if when in reply.answer else f"It goes out on {when}."
    if reply.kind == "late" and conversation.schedule:
        return f"It was due on {describe_time(conversation.schedule)}."
    if reply.kind == "draft" and conversation.revision:
        return "" if NOT_SCHEDULED in reply.answer else _NOT_SCHEDULED
    return ""


def _plain_detail(reply: Reply) -> str:
    return explain_refusal(reply.detail) or reply.detail


def _fields(draft: Draft, message_id: str, conversation: Conversation) -> tuple[tuple[str, str], ...]:
    everyone = (("To", draft.to), ("Cc", draft.cc), ("Bcc", draft.bcc))
    rows = [(label, describe_people(people)) for label, people in everyone if people or label == "To"]
    rows.append(("Subject", draft.subject or "(none)"))
    if draft.attachments:
        rows.append(("Attached", describe_files(draft.attachments, conversation)))
    if message_id:
        rows.append(("Message-ID", message_id))
    return tuple(rows)


def _link(reply_address: str, subject: str, words: str) -> str:
    """A mailto URI (RFC 6068). Everything reserved is encoded: a bare "+" would be read as a space by some clients."""
    address = quote(reply_address, safe="@")
    return f"mailto:{address}?subject={_quoted(subject)}&body={_quoted(words)}"


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "replace").decode("utf-8"), safe="")
