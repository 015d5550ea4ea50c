"""Which charset undeclared bytes are written in, told by the letters that a reading of them gives.

The first reading that decodes is no evidence: most bytes decode in most charsets. Each candidate is scored by how common
its letters are in the language that is written with it, and by what no text has: capitals within a word, letters of two
scripts in one word, signs in the middle of one. A general library was weighed and knows too little of texts of one line.
"""

import codecs
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

# What stands at the beginning tells as much as all of it.
_SAMPLE: Final = 8 * 1024
_MOST_CHARACTERS: Final = 1000
_ODD, _RARE, _WRONG = -0.3, -0.6, -1.0


@dataclass(frozen=True, slots=True)
class _Alphabet:
    """Codecs of one language with single bytes: its letters beyond ASCII, the common ones and the others, lower case."""

    codecs: tuple[str, ...]
    common: str
    others: str = ""
    latin: bool = False


# For equal scores the first one counts.
_ALPHABETS: Final = (
    _Alphabet(("cp1252",), "äöüß", "éàè", latin=True),
    _Alphabet(("cp1252",), "éèàçêùâîôû", "œëïæÿü", latin=True),
    _Alphabet(("cp1252",), "áéíóúñãçõ", "âêôàü¿¡ºª", latin=True),
    _Alphabet(("cp1252",), "åäöæøé", "üàðþáíóúý", latin=True),
    _Alphabet(("cp1250", "iso8859-2"), "ąćęłńóśźż", "éä", latin=True),
    _Alphabet(("cp1250", "iso8859-2"), "áčďéěíňóřšťúůýž", "äľĺŕôđć", latin=True),
    _Alphabet(("cp1250", "iso8859-2"), "áéíóöőúüű", "", latin=True),
    _Alphabet(("cp1250", "iso8859-2"), "ăâîşţ", "șț", latin=True),
    _Alphabet(("cp1254",), "çğıöşüi\u0307İ", "âîû", latin=True),
    _Alphabet(("cp1257",), "āčēģīķļņšūžąęėįųõäöü", "", latin=True),
    _Alphabet(("cp1251", "koi8-r", "cp866", "iso8859-5", "mac_cyrillic"), "оеаинтсрвлкмдпуяыьгзбчй", "хжшюцщэфъё"),
    _Alphabet(("cp1251", "koi8-u"), "оаинтверслкмдпуяьгзбчійхжюц", "шщєїґф'"),
    _Alphabet(("cp1253", "iso8859-7"), "αοιετσνηυρπκμλςίόάέήύώωδγχθφ", "βξζψϊϋΐΰ"),
    _Alphabet(("cp1255", "iso8859-8"), "יוהלאתרםבשמנדחעקפכ", "ןגצסטזךףץ"),
    _Alphabet(
        ("cp1256", "iso8859-6"),
        "اليمونترعبدسفقهكةحجشأىإصطخ",
        "ضذغثظزءئآؤپچژگ،؟\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652",
    ),
    _Alphabet(
        ("cp874",),
        "านรกเงมยลวดทสตะปบคหแจพชขใไโอผ\u0e31\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e48\u0e49\u0e47\u0e4c",
        "ธณซศภฉถฟญษฐฆฮฝฏฎฑฒฬำฤๆ",
    ),
)
_WIDE: Final = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949")
# At the edges of words these may stand in any text.
_PUNCTUATION: Final = frozenset("«»„“”‘’–—…€£§°·№•\xa0©®™")
_FINAL_HEBREW: Final = frozenset("םןךףץ")
# By class: common and usual letters, small and capital; final ones; signs, letters and others that do not belong here.
_WEIGHTS: Final = {b"c": 1.0, b"C": 0.95, b"u": 0.5, b"U": 0.45, b"f": 0.9, b"p": -0.05, b"r": _RARE, b"w": _WRONG}
_CAPITAL_INSIDE: Final = re.compile(rb"[cu](?=[CU])")
_SMALL_AMONG_CAPITALS: Final = re.compile(rb"[CU][cu](?=[CU])")
_SIGN_INSIDE: Final = re.compile(rb"[acuCUr]p(?=[acuCUr])")
_FINAL_INSIDE: Final = re.compile(rb"f(?=[cuf])")
_TWO_LETTERS: Final = re.compile(rb"[cuCU](?=[cuCU])")
_MIXED_WORD: Final = re.compile(rb"a(?=[cuCUf])|[cuCUf](?=a)")


