"""Bytes to text when the declared charset is missing, unknown or wrong. Never raises; says what it had to guess."""

import codecs
import re
from dataclasses import dataclass

from inbox_agent.mail.charset.guess import guess_charset, reads_as
from inbox_agent.mail.charset.names import find_codec

# UTF-7 can spell halves of characters, which no text may hold that is to be stored or sent.
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Charsets whose text is ASCII to the eye of a program.
_SEVEN_BIT = ("utf-16", "utf16", "utf-7", "utf7", "unicode-1-1-utf-7", "utf-32", "utf32", "hz", "iso-2022")
_JIS_ESCAPE = re.compile(rb"\x1b(?:\$\(?[@BD]|\([BIJ])")
# Letters of another alphabet than the declared one have to tell themselves clearly.
_CLEAR = 0.8
_UNLIKELY = 0.2
_MIN_LETTERS = 8


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text without NUL.

    Attributes:
        defect: what was wrong and how it was read, "" when nothing was.
        unsure: whether other words may have been written.
    """

    text: str
    defect: str = ""
    unsure: bool = False


def decode_text(octets: bytes, charset: str = "") -> Decoded:
    """Decode, by the declared charset unless it is missing, unknown or plainly wrong.

    Args:
        charset: as declared, "" when there is none.
    """
    name = charset.strip().strip("\"'").lower().split("*", 1)[0].replace(" ", "")[:60]
    for mark, marked in _MARKS:
        if octets.startswith(mark):
            return Decoded(_clean(octets.decode(marked, errors="replace")))
    if name in ("utf-16", "utf16", "utf_16"):
        name = _byte_order(octets)
    octets = octets.replace(b"\0", b"") if not name.startswith(("utf-16", "utf-32", "utf16", "utf32")) else octets
    if octets.isascii() and not _JIS_ESCAPE.search(octets) and not name.startswith(_SEVEN_BIT):
        # ASCII is the same in every charset that mail is written in, also under a name nobody knows.
        return Decoded(octets.decode("ascii"))
    codec = find_codec(name) if name else None
    if codec == "iso2022_jp_ext" or (
        octets.isascii() and _JIS_ESCAPE.search(octets) and codec in (None, "utf-8", "cp1252")
    ):
        return _decode_jis(octets)
    if codec is None:
        return _guess(octets, f"charset {name[:40] or 'missing'}")
    if codec in {"cp1252", "utf-8"}:
        return _decode_common(octets, codec, name)
    try:
        return Decoded(_clean(octets.decode(codec)))
    except (UnicodeDecodeError, ValueError):
        pass
    try:
        return Decoded(octets.decode("utf-8"), f"not {name[:40]} as declared: read as utf-8")
    except UnicodeDecodeError:
        text = _clean(octets.decode(codec, errors="replace"))
        return Decoded(text, f"some bytes are not {name[:40]} as declared", unsure=True)


def _byte_order(octets: bytes) -> str:
    """Without a mark: that in which more is ASCII, else the one that RFC 2781, 4.3 asks for."""
    sample = octets[:4096]
    little = sum(not high and low < 0x80 for low, high in zip(sample[::2], sample[1::2], strict=False))
    big = sum(not high and low < 0x80 for high, low in zip(sample[::2], sample[1::2], strict=False))
    return "utf-16-le" if little > big else "utf-16-be"


def _clean(text: str) -> str:
    return _LONE_SURROGATES.sub("\ufffd", text.replace("\0", ""))


def _guess(octets: bytes, trouble: str) -> Decoded:
    """UTF-8 if it is, else by the letters."""
    try:
        return Decoded(octets.decode("utf-8"), f"{trouble}: read as utf-8")
    except UnicodeDecodeError:
        codec, _ = guess_charset(octets)
    text = octets.decode(codec, errors="replace")
    return Decoded(text, f"{trouble}: read as {_shown(codec)}", unsure=True)


def _shown(codec: str) -> str:
    return codec.replace("cp125", "windows-125")


def _decode_common(octets: bytes, codec: str, name: str) -> Decoded:
    """UTF-8 and Latin-1 are the ones most often declared for each other: bytes that are valid UTF-8 are UTF-8.

    Latin-1 is also what programs declare that know of no other charset.
    """
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError as error:
        if codec == "cp1252":
            return _decode_latin(octets, name)
        cut = error.end >= len(octets) - 3 and error.reason == "unexpected end of data"
        # That the text is UTF-8 at all, its other letters show.
        if cut and not octets[: error.start].isascii():
            return Decoded(octets.decode("utf-8", errors="ignore"), "the text ends in the middle of a character")
        return _guess(octets, f"not {name[:40]} as declared")
    wrong = codec == "cp1252"
    return Decoded(text, f"not {name[:40]} as declared: read as utf-8" if wrong else "")


def _decode_latin(octets: bytes, name: str) -> Decoded:
    sample = octets[: 64 * 1024]
    if (
        len(sample) - len(sample.decode("ascii", errors="ignore")) >= _MIN_LETTERS
        and reads_as(sample, "cp1252") < _UNLIKELY
    ):
        codec, score = guess_charset(sample)
        if codec != "cp1252" and score >= _CLEAR:
            text = octets.decode(codec, errors="replace")
            return Decoded(text, f"not {name[:40]} as declared: read as {_shown(codec)}", unsure=True)
    return Decoded(octets.decode("cp1252", errors="replace"))


# --- ISO-2022-JP --------------------------------------------------------------------------------------------------


def _decode_jis(octets: bytes) -> Decoded:
    """ISO-2022-JP as it is really sent (CP50221): with the signs of NEC's row 13, half-width kana, names' rare characters.

    Python's codec refuses the whole text for one of these.
    """
    pieces: list[str] = []
    position, state = 0, b"\x1b(B"
    for match in _JIS_ESCAPE.finditer(octets):
        pieces.append(_jis_run(octets[position : match.start()], state))
        position, state = match.end(), match[0]
    pieces.append(_jis_run(octets[position:], state))
    text = _clean("".join(pieces))
    lost = "\ufffd" in text or "\x1b" in text
    return Decoded(text, "some characters are not iso-2022-jp" if lost else "", unsure=lost)


def _jis_run(run: bytes, state: bytes) -> str:
    if state in (b"\x1b(B", b"\x1b(J"):
        return run.decode("cp932", errors="replace")
    if state == b"\x1b(I":
        return bytes(octet | 0x80 for octet in run).decode("cp932", errors="replace")
    # Line breaks end a run in what programs send, whatever the standard asks for.
    return "".join(
        part.decode("ascii") if part in (b"\r", b"\n") else _jis_pairs(part, supplement=state.endswith(b"D"))
        for part in re.split(rb"([\r\n])", run)
    )


def _jis_pairs(part: bytes, *, supplement: bool) -> str:
    part = bytes(octet for octet in part if 0x21 <= octet <= 0x7E)
    part = part[: len(part) // 2 * 2]
    if supplement:
        marked = b"".join(b"\x8f" + bytes((part[at] | 0x80, part[at + 1] | 0x80)) for at in range(0, len(part), 2))
        return marked.decode("euc_jp", errors="replace")
    return b"".join(_shift_jis(part[at], part[at + 1]) for at in range(0, len(part), 2)).decode(
        "cp932", errors="replace"
    )


def _shift_jis(row: int, cell: int) -> bytes:
    """The Shift-JIS form of a character of JIS X 0208 or of a vendor's row."""
    first = (row - 0x21) // 2 + 0x81
    first += 0x40 if first > 0x9F else 0
    second = cell + 0x7E if row % 2 == 0 else cell + (0x1F if cell < 0x60 else 0x20)
    return bytes((first, second))
