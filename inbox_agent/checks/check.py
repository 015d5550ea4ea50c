"""``inbox-agent check``: connects to everything the agent depends on and says what works, what does not, and how to fix it."""

import argparse
import errno
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import httpx

from inbox_agent import bootstrap
from inbox_agent import settings as configuration
from inbox_agent.adapters.imap import ImapMailbox
from inbox_agent.adapters.mail_account import MailAccount
from inbox_agent.adapters.smtp import SmtpTransport
from inbox_agent.adapters.tls import http_tls
from inbox_agent.checks.connection_faults import Endpoint, Fault, Kind, explain_fault
from inbox_agent.checks.mailbox_survey import survey_mailbox
from inbox_agent.checks.model_probe import ModelFault, ModelProbe
from inbox_agent.checks.providers import provider_of_server
from inbox_agent.command_line import add_env_file_argument
from inbox_agent.errors import AgentError
from inbox_agent.listening import ListeningPort, listening_trouble, own_ports
from inbox_agent.mail.charset.clean_text import for_terminal
from inbox_agent.mail.sender.receiving_server import find_receiving_server
from inbox_agent.settings import Settings
from inbox_agent.settings.callers import engine_address, without_credentials
from inbox_agent.settings.exposure import require_closed, warnings

NO_SUCH_WORKFLOW = "inbox-agent-check"
NO_SUCH_MESSAGE_ID = "<inbox-agent-check@invalid>"
CONNECT_SECONDS = 15.0
# An empty database with its journal takes less.
ROOM_BYTES = 1_000_000


class CheckFailed(AgentError):
    """One service does not work; ``fault`` says what to do."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.what)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Check:
    """A service, and the function that says in a sentence what works or raises."""

    name: str
    run: Callable[[Settings], str]


def endpoint_of(service: str, account: MailAccount) -> Endpoint:
    """The mail server of an account, for sentences about it."""
    provider = provider_of_server(account.host)
    prefix = f"INBOX_AGENT_{service}"
    return Endpoint(
        service,
        account.host,
        account.port,
        account.security,
        host_setting=f"{prefix}_HOST",
        port_setting=f"{prefix}_PORT",
        security_setting=f"{prefix}_SECURITY",
        login=account.user,
        login_hint=f"{provider.password}; then correct {prefix}_PASSWORD" if provider and not account.tokens else "",
    )


def log_in_imap(account: MailAccount, seconds: float = CONNECT_SECONDS) -> None:
    """Log in and read the inbox; each step may take so many seconds.

    Raises:
        CheckFailed: it does not work.
    """
    account = replace(account, timeout_seconds=seconds)
    try:
        survey_mailbox(account, newest=0)
    except (AgentError, UnicodeError) as error:
        raise CheckFailed(explain_fault(error, endpoint_of("IMAP", account))) from error


def log_in_smtp(account: MailAccount, seconds: float = CONNECT_SECONDS) -> None:
    """Log in for sending; nothing is sent. Each step may take so many seconds.

    Raises:
        CheckFailed: it does not work.
    """
    account = replace(account, timeout_seconds=seconds)
    try:
        SmtpTransport(account).check()
    except (AgentError, UnicodeError) as error:
        raise CheckFailed(explain_fault(error, endpoint_of("SMTP", account))) from error


def check_imap(settings: Settings) -> str:
    account = bootstrap.imap_account(settings)
    log_in_imap(account)
    try:
        mailbox = ImapMailbox(replace(account, timeout_seconds=CONNECT_SECONDS), bootstrap.folder_names(settings))
        try:
            mailbox.has_message_id(NO_SUCH_MESSAGE_ID)
        finally:
            mailbox.close()
    except AgentError as error:
        raise CheckFailed(explain_fault(error, endpoint_of("IMAP", account))) from error
    return f"logged in at {account.host}:{account.port} as {account.user} and read the inbox"


def check_smtp(settings: Settings) -> str:
    account = bootstrap.smtp_account(settings)
    log_in_smtp(account)
    return f"logged in at {account.host}:{account.port} as {account.user}; nothing was sent"


def check_senders(settings: Settings) -> str:
    """Who may use the agent, how From is proven, and what became of everybody else's mail."""
    account = replace(bootstrap.imap_account(settings), timeout_seconds=CONNECT_SECONDS)
    quarantine = settings.folder_quarantine
    try:
        survey = survey_mailbox(account, settings.folder_processed, quarantine)
    except (AgentError, UnicodeError):
        # The check of IMAP has said why.
        return f"allowed users: {', '.join(settings.allow)}"
    lines = [f"allowed users: {', '.join(settings.allow)}; {bootstrap.proof_of_senders(settings)}"]
    found = find_receiving_server(survey.headers)
    if not survey.headers and not settings.trust_from:
        lines.append(
            "note: the mailbox is empty, so whether senders are proven that way does not show; check again after a first mail"
        )
    elif settings.authserv_id and not found.authserv_id:
        lines.append(
            f"note: none of the newest {len(survey.headers)} mails has results from "
            f"INBOX_AGENT_AUTHSERV_ID={settings.authserv_id}; INBOX_AGENT_CHECK_SIGNATURES=true checks them here"
        )
    elif found.authserv_id and not (settings.authserv_id or settings.trust_from):
        lines.append(
            f"note: {found.authserv_id} says of {found.seen} of {found.looked_at} mails who wrote them; "
            f"INBOX_AGENT_AUTHSERV_ID={found.authserv_id} believes it (inbox-agent setup asks for that)"
        )
    if waiting := survey.counts.get(quarantine, 0):
        lines.append(
            f"note: {waiting} in {quarantine}, unanswered: their senders are not in INBOX_AGENT_ALLOW or not verified; "
            "inbox-agent explain --message-id ID says why for each"
        )
    return "\n               ".join(lines)


