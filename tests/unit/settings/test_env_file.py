"""The settings file: every value stands for itself, and whatever is wrong is named by file and line without a secret."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_agent.errors import ConfigurationError
from inbox_agent.settings import load
from inbox_agent.settings.env_file import (
    env_file_in_use,
    parse_env_file,
    parse_line,
    remember_env_file,
    render_line,
    update_env_file,
    use_env_file,
)
from tests.unit.checks.test_health import GIVEN

EXAMPLE = Path(__file__).parents[3] / "config/inbox-agent.example.env"
NAME = "INBOX_AGENT_IMAP_PASSWORD"
VALUES = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]))


@given(VALUES)
def test_every_value_without_line_breaks_comes_back_as_it_was_written(value: str) -> None:
    assert parse_line(render_line(NAME, value).encode()) == (NAME, value)


@given(VALUES, VALUES)
def test_every_value_comes_back_after_an_update(old: str, new: str) -> None:
    before = f"# my settings\n{render_line(NAME, old)}\nINBOX_AGENT_NAME=Bot\n".encode()
    after = update_env_file(before, {NAME: new, "INBOX_AGENT_MODEL": "m"})
    expected = {"INBOX_AGENT_NAME": "Bot", "INBOX_AGENT_MODEL": "m"} | ({NAME: new} if new else {})
    assert parse_env_file(after) == expected
    assert after.startswith(b"# my settings\n")


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("=pa ss", "pa ss"),
        ("=pa$HOME&echo", "pa$HOME&echo"),
        ("=pa#ss", "pa#ss"),
        ("=pass # not a comment", "pass # not a comment"),
        ("=a=b==", "a=b=="),
        ("= pass ", " pass "),
        ("=pa\\nss\\", "pa\\nss\\"),
        ("=`id`$(id)", "`id`$(id)"),
        ('="quoted by habit"', "quoted by habit"),
        ("='quoted by habit'  ", "quoted by habit"),
        ('=""wanted quotes""', '"wanted quotes"'),
        ('="pass', '"pass'),
        ("=pass'", "pass'"),
        ('="', '"'),
        ("=\"pass'", "\"pass'"),
        ('=pa"ss"', 'pa"ss"'),
        ('="a"b"', 'a"b'),
        ("=", ""),
        ('=""', ""),
        ("=pässwörd\u2028…", "pässwörd\u2028…"),
    ],
)
@pytest.mark.parametrize("before", ["", "  ", "export ", "\texport  "])
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_value_is_the_rest_of_the_line(before: str, line: str, value: str, end: str) -> None:
    assert parse_env_file(f"{before}{NAME}{line}{end}".encode()) == {NAME: value}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_of_a_windows_editor_is_read(end: str) -> None:
    text = end.join(["# ä", "", "INBOX_AGENT_NAME=Bot", "  ", f"  # {NAME}=x", f"{NAME}=y", ""])
    assert parse_env_file(b"\xef\xbb\xbf" + text.encode()) == {"INBOX_AGENT_NAME": "Bot", NAME: "y"}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"hunter2", "is not a setting"),
        (b"INBOX_AGENT_NAME = hunter2", "without spaces before the ="),
        (b"INBOX_AGENT_NAME: hunter2", "is not a setting"),
        (b"set INBOX_AGENT_NAME=hunter2", "is not a setting"),
        (b"=hunter2", "is not a setting"),
        (b"INBOX_AGENT_NAME=hunter2\xff", "UTF-8"),
        (b"INBOX_AGENT_NAME=\rhunter2=1", "carriage return"),
        (b"INBOX_AGENT_NAME=hunter2\0", "NUL"),
        (b"INBOX_AGENT_IMAP_PASWORD=hunter2", "did you mean INBOX_AGENT_IMAP_PASSWORD?"),
        (b"openai_api_key=hunter2", "did you mean OPENAI_API_KEY?"),
        (b"SOMETHING=hunter2", "SOMETHING: is not a setting of this program"),
        (b"INBOX_AGENT_ADDRESS=hunter2", "is already set in line 1"),
    ],
)
def test_a_wrong_line_is_named_by_file_and_line_and_shows_no_value(line: bytes, words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_env_file(b"INBOX_AGENT_ADDRESS=a@b.example\n# comment\n" + line + b"\nAlso wrong\n", "my.env")
    first, second = str(caught.value).splitlines()
    assert first.startswith("my.env:3: ")
    assert words in first
    assert second.startswith("my.env:4: ")
    assert "hunter2" not in str(caught.value)


def test_proxies_may_stand_in_the_file() -> None:
    assert parse_env_file(b"HTTPS_PROXY=http://proxy.example:3128\nno_proxy=localhost\n")


def test_the_example_file_has_the_format() -> None:
    found = parse_env_file(EXAMPLE.read_bytes())
    assert found["INBOX_AGENT_ALLOW"] == "ann@example.com,@example.org"


def private(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return path


def test_the_environment_wins_over_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = private(tmp_path / "some.env", "INBOX_AGENT_NAME=file\nINBOX_AGENT_MODEL=m\n")
    environment = {"INBOX_AGENT_NAME": "environment"}
    assert use_env_file(file, environment) == file
    assert environment == {"INBOX_AGENT_NAME": "environment", "INBOX_AGENT_MODEL": "m"}
    assert capsys.readouterr().err == ""


def test_the_file_of_the_current_folder_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    environment: dict[str, str] = {}
    assert use_env_file(None, environment) is None
    private(tmp_path / "inbox-agent.env", "INBOX_AGENT_NAME=Bot\n")
    assert use_env_file(None, environment) == Path("inbox-agent.env")
    assert environment == {"INBOX_AGENT_NAME": "Bot"}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_can_read_is_warned_of(
    mode: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = private(tmp_path / "some.env", "INBOX_AGENT_NAME=Bot\n")
    file.chmod(mode)
    use_env_file(file, {})
    assert f"chmod 600 {file}" in capsys.readouterr().err


def test_no_file_at_all_can_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    environment: dict[str, str] = {}
    use_env_file(Path(os.devnull), environment)
    assert environment == {}
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("name", ["missing.env", "."])
def test_a_file_that_cannot_be_read_is_one_sentence(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"--env-file: .* cannot be read: (No such file|Is a directory)"):
        use_env_file(tmp_path / name, {})


def test_the_file_that_was_read_is_told_to_the_processes_that_read_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    environment: dict[str, str] = {}
    assert env_file_in_use(environment) is None
    remember_env_file(None, environment)
    remember_env_file(Path("my agent.env"), environment)
    remember_env_file(Path(os.devnull), environment)
    assert env_file_in_use(environment) == tmp_path / "my agent.env"
    assert load({**GIVEN, **environment}) == load(GIVEN), "it is no setting"
