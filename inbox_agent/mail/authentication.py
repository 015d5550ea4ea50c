"""Whether the From address of a message is proven by the results that our own receiving server wrote (RFC 8601, 7489)."""

from dataclasses import dataclass, replace

from inbox_agent.mail.authres import MethodResult
from inbox_agent.mail.domains import aligned, domain_of, normalize_domain
from inbox_agent.mail.own_results import trusted_results
from inbox_agent.mail.signed_fields import find_ambiguity, find_unsigned, mail_from_domain
from inbox_agent.models import Message

_PASS = frozenset({"pass", "success", "dkim_pass"})


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether the From address is proven, and by what or why not.

    ``unsigned``: fields that the proven sender need not have written, see ``signed_fields``.
    """

    proven: bool
    reason: str
    unsigned: frozenset[str] = frozenset()


def prove_sender(message: Message, authserv_id: str, verified: tuple[MethodResult, ...] | None = None) -> Proof:
    """The verdict on the one From address; with no receiving server to ask, From is taken as it is.

    Args:
        verified: results of our own check (``dkim_check``), which count when the receiving server wrote none; None when
            nothing was checked here.
    """
    address = message.from_[0].address if message.from_ else ""
    if verified is not None and not (authserv_id and trusted_results(message, authserv_id)):
        return _evaluate(message, verified, address)
    if not authserv_id:
        return Proof(bool(address), "no receiving server is configured whose results could prove it")
    results = trusted_results(message, authserv_id)
    if not results:
        return Proof(False, f"no results of {authserv_id} stand above the mail's way through other servers")
    return _evaluate(message, results, address)


def _evaluate(message: Message, results: tuple[MethodResult, ...], address: str) -> Proof:
    dmarc = [one for one in results if one.method == "dmarc"]
    for result in dmarc:
        if result.result in {"fail", "permerror", "temperror"}:
            return Proof(False, f"dmarc={result.result}")
    for result in results:
        if result.method == "auth" and _passed(result) and _same(result.get("smtp", "auth"), address):
            return Proof(True, "sent after logging in as this address")
    proof = _by_domain(results, dmarc, domain_of(address))
    if not proof.proven:
        return proof
    if ambiguity := find_ambiguity(message):
        return Proof(False, ambiguity)
    return replace(proof, unsigned=find_unsigned(message, results, address))


def _by_domain(results: tuple[MethodResult, ...], dmarc: list[MethodResult], domain: str) -> Proof:
    if dmarc and _passed(dmarc[0]):
        claimed = dmarc[0].get("header", "from")
        if not claimed or normalize_domain(claimed) == normalize_domain(domain):
            return Proof(True, "dmarc=pass")
    for result in results:
        proven = _proven_domain(result)
        if proven and aligned(proven, domain):
            return Proof(True, f"{result.method}=pass for {proven}")
    seen = ", ".join(f"{one.method}={one.result}" for one in results[:6]) or "none"
    return Proof(False, f"no result is aligned with {domain} ({seen})")


def _passed(result: MethodResult) -> bool:
    return result.whole and result.result in _PASS


def _same(one: str, other: str) -> bool:
    return one.strip("<>").lower() == other.lower()


def _proven_domain(result: MethodResult) -> str:
    """The domain that a passed DKIM or SPF check stands for, "" when it proves none."""
    if not _passed(result):
        return ""
    if result.method == "dkim":
        return result.get("header", "d") or result.get("header", "i").rpartition("@")[2]
    if result.method == "spf":
        return mail_from_domain(result)
    return ""
