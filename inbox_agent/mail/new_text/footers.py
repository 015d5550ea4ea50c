"""Confidentiality notices, virus scan remarks, list and notification footers: where in a paragraph one begins.

Gateways put them right behind the person's last words, without a blank line: so a footer begins with the sentence that
tells it, and what stands before it in the paragraph is the person's.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from inbox_agent.mail.new_text.signature_words import DISCLAIMER_HEADINGS, LIST_FOOTERS, MISDELIVERY, SECRECY

_LIMIT: Final = 4000
_DISCLAIMER_LENGTH: Final = 100
# A line that ends earlier than this was not wrapped: the next one begins a sentence.
_WRAPPED: Final = 50
# A footer's own words come first in its sentence, but for a "Please" or an ornament.
_WORDS_BEFORE: Final = 2
_SENTENCE_END: Final = re.compile(r"[.!?][\"')\]]{0,2} |[。！？]")
_LEAD_IN: Final = re.compile(r"[:：](?: |$)")


def footer_start(paragraph: Sequence[str]) -> tuple[int, int] | None:
    """The line and the column at which a footer begins that goes on to the end of the paragraph, None without one."""
    folded = [line.casefold().replace("’", "'") for line in paragraph]
    text = " ".join(folded)[:_LIMIT]
    found = [
        start for start in (_list_footer(text, folded, paragraph), _disclaimer(text, folded, paragraph)) if start >= 0
    ]
    if not found:
        return None
    index, column = _position(min(found), folded, paragraph)
    if index and not column and folded[index - 1].strip(" :*") in DISCLAIMER_HEADINGS:
        index -= 1
    return index, column


def is_disclaimer(paragraph: Sequence[str]) -> bool:
    """Whether it speaks of secrecy and of mail that went astray, as below a heading a short text may do."""
    text = " ".join(paragraph)[:_LIMIT].casefold().replace("’", "'")
    return any(phrase in text for phrase in SECRECY) and any(phrase in text for phrase in MISDELIVERY)


def _list_footer(text: str, folded: Sequence[str], paragraph: Sequence[str]) -> int:
    """Where the first sentence begins that a list or scanner wrote, -1 when there is none."""
    places = sorted(place for phrase in LIST_FOOTERS if (place := text.find(phrase)) >= 0)
    starts = _sentence_starts(text, folded, paragraph) if places else []
    for place in places:
        start = starts[bisect_right(starts, place) - 1]
        before = text[start:place]
        if len(before.split()) <= _WORDS_BEFORE and not _LEAD_IN.search(before):
            return start
    return -1


def _disclaimer(text: str, folded: Sequence[str], paragraph: Sequence[str]) -> int:
    """Where the first sentence begins that speaks of secrecy or of mail that went astray, -1 unless both are there."""
    secrecy = [place for phrase in SECRECY if (place := text.find(phrase)) >= 0]
    misdelivery = [place for phrase in MISDELIVERY if (place := text.find(phrase)) >= 0]
    if not secrecy or not misdelivery:
        return -1
    first = min(*secrecy, *misdelivery)
    starts = _sentence_starts(text, folded, paragraph)
    start = starts[bisect_right(starts, first) - 1]
    lead_in = _LEAD_IN.search(text[start:first])
    # "Write to Sam: this is confidential …" asks for such words.
    if lead_in and text[start : start + lead_in.start()].strip(" *_[(-") not in DISCLAIMER_HEADINGS:
        return -1
    return start if len(text) - start >= _DISCLAIMER_LENGTH else -1


def _sentence_starts(text: str, folded: Sequence[str], paragraph: Sequence[str]) -> list[int]:
    """Positions in the joined text, ascending: where a sentence ended before, or a line that was not wrapped."""
    starts = {0, *(match.end() for match in _SENTENCE_END.finditer(text))}
    position = 0
    for before, line, raw in zip(folded, folded[1:], paragraph[1:], strict=False):
        position += len(before) + 1
        if line.startswith(("http://", "https://", "www.")) or (len(before) < _WRAPPED and not raw[:1].islower()):
            starts.add(position)
    return sorted(starts)


def _position(start: int, folded: Sequence[str], paragraph: Sequence[str]) -> tuple[int, int]:
    index = 0
    while start > len(folded[index]):
        start -= len(folded[index]) + 1
        index += 1
    column = 0
    # Folding may make one character two.
    while start > 0:
        start -= len(paragraph[index][column].casefold())
        column += 1
    return index, column
