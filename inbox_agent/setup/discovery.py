"""The mail servers of an address: by its domain, its mail exchanger, its SRV records (RFC 6186), or a guess."""

from dataclasses import dataclass, replace

import dns.exception
import dns.rdatatype
import dns.resolver

from inbox_agent.adapters.mail_account import Security
from inbox_agent.checks.providers import Provider, Server, provider_of_address, provider_of_exchanger

DNS_SECONDS = 3.0
_SERVICES: dict[str, tuple[tuple[str, Security], ...]] = {
    "IMAP": (("_imaps._tcp", "tls"), ("_imap._tcp", "starttls")),
    "SMTP": (("_submissions._tcp", "tls"), ("_submission._tcp", "starttls")),
}


@dataclass(frozen=True, slots=True)
class MailServers:
    """``provider`` when it is a known one; ``how`` they were found, for people."""

    imap: Server
    smtp: Server
    how: str
    provider: Provider | None = None


def find_mail_servers(address: str) -> MailServers:
    """Never fails: what DNS does not tell is guessed."""
    provider = provider_of_address(address)
    domain = address.rpartition("@")[2]
    guessed = Server(f"imap.{domain}", 993), Server(f"smtp.{domain}", 465)
    guess = MailServers(*guessed, f"could not find the mail servers of {domain}")
    if provider is None:
        exchangers = _ask(domain, "MX")
        if exchangers is None:
            return guess
        provider = next((found for host, _ in exchangers if (found := provider_of_exchanger(host))), None)
    if provider is not None:
        return MailServers(provider.imap, provider.smtp, f"{address} is at {provider.name}", provider)
    imap, smtp = _by_srv(domain, "IMAP"), _by_srv(domain, "SMTP")
    if imap and smtp:
        return MailServers(imap, smtp, f"{domain} names its mail servers in DNS")
    return replace(guess, imap=imap or guess.imap, smtp=smtp or guess.smtp)


def _by_srv(domain: str, service: str) -> Server | None:
    for name, security in _SERVICES[service]:
        found = _ask(f"{name}.{domain}", "SRV")
        if found:
            host, port = found[0]
            return Server(host, port, security)
    return None


def _ask(name: str, kind: str) -> list[tuple[str, int]] | None:
    """Hosts and ports (0 for a mail exchanger), the preferred first; None when DNS does not answer. "." means: not offered."""
    try:
        answer = dns.resolver.resolve(name, dns.rdatatype.from_text(kind), lifetime=DNS_SECONDS, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, UnicodeError, OSError):
        return None
    records = sorted(answer, key=lambda one: one.preference if kind == "MX" else one.priority)
    hosts = [(str(one.exchange if kind == "MX" else one.target), getattr(one, "port", 0)) for one in records]
    return [(host.rstrip("."), port) for host, port in hosts if host != "."]
