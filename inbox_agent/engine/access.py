"""Who may call the engine, and which workers the engine calls. Pure.

Callers show a shared secret, as the password of HTTP Basic (which a URL can carry: ``http://inbox-agent:SECRET@host:8801``)
or as a Bearer token. Pages of the web are refused by Host, against names that were pointed at this machine (DNS rebinding),
and by Origin.

Runs remember the worker URL of their start for good. So the engine takes from it only which of its own workers is meant, and
calls that one by the URL that it was itself given: a run of an earlier version, or of before a secret was changed, goes on.
Where it was given a worker's URL without a secret, it takes the secret from the run's.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit, urlunsplit

USER = "inbox-agent"
_DEFAULT_PORTS = {"http": 80, "https": 443}


def is_loopback(host: str) -> bool:
    """Whether a name or address can only mean this machine."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


@dataclass(frozen=True, slots=True)
class Access:
    """
    Attributes:
        secret: what callers have to show; empty lets everybody in.
        hosts: names beside those of this machine under which the engine is called.
    """

    secret: str = ""
    hosts: frozenset[str] = frozenset()

    def knows_host(self, header: str | None) -> bool:
        """Whether a Host header means this engine: a name of this machine, any address, or a name that was configured. A
        missing one (HTTP/1.0) comes from no browser."""
        if header is None:
            return True
        host = re.sub(r":\d*\Z", "", header.strip()).lower()
        return is_loopback(host) or _is_address(host) or host in self.hosts

    def lets_in(self, authorization: str | None) -> bool:
        """Whether an Authorization header carries the secret (RFC 7617, RFC 6750)."""
        return not self.secret or hmac.compare_digest(_password_of(authorization or ""), self.secret.encode())


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _password_of(authorization: str) -> bytes:
    scheme, _, given = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return given.strip().encode()
    if scheme.lower() != "basic":
        return b""
    try:
        return base64.b64decode(given.strip(), validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        return b""


class WorkerUrls:
    """The workers that the engine calls.

    Args:
        configured: their URLs. One with credentials or a secret path is called with these, one without with those that a run
            names. None: any worker on this machine.
    """

    def __init__(self, configured: Iterable[str] = ()) -> None:
        self._by_origin = {_origin(urlsplit(url)): url.rstrip("/") for url in configured}

    def resolve(self, url: str) -> str | None:
        """The URL to call for the one that a run names; None when it is not a worker of this engine."""
        try:
            parts = urlsplit(url)
            origin = _origin(parts)
        except ValueError:
            return None
        if self._by_origin:
            own = self._by_origin.get(origin)
            return own if own is None or _has_secret(urlsplit(own)) else _with_secret_of(parts, own)
        return url if parts.scheme in _DEFAULT_PORTS and is_loopback(parts.hostname or "") else None


def _origin(parts: SplitResult) -> tuple[str, str, int | None]:
    host = (parts.hostname or "").lower()
    return parts.scheme, "localhost" if is_loopback(host) else host, parts.port or _DEFAULT_PORTS.get(parts.scheme)


def _has_secret(parts: SplitResult) -> bool:
    return bool(parts.password or parts.path.strip("/"))


def _with_secret_of(named: SplitResult, own: str) -> str:
    """Our URL of a worker with the credentials and path of the one that a run names."""
    login, at, _ = named.netloc.rpartition("@")
    parts = urlsplit(own)
    return urlunsplit((parts.scheme, login + at + parts.netloc, named.path.rstrip("/"), "", ""))


def without_secrets(url: str) -> str:
    """A worker URL for people: scheme, host and port."""
    try:
        parts = urlsplit(url)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return "(unreadable)"
