"""Whether a message can be read in one way only. Where another program vouches for it, both must have read the same."""

import re

from inbox_agent.mail.mime.headers import MAX_FIELD_BYTES
from inbox_agent.mail.mime.tree import MAX_HEADER_BYTES, MAX_HEADER_FIELDS, Entity, decode_body

# Without what some programs take for white space or the end of a line.
_PLAIN_LINE = re.compile(rb"(?:[\x21-\x39\x3b-\x7e]{1,100}:|[ \t]+[^\s\x1c-\x1f])[^\x00\x0b-\x0d\x1c-\x1f]*\r?")


def has_plain_header(root: Entity) -> bool:
    """Whether the header is nothing but fields and their continuations, up to the empty line, and within the limits.

    A line of white space ends the header for some and continues it for others; so it is with lines that are no field, with
    bare CR, and with white space before the colon. Of a field that is longer than what is read here, another program sees
    more.
    """
    if root.start > MAX_HEADER_BYTES or len(root.fields) >= MAX_HEADER_FIELDS:
        return False
    *lines, rest = root.octets[: root.start].split(b"\n")
    if lines and lines[-1] in (b"\r", b""):
        lines.pop()
    return not rest and all(_PLAIN_LINE.fullmatch(line) for line in lines) and _longest_field(lines) <= MAX_FIELD_BYTES


def _longest_field(lines: list[bytes]) -> int:
    longest = length = 0
    for line in lines:
        length = len(line) + 1 + (length if line[:1] in b" \t" else 0)
        longest = max(longest, length)
    return longest


def has_plain_layout(root: Entity) -> bool:
    """Whether the body itself shows that its Content-Type is the one it was written with, as to where text is quoted.

    A multipart has to begin with its own delimiter. Text must not begin as a multipart or a page does, since as plain text
    both would show what they hold of others as the writer's words.
    """
    if root.content_type.startswith("multipart/"):
        first_line = root.octets[root.start : root.start + 1000].lstrip().split(b"\n", 1)[0].rstrip()
        return first_line.decode("utf-8", "replace") == "--" + root.parameters.get("boundary", "").rstrip()
    return root.content_type == "text/plain" and not decode_body(root, 1000).lstrip().startswith((b"--", b"<"))
