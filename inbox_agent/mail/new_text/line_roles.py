"""Decides of each line of a body whether it is the person's own, quoted, or a signature.

The rules, and why they are these, are in docs/decisions/0003-new-text-policies.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from inbox_agent.mail.html.quote_lines import MAX_LINES, Boundary, BoundaryKind, Line, Role, fold
from inbox_agent.mail.new_text.boundaries import find_boundaries, introduces_forward
from inbox_agent.mail.new_text.quote_words import ANSWERS_WITHIN
from inbox_agent.mail.new_text.signatures import banner_end, hides_a_sentence, signature_start
from inbox_agent.models import NewText

NOTE_ONLY_FORWARDED = "forwarded mail without words of the sender's own"
NOTE_ONLY_QUOTED = "nothing but quoted text"
NOTE_NOTHING_ABOVE = "nothing was written above the quoted mail"
NOTE_UNSURE_QUOTE = (
    "unsure which lines are quoted: the mail begins like a quotation without quote marks; all of it is kept"
)
NOTE_INTERLEAVED = (
    "answers stand between quoted lines; the quoted lines they answer are kept and begin with a quote mark"
)
NOTE_FORWARDED = "forwarded mail below the sender's words"
NOTE_QUOTE_SHORTENED = "of a long quote only the lines right above the answer were kept"
NOTE_ANSWERS_WITHIN = "the words point at answers among the quoted lines, which cannot be told apart from them"
NOTE_FOOTER_KEPT = "what reads like a footer is all that the sender wrote; it was kept"
NOTE_BELOW_RULE = "words below a line of dashes or underscores were taken for a signature"
NOTE_TOO_LONG = (
    f"only the first {MAX_LINES} lines were weighed; of the rest just the lines with quote marks count as quoted"
)

# An answer answers what is right above it; more quoted lines than this are history, whatever stands below.
_MOST_ANSWERED = 40


@dataclass(slots=True)
class _Split:
    """Working state: the lines, what each is taken for, and the remarks."""

    lines: Sequence[Line]
    roles: list[Role]
    prefixes: dict[int, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    unsure: bool = False
    forwarded: bool = False
    own_text_seen: bool = False
    looked_at: int = 0


def split_marked_lines(lines: Sequence[Line], *, rest: str = "", forwarded: bool = False) -> NewText:
    """Split lines whose quote depth is known.

    Args:
        rest: what comes after the lines and is not looked at.
        forwarded: their structure showed forwarded mail.
    """
    split = _Split(lines, [_first_role(line) for line in lines], forwarded=forwarded)
    _apply_boundaries(split)
    _mark_signatures(split, open_end=bool(rest))
    _settle_quotes(split)
    if rest:
        split.notes.append(NOTE_TOO_LONG)
    return _assemble(split, rest)


def _first_role(line: Line) -> Role:
    return line.role or (Role.QUOTE if line.depth else Role.OWN)


# --- boundaries ---------------------------------------------------------------------------------------------------


def _apply_boundaries(split: _Split) -> None:
    for boundary in find_boundaries(split.lines):
        if _apply_boundary(split, boundary):
            return


def _apply_boundary(split: _Split, boundary: Boundary) -> bool:
    """Mark one boundary; True when all that follows is history."""
    following = _next_text(split, boundary.end)
    quoted = following is not None and _begins_quote(split, following)
    if boundary.kind is BoundaryKind.WEAK_ATTRIBUTION and not quoted:
        return False
    if boundary.prefix:
        split.prefixes[boundary.start] = boundary.prefix
    for index in range(boundary.start, boundary.end):
        split.roles[index] = Role.MARK
    split.forwarded |= boundary.kind is BoundaryKind.FORWARDED
    if quoted or following is None:
        return False
    if (
        boundary.kind is BoundaryKind.ATTRIBUTION
        and not boundary.prefix
        and not _own_text_before(split, boundary.start)
    ):
        split.unsure = True
        return False
    for index in range(boundary.end, len(split.lines)):
        split.roles[index] = Role.HISTORY
    return True


def _next_text(split: _Split, index: int) -> int | None:
    return next((i for i in range(index, len(split.lines)) if not split.lines[i].blank), None)


def _begins_quote(split: _Split, index: int) -> bool:
    """Whether a quote begins here. Below an attribution, ``|`` marks quotes too (elsewhere it draws tables)."""
    if split.roles[index] is Role.QUOTE:
        return True
    if not split.lines[index].plain.startswith("|"):
        return False
    while index < len(split.lines) and split.lines[index].plain.startswith("|"):
        split.roles[index] = Role.QUOTE
        index += 1
    return True


def _own_text_before(split: _Split, end: int) -> bool:
    """Boundaries are asked about in order, so that each line is looked at once."""
    while split.looked_at < end and not split.own_text_seen:
        index = split.looked_at
        split.own_text_seen = split.roles[index] is Role.OWN and not split.lines[index].blank
        split.looked_at += 1
    return split.own_text_seen


# --- signatures ---------------------------------------------------------------------------------------------------


def _mark_signatures(split: _Split, *, open_end: bool) -> None:
    """Mark what stands below each stretch of own text; with ``open_end`` the last one goes on and has no end to look at."""
    start = next((i for i, role in enumerate(split.roles) if role is not Role.OWN), len(split.lines))
    for index in range(banner_end(split.lines[:start])):
        if not split.lines[index].blank:
            split.roles[index] = Role.SIGNATURE
    start = 0
    while start < len(split.lines):
        end = start
        while end < len(split.lines) and split.roles[end] is Role.OWN:
            end += 1
        goes_on = open_end and end == len(split.lines)
        if not goes_on:
            _mark_signature(split, start, end)
        start = end + 1


def _mark_signature(split: _Split, start: int, end: int) -> None:
    own = split.lines[start:end]
    below, head = signature_start(own)
    if not head and start == 0 and end == len(split.lines) and all(line.blank for line in own[:below]):
        kept = signature_start(own, footers=False)
        if kept != (below, head):
            split.notes.append(NOTE_FOOTER_KEPT)
            below, head = kept
    if hides_a_sentence(own[below:]):
        split.notes.append(NOTE_BELOW_RULE)
    if head:
        split.prefixes[start + below] = head
    for index in range(start + below, end):
        if not split.lines[index].blank:
            split.roles[index] = Role.SIGNATURE


# --- quotes between answers ---------------------------------------------------------------------------------------


def _settle_quotes(split: _Split) -> None:
    """Turn quotes into history, but for those that answers stand between."""
    runs = _quote_runs(split)
    interleaved = len(runs) > 1 and any(run.followed for run in runs)
    answered = False
    for run in runs:
        own = run.loose and not run.attributed and not _introduces_itself(split, run)
        keep = own or (run.followed and (interleaved or split.unsure or not run.attributed))
        answered |= keep and not own
        if own:
            continue
        end = max(run.start, run.end - _MOST_ANSWERED) if keep else run.end
        if keep and end > run.start:
            split.notes.append(NOTE_QUOTE_SHORTENED)
        for index in range(run.start, end):
            if split.roles[index] is Role.QUOTE:
                split.roles[index] = Role.HISTORY
    if answered:
        split.notes.append(NOTE_INTERLEAVED)


def _introduces_itself(split: _Split, run: "_Run") -> bool:
    """Whether the attribution stands inside of the quote, at its beginning."""
    inner = [replace(line, depth=0, role=None) for line in split.lines[run.start : run.end][:8]]
    return bool(find_boundaries(inner))


@dataclass(slots=True)
class _Run:
    """Quoted lines with nothing of the person's between them."""

    start: int
    end: int
    attributed: bool
    loose: bool
    followed: bool = False


