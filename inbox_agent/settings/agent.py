"""The settings: read once from the environment and secret files, each documented in ``inbox-agent.example.env``.

Secrets may also lie in files named after the variable in ``/run/secrets`` (Docker's and Kubernetes' convention).
Nothing else in the program reads the environment.
"""

import difflib
import os
import re
import ssl
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from email_validator import EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    AliasChoices,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource

from inbox_agent.errors import ConfigurationError, WrongSettings
from inbox_agent.hosts_and_ports import parse_host, parse_http_url, parse_port
from inbox_agent.secret_strength import weakness_of
from inbox_agent.settings.trust import PREFIX, TrustSettings, check_entries, split_list

EXAMPLE_FILE = "inbox-agent.example.env"
SECRETS_DIR = Path("/run/secrets")
# What stands in examples and templates in place of a password or key, without the dots or crosses at its end.
PLACEHOLDERS = frozenset(
    {
        "an app password",
        "an-app-password",
        "app-password",
        "change-me",
        "changeme",
        "sk",
        "sk-proj",
        "sk-your-api-key",
    }
    | {"sk-your-key", "your-api-key", "your-app-password", "your-key", "your-password", "your_api_key", "your_password"}
)
_COMMENT = re.compile(r"\s#")
Security = Literal["tls", "starttls", "none"]
Port = Annotated[int, BeforeValidator(parse_port)]
Host = Annotated[str, AfterValidator(parse_host)]
# Empty: every address of this machine.
ListeningHost = Annotated[str, AfterValidator(lambda host: parse_host(host) if host else "")]


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only mean this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_placeholder(secret: str) -> bool:
    """Whether a password or key is only the words that an example has in its place, as ``sk-…`` or ``<your-key>``."""
    return secret.strip().strip("<>[]{}").rstrip(".…x*-_ ").lower() in PLACEHOLDERS


def trouble_with_certificates(file: str) -> str:
    """Why a file of certificates cannot be used, empty when it can."""
    try:
        ssl.create_default_context(cafile=file)
    except OSError as error:
        why = error.strerror if not isinstance(error, ssl.SSLError) and error.strerror else "holds no certificate"
        return f"{file} cannot be used ({why}); it names a file of certificates in PEM form"
    return ""


