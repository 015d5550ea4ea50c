"""S/MIME mail signed with its text inside (RFC 8551, 3.5.2): the content, without checking the signature.

Reads just enough BER (X.690) for that: definite and indefinite lengths, bounded depth, nothing recursive.
"""

from collections.abc import Iterator

_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_SEQUENCE, _OID, _OCTETS, _OCTETS_CONSTRUCTED, _EXPLICIT = 0x30, 0x06, 0x04, 0x24, 0xA0
_MAX_PIECES = 100_000

# Tag, start and end of the content, start of what follows.
_Element = tuple[int, int, int, int]


def signed_content(octets: bytes) -> bytes | None:
    """The MIME entity within CMS SignedData (RFC 5652, 5.1); None when it is encrypted, detached or broken."""
    try:
        _, start, end, _ = _element(octets, 0, len(octets), _SEQUENCE)
        _, oid, oid_end, after = _element(octets, start, end, _OID)
        if octets[oid:oid_end] != _SIGNED_DATA:
            return None
        _, start, end, _ = _element(octets, after, end, _EXPLICIT)
        _, start, end, _ = _element(octets, start, end, _SEQUENCE)
        # version, digest algorithms, then the encapsulated content: a SEQUENCE that starts with an OID.
        after = _element(octets, _element(octets, start, end)[3], end)[3]
        _, start, end, _ = _element(octets, after, end, _SEQUENCE)
        after = _element(octets, start, end, _OID)[3]
        _, start, end, _ = _element(octets, after, end, _EXPLICIT)
        return b"".join(_pieces(octets, start, end))
    except (IndexError, ValueError):
        return None


def _pieces(octets: bytes, start: int, end: int) -> Iterator[bytes]:
    """The primitive strings of a possibly constructed OCTET STRING, in order."""
    position = start
    for _ in range(_MAX_PIECES):
        if position >= end:
            return
        tag, inside, inside_end, after = _element(octets, position, end)
        if tag == _OCTETS:
            yield octets[inside:inside_end]
            position = after
        elif tag == _OCTETS_CONSTRUCTED:
            position = inside
        else:
            return


def _element(octets: bytes, position: int, end: int, wanted: int | None = None) -> _Element:
    """The element at a position.

    Raises:
        ValueError, IndexError: it is broken, or not the wanted one.
    """
    if position + 2 > end:
        raise ValueError("cut short")
    tag, length = octets[position], octets[position + 1]
    if wanted is not None and tag != wanted:
        raise ValueError(f"tag {tag:#x} where {wanted:#x} was expected")
    start = position + 2
    if length == 0x80:
        # Indefinite: what follows is read up to the end of what is around it; end marks are no strings and end the pieces.
        return tag, start, end, end
    if length > 0x80:
        count = length & 0x7F
        if count > 4 or start + count > end:
            raise ValueError("a length of more than four bytes")
        length = int.from_bytes(octets[start : start + count], "big")
        start += count
    if start + length > end:
        raise ValueError("longer than what is around it")
    return tag, start, start + length, start + length
