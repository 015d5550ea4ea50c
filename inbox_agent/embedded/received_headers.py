"""The trace headers that a receiving mail server puts above a message, and the forged ones that it takes away. Pure."""

import re
from datetime import datetime
from email.utils import format_datetime

_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_COMMENT = re.compile(rb"\((?:[^()\\]|\\.)*\)")


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


def without_forged_results(message: bytes, authserv_id: str) -> bytes:
    """The message without Authentication-Results that claim to be of this server (RFC 8601, 5).

    Bare CR and LF end a header line too: parsers differ, and none may see a claim that was not seen here.
    """
    kept = bytearray()
    position = 0
    dropping = False
    for match in _LINE.finditer(message):
        line = match.group()
        if not line.strip(b"\r\n"):
            break
        if not line.startswith((b" ", b"\t")):
            dropping = _claims(message[match.start() :], authserv_id)
        if not dropping:
            kept += line
        position = match.end()
    return bytes(kept) + message[position:]


def _claims(field_and_rest: bytes, authserv_id: str) -> bool:
    name, colon, value = field_and_rest.partition(b":")
    if not colon or name.strip().lower() != b"authentication-results":
        return False
    identity = _COMMENT.sub(b" ", value.split(b";", 1)[0][:1000]).replace(b'"', b" ").split()
    return bool(identity) and identity[0].decode("latin-1").lower() == authserv_id.lower()