def _quote_runs(split: _Split) -> list[_Run]:
    runs: list[_Run] = []
    attributed, open_run = False, False
    for index, (line, role) in enumerate(zip(split.lines, split.roles, strict=True)):
        if role is Role.MARK:
            attributed = True
            # An attribution below a quote that the person set: the client's quote is another one.
            open_run = open_run and not (runs[-1].loose and not runs[-1].attributed)
        elif role is Role.QUOTE:
            if not open_run:
                runs.append(_Run(index, index + 1, attributed, line.loose))
                open_run = True
            runs[-1].end = index + 1
        elif role is Role.OWN and not line.blank:
            open_run, attributed = False, False
            if runs:
                runs[-1].followed = True
    return runs


# --- result -------------------------------------------------------------------------------------------------------


def _assemble(split: _Split, rest: str) -> NewText:
    kept: list[str] = []
    quoted: list[str] = []
    signature: list[str] = []
    removed = False
    for index, (line, role) in enumerate(zip(split.lines, split.roles, strict=True)):
        blank = line.blank and not line.depth
        if index in split.prefixes:
            kept.append(split.prefixes[index])
        if role is Role.SIGNATURE:
            signature.append(line.plain[len(split.prefixes[index]) :].strip() if index in split.prefixes else line.text)
        elif role in (Role.MARK, Role.HISTORY):
            quoted.append(line.text)
        # A blank line that only separated something that was taken out goes with it.
        elif not (blank and removed and kept and not kept[-1]):
            kept.append("" if blank else _shown(line, role))
        removed = role not in (Role.OWN, Role.QUOTE) or (removed and blank)
    own_rest, quoted_rest = _sort_rest(split, rest) if rest else ([], [])
    new_text, quoted_text = _joined([*kept, *own_rest]), _joined([*quoted, *quoted_rest])
    if quoted_text and Role.QUOTE not in split.roles and points_within(new_text):
        split.notes.append(NOTE_ANSWERS_WITHIN)
    return NewText(new_text, quoted_text, _joined(signature), (*_situation(split, new_text, quoted_text), *split.notes))


