"""What stands below a person's words: signatures, device footers, disclaimers, list footers, tracking marks.

Only the end of a stretch of own text is looked at, from below, so that the same words within a text are kept.
"""

import re
from collections.abc import Sequence
from typing import Final

from inbox_agent.mail.html.quote_lines import Line
from inbox_agent.mail.new_text.footers import footer_start, is_disclaimer
from inbox_agent.mail.new_text.signature_words import (
    APOLOGIES,
    BANNERS,
    DEVICES,
    DISCLAIMER_HEADINGS,
    FROM_MY,
    GET_BEFORE,
    SENT_AFTER,
    SENT_BEFORE,
)

# A signature is short; more than this below a delimiter is taken for text (RFC 3676 4.3 asks for four lines).
_SIGNATURE_LINES: Final = 14
_SIGNATURE_CHARACTERS: Final = 1500
_FOOTER_LINES: Final = 8
_DEVICE_LINE: Final = 140

_DELIMITER: Final = re.compile(r"(?:--|—|––|\*--\*)$")
_UNDERSCORES: Final = re.compile(r"_{5,}$")
_BANNER_START: Final = re.compile(
    r"\W*(?:\[|CAUTION|WARNING|EXTERNAL|ATTENTION|ACHTUNG|ATENCIÓN|ATTENZIONE|Caution:|Warning:|Attention|Achtung:|"
    r"You don.t often|This (?:e-?mail|message) originated)"
)
_ORNAMENT: Final = re.compile(r"[-_=~*#+–—·•.ᐧ\s|\\/]{1,200}$")
_NAME: Final = r"[^\W\d_a-z][\w.'’]{0,30}"
_NAME_PARTICLE: Final = r"de|da|do|dos|del|della|der|den|van|von|zu|la|le|du|di|bin|al|el|y|ter|ten"
_NAME_SIGN_OFF: Final = re.compile(rf"-{{1,2}} ?{_NAME}(?: (?:{_NAME}|{_NAME_PARTICLE})){{0,4}}$")
_RULER: Final = re.compile(r"[-–—_=*~]{3,}$")
_CONTACT: Final = re.compile(r"\S@[^\s@]+\.\w|https?://|www\.|\+?\d[\d ()./-]{6,}\d")
_BULLET: Final = re.compile(r"[-*•] ?\S")
_WORD: Final = re.compile(r"[\w'’\-]+")
# Scripts that join words to what precedes them have no word boundary to ask for.
_SENT_BEFORE: Final = re.compile(
    r"[\W_]{0,8}(?:"
    + "|".join(re.escape(phrase) + ("" if phrase[-1] > "\u0590" else r"(?!\w)") for phrase in SENT_BEFORE)
    + ")"
)
_SENT_AFTER: Final = re.compile(r"(?:" + "|".join(map(re.escape, SENT_AFTER)) + r")[\W_]{0,6}$")
# Names begin a word; short ones are whole words ("mac", not "machine").
_DEVICE: Final = re.compile(
    "(?<![a-z])(?:" + "|".join(re.escape(name) + ("(?![a-z])" if len(name) < 5 else "") for name in DEVICES) + ")"
)
_APOLOGY: Final = re.compile("|".join(map(re.escape, APOLOGIES)))
_LINK: Final = re.compile(r"[<(\[]{0,2}https?://\S+|[<(\[]{1,2}mailto:\S+")
_SENT_FROM_MY: Final = re.compile(r"[\W_]{0,4}sent (?:from|via|by) my (?P<device>[^,.;!?]{1,60})(?P<rest>.*)$")
_APP: Final = re.compile(
    r"(?<![a-z])(?:outlook|yahoo mail|proton ?mail|gmail|spark|airmail|bluemail|mail\.ru)(?![a-z])"
)
_GET: Final = re.compile(
    r"(?:" + "|".join(map(re.escape, GET_BEFORE)) + r")(?!\w)|.*(?:herunterladen|downloaden|letöltése)$"
)
_SYSTEM: Final = re.compile(r"(?<![a-z])(?:ios|android|mobile|windows|mac|iphone)(?![a-z])")
_SOMEONE_FROM: Final = re.compile(r"(?:\w+ )?from (?:my )?(?:mobile|iphone|ipad|android)(?: \w+)?[.!]?$")
_SENTENCE: Final = re.compile(r"[.!?。！？]$")
_PROSE: Final = re.compile(r".{40,}[.!?。]$")


