"""What would leave the agent open to others: one secret used twice, and settings that trust or admit everybody.

A start is refused with a sentence for each, unless a setting explicitly allows it; then the same is a
warning at every start and in ``inbox-agent check``.
"""

import logging
from collections.abc import Iterator
from urllib.parse import urlsplit

from inbox_agent.errors import ConfigurationError
from inbox_agent.mail.domains import canonical_domain, is_public_suffix
from inbox_agent.settings.agent import Settings, is_loopback, variable_of
from inbox_agent.settings.secrets_apart import shared_secrets, weak_former_keys, weak_secrets_in_urls

logger = logging.getLogger(__name__)


def require_closed(settings: Settings) -> None:
    """Stop a start that would leave the agent open to others without a setting that says so.

    Raises:
        ConfigurationError: a line for each thing that is open, with what to do.
    """
    if found := refusals(settings):
        raise ConfigurationError("\n".join(found))


def refusals(settings: Settings) -> list[str]:
    """What keeps these settings from being started with: a sentence each that names the setting and what to do."""
    return [
        *shared_secrets(settings),
        *weak_secrets_in_urls(settings),
        *_names_of_anybody(settings),
        *(refusal for refusal, _, allowed in _openings(settings) if not allowed),
    ]


def warnings(settings: Settings) -> list[str]:
    """What is open because a setting says so: a sentence each."""
    return [warning for _, warning, allowed in _openings(settings) if allowed]


def log_warnings(settings: Settings) -> None:
    """The same to the log, at the start of a process."""
    for warning in warnings(settings):
        logger.warning("%s", warning)


def _names_of_anybody(settings: Settings) -> Iterator[str]:
    """Names of servers that count for proofs and that anybody can have."""
    server = settings.authserv_id
    named = server.removeprefix("*.")
    if "*" in named or (server != named and is_public_suffix(named)):
        yield (
            f"INBOX_AGENT_AUTHSERV_ID: {server} is no one's own name, so anybody's server could prove any sender. Name "
            "the server, as mx.example.com, or all below a domain of its organization, as *.example.com"
        )
    for sealer in settings.trusted_sealers:
        if not canonical_domain(sealer) or is_public_suffix(sealer):
            yield (
                f"INBOX_AGENT_TRUSTED_SEALERS: {sealer} is no domain of one organization. Name the forwarder's own, as "
                "forwarder.example"
            )


def _everybodys_lists(settings: Settings) -> Iterator[tuple[str, str, bool]]:
    for field, what in (("allow", "send mail by this agent"), ("confirm", "use this agent after one confirmation")):
        if "*" in getattr(settings, field):
            yield (
                f"{variable_of(field)}: * lets everybody in the world {what}. Name people or domains, or set "
                "INBOX_AGENT_ALLOW_EVERYONE=yes",
                f"INBOX_AGENT_ALLOW_EVERYONE: everybody who can write to the mailbox can {what}",
                settings.allow_everyone,
            )


def _open_worker(settings: Settings) -> Iterator[tuple[str, str, bool]]:
    if weak := weak_former_keys(settings):
        yield (
            f"INBOX_AGENT_FORMER_SECRET_KEYS: {'; '.join(weak)}. Who guesses it can read and change conversations at the "
            "worker. With the embedded engine take it out; it is not needed. With an iWF server set "
            "INBOX_AGENT_WORKER_OPEN=yes while conversations of its time run, and see to it that only that server reaches "
            "the worker",
            "INBOX_AGENT_FORMER_SECRET_KEYS: a key that could be guessed opens the worker; take it out when the "
            "conversations of its time have ended",
            settings.worker_open,
        )
    if settings.worker_open:
        yield (
            "",
            "INBOX_AGENT_WORKER_OPEN: everybody who reaches the worker can read and change conversations; the worker's log "
            'says while a conversation needs this (docs/operating.md, "Closing a worker that is open")',
            True,
        )


def _openings(settings: Settings) -> Iterator[tuple[str, str, bool]]:
    """Everything that is open: why that is refused, the warning where it is wanted, and whether a setting says so."""
    if not (settings.authserv_id or settings.check_signatures):
        yield (
            "INBOX_AGENT_ALLOW: anyone could impersonate these people, because nothing proves who wrote a mail. Set "
            "INBOX_AGENT_AUTHSERV_ID or INBOX_AGENT_CHECK_SIGNATURES=true, or, where nobody else can write to the mailbox, "
            "INBOX_AGENT_TRUST_FROM=yes",
            "INBOX_AGENT_TRUST_FROM: the sender of a mail is not verified; anyone who can write to the mailbox can "
            "impersonate its users",
            settings.trust_from,
        )
    yield from _everybodys_lists(settings)
    for field in ("web_host", "worker_host"):
        host = getattr(settings, field)
        if not is_loopback(host):
            yield (
                f"{variable_of(field)}: {host or 'an empty value'} is open to other machines. Use 127.0.0.1 behind a TLS "
                "proxy, or, if a firewall or a private network keeps others out, set "
                "INBOX_AGENT_LISTEN_BEYOND_LOOPBACK=yes",
                f"{variable_of(field)}: {host or 'every address'} accepts connections from other machines, without TLS",
                settings.listen_beyond_loopback,
            )
    yield from _open_worker(settings)
    for field, what in _PLAIN_URLS:
        yield from _plain_http(settings, field, what)


_PLAIN_URLS = (
    ("openai_base_url", "mails and the key of the model"),
    ("iwf_url", "mails and drafts"),
    ("worker_url", "mails and drafts"),
)


def _plain_http(settings: Settings, field: str, what: str) -> Iterator[tuple[str, str, bool]]:
    parts = urlsplit(getattr(settings, field))
    host = (parts.hostname or "").lower()
    if parts.scheme == "http" and not is_loopback(host):
        yield (
            f"{variable_of(field)}: http:// would send {what} in the clear to {host}. Use https://, or, where nobody can "
            f"listen in between, set INBOX_AGENT_PLAIN_HTTP_HOSTS={host}",
            f"{variable_of(field)}: {what} go in the clear to {host}",
            host in settings.plain_http_hosts,
        )