def _shown(line: Line, role: Role) -> str:
    """The line as it was received; a quoted one begins with a quote mark, whatever its client marks quotes with."""
    return line.text if role is Role.OWN or line.text.lstrip().startswith(">") else f"> {line.text}"


def points_within(new_text: str) -> bool:
    """Whether short new words only lead to answers below ("see my answers in red")."""
    folded = fold(new_text[:400])
    return len(new_text) <= 400 and any(phrase in folded for phrase in ANSWERS_WITHIN)


def _sort_rest(split: _Split, rest: str) -> tuple[list[str], list[str]]:
    """What comes after the lines that were weighed: (own, quoted). Once history has begun it is all history."""
    lines = rest.split("\n")
    if split.roles[-1] is Role.HISTORY:
        return [], lines
    return [line for line in lines if not line.startswith(">")], [line for line in lines if line.startswith(">")]


def _situation(split: _Split, new_text: str, quoted_text: str) -> list[str]:
    if split.unsure:
        return [NOTE_UNSURE_QUOTE]
    if split.forwarded or _quotes_forward(split):
        return [NOTE_FORWARDED if new_text else NOTE_ONLY_FORWARDED]
    if new_text or not quoted_text:
        return []
    marked = any(role is Role.MARK for role in split.roles) or any(line.role for line in split.lines)
    return [NOTE_NOTHING_ABOVE if marked else NOTE_ONLY_QUOTED]


def _quotes_forward(split: _Split) -> bool:
    """Apple Mail quotes what it forwards, the delimiter included."""
    history = (line for line, role in zip(split.lines, split.roles, strict=True) if role is Role.HISTORY and line.plain)
    return any(line.depth and introduces_forward(line.plain) for line in islice(history, 3))


def _joined(lines: Sequence[str]) -> str:
    first, last = 0, len(lines)
    while first < last and not lines[first].strip():
        first += 1
    while last > first and not lines[last - 1].strip():
        last -= 1
    return "\n".join(lines[first:last])
