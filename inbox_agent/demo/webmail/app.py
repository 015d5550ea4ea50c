"""The page itself: threads, one thread with its mails as a client shows them, a form to write and to answer."""

import hmac
import secrets
from collections.abc import Sequence

from flask import Flask, Response, abort, jsonify, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from inbox_agent.demo.webmail.postbox import Letter, MailServers, Postbox, WebmailUser
from inbox_agent.demo.webmail.reading import Shown, Thread, framed_html, mailto_fields, sender_name, threads_of
from inbox_agent.demo.webmail.writing import (
    addresses_in,
    answer_addresses,
    answer_subject,
    local_now,
    quoted,
    write_message,
)
from inbox_agent.errors import MailboxUnavailable, SendRejected, SendUnavailable

FORM_LIMIT = 25 * 1024 * 1024
BANNER = "Demo: embedded mail server, stand-in model. Nothing leaves this machine."
REAL_MODEL_BANNER = "Demo: embedded mail server; a real model is asked. No mail leaves this machine."
_LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
# A mail's own HTML: inline styles and nothing else. The page measures it (same origin, but no scripts inside), and a tap on
# a link may lead the whole page to the form.
_MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'; "
    "sandbox allow-same-origin allow-top-navigation-by-user-activation"
)


class Pages:
    """The views, over the mailboxes of the demo's people."""

    def __init__(self, servers: MailServers, users: Sequence[WebmailUser], agent_address: str) -> None:
        self._servers = servers
        self._users = {user.address: user for user in users}
        self._agent_address = agent_address

    def start(self) -> ResponseReturnValue:
        return redirect(url_for("threads", address=next(iter(self._users))))

    def threads(self, address: str) -> ResponseReturnValue:
        user = self._user(address)
        postbox = self._postbox(user)
        newest = postbox.newest_uid()
        return render_template("threads.html", user=user, threads=threads_of(postbox.letters()), newest=newest)

    def thread(self, address: str, key: str) -> ResponseReturnValue:
        user = self._user(address)
        return self._thread_page(user, key)

    def changes(self, address: str) -> ResponseReturnValue:
        """What the page asks every few seconds to learn of new mail."""
        return jsonify(newest=self._postbox(self._user(address)).newest_uid())

    def html(self, address: str, key: str, number: int) -> ResponseReturnValue:
        """A mail's own HTML, for the frame."""
        user = self._user(address)
        postbox = self._postbox(user)
        letters = self._find(postbox, key).letters
        if not 0 <= number < len(letters):
            abort(404)
        (message,) = postbox.read([letters[number]]) or abort(404)
        response = make_response(framed_html(message, url_for("compose", address=address)))
        response.headers["Content-Security-Policy"] = _MAIL_POLICY
        return response

    def compose(self, address: str) -> ResponseReturnValue:
        """The form for a new mail; a link of a mail (``mailto``) fills it in."""
        fields = {"to": self._agent_address} | mailto_fields(request.args.get("mailto", ""))
        return render_template("compose.html", user=self._user(address), fields=fields, error="")

    def send(self, address: str) -> ResponseReturnValue:
        user = self._user(address)
        try:
            message = write_message(
                user,
                addresses_in(request.form.get("to", "")),
                request.form.get("subject", ""),
                request.form.get("body", ""),
                now=local_now(request.form.get("offset", "")),
                files=_uploads(),
            )
            self._postbox(user).send(message)
        except (SendRejected, SendUnavailable) as error:
            return render_template("compose.html", user=user, fields=request.form, error=str(error)), 422
        return redirect(url_for("threads", address=address), 303)

    def answer(self, address: str, key: str) -> ResponseReturnValue:
        """Answer the newest mail of a thread, quoting it below."""
        user = self._user(address)
        postbox = self._postbox(user)
        letters = self._find(postbox, key).letters
        answered = _answered(letters, user)
        (original,) = postbox.read([answered]) or abort(404)
        text = request.form.get("body", "")
        try:
            message = write_message(
                user,
                answer_addresses(original, user),
                answer_subject(str(original["Subject"] or "")),
                quoted(original, text),
                now=local_now(request.form.get("offset", "")),
                answered=answered,
                files=_uploads(),
            )
            postbox.send(message)
        except (SendRejected, SendUnavailable) as error:
            return self._thread_page(user, key, unsent=text, error=str(error)), 422
        return redirect(url_for("thread", address=address, key=key) + "#newest", 303)

    def _thread_page(self, user: WebmailUser, key: str, *, unsent: str = "", error: str = "") -> str:
        postbox = self._postbox(user)
        newest = postbox.newest_uid()
        thread = self._find(postbox, key)
        shown = [Shown(*pair) for pair in zip(thread.letters, postbox.read(thread.letters), strict=True)]
        answered = _answered(thread.letters, user)
        to = ", ".join(person.address for person in answer_addresses(answered.header, user))
        return render_template(
            "thread.html",
            user=user,
            thread=thread,
            shown=shown,
            to=to,
            unsent=unsent,
            error=error,
            newest=newest,
        )

    def _user(self, address: str) -> WebmailUser:
        return self._users.get(address) or abort(404)

    def _postbox(self, user: WebmailUser) -> Postbox:
        return Postbox(self._servers, user)

    def _find(self, postbox: Postbox, key: str) -> Thread:
        return next((thread for thread in threads_of(postbox.letters()) if thread.key == key), None) or abort(404)


