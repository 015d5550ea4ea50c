"""Attributions: the line or lines by which a client introduces the mail it quotes ("On … wrote:"), in any language.

Told by what they have in common rather than by one pattern a language: a date, an address, a verb of writing, a colon.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from inbox_agent.mail.html.quote_lines import Boundary, BoundaryKind, Line, fold
from inbox_agent.mail.new_text.quote_words import (
    ATTRIBUTION_STARTS,
    NOUN_STARTS,
    SPACED_VERBS,
    UNSPACED_STARTS,
    UNSPACED_VERBS,
)

# An attribution that a client generates is not longer than this, however it was wrapped.
_ATTRIBUTION_LIMIT: Final = 500
_ATTRIBUTION_LINES: Final = 8
VERB: Final = re.compile(
    r"(?<!\w)(?:" + "|".join(map(re.escape, SPACED_VERBS)) + r")(?!\w)|" + "|".join(map(re.escape, UNSPACED_VERBS))
)
# A character on either side is enough to tell an address, and costs no second look at any character.
_EMAIL: Final = re.compile(r"[^\s<>()\[\]\"',;:@]@[^\s<>()\[\]\"',;:@]")
_AUTHOR: Final = re.compile(r"<[^\s<>@]{1,64}@[^\s<>@]{1,255}>")
_AUTHOR_FIRST: Final = re.compile(r"(?:[^\s<>@]{1,30} ){0,4}<[^\s<>@]{1,64}@")
_WORDLESS_LIMIT: Final = 200
_DIGITS: Final = {
    code: str(unicodedata.decimal(chr(code)))
    for code in range(0x660, 0x1090)
    if unicodedata.decimal(chr(code), None) is not None
}
_DIGIT: Final = re.compile(r"\d")
YEAR: Final = r"(?:19|20)\d\d"
DATE: Final = re.compile(
    rf"(?<!\d){YEAR}(?!\d)|(?<!\d)\d{{1,2}}[./-]\d{{1,2}}(?:[./-]\d{{2,4}})?(?!\d)|(?<!\d)25[5-9]\d(?!\d)|[٠-٩]{{4}}|[۰-۹]{{4}}"
    r"|(?<!\d)\d{1,2}[. ]{1,2}[^\W\d_]{3,10}|(?<!\w)[^\W\d_]{3,10} \d{1,2}(?!\d)"
)
_YEAR: Final = re.compile(rf"(?<!\d){YEAR}(?!\d)")
_PAST_MAIL: Final = re.compile(r">>> .{1,150}\d.{0,20}>>>$")
TIME: Final = re.compile(r"(?<!\d)\d{1,2}[:.h]\d\d(?!\d)")
_ISO_START: Final = re.compile(rf"{YEAR}[-/.]\d{{1,2}}[-/.]\d{{1,2}}(?!\d)")
_OLD_GMAIL: Final = re.compile(rf"{YEAR}-\d\d-\d\d \d{{1,2}}:\d\d GMT[+-]\d\d:\d\d \S")
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
# "… to Sam <sam@…>": mail that somebody sends, no mail that somebody sent. Clients name only the author.
_ADDRESSED: Final = re.compile(
    r"(?<!\w)(?:to|an|à|a|para|aan|till|til|do|kepada|кому|för|for|für|pour|per)\s+(?:[^\W\d_]{1,30}[.'-]?\s+){0,3}"
    r"[<(\"'\[]{0,3}(?:mailto:)?[^\s<>()@,:]{1,64}@"
)
_EMAIL_THEN_COLON: Final = re.compile(r"[^\s<>()]@[^\s<>()@]{1,255}[>)\]\"']{0,2} ?[:：]$")
_EMAIL_SENT: Final = re.compile(r"@[^\s<>@]{1,255}> sent:$")
_ENGLISH_DAYS: Final = "Mon|Tue|Wed|Thu|Fri|Sat|Sun"
_ENGLISH_MONTHS: Final = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_MIDLINE: Final = re.compile(
    rf"(?:(?<!-)-{{2,}}\s?|\s)(?P<attribution>On (?:{_ENGLISH_DAYS}|{_ENGLISH_MONTHS})[a-z]{{0,6}}[ ,.]|"
    r"(?:Am|Le|El|Il|Op|Em|Den) (?:\d{1,2}[./ ]|[^\W\d_]{2,10}[.,] ))"
)


def attribution_ending_at(lines: Sequence[Line], index: int, floor: int) -> Boundary | None:
    """The attribution whose last line is ``index`` and whose first is not above ``floor``."""
    plain = lines[index].plain
    if _OLD_GMAIL.match(plain) and plain.count("<") == plain.count(">") and len(plain) < 200:
        return Boundary(index, index + 1, BoundaryKind.ATTRIBUTION)
    # GroupWise: the quote below has no marks.
    if _PAST_MAIL.match(plain) and _AUTHOR.search(plain):
        return Boundary(index, index + 1, BoundaryKind.ATTRIBUTION)
    if _is_undelimited_attribution(plain):
        return Boundary(index, index + 1, BoundaryKind.WEAK_ATTRIBUTION)
    if not _can_end(plain):
        return None
    strong: int | None = None
    for start, joined in _windows(lines, index, floor):
        folded = fold(joined)
        if not _is_attribution(folded):
            continue
        if strong is None or _starts_attribution(fold(lines[start].plain)) or _was_wrapped(lines, start, strong):
            strong = start
    if strong is not None:
        return _trim_start(lines, strong, index, floor)
    return Boundary(index, index + 1, BoundaryKind.WEAK_ATTRIBUTION) if _is_weak_attribution(plain) else None


def _was_wrapped(lines: Sequence[Line], start: int, below: int) -> bool:
    """Whether the author's line was broken before the time of day, which reads like an attribution by itself."""
    return start + 1 == below and bool(TIME.match(lines[below].plain) and _AUTHOR_FIRST.match(lines[start].plain))


