"""Compressed RTF (MS-OXRTFCP), in which Outlook keeps bodies. Bounded; never raises."""

import struct
import zlib

_COMPRESSED = 0x75465A4C  # "LZFu"
_UNCOMPRESSED = 0x414C454D  # "MELA"
_HEADER = 16
# What both sides begin with (MS-OXRTFCP, 2.1.2.1).
_PRELOAD = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor "
    rb"MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_RING_SIZE = 4096
_FILL = _PRELOAD.rjust(_RING_SIZE)


def decompress_rtf(octets: bytes, limit: int) -> bytes | None:
    """The RTF, at most about ``limit`` bytes of it; None for what is none, or is damaged by its checksum."""
    if len(octets) < _HEADER:
        return None
    size, raw_size, kind, checksum = struct.unpack_from("<IIII", octets)
    # The size counts the header from its second field on.
    contents = octets[_HEADER : size + 4]
    if kind == _UNCOMPRESSED:
        return contents[: min(raw_size, limit)]
    if kind != _COMPRESSED or size + 4 > len(octets) or _checksum(contents) != checksum:
        return None
    return _expand(contents, min(raw_size, limit))


def _checksum(contents: bytes) -> int:
    """CRC-32 that begins with zero and is not inverted at the end (MS-OXRTFCP, 2.1.3.2), as zlib's is."""
    return zlib.crc32(contents, 0xFFFFFFFF) ^ 0xFFFFFFFF


def _expand(contents: bytes, limit: int) -> bytes:
    """Runs of a control byte and eight tokens, each a literal byte or a reference into the last 4 KB (2.1.3.1.4).

    The ring of the specification is the end of the output here, which begins with what the ring is filled with.
    """
    output = bytearray(_FILL)
    end, position = len(_FILL) + limit, 0
    while position < len(contents) and len(output) < end:
        control, position = contents[position], position + 1
        for bit in range(8):
            if not control >> bit & 1:
                output += contents[position : position + 1]
                position += 1
                continue
            (token,) = struct.unpack_from(">H", contents[position : position + 2].ljust(2, b"\0"))
            position += 2
            back = (len(output) + len(_PRELOAD) - (token >> 4)) % _RING_SIZE
            if back == 0 or position > len(contents):  # a reference to the place of writing ends it
                return bytes(output[len(_FILL) : end])
            length = (token & 15) + 2
            start = len(output) - back
            piece = output[start : start + length]
            output += (piece * (length // len(piece) + 1))[:length]  # it may overlap with what is being written
    return bytes(output[len(_FILL) : end])
