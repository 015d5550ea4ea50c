"""Rich Text Format (RTF 1.9.1) to the text that it shows; layout, pictures and hidden text are left out. Linear, bounded.

HTML that Outlook wrapped into RTF (MS-OXRTFEX) holds the text a second time as RTF, which is what is read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from inbox_agent.mail.charset.decode import decode_text

# Groups nested deeper belong to no mail; reading ends there.
_MAX_DEPTH: Final = 200
_TOKEN: Final = re.compile(
    rb"\\(?P<word>[A-Za-z]{1,32}+)(?P<number>-?[0-9]{1,10})? ?|\\'(?P<hex>[0-9A-Fa-f]{2})|\\(?P<symbol>[^A-Za-z])"
    rb"|(?P<brace>[{}])|[\r\n\0]+|(?P<text>[^\\{}\r\n\0]+)"
)
# What is no text of the document (a group that begins with \* is none either).
_HIDDEN_GROUPS: Final = frozenset(
    """fonttbl colortbl stylesheet info pict objdata filetbl header headerl headerr headerf footer footerl footerr footerf
    fldinst themedata datastore xe tc txe bkmkstart bkmkend listtable listoverridetable revtbl rsidtbl nonshppict""".split()
)
_CHARACTERS: Final = {
    "par": "\n", "line": "\n", "sect": "\n", "page": "\n", "row": "\n", "lbr": "\n", "softline": "\n", "tab": "\t",
    "cell": "\t", "nestcell": "\t", "nestrow": "\n", "emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘",
    "rquote": "’", "ldblquote": "“", "rdblquote": "”", "emspace": " ", "enspace": " ", "qmspace": " ", "zwj": "\u200d",
    "zwnj": "\u200c",
}  # fmt: skip
_SYMBOLS: Final = {b"~": "\xa0", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}", b"\n": "\n", b"\r": "\n"}
# Windows' character sets of fonts, as code pages.
_CODE_PAGES: Final = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "cp936", 136: "cp950", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
    255: "cp850",
}  # fmt: skip


class _State(NamedTuple):
    """What a group takes over from the one around it and loses at its end."""

    hidden: bool = False
    invisible: bool = False
    fonts: bool = False
    font: int = -1
    skip: int = 1


@dataclass(slots=True)
class _Reader:
    """Working state. ``octets`` wait to be decoded in the code page of the font; ``passed_over`` counts what still stands
    for a character that was given as Unicode."""

    code_page: str = "cp1252"
    state: _State = field(default_factory=_State)
    stack: list[_State] = field(default_factory=list)
    pages: dict[int, str] = field(default_factory=dict)
    pieces: list[str] = field(default_factory=list)
    octets: bytearray = field(default_factory=bytearray)
    passed_over: int = 0

    def write(self, text: str) -> None:
        self.flush()
        if not (self.state.hidden or self.state.invisible):
            self.pieces.append(text)

    def write_octets(self, octets: bytes, characters: int) -> None:
        """Text in the font's code page; the first of it may stand for a Unicode character before it."""
        left_out = min(self.passed_over, characters)
        self.passed_over -= left_out
        if not (self.state.hidden or self.state.invisible):
            self.octets += octets[left_out:]

    def flush(self) -> None:
        if self.octets:
            page = self.pages.get(self.state.font, self.code_page)
            self.pieces.append(decode_text(bytes(self.octets), page).text)
            self.octets.clear()

    def change(self, **values: bool | int) -> None:
        if all(getattr(self.state, name) == value for name, value in values.items()):
            return
        self.flush()
        self.state = self.state._replace(**values)  # type: ignore[arg-type]


def rtf_to_text(rtf: bytes) -> str:
    """The text that a reader sees; what comes after a break in the syntax may be missing. Never raises."""
    reader = _Reader()
    if rtf.lstrip()[:5] != rb"{\rtf":
        return ""
    for token in _tokens(rtf):
        if token["text"] is not None:
            reader.write_octets(token["text"], len(token["text"]))
        elif token["hex"] is not None:
            reader.write_octets(bytes.fromhex(token["hex"].decode()), 1)
        elif token["brace"] is not None:
            if not _enter_or_leave(reader, token["brace"]):
                break
        elif token["symbol"] is not None:
            _symbol(reader, token["symbol"])
        elif token["word"] is not None:
            _word(reader, token["word"].decode(), int(token["number"]) if token["number"] else None)
    reader.flush()
    # Characters beyond the first plane are given as two halves (UTF-16).
    return "".join(reader.pieces).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").strip("\n")


def _tokens(rtf: bytes) -> Iterator[re.Match[bytes]]:
    """All tokens; the raw bytes that follow ``\\bin`` are skipped."""
    position = 0
    while token := _TOKEN.match(rtf, position) or _TOKEN.search(rtf, position):
        position = token.end()
        if token["word"] == b"bin" and token["number"]:
            position += max(0, int(token["number"]))
        yield token


def _enter_or_leave(reader: _Reader, brace: bytes) -> bool:
    """False at the end of the document."""
    reader.flush()
    reader.passed_over = 0
    if brace == b"{":
        reader.stack.append(reader.state)
        return len(reader.stack) <= _MAX_DEPTH
    reader.state = reader.stack.pop()
    return bool(reader.stack)


def _symbol(reader: _Reader, symbol: bytes) -> None:
    if symbol == b"*":
        reader.change(hidden=True)
    elif reader.passed_over:
        reader.passed_over -= 1
    elif symbol in _SYMBOLS:
        reader.write(_SYMBOLS[symbol])


def _word(reader: _Reader, word: str, number: int | None) -> None:
    if word in _CHARACTERS:
        reader.write(_CHARACTERS[word])
    elif word in _HIDDEN_GROUPS:
        reader.change(hidden=True, fonts=reader.state.fonts or word == "fonttbl")
    elif word == "u" and number is not None:
        if -0x8000 <= number <= 0xFFFF:  # signed 16 bits, by some writers unsigned
            reader.write(chr(number % 0x10000))
        reader.passed_over = reader.state.skip
    elif word == "uc" and number is not None:
        reader.change(skip=max(0, number))
    elif word == "ansicpg" and number:
        reader.code_page = "utf-8" if number == 65001 else f"cp{number}"
    elif word == "f" and number is not None:
        reader.change(font=number)
    elif word == "fcharset" and reader.state.fonts and number in _CODE_PAGES:
        reader.pages[reader.state.font] = _CODE_PAGES[number]
    elif word in {"v", "deleted"}:
        reader.change(invisible=number != 0)
    elif word == "plain":
        reader.change(invisible=False, font=-1)
