"""What verifying the signatures of a message costs, estimated before any of it is done.

dkimpy works through header and body with regular expressions, which hold the interpreter's lock, and some of them take time
that grows with the square of a run of blanks. So a message that was made to be costly is not verified; nothing proves it.
"""

import re

from inbox_agent.errors import CheckTakesLong

MAX_SIGNATURES = 5
# A real signature takes one to two thousand characters.
MAX_SIGNATURE_BYTES = 8 * 1024
MAX_HEADER_BYTES = 256 * 1024
MAX_HEADER_FIELDS = 1000
# For all signatures of a message together: 25 MB of text take 2.2.
MAX_SECONDS = 2.5
# So much is done at once, before others: text of 50 KB, or a file of 200 KB.
SECONDS_AT_ONCE = 0.005

END_OF_HEADER = re.compile(rb"\r?\n\r?\n")
_FIELD_END = re.compile(rb"\r?\n(?![ \t])")
_SIGNATURE = re.compile(rb"(?:dkim-signature|arc-[a-z-]{1,40})[ \t]*:", re.IGNORECASE)
_LONG_RUN = re.compile(rb"[ \t]{16,}")
# Measured on a small machine: for each octet, blank and line of a body, and for the square of each long run of blanks.
_OCTET, _BLANK, _LINE, _SQUARE = 20e-9, 0.4e-6, 150e-9, 2e-9


class TooCostly(ValueError):
    """The signatures of a message would take too long to verify."""


class Meter:
    """What the check of one message has cost so far.

    Args:
        at_length: take the time that it takes, up to ``MAX_SECONDS``; else only what is done at once.
    """

    def __init__(self, *, at_length: bool) -> None:
        self._at_length, self._spent = at_length, 0.0

    def spend(self, seconds: float) -> None:
        """To be called before the work is done.

        Raises:
            TooCostly: for good.
            CheckTakesLong: others come first.
        """
        self._spent += seconds
        if self._spent > MAX_SECONDS:
            raise TooCostly("it would take long to verify")
        if not self._at_length and self._spent > SECONDS_AT_ONCE:
            raise CheckTakesLong(self._spent)


def header_of(raw: bytes) -> bytes:
    """The header section with the empty line behind it; cut where it is too long to be verified."""
    end = END_OF_HEADER.search(raw[: MAX_HEADER_BYTES + 4])
    return raw[: end.end()] if end else raw[: MAX_HEADER_BYTES + 4]


def find_excess(header: bytes) -> str:
    """What makes a message too costly to verify, "" when nothing in its header does.

    Args:
        header: from ``header_of``.
    """
    if len(header) >= MAX_HEADER_BYTES + 4:
        return f"its header is longer than {MAX_HEADER_BYTES} bytes"
    fields = _FIELD_END.split(header)
    if len(fields) > MAX_HEADER_FIELDS:
        return f"its header has more than {MAX_HEADER_FIELDS} fields"
    if any(len(field) > MAX_SIGNATURE_BYTES and _SIGNATURE.match(field) for field in fields):
        return f"a signature is longer than {MAX_SIGNATURE_BYTES} bytes"
    return ""


def seconds_to_verify(octets: bytes) -> float:
    """About how long one signature over a header or body takes, in seconds of a small machine."""
    tabs, squares = octets.count(b"\t"), 0
    if tabs or b" " * 16 in octets:
        squares = sum((found.end() - found.start()) ** 2 for found in _LONG_RUN.finditer(octets))
    blanks = octets.count(b" ") + tabs
    return len(octets) * _OCTET + blanks * _BLANK + octets.count(b"\n") * _LINE + squares * _SQUARE
