"""Outlook's winmail.dat (MS-OXTNEF): the plain, HTML or RTF text in it and the names of its files. Bounded; never raises."""

import struct
from dataclasses import dataclass

from inbox_agent.mail.charset.decode import decode_text
from inbox_agent.mail.mime.rtf_compressed import decompress_rtf
from inbox_agent.mail.mime.rtf_text import rtf_to_text

SIGNATURE = 0x223E9F78
_ATT_BODY = 0x0002800C
_ATT_TITLE = 0x00018010
_ATT_MAPI_PROPERTIES = 0x00069003
_ATT_ATTACHMENT_PROPERTIES = 0x00069005
_ATT_CODEPAGE = 0x00069007
_PR_BODY = 0x1000
_PR_BODY_HTML = 0x1013
_PR_RTF_COMPRESSED = 0x1009
_PR_ATTACH_LONG_NAME = 0x3707
_FIXED_SIZES = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_STRING8, _UNICODE, _OBJECT, _BINARY = 0x1E, 0x1F, 0x0D, 0x102
_MAX_ATTRIBUTES = 2000
_MAX_PROPERTIES = 2000
_MAX_RTF = 300_000


@dataclass(slots=True)
class TnefContent:
    """``readable`` is False when the bytes are no TNEF; ``names`` are those of the files inside; ``defects`` say what of
    the text could not be read."""

    readable: bool = False
    text: str = ""
    html: str = ""
    names: tuple[str, ...] = ()
    defects: tuple[str, ...] = ()


def read_tnef(octets: bytes) -> TnefContent:
    """Read what can be read; a broken stream gives what came before the break."""
    content = TnefContent()
    if len(octets) < 6 or struct.unpack_from("<I", octets)[0] != SIGNATURE:
        return content
    content.readable = True
    codepage = ""
    names: list[str] = []
    rtf = b""
    position = 6
    for _ in range(_MAX_ATTRIBUTES):
        if position + 9 > len(octets):
            break
        attribute, length = struct.unpack_from("<II", octets, position + 1)
        value = octets[position + 9 : position + 9 + length]
        position += 9 + length + 2
        if attribute == _ATT_CODEPAGE and len(value) >= 4:
            codepage = f"cp{struct.unpack_from('<I', value)[0]}"
        elif attribute == _ATT_BODY:
            content.text = content.text or _text(value, codepage)
        elif attribute == _ATT_TITLE:
            names.append(_text(value, codepage))
        elif attribute == _ATT_MAPI_PROPERTIES:
            properties = _read_properties(value)
            content.text = _property_text(properties, _PR_BODY, codepage) or content.text
            content.html = _property_text(properties, _PR_BODY_HTML, codepage) or content.html
            rtf = properties.get(_PR_RTF_COMPRESSED, (0, b""))[1] or rtf
        elif attribute == _ATT_ATTACHMENT_PROPERTIES and names:
            names[-1] = _property_text(_read_properties(value), _PR_ATTACH_LONG_NAME, codepage) or names[-1]
    content.names = tuple(names)
    if rtf and not (content.text.strip() or content.html.strip()):
        _read_rtf(rtf, content)
    return content


def _read_rtf(compressed: bytes, content: TnefContent) -> None:
    """The body, where it exists in Outlook's own form only."""
    rtf = decompress_rtf(compressed, _MAX_RTF)
    if rtf is None:
        content.defects = ("the text in winmail.dat is damaged and was not read",)
        return
    content.text = rtf_to_text(rtf)
    if len(rtf) >= _MAX_RTF:
        content.defects = (f"the text in winmail.dat is longer than {_MAX_RTF // 1000} KB and was cut",)


def _text(value: bytes, codepage: str) -> str:
    return decode_text(value, codepage).text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")


def _property_text(properties: dict[int, tuple[int, bytes]], wanted: int, codepage: str) -> str:
    kind, value = properties.get(wanted, (0, b""))
    return _text(value, "utf-16-le" if kind == _UNICODE else codepage)


def _read_properties(octets: bytes) -> dict[int, tuple[int, bytes]]:
    """Property id to (type, first value); multi-valued ones and what follows an unknown type are left out."""
    found: dict[int, tuple[int, bytes]] = {}
    try:
        (count,) = struct.unpack_from("<I", octets)
        position = 4
        for _ in range(min(count, _MAX_PROPERTIES)):
            kind, number = struct.unpack_from("<HH", octets, position)
            position += 4
            if number >= 0x8000:
                position = _skip_name(octets, position)
            if kind in _FIXED_SIZES:
                size = _FIXED_SIZES[kind]
                found.setdefault(number, (kind, octets[position : position + size]))
                position += size
            elif kind in {_STRING8, _UNICODE, _OBJECT, _BINARY}:
                values, length = struct.unpack_from("<II", octets, position)
                if values != 1:
                    break
                found.setdefault(number, (kind, octets[position + 8 : position + 8 + length]))
                position += 8 + length + (-length % 4)
            else:
                break
    except struct.error:
        return found
    return found


def _skip_name(octets: bytes, position: int) -> int:
    """Behind the GUID and the number or the name of a named property."""
    (kind,) = struct.unpack_from("<I", octets, position + 16)
    if kind == 0:
        return position + 24
    length = int(struct.unpack_from("<I", octets, position + 20)[0])
    return position + 24 + length + (-length % 4)
