"""Hosts and ports: what is none is told in one sentence, whichever setting or option it was given to."""

import socket
from pathlib import Path

import pytest

from inbox_agent.cli import main
from inbox_agent.errors import WrongSettings
from inbox_agent.hosts_and_ports import parse_host, parse_http_url, parse_port
from inbox_agent.listening import web_port
from inbox_agent.settings import load
from inbox_agent.setup.accounts import parse_server
from tests.unit.checks.test_health import GIVEN

NO_PORTS = ["99999", "65536", "-1", "80a", "8 0", "1e3", "0x50", "٣", "80.0", "1_000", "99999999999999999999"]
NO_HOSTS = [
    "127.0.0.1:8800",
    "http://mail.example.com",
    "mail.example.com/",
    "mail example.com",
    "ann@mail.example.com",
    "[mail.example.com]",
    "[::1",
    "::1]",
    "a..b",
    ".example.com",
    "x" * 64 + ".example.com",
    "mail\u200b.example.com",
    '"mail.example.com"',
]


@pytest.mark.parametrize(
    ("text", "port"), [("0", 0), ("1", 1), (" 993 ", 993), ("65535", 65535), ("0080", 80), (8800, 8800)]
)
def test_a_port(text: object, port: int) -> None:
    assert parse_port(text) == port


@pytest.mark.parametrize("text", ["", *NO_PORTS])
def test_no_port(text: str) -> None:
    with pytest.raises(ValueError, match="is not a port number; write a number from 0 to 65535"):
        parse_port(text)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
        ("[::1]", "::1"),
        ("[fe80::1%eth0]", "fe80::1%eth0"),
        ("0.0.0.0", "0.0.0.0"),
        ("localhost", "localhost"),
        ("mail.example.com", "mail.example.com"),
        ("mail.example.com.", "mail.example.com."),
        ("agent_worker-1", "agent_worker-1"),
        ("imap.bücher.example", "imap.bücher.example"),
    ],
)
def test_a_host(text: str, host: str) -> None:
    assert parse_host(text) == host


@pytest.mark.parametrize("text", ["", *NO_HOSTS])
def test_no_host(text: str) -> None:
    with pytest.raises(ValueError, match="is not a host; write a name or an IP address"):
        parse_host(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com",
        "ftp://example.com",
        "http://",
        "http://[::1",
        "http://a b/",
        "http://x:99999/v1",
        "http://x:p",
    ],
)
def test_no_url(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not an? "):
        parse_http_url(text)


@pytest.mark.parametrize(
    "text", ["http://[::1]:8802", "https://u:p@api.example.com/v1", "http://worker:8802/secret", "http://x:"]
)
def test_a_url(text: str) -> None:
    assert parse_http_url(text).hostname


HOSTS = ["IMAP_HOST", "SMTP_HOST", "WEB_HOST", "WORKER_HOST"]
PORTS = ["IMAP_PORT", "SMTP_PORT", "WEB_PORT", "ENGINE_PORT"]
URLS = ["INBOX_AGENT_WORKER_URL", "INBOX_AGENT_IWF_URL", "OPENAI_BASE_URL"]


def trouble(name: str, value: str) -> str:
    with pytest.raises(WrongSettings) as caught:
        load({**GIVEN, name: value})
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"{name}: ")
    assert f" Example: {name}=" in line
    return line


@pytest.mark.parametrize("name", HOSTS)
@pytest.mark.parametrize("value", NO_HOSTS)
def test_every_host_of_the_settings(name: str, value: str) -> None:
    assert "is not a host; write" in trouble(f"INBOX_AGENT_{name}", value)


@pytest.mark.parametrize("name", PORTS)
@pytest.mark.parametrize("value", NO_PORTS)
def test_every_port_of_the_settings(name: str, value: str) -> None:
    assert "is not a port number; write" in trouble(f"INBOX_AGENT_{name}", value)


@pytest.mark.parametrize("name", URLS)
@pytest.mark.parametrize("port", ["99999", "x", "0"])
def test_every_url_of_the_settings(name: str, port: str) -> None:
    assert "is not a port number; write" in trouble(name, f"http://127.0.0.1:{port}")


def test_an_address_in_brackets_is_listened_on_and_asked_without_them() -> None:
    port = web_port(load({**GIVEN, "INBOX_AGENT_WEB_HOST": "[::1]"}))
    assert (port.host, port.where, port.local_url) == ("::1", "[::1]:8800", "http://[::1]:8800")


COMMANDS = [
    ["engine", "--open", "--port"],
    ["standin-model", "--port"],
    ["webmail", "--agent", "a@x.example", "--users", "-", "--imap-port", "1", "--smtp-port", "1", "--port"],
    ["webmail", "--agent", "a@x.example", "--users", "-", "--port", "1", "--smtp-port", "1", "--imap-port"],
    ["webmail", "--agent", "a@x.example", "--users", "-", "--port", "1", "--imap-port", "1", "--smtp-port"],
    ["mailserver", "--data", "none", "--users", "-", "--imap-port"],
    ["mailserver", "--data", "none", "--users", "-", "--smtp-port"],
]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("value", ["99999", "x", "65536"])
def test_every_port_of_a_command(command: list[str], value: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*command, value])
    assert ended.value.code == 2
    assert (
        f"argument {command[-1]}: {value} is not a port number; write a number from 0 to 65535"
        in capsys.readouterr().err
    )


@pytest.mark.parametrize(
    "command", [["engine", "--open", "--host"], ["engine", "--open", "--allowed-host"], ["standin-model", "--host"]]
)
@pytest.mark.parametrize("value", ["127.0.0.1:8801", "http://x", "[::1"])
def test_every_host_of_a_command(command: list[str], value: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*command, value])
    assert ended.value.code == 2
    assert f"argument {command[-1]}: {value} is not a host; write" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command",
    [
        ["webmail", "--agent", "a@x.example", "--users", "USERS", "--imap-port", "1", "--smtp-port", "1"],
        ["standin-model"],
    ],
)
def test_a_taken_port_is_one_sentence_and_nothing_is_called_ready(
    command: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    users = tmp_path / "users"
    users.touch(mode=0o600)
    users.write_text("ann@x.example:secret of hers\n", encoding="utf-8")
    command = [word.replace("USERS", str(users)) for word in command]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main([*command, "--port", str(taken.getsockname()[1])]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    (line,) = captured.err.splitlines()
    assert "--port: 127.0.0.1:" in line
    assert "cannot be used" in line


@pytest.mark.parametrize(
    ("text", "where"),
    [("[::1]:993 tls", "::1"), ("::1", "::1"), ("[::1]", "::1"), ("imap.example.com:143", "imap.example.com")],
)
def test_a_server_in_setup(text: str, where: str) -> None:
    assert parse_server(text, "IMAP").host == where


@pytest.mark.parametrize("text", ["x:0", "x:99999", "a..b", "http://x", "x/y:993", "x:y:z"])
def test_no_server_in_setup(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a (port number|host)"):
        parse_server(text, "IMAP")
