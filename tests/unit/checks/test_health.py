"""Health of the roles on this machine: what counts as well, and what is said when it is not."""

import os
import socket
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from inbox_agent.bootstrap import poller_health
from inbox_agent.checks.health import main, trouble_of
from inbox_agent.errors import ConfigurationError
from inbox_agent.listening import web_port
from inbox_agent.settings import Settings, load, variables

GIVEN = {
    "INBOX_AGENT_ADDRESS": "agent@example.com",
    "INBOX_AGENT_IMAP_HOST": "imap.example.com",
    "INBOX_AGENT_IMAP_PASSWORD": "hunter2-imap",
    "INBOX_AGENT_SMTP_HOST": "smtp.example.com",
    "INBOX_AGENT_SMTP_PASSWORD": "hunter2-smtp",
    "INBOX_AGENT_API_TOKEN": "hunter2-5d0c91f7a3e84b26",
    "INBOX_AGENT_SECRET_KEY": "hunter2-c47be02f96a1d385",
    "INBOX_AGENT_ALLOW": "@example.org",
    "INBOX_AGENT_AUTHSERV_ID": "mx.example.com",
}


def settings(**given: str) -> Settings:
    return load({**GIVEN, **{f"INBOX_AGENT_{name.upper()}": value for name, value in given.items()}})


class _OnlyHealthz(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture
def port() -> Iterator[int]:
    """A port of loopback on which something answers at /healthz."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _OnlyHealthz) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        yield server.server_port
        server.shutdown()


def looked(file: Path, seconds_ago: float) -> str:
    """The path of a file that says that the poller looked so long ago."""
    file.touch()
    os.utime(file, (time.time() - seconds_ago,) * 2)
    return str(file)


@pytest.mark.parametrize(
    ("seconds_ago", "poll_interval", "well"),
    [
        (0, "30", True),
        (110, "30", True),
        (160, "30", False),
        (160, "60", True),
        (310, "60", False),
        (17000, "3600", True),
    ],
)
def test_a_poller_is_well_as_long_as_its_interval_explains_the_silence(
    tmp_path: Path, seconds_ago: float, poll_interval: str, well: bool
) -> None:
    file = looked(tmp_path / "health", seconds_ago)
    trouble = trouble_of("poller", settings(poller_health_file=file, poll_interval=poll_interval))
    assert (trouble == "") is well
    assert well or "last checked the mailbox" in trouble


def test_a_poller_that_never_looked_is_not_well(tmp_path: Path) -> None:
    assert "since it started" in trouble_of("poller", settings(poller_health_file=str(tmp_path / "none")))


def test_without_a_setting_poller_and_health_use_the_same_file_in_the_data_folder(tmp_path: Path) -> None:
    given = settings(data=str(tmp_path / "not" / "there" / "yet"))
    assert str(given.poller_health) in trouble_of("poller", given)
    health = poller_health(given)
    assert "since it started" in trouble_of("poller", given)
    health.success()
    assert trouble_of("poller", given) == ""
    assert given.poller_health.is_relative_to(given.data)


def test_a_poller_whose_data_folder_cannot_be_made_works_all_the_same(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    poller_health(settings(data=str(tmp_path / "file" / "data"))).success()
    assert "inbox-agent health" in caplog.text


def test_a_file_that_a_setting_names_has_to_be_writable(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="INBOX_AGENT_POLLER_HEALTH_FILE"):
        poller_health(settings(poller_health_file=str(tmp_path / "none" / "file")))


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_servers_are_well_when_they_answer_where_they_listen(port: int, host: str) -> None:
    assert trouble_of("web", settings(web_host=host, web_port=str(port))) == ""
    # The iWF server may reach the worker by another name; here it is asked on this machine.
    assert trouble_of("worker", settings(worker_host=host, worker_url=f"http://worker.invalid:{port}")) == ""


@pytest.mark.parametrize("role", ["worker", "web"])
def test_a_server_that_does_not_answer_is_named(role: str) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        assert trouble_of(role, settings(worker_url=url, web_port=str(port))) == f"{url}/healthz does not answer"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("", "http://127.0.0.1:80"),
        ("10.0.0.5", "http://10.0.0.5:80"),
        ("::", "http://[::1]:80"),
        ("fd00::5", "http://[fd00::5]:80"),
    ],
)
def test_a_server_is_asked_where_this_machine_reaches_it(host: str, url: str) -> None:
    assert web_port(settings(web_host=host, web_port="80")).local_url == url


def test_the_command_asks_all_roles_or_one(
    port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in variables():
        monkeypatch.delenv(name, raising=False)
    given = {
        "WEB_PORT": str(port),
        "WORKER_URL": f"http://127.0.0.1:{port}",
        "POLLER_HEALTH_FILE": str(tmp_path / "none"),
    }
    for name, value in {**GIVEN, **{f"INBOX_AGENT_{name}": value for name, value in given.items()}}.items():
        monkeypatch.setenv(name, value)
    assert main(["--env-file", os.devnull]) == 1
    assert [line.split()[:2] for line in capsys.readouterr().out.splitlines()] == [
        ["FAILED", "poller"],
        ["ok", "worker"],
        ["ok", "web"],
    ]
    assert main(["web", "--env-file", os.devnull]) == 0
