"""Asking for the mail account: each answer is tried at once, and what is wrong is said before it is asked again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from inbox_agent.adapters.mail_account import MailAccount, Security
from inbox_agent.adapters.oauth import token_source
from inbox_agent.checks.check import CheckFailed, log_in_imap, log_in_smtp
from inbox_agent.checks.connection_faults import Kind
from inbox_agent.checks.providers import Provider, Server
from inbox_agent.hosts_and_ports import parse_host, parse_port
from inbox_agent.settings import is_loopback
from inbox_agent.settings.agent import is_placeholder, trouble_with_certificates
from inbox_agent.setup.dialog import Dialog

_SECURITY_OF_PORT: dict[int, Security] = {993: "tls", 465: "tls", 143: "starttls", 587: "starttls", 25: "starttls"}
_PORT: dict[str, dict[Security, int]] = {
    "IMAP": {"tls": 993, "starttls": 143, "none": 143},
    "SMTP": {"tls": 465, "starttls": 587, "none": 587},
}
NOTHING = "-"
_TRY: dict[str, Callable[[MailAccount], None]] = {"IMAP": log_in_imap, "SMTP": log_in_smtp}


@dataclass(frozen=True, slots=True)
class Login:
    """As whom: a password, or OAuth2 settings by the names of their fields."""

    user: str
    password: str = ""
    oauth: Mapping[str, str] | None = None


def whole_path(file: str) -> str:
    """A file as the settings keep it: they are read in other folders than this one, by services for example."""
    return str(Path(file).expanduser().absolute()) if file else ""


def ask_certificates(dialog: Dialog, or_else: str = "", default: str = "") -> str:
    """The file of an authority's certificates, asked until it holds some; "" for an answer of ``-``."""
    while True:
        answer = dialog.ask(f"PEM file with the CA certificate{or_else}", default)
        if answer == NOTHING:
            return ""
        file = whole_path(answer)
        if not (trouble := trouble_with_certificates(file)):
            return file
        dialog.say(f"{trouble}.")


def parse_server(text: str, service: str) -> Server:
    """``HOST``, ``HOST:PORT`` or ``HOST:PORT tls|starttls|none``.

    Raises:
        ValueError: it is none of these; says what it should be.
    """
    words = text.replace(",", " ").split()
    security = words[1].lower() if len(words) == 2 else ""
    if not words or len(words) > 2 or security not in ("", "tls", "starttls", "none"):
        raise ValueError("write HOST, HOST:PORT, or HOST:PORT followed by tls, starttls or none")
    server = words[0].removeprefix("imap://").removeprefix("smtp://")
    host, colon, port = server.rpartition(":")
    if not colon or server.endswith("]") or (server.count(":") > 1 and not server.startswith("[")):
        host, port = server, ""
    host = parse_host(host)
    if colon and port:
        parse_port(port, lowest=1)
    if security == "none" and not is_loopback(host):
        raise ValueError("none would send the password in the clear; use tls or starttls")
    known: Security = _SECURITY_OF_PORT.get(int(port), "tls") if port else "tls"
    chosen: Security = security or known  # type: ignore[assignment]  # one of the three, see above
    return Server(host, int(port) if port else _PORT[service][chosen], chosen)