class Settings(TrustSettings):
    """Every setting of the agent. A field ``imap_host`` is the variable ``INBOX_AGENT_IMAP_HOST``.

    Raises:
        ConfigurationError: from ``load``; names each wrong setting, what is wrong, and an example.
    """

    address: str = Field(examples=["agent@example.com"])
    name: str = Field(default="Email agent", examples=["Email agent"])
    plus_addresses: bool = Field(default=True, examples=["true"])
    from_name: str = Field(default="{owner} via {agent}", min_length=1, examples=["{owner} via {agent}"])

    imap_host: Host = Field(examples=["imap.example.com"])
    imap_port: Port = Field(default=0, examples=["993"])
    imap_user: str = Field(default="", examples=["agent@example.com"])
    imap_password: SecretStr = Field(default=SecretStr(""), examples=["the app password of the mailbox"])
    imap_security: Security = Field(default="tls", examples=["tls"])

    smtp_host: Host = Field(examples=["smtp.example.com"])
    smtp_port: Port = Field(default=0, examples=["465"])
    smtp_user: str = Field(default="", examples=["agent@example.com"])
    smtp_password: SecretStr = Field(default=SecretStr(""), examples=["the app password of the mailbox"])
    smtp_security: Security = Field(default="tls", examples=["tls"])

    oauth_provider: Literal["", "google", "microsoft"] = Field(default="", examples=["google"])
    oauth_client_id: str = Field(default="", examples=["1234.apps.googleusercontent.com"])
    oauth_client_secret: SecretStr = Field(default=SecretStr(""), examples=["the client's secret"])
    oauth_refresh_token: SecretStr = Field(default=SecretStr(""), examples=["the refresh token of the mailbox"])
    oauth_tenant: str = Field(default="common", examples=["common"])

    ca_file: str = Field(default="", examples=["/etc/ssl/certs/company-ca.pem"])

    iwf_url: str = Field(default="", examples=["http://127.0.0.1:8801"])
    engine_port: Port = Field(default=8801, examples=["8801"])
    worker_url: str = Field(default="http://127.0.0.1:8802", examples=["http://127.0.0.1:8802"])
    worker_open: bool = Field(default=False, examples=["yes"])
    worker_host: ListeningHost = Field(default="127.0.0.1", examples=["127.0.0.1"])
    worker_threads: int = Field(default=64, ge=2, le=1024, examples=["64"])
    web_host: ListeningHost = Field(default="127.0.0.1", examples=["127.0.0.1"])
    web_port: Port = Field(default=8800, examples=["8800"])
    behind_proxy: bool = Field(default=False, examples=["yes"])
    web_banner: str = Field(default="", examples=["This is the staging agent"])
    api_token: SecretStr = Field(examples=["the output of: openssl rand -hex 32"])
    read_token: SecretStr = Field(default=SecretStr(""), examples=["the output of: openssl rand -hex 32"])
    secret_key: SecretStr = Field(examples=["the output of: openssl rand -hex 32"])
    former_secret_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(default=(), examples=["the key before"])
    engine_secret: SecretStr = Field(default=SecretStr(""), examples=["the output of: openssl rand -hex 32"])

    trust_from: bool = Field(default=False, examples=["yes"])
    allow_everyone: bool = Field(default=False, examples=["yes"])
    listen_beyond_loopback: bool = Field(default=False, examples=["yes"])
    plain_http_hosts: Annotated[tuple[str, ...], NoDecode] = Field(default=(), examples=["iwf-server,worker"])

    model: str = Field(default="gpt-5-mini", min_length=1, examples=["gpt-5-mini"])
    model_timeout_seconds: float = Field(default=75.0, gt=0, le=85, examples=["75"])
    openai_api_key: SecretStr = Field(
        default=SecretStr(""), validation_alias=AliasChoices("openai_api_key"), examples=["sk-proj-1a2b3c"]
    )
    openai_base_url: str = Field(
        default="", validation_alias=AliasChoices("openai_base_url"), examples=["https://api.openai.com/v1"]
    )

    allow: Annotated[tuple[str, ...], NoDecode] = Field(examples=["ann@example.com,@example.org"])
    max_per_conversation: int = Field(default=40, ge=1, le=4000, examples=["40"])
    max_per_sender: int = Field(default=100, ge=1, examples=["100"])
    max_per_domain: int = Field(default=500, ge=1, examples=["500"])
    max_total: int = Field(default=1000, ge=1, examples=["1000"])
    send_allow: Annotated[tuple[str, ...], NoDecode] = Field(default=(), examples=["@corp.example,lee@partner.example"])
    send_block: Annotated[tuple[str, ...], NoDecode] = Field(default=(), examples=["@rival.example"])
    max_recipients: int = Field(default=20, ge=1, le=50, examples=["20"])
    max_files: int = Field(default=20, ge=1, le=50, examples=["20"])
    max_file_bytes: int = Field(default=15_000_000, ge=1, examples=["15000000"])
    max_files_bytes: int = Field(default=18_000_000, ge=1, examples=["18000000"])
    max_mails_per_day: int = Field(default=0, ge=0, examples=["200"])
    confirm_words: Annotated[tuple[str, ...], NoDecode] = Field(default=(), examples=["contract,wire transfer"])
    time_zone: str = Field(default="UTC", examples=["Europe/Berlin"])
    poller_health_file: str = Field(default="", examples=["/run/inbox-agent/poller-health"])
    poll_interval: float = Field(default=30.0, ge=0.2, le=3600, examples=["30"])
    send_pause: int = Field(default=10, ge=0, le=3600, examples=["10"])
    data: Path = Field(default=Path("var"), examples=["/var/lib/inbox-agent"])

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", examples=["INFO"])

    @field_validator("address")
    @classmethod
    def _address_is_one(cls, value: str) -> str:
        if not value:
            raise ValueError("is empty")
        try:
            return validate_email(
                value, check_deliverability=False, globally_deliverable=False, test_environment=True
            ).normalized
        except EmailNotValidError as error:
            raise ValueError(f"is no mail address: {error}") from error

    @field_validator("imap_password", "smtp_password", "openai_api_key")
    @classmethod
    def _no_placeholder(cls, value: SecretStr) -> SecretStr:
        secret = value.get_secret_value()
        if secret and is_placeholder(secret):
            raise ValueError("is still a placeholder; replace it with your own value (inbox-agent setup asks for it)")
        return value

    @field_validator("openai_api_key")
    @classmethod
    def _sendable(cls, value: SecretStr) -> SecretStr:
        secret = value.get_secret_value()
        if not all("!" <= char <= "~" for char in secret):
            raise ValueError("contains a space or another character that keys do not have; copy the key again")
        return value

    @field_validator("ca_file")
    @classmethod
    def _certificates(cls, value: str) -> str:
        if value and (trouble := trouble_with_certificates(value)):
            raise ValueError(trouble)
        return value

    _send_lists = field_validator("send_allow", "send_block", "confirm_words", "plain_http_hosts", mode="before")(
        split_list
    )
    _send_entries = field_validator("send_allow", "send_block")(check_entries)

    @field_validator("allow")
    @classmethod
    def _somebody(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError("names nobody, so the agent would answer nobody")
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError("is no time zone of the IANA database") from error
        return value

    @field_validator("iwf_url", "worker_url", "openai_base_url")
    @classmethod
    def _http_url(cls, value: str) -> str:
        if value:
            parse_http_url(value)
        return value.strip().rstrip("/")

    @field_validator("former_secret_keys", mode="before")
    @classmethod
    def _split_keys(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("api_token", "read_token", "secret_key", "engine_secret")
    @classmethod
    def _hard_to_guess(cls, value: SecretStr) -> SecretStr:
        secret = value.get_secret_value()
        if secret and (weakness := weakness_of(secret)):
            raise ValueError(weakness)
        return value

    @field_validator("api_token", "secret_key")
    @classmethod
    def _there(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value():
            raise ValueError("is empty")
        return value

    @model_validator(mode="after")
    def _accounts(self) -> "Settings":
        for service in ("imap", "smtp"):
            host = getattr(self, f"{service}_host")
            if getattr(self, f"{service}_security") == "none" and not is_loopback(host):
                raise ValueError(
                    f"{PREFIX}{service.upper()}_SECURITY: 'none' would send the password in the clear to {host}; "
                    f"only a loopback host may go without. Example: {PREFIX}{service.upper()}_SECURITY=tls"
                )
            if not getattr(self, f"{service}_password").get_secret_value() and not self.oauth_provider:
                raise ValueError(
                    f"{PREFIX}{service.upper()}_PASSWORD: is missing (or set {PREFIX}OAUTH_PROVIDER and its companions). "
                    f"Example: {PREFIX}{service.upper()}_PASSWORD=the app password of the mailbox"
                )
        if self.oauth_provider:
            for name in ("oauth_client_id", "oauth_refresh_token"):
                value = getattr(self, name)
                if not (value.get_secret_value() if isinstance(value, SecretStr) else value):
                    raise ValueError(
                        f"{PREFIX}{name.upper()}: is needed with {PREFIX}OAUTH_PROVIDER={self.oauth_provider}. "
                        f"Example: {PREFIX}{name.upper()}={example_of(name)}"
                    )
        return self

    def require_model(self) -> None:
        """Stop a start that needs the model and has no key.

        Raises:
            ConfigurationError: OPENAI_API_KEY is missing.
        """
        if not self.openai_api_key.get_secret_value():
            raise ConfigurationError(
                "OPENAI_API_KEY: is missing, so no model can be asked. Example: OPENAI_API_KEY=sk-proj-1a2b3c "
                "(for another server that speaks the Responses API set OPENAI_BASE_URL as well; "
                "to try the agent without a model: inbox-agent demo)"
            )

    @property
    def poller_health(self) -> Path:
        """Where the poller notes that it is well, and ``inbox-agent health`` looks."""
        return Path(self.poller_health_file) if self.poller_health_file else self.data / "poller-health"

    @property
    def imap_login(self) -> str:
        return self.imap_user or self.address

    @property
    def smtp_login(self) -> str:
        return self.smtp_user or self.address


def example_file() -> Path:
    """The file that explains every setting: part of an installed package, in ``config/`` of a checkout."""
    installed = Path(__file__).with_name(EXAMPLE_FILE)
    return installed if installed.is_file() else Path(__file__).parents[2] / "config" / EXAMPLE_FILE


def example_of(field: str) -> str:
    """The example value of a setting's documentation."""
    examples = Settings.model_fields[field].examples
    return str(examples[0]) if examples else ""


def variable_of(field: str) -> str:
    """The environment variable of a field."""
    return field.upper() if field.startswith("openai_") else PREFIX + field.upper()


def variables() -> tuple[str, ...]:
    """Every environment variable that the settings know."""
    return tuple(variable_of(field) for field in Settings.model_fields)


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Read and validate the settings.

    Args:
        environment: instead of the process's own, for tests; secret files are then not read.

    Raises:
        WrongSettings: one line per wrong setting.
    """
    names = os.environ if environment is None else environment
    problems = _unknown(names)
    settings, missing = None, False
    try:
        if environment is None:
            settings = Settings(_secrets_dir=SECRETS_DIR if SECRETS_DIR.is_dir() else None)  # type: ignore[call-arg]
        else:
            given = {field: names[variable_of(field)] for field in Settings.model_fields if variable_of(field) in names}
            settings = _Isolated.model_validate(given)
    except ValidationError as error:
        problems += _problems(error)
        missing = any(item["type"] == "missing" for item in error.errors())
    if problems or settings is None:
        raise WrongSettings(problems, missing=missing)
    return settings


def load_trust() -> TrustSettings:
    """Those settings that say whom to believe, whether or not the others are there.

    Raises:
        WrongSettings: one line per wrong setting.
    """
    try:
        return TrustSettings(_secrets_dir=SECRETS_DIR if SECRETS_DIR.is_dir() else None)  # type: ignore[call-arg]
    except ValidationError as error:
        raise WrongSettings(_problems(error)) from error


def _problems(error: ValidationError) -> list[str]:
    return [_explain(item["loc"], item["msg"], item["type"], item["input"]) for item in error.errors(include_url=False)]


class _Isolated(Settings):
    """Settings from arguments alone."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def _explain(location: tuple[int | str, ...], message: str, kind: str, given: object) -> str:
    message = message.removeprefix("Value error, ")
    if not location:
        return message
    field = str(location[0]).lower().removeprefix(PREFIX.lower())
    what = "is missing" if kind == "missing" else message[0].lower() + message[1:].rstrip(".")
    if given == "" and kind != "value_error":  # our own sentences say it themselves
        what = "is empty"
    elif isinstance(given, str) and _COMMENT.search(given):
        what += " (a comment needs a line of its own: everything behind the = is the value, a # too)"
    return f"{variable_of(field)}: {what}. Example: {variable_of(field)}={example_of(field)}"


def _unknown(names: Mapping[str, str]) -> list[str]:
    known = variables()
    problems = []
    for name in sorted(names):
        if name.startswith(PREFIX) and name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            problems.append(
                f"{name}: is not a setting of this program" + (f"; did you mean {close[0]}?" if close else "")
            )
    return problems
