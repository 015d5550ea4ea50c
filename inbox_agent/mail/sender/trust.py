"""Who sent a message, and what follows: allowed, asked to confirm, quarantined or blocked."""

import re
import unicodedata
from dataclasses import dataclass

from inbox_agent.mail.domains import (
    canonical_domain,
    domain_of,
    is_below,
    looks_like,
    lower_ascii,
    normalize_domain,
    same_domain,
)
from inbox_agent.mail.mime.addresses import base_address, is_group
from inbox_agent.mail.sender.authentication import prove_sender
from inbox_agent.mail.sender.authres import MethodResult
from inbox_agent.models import Message, Trust, TrustDecision

_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:“”‘’@]{1,100}@[^\s<>()\[\]\"',;:“”‘’@.]{1,100}\.[\w.-]{1,200}\w")


@dataclass(frozen=True, slots=True)
class TrustPolicy:
    """Whom to believe.

    Attributes:
        allow, block: addresses (``a@b.example``) and domains (``@b.example``), lower case; ``*`` in allow means everyone.
            A blocked domain stands for those below it too, an allowed one for itself only.
        confirm: who may use the agent after confirming once by a signed reply, in the same form; nobody by default.
        authserv_id: of the receiving server whose Authentication-Results count (RFC 8601); "" when there is none to ask,
            then From is taken as it is. ``*.mx.example`` names every server under that domain.
    """

    allow: tuple[str, ...] = ()
    block: tuple[str, ...] = ()
    authserv_id: str = ""
    confirm: tuple[str, ...] = ()

    def allows(self, identity: str) -> bool:
        """Whether this address may command without being asked."""
        return _listed(identity, self.allow)

    def may_confirm(self, identity: str) -> bool:
        """Whether a proven sender who is not on the allow list is asked to confirm."""
        return bool(identity) and _listed(identity, self.confirm)


def judge_sender(message: Message, policy: TrustPolicy, *, verified: tuple[MethodResult, ...] | None = None) -> Trust:
    """Decide by the From address, proven by aligned results of our own receiving server.

    Args:
        verified: results of our own check (``dkim_check``), for mail on which the receiving server says nothing; None
            when nothing was checked.
    """
    trick = _trick(message, policy)
    if not message.from_ or trick:
        blocked = any(_listed(address.address, policy.block, below=True) for address in message.from_)
        decision = TrustDecision.BLOCKED if blocked else TrustDecision.QUARANTINED
        return Trust(decision, "", trick or "no sender: the From field holds no address", bool(trick))
    address = normalize_address(message.from_[0].address)
    if _listed(address, policy.block, below=True):
        return Trust(TrustDecision.BLOCKED, "", f"{address} is on the block list")
    proof = prove_sender(message, policy.authserv_id, verified)
    if not proof.proven:
        return Trust(TrustDecision.QUARANTINED, "", f"{address} is not proven to be the sender: {proof.reason}")
    proven_by = proof.reason if policy.authserv_id or verified is not None else ""
    allowed = _listed(address, policy.allow)
    listed = "is on the allow list" if allowed else "is not on the allow list yet"
    return Trust(
        TrustDecision.ALLOWED if allowed else TrustDecision.CONFIRM,
        address,
        f"{address} {listed}; {proof.reason}",
        unsigned=proof.unsigned,
        proven_by=proven_by,
    )


def normalize_address(address: str) -> str:
    """ASCII in lower case, the domain in Unicode: the form that lists and identities are compared in.

    Letters beyond ASCII stay as they are: some of them have an ASCII letter as their lower case (the Kelvin sign).
    """
    local, _, domain = address.strip(" \t").rpartition("@")
    return f"{lower_ascii(local)}@{normalize_domain(domain)}"


def _listed(address: str, entries: tuple[str, ...], *, below: bool = False) -> bool:
    """Whether the list names the address or its domain.

    Args:
        below: for block lists: a domain above it counts too, and so does any other way to write the listed mailbox
            (``base_address``). A right is given to the listed address alone: who may use ``ann@x`` need not be the one
            who was given ``ann+tag@x``.
    """
    address = normalize_address(address)
    domain = domain_of(address)
    for entry in entries:
        if entry == "*":
            return True
        if entry.startswith("@"):
            if same_domain(domain, entry[1:]) or (below and is_below(domain, entry[1:])):
                return True
        elif normalize_address(entry) == address or (below and base_address(entry) == base_address(address)):
            return True
    return False


def _trick(message: Message, policy: TrustPolicy) -> str:
    """What makes the From field itself unbelievable, or ""."""
    fields = message.header_all("From")
    if len(fields) > 1:
        return "several From fields"
    if fields and is_group(fields[0]):
        return "the From field is a group"
    if len(message.from_) > 1:
        return "several addresses in From"
    if not message.from_:
        return ""
    sender = message.from_[0]
    domain = domain_of(sender.address)
    for entry in policy.allow:
        genuine = entry.rpartition("@")[2]
        if "." in genuine and looks_like(domain, genuine):
            return f"the domain {domain} looks like {genuine} and is another"
    if not canonical_domain(domain):
        return f"{domain} is no domain name"
    if _listed(sender.address, tuple(entry for entry in policy.allow if entry != "*")):
        return ""  # whoever is on the list has nothing to gain by a display name
    for claimed in _ADDRESS.findall(unicodedata.normalize("NFKC", sender.display_name)):
        if normalize_address(claimed) != normalize_address(sender.address):
            return f"the display name shows {claimed}, the address is {sender.address}"
    return ""
