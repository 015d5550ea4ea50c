"""Where and as whom to log in for mail, and the TLS both protocols use."""

import ssl
from dataclasses import dataclass, field
from typing import Literal, Protocol

from inbox_agent.adapters.tls import mail_tls

Security = Literal["tls", "starttls", "none"]


class TokenSource(Protocol):
    """OAuth 2.0 access tokens, see ``oauth.RefreshTokenSource``."""

    def access_token(self) -> str:
        """A token that is valid now. Raises ``TransientError`` when none can be had."""

    def forget(self) -> None:
        """Drop a kept token because a server refused it."""


@dataclass(frozen=True, slots=True)
class MailAccount:
    """One login at one server.

    Attributes:
        security: ``tls`` from the first byte, ``starttls`` required after the greeting, ``none`` (loopback only).
        tokens: log in with XOAUTH2 instead of the password.
        ca_file: certificates (PEM) to trust beside the system's.
        timeout_seconds: for connecting and for each answer.
    """

    host: str
    port: int
    user: str
    password: str = field(default="", repr=False)
    security: Security = "tls"
    tokens: TokenSource | None = field(default=None, repr=False)
    ca_file: str = ""
    timeout_seconds: float = 30.0

    def tls_context(self) -> ssl.SSLContext:
        """Verifies name and certificate."""
        return mail_tls(self.ca_file)


def xoauth2(user: str, token: str) -> str:
    """The SASL initial response of XOAUTH2 (Google's and Microsoft's documents), before base64."""
    return f"user={user}\x01auth=Bearer {token}\x01\x01"
