"""What guards the pages and the API: bearer token, signed session cookie, CSRF token, response headers."""

import hashlib
import hmac
import secrets

from flask import Flask, Response, abort, request, session
from flask.sessions import SecureCookieSessionInterface

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


class SessionCookies(SecureCookieSessionInterface):
    """Flask's signed cookies, marked Secure whenever the page itself came over TLS."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure or super().get_cookie_secure(app)


def add_security_headers(response: Response) -> Response:
    """On every answer; pages with data are never cached."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


def same_secret(given: str, expected: str) -> bool:
    """Compare in constant time, whatever the lengths."""
    return hmac.compare_digest(hashlib.sha256(given.encode()).digest(), hashlib.sha256(expected.encode()).digest())


def has_bearer_token(expected: str) -> bool:
    """Whether the request carries ``Authorization: Bearer`` with the token (RFC 6750, 2.1)."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and same_secret(token.strip(), expected)


def sign_in(api_token: str, secret_key: str) -> None:
    """Open a session. It is bound to the token, so that a new token ends the sessions of the old one."""
    session.clear()
    session.permanent = True
    session["signed_in"] = _binding(api_token, secret_key)


def is_signed_in(api_token: str, secret_key: str) -> bool:
    return same_secret(str(session.get("signed_in", "")), _binding(api_token, secret_key))


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


def _binding(api_token: str, secret_key: str) -> str:
    return hmac.new(secret_key.encode(), b"session of " + api_token.encode(), "sha256").hexdigest()