def create_webmail_app(
    *,
    servers: MailServers,
    users: Sequence[WebmailUser],
    agent_address: str,
    secret_key: str = "",
    banner: str = BANNER,
) -> Flask:
    """Build the page for the given people (at least one). Without ``secret_key`` forms last as long as the process."""
    app = Flask("inbox_agent.demo.webmail")
    app.config.update(
        SECRET_KEY=secret_key or secrets.token_hex(32),
        MAX_CONTENT_LENGTH=FORM_LIMIT,
        SESSION_COOKIE_NAME="inbox_agent_webmail",
        SESSION_COOKIE_SAMESITE="Strict",
    )
    pages = Pages(servers, users, agent_address)
    app.add_url_rule("/", "start", pages.start)
    app.add_url_rule("/healthz", "health", lambda: jsonify(status="ok"))
    app.add_url_rule("/<address>/", "threads", pages.threads)
    app.add_url_rule("/<address>/changes", "changes", pages.changes)
    app.add_url_rule("/<address>/write", "compose", pages.compose)
    app.add_url_rule("/<address>/write", "send", pages.send, methods=["POST"])
    app.add_url_rule("/<address>/thread/<key>", "thread", pages.thread)
    app.add_url_rule("/<address>/thread/<key>", "answer", pages.answer, methods=["POST"])
    app.add_url_rule("/<address>/thread/<key>/<int:number>", "html", pages.html)
    app.context_processor(
        lambda: {
            "banner": banner,
            "people": list(users),
            "agent_address": agent_address,
            "csrf_token": _csrf_token,
            "sender_name": sender_name,
            "short_date": lambda letter: f"{letter.date:%a %d %b %H:%M}",
        }
    )
    _guard(app)
    return app


def _guard(app: Flask) -> None:
    @app.before_request
    def check() -> None:
        # The page has no login: another name for this machine (DNS rebinding) must not reach it.
        if request.host.rpartition(":")[0] not in _LOOPBACK_NAMES and request.host not in _LOOPBACK_NAMES:
            abort(403)
        if request.method == "POST":
            known = str(session.get("csrf", ""))
            if not known or not hmac.compare_digest(known.encode(), request.form.get("csrf", "").encode()):
                abort(400, "This form is too old. Go back, load the page again and send it once more.")

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", _PAGE_POLICY)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cache-Control"] = "no-store"
        return response

    @app.errorhandler(MailboxUnavailable)
    def unavailable(error: MailboxUnavailable) -> ResponseReturnValue:
        return render_template("unavailable.html", reason=str(error)), 503


def _csrf_token() -> str:
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(24)
    return str(session["csrf"])


def _answered(letters: Sequence[Letter], user: WebmailUser) -> Letter:
    """The newest mail of somebody else, or one's own when nobody has answered yet."""
    others = [letter for letter in letters if user.address not in str(letter.header["From"] or "")]
    return (others or list(letters))[-1]


def _uploads() -> list[tuple[str, bytes]]:
    return [(file.filename, file.read()) for file in request.files.getlist("files") if file.filename]
