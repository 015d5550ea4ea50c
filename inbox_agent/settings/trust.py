"""The settings that say whom the agent believes and where mail is filed: all that the verdict on a message depends on
besides the agent's address and key. ``settings`` reads them; every one has a default here, so that a verdict can be given
without the rest."""

import re
from datetime import timedelta
from ipaddress import ip_address
from typing import Annotated

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "INBOX_AGENT_"
_AGE = re.compile(r"([1-9]\d{0,4}) ?([mhdw])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def split_list(value: object) -> object:
    """A comma-separated list as it stands in a variable, lower case."""
    if isinstance(value, str):
        return tuple(part.strip().lower() for part in value.split(",") if part.strip())
    return value


def check_entries(value: tuple[str, ...]) -> tuple[str, ...]:
    """Raises ValueError for an entry that is neither an address, nor a domain, nor ``*``."""
    for entry in value:
        if entry != "*" and ("@" not in entry or "*" in entry):
            raise ValueError(
                f"{entry!r} is neither an address (ann@example.com) nor a domain (@example.com) nor * for everyone"
            )
    return value


def split_server(server: str) -> tuple[str, int]:
    """Address and port of a DNS server: ``192.0.2.53``, ``192.0.2.53:5353``, ``2001:db8::53`` or ``[2001:db8::53]:5353``.

    Raises:
        ValueError: it is none of these.
    """
    host, port = server.strip(), "53"
    if host.startswith("["):
        host, _, rest = host[1:].partition("]")
        port = rest.removeprefix(":") or port
    elif host.count(":") == 1:
        host, _, port = host.partition(":")
    try:
        number = int(port) if port.isascii() and port.isdigit() else 0
        if not 0 < number < 65536:
            raise ValueError
        return str(ip_address(host)), number
    except ValueError as error:
        raise ValueError("is not an IP address, with or without a port") from error


class TrustSettings(BaseSettings):
    """Whom to believe and where to file. ``allow`` is empty when nobody said who may use the agent."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True, hide_input_in_errors=True)

    allow: Annotated[tuple[str, ...], NoDecode] = Field(default=(), examples=["ann@example.com,@example.org"])
    block: Annotated[tuple[str, ...], NoDecode] = Field(default=(), examples=["@spam.example"])
    confirm: Annotated[tuple[str, ...], NoDecode] = Field(default=(), examples=["@example.org"])
    aliases: Annotated[tuple[str, ...], NoDecode] = Field(default=(), examples=["assistant@example.com"])
    authserv_id: str = Field(default="", examples=["mx.example.com"])
    check_signatures: bool = Field(default=False, examples=["true"])
    trusted_sealers: Annotated[tuple[str, ...], NoDecode] = Field(default=(), examples=["forwarder.example"])
    dns_server: str = Field(default="", examples=["192.0.2.53"])
    max_order_age: str = Field(default="7d", examples=["7d"])
    max_message_bytes: int = Field(default=25_000_000, ge=10_000, examples=["25000000"])

    folder_processed: str = Field(default="Agent/Processed", min_length=1, examples=["Agent/Processed"])
    folder_ignored: str = Field(default="Agent/Ignored", min_length=1, examples=["Agent/Ignored"])
    folder_quarantine: str = Field(default="Agent/Quarantine", min_length=1, examples=["Agent/Quarantine"])
    folder_failed: str = Field(default="Agent/Failed", min_length=1, examples=["Agent/Failed"])
    folder_sent: str = Field(default="", examples=["Sent"])

    _lists = field_validator("allow", "block", "confirm", "aliases", "trusted_sealers", mode="before")(split_list)
    _entries = field_validator("allow", "block", "confirm")(check_entries)

    @field_validator("max_order_age")
    @classmethod
    def _age(cls, value: str) -> str:
        if not _AGE.fullmatch(value.strip()):
            raise ValueError(
                f"{value!r} is not a duration; write a number followed by m, h, d or w (minutes, hours, days, weeks)"
            )
        return value.strip()

    @property
    def oldest_order(self) -> timedelta:
        """``max_order_age`` as a length of time."""
        match = _AGE.fullmatch(self.max_order_age)
        assert match is not None
        return int(match[1]) * _UNITS[match[2]]

    @field_validator("aliases")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for entry in value:
            local, _, domain = entry.partition("@")
            if not local or "." not in domain or "@" in domain:
                raise ValueError(f"{entry!r} is no mail address")
        return value

    @field_validator("dns_server")
    @classmethod
    def _server(cls, value: str) -> str:
        if value:
            split_server(value)
        return value

    @model_validator(mode="after")
    def _proofs(self) -> "TrustSettings":
        if self.confirm and not (self.authserv_id or self.check_signatures):
            raise ValueError(
                f"{PREFIX}CONFIRM: needs a proof of who wrote, else forged mail would make the agent write to strangers; "
                f"set {PREFIX}AUTHSERV_ID or {PREFIX}CHECK_SIGNATURES. Example: {PREFIX}AUTHSERV_ID=mx.example.com"
            )
        if self.trusted_sealers and not self.check_signatures:
            raise ValueError(
                f"{PREFIX}TRUSTED_SEALERS: is checked by signatures only. Example: {PREFIX}CHECK_SIGNATURES=true"
            )
        return self
