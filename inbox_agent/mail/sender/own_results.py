"""Which Authentication-Results of a message our own receiving server wrote (RFC 8601, 5). What they prove is not told here."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from inbox_agent.mail.domains import (
    aligned,
    canonical_domain,
    domain_of,
    is_public_suffix,
    lower_ascii,
    organizational_domain,
)
from inbox_agent.mail.sender.authres import AuthenticationResults, MethodResult, parse_authentication_results
from inbox_agent.mail.sender.signed_fields import dkim_domain, mail_from_domain, passed
from inbox_agent.models import Message

_BY_HOST = re.compile(r"\bby\s+([A-Za-z0-9._-]+\.[A-Za-z0-9-]+)", re.IGNORECASE)
_FROM = re.compile(r"\s*from\s+(\S+)\s*(?:\(([^()]*)\))?", re.IGNORECASE)
# How a server writes its own name: first, bare, at most with a version and a plain comment behind it. A field that names it in
# another way was perhaps not recognized when forged ones were taken away, or is its own all the same: nobody can tell.
_NAME = re.compile(r"([^\s;=()\"/\\,]+)(?:\s+[0-9]{1,9})?\s*(?:\([^()\\;\"]*\)\s*)?(?:;|$)")
# What stands before the first semicolon: comments, nested ones too, are told apart by their depth.
_HEAD_PIECE = re.compile(r'\\.|[()";]|[^\\()";]+', re.DOTALL)
_NAMELESS = re.compile(r"[a-z][a-z0-9-]*=", re.IGNORECASE)
# The organizations of the hosts that one mail passes within Exchange Online.
_EXCHANGE_ONLINE = frozenset({"outlook.com", "office365.com", "exchangelabs.com", "office.com"})


@dataclass(frozen=True, slots=True)
class OwnResults:
    """What the pinned server stated, topmost first.

    ``readable`` is False when a field cannot be read that may be its own: then it may have said that the sender is forged,
    so nothing else in the mail counts, and nothing is checked in its place.
    """

    results: tuple[MethodResult, ...] = ()
    readable: bool = True

    @property
    def silent(self) -> bool:
        """Whether the server evaluated nothing, so that a check of our own may stand in."""
        return self.readable and not self.results


_UNREADABLE = OwnResults(readable=False)
_NOBODY_CAN_TELL = AuthenticationResults(None, whole=False)


def trusted_results(message: Message, authserv_id: str) -> OwnResults:
    """The results of the pinned server; what came with the mail from elsewhere is left out.

    Headers are prepended on the way (RFC 5321, 4.4), so only those above the first Received field that a foreign host
    wrote, or that is older than the one that took the mail in, can be ours. Nothing tells a field that the sender brought
    along from the genuine one right above it. So the topmost field alone counts, except that a server whose programs
    write a field each may state one more method in each of the next, never ``auth``, and ``dmarc=pass`` only after what it
    rests on.
    """
    fields = _fields_of(message, authserv_id)
    topmost = next(fields, None)
    if topmost is None:
        return OwnResults()
    if not topmost.whole:
        return _UNREADABLE
    ours = list(topmost.results)
    stated = {one.method for one in ours}
    while len(stated) == 1 and (following := next(fields, None)) is not None:
        if not following.whole:
            return _UNREADABLE
        methods = {one.method for one in following.results}
        if len(methods) != 1 or methods & {"auth", *(one.method for one in ours)}:
            break
        if any(one.method == "dmarc" and passed(one) for one in following.results) and not _is_supported(ours, message):
            break
        ours.extend(following.results)
    return OwnResults(tuple(ours))


def _is_supported(stated: list[MethodResult], message: Message) -> bool:
    """Whether a ``dmarc=pass`` in a field of its own can be true: by what the fields above it state of DKIM or SPF.

    A server whose program for DMARC puts its field on top needs no such support; one below may have come with the mail.
    """
    domain = domain_of(message.from_[0].address) if message.from_ else ""
    return any(
        passed(one) and aligned(dkim_domain(one) if one.method == "dkim" else mail_from_domain(one), domain)
        for one in stated
        if one.method in {"dkim", "spf"}
    )


def _fields_of(message: Message, authserv_id: str) -> Iterator[AuthenticationResults]:
    """The topmost unbroken group of fields in the pinned server's name, and those that cannot be read (not ``whole``)."""
    organizations = _our_organizations(message, authserv_id)
    found = taken_in = False
    for kind, value, host in _trace(message):
        if kind == "received":
            if found or taken_in or (host and organizational_domain(host) not in organizations):
                return
            taken_in = _came_from_outside(value, organizations)
        elif (results := _pinned(value, host, authserv_id)) is not None:
            found = True
            yield results


