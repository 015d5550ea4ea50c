"""Which name the receiving mail server writes in its Authentication-Results, guessed from received mail. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from inbox_agent.errors import MalformedMessageError
from inbox_agent.mail.domains import is_public_suffix, organizational_domain
from inbox_agent.mail.mime.parse import parse_message
from inbox_agent.mail.sender.own_results import trusted_results
from inbox_agent.models import Message

_NAME = re.compile(r"\s*([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+)\s*(?:[0-9]+\s*)?(?:\(|;|$)")
_BY_HOST = re.compile(r"\bby\s+([A-Za-z0-9._-]+\.[A-Za-z0-9-]+)", re.IGNORECASE)
# Exchange Online writes no name; this one stands for it in the settings.
_EXCHANGE_ONLINE = "outlook.com"


@dataclass(frozen=True, slots=True)
class ReceivingServer:
    """``authserv_id`` as the setting takes it, "" when none was found; on how many of how many mails it stood."""

    authserv_id: str
    seen: int
    looked_at: int


def find_receiving_server(headers: Iterable[bytes]) -> ReceivingServer:
    """The name whose results count on most of these mails.

    A name counts only where the policy itself would believe it, and only under the organization that wrote the topmost Received
    field: nobody but the receiving server writes that one, while anybody can send a mail with a field in any name.

    Args:
        headers: header sections of received mail; what cannot be read is left out.
    """
    found: Counter[str] = Counter()
    looked_at = 0
    for raw in headers:
        try:
            message = parse_message(raw)
        except MalformedMessageError:
            continue
        looked_at += 1
        found.update(set(_names(message)))
    if not found:
        return ReceivingServer("", 0, looked_at)
    return _best(found, looked_at)


def _names(message: Message) -> Iterator[str]:
    # Gmail's topmost field names no host, only an address.
    hosts = (
        _BY_HOST.search(re.sub(r"\([^()]*\)", " ", value))
        for name, value in message.headers
        if name.lower() == "received"
    )
    by = next((host for host in hosts if host), None)
    if by is None:
        return
    organization = organizational_domain(by[1])
    for name, value in message.headers:
        if name.lower() != "authentication-results":
            continue
        match = _NAME.match(value)
        candidate = match[1].lower() if match else _EXCHANGE_ONLINE
        ours = organizational_domain(candidate) == organization and not is_public_suffix(organization)
        if (ours or candidate == by[1].lower()) and trusted_results(message, candidate).results:
            yield candidate


def _best(found: Counter[str], looked_at: int) -> ReceivingServer:
    """One name; or all below a domain where the servers of one provider take turns."""
    name, seen = found.most_common(1)[0]
    family = [one for one in found if organizational_domain(one) == organizational_domain(name)]
    if len(family) > 1:
        total = min(looked_at, sum(found[one] for one in family))
        return ReceivingServer(f"*.{organizational_domain(name)}", total, looked_at)
    return ReceivingServer(name, seen, looked_at)