def signature_start(lines: Sequence[Line], *, footers: bool = True) -> tuple[int, str]:
    """Where the words end that are the person's.

    Args:
        footers: whether to look for disclaimers and the like by their words.

    Returns:
        The index from which on the lines are not, ``len(lines)`` when there is nothing of the kind; and the person's words
        at the beginning of that line, "" as a rule.
    """
    end = _trimmed(lines, len(lines))
    start = _below_delimiter(lines, end)
    end, head = _peel(lines, _trimmed(lines, start if start is not None else end), footers=footers)
    again = None if head else _below_delimiter(lines, end)
    return _peel(lines, _trimmed(lines, again), footers=footers) if again is not None else (end, head)


def hides_a_sentence(lines: Sequence[Line]) -> bool:
    """Whether below a line that only resembles the delimiter of signatures stands what may be words to the reader."""
    texts = [line for line in lines if not line.blank]
    if not 2 <= len(texts) <= 3 or texts[0].text == "-- ":
        return False
    if not (_DELIMITER.match(texts[0].plain) or _UNDERSCORES.match(texts[0].plain)):
        return False
    below = " ".join(line.plain for line in texts[1:])[:400]
    words = [word for word in below.split() if word[:1].isalpha()]
    small = sum(word[0].islower() for word in words)
    return not is_device_line(below) and len(words) > 2 and (small * 2 > len(words) or bool(_SENTENCE.search(below)))


def _trimmed(lines: Sequence[Line], end: int) -> int:
    while end and lines[end - 1].blank:
        end -= 1
    return end


# --- below a delimiter --------------------------------------------------------------------------------------------


def _below_delimiter(lines: Sequence[Line], end: int) -> int | None:
    """The first delimiter such that what is below it is short enough for a signature."""
    first = max(0, end - _SIGNATURE_LINES * 2)
    for index in range(first, end):
        line = lines[index]
        exact = line.text in ("-- ", "--")
        if _is_announced(lines, index):
            continue
        if not (_DELIMITER.match(line.plain) or _UNDERSCORES.match(line.plain)):
            if _RULER.match(line.plain) and _is_contact_block(lines[index + 1 : end]):
                return index
            continue
        below = [other for other in lines[index + 1 : end] if not other.blank]
        # Without the space of RFC 3676 two dashes may also separate paragraphs of a text.
        if line.text != "-- " and sum(bool(_PROSE.match(other.plain)) for other in below) > 1:
            continue
        limit = _SIGNATURE_LINES if exact or _DELIMITER.match(line.plain) else _FOOTER_LINES
        if len(below) <= limit and sum(len(other.plain) for other in below) <= _SIGNATURE_CHARACTERS:
            return index
    return None


def _is_contact_block(lines: Sequence[Line]) -> bool:
    """A few short lines without sentences, one of them a number or address to be reached by."""
    below = [line.plain for line in lines if not line.blank]
    short = len(below) <= _FOOTER_LINES and all(len(plain) <= 60 and plain[-1] not in ".!?:," for plain in below)
    return short and any(_CONTACT.search(plain) for plain in below)


def _is_announced(lines: Sequence[Line], index: int) -> bool:
    """Whether the text above leads over to what is below ("Please send this:"): then it is content."""
    above = _trimmed(lines, index)
    return above > 0 and lines[above - 1].plain.endswith((":", "："))


# --- line by line from below --------------------------------------------------------------------------------------


def _peel(lines: Sequence[Line], end: int, *, footers: bool) -> tuple[int, str]:
    while True:
        end = _trimmed(lines, end)
        start = _last_removable(lines, end)
        if start is None and footers and end:
            start, head = _footer(lines, end)
            if head:
                return start, head
        if start is None or start == end:
            return end, ""
        end = start


def _last_removable(lines: Sequence[Line], end: int) -> int | None:
    """The index of the last line when it is none of the person's by itself."""
    if not end:
        return None
    plain = lines[end - 1].plain
    if _is_ornament(plain) or is_device_line(plain) or _is_wrapped_device_line(lines, end):
        return end - 1
    return end - 1 if _is_name_sign_off(lines, end - 1) else None


