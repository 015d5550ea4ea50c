"""Threads by RFC 5322 only: which conversation a message belongs to, and the signed ids that our own mail carries.

An id of ours is ``<ia2.WORKFLOW.rDRAFT.NONCE.OWNER.SIGNATURE@domain>``, a reply address ``agent+WORKFLOW.TOKEN@domain``.
All fields are lower-case base32 or decimal digits, since some systems lower-case local parts, and the signature covers
everything before it, so that an id can neither be forged nor altered. A token only finds the thread; what a sender may
do comes from who they are. OWNER is a keyed hash of the conversation's owner: should the workflow server no longer know the
conversation, or know somebody else's under its name, nobody takes it over by an id.

Version 1 has no OWNER (``ia1…``, and a reply address that begins with "m" or "x"). Conversations without an owner use it,
running ones hold such ids, and people answer old mails, so they still find their conversation.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from inbox_agent.mail.mime.addresses import parse_addresses
from inbox_agent.mail.sender.trust import normalize_address
from inbox_agent.models import FoundIn, Message, ThreadMatch

_WORKFLOW_CHARACTERS = 26  # 130 bits of the SHA-256; 128 are what base32 of 16 bytes gives, rounded up to characters
_SIGNATURE_CHARACTERS = 16  # 80 bits
_MARK_CHARACTERS = 10  # 50 bits of a keyed hash, in an id
# In a reply address, which has to be short, owner (30 bits) and signature (50 bits) share the place that the signature had.
_SHORT_MARK, _SHORT_SIGNATURE = 6, 10
# The kinds of a packed workflow id in a reply address of version 2, and what they were in version 1.
_WITH_OWNER = {"m": "n", "x": "y"}
_MAX_LOCAL_PART = 64  # octets, RFC 5321, 4.5.3.1.1
_OWN_ID = re.compile(
    r"<?(?P<signed>ia(?P<version>[12])\.(?P<kind>[mx])(?P<packed>[a-z2-7]{1,400})\.(?P<draft>r[0-9]{1,9}|n)\.[a-z2-7]{16}"
    r"(?:\.(?P<owner>[a-z2-7]{10}))?)\.(?P<signature>[a-z2-7]{16})@[^<>\s]+>?"
)
_TOKEN = re.compile(r"(?P<kind>[mnxy])(?P<packed>[a-z2-7]+)\.(?P<signature>[a-z2-7]{16})")
# Where providers that rewrite the Message-ID keep the one that was submitted.
ORIGINAL_ID_FIELDS = ("X-Google-Original-Message-ID", "X-Microsoft-Original-Message-ID", "X-Original-Message-ID")
# Where servers on the way note whom they delivered to.
_DELIVERY_FIELDS = ("Delivered-To", "X-Original-To", "Envelope-To")
_DELIVERY_NAMES = frozenset(name.lower() for name in _DELIVERY_FIELDS)


def _base32(octets: bytes) -> str:
    return base64.b32encode(octets).decode("ascii").lower().rstrip("=")


def _signature(purpose: str, text: str, secret: bytes) -> str:
    """80 bits of an HMAC; ``purpose`` keeps a reply token from being passed off as an id."""
    return _base32(hmac.digest(secret, f"{purpose}:{text}".encode(), hashlib.sha256)[:10])


def _pack(workflow_id: str) -> str:
    """The workflow id in base32 characters: ours as they are (``m…``), any other text encoded (``x…``)."""
    if re.fullmatch(rf"mail-[a-z2-7]{{{_WORKFLOW_CHARACTERS}}}", workflow_id):
        return "m" + workflow_id.removeprefix("mail-")
    return "x" + _base32(workflow_id.encode())


def _unpack(kind: str, packed: str) -> str | None:
    if kind == "m":
        return f"mail-{packed}" if len(packed) == _WORKFLOW_CHARACTERS else None
    try:
        return base64.b32decode(packed.upper() + "=" * (-len(packed) % 8)).decode()
    except ValueError:
        return None


def thread_root(message: Message) -> str:
    """The first id of References, else In-Reply-To, else the message's own Message-ID."""
    return (*message.references, *message.in_reply_to, message.message_id)[0]


def workflow_id_of(root: str, mailbox: str, *, sender: str = "") -> str:
    """The workflow id: a pure function of the thread root and the agent's address (case-insensitive).

    Args:
        sender: who wrote in a thread whose root leads to somebody else's conversation: theirs is another one.
    """
    key = f"sender\0{sender.lower()}\0{mailbox.lower()}\0{root}" if sender else f"{mailbox.lower()}\0{root}"
    digest = hashlib.sha256(key.encode(errors="replace")).digest()
    return "mail-" + _base32(digest[:17])[:_WORKFLOW_CHARACTERS]


