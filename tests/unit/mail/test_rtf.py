"""Compressed RTF by the examples of its specification, and RTF to text."""

import struct
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_agent.mail.mime.rtf_compressed import decompress_rtf
from inbox_agent.mail.mime.rtf_text import rtf_to_text
from inbox_agent.mail.mime.tnef import read_tnef
from tests.fuzz_mail.__main__ import SECONDS

# MS-OXRTFCP, 3.1.1 and 3.1.2.
SIMPLE = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)
CROSSING = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")


def compressed(contents: bytes, raw_size: int = 10**9) -> bytes:
    """A stream of these tokens with a right checksum."""
    checksum = zlib.crc32(contents, 0xFFFFFFFF) ^ 0xFFFFFFFF
    return struct.pack("<II4sI", len(contents) + 12, raw_size, b"LZFu", checksum) + contents


def literal(rtf: bytes) -> bytes:
    """Compressed without any reference."""
    eights = [rtf[start : start + 8] for start in range(0, len(rtf), 8)]
    return compressed(b"".join(b"\0" + eight for eight in eights), len(rtf))


def winmail(*properties: tuple[int, bytes]) -> bytes:
    """A TNEF with binary message properties."""
    value = struct.pack("<I", len(properties))
    for number, octets in properties:
        value += struct.pack("<HHII", 0x102, number, 1, len(octets)) + octets + b"\0" * (-len(octets) % 4)
    return struct.pack("<IHBII", 0x223E9F78, 1, 1, 0x00069003, len(value)) + value + b"\0\0"


def test_the_examples_of_the_specification_are_expanded() -> None:
    assert decompress_rtf(SIMPLE, 1000) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert decompress_rtf(CROSSING, 1000) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"
    assert decompress_rtf(SIMPLE, 6) == b"{\\rtf1"
    assert decompress_rtf(struct.pack("<II4sI", 18, 6, b"MELA", 0) + b"{\\rtf1", 1000) == b"{\\rtf1"


@pytest.mark.parametrize("damage", [0, 8, 12, 20, -1])
def test_damaged_text_is_told_by_its_checksum(damage: int) -> None:
    octets = bytearray(SIMPLE)
    octets[damage] ^= 1
    assert decompress_rtf(bytes(octets), 1000) is None


@pytest.mark.parametrize("octets", [b"", SIMPLE[:15], SIMPLE[:-1]])
def test_text_that_is_cut_off_is_damaged(octets: bytes) -> None:
    assert decompress_rtf(octets, 1000) is None


@given(st.binary(max_size=2000))
def test_any_tokens_expand_within_the_limit(contents: bytes) -> None:
    expanded = decompress_rtf(compressed(contents), 3000)
    assert expanded is not None
    assert len(expanded) <= 3000


@pytest.mark.parametrize(
    ("rtf", "text"),
    [
        (rb"{\rtf1\ansi Write to {\b Sam}\par that I'm \i late.\par}", "Write to Sam\nthat I'm late."),
        (rb"{\rtf1\ansi\ansicpg1251 \'cf\'f0\'e8\'e2\'e5\'f2}", "Привет"),
        (rb"{\rtf1{\fonttbl{\f0 Arial;}{\f1\fcharset204 A;}}\f1 \'cf\f0  caf\'e9}", "П café"),
        (rb"{\rtf1{\fonttbl{\f2\fcharset128 MS;}}\f2\'83A\'83\'8b}", "アル"),
        (rb"{\rtf1 \u8364?5 \u-10179?\u-8704? \uc2\u233\'e9\'e9x \uc0\u233x}", "€5 😀 éx éx"),
        (rb"{\rtf1 a{\v secret} b\v c\v0 d {\deleted gone}e}", "a bd e"),
        (rb"{\rtf1{\*\generator X;}{\info{\title T}}{\colortbl;\red0;}hi{\*\unknown no}}", "hi"),
        (rb"{\rtf1 {\field{\*\fldinst HYPERLINK x}{\fldrslt link}} \{a\\b\}\~c\_d\tab e}", "link {a\\b}\xa0c-d\te"),
        (rb"{\rtf1 a{\pict\bin4 }}{{}b}c", "ab"),
        (b"{\\rtf1\r\n one\r\ntwo\\\nthree}", " onetwo\nthree"),
        (rb"{\rtf1\fromhtml1{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 Hello\htmlrtf\par}\htmlrtf0}", "Hello"),
        (rb"no rtf", ""),
        (rb"{\rtf1 a}b}}", "a"),
        (rb"{\rtf1 \uc-5\u99999999999 a\u\f\'zz", "9 azz"),
    ],
)
def test_rtf_is_read_as_it_is_shown(rtf: bytes, text: str) -> None:
    assert rtf_to_text(rtf) == text


@given(
    st.lists(
        st.sampled_from([rb"{", rb"}", rb"\u55357?", rb"\'e9", rb"\bin9 ", rb"\uc3", b"\\", b"a", rb"\f1", rb"\v"])
    )
)
def test_any_rtf_is_read_as_text_that_can_be_sent(pieces: list[bytes]) -> None:
    rtf_to_text(rb"{\rtf1" + b"".join(pieces)).encode()


def test_winmail_dat_with_compressed_rtf_only_is_read() -> None:
    content = read_tnef(winmail((0x1009, SIMPLE)))
    assert (content.text, content.defects) == ("hello world", ())
    plain = read_tnef(winmail((0x1009, SIMPLE), (0x1000, b"plain")))
    assert plain.text == "plain"
    damaged = read_tnef(winmail((0x1009, SIMPLE[:-1] + b"x")))
    assert damaged.text == ""
    assert "damaged" in damaged.defects[0]


@pytest.mark.parametrize("unit", [rb"\v\v0", b"{}", rb"\'e9\f1", rb"\u9?", b"{", b"\\", rb"\par"])
def test_hostile_rtf_is_read_in_time_and_cut(unit: bytes) -> None:
    octets = winmail((0x1009, literal(rb"{\rtf1" + unit * (600_000 // len(unit)))))
    started = time.process_time()
    content = read_tnef(octets)
    assert time.process_time() - started < SECONDS
    assert "was cut" in content.defects[0]
