"""The questions of ``inbox-agent setup`` in their order, and what the settings become."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from inbox_agent.adapters.mail_account import MailAccount
from inbox_agent.checks.connection_faults import Kind
from inbox_agent.checks.mailbox_survey import survey_mailbox
from inbox_agent.checks.model_probe import OPENAI_URL, ModelFault, ModelProbe
from inbox_agent.checks.providers import Server
from inbox_agent.hosts_and_ports import parse_http_url
from inbox_agent.secret_strength import weakness_of
from inbox_agent.settings import Settings, is_loopback, variable_of
from inbox_agent.settings.agent import is_placeholder
from inbox_agent.settings.trust import check_entries, split_list
from inbox_agent.setup.accounts import AccountSetup, Login, ask_certificates, parse_server, whole_path
from inbox_agent.setup.dialog import Dialog
from inbox_agent.setup.discovery import find_mail_servers
from inbox_agent.setup.proof import choose_proof

_OAUTH = ("oauth_provider", "oauth_client_id", "oauth_client_secret", "oauth_refresh_token", "oauth_tenant")


@dataclass(frozen=True, slots=True)
class Given:
    """What the command line says already; "" is asked or found."""

    address: str = ""
    imap: str = ""
    smtp: str = ""
    login: str = ""
    allow: str = ""
    model: str = ""
    base_url: str = ""
    ca_file: str = ""


class Wizard:
    """One setup.

    Args:
        before: the settings that stand in the file already, by variable.
        given: answers of the command line.
    """

    def __init__(self, dialog: Dialog, before: Mapping[str, str], given: Given) -> None:
        self._dialog = dialog
        self._before = before
        self._given = given
        self._found: dict[str, str] = {}

    def run(self) -> dict[str, str]:
        """Ask everything; the settings by variable, an empty value for one that has to go."""
        address = self._ask_address()
        self._set("address", address)
        account = self._ask_account(address)
        self._ask_model()
        self._ask_people()
        self._choose_proof(account)
        for field in ("api_token", "secret_key"):
            self._set(field, secrets.token_hex(32) if weakness_of(self._old(field)) else self._old(field))
        return {variable_of(field): value for field, value in self._found.items()}

    def _set(self, field: str, value: str) -> None:
        self._found[field] = value

    def _old(self, field: str) -> str:
        return self._before.get(variable_of(field), "")

    def _ask_address(self) -> str:
        given = self._given.address
        while True:
            answer = given or self._dialog.ask(
                "Mail address of the agent (use a separate account)", self._old("address")
            )
            try:
                return validate_email(
                    answer, check_deliverability=False, globally_deliverable=False, test_environment=True
                ).normalized
            except EmailNotValidError as error:
                self._dialog.say(f"That is not a mail address: {error}")
                given = ""

    def _ask_account(self, address: str) -> MailAccount:
        servers = find_mail_servers(address)
        self._dialog.say(f"{servers.how}.")
        ask = AccountSetup(self._dialog, servers.provider, whole_path(self._given.ca_file or self._old("ca_file")))
        known = servers.provider is not None
        imap = self._server(ask, "IMAP", servers.imap, given=self._given.imap, known=known)
        login = ask.ask_login(address, self._given.login or self._old("imap_user"), self._kept_login())
        imap, login = ask.connect("IMAP", imap, login)
        smtp = self._server(ask, "SMTP", servers.smtp, given=self._given.smtp, known=known)
        smtp, sending = ask.connect("SMTP", smtp, login)
        for service, server, used in (("imap", imap, login), ("smtp", smtp, sending)):
            self._set(f"{service}_host", server.host)
            self._set(f"{service}_port", str(server.port))
            self._set(f"{service}_security", server.security)
            self._set(f"{service}_user", used.user if used.user != address else "")
            self._set(f"{service}_password", used.password)
        for field in _OAUTH:
            self._set(field, (sending.oauth or {}).get(field, ""))
        self._set("ca_file", ask.ca_file)
        if servers.provider is not None and not servers.provider.plus_addresses:
            self._set("plus_addresses", "false")
        return ask.account(imap, login)

    def _server(self, ask: AccountSetup, service: str, found: Server, *, given: str, known: bool) -> Server:
        if given:
            try:
                return parse_server(given, service)
            except ValueError as error:
                self._dialog.say(f"That is not a server: {error}.")
        old = self._old(f"{service.lower()}_host")
        if old and self._old("address") == self._found["address"]:
            port, security = self._old(f"{service.lower()}_port"), self._old(f"{service.lower()}_security")
            found = parse_server(f"{old}{':' if port else ''}{port} {security}", service)
        elif known:
            return found
        return ask.ask_server(service, found)

    def _kept_login(self) -> Login | None:
        if self._old("address") != self._found["address"]:
            return None
        oauth = {field: self._old(field) for field in _OAUTH if self._old(field)}
        return Login(self._old("imap_user"), self._old("imap_password"), oauth or None)

    def _ask_model(self) -> None:
        base = self._ask_base_url(self._given.base_url, self._old("openai_base_url") or OPENAI_URL)
        key = self._ask_key(base)
        model = self._given.model or self._dialog.ask(
            "Model", self._old("model") or str(Settings.model_fields["model"].default)
        )
        while True:
            self._dialog.say(f"Trying {model} at {base} …")
            try:
                with ModelProbe(api_key=key, base_url=base, model=model, ca_file=self._found["ca_file"]) as probe:
                    probe.ask()
                self._dialog.say("The model works.")
                break
            except ModelFault as error:
                self._dialog.say(f"That does not work: {error.fault.what}.")
                if error.setting == "OPENAI_BASE_URL" and error.better:
                    base = error.better
                    continue
                self._dialog.say(f"{error.fault.fix}.")
                if error.setting == "OPENAI_API_KEY":
                    key = self._ask_key(base, again=True)
                elif error.setting == "INBOX_AGENT_MODEL":
                    model = self._dialog.ask("Model", error.better or model)
                elif error.fault.kind is Kind.CERTIFICATE:
                    self._set("ca_file", ask_certificates(self._dialog))
                elif error.setting == "OPENAI_BASE_URL":
                    base = self._ask_base_url("", base)
                elif self._dialog.confirm("Continue without a working model and fix it later?", default=False):
                    break
        self._set("openai_base_url", base if base != OPENAI_URL else "")
        self._set("openai_api_key", key)
        self._set("model", model)

    def _ask_base_url(self, given: str, default: str) -> str:
        """The address of the API, asked until it is one and may be used."""
        while True:
            base = given or self._dialog.ask("Address of the model's API", default or OPENAI_URL)
            given = ""
            try:
                parts = parse_http_url(base)
            except ValueError as error:
                self._dialog.say(f"That {error}." if str(error).startswith("is ") else f"That is no address: {error}.")
                continue
            host = parts.hostname or ""
            if parts.scheme == "https" or is_loopback(host) or self._may_be_plain(host):
                return base.rstrip("/")

    def _may_be_plain(self, host: str) -> bool:
        hosts = [one for one in self._old("plain_http_hosts").split(",") if one]
        if host in hosts:
            return True
        if self._dialog.confirm(
            f"http:// sends mails and the key in the clear to {host}. Is that network safe?", default=False
        ):
            self._set("plain_http_hosts", ",".join([*hosts, host]))
            return True
        return False

    def _ask_key(self, base: str, *, again: bool = False) -> str:
        kept = "" if again else self._old("openai_api_key")
        if base == OPENAI_URL and not again:
            self._dialog.say("Get an OpenAI key at platform.openai.com → API keys (you need credit under Billing).")
        while True:
            key = self._dialog.ask_secret("Key of the model's API", keep=bool(kept)).strip() or kept
            if not is_placeholder(key) and all("!" <= char <= "~" for char in key):
                return key
            self._dialog.say(
                "That is not a key: it contains a space or another character that keys do not have, or is a placeholder."
            )

    def _ask_people(self) -> None:
        given = self._given.allow
        while True:
            question = "Who may use the agent (addresses, or @domain for everybody at a domain; separate with commas)"
            answer = given or self._dialog.ask(question, self._old("allow"))
            given = ""
            try:
                entries = check_entries(split_list(answer))  # type: ignore[arg-type]  # a tuple for text
            except ValueError as error:
                self._dialog.say(f"{error}.")
                continue
            if "*" in entries and self._old("allow_everyone") != "yes":
                if not self._dialog.confirm(
                    "* lets anyone in the world send mail through this agent. Are you sure?", default=False
                ):
                    continue
                self._set("allow_everyone", "yes")
            if entries:
                self._set("allow", ",".join(entries))
                return

    def _choose_proof(self, account: MailAccount) -> None:
        folders = [
            self._old(field) or str(Settings.model_fields[field].default)
            for field in ("folder_processed", "folder_ignored", "folder_quarantine")
        ]
        present = {field: self._old(field) for field in ("authserv_id", "check_signatures", "trust_from")}
        self._found.update(choose_proof(self._dialog, present, lambda: survey_mailbox(account, *folders).headers))