def check_engine(settings: Settings) -> str:
    if not settings.iwf_url:
        check_data(settings)
        return f"INBOX_AGENT_IWF_URL is not set: `inbox-agent run` starts the embedded engine itself, data in {settings.data}"
    shown = without_credentials(settings.iwf_url)
    try:
        with httpx.Client(base_url=engine_address(settings), timeout=10, verify=http_tls(settings.ca_file)) as client:
            healthy = client.get("/info/healthcheck")
            # Any answer of the API will do: this asks whether we are let in.
            known = client.post("/api/v1/workflow/get", json={"workflowId": NO_SUCH_WORKFLOW})
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        url = httpx.URL(settings.iwf_url)
        at = Endpoint("the iWF server", url.host, url.port or 80, host_setting="INBOX_AGENT_IWF_URL")
        cause = TimeoutError() if isinstance(error, httpx.TimeoutException) else error
        fault = explain_fault(cause, at)
        fix = f"{fault.fix}, start the iWF server, or unset INBOX_AGENT_IWF_URL for the embedded engine"
        raise CheckFailed(replace(fault, fix=fix)) from error
    if healthy.status_code != httpx.codes.OK:
        what = f"{shown} answered {healthy.status_code}"
        raise CheckFailed(Fault(Kind.ADDRESS, what, "Is INBOX_AGENT_IWF_URL an iWF server?"))
    if known.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        fix = "Set INBOX_AGENT_ENGINE_SECRET to the same value as for the engine"
        raise CheckFailed(Fault(Kind.LOGIN, f"{shown} refuses the agent's secret", fix))
    return f"the iWF server at {shown} is healthy"


def check_data(settings: Settings) -> None:
    """Whether the data folder of the embedded engine can be written, and has room for the first things in it.

    Raises:
        CheckFailed: it cannot.
    """
    folder = settings.data.absolute()
    existing = next(one for one in (folder, *folder.parents) if one.exists())
    try:
        with tempfile.TemporaryFile(dir=existing) as file:
            file.write(bytes(ROOM_BYTES))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        what = f"the data folder {folder} cannot be written ({error.strerror})"
        fix = "Set INBOX_AGENT_DATA to a folder that the agent can write to, or give it access to this one"
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            fix = "Make room there, or set INBOX_AGENT_DATA to a folder on another disk"
        raise CheckFailed(Fault(Kind.SERVER, what, fix)) from error


def check_ports(settings: Settings) -> str:
    """Whether the ports are free, or held by the agent itself."""
    told = []
    for port in own_ports(settings):
        error = listening_trouble(port)
        if error is not None and not _is_ours(port):
            what, _, fix = port.trouble(error).partition("; ")
            raise CheckFailed(Fault(Kind.ADDRESS, what, fix.capitalize()))
        told.append(f"{port.use} {port.where} {'is running' if error else 'is free'}")
    return ", ".join(told)


def check_model(settings: Settings) -> str:
    settings.require_model()
    try:
        with model_probe(settings) as probe:
            probe.ask()
    except ModelFault as error:
        raise CheckFailed(error.fault) from error
    return f"the model {settings.model} answered in the format that the agent needs"


def knock_at_model(settings: Settings) -> None:
    """Whether the model's service is there and accepts the key; the model is not called.

    Raises:
        CheckFailed: it is not there, or refuses the key.
    """
    try:
        with model_probe(settings) as probe:
            probe.knock()
    except ModelFault as error:
        raise CheckFailed(error.fault) from error


def model_probe(settings: Settings) -> ModelProbe:
    return ModelProbe(
        api_key=settings.openai_api_key.get_secret_value(),
        base_url=settings.openai_base_url,
        model=settings.model,
        ca_file=settings.ca_file,
        timeout_seconds=settings.model_timeout_seconds,
    )


CHECKS = (
    Check("IMAP", check_imap),
    Check("SMTP", check_smtp),
    Check("people", check_senders),
    Check("iWF", check_engine),
    Check("ports", check_ports),
    Check("model", check_model),
)


def print_checks(settings: Settings) -> bool:
    """Run all checks and print a line or two for each; whether all passed."""
    passed = True
    for check in CHECKS:
        try:
            print(f"ok      {check.name:<6} {for_terminal(check.run(settings))}", flush=True)
        except CheckFailed as error:
            passed = False
            print(
                f"FAILED  {check.name:<6} {for_terminal(error.fault.what)}\n               {error.fault.fix}",
                flush=True,
            )
    return passed


def main(argv: Sequence[str]) -> int:
    """Exit code 0 when all works, 1 when something does not, 2 when the settings are wrong."""
    parser = argparse.ArgumentParser(
        prog="inbox-agent check",
        description="Connect to IMAP, SMTP, iWF and the model; say for each whether it works and how to fix it. "
        "The model is asked one short question.",
    )
    add_env_file_argument(parser)
    configuration.use_env_file(parser.parse_args(argv).env_file)
    settings = configuration.load()
    require_closed(settings)
    for warning in warnings(settings):
        print(f"WARNING {warning}", flush=True)
    return int(not print_checks(settings))


def _is_ours(port: ListeningPort) -> bool:
    """Whether one of our own processes answers at a port: its health page says so."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(port.host, port.host)  # noqa: S104 — compared, not bound
    where = replace(port, host=host).where
    try:
        if port.use == "engine":
            return (
                httpx.get(f"http://{where}/info/healthcheck", timeout=2, trust_env=False).status_code == httpx.codes.OK
            )
        answer = httpx.get(f"http://{where}/healthz", timeout=2, trust_env=False)
    except httpx.HTTPError:
        return False
    return answer.status_code == httpx.codes.OK and "inbox-agent" in answer.headers.get("server", "")
