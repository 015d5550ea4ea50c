"""What changed between two drafts, for reading: replaced values, and texts word by word with the unchanged cut short."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from inbox_agent.conversation.files import describe_files
from inbox_agent.conversation.others_words import describe_person
from inbox_agent.conversation.revisions import word_diff
from inbox_agent.conversation.standing import standing_of
from inbox_agent.conversation.when.times import at_instant, describe_time
from inbox_agent.models import Address, Conversation, Revision, Schedule

Segment = tuple[Literal["same", "gone", "new"], str]

_CONTEXT_WORDS = 6
"""How many unchanged words stay visible around a change."""
_REWRITTEN_BELOW = 0.25
"""Under this share of kept words a word-level comparison is noise: the text counts as rewritten …"""
_SHORTENED_FROM = 0.7
"""… unless this share of the shorter text is kept: then the other was shortened, or added to, which the owner wants to see."""


@dataclass(frozen=True, slots=True)
class Change:
    """What changed in one field: a value that was replaced (``was``, ``now``), or a text, word by word (``segments``).

    A text with neither was changed as ``note`` says.
    """

    label: str
    was: str = ""
    now: str = ""
    segments: tuple[Segment, ...] = ()
    note: str = ""


def changes_since(seen: Revision, conversation: Conversation) -> tuple[Change, ...]:
    old, new = seen.draft, conversation.draft
    replaced = [
        ("To", describe_people(old.to), describe_people(new.to)),
        ("Cc", describe_people(old.cc), describe_people(new.cc)),
        ("Bcc", describe_people(old.bcc), describe_people(new.bcc)),
        ("Attached", *(describe_files(one.attachments, conversation) or "nothing" for one in (old, new))),
        (
            "Planned for" if standing_of(conversation) == "held" else "Goes out",
            _schedule(_as_planned(seen.schedule)),
            _schedule(conversation.schedule),
        ),
    ]
    changes = [Change(label, was, now) for label, was, now in replaced if was != now]
    for label, was, now in (("Subject", old.subject, new.subject), ("Text", old.body, new.body)):
        if was != now:
            changes.append(_text_change(label, was, now))
    return tuple(changes)


def _as_planned(schedule: Schedule | None) -> Schedule | None:
    """The time that was told, not the one to which waiting for an answer put it off."""
    return at_instant(schedule.due, schedule.zone) if schedule and schedule.due else schedule


def _schedule(schedule: Schedule | None) -> str:
    return describe_time(schedule) if schedule else "not scheduled"


def _text_change(label: str, was: str, now: str) -> Change:
    if was.split() == now.split():
        return Change(label, note="only spaces or line breaks were changed")
    segments = word_diff(was, now)
    kept = sum(len(text) for kind, text in segments if kind == "same" and text.strip())
    shorter, longer = sorted((len(was), len(now)))
    if kept < _REWRITTEN_BELOW * longer and kept < _SHORTENED_FROM * max(shorter, 1):
        if label == "Subject":
            return Change(label, was, now)
        return Change(label, note="rewritten" if was and now else "written" if now else "removed")
    return Change(label, segments=tuple(_elided(_joined(segments))))


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
        pieces = re.split(r"(?<=\S)(?=\s+\S)", text) if text.strip() else []
        head = [] if position == 0 else pieces[:_CONTEXT_WORDS]
        tail = [] if position == last else pieces[-_CONTEXT_WORDS:]
        if len(pieces) <= len(head) + len(tail) + 2:
            yield kind, text
        else:
            yield kind, "".join(head) + " … " + "".join(tail).lstrip()


def describe_people(people: Sequence[Address]) -> str:
    """An address list in one line."""
    return ", ".join(describe_person(person) for person in people) or "nobody"
