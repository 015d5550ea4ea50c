"""Takes characters out of mail text that a person does not see but a model reads, or that change what is seen.

Tag characters and variation selectors can carry whole hidden instructions, bidi overrides show words in another order
than they are read, and zero-width characters break words apart for filters. What scripts and emoji need stays: joiners
between letters of scripts that join, selectors after what they select, the tags of flags.
"""

import re
from dataclasses import dataclass
from typing import Final

_FLAG: Final = "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f"
_TAGS: Final = re.compile(f"({_FLAG})|[\U000e0000-\U000e007f]+")
# One selector after a symbol, digit or ideograph chooses its form; runs of them, and those after nothing, carry data.
_SELECTOR: Final = "[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
_SELECTORS: Final = re.compile(f"{_SELECTOR}{{2,}}")
_STRAY_SELECTORS: Final = re.compile(f"(?:(?<=[\\sA-Za-z])|^){_SELECTOR}")
_OVERRIDES: Final = re.compile("[\u202d\u202e]+")
_BIDI: Final = re.compile("[\u202a-\u202c\u2066-\u2069]+")
# Marks of direction belong in text of scripts that run from right to left, nowhere else.
_BIDI_MARKS: Final = re.compile("[\u061c\u200e\u200f]+")
_RIGHT_TO_LEFT: Final = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_ZERO_WIDTH: Final = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff"
    "\uffa0\ufff0-\ufffb]+"
)
# Zero-width (non-)joiners belong between characters of other scripts and emoji, never beside ASCII.
_STRAY_JOINERS: Final = re.compile(
    "(?:(?<=[\\x00-\\x7f])|^)[\u200c\u200d]+|[\u200c\u200d]+(?=[\\x00-\\x7f]|$)|(?<=[\u200c\u200d])[\u200c\u200d]+"
)
LINE_BREAKS: Final = re.compile("\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
_ESCAPED: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]+")

# A kind, what is taken out, and which characters have to occur for that.
_KINDS: Final = (
    ("tag characters", _TAGS, re.compile("[\U000e0000-\U000e007f]")),
    ("runs of variation selectors", _SELECTORS, re.compile(_SELECTOR)),
    ("variation selectors", _STRAY_SELECTORS, re.compile(_SELECTOR)),
    ("bidi overrides", _OVERRIDES, _OVERRIDES),
    ("bidi controls", _BIDI, _BIDI),
    ("zero-width characters", _ZERO_WIDTH, _ZERO_WIDTH),
    ("zero-width joiners", _STRAY_JOINERS, re.compile("[\u200c\u200d]")),
    ("control characters", _CONTROLS, _CONTROLS),
)
# Kinds that no client leaves behind by itself (embeddings it does, in right-to-left mail).
TELLING_KINDS: Final = frozenset(("tag characters", "runs of variation selectors", "bidi overrides"))


@dataclass(frozen=True, slots=True)
class CleanText:
    """``removed`` names each kind of character that was taken out and how many of them."""

    text: str
    removed: tuple[tuple[str, int], ...] = ()


def clean_text(text: str) -> CleanText:
    """Take invisible characters out. Linear time; line breaks and tabs stay; visible characters are never changed."""
    removed = []
    # What does not occur at all needs no pass over the text.
    occurring = "".join(set(text))
    for kind, pattern, probe in _KINDS:
        if not probe.search(occurring):
            continue
        cleaned = pattern.sub(_kept, text)
        if len(cleaned) != len(text):
            removed.append((kind, len(text) - len(cleaned)))
            text = cleaned
    if (marks := _BIDI_MARKS.search(occurring)) and not _RIGHT_TO_LEFT.search(occurring.replace(marks[0], "")):
        cleaned = _BIDI_MARKS.sub("", text)
        removed.append(("bidi marks", len(text) - len(cleaned)))
        text = cleaned
    return CleanText(text, tuple(removed))


def shown(text: str) -> str:
    """Text as it may be put before a person: nothing invisible in it, and no line break but "\n", whatever a reader's program
    takes for one."""
    return clean_text(LINE_BREAKS.sub("\n", text).encode("utf-8", "replace").decode("utf-8")).text


def one_line(text: str) -> str:
    """The same in one line."""
    return " ".join(shown(text).split())


def escape_invisible(text: str) -> str:
    """The text in one line, with each character that moves a terminal's cursor, breaks the line or is not seen written out:
    for logs and for what a command prints of foreign words."""
    return _ESCAPED.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


def for_terminal(text: str) -> str:
    """The same for a text of several lines, which stay lines."""
    return "\n".join(map(escape_invisible, text.split("\n")))


def _kept(match: re.Match[str]) -> str:
    return (match[1] or "") if match.re.groups else ""
