"""The person's own words apart from quoted history, signatures, footers and forwarded mail.

The rules, and why they are these, are in docs/decisions/0003-new-text-policies.md. Time is linear in the size of the
body. Nothing is rewritten: new text consists of lines as they were received, without the characters that nobody sees.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from inbox_agent.mail.clean_text import TELLING_KINDS, clean_text
from inbox_agent.mail.html_lines import HtmlLines, read_html
from inbox_agent.mail.quote_boundaries import Boundary, BoundaryKind, find_boundaries
from inbox_agent.mail.quote_lines import MAX_LINES, Line, Role, split_lines
from inbox_agent.mail.signatures import banner_end, signature_start
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
NOTE_INVISIBLE = "invisible characters that can carry hidden words or reorder what is shown were taken out"
NOTE_HIDDEN = "text that the page hides from the eye was left out"
NOTE_PAGE_CUT = "the HTML is very large; only its beginning was read"
NOTE_IN_SIGNATURE = "the words stand inside the element of the signature"
NOTE_TOO_LONG = f"only the first {MAX_LINES} lines were looked at; the rest counts as quoted"


def split_new_text(text: str, html: str = "") -> NewText:
    """Split a decoded body. When in doubt the text is kept as new, with a note.

    Args:
        text: the plain text body, "" when there is none.
        html: the HTML body, whose structure is used where there is one.
    """
    return _cleaned(_split_bodies(text, html))


def _cleaned(split: NewText) -> NewText:
    """Without characters that nobody sees; only those that say something by being there are worth a note."""
    new_text, quoted_text, signature = (
        clean_text(split.new_text),
        clean_text(split.quoted_text),
        clean_text(split.signature),
    )
    telling = any(kind in TELLING_KINDS for part in (new_text, quoted_text) for kind, _ in part.removed)
    notes = (*split.notes, NOTE_INVISIBLE) if telling else split.notes
    return NewText(new_text.text.strip("\n"), quoted_text.text, signature.text, notes)


def _split_bodies(text: str, html: str) -> NewText:
    if not html.strip():
        return split_marked_lines(split_lines(text))
    page = read_html(html)
    if _says_less(text, page):
        return _split_page(page)
    by_text = _with_notes(split_marked_lines(split_lines(text)), _page_notes(page))
    if not page.structured:
        return by_text
    by_page = _split_page(page)
    # The same words: then in the form that the client itself gave them as text.
    return by_text if by_text.new_text.split() == by_page.new_text.split() else by_page


def _says_less(text: str, page: HtmlLines) -> bool:
    """Whether the text part is empty or only says that there is an HTML part."""
    words = sum(len(line.plain.split()) for line in page.lines)
    return len(text.split()) < words / 2


def _split_page(page: HtmlLines) -> NewText:
    split = split_marked_lines(page.lines, forwarded=page.forwarded)
    notes = _page_notes(page)
    if not split.new_text and not split.quoted_text and split.signature:
        # Some clients put the cursor into the signature's element: what was typed there is no signature.
        split = NewText(split.signature, notes=split.notes)
        notes.append(NOTE_IN_SIGNATURE)
    return _with_notes(split, notes)


def _page_notes(page: HtmlLines) -> list[str]:
    notes = []
    if page.hidden:
        notes.append(NOTE_HIDDEN)
    if page.cut:
        notes.append(NOTE_PAGE_CUT)
    return notes


def _with_notes(split: NewText, notes: Sequence[str]) -> NewText:
    return replace(split, notes=(*split.notes, *notes)) if notes else split


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


def split_marked_lines(lines: Sequence[Line], *, forwarded: bool = False) -> NewText:
    """Split lines whose quote depth is known; ``forwarded`` when their structure showed forwarded mail."""
    cut = lines[:MAX_LINES]
    split = _Split(cut, [_first_role(line) for line in cut], forwarded=forwarded)
    _apply_boundaries(split)
    _mark_signatures(split)
    _settle_quotes(split)
    rest = [line.text for line in lines[MAX_LINES:]]
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


def _mark_signatures(split: _Split) -> None:
    start = next((i for i, role in enumerate(split.roles) if role is not Role.OWN), len(split.lines))
    for index in range(banner_end(split.lines[:start])):
        if not split.lines[index].blank:
            split.roles[index] = Role.SIGNATURE
    start = 0
    while start < len(split.lines):
        end = start
        while end < len(split.lines) and split.roles[end] is Role.OWN:
            end += 1
        below = start + signature_start(split.lines[start:end])
        for index in range(below, end):
            if not split.lines[index].blank:
                split.roles[index] = Role.SIGNATURE
        start = end + 1


# --- quotes between answers ---------------------------------------------------------------------------------------


def _settle_quotes(split: _Split) -> None:
    """Turn quotes into history, but for those that answers stand between."""
    runs = _quote_runs(split)
    followed = [run for run in runs if run.followed]
    interleaved = len(runs) > 1 and bool(followed)
    for run in runs:
        keep = run.followed and (interleaved or split.unsure or not run.attributed)
        keep = keep or (run.loose and not run.attributed and not _introduces_itself(split, run))
        if not keep:
            for index in range(run.start, run.end):
                if split.roles[index] is Role.QUOTE:
                    split.roles[index] = Role.HISTORY
    if any(Role.QUOTE is role for role in split.roles):
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


def _assemble(split: _Split, rest: Sequence[str]) -> NewText:
    kept: list[str] = []
    quoted: list[str] = []
    signature: list[str] = []
    removed = False
    for index, (line, role) in enumerate(zip(split.lines, split.roles, strict=True)):
        blank = line.blank and not line.depth
        if index in split.prefixes:
            kept.append(split.prefixes[index])
        if role is Role.SIGNATURE:
            signature.append(line.text)
        elif role in (Role.MARK, Role.HISTORY):
            quoted.append(line.text)
        # A blank line that only separated something that was taken out goes with it.
        elif not (blank and removed and kept and not kept[-1]):
            kept.append("" if blank else line.text)
        removed = role not in (Role.OWN, Role.QUOTE) or (removed and blank)
    new_text, quoted_text = _joined(kept), _joined([*quoted, *rest])
    return NewText(new_text, quoted_text, _joined(signature), (*_situation(split, new_text, quoted_text), *split.notes))


def _situation(split: _Split, new_text: str, quoted_text: str) -> list[str]:
    if split.unsure:
        return [NOTE_UNSURE_QUOTE]
    if split.forwarded:
        return [NOTE_FORWARDED if new_text else NOTE_ONLY_FORWARDED]
    if new_text or not quoted_text:
        return []
    marked = any(role is Role.MARK for role in split.roles) or any(line.role for line in split.lines)
    return [NOTE_NOTHING_ABOVE if marked else NOTE_ONLY_QUOTED]


def _joined(lines: Sequence[str]) -> str:
    first, last = 0, len(lines)
    while first < last and not lines[first].strip():
        first += 1
    while last > first and not lines[last - 1].strip():
        last -= 1
    return "\n".join(lines[first:last])