@dataclass(frozen=True, slots=True)
class _OwnReference:
    """What an id or a reply address of ours says.

    Attributes:
        revision: the number of the draft that the mail showed.
        owner_mark: see ``is_mark_of``; "" in version 1, which named no owner.
    """

    workflow_id: str
    revision: int | None = None
    owner_mark: str = ""


def _mark_of(owner: str, secret: bytes) -> str:
    """A keyed hash of an owner's address, written in any way that means the same."""
    return _signature("owner", normalize_address(owner), secret)


def is_mark_of(mark: str, owner: str, *, secret: bytes) -> bool:
    """Whether an id with this mark was made for this owner."""
    return bool(mark) and hmac.compare_digest(mark, _mark_of(owner, secret)[: len(mark)])


def make_message_id(
    workflow_id: str, nonce: str, *, secret: bytes, domain: str, owner: str = "", revision: int | None = None
) -> str:
    """A Message-ID of ours that carries workflow id, owner, draft number and an HMAC signature. ``nonce`` makes it unique.

    The same arguments give the same id: a repeated attempt to send is recognized by it.

    Args:
        owner: the conversation's, "" where it has none (one of the HTTP API).
    """
    unique = _base32(hashlib.sha256(nonce.encode()).digest()[:10])
    draft = "n" if revision is None else f"r{revision}"
    signed = f"{_pack(workflow_id)}.{draft}.{unique}"
    signed = f"ia2.{signed}.{_mark_of(owner, secret)[:_MARK_CHARACTERS]}" if owner else f"ia1.{signed}"
    return f"<{signed}.{_signature('id', signed, secret)}@{domain}>"


def read_message_id(message_id: str, *, secret: bytes) -> tuple[str, int | None] | None:
    """Workflow id and draft number of an id of ours; None for any other, forged ones included."""
    found = _own_id(message_id, secret)
    return (found.workflow_id, found.revision) if found else None


def _own_id(message_id: str, secret: bytes) -> _OwnReference | None:
    match = _match_own_id(message_id)
    if not match or not hmac.compare_digest(match["signature"], _signature("id", match["signed"], secret)):
        return None
    workflow_id = _unpack(match["kind"], match["packed"])
    if workflow_id is None:
        return None
    revision = int(match["draft"][1:]) if match["draft"] != "n" else None
    return _OwnReference(workflow_id, revision, match["owner"] or "")


def _match_own_id(message_id: str) -> re.Match[str] | None:
    match = _OWN_ID.fullmatch(message_id.strip().lower())
    return match if match and (match["version"] == "2") == bool(match["owner"]) else None


def count_signed(message_ids: Sequence[str], *, secret: bytes) -> int:
    """How many different ids of ours are among them: anybody can write mail that looks like ours, or copy one that went out."""
    return len({one for one in message_ids if read_message_id(one, secret=secret)})


def looks_like_own_id(message_id: str) -> bool:
    """Whether an id has the form of ours, signature unchecked: enough to keep from answering ourselves."""
    return _match_own_id(message_id) is not None


def ids_as_sent(message: Message) -> tuple[str, ...]:
    """The Message-ID, and the one that the sender gave it where a provider has rewritten it."""
    return tuple(one for one in (message.message_id, *(message.header(name) for name in ORIGINAL_ID_FIELDS)) if one)


def make_reply_address(
    workflow_id: str, *, secret: bytes, mailbox: str, owner: str = "", tag_separator: str = "+"
) -> str:
    """``agent+TOKEN@…`` for our Reply-To; the local part stays within the 64 octets of RFC 5321, 4.5.3.1.1.

    Where mailbox name or workflow id are too long for that, it is the plain mailbox: the Message-IDs find the thread.

    Args:
        owner: as in ``make_message_id``.
    """
    local, _, domain = mailbox.rpartition("@")
    packed = _pack(workflow_id)
    signature = _signature("to", packed, secret)
    if owner:
        packed = _WITH_OWNER[packed[0]] + packed[1:]
        mark = _mark_of(owner, secret)[:_SHORT_MARK]
        signature = mark + _short_signature(packed, mark, secret)
    tagged = f"{local}{tag_separator}{packed}.{signature}"
    return f"{tagged}@{domain}" if len(tagged.encode()) <= _MAX_LOCAL_PART else mailbox


def _short_signature(packed: str, mark: str, secret: bytes) -> str:
    return _signature("to", f"{packed}.{mark}", secret)[:_SHORT_SIGNATURE]


def read_reply_address(address: str, *, secret: bytes, mailbox: str, tag_separator: str = "+") -> str | None:
    """The workflow id that a reply address of ours carries; None for any other address, forged ones included."""
    found = _own_reply_address(address, secret, mailbox, tag_separator)
    return found.workflow_id if found else None


