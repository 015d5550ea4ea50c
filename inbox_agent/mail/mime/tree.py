"""Bytes to a tree of MIME entities (RFC 2045, 2046): bounded depth, count and work, nothing copied but what is decoded.

Knows nothing about what the parts mean; ``parse`` makes a ``Message`` of the tree.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from inbox_agent.mail.mime.headers import parse_parameters, unfold, unfold_exactly

MAX_DEPTH = 20
MAX_ENTITIES = 1000
MAX_BOUNDARY_HITS = 20_000
MAX_HEADER_BYTES = 256 * 1024
MAX_HEADER_FIELDS = 2000
MAX_NESTED_DECODED = 20 * 1024 * 1024

_UUENCODED = frozenset({"x-uuencode", "uuencode", "x-uue", "uue"})
_FIELD = re.compile(rb"([\x21-\x39\x3b-\x7e]{1,100})[ \t]*:")
# A receiving server takes forged ones away by what it sees itself: what it may not have seen as such is not read, either.
EXACT_FIELDS = frozenset({"authentication-results", "dkim-signature"})
_WHITE_SPACE = b" \t\r\n\v\f"
_BASE64_BYTES = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=" + _WHITE_SPACE
_BASE64_RUN = re.compile(rb"[A-Za-z0-9+/=\s]*")
_COMMENT = re.compile(r"\([^()]{0,100}\)")


@dataclass(slots=True)
class Budget:
    """What one message may cost, used up while its tree is read.

    ``defects`` says what was left out, ``told`` what of it changes the words, in sentences for whoever wrote them.
    """

    entities: int = MAX_ENTITIES
    boundary_hits: int = MAX_BOUNDARY_HITS
    nested_decoded: int = MAX_NESTED_DECODED
    defects: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def note(self, defect: str, tell: str = "") -> None:
        if defect not in self.defects and len(self.defects) < 50:
            self.defects.append(defect)
        if tell and tell not in self.told:
            self.told.append(tell)


@dataclass(slots=True)
class Entity:
    """One node: a message, a multipart or a leaf. ``octets[start:end]`` is its body, still transfer-encoded.

    ``number`` is the IMAP part number ("" for the message itself and for embedded messages' own roots).
    """

    octets: bytes = field(repr=False)
    start: int
    end: int
    fields: list[tuple[str, str]]
    number: str
    depth: int
    content_type: str = "text/plain"
    parameters: dict[str, str] = field(default_factory=dict)
    disposition: str = ""
    name: str = ""
    encoding: str = ""
    children: list["Entity"] = field(default_factory=list)

    def get(self, name: str) -> str:
        return next((value for key, value in self.fields if key.lower() == name), "")

    def leaves(self) -> Iterator["Entity"]:
        """Every node without children, in order of appearance; message/rfc822 nodes are given before what they hold."""
        stack = [self]
        while stack:
            node = stack.pop()
            if not node.children or node.content_type == "message/rfc822":
                yield node
            stack.extend(reversed(node.children))


def _lines(octets: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """(start of line, start of next line)."""
    position = start
    while position < end:
        newline = octets.find(b"\n", position, end)
        following = end if newline < 0 else newline + 1
        yield position, following
        position = following


def read_fields(octets: bytes, start: int, end: int, budget: Budget) -> tuple[list[tuple[str, str]], int]:
    """The header fields from ``start`` (unfolded, encoded words kept) and where the body starts.

    A line that is no field, with more fields after it, is read as a continuation that lost its indentation; with none
    after it, as the start of a body whose blank line is missing. Of ``EXACT_FIELDS`` nothing is repaired: a value that is
    not plainly written is "", and so are those behind a line that is no field.
    """
    raw: list[tuple[str, list[bytes]]] = []
    repaired: set[int] = set()
    repaired_from = MAX_HEADER_FIELDS
    limit = min(end, start + MAX_HEADER_BYTES)
    body = limit
    for position, following in _lines(octets, start, limit):
        line = octets[position:following].rstrip(b"\r\n")
        match = _FIELD.match(line)
        if not line.strip():
            if raw or position > start:
                body = following
                break
            continue  # blank lines before the first field
        if line[:1] in b" \t" and raw:
            raw[-1][1].append(line)
        elif match and len(raw) < MAX_HEADER_FIELDS:
            if match.end() > match.end(1) + 1:
                repaired.add(len(raw))  # white space before the colon
            raw.append((match[1].decode("ascii"), [line[match.end() :]]))
        elif match or (not raw and line.startswith((b"From ", b">From "))):
            continue  # over the limit, or an mbox separator
        elif raw and _fields_follow(octets, following, limit):
            budget.note("a header line that is no field was read as a continuation")
            raw[-1][1].append(b" " + line)
            repaired_from = min(repaired_from, len(raw) - 1)
        else:
            budget.note("the blank line after the header is missing")
            body = position
            break
    if body == limit and limit < end:
        budget.note(f"the header is longer than {MAX_HEADER_BYTES // 1024} KB; the rest of it was not read")
        blank = re.compile(rb"\n\r?\n").search(octets, limit, end)
        body = blank.end() if blank else end
    fields = [
        (name, _value(name, values, exact=index not in repaired and index < repaired_from))
        for index, (name, values) in enumerate(raw)
    ]
    return fields, body


def _value(name: str, lines: list[bytes], *, exact: bool) -> str:
    if name.lower() in EXACT_FIELDS:
        return unfold_exactly(lines) if exact else ""
    return unfold(b" ".join(lines))


def _fields_follow(octets: bytes, start: int, limit: int) -> bool:
    """Whether one of the next three lines is a header field, and that before any blank line."""
    for count, (position, following) in enumerate(_lines(octets, start, limit)):
        line = octets[position:following]
        if count == 3 or not line.strip():
            return False
        if _FIELD.match(line):
            return True
    return False


def read_entity(octets: bytes, start: int, end: int, *, number: str, depth: int, level: int, budget: Budget) -> Entity:
    """The entity that lies at ``octets[start:end]``, with everything below it.

    Args:
        depth: message/rfc822 wrappers around it. level: nesting of any kind, for the bound.
    """
    fields, body = read_fields(octets, start, end, budget)
    entity = Entity(octets, body, end, fields, number, depth)
    read_content_fields(entity)
    budget.entities -= 1
    if level >= MAX_DEPTH:
        if entity.content_type.startswith("multipart/") or entity.content_type == "message/rfc822":
            budget.note(f"parts nested deeper than {MAX_DEPTH} were not opened")
            entity.content_type = "application/octet-stream"
        return entity
    if entity.content_type.startswith("multipart/"):
        _read_multipart(entity, level, budget)
    elif entity.content_type in {"message/rfc822", "message/global"}:
        _read_embedded(entity, level, budget)
    return entity


def read_content_fields(entity: Entity) -> None:
    """Type, disposition, name and encoding, from the entity's header fields."""
    content_type, parameters = parse_parameters(entity.get("content-type"))
    if re.fullmatch(r"[^\s/]{1,80}/[^\s/]{1,120}", content_type):
        entity.content_type = content_type
    elif content_type in {"text", "multipart"}:
        entity.content_type = {"text": "text/plain", "multipart": "multipart/mixed"}[content_type]
    entity.parameters = parameters
    entity.disposition, disposition_parameters = parse_parameters(entity.get("content-disposition"))
    entity.name = disposition_parameters.get("filename") or parameters.get("name", "")
    entity.encoding = _encoding_of(entity.get("content-transfer-encoding"))


def _child_number(parent: str, index: int) -> str:
    return f"{parent}.{index}" if parent else str(index)


def _read_multipart(entity: Entity, level: int, budget: Budget) -> None:
    boundary = entity.parameters.get("boundary", "").encode("utf-8", errors="replace").rstrip()
    if not boundary:
        boundary = _sniff_boundary(entity)
        budget.note("a multipart without a boundary" + ("; found one in the text" if boundary else ""))
    spans = list(_spans(entity, boundary, budget)) if boundary else []
    if not spans:
        budget.note("a multipart without parts was read as text")
        entity.content_type = "text/plain"
        return
    for index, (start, end) in enumerate(spans, 1):
        if budget.entities <= 0:
            budget.note(f"more than {MAX_ENTITIES} parts; the rest was not read")
            break
        child = read_entity(
            entity.octets,
            start,
            end,
            number=_child_number(entity.number, index),
            depth=entity.depth,
            level=level + 1,
            budget=budget,
        )
        if entity.content_type == "multipart/digest" and not child.get("content-type"):
            # RFC 2046, 5.1.5: the default within a digest is message/rfc822.
            child.content_type = "message/rfc822"
            _read_embedded(child, level + 1, budget)
        entity.children.append(child)


def _sniff_boundary(entity: Entity) -> bytes:
    head = entity.octets[entity.start : min(entity.end, entity.start + 4096)]
    match = re.search(rb"^--([^\r\n]{5,200}?)\r?\n[Cc]ontent-", head, re.MULTILINE)
    return match[1] if match else b""


def _spans(entity: Entity, boundary: bytes, budget: Budget) -> Iterator[tuple[int, int]]:
    """Where the parts lie: from after one delimiter line to before the line break of the next (RFC 2046, 5.1.1)."""
    octets, end = entity.octets, entity.end
    delimiter = b"--" + boundary
    opened = -1
    position = entity.start
    while (hit := octets.find(delimiter, position, end)) >= 0:
        position = hit + len(delimiter)
        budget.boundary_hits -= 1
        if budget.boundary_hits < 0:
            budget.note("too many boundaries; the rest was not read")
            break
        newline = octets.find(b"\n", position, min(end, position + 200))
        line_end = newline if newline >= 0 else min(end, position + 200)
        rest = octets[position:line_end].strip()
        at_line_start = hit == entity.start or octets[hit - 1] == 0x0A
        if not at_line_start or rest not in {b"", b"--"}:
            continue
        if opened >= 0:
            yield opened, _before_line_break(octets, opened, hit)
        opened = -1
        if rest == b"--":
            return
        opened = min(end, line_end + 1)
    if opened >= 0:
        budget.note("a multipart that is not closed")
        if opened < end:
            yield opened, end


def _before_line_break(octets: bytes, start: int, hit: int) -> int:
    end = hit - 1 if hit > start else hit
    return end - 1 if end > start and octets[end - 1] == 0x0D else end


def _read_embedded(entity: Entity, level: int, budget: Budget) -> None:
    octets, start, end = entity.octets, entity.start, entity.end
    if entity.encoding in {"base64", "quoted-printable"}:
        # Forbidden by RFC 2046, 5.2.1, and sent all the same.
        octets = decode_body(entity, budget.nested_decoded)
        if len(octets) >= budget.nested_decoded:
            budget.note(
                f"encoded embedded messages of more than {MAX_NESTED_DECODED // 2**20} MB; the rest was not read"
            )
        budget.nested_decoded -= len(octets)
        start, end = 0, len(octets)
    if start >= end:
        return
    child = read_entity(
        octets, start, end, number=entity.number, depth=entity.depth + 1, level=level + 1, budget=budget
    )
    if not child.children:
        # RFC 3501, 6.4.5: the only part of a message that is no multipart is part 1 of it.
        child.number = _child_number(entity.number, 1)
    entity.children.append(child)


def _encoding_of(value: str) -> str:
    """The transfer encoding without comments (RFC 2045, 6.1); ``x-`` before a standard one is a mistake."""
    name = _COMMENT.sub("", value[:200]).strip().strip("\"';").strip().lower()
    return name[2:] if name in ("x-base64", "x-quoted-printable") else name


# --- transfer encodings ------------------------------------------------------------------------------------------


def decode_body(entity: Entity, limit: int) -> bytes:
    """The body without its transfer encoding, at most about ``limit`` bytes of it. Lenient: what is broken is skipped."""
    if entity.encoding == "base64":
        return decode_base64(entity.octets[entity.start : min(entity.end, entity.start + limit * 3 // 2)])[:limit]
    if entity.encoding in _UUENCODED:
        return decode_uuencode(entity.octets[entity.start : min(entity.end, entity.start + limit * 3 // 2)])[:limit]
    if entity.encoding == "quoted-printable":
        return binascii.a2b_qp(entity.octets[entity.start : min(entity.end, entity.start + limit * 3)])[:limit]
    return entity.octets[entity.start : min(entity.end, entity.start + limit)]


def decode_base64(octets: bytes) -> bytes:
    """Decode up to the first byte that cannot be base64: a list's footer, say. Padding in the middle is skipped."""
    if octets.translate(None, _BASE64_BYTES):
        run = _BASE64_RUN.match(octets)
        octets = run[0] if run else b""
    decoded = []
    for piece in re.split(rb"=+", octets.translate(None, _WHITE_SPACE)):
        whole = piece[: len(piece) - 1] if len(piece) % 4 == 1 else piece
        decoded.append(binascii.a2b_base64(whole + b"=" * (-len(whole) % 4)))
    return b"".join(decoded)


def decode_uuencode(octets: bytes) -> bytes:
    """The content between ``begin`` and ``end``; broken lines are read as far as their length byte says."""
    decoded = []
    begin = re.search(rb"^begin [0-7]{3,4} [^\r\n]*\r?\n", octets, re.MULTILINE)
    for line in octets[begin.end() if begin else 0 :].splitlines():
        if line.strip() == b"end":
            break
        try:
            decoded.append(binascii.a2b_uu(line))
        except binascii.Error:
            # Some encoders pad the last group; the first byte tells how much of the line counts.
            count = (((line[0] - 32) & 63) * 4 + 5) // 3 if line else 0
            try:
                decoded.append(binascii.a2b_uu(line[:count]))
            except binascii.Error:
                continue
    return b"".join(decoded)


def decoded_size(entity: Entity) -> int:
    """The size of the decoded body in bytes; counted, not decoded, for base64, an estimate for uuencode."""
    if entity.encoding == "base64":
        kept = entity.octets[entity.start : entity.end].translate(None, b" \t\r\n")
        return len(kept) * 3 // 4 - kept[-2:].count(b"=")
    if entity.encoding == "quoted-printable":
        return len(decode_body(entity, entity.end - entity.start))
    if entity.encoding in _UUENCODED:
        # 61 characters and a line break hold 45 bytes.
        return (entity.end - entity.start) * 45 // 62
    return entity.end - entity.start
