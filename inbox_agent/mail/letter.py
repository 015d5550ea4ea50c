"""What one mail to the owner says, part by part, before it becomes text or HTML. Both alternatives are made from this."""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from inbox_agent.mail.compose import reply_subject
from inbox_agent.mail.refusals import explain_refusal
from inbox_agent.mail.render_time import describe_instant, describe_schedule
from inbox_agent.models import Address, AttachmentRef, Conversation, Draft, Reply, Revision, Schedule

Segment = tuple[Literal["same", "gone", "new"], str]
Tone = Literal["open", "scheduled", "done", "stopped", "trouble"]

_CONTEXT_WORDS = 6
"""How many unchanged words stay visible around a change."""
_REWRITTEN_BELOW = 0.25
"""Under this share of kept words a word-level comparison is noise: the text counts as rewritten."""

_NOT_SCHEDULED = "It is not scheduled: nothing goes out until you say when."


@dataclass(frozen=True, slots=True)
class Change:
    """What changed in one field: a value that was replaced (``was``, ``now``), or a text, word by word (``segments``).

    A text without segments was rewritten as a whole.
    """

    label: str
    was: str = ""
    now: str = ""
    segments: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class Hint:
    """Words to reply, and the link that starts such a reply with one tap."""

    words: str
    link: str


@dataclass(frozen=True, slots=True)
class Letter:
    """The parts in reading order; an empty one is left out.

    Attributes:
        said: paragraphs: the answer, and what went wrong in plain words.
        fields: (label, value) of the draft's envelope.
        body: None when the mail shows no draft; "" is a draft without text.
    """

    title: str
    tone: Tone
    when: str = ""
    said: tuple[str, ...] = ()
    server_words: str = ""
    questions: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
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
    changes = _changes(reply.seen, conversation) if reply.kind in ("draft", "scheduled") and reply.seen else ()
    return Letter(
        title=_title(reply),
        tone=_tone(reply),
        when=_when(reply),
        said=tuple(part for part in (reply.answer, _plain_detail(reply)) if part.strip()),
        server_words=reply.detail if explain_refusal(reply.detail) else "",
        questions=reply.questions,
        notices=reply.notices,
        fields=_fields(draft, record.message_id if record else "") if shows_draft else (),
        body=draft.body if shows_draft else None,
        back_translation=reply.back_translation,
        changes_since=reply.seen.number if reply.seen else 0,
        changes=changes,
        remark=reply.remark,
        hints=tuple(Hint(words, _link(reply_address, subject, words)) for words in reply.hints),
    )


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
        return f"It goes out on {describe_schedule(conversation.schedule)}."
    if reply.kind == "late" and conversation.schedule:
        return f"It was due on {describe_schedule(conversation.schedule)}."
    if reply.kind == "draft" and conversation.revision:
        return _NOT_SCHEDULED
    return ""


def _plain_detail(reply: Reply) -> str:
    return explain_refusal(reply.detail) or reply.detail


def _fields(draft: Draft, message_id: str) -> tuple[tuple[str, str], ...]:
    everyone = (("To", draft.to), ("Cc", draft.cc), ("Bcc", draft.bcc))
    rows = [(label, _people(people)) for label, people in everyone if people or label == "To"]
    rows.append(("Subject", draft.subject or "(none)"))
    if draft.attachments:
        rows.append(("Attached", _files(draft.attachments)))
    if message_id:
        rows.append(("Message-ID", message_id))
    return tuple(rows)


def _people(people: Sequence[Address]) -> str:
    return ", ".join(str(person) for person in people) or "nobody"


def _files(files: Sequence[AttachmentRef]) -> str:
    return ", ".join(f"{file.name} ({file.content_type}, {describe_size(file.size)})" for file in files)


def describe_size(octets: int) -> str:
    """E.g. ``812 bytes``, ``1.4 KB``, ``23 MB``; 1 KB is 1,000 bytes, as mail clients count."""
    size = float(octets)
    for unit in ("bytes", "KB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            break
        size /= 1000
    return f"{size:.0f} {unit}" if unit == "bytes" or size >= 10 else f"{size:.1f} {unit}"


def _link(reply_address: str, subject: str, words: str) -> str:
    """A mailto URI (RFC 6068). Everything reserved is encoded: a bare "+" would be read as a space by some clients."""
    address = quote(reply_address, safe="@")
    return f"mailto:{address}?subject={_quoted(subject)}&body={_quoted(words)}"


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "replace").decode("utf-8"), safe="")


