"""The composition root: the only place where adapters are built from settings and put together."""

import logging
import secrets
import threading
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlsplit

from inbox_agent.adapters.dns_questions import dns_server
from inbox_agent.adapters.dns_txt import TxtRecords
from inbox_agent.adapters.imap import ImapMailbox
from inbox_agent.adapters.imap_folders import Folders
from inbox_agent.adapters.iwf_client import IwfConversations
from inbox_agent.adapters.iwf_memories import IwfMemories
from inbox_agent.adapters.mail_account import MailAccount, TokenSource
from inbox_agent.adapters.mailbox_pool import MailboxPool
from inbox_agent.adapters.oauth import token_source
from inbox_agent.adapters.once_only_sender import OnceOnlySender
from inbox_agent.adapters.signature_check import SignatureChecker
from inbox_agent.adapters.smtp import SmtpTransport
from inbox_agent.conversation.commands import takes_back
from inbox_agent.conversation.outbound import OutboundPolicy
from inbox_agent.errors import ConfigurationError
from inbox_agent.intake.intake import SignatureCheck
from inbox_agent.intake.policy import intake_policy
from inbox_agent.intake.sender_gate import SenderGate
from inbox_agent.intake.sender_limits import SenderCaps
from inbox_agent.listening import naming, web_port, worker_port
from inbox_agent.poller import Poller
from inbox_agent.ports import Model
from inbox_agent.scheduler import PollerHealth, run_poller
from inbox_agent.settings import Settings, TrustSettings, split_server
from inbox_agent.settings.callers import engine_address, worker_address, worker_logins, worker_paths
from inbox_agent.web.app import create_app
from inbox_agent.web.callers import Callers
from inbox_agent.web.serve import serve
from inbox_agent.web.worker import create_worker_app
from workflows.registry import build_worker_service
from workflows.services import AgentIdentity, Services

log = logging.getLogger(__name__)

IMAP_PORTS = {"tls": 993, "starttls": 143, "none": 143}
SMTP_PORTS = {"tls": 465, "starttls": 587, "none": 587}
WEB_THREADS = 8
DNS_WAIT_SECONDS = 5.0


def account_tokens(settings: Settings) -> TokenSource | None:
    """OAuth2 access tokens when a provider is set, else None: the passwords are used."""
    if not settings.oauth_provider:
        return None
    return token_source(
        settings.oauth_provider,
        client_id=settings.oauth_client_id,
        client_secret=settings.oauth_client_secret.get_secret_value(),
        refresh_token=settings.oauth_refresh_token.get_secret_value(),
        tenant=settings.oauth_tenant,
        ca_file=settings.ca_file,
    )


def imap_account(settings: Settings) -> MailAccount:
    return MailAccount(
        host=settings.imap_host,
        port=settings.imap_port or IMAP_PORTS[settings.imap_security],
        user=settings.imap_login,
        password=settings.imap_password.get_secret_value(),
        security=settings.imap_security,
        tokens=account_tokens(settings),
        ca_file=settings.ca_file,
    )


def smtp_account(settings: Settings) -> MailAccount:
    return MailAccount(
        host=settings.smtp_host,
        port=settings.smtp_port or SMTP_PORTS[settings.smtp_security],
        user=settings.smtp_login,
        password=settings.smtp_password.get_secret_value(),
        security=settings.smtp_security,
        tokens=account_tokens(settings),
        ca_file=settings.ca_file,
    )


def proof_of_senders(settings: TrustSettings) -> str:
    """How a From address is proven, in half a sentence that names the setting."""
    proofs = [
        f"by the results of {settings.authserv_id} (INBOX_AGENT_AUTHSERV_ID)" if settings.authserv_id else "",
        "by signatures that the agent checks itself (INBOX_AGENT_CHECK_SIGNATURES)"
        if settings.check_signatures
        else "",
    ]
    told = " or ".join(proof for proof in proofs if proof)
    if told:
        return f"senders verified {told}"
    return "every sender, without verification (INBOX_AGENT_TRUST_FROM)"


def folder_names(settings: Settings) -> Folders:
    return Folders(
        processed=settings.folder_processed,
        ignored=settings.folder_ignored,
        quarantine=settings.folder_quarantine,
        failed=settings.folder_failed,
        sent=settings.folder_sent,
    )


def open_mailbox(settings: Settings) -> ImapMailbox:
    return ImapMailbox(
        imap_account(settings),
        folder_names(settings),
        max_message_bytes=settings.max_message_bytes,
        secret=settings.secret_key.get_secret_value().encode(),
        own_address=settings.address,
    )


def identity(settings: Settings) -> AgentIdentity:
    return AgentIdentity(
        settings.address,
        settings.name,
        settings.secret_key.get_secret_value().encode(),
        from_name=settings.from_name,
        plus_addresses=settings.plus_addresses,
    )


def conversations(settings: Settings) -> IwfConversations:
    return IwfConversations(engine_address(settings), worker_address(settings), ca_file=settings.ca_file)


