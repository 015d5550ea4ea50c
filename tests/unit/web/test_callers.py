"""Who may call the worker: only callers that know the secret of its URL, and no web page."""

import base64
import logging
from typing import Any

import pytest

from inbox_agent.web.callers import Callers, only

PATH, LOGIN = "/5ecret-path", "iwf:5ecret-password"
CALLERS = Callers(paths=(PATH, "/former"), logins=(LOGIN,), hosts=frozenset({"worker"}))
CALL = "/api/v1/workflowState/start"


def basic(login: str) -> str:
    return "Basic " + base64.b64encode(login.encode()).decode()


def refused(path: str, host: str | None = "worker:8802", origin: str | None = None, authorization: str = "") -> bool:
    return bool(CALLERS.refusal(path, host, origin, authorization))


@pytest.mark.parametrize("path", [PATH + CALL, "/former" + CALL])
def test_the_secret_path_opens(path: str) -> None:
    assert not refused(path)


def test_the_credentials_open() -> None:
    assert not refused(CALL, authorization=basic(LOGIN))


@pytest.mark.parametrize(
    "path",
    [
        CALL,
        "/" + CALL,
        "/5ecret" + CALL,
        PATH + "/" + CALL,
        PATH.upper() + CALL,
        "/x" + PATH + CALL,
        "",
        "/former/../x" + CALL,
    ],
)
def test_any_other_path_is_refused(path: str) -> None:
    assert refused(path)


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic",
        "Basic ?",
        basic("iwf:"),
        basic("iwf:5ecret-passwor"),
        basic(":5ecret-password"),
        "Bearer 5ecret-password",
        "Basic " + base64.b64encode(b"\xff\xfe").decode(),
    ],
)
def test_any_other_credentials_are_refused(authorization: str) -> None:
    assert refused(CALL, authorization=authorization)


@pytest.mark.parametrize(
    "host", ["worker:8802", "WORKER", "127.0.0.1:8802", "localhost:8802", "[::1]:8802", "10.1.2.3:8802", None]
)
def test_names_of_the_worker_and_addresses_are_known(host: str | None) -> None:
    assert not refused(PATH + CALL, host=host)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8802",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "",
        "worker.evil.example",
        "@worker",
    ],
)
def test_a_name_that_was_pointed_here_is_refused_even_with_the_secret(host: str) -> None:
    assert refused(PATH + CALL, host=host)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:8802", ""])
def test_pages_of_the_web_are_refused_even_with_the_secret(origin: str) -> None:
    assert refused(PATH + CALL, origin=origin)


def test_an_open_worker_still_refuses_pages_of_the_web() -> None:
    everybody = Callers(everybody=True)
    assert not everybody.refusal(CALL, "127.0.0.1:8802", None, "")
    assert everybody.refusal(CALL, "127.0.0.1:8802", "http://evil.example", "")


def test_the_application_sees_its_own_path_and_refusals_are_logged_without_the_secret(
    caplog: pytest.LogCaptureFixture,
) -> None:
    seen: list[tuple[str, str]] = []
    statuses: list[str] = []

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.append((environ["SCRIPT_NAME"], environ["PATH_INFO"]))
        start_response("200 OK", [])
        return []

    guarded = only(CALLERS, application)
    with caplog.at_level(logging.WARNING):
        for path in (PATH + CALL, "/wr0ng" + CALL, "/wr0ng" + CALL, "/healthz"):
            list(
                guarded(
                    {"PATH_INFO": path, "SCRIPT_NAME": "", "HTTP_HOST": "worker"},
                    lambda status, _: statuses.append(status),
                )
            )
    assert seen == [(PATH, CALL), ("", "/healthz")]
    assert statuses == ["200 OK", "403 Forbidden", "403 Forbidden", "200 OK"]
    assert len(caplog.records) == 1, "a flood of calls must not fill the log"
    assert "wr0ng" not in caplog.text


OPEN = Callers(paths=(PATH,), hosts=frozenset({"agent-worker"}), everybody=True)
FORMER_NAMES = ["worker:8802", "WORKER:8802", "worker", "inbox-agent_worker_1:8802", "agent-worker:8802", None]


@pytest.mark.parametrize("host", FORMER_NAMES)
@pytest.mark.parametrize("path", [CALL, "/former-secret" + CALL])
def test_an_open_worker_serves_conversations_that_call_it_by_a_former_name(host: str | None, path: str) -> None:
    assert OPEN.refusal(path, host, None, "") == ""


@pytest.mark.parametrize("origin", ["http://evil.example", "null", ""])
@pytest.mark.parametrize("host", ["agent-worker:8802", "worker:8802"])
def test_an_open_worker_serves_no_web_page(host: str, origin: str) -> None:
    assert OPEN.refusal(CALL, host, origin, "") != ""


@pytest.mark.parametrize("path", [CALL, "/former-secret" + CALL, PATH + CALL])
def test_what_a_call_by_a_former_name_is_told_can_be_done(path: str) -> None:
    # Where docker-compose.yml sets the worker's URL, no other setting can change it.
    told = CALLERS.refusal(path, "former-name:8802", None, "")
    assert "INBOX_AGENT_WORKER_OPEN=yes" in told


def test_an_open_worker_says_while_it_has_to_be(caplog: pytest.LogCaptureFixture) -> None:
    guarded = only(Callers(paths=(PATH,), everybody=True), lambda _environ, _start_response: [])
    for path, said in ((PATH + CALL, 0), (CALL, 1), ("/0ld" + CALL, 1), ("/healthz", 1)):
        list(guarded({"PATH_INFO": path, "HTTP_HOST": "127.0.0.1"}, lambda *_: None))
        assert caplog.text.count("INBOX_AGENT_WORKER_OPEN is still needed") == said
    assert "0ld" not in caplog.text
