"""Where history begins in a body: attributions ("On … wrote:"), header blocks, delimiters of replies and forwards.

Only lines that are not quoted themselves are looked at. Each pattern sees a bounded line or a bounded window of lines,
so the time is linear in the size of the body.
"""

import re
from collections.abc import Sequence
from typing import Final

from inbox_agent.mail.html.quote_lines import Boundary, BoundaryKind, Line, Role, fold
from inbox_agent.mail.new_text.attributions import TIME, VERB, YEAR, attribution_ending_at, closing_bracket_at
from inbox_agent.mail.new_text.quote_words import FORWARDED_MESSAGE, HEADER_NAMES, ORIGINAL_MESSAGE

_HEADER_WINDOW: Final = 24


# A date with its year, or in numbers: no client prints less, and a person's "Friday 9:00" is none.
_FULL_DATE: Final = re.compile(rf"(?<!\d){YEAR}(?!\d)|\d{{1,2}}[./-]\d{{1,2}}|(?<!\d)25[5-9]\d(?!\d)|[٠-٩۰-۹]{{4}}")
_DIGITS_OF_DATE: Final = re.compile(
    rf"(?<!\d)(?:\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|{YEAR}[./-]\d{{1,2}}[./-]\d{{1,2}})(?!\d)"
)
_HOUR: Final = re.compile(r"\d\s?[時时点點시h]|\d\s?[ap]\.?m\b|(?<!\d)\d{1,2} ?h ?\d\d", re.IGNORECASE)
_RULE: Final = re.compile(r"[-‐‑_=*~–—\s]{3,}$")
_DASHED: Final = re.compile(r"[*]?[-‐‑_=*~–—]{2,}\s?(?P<words>[^\s\-‐‑_=*~–—].*?)\s?[-‐‑_=*~–—]{2,}[*]?$")
_HEADER: Final = re.compile(r"[*_|\s]{0,4}(?P<name>[^:：*|]{1,30}?)\s?[*_]{0,2}\s?[:：]\s?[*_]{0,2}(?P<value>.*)")


# A row of a table, as drawn with bars or as it comes out of HTML.
_ROW: Final = re.compile(r"\|\s{0,5}(?P<name>[^|:：]{1,30}?)\s{0,5}[:：]?\s{0,5}\|(?P<value>[^|]*)")
_CELLS: Final = re.compile(r"(?P<name>[^\t:：|]{1,30})[:：]?\s?\t(?P<value>.*)")


_FIELDS: Final = {name: field for field, names in reversed(HEADER_NAMES.items()) for name in names}


def find_boundaries(lines: Sequence[Line]) -> list[Boundary]:
    """All boundaries among the unquoted lines, in order, not overlapping."""
    for line in lines:
        line.header = _header_of(line.plain)
    found: list[Boundary] = []
    covered = 0
    for index, line in enumerate(lines):
        if index < covered or line.blank:
            continue
        boundary = _boundary_at(lines, index, covered)
        if boundary is not None:
            found.append(boundary)
            covered = boundary.end
    return found


def _boundary_at(lines: Sequence[Line], index: int, floor: int) -> Boundary | None:
    line = lines[index]
    if line.role is Role.MARK:
        return _structural_mark(lines, index)
    if line.role is not None:
        return None
    if line.depth:
        return closing_bracket_at(lines, index, floor) or _quoted_headers_at(lines, index)
    return _delimiter_at(lines, index) or _headers_at(lines, index, floor) or attribution_ending_at(lines, index, floor)


def _structural_mark(lines: Sequence[Line], index: int) -> Boundary:
    """What the structure of the HTML marks as an attribution, or as the headers of forwarded mail."""
    end = index
    while end < len(lines) and (lines[end].role is Role.MARK or lines[end].blank):
        end += 1
    first = lines[index].plain
    kind = _delimiter_kind(first) or (BoundaryKind.FORWARDED if first.startswith("-----") else None)
    if kind is None:
        headers = sum(line.header is not None for line in lines[index:end])
        kind = BoundaryKind.HEADERS if headers > 1 else BoundaryKind.ATTRIBUTION
    return Boundary(index, end, kind)


# --- delimiters ---------------------------------------------------------------------------------------------------


def _delimiter_at(lines: Sequence[Line], index: int) -> Boundary | None:
    kind = _delimiter_kind(lines[index].plain)
    if kind is None:
        return None
    end = _end_of_headers(lines, index + 1)
    # Without dashes the words may be a person's, unless what they announce is there.
    if not _DASHED.match(lines[index].plain[:200]) and end == index + 1 and not _quote_follows(lines, index + 1):
        return None
    return Boundary(index, end, kind)


def _quote_follows(lines: Sequence[Line], index: int) -> bool:
    following = next((line for line in lines[index : index + 4] if not line.blank), None)
    return following is not None and (following.depth > 0 or following.role is not None)