def _own_reply_address(address: str, secret: bytes, mailbox: str, tag_separator: str) -> _OwnReference | None:
    own_local, _, own_domain = mailbox.lower().rpartition("@")
    local, _, domain = address.lower().rpartition("@")
    if domain != own_domain or not local.startswith(own_local + tag_separator):
        return None
    match = _TOKEN.fullmatch(local.removeprefix(own_local + tag_separator))
    if not match:
        return None
    kind, packed, mark = match["kind"], match["kind"] + match["packed"], ""
    expected = _signature("to", packed, secret)
    if kind in _WITH_OWNER.values():
        mark = match["signature"][:_SHORT_MARK]
        expected = mark + _short_signature(packed, mark, secret)
        kind = next(old for old, new in _WITH_OWNER.items() if new == kind)
    if not hmac.compare_digest(match["signature"], expected):
        return None
    workflow_id = _unpack(kind, match["packed"])
    return _OwnReference(workflow_id, None, mark) if workflow_id else None


def find_thread(message: Message, *, mailbox: str, secret: bytes, tag_separator: str = "+") -> ThreadMatch:
    """A signed id of ours in In-Reply-To/References (nearest first), else a signed token in a recipient address
    (To, Cc, Delivered-To, X-Original-To, Envelope-To), else the thread root. Forged signatures are ignored.

    ``found_in`` says where, since a delivery field that anybody on the way can have added finds the thread too.
    """
    root = thread_root(message)
    for message_id in (*message.in_reply_to, *reversed(message.references)) if secret else ():
        if found := _own_id(message_id, secret):
            return _match(found, "message-id", root, "ids")
    for address, found_in in _recipients(message) if secret else ():
        if found := _own_reply_address(address, secret, mailbox, tag_separator):
            return _match(found, "token", root, found_in)
    return ThreadMatch(workflow_id_of(root, mailbox), "root", root, ours=False)


def _match(found: _OwnReference, how: Literal["message-id", "token"], root: str, found_in: FoundIn) -> ThreadMatch:
    return ThreadMatch(
        found.workflow_id, how, root, ours=True, revision=found.revision, found_in=found_in, owner_mark=found.owner_mark
    )


def _recipients(message: Message) -> Iterator[tuple[str, FoundIn]]:
    """Recipient addresses and where they stand: those that the sender wrote, the last server, others on the way."""
    places: tuple[tuple[FoundIn, Sequence[str]], ...] = (
        ("to", message.header_all("To")),
        ("cc", message.header_all("Cc")),
        ("delivery", _of_last_server(message)),
        ("trace", [value for name in _DELIVERY_FIELDS for value in message.header_all(name)]),
    )
    for place, fields in places:
        for field in fields:
            for address in parse_addresses(field):
                yield address.address, place


def _of_last_server(message: Message) -> list[str]:
    """The topmost delivery field of each name that stands above every Received: only the server that stored the mail
    writes there (RFC 5321, 4.4). Where there is no Received, nothing tells it from what the sender wrote."""
    above: dict[str, str] = {}
    for name, value in message.headers:
        if name.lower() == "received":
            return list(above.values())
        if name.lower() in _DELIVERY_NAMES:
            above.setdefault(name.lower(), value)
    return []


# --- whole mailboxes ---------------------------------------------------------------------------------------------


def group_threads(messages: Sequence[Message]) -> list[list[int]]:
    """The threads of a mailbox as lists of positions, each in mailbox order, threads by their first message.

    The REFERENCES algorithm (RFC 5256, 3, step 1) without its merging by subject: the subject is never a key here.
    A later message with an id that was seen before counts as another message; loops are not closed; ids that no message
    has (missing parents) still hold their children together.
    """
    parents: dict[str, str] = {}
    keys = _unique_keys(messages)
    for message, key in zip(messages, keys, strict=True):
        chain = list(message.references or message.in_reply_to[:1])
        for parent, child in pairwise(chain):
            if child not in parents and not _descends(parent, child, parents):
                parents[child] = parent
        # The message's own References are surer than what others, with cut ones, said of it.
        parents.pop(key, None)
        if chain and not _descends(chain[-1], key, parents):
            parents[key] = chain[-1]
    groups: dict[str, list[int]] = {}
    for position, key in enumerate(keys):
        groups.setdefault(_top(key, parents), []).append(position)
    return list(groups.values())


def _unique_keys(messages: Sequence[Message]) -> list[str]:
    """The Message-IDs; a repeated one gets a key that no reference can name."""
    seen: set[str] = set()
    keys = []
    for position, message in enumerate(messages):
        repeated = message.message_id in seen
        seen.add(message.message_id)
        keys.append(f"repeated {position}" if repeated else message.message_id)
    return keys


def _descends(one: str, other: str, parents: dict[str, str]) -> bool:
    """Whether ``one`` is ``other`` or lies below it; then a link the other way round would close a loop."""
    current: str | None = one
    while current is not None:
        if current == other:
            return True
        current = parents.get(current)
    return False


def _top(key: str, parents: dict[str, str]) -> str:
    while key in parents:
        key = parents[key]
    return key
