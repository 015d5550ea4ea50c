"""Whether the From address of a message is proven by the results that our own receiving server wrote (RFC 8601, 7489)."""

from dataclasses import dataclass

from inbox_agent.mail.domains import aligned, domain_of, lower_ascii, same_domain
from inbox_agent.mail.sender.authres import MethodResult
from inbox_agent.mail.sender.own_results import trusted_results
from inbox_agent.mail.sender.signed_fields import dkim_domain, find_ambiguity, find_unsigned, mail_from_domain, passed
from inbox_agent.models import Message


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether the From address is proven, and by what or why not.

    ``unsigned``: fields that the proven sender need not have written, see ``signed_fields``. ``disproven``: our own server says
    that the mail is not of From's domain, or what it says cannot be read.
    """

    proven: bool
    reason: str
    unsigned: frozenset[str] = frozenset()
    disproven: bool = False


def prove_sender(message: Message, authserv_id: str, verified: tuple[MethodResult, ...] | None = None) -> Proof:
    """The verdict on the one From address; with no receiving server to ask, From is taken as it is.

    Args:
        verified: results of our own check (``dkim_check``), which count when the receiving server wrote none; None when
            nothing was checked here.
    """
    address = message.from_[0].address if message.from_ else ""
    stated = trusted_results(message, authserv_id) if authserv_id else None
    if stated is not None and not stated.readable:
        reason = f"a field that may hold the results of {authserv_id} cannot be read in one way only"
        return Proof(False, reason, disproven=True)
    if stated is not None and not stated.silent:
        return _evaluate(message, stated.results, address)
    if verified is not None:
        return _evaluate(message, verified, address)
    if stated is None:
        return Proof(bool(address), "no receiving server is configured whose results could prove it")
    return Proof(False, f"no results of {authserv_id} stand above the mail's way through other servers")


def _evaluate(message: Message, results: tuple[MethodResult, ...], address: str) -> Proof:
    dmarc = [one for one in results if one.method == "dmarc"]
    for result in dmarc:
        if result.result in {"fail", "permerror", "temperror"}:
            return Proof(False, f"dmarc={result.result}", disproven=result.result == "fail")
    for result in results:
        if result.method == "auth" and passed(result) and _same(result.get("smtp", "auth"), address):
            return Proof(True, "sent after logging in as this address")
    if ambiguity := find_ambiguity(message):
        return Proof(False, ambiguity)
    if not (reason := _by_domain(results, dmarc, domain_of(address))):
        return Proof(False, f"no result is aligned with {domain_of(address)} ({_shown(results)})")
    sealer = next((one.get("header", "d") for one in results if one.method == "arc" and one.covers is not None), "")
    reason += f", as {sealer} saw and sealed it (ARC)" if sealer else ""
    return Proof(True, reason, find_unsigned(message, results, address))


def _by_domain(results: tuple[MethodResult, ...], dmarc: list[MethodResult], domain: str) -> str:
    """What proves the domain, or ""."""
    if dmarc and all(passed(one) for one in dmarc):
        claimed = dmarc[0].get("header", "from")
        if not claimed or same_domain(claimed, domain):
            return "dmarc=pass"
    for result in results:
        proven = _proven_domain(result)
        if proven and aligned(proven, domain):
            return f"{result.method}=pass for {proven}"
    return ""


def _shown(results: tuple[MethodResult, ...]) -> str:
    shown = (f"{one.method}={one.result}{f': {one.reason}' if one.reason else ''}" for one in results[:6])
    return ", ".join(shown) or "none"


def _same(one: str, other: str) -> bool:
    left, right = one.strip("<>").rpartition("@"), other.rpartition("@")
    return lower_ascii(left[0]) == lower_ascii(right[0]) and same_domain(left[2], right[2])


def _proven_domain(result: MethodResult) -> str:
    """The domain that a passed DKIM or SPF check stands for, "" when it proves none."""
    if not passed(result):
        return ""
    if result.method == "dkim":
        return dkim_domain(result)
    if result.method == "spf":
        return mail_from_domain(result)
    return ""
