"""The start of ``inbox-agent run``: what stops it, what it says about itself, and the first look at the services it needs."""

import logging
import threading
from collections.abc import Callable, Iterator

from inbox_agent.bootstrap import imap_account, proof_of_senders, smtp_account
from inbox_agent.checks.check import CheckFailed, check_data, knock_at_model, log_in_imap, log_in_smtp
from inbox_agent.checks.model_probe import OPENAI_URL
from inbox_agent.errors import ConfigurationError
from inbox_agent.listening import listening_trouble, own_ports, web_port
from inbox_agent.settings import Settings
from inbox_agent.settings.callers import without_credentials

logger = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 30.0
LONGEST_PAUSE_SECONDS = 600.0


def require_startable(settings: Settings) -> None:
    """Stop a start that cannot succeed on this machine, whatever the network does.

    Raises:
        ConfigurationError: the key is missing, a port cannot be used, or the data folder cannot be written.
    """
    settings.require_model()
    problems = [port.trouble(error) for port in own_ports(settings) if (error := listening_trouble(port)) is not None]
    if not settings.iwf_url:
        try:
            check_data(settings)
        except CheckFailed as error:
            problems.append(f"INBOX_AGENT_DATA: {error.fault}")
    if problems:
        raise ConfigurationError("\n".join(problems))


def introduction(settings: Settings) -> Iterator[str]:
    """One line each on what the agent is about to do. No secrets."""
    imap, smtp = imap_account(settings), smtp_account(settings)
    yield f"watches   {settings.address} at {imap.host}:{imap.port}, sends through {smtp.host}:{smtp.port}"
    yield f"for       {', '.join(settings.allow)}{_also_confirm(settings)} (INBOX_AGENT_ALLOW); others get no answer"
    yield f"trusts    {proof_of_senders(settings)}"
    yield f"model     {settings.model} at {without_credentials(settings.openai_base_url or OPENAI_URL, keep_path=True)}"
    yield f"engine    {without_credentials(settings.iwf_url) or f'embedded, on 127.0.0.1:{settings.engine_port}'}"
    yield f"page      http://{web_port(settings).where}/ (log in with INBOX_AGENT_API_TOKEN)"
    yield f"data      {settings.data.absolute() if not settings.iwf_url else 'with the iWF server'}"


def _also_confirm(settings: Settings) -> str:
    return f", and after confirming {', '.join(settings.confirm)}" if settings.confirm else ""


def watch_services(
    settings: Settings, stopped: threading.Event, first_pause: float = FIRST_PAUSE_SECONDS
) -> threading.Thread:
    """Try the mailbox, sending and the model once in the background, and again until each has worked.

    A refused login or key is logged as one sentence. It does not end the program: it may be the provider's outage, and the
    agent goes on by itself when that is over.
    """
    services: list[tuple[str, Callable[[], None]]] = [
        ("reading mail", lambda: log_in_imap(imap_account(settings))),
        ("sending mail", lambda: log_in_smtp(smtp_account(settings))),
        ("the model", lambda: knock_at_model(settings)),
    ]
    thread = threading.Thread(target=_watch, args=(services, stopped, first_pause), name="first-look", daemon=True)
    thread.start()
    return thread


def _watch(services: list[tuple[str, Callable[[], None]]], stopped: threading.Event, pause: float) -> None:
    failed: set[str] = set()
    while services and not stopped.is_set():
        for service in tuple(services):
            name, try_it = service
            try:
                try_it()
            except CheckFailed as error:
                logger.error("%s does not work: %s; trying again in %.0f s", name, error.fault, pause)
                failed.add(name)
                continue
            services.remove(service)
            if name in failed:
                logger.info("%s works now", name)
        if services:
            stopped.wait(pause)
            pause = min(LONGEST_PAUSE_SECONDS, pause * 2)