def guess_charset(octets: bytes) -> tuple[str, float]:
    """The codec that bytes beyond ASCII are likely written in, and a score from -1 to 1 (above 0.5 it reads well)."""
    sample = octets[:_SAMPLE]
    best, score = "cp1252", -2.0
    for alphabet in _ALPHABETS:
        for name in alphabet.codecs:
            found = _score_letters(sample, name, alphabet)
            if found > score + 0.001:
                best, score = name, found
    for name in _WIDE:
        found = _score_wide(sample, name)
        if found > score + 0.001:
            best, score = name, found
    return best, score


def reads_as(octets: bytes, codec: str) -> float:
    """The score of one codec with single bytes: the best of its languages."""
    sample = octets[:_SAMPLE]
    return max((_score_letters(sample, codec, one) for one in _ALPHABETS if codec in one.codecs), default=-1.0)


def _score_letters(sample: bytes, codec: str, alphabet: _Alphabet) -> float:
    """The mean weight of the bytes beyond ASCII, each looked at with its neighbours only."""
    classes = sample.translate(_table(codec, alphabet))
    counts = {kind: classes.count(kind) for kind in _WEIGHTS}
    number = sum(counts.values())
    if not number:
        return -1.0
    total = sum(counts[kind] * weight for kind, weight in _WEIGHTS.items())
    total += 2 * _WRONG * len(_CAPITAL_INSIDE.findall(classes)) + _WRONG * len(_SMALL_AMONG_CAPITALS.findall(classes))
    total += _WRONG * len(_SIGN_INSIDE.findall(classes)) + _WRONG * len(_FINAL_INSIDE.findall(classes))
    if alphabet.latin:
        total += _RARE * len(_TWO_LETTERS.findall(classes))
        # One letter alone is rather that of a Western name.
        total -= 0.0 if codec == "cp1252" else 0.6
    else:
        total += 2 * _WRONG * len(_MIXED_WORD.findall(classes))
    return total / number


@cache
def _table(codec: str, alphabet: _Alphabet) -> bytes:
    """The class of each byte: ``a`` an ASCII letter, a space another ASCII character, else a key of the weights."""
    classes = ["a" if chr(octet).isalpha() else " " for octet in range(0x80)]
    for octet in range(0x80, 0x100):
        classes.append(_class_of(bytes((octet,)).decode(codec, errors="replace"), alphabet))
    return "".join(classes).encode()


def _class_of(char: str, alphabet: _Alphabet) -> str:
    small = char.lower()
    if char in _FINAL_HEBREW:
        return "f"
    if small in alphabet.common:
        return "c" if char == small else "C"
    if small in alphabet.others:
        return "u" if char == small else "U"
    if char in _PUNCTUATION:
        return "p"
    return "r" if char.isalpha() else "w"


def _score_wide(sample: bytes, codec: str) -> float:
    """For charsets with two bytes a character. What is cut at the end of the sample counts as whole."""
    try:
        text = codecs.getincrementaldecoder(codec)().decode(sample, final=False)
    except UnicodeDecodeError:
        return -1.0
    total, count = 0.0, 0
    for char in text:
        if char < "\x80":
            continue
        total += _wide_weight(char, codec)
        count += 1
        if count >= _MOST_CHARACTERS:
            break
    if not count:
        return -1.0
    kana = any("\u3041" <= char <= "\u30fe" for char in text[:_MOST_CHARACTERS])
    # Japanese without any kana is a name at most, and one character no proof.
    return total / count - (0.0 if kana or codec not in ("cp932", "euc_jp") else 0.4) - (0.5 if count < 2 else 0.0)


@lru_cache(maxsize=1 << 16)
def _wide_weight(char: str, codec: str) -> float:
    if "\u3001" <= char <= "\u301f" or "\uff01" <= char <= "\uff5e":
        return 0.8
    if "\u3041" <= char <= "\u30fe":
        return 1.0 if codec in ("cp932", "euc_jp") else _WRONG
    if "\uac00" <= char <= "\ud7a3":
        return 1.0 if codec == "cp949" and _is_common(char, codec) else _WRONG
    if "\u4e00" <= char <= "\u9fff":
        if codec == "cp949":
            return _RARE
        return 0.9 if _is_common(char, codec) else _RARE
    return _ODD if char in _PUNCTUATION else _WRONG


def _is_common(char: str, codec: str) -> bool:
    """Every standard of these orders the common characters before the rare ones."""
    encoded = char.encode(codec)
    first, second = encoded[0], encoded[-1]
    match codec:
        case "gb18030":
            return len(encoded) == 2 and 0xB0 <= first <= 0xD7 and second >= 0xA1
        case "big5hkscs":
            return 0xA4 <= first <= 0xC6
        case "cp932":
            return 0x88 <= first <= 0x97
        case "euc_jp":
            return len(encoded) == 2 and 0xB0 <= first <= 0xCF
        case _:
            return 0xB0 <= first <= 0xC8 and second >= 0xA1