# --- what changed ------------------------------------------------------------------------------------------------


def _changes(seen: Revision, conversation: Conversation) -> tuple[Change, ...]:
    old, new = seen.draft, conversation.draft
    replaced = [
        ("To", _people(old.to), _people(new.to)),
        ("Cc", _people(old.cc), _people(new.cc)),
        ("Bcc", _people(old.bcc), _people(new.bcc)),
        ("Attached", _files(old.attachments) or "nothing", _files(new.attachments) or "nothing"),
        ("Goes out", _schedule(seen.schedule), _schedule(conversation.schedule)),
    ]
    changes = [Change(label, was, now) for label, was, now in replaced if was != now]
    for label, was, now in (("Subject", old.subject, new.subject), ("Text", old.body, new.body)):
        if was != now:
            changes.append(_text_change(label, was, now))
    return tuple(changes)


def _schedule(schedule: Schedule | None) -> str:
    return describe_schedule(schedule) if schedule else "not scheduled"


def _text_change(label: str, was: str, now: str) -> Change:
    segments = word_diff(was, now)
    kept = sum(len(text) for kind, text in segments if kind == "same" and text.strip())
    if kept < _REWRITTEN_BELOW * max(len(was), len(now)):
        return Change(label, was, now) if label == "Subject" else Change(label)
    return Change(label, segments=tuple(_elided(_joined(segments))))


def word_diff(old: str, new: str) -> list[Segment]:
    """Word by word what stayed, went and came; the pieces joined give back both texts."""
    before, after = (re.findall(r"\s+|[^\s]+", text) for text in (old, new))
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    segments: list[Segment] = []
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            segments.append(("same", "".join(before[start:end])))
            continue
        if start < end:
            segments.append(("gone", "".join(before[start:end])))
        if new_start < new_end:
            segments.append(("new", "".join(after[new_start:new_end])))
    return segments


def _joined(segments: Sequence[Segment]) -> list[Segment]:
    """Neighbouring changes, with nothing but a space between, read as one: all that went, then all that came."""
    joined: list[Segment] = []
    gone = new = ""
    for position, (kind, text) in enumerate(segments):
        if kind == "gone":
            gone += text
        elif kind == "new":
            new += text
        elif (gone or new) and text.isspace() and "\n" not in text and position < len(segments) - 1:
            gone, new = gone + text, new + text
        else:
            joined += _change_of(gone, new)
            joined.append((kind, text))
            gone = new = ""
    return [*joined, *_change_of(gone, new)]


def _change_of(gone: str, new: str) -> list[Segment]:
    """What went, a space, what came. Space at the ends of both is unchanged text around them."""
    if gone.strip() and new.strip():
        pair: list[Segment] = [("gone", gone.strip()), ("same", " "), ("new", new.strip())]
    else:
        kind: Literal["gone", "new"] = "gone" if gone.strip() else "new"
        pair = [(kind, (gone if gone.strip() else new).strip())] if (gone + new).strip() else []
    text = new if new.strip() else gone
    lead = text[: len(text) - len(text.lstrip())]
    trail = text[len(text.rstrip()) :] if pair else ""
    return [segment for segment in (("same", lead), *pair, ("same", trail)) if segment[1]]


def _elided(segments: Sequence[Segment]) -> Iterable[Segment]:
    """Long unchanged stretches give way to an ellipsis; a few words on the side of each change stay."""
    last = len(segments) - 1
    for position, (kind, text) in enumerate(segments):
        if kind != "same":
            yield kind, text
            continue
        pieces = re.findall(r"\s*\S+(?:\s+$)?", text)
        head = [] if position == 0 else pieces[:_CONTEXT_WORDS]
        tail = [] if position == last else pieces[-_CONTEXT_WORDS:]
        if len(pieces) <= len(head) + len(tail) + 2:
            yield kind, text
        else:
            yield kind, "".join(head) + " … " + "".join(tail).lstrip()
