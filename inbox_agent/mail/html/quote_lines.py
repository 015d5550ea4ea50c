"""Lines of a body and how deep each is quoted; the shared ground of the text and the HTML reading."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

# Patterns only ever see this much of a line: what a client generates is shorter, and time stays linear.
PATTERN_LIMIT: Final = 1000
# More lines than this are not looked at one by one; the rest is taken for history.
MAX_LINES: Final = 2_500

_LINE_BREAK: Final = re.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_NAME_PREFIX: Final = re.compile(r"([^\W\d_]{1,12})> ?(?!\S*>)")
# Characters that clients put around a line and that carry no text: bidi marks, zero-width ones, the byte order mark.
_INVISIBLE: Final = dict.fromkeys(
    [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF, 0xAD]
)


class Role(Enum):
    """What a line is, once decided."""

    OWN = "own"
    QUOTE = "quote"
    MARK = "mark"
    HISTORY = "history"
    SIGNATURE = "signature"
    NOISE = "noise"


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


@dataclass(slots=True)
class Line:
    """One line. ``plain`` is what patterns look at: bounded, stripped, without invisible characters and quote marks.

    ``depth`` counts the quote marks before it (0 is the writer's own). From HTML structure, ``role`` may come preset, and
    ``loose`` says that the quote is a blockquote without any mark of a client: it may be the person's own. ``header`` is
    the header field that the line looks like, once ``find_boundaries`` has seen it: (field, value).
    """

    text: str
    plain: str
    depth: int = 0
    role: Role | None = None
    loose: bool = False
    header: tuple[str, str] | None = None

    @property
    def blank(self) -> bool:
        return not self.plain


def fold(text: str) -> str:
    """Casefolded, in NFC, for comparison with the word lists."""
    return unicodedata.normalize("NFC", text).casefold()


def visible(text: str) -> str:
    """The text without invisible characters, no-break spaces as spaces, stripped; at most ``PATTERN_LIMIT`` long."""
    return text[:PATTERN_LIMIT].translate(_INVISIBLE).replace("\xa0", " ").replace("\u202f", " ").strip()


def split_lines(text: str) -> tuple[list[Line], str]:
    """Cut a decoded text body into lines and tell their quote depth from ``>`` marks and name prefixes (``JD> ``).

    Returns the first ``MAX_LINES`` lines and the rest of the text, "" for nearly every mail.
    """
    *raws, last = _LINE_BREAK.split(text, maxsplit=MAX_LINES)
    rest = last if len(raws) == MAX_LINES else ""
    lines = [read_line(raw) for raw in (raws if rest else [*raws, last])]
    _mark_name_prefixes(lines)
    _unmark_mbox_escapes(lines)
    _join_broken_quotes(lines)
    return lines, rest


def read_line(raw: str) -> Line:
    """One line of text with the depth that its ``>`` marks give it."""
    shown = visible(raw)
    depth, position = 0, 0
    while position < len(shown) and shown[position] in "> ":
        depth += shown[position] == ">"
        position += 1
    # ">>> buy now <<<" is decoration, ">>> Sam … 10:15 >>>" an attribution, no quote.
    if depth and shown.startswith(">>>") and shown.endswith(("<<<", " >>>")):
        depth, position = 0, 0
    # The one line whose trailing space says something (RFC 3676, 4.3).
    text = raw if raw == "-- " else raw.rstrip()
    return Line(text, shown[position:] if depth else shown, depth)


def _mark_name_prefixes(lines: Sequence[Line]) -> None:
    """Supercite style: lines that begin with the quoted person's name or initials and ``>``."""
    prefixes = [(line, match) for line in lines if not line.depth and (match := _NAME_PREFIX.match(line.plain))]
    counts = Counter(match[1] for _, match in prefixes)
    bare = Counter(match[1] for line, match in prefixes if line.plain == match[0].strip())
    attributed = _names_before_quotes(lines) if prefixes else set()
    for line, match in prefixes:
        name = match[1]
        # A single line may be anything ("Settings> General"); the name in an attribution, or a quoted blank line, tells.
        if name.casefold() in attributed or (counts[name] > 1 and (bare[name] or len(name) <= 3)):
            line.depth = 1
            line.plain = line.plain[match.end() :]


def _names_before_quotes(lines: Sequence[Line]) -> set[str]:
    """Words of the lines that end in a colon, casefolded: where the name of a name prefix would have been introduced."""
    return {
        word.casefold()
        for line in lines
        if line.plain.endswith(":")
        for word in re.split(r"[\W_]+", line.plain)
        if word
    }


def _unmark_mbox_escapes(lines: Sequence[Line]) -> None:
    """A lone ``>From `` is how mbox files escape a line that begins with "From " (RFC 4155); it is no quote."""
    for index, line in enumerate(lines):
        if line.depth == 1 and line.text.startswith(">From "):
            around = [lines[other] for other in (index - 1, index + 1) if 0 <= other < len(lines)]
            if not any(other.depth for other in around):
                line.depth = 0


def _join_broken_quotes(lines: Sequence[Line]) -> None:
    """A quoted line that the sending client wrapped goes on unmarked: it belongs to the quote around it."""
    for before, line, after in zip(lines, lines[1:], lines[2:], strict=False):
        if line.depth or line.blank or not before.depth or not after.depth:
            continue
        if _goes_on(before, line):
            line.depth = before.depth


def _goes_on(before: Line, line: Line) -> bool:
    if before.plain.count("(") > before.plain.count(")") and ")" in line.plain:
        return True
    if before.plain.count("<") > before.plain.count(">") and ">" in line.plain:
        return True
    if line.plain.endswith(">") and line.plain.startswith(("(http", "<http", "[http")):
        return True
    # Wrapped at the usual 72 to 78 columns: a short rest that begins in the middle of a sentence.
    return len(before.text) >= 70 and len(line.plain) <= 20 and line.plain[0].islower()