class AccountSetup:
    """The questions about one account. ``ca_file`` may become known on the way."""

    def __init__(self, dialog: Dialog, provider: Provider | None, ca_file: str) -> None:
        self._dialog = dialog
        self._provider = provider
        self.ca_file = ca_file

    def ask_login(self, address: str, user: str, kept: Login | None) -> Login:
        """The login for reading, untried."""
        provider = self._provider
        if provider is None:
            user = self._dialog.ask("Login name at the mail server", user or address)
        else:
            user = user or address
            self._dialog.say(f"{provider.password}.")
        if provider is not None and provider.oauth and (provider.oauth_only or self._wants_oauth()):
            return Login(user, oauth=self._ask_oauth(provider, dict(kept.oauth or {}) if kept else {}))
        return Login(user, self._ask_password("Password", kept.password if kept else ""))

    def connect(self, service: str, server: Server, login: Login) -> tuple[Server, Login]:
        """Try until it works; returns what worked."""
        switched = False
        while True:
            self._dialog.say(f"Trying {service} at {server} …")
            try:
                _TRY[service](self.account(server, login))
            except CheckFailed as error:
                fault = error.fault
                self._dialog.say(f"That does not work: {fault.what}.")
                if fault.kind is Kind.SECURITY and not switched and (other := _other_security(server)):
                    switched, server = True, other
                    continue
                self._dialog.say(f"{fault.fix}.")
                server, login = self._corrected(service, server, login, fault.kind)
                switched = False
                continue
            self._dialog.say(f"{service} works.")
            return server, login

    def _corrected(self, service: str, server: Server, login: Login, kind: Kind) -> tuple[Server, Login]:
        """The answers after the one that is wrong was asked again."""
        if kind is Kind.LOGIN:
            if login.oauth is not None and self._provider is not None:
                return server, replace(login, oauth=self._ask_oauth(self._provider, dict(login.oauth)))
            user = login.user if self._provider else self._dialog.ask("Login name at the mail server", login.user)
            return server, replace(login, user=user, password=self._ask_password(f"Password for {service}", ""))
        if kind is Kind.CERTIFICATE and (
            file := ask_certificates(self._dialog, ", or - to name another server", NOTHING)
        ):
            self.ca_file = file
            return server, login
        if kind is Kind.SERVER:
            self._dialog.ask("Press Enter to try again", "again")
            return server, login
        return self.ask_server(service, server), login

    def ask_server(self, service: str, default: Server) -> Server:
        what = "reading mail" if service == "IMAP" else "sending mail"
        while True:
            try:
                return parse_server(self._dialog.ask(f"{service} server, for {what}", str(default)), service)
            except ValueError as error:
                self._dialog.say(f"That is not a server: {error}.")

    def _ask_password(self, question: str, kept: str) -> str:
        while True:
            password = self._dialog.ask_secret(question, keep=bool(kept)) or kept
            if self._provider is not None and self._provider.compact_password and len("".join(password.split())) == 16:
                # Shown in four groups; what is copied holds blanks, often such that do not break.
                password = "".join(password.split())
            if not is_placeholder(password):
                return password
            self._dialog.say("That is a placeholder from an example.")

    def _wants_oauth(self) -> bool:
        return self._dialog.confirm("Log in with OAuth2 instead of a password?", default=False)

    def _ask_oauth(self, provider: Provider, kept: dict[str, str]) -> dict[str, str]:
        self._dialog.say(
            "For OAuth2 you need a client registered with the provider and a refresh token for this mailbox."
        )
        answers = {"oauth_provider": provider.oauth}
        answers["oauth_client_id"] = self._dialog.ask("Client id", kept.get("oauth_client_id", ""))
        secret = self._dialog.ask_secret("Client secret, or - for none", keep=bool(kept.get("oauth_client_secret")))
        answers["oauth_client_secret"] = "" if secret == NOTHING else secret or kept.get("oauth_client_secret", "")
        answers["oauth_refresh_token"] = self._dialog.ask_secret(
            "Refresh token", keep=bool(kept.get("oauth_refresh_token"))
        ) or kept.get("oauth_refresh_token", "")
        if provider.oauth == "microsoft":
            answers["oauth_tenant"] = self._dialog.ask("Tenant", kept.get("oauth_tenant", "common"))
        return answers

    def account(self, server: Server, login: Login) -> MailAccount:
        """The account that these answers name."""
        tokens = None
        if login.oauth is not None:
            given = login.oauth
            tokens = token_source(
                given["oauth_provider"],
                client_id=given["oauth_client_id"],
                client_secret=given["oauth_client_secret"],
                refresh_token=given["oauth_refresh_token"],
                tenant=given.get("oauth_tenant", "common"),
                ca_file=self.ca_file,
            )
        return MailAccount(
            server.host, server.port, login.user, login.password, server.security, tokens=tokens, ca_file=self.ca_file
        )


def _other_security(server: Server) -> Server | None:
    """The other kind of encryption at the same port; never none."""
    if server.security == "none":
        return None
    return replace(server, security="starttls" if server.security == "tls" else "tls")