def model(settings: Settings) -> Model:
    # Only the worker asks the model, and the SDK behind it takes seconds and 80 MB to import.
    from inbox_agent.adapters.openai_agents import OpenAIModel  # noqa: PLC0415

    return OpenAIModel(
        api_key=settings.openai_api_key.get_secret_value(),
        base_url=settings.openai_base_url,
        model=settings.model,
        timeout=settings.model_timeout_seconds,
        default_zone=settings.time_zone,
        ca_file=settings.ca_file,
        # When the service hangs, there must be threads left for people who write "cancel".
        max_calls=max(1, settings.worker_threads * 3 // 4),
    )


def services(settings: Settings) -> Services:
    """What the workflow's states need."""
    return Services(
        model=model(settings),
        post=OnceOnlySender(
            SmtpTransport(smtp_account(settings)),
            MailboxPool(partial(open_mailbox, settings)),
            address=settings.address,
        ),
        memories=IwfMemories(
            engine_address(settings), worker_address(settings), mailbox=settings.address, ca_file=settings.ca_file
        ),
        identity=identity(settings),
        clock=lambda: datetime.now(UTC),
        nonce=lambda: secrets.token_hex(5),
        default_zone=settings.time_zone,
        send_pause_seconds=settings.send_pause,
        per_conversation=settings.max_per_conversation,
        outbound=OutboundPolicy(
            allow=settings.send_allow,
            block=settings.send_block,
            max_recipients=settings.max_recipients,
            max_mails_per_day=settings.max_mails_per_day,
            confirm_words=settings.confirm_words,
            max_files=settings.max_files,
            max_file_bytes=settings.max_file_bytes,
            max_files_bytes=settings.max_files_bytes,
        ),
    )


def run_role(role: str, settings: Settings, stopped: threading.Event) -> None:
    """Run one role in this process until the event is set."""
    {"worker": run_worker, "poller": run_poller_role, "web": run_web}[role](settings, stopped)


def callers(settings: Settings) -> Callers:
    """Who may call the worker: the engine that was told its URL."""
    names = {urlsplit(settings.worker_url).hostname or "", settings.worker_host.lower()}
    return Callers(
        paths=worker_paths(settings),
        logins=worker_logins(settings),
        hosts=frozenset(names - {""}),
        everybody=settings.worker_open,
    )


def run_worker(settings: Settings, stopped: threading.Event) -> None:
    app = create_worker_app(build_worker_service(services(settings)), callers(settings))
    port = worker_port(settings)
    with naming(port):
        serve(app, port.host, port.number, settings.worker_threads, stop=stopped)


def run_web(settings: Settings, stopped: threading.Event) -> None:
    app = create_app(
        conversations(settings),
        api_token=settings.api_token.get_secret_value(),
        secret_key=settings.secret_key.get_secret_value(),
        read_token=settings.read_token.get_secret_value(),
        behind_proxy=settings.behind_proxy,
        mail_address=settings.address,
        banners=(settings.web_banner,) if settings.web_banner else (),
    )
    port = web_port(settings)
    with naming(port):
        serve(app, port.host, port.number, WEB_THREADS, stop=stopped)


def dns_records(settings: TrustSettings) -> TxtRecords:
    """The records of the DNS server in the settings, else of the system's."""
    return TxtRecords(dns_server(split_server(settings.dns_server) if settings.dns_server else None))


def waiting_check(settings: TrustSettings) -> SignatureCheck | None:
    """The check of a mail's own signatures, when the settings ask for it, for a caller that may wait for the DNS."""
    if not settings.check_signatures:
        return None
    return SignatureChecker(dns_records(settings), settings.trusted_sealers, wait_seconds=DNS_WAIT_SECONDS)


def poller_health(settings: Settings) -> PollerHealth:
    """Where the poller notes that it is well: in the file of the setting, else in the data folder where that can be written.

    Raises:
        ConfigurationError: the file of the setting cannot be written.
    """
    file = settings.poller_health
    if settings.poller_health_file:
        return PollerHealth(file)
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return PollerHealth(file)
    except (OSError, ConfigurationError) as error:
        # A role beside an iWF server needs no data folder and may have a disk that nobody writes to.
        log.warning("inbox-agent health will not know how the poller is: %s", error)
        return PollerHealth()


def run_poller_role(settings: Settings, stopped: threading.Event) -> None:
    records = dns_records(settings) if settings.check_signatures else None
    policy = intake_policy(
        settings,
        own_address=settings.address,
        secret=settings.secret_key.get_secret_value().encode(),
        check=SignatureChecker(records, settings.trusted_sealers, at_length=False) if records else None,
        check_at_length=SignatureChecker(records, settings.trusted_sealers) if records else None,
        now=lambda: datetime.now(UTC),
    )
    caps = SenderCaps(
        per_sender=settings.max_per_sender,
        per_domain=settings.max_per_domain,
        total=settings.max_total,
        stops=takes_back,
    )
    health = poller_health(settings)
    with closing(open_mailbox(settings)) as inbox, closing(open_mailbox(settings)) as idle:
        poller = Poller(inbox, conversations(settings), policy, gate=SenderGate(caps, policy), look_ups=records)
        run_poller(poller, idle, interval_seconds=settings.poll_interval, stop=stopped, health=health)
