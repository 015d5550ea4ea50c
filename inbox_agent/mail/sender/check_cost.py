"""What verifying the signatures of a message would cost, told before any of it is done.

dkimpy works through header and body with regular expressions, which hold the interpreter's lock, and some of them take time
that grows with the square of a run of blanks. So a message that was made to be costly is not verified; nothing proves it.
"""

import re

MAX_SIGNATURES = 5
# A real signature takes one to two thousand characters.
MAX_SIGNATURE_BYTES = 8 * 1024
MAX_HEADER_BYTES = 256 * 1024
MAX_HEADER_FIELDS = 1000
# For all signatures of a message together.
MAX_SECONDS = 4.0

_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")
_FIELD_END = re.compile(rb"\r?\n(?![ \t])")
_SIGNATURE = re.compile(rb"(?:dkim-signature|arc-[a-z-]{1,40})[ \t]*:", re.IGNORECASE)
_LONG_RUN = re.compile(rb"[ \t]{16,}")
# Measured on a small machine: for each octet, blank and line of a body, and for the square of each long run of blanks.
_OCTET, _BLANK, _LINE, _SQUARE = 20e-9, 0.4e-6, 150e-9, 2e-9


def find_excess(raw: bytes) -> str:
    """What makes a message too costly to verify, "" when nothing does."""
    end = _END_OF_HEADER.search(raw[: MAX_HEADER_BYTES + 4])
    header = raw[: end.start()] if end else raw
    if len(header) > MAX_HEADER_BYTES:
        return f"its header is longer than {MAX_HEADER_BYTES} bytes"
    fields = _FIELD_END.split(header)
    if len(fields) > MAX_HEADER_FIELDS:
        return f"its header has more than {MAX_HEADER_FIELDS} fields"
    if any(len(field) > MAX_SIGNATURE_BYTES and _SIGNATURE.match(field) for field in fields):
        return f"a signature is longer than {MAX_SIGNATURE_BYTES} bytes"
    if seconds_to_verify(raw) > MAX_SECONDS:
        return "its body would take long to verify"
    return ""


def most_signatures(raw: bytes) -> int:
    """How many signatures of a message there is time to verify: each works through the whole body again."""
    return max(1, min(MAX_SIGNATURES, int(MAX_SECONDS / max(seconds_to_verify(raw), 1e-9))))


def seconds_to_verify(raw: bytes) -> float:
    """About how long one signature takes, in seconds of a small machine."""
    blanks = raw.count(b" ") + raw.count(b"\t")
    squares = sum((found.end() - found.start()) ** 2 for found in _LONG_RUN.finditer(raw))
    return len(raw) * _OCTET + blanks * _BLANK + raw.count(b"\n") * _LINE + squares * _SQUARE
