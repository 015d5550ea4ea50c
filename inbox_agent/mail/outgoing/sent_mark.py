"""The mark of a mail that we sent: a header field that only our key can make, by which its copy in our mailbox is known.

``X-Inbox-Agent-Mark: t=UNIXTIME; s=SIGNATURE; id=<MESSAGE-ID>``. The signature covers the id, the time, From, To and Cc. A
signed Message-ID alone proves nothing: everybody who got a mail of ours, or an answer to it, knows one. A recipient can send
the whole of a mail to us again, or its mark over another text; so a mark counts once, by its id, at the time that it names,
and on what came within a day of that. Neither Date nor Subject nor the Message-ID field itself is covered, since providers
change them.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass

from inbox_agent.mail.outgoing.wire_headers import WireHeader
from inbox_agent.mail.sender.trust import normalize_address
from inbox_agent.models import Address, Message

FIELD = "X-Inbox-Agent-Mark"
_VALUE = re.compile(r"t=(?P<at>\d{1,12});\s*s=(?P<signature>[A-Za-z2-7]{32});\s*id=(?P<id><[!-;=?-~]{1,900}>)")


@dataclass(frozen=True, slots=True)
class SentMark:
    """The Message-ID that we gave a mail, and when (Unix seconds)."""

    message_id: str
    at: int


def make_mark(message_id: str, *, sender: Address, visible: Iterable[Address], at: int, secret: bytes) -> WireHeader:
    """The field for a mail of ours.

    Args:
        visible: To and Cc.
    """
    people = [one.address for one in visible]
    signature = _signature(message_id, at, sender.address, people, secret)
    value = f"t={at}; s={signature}; id={message_id}"
    return WireHeader(value, FIELD, (f"t={at}; s={signature};", f"id={message_id}"))


def read_mark(message: Message, *, secret: bytes) -> SentMark | None:
    """What the mark of a mail says; None where there is none, or another than this mail's."""
    fields = message.header_all(FIELD)
    match = _VALUE.fullmatch(fields[0].strip()) if len(fields) == 1 and len(message.from_) == 1 else None
    if match is None or not secret:
        return None
    at, people = int(match["at"]), [one.address for one in (*message.to, *message.cc)]
    expected = _signature(match["id"], at, message.from_[0].address, people, secret)
    return SentMark(match["id"], at) if hmac.compare_digest(match["signature"].lower(), expected) else None


def _signature(message_id: str, at: int, sender: str, people: Iterable[str], secret: bytes) -> str:
    """160 bits in base32, over the addresses in whatever order and spelling they arrive."""
    covered = [message_id.lower(), str(at), _folded(sender), *sorted({_folded(one) for one in people})]
    digest = hmac.digest(secret, "\0".join(["sent", *covered]).encode("utf-8", "replace"), hashlib.sha256)
    return base64.b32encode(digest[:20]).decode("ascii").lower()


def _folded(address: str) -> str:
    return normalize_address(address.replace('"', "")).casefold()