def _trace(message: Message) -> Iterator[tuple[str, str, str]]:
    """(received | results, value, host): for Received the host that wrote it, for results the host of the Received above."""
    host = ""
    for name, value in message.headers:
        kind = name.lower()
        if kind == "received":
            host = _host_of(value)
            yield "received", value, host
        elif kind == "authentication-results":
            yield "results", value, host


def _host_of(received: str) -> str:
    match = _BY_HOST.search(re.sub(r"\([^()]*\)", " ", received))
    return match[1].lower().rstrip(".") if match else ""


def _our_organizations(message: Message, authserv_id: str) -> frozenset[str]:
    """The pinned name's, and the topmost Received field's, which only the server that stored the mail can have written."""
    topmost = _host_of(message.header("Received"))
    organizations = frozenset(
        organizational_domain(name) for name in (authserv_id.lstrip("*."), topmost) if "." in canonical_domain(name)
    )
    return organizations | _EXCHANGE_ONLINE if organizations & _EXCHANGE_ONLINE else organizations


def _came_from_outside(received: str, organizations: frozenset[str]) -> bool:
    """Whether a Received field of ours says that a foreign host handed the mail over: what stands below came with it.

    What our server found out about that host stands in parentheses (RFC 5321, 4.4); where it holds no name, the name before
    it counts.
    """
    match = _FROM.match(received)
    if not match:
        return False
    found = re.sub(r"\b(?:helo|ehlo)=\S*", "", match[2] or "", flags=re.IGNORECASE)
    words = [word.removeprefix("IPv6:").rstrip(".") for word in re.split(r"[\s\[\],;]+", found) if "@" not in word]
    addresses = [word for word in words if _is_private(word) is not None]
    if addresses and all(_is_private(word) for word in addresses):
        return False
    names = [word for word in words if word not in addresses and ("." in word or word == "unknown")]
    names = names or [name for name in (match[1].strip("[]."),) if "." in name and not _is_private(name)]
    return bool(names) and all(organizational_domain(name) not in organizations for name in names)


def _is_private(word: str) -> bool | None:
    """Whether an IP address is one that does not come in from outside; None when it is no address."""
    try:
        address = ip_address(word)
    except ValueError:
        return None
    return address.is_private or address.is_loopback


def _pinned(value: str, host: str, authserv_id: str) -> AuthenticationResults | None:
    """The results of a field in the pinned server's name, else None; not ``whole`` where nobody can tell."""
    if not value:
        return _NOBODY_CAN_TELL
    pinned = lower_ascii(authserv_id)
    if _NAMELESS.match(value):
        # Exchange Online names no authserv-id: it must be what is pinned, and the Received field above must be of it.
        if not _is_exchange_online(pinned, host):
            return None
        return parse_authentication_results(value, strict=False) or _NOBODY_CAN_TELL
    name = _NAME.match(value)
    written = lower_ascii(name[1]) if name else ""
    if written and (written == pinned or _is_below_one_organization(written, pinned)):
        return parse_authentication_results(value, strict=False) or _NOBODY_CAN_TELL
    head = _head_of(value)
    if _names(head, pinned) or (_NAMELESS.match(head.strip()) and _is_exchange_online(pinned, host)):
        return _NOBODY_CAN_TELL
    return None


def _is_exchange_online(pinned: str, host: str) -> bool:
    organizations = {organizational_domain(pinned.lstrip("*.")), organizational_domain(host)}
    return organizations <= _EXCHANGE_ONLINE


def _head_of(value: str) -> str:
    """What stands before the first semicolon, without comments, quotes and escapes (RFC 8601, 2.2); all of the value where a
    comment or a quote is not closed."""
    text, depth, quoted = "", 0, False
    for piece in _HEAD_PIECE.findall(value):
        if piece == '"' and not depth:
            quoted = not quoted
        elif piece == "(" and not quoted:
            depth += 1
        elif piece == ")" and not quoted and depth:
            depth -= 1
        elif piece == ";" and not quoted and not depth:
            break
        elif not depth:
            text += piece.removeprefix("\\")
    return value if depth or quoted else text


def _names(head: str, pinned: str) -> bool:
    """Whether the pinned name stands anywhere in it, however it is written: as a name of its own, not as a part of another."""
    labels = unicodedata.normalize("NFKC", head).casefold().replace("\u3002", ".").split(".")
    plain = ".".join(label.strip() for label in labels)
    below = r"[\w.-]+" if pinned.startswith("*.") else ""
    return bool(re.search(rf"(?<![\w.-]){below}{re.escape(pinned.removeprefix('*'))}(?![\w-]|\.\w)", plain))


def _is_below_one_organization(name: str, pattern: str) -> bool:
    """Whether a name lies below the domain of ``*.domain``. Below a registry's own domain (``*.com``) anybody has one."""
    return pattern.startswith("*.") and name.endswith(pattern[1:]) and not is_public_suffix(pattern[2:])
