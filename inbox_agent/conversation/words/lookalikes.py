"""Text as the eye reads it: two words that look alike have one skeleton, whatever characters they are written with. Pure.

After UTS #39: compatibility forms folded (NFKC), marks and what nobody sees left out, letters of other scripts and decorated
ones replaced by the ASCII letter that they look like. Unlike there, hyphens, spaces and other signs count for nothing.
"""

import re
import unicodedata
from functools import lru_cache

# Letters of other scripts that look like an ASCII one: confusables.txt of Unicode 15 (UTS #39) without what the name of a
# letter tells, and the small Greek and Cyrillic letters that only resemble one. "i", "1" count as "l", "0" as "o".
LOOKALIKES = {
    "a": "ɑΑαАаᎪᗅ⍺ꓮ𐊠𖽀",
    "b": "ƄΒВЬᏏᏴᑲᖯᗷꓐꞴ𐊂𐊡𐌁βв",
    "c": "ΣςСсᏟⲤⲥꓚꮯ𐊢𐌂𐐕𐐽𐔜𑣩𑣲🝌",
    "d": "ԁᎠᏧᑯᗞᗪꓒꓓ",
    "e": "ΕЕеҽᎬ℮⋿ⴹꓰꬲ𐊆𑢦𑢮εєэ",
    "f": "Ϝքᖴẝꓝꬵ𐊇𐊥𐔥𑢢𑣂𝈓",
    "g": "ƍɡԌցᏀᏳꓖ",
    "h": "ΗНһհᎻᏂᕼⲎꓧ𐋏нʜ",
    "j": "ͿϳЈјᎫᒍꓙ",
    "k": "ΚКᏦᛕⲔꓗ𐔘κк",
    "l": "ıƖǀɩΙιІіӀӏ۱ᎥᏞᒪᛁ∣⍳⏽│ⲒⳐⵏꓡꓲꙇꭵ𐊊𐌉𐌠𐐛𐔦𑢣𑢲𑣃𖼖𖼨𝈪",
    "m": "ΜϺМᎷᗰᛖⲘꓟ𐊰𐌑μм",
    "n": "ΝոռⲚꓠ𐔓ηп",
    "o": "ΟοσОоՕօ۵०০੦૦ଠ୦௦౦೦ഠ൦๐໐ဝ၀ჿዐᴑⲞⲟⵔ〇ꓳꬽ𐊒𐊫𐐄𐐬𐓂𐓪𐔖𑓐𑢵𑣈𑣗𑣠",
    "p": "ΡρРрᏢᑭ⍴Ⲣⲣꓑ𐊕",
    "q": "ԛգզⵕ",
    "r": "ƦгᎡᏒᖇᴦⲅꓣꭇꭈꮁ𐒴𖼵𝈖",
    "s": "ƽЅѕՏᏕᏚꓢꮪ𐊖𐐠𐑈𑣁𖼺",
    "t": "ΤТᎢ⊤⟙Ⲧꓔ𐊗𐊱𐌕𑢼𖼊🝨τт",
    "u": "υՍսሀᑌ∪⋃ꓴꞟ𐓎𐓶𑢸𑣘𖽂и",
    "v": "νѴѵ۷Ꮩᐯ∨⋁ⴸꓦꛟꮩ𐔝𑜆𑢠𑣀𖼈𝈍",
    "w": "ɯѡԜԝաᎳᏔꓪꮃ𑜊𑜎𑜏𑣦𑣯ωш",
    "x": "×ΧХхᕁᕽ᙭ᚷ╳⤫⤬⨯ⲬⵝꓫꞳ𐊐𐊴𐌗𐌢𐔧𑣬χ",
    "y": "ɣΥγУуҮүყᎩᎽⲨꓬ𐊲𑢤𑣜𖽃",
    "z": "ΖᏃꓜꮓ𐋵𑢩𑣄𑣥",
}  # fmt: skip
_LETTERS = {character: letter for letter, characters in LOOKALIKES.items() for character in characters}
# "LATIN SMALL LETTER O WITH STROKE", "LATIN LETTER SMALL CAPITAL T", "NEGATIVE SQUARED LATIN CAPITAL LETTER A".
_NAMED = re.compile(
    r"(?:LATIN|REGIONAL INDICATOR SYMBOL|NEGATIVE [A-Z]+ LATIN)\b.* ?\bLETTER "
    r"(?:SMALL CAPITAL )?(?:DOTLESS )?([A-Z])(?: WITH .+)?"
)
_SAME = str.maketrans("i10", "llo")
# Marks upon letters that change nothing of which letter it is; those of other scripts are letters of their own.
_MARK = re.compile("[\u0300-\u036f\u0488\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
# Default_Ignorable_Code_Point of Unicode: shown as nothing. (UAX #44)
_IGNORED = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_TURNED = re.compile("[\u202b\u202e\u2067]")


def stands_in(word: str, text: str) -> bool:
    """Whether a reader would see a word or phrase in a text.

    Whole words only, where the word is written in ASCII; scripts without spaces have no word ends, and inflected languages
    change them. Text that a control turns around is read both ways, and a sign like "|" as a letter and as a gap.
    """
    wanted = "".join(letters for letters, _ in _pieces(word, signs=False))
    if not wanted:
        return False
    texts = [text, text[::-1]] if _TURNED.search(text) else [text]
    return any(_holds(_pieces(one, signs=signs), wanted, word.isascii()) for one in texts for signs in (False, True))


def _holds(pieces: list[tuple[str, bool]], wanted: str, whole: bool) -> bool:
    skeleton = "".join(letters for letters, _ in pieces)
    if not whole or wanted not in skeleton:
        return wanted in skeleton
    begins, length = {0}, 0
    for letters, after_gap in pieces:
        if after_gap:
            begins.add(length)
        length += len(letters)
    begins.add(length)
    at = skeleton.find(wanted)
    while at >= 0 and not {at, at + len(wanted)} <= begins:
        at = skeleton.find(wanted, at + 1)
    return at >= 0


def _pieces(text: str, *, signs: bool) -> list[tuple[str, bool]]:
    """The letters of each character's skeleton, and whether something else than a letter stands before it.

    Args:
        signs: whether a sign counts as the letter that it looks like.
    """
    found: list[tuple[str, bool]] = []
    gap = False
    for character in unicodedata.normalize("NFKC", _IGNORED.sub("", text)):
        letters = _skeleton(character, signs)
        if letters is None:
            continue
        if letters:
            found.append((letters, gap))
        gap = not letters
    return found


@lru_cache(maxsize=16_384)
def _skeleton(character: str, signs: bool) -> str | None:
    """What a character looks like: "" for what is no letter or digit, None for what adds nothing to the one before."""
    if _MARK.match(character):
        return None
    parts = [part for part in unicodedata.normalize("NFD", character) if not _MARK.match(part)]
    base = "".join(_letter(part, signs) for part in parts).casefold().translate(_SAME)
    # "payrnent" and "payment", "vvire" and "wire".
    return "".join(
        {"m": "rn", "w": "vv"}.get(part, part)
        for part in base
        if part.isalnum() or unicodedata.category(part)[0] == "M"
    )


def _letter(character: str, signs: bool) -> str:
    if character == "|":
        return "l" if signs else ""
    if character.isascii():
        return character
    if unicodedata.category(character)[0] == "S" and not signs:
        return ""
    named = _NAMED.fullmatch(unicodedata.name(character, ""))
    return named[1] if named else _LETTERS.get(character, character)
