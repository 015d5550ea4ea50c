"""OAuth 2.0 access tokens for mail from a refresh token (RFC 6749, 6), for Gmail and Microsoft 365, by plain HTTPS POST."""

import time
from collections.abc import Callable
from threading import Lock
from urllib.parse import quote

import httpx

from inbox_agent.adapters.tls import http_tls
from inbox_agent.errors import ConfigurationError, TransientError

GOOGLE_TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105 — an address, no secret
MICROSOFT_TOKEN_URL = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"  # noqa: S105 — an address, no secret
# Google takes the scope of the refresh token. Microsoft needs the resource named, and IMAP and SMTP share it.
MICROSOFT_SCOPE = "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access"
# A token is not used in its last minute: it must survive the login it is for.
EXPIRY_MARGIN_SECONDS = 60.0
DEFAULT_LIFETIME_SECONDS = 3600.0
TIMEOUT_SECONDS = 20.0


class RefreshTokenSource:
    """Gets an access token when one is needed and keeps it in memory till it expires. Many threads may call.

    A provider that rotates refresh tokens sends a new one along; it is used from then on.
    """

    def __init__(
        self,
        *,
        token_url: str,
        client_id: str,
        refresh_token: str,
        client_secret: str = "",
        scope: str = "",
        ca_file: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._token_url = token_url
        self._form = {"grant_type": "refresh_token", "client_id": client_id}
        if client_secret:
            self._form["client_secret"] = client_secret
        if scope:
            self._form["scope"] = scope
        self._refresh_token = refresh_token
        self._ca_file = ca_file
        self._clock = clock
        self._lock = Lock()
        self._token = ""
        self._expires_at = 0.0

    def access_token(self) -> str:
        """A token that is valid now.

        Raises:
            TransientError: the provider is not reached or refuses; its reason is in the message, no secret is.
        """
        with self._lock:
            if not self._token or self._clock() >= self._expires_at:
                self._refresh()
            return self._token

    def forget(self) -> None:
        """Ask again the next time."""
        with self._lock:
            self._token = ""

    def _refresh(self) -> None:
        try:
            response = httpx.post(
                self._token_url,
                data={**self._form, "refresh_token": self._refresh_token},
                timeout=TIMEOUT_SECONDS,
                verify=http_tls(self._ca_file),
            )
            answer = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise TransientError(f"no access token from {self._token_url}: {type(error).__name__}") from error
        if not isinstance(answer, dict) or not isinstance(answer.get("access_token"), str):
            said = answer.get("error", "no access_token") if isinstance(answer, dict) else "no JSON object"
            raise TransientError(f"no access token from {self._token_url}: {response.status_code} {str(said)[:200]}")
        self._token = answer["access_token"]
        self._expires_at = self._clock() + _lifetime(answer.get("expires_in")) - EXPIRY_MARGIN_SECONDS
        if isinstance(answer.get("refresh_token"), str):
            self._refresh_token = answer["refresh_token"]


def token_source(
    provider: str, *, client_id: str, client_secret: str, refresh_token: str, tenant: str = "common", ca_file: str = ""
) -> RefreshTokenSource:
    """The source for ``google`` or ``microsoft``.

    Raises:
        ConfigurationError: another provider.
    """
    if provider == "google":
        url, scope = GOOGLE_TOKEN_URL, ""
    elif provider == "microsoft":
        url, scope = MICROSOFT_TOKEN_URL.format(tenant=quote(tenant, safe="")), MICROSOFT_SCOPE
    else:
        raise ConfigurationError(f"INBOX_AGENT_OAUTH_PROVIDER: {provider!r} is not known; use google or microsoft")
    return RefreshTokenSource(
        token_url=url,
        client_id=client_id,
        client_secret=client_secret,
        refresh_token=refresh_token,
        scope=scope,
        ca_file=ca_file,
    )


def _lifetime(expires_in: object) -> float:
    try:
        return float(str(expires_in))
    except ValueError:
        return DEFAULT_LIFETIME_SECONDS
