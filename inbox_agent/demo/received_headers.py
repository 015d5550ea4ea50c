"""The trace headers that a receiving mail server puts above a message, and the results that it takes away. Pure."""

import re
from datetime import datetime
from email.utils import format_datetime

_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_END_OF_HEADER = re.compile(rb"(?:\A|\n)\r?\n")


def trace_headers(
    *, peer: str, helo: str, server: str, protocol: str, queue_name: str, recipient: str, now: datetime, login: str = ""
) -> bytes:
    """Delivered-To, Received (RFC 5321, 4.4) and, after a login, Authentication-Results (RFC 8601), with CRLF.

    Args:
        helo, peer: as the client called itself, and its IP address.
        protocol: a name of RFC 3848, such as ESMTPSA.
        recipient: the envelope address with its tag: what tells which conversation is meant when ids were rewritten.
        login: the account that was logged in to, "" for none.
    """
    client = re.sub(r"[^A-Za-z0-9.:_\[\]-]", "?", helo)[:255] or "unknown"
    lines = [
        f"Delivered-To: {recipient}",
        f"Received: from {client} ([{peer}])",
        f"\tby {server} (embedded mail server) with {protocol} id {queue_name}",
        f"\tfor <{recipient}>; {format_datetime(now)}",
    ]
    if login:
        lines.append(f"Authentication-Results: {server}; auth=pass smtp.auth={login}")
    return "".join(line + "\r\n" for line in lines).encode()


def without_results(message: bytes) -> bytes:
    """The message without the Authentication-Results that it brought along (RFC 8601, 5).

    All of them, since no mail comes here through another server of ours: telling by their text which are meant to pass for
    ours would be one more reading of them. Bare CR and LF end a line, too, but only LF ends the header: parsers differ, and
    none may see a claim that was not seen here.
    """
    end = _END_OF_HEADER.search(message)
    header_end = end.end() if end else len(message)
    kept = bytearray()
    dropping = False
    for match in _LINE.finditer(message, 0, header_end):
        line = match.group()
        if not line.startswith((b" ", b"\t")):
            name, colon, _ = line.partition(b":")
            dropping = bool(colon) and name.strip().lower() == b"authentication-results"
        if not dropping or not line.strip(b"\r\n"):
            kept += line
    return bytes(kept) + message[header_end:]
