"""The history of a draft: numbered states, undo, and what changed, word by word. Bounded, newest kept."""

import difflib
import re
from collections.abc import Sequence
from typing import Literal

from inbox_agent.models import Conversation, Draft, Revision, Schedule

Kind = Literal["same", "gone", "new"]

# A workflow's data attribute stays under 64 KB; the rest of the attribute needs room too.
HISTORY_BYTES = 48 * 1024
HISTORY_LENGTH = 30
# Beyond this a word diff costs too much time; lines are compared instead, and what is frequent is no anchor any more.
MAX_WORDS = 6000
FREQUENT_FROM = 1500
# Scripts without spaces are compared character by character.
WORD = re.compile(r"\s+|[぀-ヿ㐀-鿿豈-﫿가-힣฀-๿]|[^\W぀-ヿ㐀-鿿豈-﫿가-힣฀-๿]+|[^\w\s]")


def word_diff(old: str, new: str) -> list[tuple[Kind, str]]:
    """Segments that give ``old`` when the new ones are left out, and ``new`` when the gone ones are."""
    before, after = WORD.findall(old), WORD.findall(new)
    if max(len(before), len(after)) > MAX_WORDS:
        before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    segments: list[tuple[Kind, str]] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=max(len(before), len(after)) > FREQUENT_FROM)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            _append(segments, "same", "".join(before[i1:i2]))
        else:
            _append(segments, "gone", "".join(before[i1:i2]))
            _append(segments, "new", "".join(after[j1:j2]))
    return _join_over_gaps(segments)


def _append(segments: list[tuple[Kind, str]], kind: Kind, text: str) -> None:
    if text:
        segments.append((kind, text))


def _join_over_gaps(segments: Sequence[tuple[Kind, str]]) -> list[tuple[Kind, str]]:
    """Changes that only a blank parts read better as one: "[-three words gone-]" instead of three brackets."""
    joined: list[tuple[Kind, str]] = []
    gone = new = ""
    for index, (kind, text) in enumerate(segments):
        inner = 0 < index < len(segments) - 1 and (gone or new)
        if kind == "gone":
            gone += text
        elif kind == "new":
            new += text
        elif inner and text.isspace() and "\n" not in text:
            gone, new = gone + text, new + text
        else:
            _flush(joined, gone, new)
            gone = new = ""
            joined.append(("same", text))
    _flush(joined, gone, new)
    return joined


def _flush(joined: list[tuple[Kind, str]], gone: str, new: str) -> None:
    _append(joined, "gone", gone)
    _append(joined, "new", new)


def is_empty(draft: Draft) -> bool:
    """Whether nothing was drafted yet."""
    return not (draft.to or draft.cc or draft.bcc or draft.subject or draft.body or draft.attachments)


def with_state(
    conversation: Conversation,
    draft: Draft,
    schedule: Schedule | None,
    *,
    restored: int = 0,
    anyway: bool = False,
) -> Conversation:
    """The conversation with a new state of the draft; the old one goes to the history.

    The same state changes nothing, unless it is a step of its own (``anyway``).
    """
    if draft == conversation.draft and schedule == conversation.schedule and not anyway:
        return conversation
    history = conversation.revisions
    if conversation.revision and not is_empty(conversation.draft):
        old = Revision(number=conversation.revision, draft=conversation.draft, schedule=conversation.schedule)
        history = _bounded((*history, old))
    return conversation.model_copy(
        update={
            "draft": draft,
            "schedule": schedule,
            "revision": conversation.revision + 1,
            "revisions": history,
            "restored": restored,
            "stopped": 0 if schedule else conversation.stopped,
        }
    )


def _bounded(history: tuple[Revision, ...]) -> tuple[Revision, ...]:
    kept: list[Revision] = []
    room = HISTORY_BYTES
    for revision in reversed(history[-HISTORY_LENGTH:]):
        room -= len(revision.model_dump_json().encode())
        if room < 0:
            break
        kept.append(revision)
    return tuple(reversed(kept))


def find_revision(conversation: Conversation, number: int) -> Revision | None:
    """The state with that number, the current one included."""
    if number == conversation.revision and number:
        return Revision(number=number, draft=conversation.draft, schedule=conversation.schedule)
    return next((revision for revision in conversation.revisions if revision.number == number), None)


def undo_target(conversation: Conversation) -> Revision | None:
    """The state that undo brings back. Undoing again goes further back, past what undo itself made."""
    earlier = [revision for revision in conversation.revisions if revision.number < undo_base(conversation)]
    return max(earlier, key=lambda revision: revision.number, default=None)


def undo_base(conversation: Conversation) -> int:
    """The number of the state that undo takes back: the current one, or the one that undo brought back."""
    return conversation.restored or conversation.revision
