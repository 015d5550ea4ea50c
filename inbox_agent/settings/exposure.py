"""What would leave the agent open to others: one secret for two things, and settings that believe or let in everybody.

A start is refused with a sentence for each, unless a setting says in so many words that it is wanted; then the same is a
warning at every start and in ``inbox-agent check``.
"""

import logging
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from inbox_agent.errors import ConfigurationError
from inbox_agent.secret_strength import weakness_of
from inbox_agent.settings.agent import Settings, is_loopback, variable_of

logger = logging.getLogger(__name__)

HOW_TO_MAKE_ONE = "Make one with: openssl rand -hex 32"
SECRETS = ("api_token", "read_token", "secret_key", "engine_secret")


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
        *_shared_secrets(settings),
        *_weak_worker_secret(settings),
        *(refusal for refusal, _, allowed in _openings(settings) if not allowed),
    ]


def warnings(settings: Settings) -> list[str]:
    """What is open because a setting says so: a sentence each."""
    return [warning for _, warning, allowed in _openings(settings) if allowed]


def log_warnings(settings: Settings) -> None:
    """The same to the log, at the start of a process."""
    for warning in warnings(settings):
        logger.warning("%s", warning)


def _shared_secrets(settings: Settings) -> Iterator[str]:
    given: dict[str, str] = {}
    for field in SECRETS:
        value = getattr(settings, field).get_secret_value()
        if value in given:
            yield f"{variable_of(field)}: is the same as {given[value]}, so who learns one has both. {HOW_TO_MAKE_ONE}"
        elif value:
            given[value] = variable_of(field)


def _weak_worker_secret(settings: Settings) -> Iterator[str]:
    parts = urlsplit(settings.worker_url)
    for secret in filter(None, (unquote(parts.password or ""), parts.path.strip("/"))):
        if weakness := weakness_of(secret):
            yield f"{variable_of('worker_url')}: the secret in it {weakness}. {HOW_TO_MAKE_ONE}"


def _openings(settings: Settings) -> Iterator[tuple[str, str, bool]]:
    """Everything that is open: why that is refused, the warning where it is wanted, and whether a setting says so."""
    if not (settings.authserv_id or settings.check_signatures):
        yield (
            "INBOX_AGENT_ALLOW: anybody could pose as one of these people, because nothing proves who wrote a mail. Set "
            "INBOX_AGENT_AUTHSERV_ID or INBOX_AGENT_CHECK_SIGNATURES=true, or, where nobody else can write to the mailbox, "
            "INBOX_AGENT_TRUST_FROM=yes",
            "INBOX_AGENT_TRUST_FROM: the sender of a mail is believed as it says; anybody who can write to the mailbox can "
            "pose as its users",
            settings.trust_from,
        )
    if "*" in settings.allow:
        yield (
            "INBOX_AGENT_ALLOW: * lets everybody in the world send mail by this agent. Name people or domains, or set "
            "INBOX_AGENT_ALLOW_EVERYONE=yes",
            "INBOX_AGENT_ALLOW_EVERYONE: everybody who can write to the mailbox can send mail by this agent",
            settings.allow_everyone,
        )
    for field in ("web_host", "worker_host"):
        host = getattr(settings, field)
        if not is_loopback(host):
            yield (
                f"{variable_of(field)}: {host or 'an empty value'} listens beyond this machine. Use 127.0.0.1 behind a TLS "
                "proxy, or, where a firewall or a network of its own keeps others away, set "
                "INBOX_AGENT_LISTEN_BEYOND_LOOPBACK=yes",
                f"{variable_of(field)}: {host or 'every address'} is reached from other machines, without TLS",
                settings.listen_beyond_loopback,
            )
    if settings.worker_open:
        yield (
            "",
            "INBOX_AGENT_WORKER_OPEN: everybody who reaches the worker can read and change conversations; set it only until "
            "those have ended that an earlier version started",
            True,
        )
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
            f"listen on the way, set INBOX_AGENT_PLAIN_HTTP_HOSTS={host}",
            f"{variable_of(field)}: {what} go in the clear to {host}",
            host in settings.plain_http_hosts,
        )
