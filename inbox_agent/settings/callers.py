"""The secrets between the agent's own processes and the workflow engine, and the URLs that contain them.

Where none is set they are derived from ``INBOX_AGENT_SECRET_KEY``, which every role has: nothing needs to be configured or
kept, and a URL that a conversation remembers is still right after a restart.
"""

import hmac
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from inbox_agent.settings.agent import Settings, is_loopback

ENGINE_USER = "inbox-agent"


def worker_address(settings: Settings) -> str:
    """The worker's URL as the engine is told it, with the secret: that of the setting, else a derived path."""
    parts = urlsplit(settings.worker_url)
    if parts.password or parts.path.strip("/"):
        return settings.worker_url
    return settings.worker_url + _worker_path(settings.secret_key.get_secret_value())


def worker_paths(settings: Settings) -> tuple[str, ...]:
    """The secret paths that the worker answers to: that of its URL and of every key, so that conversations of a former one
    go on."""
    keys = (settings.secret_key, *settings.former_secret_keys)
    configured = urlsplit(settings.worker_url).path.rstrip("/")
    return (*((configured,) if configured else ()), *(_worker_path(key.get_secret_value()) for key in keys))


def worker_logins(settings: Settings) -> tuple[str, ...]:
    """The credentials ``user:password`` that the worker answers to."""
    parts = urlsplit(settings.worker_url)
    return (f"{unquote(parts.username or '')}:{unquote(parts.password)}",) if parts.password else ()


def engine_secret(settings: Settings) -> str:
    """What the embedded engine asks of its callers."""
    return settings.engine_secret.get_secret_value() or derived(settings.secret_key.get_secret_value(), "engine")


def with_engine_secret(url: str, secret: str) -> str:
    """A URL of the engine that carries its secret as the password; one that carries credentials already stays."""
    parts = urlsplit(url)
    if parts.password or not secret:
        return url
    return urlunsplit(
        parts._replace(netloc=f"{ENGINE_USER}:{quote(secret, safe='')}@{parts.netloc.rpartition('@')[2]}")
    )


def engine_address(settings: Settings) -> str:
    """The iWF server's URL as our clients call it. One on this machine may be the embedded engine that the launcher started,
    so it gets the secret that the launcher gave to it; an iWF server does not look at it."""
    if is_loopback(urlsplit(settings.iwf_url).hostname or ""):
        return with_engine_secret(settings.iwf_url, engine_secret(settings))
    return with_engine_secret(settings.iwf_url, settings.engine_secret.get_secret_value())


def derived(key: str, purpose: str) -> str:
    """A secret for one purpose that does not reveal the key."""
    return hmac.new(key.encode(), f"inbox-agent {purpose}".encode(), "sha256").hexdigest()


def _worker_path(key: str) -> str:
    return "/" + derived(key, "worker")


def without_credentials(url: str, *, keep_path: bool = False) -> str:
    """A URL for people: scheme, host and port, and no secret that may stand before or behind them.

    Args:
        keep_path: of a URL whose path is no secret; a query is left out all the same.
    """
    parts = urlsplit(url)
    path = parts.path if keep_path else ""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{path}" if parts.netloc else url
