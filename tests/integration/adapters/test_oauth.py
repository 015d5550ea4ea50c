"""Refresh tokens against a token endpoint over HTTP, and XOAUTH2 logins over IMAP and SMTP."""

import base64
import json
import socket
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from inbox_agent.adapters.imap import ImapMailbox
from inbox_agent.adapters.mail_account import MailAccount
from inbox_agent.adapters.oauth import RefreshTokenSource, token_source
from inbox_agent.adapters.smtp import SmtpTransport
from inbox_agent.errors import ConfigurationError, MailboxUnavailable, SendUnavailable, TransientError


class TokenEndpoint:
    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, Any]]] = []
        self.forms: list[dict[str, list[str]]] = []
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                endpoint.forms.append(parse_qs(self.rfile.read(length).decode()))
                status, answer = endpoint.answers.pop(0)
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/token"


@pytest.fixture
def endpoint() -> Iterator[TokenEndpoint]:
    endpoint = TokenEndpoint()
    thread = threading.Thread(target=endpoint.server.serve_forever, args=[0.02])
    thread.start()
    yield endpoint
    endpoint.server.shutdown()
    thread.join()
    endpoint.server.server_close()


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_token_is_kept_till_shortly_before_it_expires(endpoint: TokenEndpoint) -> None:
    clock = Clock()
    tokens = RefreshTokenSource(
        token_url=endpoint.url, client_id="c", client_secret="s", refresh_token="r1", scope="mail", clock=clock
    )
    endpoint.answers = [
        (200, {"access_token": "t1", "expires_in": 3600, "refresh_token": "r2"}),
        (200, {"access_token": "t2", "expires_in": 3600}),
        (200, {"access_token": "t3", "expires_in": "odd"}),
    ]
    assert [tokens.access_token(), tokens.access_token()] == ["t1", "t1"]
    clock.now = 3550
    assert tokens.access_token() == "t2"
    tokens.forget()
    assert tokens.access_token() == "t3"
    assert [form["refresh_token"] for form in endpoint.forms] == [["r1"], ["r2"], ["r2"]]
    assert endpoint.forms[0] | {} == {
        "grant_type": ["refresh_token"],
        "client_id": ["c"],
        "client_secret": ["s"],
        "scope": ["mail"],
        "refresh_token": ["r1"],
    }


@pytest.mark.parametrize("answer", [(400, {"error": "invalid_grant"}), (200, {}), (503, {"error": "busy"})])
def test_a_refusal_is_transient_and_names_no_secret(
    endpoint: TokenEndpoint, answer: tuple[int, dict[str, Any]]
) -> None:
    endpoint.answers = [answer]
    tokens = RefreshTokenSource(token_url=endpoint.url, client_id="c", client_secret="hush", refresh_token="secret")
    with pytest.raises(TransientError) as error:
        tokens.access_token()
    assert "secret" not in str(error.value)
    assert "hush" not in str(error.value)


def test_an_unknown_provider_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="google or microsoft"):
        token_source("yahoo", client_id="c", client_secret="", refresh_token="r")


class FixedToken:
    def __init__(self, token: str) -> None:
        self.token = token
        self.forgotten = 0

    def access_token(self) -> str:
        return self.token

    def forget(self) -> None:
        self.forgotten += 1


class XOAuth2Handler:
    """Takes one token, and refuses others as Google and Microsoft do: with a challenge that must be answered."""

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:
        if base64.b64decode(args[1]) == b"user=agent@demo.test\x01auth=Bearer good\x01\x01":
            return AuthResult(success=True, auth_data=object())
        await server.challenge_auth('{"status":"401"}')
        return AuthResult(success=False, handled=False)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        return "250 OK" if session.authenticated else "530 log in first"


def test_smtp_logs_in_with_a_token_and_forgets_a_refused_one(unused_port: int) -> None:
    controller = Controller(XOAuth2Handler(), hostname="127.0.0.1", port=unused_port, auth_require_tls=False)
    controller.start()
    try:
        good, bad = FixedToken("good"), FixedToken("bad")
        account = MailAccount("127.0.0.1", unused_port, "agent@demo.test", security="none", tokens=good)
        SmtpTransport(account).send(EmailMessage(), sender="agent@demo.test", recipients=["sam@demo.test"])
        refused = MailAccount("127.0.0.1", unused_port, "agent@demo.test", security="none", tokens=bad)
        with pytest.raises(SendUnavailable, match="535"):
            SmtpTransport(refused).check()
        assert (good.forgotten, bad.forgotten) == (0, 1)
    finally:
        controller.stop()


def test_imap_logs_in_with_a_token_and_forgets_a_refused_one() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    said: list[bytes] = []

    def serve() -> None:
        client, _ = listener.accept()
        with client, client.makefile("rb") as lines:
            client.sendall(b"* OK ready\r\n")
            for line in lines:
                tag, command, *_ = line.split()
                if command == b"CAPABILITY":
                    client.sendall(b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2\r\n" + tag + b" OK done\r\n")
                else:
                    client.sendall(b"+ \r\n")
                    said.append(base64.b64decode(lines.readline()))
                    client.sendall(tag + b" NO [AUTHENTICATIONFAILED] no\r\n")

    thread = threading.Thread(target=serve)
    thread.start()
    tokens = FixedToken("bad")
    account = MailAccount("127.0.0.1", listener.getsockname()[1], "agent@demo.test", security="none", tokens=tokens)
    mailbox = ImapMailbox(account)
    with pytest.raises(MailboxUnavailable, match="AUTHENTICATIONFAILED"):
        mailbox.fetch_new(1)
    mailbox.close()
    thread.join(10)
    listener.close()
    assert said == [b"user=agent@demo.test\x01auth=Bearer bad\x01\x01"]
    assert tokens.forgotten == 1
