"""The status page: sign in with the token, see the conversations. Nothing changes by GET."""

from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inbox_agent.conversation.when.times import describe_instant
from inbox_agent.ports import Conversations, ConversationSummary
from inbox_agent.web.security import Doorkeeper, Rights, csrf_token, require_csrf

LISTED = 200
"""Conversations on the page; the engine gives them newest first."""


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation as the page shows it."""

    workflow_id: str
    status: str
    workflow_status: str
    owner: str
    subject: str
    goes_out: str
    last_error: str


def pages_blueprint(conversations: Conversations, doorkeeper: Doorkeeper) -> Blueprint:
    """The pages. All but the sign-in need a session."""
    pages = Blueprint("pages", __name__)
    pages.add_app_template_global(csrf_token, "csrf_token")

    @pages.before_request
    def guard() -> ResponseReturnValue | None:
        if request.method == "POST":
            require_csrf()
        if request.endpoint == "pages.login" or doorkeeper.is_signed_in():
            return None
        return redirect(url_for("pages.login")) if request.method == "GET" else abort(401)

    @pages.route("/login", methods=["GET", "POST"])
    def login() -> ResponseReturnValue:
        if request.method == "GET":
            return render_template("login.html", wrong=False)
        if doorkeeper.rights_of(request.form.get("token", "")) is Rights.NONE:
            return render_template("login.html", wrong=True), 401
        doorkeeper.sign_in()
        return redirect(url_for("pages.listing"), 303)

    @pages.post("/logout")
    def logout() -> ResponseReturnValue:
        doorkeeper.sign_out()
        return redirect(url_for("pages.login"), 303)

    @pages.get("/")
    def listing() -> ResponseReturnValue:
        rows = [_row(summary) for summary in conversations.list_conversations(LISTED)]
        return render_template("conversations.html", rows=rows, limit=LISTED)

    return pages


def _row(summary: ConversationSummary) -> Row:
    return Row(
        workflow_id=summary.workflow_id,
        status=summary.status,
        workflow_status=summary.workflow_status,
        owner=summary.owner,
        subject=summary.subject,
        goes_out=describe_instant(summary.send_time_seconds, "UTC") if summary.send_time_seconds else "",
        last_error=summary.last_error,
    )
