"""The command line: help everywhere, exit codes that scripts can trust, explain without settings or network."""

import io
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from inbox_agent.cli import COMMANDS, main
from inbox_agent.settings import variables

REQUEST = (
    b"From: Ann <ann@demo.example>\r\nTo: agent@example.com\r\nMessage-ID: <1@demo.example>\r\n\r\nWrite to Sam.\r\n"
)


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No settings in the environment or the current folder, and none left behind by a settings file."""
    monkeypatch.chdir(tmp_path_factory.mktemp("current"))
    for name in variables():
        monkeypatch.delenv(name, raising=False)
    yield
    for name in variables():
        os.environ.pop(name, None)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert "usage:" in capsys.readouterr().out


def test_the_overview_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    out = capsys.readouterr().out
    assert all(command in out for command in COMMANDS)


@pytest.mark.parametrize("arguments", [[], ["nosuch"], ["run", "--role", "nosuch"], ["explain"]])
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


@pytest.mark.parametrize("command", ["run", "check"])
def test_missing_settings_are_exit_code_2_and_named(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command]) == 2
    assert "INBOX_AGENT_ADDRESS: is missing" in capsys.readouterr().err


def test_explain_prints_one_json_object_a_line_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.eml", tmp_path / "bad.eml"
    good.write_bytes(REQUEST)
    bad.write_bytes(b"\x00\x01")
    assert main(["explain", "--json", str(bad), str(good)]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first["kind"] == "malformed"
    assert second["kind"] == "request"
    assert second["new_text"] == "Write to Sam."
    wanted = "file message_id from kind reason new_text quoted_text thread_root workflow_id bounce"
    wanted += " sender proven_by verdict attachments notes outcome"
    assert list(second) == wanted.split()


def test_explain_reads_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(REQUEST)))
    assert main(["explain", "-"]) == 0
    assert "request" in capsys.readouterr().out


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_explain_obeys_no_terminal_controls(
    form: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = tmp_path / "hostile.eml"
    name = "=?utf-8?b?4oCuG1sySg==?="
    hostile.write_bytes(
        REQUEST.replace(b"Ann", name.encode()).replace(b"Sam.", "\x1b[2J \u202e \x9b2J \u2028 Sam.".encode())
    )
    assert main(["explain", *form, str(hostile)]) == 0
    out = capsys.readouterr().out
    assert not set(out) & set("\x1b\x9b\u202e\u2028")


def test_explain_goes_on_after_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = tmp_path / "good.eml"
    good.write_bytes(REQUEST)
    assert main(["explain", "--json", str(tmp_path / "none.eml"), str(good)]) == 1
    captured = capsys.readouterr()
    assert "none.eml: No such file" in captured.err
    assert json.loads(captured.out)["kind"] == "request"


def test_explain_judges_the_sender_by_the_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "one.eml").write_bytes(b"Authentication-Results: mx.test; dmarc=fail\r\n" + REQUEST)
    assert main(["explain", str(tmp_path / "one.eml")]) == 0
    assert "not judged: no allow list is set" in capsys.readouterr().out
    monkeypatch.setenv("INBOX_AGENT_ALLOW", "ann@demo.example")
    monkeypatch.setenv("INBOX_AGENT_FOLDER_QUARANTINE", "Not for me")
    assert main(["explain", str(tmp_path / "one.eml")]) == 0
    assert "allowed: ann@demo.example is on the allow list" in capsys.readouterr().out
    assert main(["explain", "--authserv-id", "mx.test", str(tmp_path / "one.eml")]) == 0
    out = capsys.readouterr().out
    assert "quarantined: ann@demo.example is not proven to be the sender: dmarc=fail" in out
    assert "filed in Not for me" in out


def test_explain_names_a_setting_that_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INBOX_AGENT_ALLOW", "demo.example")
    assert main(["explain", "-"]) == 2
    assert "INBOX_AGENT_ALLOW: 'demo.example' is neither an address" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["run"], ["run", "--role", "worker"], ["check"], ["explain", "-"]])
@pytest.mark.parametrize("named", [True, False])
def test_every_command_that_needs_settings_reads_the_file(
    arguments: list[str], named: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "my.env" if named else Path("inbox-agent.env")
    file.write_text("INBOX_AGENT_ALLOW=not an address & $more\n", encoding="utf-8")
    file.chmod(0o600)
    assert main([*arguments, *(["--env-file", str(file)] if named else [])]) == 2
    assert "INBOX_AGENT_ALLOW: 'not an address & $more' is neither an address" in capsys.readouterr().err


def test_explain_takes_the_address_from_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("inbox-agent.env").write_text("INBOX_AGENT_ADDRESS=ann@demo.example\n", encoding="utf-8")
    (tmp_path / "one.eml").write_bytes(REQUEST)
    assert main(["explain", "--json", str(tmp_path / "one.eml")]) == 0
    assert json.loads(capsys.readouterr().out)["kind"] != "request"


@pytest.mark.parametrize(
    "arguments",
    [["run"], ["run", "--role", "worker"], ["run", "--role", "poller"], ["run", "--role", "web"], ["check"]],
)
def test_nothing_starts_with_the_sample_values(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (Path(__file__).parents[2] / "config/inbox-agent.example.env").read_text(encoding="utf-8")
    for name, value in re.findall(r"^((?:INBOX_AGENT|OPENAI)_[A-Z_]+)=(.*)$", text, re.M):
        monkeypatch.setenv(name, value)
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert "INBOX_AGENT_API_TOKEN: is a sample value" in said
    assert "openssl rand -hex 32" in said


def test_who_has_no_settings_yet_is_told_what_makes_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("INBOX_AGENT_")]:
        monkeypatch.delenv(name)
    assert main(["run"]) == 2
    assert "inbox-agent setup" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_no_wrong_setting(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--env-file", "no-such-file"]) == 2
    assert "settings are not right" not in capsys.readouterr().err


@pytest.mark.parametrize("command", [["check"], ["run"], ["health"]])
def test_where_no_settings_are_the_place_that_was_looked_at_is_named(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command) == 2
    err = capsys.readouterr().err
    assert f"There is no settings file {tmp_path.cwd() / 'inbox-agent.env'} (--env-file names another)" in err
    assert "inbox-agent setup" in err


@pytest.mark.parametrize("given", [["--env-file", "half.env"], ["--env-file=half.env"], []])
def test_where_a_file_holds_too_little_it_is_named(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    file = Path("half.env" if given else "inbox-agent.env")
    file.write_text("INBOX_AGENT_NAME=Bot\n", encoding="utf-8")
    file.chmod(0o600)
    assert main(["check", *given]) == 2
    assert f"The settings file is {file.absolute()}." in capsys.readouterr().err
