"""The web application: HTTP API and status page over the conversations. Talks to nothing but its ports."""

import logging
import secrets
from collections.abc import Sequence
from datetime import timedelta

from flask import Flask, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, TooManyRequests
from werkzeug.middleware.proxy_fix import ProxyFix

from inbox_agent.errors import ConversationExists, ConversationNotFound, TransientError
from inbox_agent.mail.charset.clean_text import shown
from inbox_agent.ports import Conversations
from inbox_agent.web.api import api_blueprint
from inbox_agent.web.failures import describe_failure
from inbox_agent.web.pages import pages_blueprint
from inbox_agent.web.security import Doorkeeper, SessionCookies, add_security_headers
from inbox_agent.web.sessions import LIFETIME_SECONDS

log = logging.getLogger(__name__)

BODY_LIMIT = 128 * 1024
"""Octets of a request's body. The longest field is 32 KB of text, of which JSON may make three times as much."""
RETRY_AFTER_SECONDS = 5

_HINTS = {
    400: "The request cannot be read. Send a JSON object with the fields of the route.",
    404: "There is no such address here. The routes are /api/ai-agent/start, /request, /describe and /save_draft.",
    405: "This address does not take this method. Changes are POST, reading is GET.",
    429: "Too many wrong tokens came from your address. Wait a minute and try again.",
    413: f"The request is too large: at most {BODY_LIMIT // 1024} KB.",
    415: "Send the body as JSON, with the header Content-Type: application/json.",
}


def create_app(
    conversations: Conversations,
    *,
    api_token: str,
    secret_key: str,
    read_token: str = "",
    behind_proxy: bool = False,
    mail_address: str = "",
    banners: Sequence[str] = (),
) -> Flask:
    """Build the application.

    Args:
        api_token: bearer token of the API and password of the page.
        secret_key: signs the session cookie.
        read_token: opens the page and what only reads; empty for none.
        behind_proxy: a proxy of ours is before it, whose X-Forwarded-For and -Proto are believed.
        mail_address: of the agent, shown on the page.
        banners: sentences on top of every page, e.g. that a stand-in serves.

    Raises:
        ValueError: token or key is empty; an open page is no default.
    """
    if not api_token or not secret_key:
        raise ValueError("api_token and secret_key must not be empty")
    app = Flask("inbox_agent.web")
    app.config.update(
        SECRET_KEY=secret_key,
        MAX_CONTENT_LENGTH=BODY_LIMIT,
        PERMANENT_SESSION_LIFETIME=timedelta(seconds=LIFETIME_SECONDS),
        SESSION_COOKIE_NAME="inbox_agent_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    app.session_interface = SessionCookies()
    # What is shown of mail and of a model's work obeys nobody else's control characters.
    app.jinja_env.finalize = _shown
    app.context_processor(lambda: {"banners": tuple(banners), "mail_address": mail_address})
    doorkeeper = Doorkeeper(api_token, read_token)
    app.register_blueprint(api_blueprint(conversations, doorkeeper))
    app.register_blueprint(pages_blueprint(conversations, doorkeeper))
    if behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign] # Flask's documented way
    app.add_url_rule("/healthz", "health", _health)
    app.after_request(add_security_headers)
    _register_errors(app)
    return app


def _shown(value: object) -> object:
    return shown(value) if type(value) is str else value


def _health() -> Response:
    return jsonify(status="ok")


def _register_errors(app: Flask) -> None:
    """Errors become a status and a reason: JSON under /api, else a page. The details go to the log only."""

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        if error.response is not None:
            return error.response
        body, status = _failure(status, error.name, _HINTS.get(status) or error.description or "")
        wait = error.retry_after if isinstance(error, TooManyRequests) else None
        return (body, status, {"Retry-After": str(wait)}) if wait else (body, status)

    @app.errorhandler(ConversationNotFound)
    def not_found(_: ConversationNotFound) -> ResponseReturnValue:
        return _failure(
            404, "Not Found", "No conversation with this workflow_id is running. POST /api/ai-agent/start first."
        )

    @app.errorhandler(ConversationExists)
    def exists(_: ConversationExists) -> ResponseReturnValue:
        return _failure(
            409, "Conflict", "A conversation with this workflow_id is running. Use it, or start another id."
        )

    @app.errorhandler(TransientError)
    def unavailable(error: TransientError) -> ResponseReturnValue:
        log.warning("unavailable: %s", describe_failure(error))
        reason = "The workflow engine cannot be reached just now. Nothing was lost; try again in some seconds."
        body, status = _failure(503, "Service Unavailable", reason)
        return body, status, {"Retry-After": str(RETRY_AFTER_SECONDS)}

    @app.errorhandler(Exception)
    def broken(error: Exception) -> ResponseReturnValue:
        reference = secrets.token_hex(4)
        log.error("request failed [%s] %s: %s", reference, request.endpoint, describe_failure(error))
        return _failure(500, "Internal Server Error", f"Something is wrong on our side. The log has it as {reference}.")


def _failure(status: int, name: str, reason: str) -> tuple[Response | str, int]:
    if request.path.startswith("/api/"):
        return jsonify(error=name.lower().replace(" ", "_"), reason=reason), status
    return render_template("error.html", title=name, reason=reason), status
