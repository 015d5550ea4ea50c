"""The codec that the name of a charset means, also where clients misspell it (the WHATWG encoding standard's readings)."""

import codecs
import re
from functools import lru_cache

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
    "iso-8859-11": "cp874",
    "iso885911": "cp874",
    "x-mac-ce": "mac_latin2",
    "x-mac-centraleurroman": "mac_latin2",
    "x-mac-ukrainian": "mac_cyrillic",
    "logical": "iso8859_8",
    "visual": "iso8859_8",
    "koi8-ru": "koi8_u",
    "koi": "koi8_r",
    "koi8": "koi8_r",
    "dos-866": "cp866",
    "unicode-1-1-utf-7": "utf_7",
    "cesu-8": "utf-8",
    "ms_kanji": "cp932",
    "ms932": "cp932",
    "ms936": "gb18030",
    "cp936": "gb18030",
    "chinese": "gb18030",
    "chinesesimplified": "gb18030",
    "chinesetraditional": "big5hkscs",
    "cn-big5": "big5hkscs",
    "big5-eten": "big5hkscs",
    "ksc5601": "cp949",
    "ksc_5601": "cp949",
    "korean": "cp949",
    "asmo-708": "iso8859_6",
    "hz-gb-2312": "hz",
    "x-windows-949": "cp949",
}
# Code pages by their number, in whatever spelling ("win-1251", "x-cp1251", "windows-1251http-equiv…").
_PAGES = {
    **{
        str(page): f"cp{page}"
        for page in (437, 737, 775, 850, 852, 855, 857, 858, 860, 862, 863, 864, 865, 866, 869, 874)
    },
    **{str(page): f"cp{page}" for page in range(1250, 1259)},
    **{"932": "cp932", "936": "gb18030", "949": "cp949", "950": "big5hkscs", "51949": "cp949", "51932": "euc_jp"},
    **{"20866": "koi8_r", "21866": "koi8_u", "65001": "utf-8", "54936": "gb18030", "50220": "iso2022_jp_ext"},
}
_PAGE = re.compile(
    r"(?:^|x-|ms-?)(?:windows|win|wincp|cp|ibm|dos|ms|codepage|microsoft-cp)[-_ ]?(?P<page>\d{3,5})(?!\d)"
)
_ISO = re.compile(r"(?:^|x-|cs)iso[-_ ]?8859[-_ ]?(?P<part>1[0-6]|[1-9])(?!\d)")
_JIS = re.compile(r"(?:cs)?iso-?2022-?jp")
# Codecs of Python that are no charset of mail: slow on hostile input, or with effects of their own.
_REFUSED = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"})


@lru_cache(maxsize=512)
def find_codec(charset: str) -> str | None:
    """The Python codec for a declared charset (lower case), None when unknown. The cache is bounded."""
    return _known(_ALIASES.get(charset, charset)) or _by_pattern(charset)


def _by_pattern(charset: str) -> str | None:
    page = _PAGE.search(charset)
    if page and page["page"] in _PAGES:
        return _known(_PAGES[page["page"]])
    part = _ISO.search(charset)
    if part:
        name = f"iso-8859-{part['part']}"
        return _known(_ALIASES.get(name, name))
    if _JIS.match(charset):
        return _known("iso2022_jp_ext")
    return _known("utf-8") if charset.startswith(("utf-8", "utf8", "utf_8")) else None


def _known(name: str) -> str | None:
    if not name.isascii():
        return None  # no charset's name is (RFC 2978, 2.3), and Python 3.15 warns of looking one up
    try:
        info = codecs.lookup(name)
        # Raises LookupError for codecs that are no text encoding (zlib, rot13, …); empty bytes would not be looked at.
        b"a".decode(info.name, "replace")
    except (LookupError, ValueError):
        return None
    return None if info.name.replace("-", "_") in _REFUSED else info.name