def introduces_forward(plain: str) -> bool:
    """Whether the line, without its quote marks, says that forwarded mail follows."""
    return _delimiter_kind(plain) is BoundaryKind.FORWARDED


def _delimiter_kind(plain: str) -> BoundaryKind | None:
    dashed = _DASHED.match(plain[:200])
    words = (
        dashed["words"] if dashed else plain.rstrip(":： ") if len(plain) < 80 and plain.endswith((":", "：")) else ""
    )
    words = fold(words).strip(" *_:：.")
    if words in FORWARDED_MESSAGE:
        return BoundaryKind.FORWARDED
    if words in ORIGINAL_MESSAGE and (dashed or words != "original message"):
        return BoundaryKind.ORIGINAL
    if dashed and any(words.startswith(start) for start in ("forwarded by ", "forwarded message from ")):
        return BoundaryKind.FORWARDED
    if dashed and VERB.search(words):
        return BoundaryKind.ATTRIBUTION
    return None


# --- header blocks ------------------------------------------------------------------------------------------------


def _header_of(plain: str) -> tuple[str, str] | None:
    """The RFC 5322 field that the line is, in whatever language, and its value."""
    match = _ROW.match(plain) or _CELLS.match(plain) or _HEADER.match(plain)
    if match is None:
        return None
    field = _FIELDS.get(fold(match["name"]).strip())
    return (field, match["value"].strip()) if field else None


def _scan_headers(lines: Sequence[Line], index: int) -> tuple[dict[str, str], int]:
    """The fields of the block that begins at ``index`` and the index after its last line.

    Lines between that are no header (a folded subject, a list of recipients) are allowed when a header follows soon, and
    so are single blank lines, because HTML made into text is often double-spaced.
    """
    fields: dict[str, str] = {}
    end, strange = index, 0
    for position in range(index, min(len(lines), index + _HEADER_WINDOW)):
        line = lines[position]
        header = line.header
        if header is not None and not line.depth:
            fields.setdefault(*header)
            end, strange = position + 1, 0
        else:
            strange += 1
            if strange > 2 or line.depth or (line.blank and position + 1 < len(lines) and lines[position + 1].blank):
                break
    return fields, end


def _end_of_headers(lines: Sequence[Line], index: int) -> int:
    start = next((i for i in range(index, min(len(lines), index + 4)) if not lines[i].blank), index)
    fields, end = _scan_headers(lines, start)
    return end if fields else index


def _headers_at(lines: Sequence[Line], index: int, floor: int) -> Boundary | None:
    if lines[index].header is None:
        return None
    fields, end = _scan_headers(lines, index)
    start = _rule_before(lines, index, floor)
    if not _is_history_header(fields, ruled=start < index):
        return None
    return Boundary(start, end, BoundaryKind.HEADERS)


def _quoted_headers_at(lines: Sequence[Line], index: int) -> Boundary | None:
    """A quote that consists of headers alone: its client marks nothing else of what it quotes."""
    if index and lines[index - 1].depth:
        return None
    fields: dict[str, str] = {}
    end = index
    while end < len(lines) and lines[end].depth and end - index < _HEADER_WINDOW:
        header = lines[end].header
        # The first line may be a date in words.
        if header is None and end > index and not lines[end].blank:
            return None
        if header is not None:
            fields.setdefault(*header)
        end += 1
    if end < len(lines) and lines[end].depth:
        return None
    whole = len(fields) > 3 and "@" in fields.get("from", "")
    return Boundary(index, end, BoundaryKind.HEADERS) if whole else None


def _is_history_header(fields: dict[str, str], *, ruled: bool) -> bool:
    """A person may write "To: …, Subject: …" as an instruction; only a client writes From together with Date. A journey has
    both, too ("From: Madrid"), but neither an address nor a time of day.

    RFC 5322 dates down to the zone are written by machines, so these need no From.
    """
    date = fields.get("date", "")
    if fields.get("from"):
        told = ruled or "@" in fields["from"] or _has_hour(date)
        return (told and bool(_FULL_DATE.search(date))) or (ruled and len(fields) > 2)
    return "to" in fields and bool(TIME.search(date)) and bool(re.search(rf"{YEAR}.{{1,12}}\d [+-]\d{{4}}$", date))


def _has_hour(date: str) -> bool:
    date = _DIGITS_OF_DATE.sub(" ", date[:200])
    return bool(TIME.search(date) or _HOUR.search(date))


def _rule_before(lines: Sequence[Line], index: int, floor: int) -> int:
    """The index of the ruler (``_____``, or words between dashes in whatever language) right above, or ``index``."""
    for position in range(index - 1, max(floor, index - 4) - 1, -1):
        if not lines[position].blank:
            plain = lines[position].plain
            drawn = not lines[position].depth and (_RULE.match(plain) or (len(plain) < 100 and _DASHED.match(plain)))
            return position if drawn else index
    return index
