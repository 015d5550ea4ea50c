"""Bytes to text when the declared charset is missing, unknown or wrong. Never raises; says what it had to guess."""

import codecs
import re
from functools import cache

# Names that real clients use and Python does not know, or knows as a narrower set than what is actually sent: the
# superset is the safe reading (the WHATWG encoding standard makes the same choices).
_ALIASES = {
    "ascii": "utf-8",
    "us-ascii": "utf-8",
    "ansi_x3.4-1968": "utf-8",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "windows-31j": "cp932",
    "x-euc-jp": "euc-jp",
    "cp51932": "euc-jp",
    "iso-2022-jp": "iso2022_jp_ext",
    "cp50220": "iso2022_jp_ext",
    "cp50221": "iso2022_jp_ext",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "big5": "big5hkscs",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "x-mac-cyrillic": "mac_cyrillic",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "tis-620": "cp874",
    "x-windows-949": "cp949",
}
# UTF-7 can spell halves of characters, which no text may hold that is to be stored or sent.
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")
# Codecs of Python that are no charset of mail: slow on hostile input, or with effects of their own.
_REFUSED = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"})


@cache
def _codec(charset: str) -> str | None:
    """The Python codec for a declared charset, None when unknown. The cache is bounded by the names Python knows."""
    try:
        info = codecs.lookup(_ALIASES.get(charset, charset))
        b"".decode(info.name)  # raises LookupError for codecs that are no text encoding (zlib, rot13, …)
    except (LookupError, ValueError):
        return None
    return None if info.name.replace("-", "_") in _REFUSED else info.name


def _guess(octets: bytes) -> tuple[str, str]:
    """Text of undeclared bytes and the name of the guess: UTF-8 if it is, ISO-2022-JP by its escapes, else Windows-1252."""
    if b"\x1b$" in octets or b"\x1b(" in octets:
        try:
            return octets.decode("iso2022_jp_ext"), "iso-2022-jp"
        except UnicodeDecodeError:
            pass
    try:
        return octets.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    for name in ("shift_jis", "euc_jp", "cp949", "gb18030"):
        try:
            text = octets.decode(name)
        except UnicodeDecodeError:
            continue
        if _reads_as_east_asian(text):
            return text, name
    return octets.decode("cp1252", errors="replace"), "windows-1252"


def _reads_as_east_asian(text: str) -> bool:
    """Whether a trial decoding is plausible: most of what is not ASCII is kana, hangul or a common ideograph.

    Latin text in Windows-1252 has lone 8-bit letters between ASCII ones and hardly ever decodes to runs of these.
    """
    wide = [char for char in text if ord(char) > 0x7F]
    if len(wide) < 4:
        return False
    kana_hangul = sum("\u3040" <= char <= "\u30ff" or "\uac00" <= char <= "\ud7a3" for char in wide)
    han = sum("\u4e00" <= char <= "\u9fff" for char in wide)
    return kana_hangul >= len(wide) * 0.3 or (kana_hangul + han) >= len(wide) * 0.8


def decode_text(octets: bytes, charset: str = "") -> tuple[str, str]:
    """Decode to text without NUL.

    Args:
        charset: as declared, "" when there is none.

    Returns:
        The text, and a sentence on what was wrong and how it was read ("" when nothing was).
    """
    name = charset.strip().strip("\"'").lower().split("*", 1)[0].replace(" ", "")
    octets = octets.replace(b"\0", b"") if not name.startswith(("utf-16", "utf-32", "utf16", "utf32")) else octets
    if octets.isascii() and b"\x1b" not in octets and not name.startswith(("utf-16", "utf-7", "utf-32", "hz")):
        # ASCII is the same in every charset that mail is written in, also under a name nobody knows.
        return octets.decode("ascii"), ""
    codec = _codec(name[:60]) if name else None
    if codec is None:
        text, guess = _guess(octets)
        return text, f"charset {name[:40] or 'missing'}: read as {guess}"
    if codec in {"cp1252", "utf-8"}:
        return _decode_common(octets, codec, name)
    try:
        return _LONE_SURROGATES.sub("\ufffd", octets.decode(codec).replace("\0", "")), ""
    except (UnicodeDecodeError, ValueError):
        pass
    try:
        return octets.decode("utf-8"), f"not {name[:40]} as declared: read as utf-8"
    except UnicodeDecodeError:
        text = _LONE_SURROGATES.sub("\ufffd", octets.decode(codec, errors="replace").replace("\0", ""))
        return text, f"some bytes are not {name[:40]} as declared"


def _decode_common(octets: bytes, codec: str, name: str) -> tuple[str, str]:
    """UTF-8 and Latin-1 are the ones most often declared for each other: bytes that are valid UTF-8 are UTF-8."""
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError as error:
        if codec == "cp1252":
            return octets.decode("cp1252", errors="replace"), ""
        if error.end >= len(octets) - 3 and error.reason == "unexpected end of data":
            return octets.decode("utf-8", errors="ignore"), "the text ends in the middle of a character"
        text, guess = _guess(octets)
        return text, f"not {name[:40]} as declared: read as {guess}"
    wrong = codec == "cp1252"
    return text, f"not {name[:40]} as declared: read as utf-8" if wrong else ""
