"""Who may call the worker: the workflow engine alone, known by a secret in the worker's URL.

An iWF server sends a worker nothing but what stands in its URL, so the secret stands there: as the path before the API's own
(``http://worker:8802/SECRET``) or as credentials (``http://iwf:SECRET@worker:8802``, sent as HTTP Basic, RFC 7617).
"""

import base64
import hashlib
import hmac
import json
import logging
import math
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

logger = logging.getLogger(__name__)

API = "/api/v1/"
LOG_SECONDS = 60.0
OPEN_LOG_SECONDS = 3600.0
_LOOPBACK_NAMES = frozenset({"localhost"})
WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Callers:
    """
    Attributes:
        paths: what may stand before the API's path, with the slash: ``/SECRET``.
        logins: ``user:password`` that may be sent instead.
        hosts: names in the worker's URL; those of this machine and addresses are always known.
        everybody: calls without a secret and by any name are served, too; those of web pages never are.
    """

    paths: tuple[str, ...] = ()
    logins: tuple[str, ...] = ()
    hosts: frozenset[str] = frozenset()
    everybody: bool = False

    def refusal(self, path: str, host: str | None, origin: str | None, authorization: str) -> str:
        """Why a call is not served, empty when it is; all comparisons take the same time for any secret.

        Args:
            path: as called, with what stands before the API's.
        """
        if origin is not None:
            return "calls from web pages are refused"
        # Conversations of an earlier version call by the name that the worker had then, which no setting tells.
        return "" if self.everybody else self.refusal_if_closed(path, host, authorization)

    def refusal_if_closed(self, path: str, host: str | None, authorization: str) -> str:
        """Why a call is not served where not everybody is; see ``refusal``."""
        if not (_is_one_of(path.partition(API)[0], self.paths) or _is_one_of(_login(authorization), self.logins)):
            return (
                "the secret is missing from the worker's URL, or is another. An embedded engine that was started by itself "
                "needs the INBOX_AGENT_WORKER_URL of the worker; conversations of another key need "
                "INBOX_AGENT_FORMER_SECRET_KEYS; those that a version without secrets started on an iWF server need "
                "INBOX_AGENT_WORKER_OPEN=yes"
            )
        if host is not None and not self._knows(host):
            return (
                "the worker is not known by that name: INBOX_AGENT_WORKER_URL names another. Conversations that began when it "
                "named this one need INBOX_AGENT_WORKER_OPEN=yes"
            )
        return ""

    def _knows(self, header: str) -> bool:
        host = re.sub(r":\d*\Z", "", header.strip()).lower()
        try:
            ip_address(host.strip("[]"))
        except ValueError:
            return host in _LOOPBACK_NAMES or host in self.hosts
        return True


ANYBODY = Callers(everybody=True)


def only(callers: Callers, app: WsgiApp) -> WsgiApp:
    """The application, for these callers alone; it sees the API's own path. ``/healthz`` is for everybody."""
    refused, served_openly = _NowAndThen(LOG_SECONDS), _NowAndThen(OPEN_LOG_SECONDS)

    def guarded(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path, authorization = environ.get("PATH_INFO", ""), environ.get("HTTP_AUTHORIZATION", "")
        if path == "/healthz":
            return app(environ, start_response)
        refusal = callers.refusal(path, environ.get("HTTP_HOST"), environ.get("HTTP_ORIGIN"), authorization)
        if refusal:
            refused.warn("refused a call from %s: %s", environ.get("REMOTE_ADDR", "?"), refusal)
            return _forbidden(refusal, start_response)
        # Without a path of its own it is open for good, and nobody waits for the day when it need not be.
        if callers.paths and callers.refusal_if_closed(path, environ.get("HTTP_HOST"), authorization):
            served_openly.warn(
                "a call from %s without the worker's secret, or by a former name, was served: "
                "INBOX_AGENT_WORKER_OPEN is still needed",
                environ.get("REMOTE_ADDR", "?"),
            )
        before, found, rest = path.partition(API)
        if found:
            environ = {**environ, "SCRIPT_NAME": before, "PATH_INFO": API + rest}
        return app(environ, start_response)

    return guarded


class _NowAndThen:
    """Warnings that many calls cause, of which the log gets one in so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._last = -math.inf

    def warn(self, message: str, *details: str) -> None:
        if time.monotonic() - self._last >= self._seconds:
            self._last = time.monotonic()
            logger.warning(message, *details)


def _forbidden(reason: str, start_response: Callable[..., Any]) -> list[bytes]:
    body = json.dumps({"detail": reason, "errorType": "Forbidden"}).encode()
    start_response("403 Forbidden", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def _is_one_of(given: str, known: tuple[str, ...]) -> bool:
    # Every one is compared, and by digests, so that the time tells neither which nor how much was right.
    digest = _digest(given)
    return sum(hmac.compare_digest(digest, _digest(one)) for one in known) > 0


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()


def _login(authorization: str) -> str:
    scheme, _, given = authorization.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(given.strip(), validate=True).decode()
    except ValueError:
        return ""
