"""No pattern of the reading of mail looks at a text again and again: time stays linear in what a stranger sends.

Each pattern is run over long texts of the kinds that make patterns slow, and may take at most as long as one that looks a
fixed number of characters ahead from each character. That one is measured beside it, in processor time, so that neither
the machine nor its load decides.
"""

import re
import time
from collections.abc import Iterator
from functools import cache

import pytest

from inbox_agent import intake, mail, reply
from inbox_agent.mail.html.quote_lines import PATTERN_LIMIT
from tests.unit.mail.patterns import Used, patterns_of

# What one character may cost at most: with 1 MB of text, that is about a second.
LOOK_AHEAD = 256
FAR = 16
# A quarter of the text takes a quarter of the time, or a sixteenth of it when the pattern looks at everything again.
GROWTH = 7
LONGEST = 4000
SHORTER = (18, 250)
# These see one bounded line at a time (``quote_lines.visible``).
LINEWISE = (
    "mail.html.lines",
    "mail.html.markers",
    "mail.html.quote_lines",
    "mail.new_text.attributions",
    "mail.new_text.boundaries",
    "mail.new_text.line_roles",
    "mail.new_text.signatures",
)
CHARACTERS = "aA1 \t\n.,:;-_@<>\"'()[]{}=?&%/\\|*#+é漢\u200b\xa0"


def nasty_texts(pattern: str, size: int) -> Iterator[str]:
    """One long line of each character, many short lines, characters in turn, and the pattern's own words repeated."""
    for character in sorted({*CHARACTERS, *re.sub(r"\w", "", pattern)}):
        for unit in (character, character + "\n", character + "a", character + " "):
            yield unit * (size // len(unit))
        yield "a" + character * size + "\n!"
    before_repeats = re.findall(r"([^\W\d_]{2,})(?=[^|]{0,20}[*+{])", pattern)
    for word in [*dict.fromkeys([*before_repeats, *re.findall(r"[^\W\d_]{2,}", pattern)])][:30]:
        for end in ("", " ", ":"):
            yield (word + end) * (size // len(word + end))
        yield word + " " * size
        yield word + "a" * size


# Of these modules, a function that takes the pattern as its argument tries it at one position only.
AT_ONE_POSITION = ("mail.sender.authres.",)


def processor_time(used: Used, text: str) -> float:
    """Seconds to find every match, or to try once when the pattern is only ever tried at the beginning."""
    subject = text.encode() if isinstance(used.pattern.pattern, bytes) else text
    started = time.process_time()
    if used.anchored or used.where.startswith(AT_ONE_POSITION):
        used.pattern.fullmatch(subject)  # type: ignore[arg-type]
        used.pattern.match(subject)  # type: ignore[arg-type]
    else:
        for _ in used.pattern.finditer(subject):  # type: ignore[arg-type]
            pass
    return time.process_time() - started


@cache
def allowed(size: int) -> float:
    """Seconds for a text of this size: what the yardstick takes."""
    yardstick = Used("", re.compile(f"[ab]{{0,{LOOK_AHEAD}}}@"), anchored=False)
    return min(processor_time(yardstick, "a" * size) for _ in range(5))


def is_slow(used: Used, text: str, size: int) -> bool:
    """Whether it takes longer than is allowed for ``size`` characters, each of several times, and either far longer or
    growing faster than the text: a long list of words is slow, but at the same pace for any text."""
    for _ in range(4):
        limit = allowed(size)
        whole = processor_time(used, text)
        if whole <= limit:
            return False
        if whole <= FAR * limit and whole <= GROWTH * processor_time(used, text[: len(text) // 4]):
            return False
        allowed.cache_clear()  # the machine may have become slower meanwhile
    return True


def first_slow_text(used: Used) -> str:
    """The beginning of a text that the pattern is slow on, "" when there is none."""
    pattern = used.pattern.pattern
    source = pattern if isinstance(pattern, str) else pattern.decode("latin-1")
    longest = PATTERN_LIMIT if used.where.startswith(LINEWISE) else LONGEST
    # Short ones first, so that a pattern that explodes is told before it takes minutes.
    for size in (*SHORTER, longest):
        for text in nasty_texts(source, size):
            if is_slow(used, text, longest):
                return text[:40]
    return ""


PATTERNS = [*patterns_of(mail), *patterns_of(intake), *patterns_of(reply)]


def test_patterns_are_found_where_they_are_written() -> None:
    places = {used.where for used in PATTERNS}
    assert {
        "mail.kind.dsn._ADDRESS",
        "mail.html.tokens._RAW[style]",
        "mail.charset.clean_text._KINDS[0][2]",
    } <= places
    assert any(place.startswith("mail.mime.tree:") for place in places)


@pytest.mark.parametrize("slow", [r"[^\s<>]+@", r"\s*\n", r"from .*? to", r"(?:a+)+b", r" +$"])
def test_pattern_that_looks_again_and_again_is_told(slow: str) -> None:
    assert first_slow_text(Used("new", re.compile(slow), anchored=False))


@pytest.mark.parametrize("quick", [r"(?<![^\s<>])[^\s<>]+@", r"[a-z]{1,60}@", r"\n", r"\bfrom\b", r"x*"])
def test_pattern_that_goes_through_once_is_not(quick: str) -> None:
    assert not first_slow_text(Used("new", re.compile(quick), anchored=False))


@pytest.mark.parametrize("used", PATTERNS, ids=lambda used: used.where)
def test_pattern_takes_linear_time(used: Used) -> None:
    assert not first_slow_text(used), f"{used.where}: {used.pattern.pattern!r}"
