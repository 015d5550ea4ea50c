"""Whether the From address of a message is proven by the results that our own receiving server wrote (RFC 8601, 7489)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from inbox_agent.mail.authres import AuthenticationResults, MethodResult, parse_authentication_results
from inbox_agent.mail.domains import aligned, domain_of, normalize_domain, organizational_domain
from inbox_agent.models import Message

_BY_HOST = re.compile(r"\bby\s+([A-Za-z0-9._-]+\.[A-Za-z0-9-]+)", re.IGNORECASE)
# The organizations of the hosts that one mail passes within Exchange Online.
_EXCHANGE_ONLINE = frozenset({"outlook.com", "office365.com", "exchangelabs.com", "office.com"})
_PASS = frozenset({"pass", "success", "dkim_pass"})


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether the From address is proven, and by what or why not."""

    proven: bool
    reason: str


def prove_sender(message: Message, authserv_id: str, verified: tuple[MethodResult, ...] | None = None) -> Proof:
    """The verdict on the one From address; with no receiving server to ask, From is taken as it is.

    Args:
        verified: results of our own check (``dkim_check``), which count when the receiving server wrote none; None when
            nothing was checked here.
    """
    address = message.from_[0].address if message.from_ else ""
    if verified is not None and not (authserv_id and trusted_results(message, authserv_id)):
        return _evaluate(verified, address)
    if not authserv_id:
        return Proof(bool(address), "no receiving server is configured whose results could prove it")
    results = trusted_results(message, authserv_id)
    if not results:
        return Proof(False, f"no results of {authserv_id} stand above the mail's way through other servers")
    return _evaluate(results, address)


def _evaluate(results: tuple[MethodResult, ...], address: str) -> Proof:
    domain = domain_of(address)
    for result in results:
        if result.method == "auth" and result.result in _PASS and _same(result.get("smtp", "auth"), address):
            return Proof(True, "sent after logging in as this address")
    dmarc = next((one for one in results if one.method == "dmarc"), None)
    if dmarc and dmarc.result in {"fail", "permerror", "temperror"}:
        return Proof(False, f"dmarc={dmarc.result}")
    if dmarc and dmarc.result in _PASS:
        claimed = dmarc.get("header", "from")
        if not claimed or normalize_domain(claimed) == normalize_domain(domain):
            return Proof(True, "dmarc=pass")
    for result in results:
        proven = _proven_domain(result)
        if proven and aligned(proven, domain):
            return Proof(True, f"{result.method}=pass for {proven}")
    seen = ", ".join(f"{one.method}={one.result}" for one in results[:6]) or "none"
    return Proof(False, f"no result is aligned with {domain} ({seen})")


def _same(one: str, other: str) -> bool:
    return one.strip("<>").lower() == other.lower()


def _proven_domain(result: MethodResult) -> str:
    """The domain that a passed DKIM or SPF check stands for, "" when it proves none."""
    if result.result not in _PASS:
        return ""
    if result.method == "dkim":
        return result.get("header", "d") or result.get("header", "i").rpartition("@")[2]
    if result.method == "spf":
        # RFC 8601 says mailfrom; the other names are of older servers.
        sender = next(filter(None, (result.get("smtp", name) for name in ("mailfrom", "mfrom", "mail"))), "")
        return sender.strip("<>").rpartition("@")[2]
    return ""


# --- which headers are our server's own --------------------------------------------------------------------------


def trusted_results(message: Message, authserv_id: str) -> tuple[MethodResult, ...]:
    """The results of the pinned server, topmost first; what came with the mail from elsewhere is left out.

    Headers are prepended on the way (RFC 5321, 4.4), so only those above the first Received field that a foreign host
    wrote can be ours, and of these only the topmost unbroken group: a sender who hands a forged one to our own server
    gets it below the genuine one. Servers that write theirs below their own Received field (Gmail, Exchange Online) are
    relied on to remove forged ones, as RFC 8601, 5 demands.
    """
    found: list[MethodResult] = []
    for kind, value, host in _trace(message):
        if kind == "received":
            if found:
                break
            if host and not _is_ours(host, message, authserv_id):
                break
            continue
        results = parse_authentication_results(value)
        if results and _is_pinned(results, host, authserv_id):
            found.extend(results.results)
    return tuple(found)


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


def _is_ours(host: str, message: Message, authserv_id: str) -> bool:
    """Whether a Received field is of our own system: the pinned name's organization, or that of the topmost field,
    which nobody but the server that stored the mail can have written."""
    topmost = _host_of(message.header("Received"))
    organizations = {organizational_domain(name) for name in (authserv_id.lstrip("*."), topmost) if "." in name}
    if organizations & _EXCHANGE_ONLINE:
        organizations |= _EXCHANGE_ONLINE
    return organizational_domain(host) in organizations


def _is_pinned(results: AuthenticationResults, host: str, authserv_id: str) -> bool:
    pinned = authserv_id.lower()
    if results.authserv_id is None:
        # Exchange Online names no authserv-id: it must be what is pinned, and the Received field above must be of it.
        ours = organizational_domain(pinned.lstrip("*.")) in _EXCHANGE_ONLINE
        return ours and organizational_domain(host) in _EXCHANGE_ONLINE
    name = results.authserv_id.lower()
    return name == pinned or (pinned.startswith("*.") and name.endswith(pinned[1:]))