def _footer(lines: Sequence[Line], end: int) -> tuple[int, str]:
    """Where the footer begins that ends at ``end``, which is returned when there is none, and what stands before it."""
    paragraph = end - 1
    while paragraph and not lines[paragraph - 1].blank:
        paragraph -= 1
    text = [other.plain for other in lines[paragraph:end]]
    start = footer_start(text)
    heading = _trimmed(lines, paragraph)
    if heading and lines[heading - 1].plain.casefold().strip(" :*") in DISCLAIMER_HEADINGS:
        return (heading - 1 if start or is_disclaimer(text) else end), ""
    if start is None:
        return end, ""
    index, column = start
    return paragraph + index, text[index][:column].rstrip()


def _is_ornament(plain: str) -> bool:
    """Nothing but rulers and tracking marks. A code fence or a bare dot line is not enough to be sure."""
    return bool(_ORNAMENT.match(plain)) and plain not in (".", "..", "...", "*", "#")


def _is_wrapped_device_line(lines: Sequence[Line], end: int) -> bool:
    """Link targets that were wrapped onto a line of their own below a device footer."""
    line = lines[end - 1].plain
    above = lines[end - 2].plain if end > 1 else ""
    return bool(_LINK.match(line)) and len(line.split()) == 1 and is_device_line(above)


def is_device_line(plain: str) -> bool:
    """Footers of devices and apps ("Sent from my iPhone"), in the languages of the word lists."""
    if not plain or len(plain) > _DEVICE_LINE * 2:
        return False
    text = _LINK.sub(" ", plain.casefold()).strip(" <>()[]*_\"'")
    text = text.replace("[", " ").replace("]", " ").replace("’", "'")
    if not text or len(text) > _DEVICE_LINE:
        return False
    mine = _SENT_FROM_MY.match(text)
    if mine:
        words = len(_WORD.findall(mine["device"]))
        rest = mine["rest"].strip(" .,;!?-–—")
        known = bool(_DEVICE.search(mine["device"]))
        return words <= (7 if known else 3) and (not rest or bool(_APOLOGY.search(rest)))
    words = len(text.split())
    if _LINK.search(plain) and _SENT_BEFORE.match(text) and words <= 5:
        return True
    if _SOMEONE_FROM.match(text):
        return True
    if words <= 8 and _APP.search(text) and _SYSTEM.search(text) and _GET.match(text):
        return True
    if not _DEVICE.search(text) or (words > 10 and not _APOLOGY.search(text)):
        return False
    return bool(_SENT_BEFORE.match(text)) or (
        words <= 12 and bool(_SENT_AFTER.search(text)) and _is_footer_wording(text)
    )


def _is_footer_wording(text: str) -> bool:
    """Where the verb comes last, a footer begins with the device or with "from my"; a sentence begins with a person."""
    return bool(_DEVICE.match(text)) or text.startswith(FROM_MY)


def _is_name_sign_off(lines: Sequence[Line], index: int) -> bool:
    """ "-Name" alone at the end, as opposed to the last entry of a list."""
    if not _NAME_SIGN_OFF.match(lines[index].plain):
        return False
    above = _trimmed(lines, index)
    if not above or lines[above - 1].plain.endswith((":", "：")):
        return False
    return not _BULLET.match(lines[above - 1].plain)


def banner_end(lines: Sequence[Line]) -> int:
    """The index after what a mail gateway put above the text ("[EXTERNAL] …"), 0 when there is nothing."""
    start = next((index for index, line in enumerate(lines) if not line.blank), len(lines))
    end = start
    while end < len(lines) and not lines[end].blank and end - start < 12:
        end += 1
    paragraph = " ".join(line.plain for line in lines[start:end]).casefold().replace("’", "'")
    phrases = sum(phrase in paragraph for phrase in BANNERS) if len(paragraph) <= 1000 else 0
    if not phrases or (phrases == 1 and not _BANNER_START.match(lines[start].plain)):
        return 0
    # A banner is a paragraph of its own; the person's words follow after a blank line.
    return end if any(not line.blank for line in lines[end:]) else 0