def _is_weak_attribution(plain: str) -> bool:
    """Enough above a marked quote, in whatever language: a verb, or a date with a time or an address, and a colon."""
    if not plain.endswith((":", "：")) or len(plain) > 200:
        return False
    if len(plain) < 120 and VERB.search(fold(plain)):
        return True
    email, dated, timed = _evidence(plain)
    return dated and (timed or email)


def closing_bracket_at(lines: Sequence[Line], index: int, floor: int) -> Boundary | None:
    """An address broken over lines so that its closing bracket looks like a quote mark: "> wrote:"."""
    line = lines[index]
    if not line.text.startswith((">:", "> ")) or len(line.plain) > 40 or not _can_end(line.plain):
        return None
    boundary = attribution_ending_at(lines, index, floor)
    return boundary if boundary is not None and boundary.start < index else None


def _can_end(plain: str) -> bool:
    if plain.endswith((":", "：")):
        return True
    tail = fold(plain[-40:]).rstrip("-–—_ .")
    match = None
    for match in VERB.finditer(tail):  # noqa: B007 -- the last one counts
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


def _evidence(text: str) -> tuple[bool, bool, bool]:
    """Whether an address, a date and a time of day occur; without ``@`` and digits there is nothing to search for."""
    email = "@" in text and bool(_EMAIL.search(text))
    if not _DIGIT.search(text):
        return email, False, False
    return email, bool(DATE.search(text)), bool(TIME.search(text))


def _is_attribution(folded: str) -> bool:
    if not folded.isascii():
        folded = folded.translate(_DIGITS)
    email, dated, timed = _evidence(folded)
    if not (email or dated) or (email and _ADDRESSED.search(folded)):
        return False
    if VERB.search(folded):
        if email:
            return True
        started = _starts_attribution(folded) or folded.startswith('"')
        return started and (timed or bool(_START.match(folded)))
    if email and _EMAIL_SENT.search(folded):
        return dated or timed
    # Yandex, mail.ru, Gmail in Japanese and Hebrew: a date, a name and an address, then a colon, without any verb.
    if email and dated and timed and _DATE_START.match(folded) and _EMAIL_THEN_COLON.search(folded):
        return True
    if not (email and folded.endswith((":", "："))):
        return False
    if folded.startswith(NOUN_STARTS):
        return True
    # In a language that nobody listed: the author as clients write one, a year and a time of day.
    return timed and len(folded) <= _WORDLESS_LIMIT and bool(_AUTHOR.search(folded) and _YEAR.search(folded))


def _starts_attribution(folded: str) -> bool:
    if not (_START.match(folded) or _DATE_START.match(folded)):
        return False
    email, dated, _ = _evidence(folded)
    return email or dated


def _is_undelimited_attribution(plain: str) -> bool:
    """Old Gmail: a date, a name and an address, without verb and colon. A list of appointments looks the same."""
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
