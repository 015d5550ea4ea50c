"""What protects the pages and the API: tokens and what they may do, sessions, CSRF token, response headers."""

import hashlib
import hmac
import logging
import secrets
import time
from collections.abc import Callable
from enum import Enum

from flask import Flask, Response, abort, request, session
from flask.sessions import SecureCookieSessionInterface
from werkzeug.exceptions import TooManyRequests

from inbox_agent.web.guesses import Guesses
from inbox_agent.web.sessions import Sessions

logger = logging.getLogger(__name__)

_HEADERS = {
    # Nothing but our own style sheet: no scripts, no images, no frames.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Rights(Enum):
    """What a token may do."""

    NONE = "nothing"
    READ = "look"
    ALL = "look, start, write"


class SessionCookies(SecureCookieSessionInterface):
    """Flask's signed cookies, marked Secure whenever the page itself came over TLS."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure or super().get_cookie_secure(app)


def add_security_headers(response: Response) -> Response:
    """On every answer; pages with data are never cached."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


def same_secret(given: str, expected: str) -> bool:
    """Compare in constant time, whatever the lengths."""
    return hmac.compare_digest(hashlib.sha256(given.encode()).digest(), hashlib.sha256(expected.encode()).digest())


class Doorkeeper:
    """Knows the tokens, the sessions and how often somebody guessed.

    Args:
        api_token: may do everything.
        read_token: may look; empty when there is none.
        clock: seconds, monotonic.
    """

    def __init__(self, api_token: str, read_token: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        self._api_token = api_token
        self._read_token = read_token
        self._guesses = Guesses(clock)
        self._sessions = Sessions(clock)

    def rights_of(self, token: str) -> Rights:
        """What a token of this request may do; a wrong one is counted and logged.

        A right one always counts: behind a proxy or on one machine all share one address, and one's wrong tokens may not keep
        the others out. What bounds a guesser is that a token is long (``secret_strength``): a million tries a second for a
        century are 2^52, and the shortest token that is taken, 16 random hexadecimal digits, is one of 2^64.

        Raises:
            TooManyRequests: the token is wrong, and its address sent too many wrong ones.
        """
        address = request.remote_addr or "?"
        # Both are compared, whatever the first says.
        may_all, may_read = same_secret(token, self._api_token), same_secret(token, self._read_token)
        if may_all:
            return Rights.ALL
        if may_read and self._read_token:
            return Rights.READ
        if wait := self._guesses.seconds_to_wait(address):
            raise TooManyRequests(retry_after=wait)
        logger.warning("wrong token from %s (%d within a minute)", address, self._guesses.wrong(address))
        return Rights.NONE

    def bearer_rights(self) -> Rights:
        """Those of ``Authorization: Bearer`` (RFC 6750, 2.1); a request without a token is no guess."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return self.rights_of(token.strip()) if scheme.lower() == "bearer" and token.strip() else Rights.NONE

    def sign_in(self) -> None:
        """Open a session for this browser."""
        session.clear()
        session.permanent = True
        session["session"] = self._sessions.open()

    def is_signed_in(self) -> bool:
        return self._sessions.is_open(str(session.get("session", "")))

    def sign_out(self) -> None:
        """End this browser's session, for every copy of its cookie."""
        self._sessions.close(str(session.get("session", "")))
        session.clear()


def csrf_token() -> str:
    """The token that every form of this session must carry."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(24)
    return str(session["csrf"])


def require_csrf() -> None:
    """Refuse a change that does not come from a form of ours."""
    known = str(session.get("csrf", ""))
    if not known or not same_secret(request.form.get("csrf", ""), known):
        abort(400, "This form is too old or not ours. Go back, load the page again and send the form once more.")
