"""Where history begins in a body: attributions ("On … wrote:"), header blocks, delimiters of replies and forwards.

Only lines that are not quoted themselves are looked at. Each pattern sees a bounded line or a bounded window of lines,
so the time is linear in the size of the body.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from inbox_agent.mail.quote_lines import Line, Role
from inbox_agent.mail.quote_words import (
    ATTRIBUTION_STARTS,
    FORWARDED_MESSAGE,
    HEADER_NAMES,
    ORIGINAL_MESSAGE,
    SPACED_VERBS,
    UNSPACED_STARTS,
    UNSPACED_VERBS,
)

# An attribution that a client generates is not longer than this, however it was wrapped.
_ATTRIBUTION_LIMIT: Final = 500
_ATTRIBUTION_LINES: Final = 8
_HEADER_WINDOW: Final = 24
_HEADER_NAME_LIMIT: Final = 30


class BoundaryKind(Enum):
    ATTRIBUTION = "attribution"
    WEAK_ATTRIBUTION = "weak attribution"
    HEADERS = "headers"
    ORIGINAL = "original"
    FORWARDED = "forwarded"


@dataclass(frozen=True, slots=True)
class Boundary:
    """The lines ``start`` to ``end`` (exclusive) introduce what follows them.

    ``prefix`` is own text that stands before the attribution on its first line.
    """

    start: int
    end: int
    kind: BoundaryKind
    prefix: str = ""


_VERB: Final = re.compile(
    r"(?<!\w)(?:" + "|".join(map(re.escape, SPACED_VERBS)) + r")(?!\w)|" + "|".join(map(re.escape, UNSPACED_VERBS))
)
_EMAIL: Final = re.compile(r"[^\s<>()\[\]\"',;:@]{1,64}@[^\s<>()\[\]\"',;:@]{1,255}")
_YEAR: Final = r"(?:19|20)\d\d"
_DATE: Final = re.compile(
    rf"(?<!\d){_YEAR}(?!\d)|(?<!\d)\d{{1,2}}[./-]\d{{1,2}}(?:[./-]\d{{2,4}})?(?!\d)|(?<!\d)25[5-9]\d(?!\d)|[٠-٩]{{4}}|[۰-۹]{{4}}"
    r"|(?<!\d)\d{1,2}[. ]{1,2}[^\W\d_]{3,10}|(?<!\w)[^\W\d_]{3,10} \d{1,2}(?!\d)"
)
_TIME: Final = re.compile(r"(?<!\d)\d{1,2}[:.h]\d\d(?!\d)")
_ISO_START: Final = re.compile(rf"{_YEAR}[-/.]\d{{1,2}}[-/.]\d{{1,2}}(?!\d)")
_OLD_GMAIL: Final = re.compile(rf"{_YEAR}-\d\d-\d\d \d{{1,2}}:\d\d GMT[+-]\d\d:\d\d \S")
_START: Final = re.compile(
    r"[-‐‑–—_* ]{0,20}(?:(?:"
    + "|".join(map(re.escape, ATTRIBUTION_STARTS))
    + r")(?!\w)|"
    + "|".join(UNSPACED_STARTS)
    + ")"
)
_DATE_START: Final = re.compile(
    r"[-‐‑–—_* ]{0,20}(?:\d{1,4}[ .:/年-]|[^\W\d_]{2,14}[.,]{0,2} ?\d{1,2}[ .,:/]|[^\W\d_]{2,14}, \w)"
)
_EMAIL_THEN_COLON: Final = re.compile(r"[^\s<>()]{1,64}@[^\s<>()]{1,255}[>)\]\"']{0,2} ?[:：]$")
_EMAIL_SENT: Final = re.compile(r"@[^\s<>]{1,255}> sent:$")
_ENGLISH_DAYS: Final = "Mon|Tue|Wed|Thu|Fri|Sat|Sun"
_ENGLISH_MONTHS: Final = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_MIDLINE: Final = re.compile(
    rf"(?:-{{2,}}\s?|\s)(?P<attribution>On (?:{_ENGLISH_DAYS}|{_ENGLISH_MONTHS})[a-z]{{0,6}}[ ,.]|"
    r"(?:Am|Le|El|Il|Op|Em|Den) (?:\d{1,2}[./ ]|[^\W\d_]{2,10}[.,] ))"
)
_RULE: Final = re.compile(r"[-‐‑_=*~–—\s]{3,}$")
_DASHED: Final = re.compile(r"[*]?[-‐‑_=*~–—]{2,}\s?(?P<words>[^\s\-‐‑_=*~–—].*?)\s?[-‐‑_=*~–—]{2,}[*]?$")
_HEADER: Final = re.compile(r"[*_|\s]{0,4}(?P<name>[^:：*|]{1,30}?)\s?[*_]{0,2}\s?[:：]\s?[*_]{0,2}(?P<value>.*)")


def fold(text: str) -> str:
    """Casefolded, in NFC, for comparison with the word lists."""
    return unicodedata.normalize("NFC", text).casefold()


def find_boundaries(lines: Sequence[Line]) -> list[Boundary]:
    """All boundaries among the unquoted lines, in order, not overlapping."""
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
        return _closing_bracket_at(lines, index, floor)
    return (
        _delimiter_at(lines, index) or _headers_at(lines, index, floor) or _attribution_ending_at(lines, index, floor)
    )


def _structural_mark(lines: Sequence[Line], index: int) -> Boundary:
    """What the structure of the HTML marks as an attribution, or as the headers of forwarded mail."""
    end = index
    while end < len(lines) and (lines[end].role is Role.MARK or lines[end].blank):
        end += 1
    first = lines[index].plain
    kind = _delimiter_kind(first) or (BoundaryKind.FORWARDED if first.startswith("-----") else None)
    if kind is None:
        headers = sum(_header_of(line.plain) is not None for line in lines[index:end])
        kind = BoundaryKind.HEADERS if headers > 1 else BoundaryKind.ATTRIBUTION
    return Boundary(index, end, kind)


# --- delimiters ---------------------------------------------------------------------------------------------------


def _delimiter_at(lines: Sequence[Line], index: int) -> Boundary | None:
    kind = _delimiter_kind(lines[index].plain)
    if kind is None:
        return None
    return Boundary(index, _end_of_headers(lines, index + 1), kind)


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
    if dashed and _VERB.search(words):
        return BoundaryKind.ATTRIBUTION
    return None


# --- header blocks ------------------------------------------------------------------------------------------------


def _header_of(plain: str) -> tuple[str, str] | None:
    """The RFC 5322 field that the line is, in whatever language, and its value."""
    match = _HEADER.match(plain)
    if match is None:
        return None
    name = fold(match["name"]).strip()
    return next(((field, match["value"].strip()) for field, names in HEADER_NAMES.items() if name in names), None)


def _scan_headers(lines: Sequence[Line], index: int) -> tuple[dict[str, str], int]:
    """The fields of the block that begins at ``index`` and the index after its last line.

    Lines between that are no header (a folded subject, a list of recipients) are allowed when a header follows soon, and
    so are single blank lines, because HTML made into text is often double-spaced.
    """
    fields: dict[str, str] = {}
    end, strange = index, 0
    for position in range(index, min(len(lines), index + _HEADER_WINDOW)):
        line = lines[position]
        header = _header_of(line.plain)
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
    if _header_of(lines[index].plain) is None:
        return None
    fields, end = _scan_headers(lines, index)
    start = _rule_before(lines, index, floor)
    if not _is_history_header(fields, ruled=start < index):
        return None
    return Boundary(start, end, BoundaryKind.HEADERS)


def _is_history_header(fields: dict[str, str], *, ruled: bool) -> bool:
    """A person may write "To: …, Subject: …" as an instruction; only a client writes From together with Date.

    RFC 5322 dates down to the zone are written by machines, so these need no From.
    """
    date = fields.get("date", "")
    if fields.get("from"):
        dated = bool(_DATE.search(date) or _TIME.search(date))
        return dated or (ruled and len(fields) > 2)
    return "to" in fields and bool(_TIME.search(date)) and bool(re.search(rf"{_YEAR}.{{1,12}}\d [+-]\d{{4}}$", date))


def _rule_before(lines: Sequence[Line], index: int, floor: int) -> int:
    """The index of the ruler (``_____``, or words between dashes in whatever language) right above, or ``index``."""
    for position in range(index - 1, max(floor, index - 4) - 1, -1):
        if not lines[position].blank:
            plain = lines[position].plain
            drawn = not lines[position].depth and (_RULE.match(plain) or (len(plain) < 100 and _DASHED.match(plain)))
            return position if drawn else index
    return index


# --- attributions -------------------------------------------------------------------------------------------------


def _attribution_ending_at(lines: Sequence[Line], index: int, floor: int) -> Boundary | None:
    plain = lines[index].plain
    if _is_undelimited_attribution(plain):
        return Boundary(index, index + 1, BoundaryKind.ATTRIBUTION)
    if not _can_end(plain):
        return None
    strong: int | None = None
    for start, joined in _windows(lines, index, floor):
        folded = fold(joined)
        if not _is_attribution(folded):
            continue
        if strong is None or _starts_attribution(fold(lines[start].plain)):
            strong = start
    if strong is not None:
        return _trim_start(lines, strong, index, floor)
    return Boundary(index, index + 1, BoundaryKind.WEAK_ATTRIBUTION) if _is_weak_attribution(plain) else None


def _is_weak_attribution(plain: str) -> bool:
    """Enough above a marked quote, in whatever language: a verb, or a date with a time or an address, and a colon."""
    if not plain.endswith((":", "：")) or len(plain) > 200:
        return False
    if len(plain) < 120 and _VERB.search(fold(plain)):
        return True
    return bool(_DATE.search(plain) and (_TIME.search(plain) or _EMAIL.search(plain)))


def _closing_bracket_at(lines: Sequence[Line], index: int, floor: int) -> Boundary | None:
    """An address broken over lines so that its closing bracket looks like a quote mark: "> wrote:"."""
    line = lines[index]
    if not line.text.startswith((">:", "> ")) or len(line.plain) > 40 or not _can_end(line.plain):
        return None
    boundary = _attribution_ending_at(lines, index, floor)
    return boundary if boundary is not None and boundary.start < index else None


def _can_end(plain: str) -> bool:
    if plain.endswith((":", "：")):
        return True
    tail = fold(plain[-40:]).rstrip("-–—_ .")
    match = None
    for match in _VERB.finditer(tail):  # noqa: B007 -- the last one counts
        pass
    return match is not None and match.end() == len(tail)


def _windows(lines: Sequence[Line], index: int, floor: int) -> Iterator[tuple[int, str]]:
    """From one line to several that end at ``index``: (first line, joined text), the shortest first."""
    joined = ""
    for position in range(index, max(floor, index - _ATTRIBUTION_LINES + 1) - 1, -1):
        line = lines[position]
        if line.blank:
            if not joined.startswith("<"):
                return
            continue
        if position != index and (line.depth or line.plain.endswith((":", "：", "!", "?", "...", "…"))):
            return
        joined = f"{line.plain} {joined}".strip()
        if len(joined) > _ATTRIBUTION_LIMIT:
            return
        yield position, joined


def _is_attribution(folded: str) -> bool:
    email, dated, timed = _EMAIL.search(folded), _DATE.search(folded), _TIME.search(folded)
    if _VERB.search(folded):
        started = _starts_attribution(folded) or folded.startswith(("<", '"')) or bool(email)
        return started and bool(email or (dated and (timed or _START.match(folded))))
    if email and _EMAIL_SENT.search(folded):
        return bool(dated or timed)
    # Yandex, mail.ru, Gmail in Japanese and Hebrew: a date, a name and an address, then a colon, without any verb.
    return bool(email and dated and timed and _DATE_START.match(folded) and _EMAIL_THEN_COLON.search(folded))


def _starts_attribution(folded: str) -> bool:
    return bool((_START.match(folded) or _DATE_START.match(folded)) and (_DATE.search(folded) or _EMAIL.search(folded)))


def _is_undelimited_attribution(plain: str) -> bool:
    """Gmail until 2016: "2016-03-03 17:21 GMT+01:00 Name <address>" without a verb, sometimes without the colon."""
    if _OLD_GMAIL.match(plain) and plain.count("<") == plain.count(">") and len(plain) < 200:
        return True
    return bool(
        _ISO_START.match(plain) and plain.endswith(">") and "<" in plain and _EMAIL.search(plain) and len(plain) < 200
    )


def _trim_start(lines: Sequence[Line], start: int, index: int, floor: int) -> Boundary:
    """Take in a name that was wrapped off above an address, and leave own text before a mid-line attribution."""
    plain = lines[start].plain
    if plain.startswith("<") and start > floor:
        above = lines[start - 1]
        if above.plain and not above.depth and len(above.plain) < 80 and above.plain[-1] not in ".!?:;":
            start -= 1
    prefix = ""
    for match in _MIDLINE.finditer(lines[start].plain):
        if match.start() > 0:
            prefix = lines[start].plain[: match.start()].rstrip("- ")
    return Boundary(start, index + 1, BoundaryKind.ATTRIBUTION, prefix)
