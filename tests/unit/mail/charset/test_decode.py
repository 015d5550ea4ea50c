"""Bytes to text under missing, misspelt and wrong names of charsets."""

import encodings
import pkgutil
from collections.abc import Callable
from encodings import aliases

import pytest

from inbox_agent.mail.charset.decode import decode_text
from inbox_agent.mail.charset.guess import guess_charset
from inbox_agent.mail.charset.names import find_codec
from inbox_agent.mail.mime.headers import decode_words
from inbox_agent.mail.mime.parse import parse_message

TEXTS = [
    ("Напиши Сэму, что отчёт задержится до пятницы.", "cp1251"),
    ("Напиши Сэму, что отчёт задержится до пятницы.", "koi8-r"),
    ("Напиши Сэму, что отчёт задержится до пятницы.", "cp866"),
    ("ОТМЕНИ ПИСЬМО", "cp1251"),
    ("ОТМЕНИ ПИСЬМО", "koi8-r"),
    ("Напиши Сэму", "cp1251"),
    ("Відправ звіт у п'ятницю", "cp1251"),
    ("请写信给 sam@corp.example，明天发送。", "gbk"),
    ("請寫信給 sam@corp.example，明天發送。", "big5"),
    ("明日の朝九時に送ってください。", "cp932"),
    ("明日の朝九時に送ってください。", "euc-jp"),
    ("내일 아침에 보내 주세요", "cp949"),
    ("Γράψε στον Σαμ ότι θα αργήσω", "cp1253"),
    ("כתוב לסם שהדוח יתעכב עד יום שישי", "cp1255"),
    ("اكتب إلى سام أن التقرير سيتأخر", "cp1256"),
    ("เขียนถึงแซมว่ารายงานจะล่าช้า", "cp874"),
    ("Zażółć gęślą jaźń, dziękuję", "cp1250"),
    ("Zażółć gęślą jaźń, dziękuję", "iso8859-2"),
    ("Příští týden řeším zprávu", "cp1250"),
    ("Teşekkürler, iyi günler, ışığı aç", "cp1254"),
    ("Grüße aus München – 5 €", "cp1252"),
    ("Zoë", "cp1252"),
    ("não envie amanhã às nove", "cp1252"),
    ("skicka på måndag", "cp1252"),
]


@pytest.mark.parametrize(("text", "codec"), TEXTS)
@pytest.mark.parametrize("declared", ["", "x-unknown", "us-ascii", "utf-8"])
def test_undeclared_bytes_are_read_by_their_letters(text: str, codec: str, declared: str) -> None:
    decoded = decode_text(text.encode(codec), declared)
    assert decoded.text == text
    assert decoded.unsure


@pytest.mark.parametrize(("text", "codec"), TEXTS)
def test_what_is_declared_rightly_stays_as_declared(text: str, codec: str) -> None:
    decoded = decode_text(text.encode(codec), codec)
    assert (decoded.text, decoded.unsure) == (text, False)


def test_another_alphabet_declared_as_latin_is_told_by_its_letters() -> None:
    text = "Напиши Сэму, что отчёт задержится"
    assert decode_text(text.encode("cp1251"), "iso-8859-1").text == text


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("win-1251", "cp1251"),
        ("windows1251", "cp1251"),
        ("x-cp1251", "cp1251"),
        ("cp-1251", "cp1251"),
        ("windows-1251http-equivcontent-type", "cp1251"),
        ("koi8-ru", "koi8-r"),
        ("dos-866", "cp866"),
        ("x-mac-cyrillic", "mac_cyrillic"),
        ("unicode-1-1-utf-7", "utf-7"),
        ("UTF7", "utf-7"),
        ("utf-8;", "utf-8"),
    ],
)
def test_misspelt_names_are_understood(name: str, codec: str) -> None:
    decoded = decode_text("Привет, Сэм".encode(codec), name)
    assert (decoded.text, decoded.defect) == ("Привет, Сэм", "")


@pytest.mark.parametrize(
    ("name", "codec", "text"),
    [
        ("windows-874", "cp874", "ขอบคุณ"),
        ("x-mac-ce", "mac_latin2", "Zażółć"),
        ("logical", "iso8859_8", "שלום"),
        ("iso-2022-kr", "iso2022_kr", "감사합니다"),
    ],
)
def test_names_that_only_mail_knows(name: str, codec: str, text: str) -> None:
    assert decode_text(text.encode(codec), name).text == text


@pytest.mark.parametrize("name", ["iso-2022-jp", "", "us-ascii", "ISO-2022-JP-MS"])
def test_japanese_mail_with_signs_outside_of_the_standard_is_read(name: str) -> None:
    decoded = decode_text(b"\x1b$B-!-j9b66$G$9\x1b(B, ok \x1b(I123\x1b(B", name)
    assert (decoded.text, decoded.unsure) == ("①㈱高橋です, ok ｱｲｳ", False)


def test_what_is_no_japanese_in_japanese_mail_is_said() -> None:
    assert decode_text(b"\x1b$B)!\x1b(B", "iso-2022-jp").unsure


def test_a_byte_order_mark_decides() -> None:
    assert decode_text("\ufeffGrüße".encode("utf-16-le"), "").text == "Grüße"
    assert decode_text(b"\xef\xbb\xbfok", "us-ascii").text == "ok"
    assert decode_text("Привет, Сэм".encode("utf-16-be"), "utf-16").text == "Привет, Сэм"


def test_a_guess_looks_at_the_beginning_only() -> None:
    text = "Напиши Сэму. ".encode("cp1251")
    assert guess_charset(text * 1000) == guess_charset(text * 100_000)


def python_codecs() -> list[str]:
    """Every name by which Python knows a codec, whether it is one of text or not."""
    modules = {module.name for module in pkgutil.iter_modules(encodings.__path__)}
    return sorted({*aliases.aliases, *aliases.aliases.values(), *modules})


@pytest.mark.parametrize(
    "spell", [str, str.upper, lambda name: name.replace("_", "-")], ids=["as it is", "upper", "dashes"]
)
def test_no_name_of_a_codec_raises(spell: Callable[[str], str]) -> None:
    for name in map(spell, python_codecs()):
        for octets in (b"x\x9c\xff\xfe hello", b"abc +AAA- \x1b\x80", b"\x80" * 50, b"=?\xe2\x80\xae?="):
            decode_text(octets, name)
        decode_words(f"=?{name}?q?=80abc?=")
        parse_message(f"Content-Type: text/plain; charset={name}\r\n\r\n".encode() + b"x\x80y")


@pytest.mark.parametrize(
    "name",
    ["zlib_codec", "base64_codec", "base64", "rot13", "hex", "bz2", "uu", "quopri", "quoted_printable", "idna", "punycode",
     "undefined", "unicode_escape", "raw_unicode_escape"],
)  # fmt: skip
def test_a_codec_that_is_no_charset_is_an_unknown_charset(name: str) -> None:
    assert find_codec(name) is None
    decoded = decode_text("ärger".encode(), name)
    assert (decoded.text, decoded.defect) == ("ärger", f"charset {name}: read as utf-8")


@pytest.mark.parametrize("name", ["koi8-r\udc80", "latin-1é", "\u0430scii"])
def test_a_name_with_other_letters_than_ascii_is_an_unknown_charset(name: str) -> None:
    assert find_codec(name) is None


def test_such_a_name_that_starts_like_utf_8_is_utf_8() -> None:
    assert find_codec("utf-8\udc80") == "utf-8"
