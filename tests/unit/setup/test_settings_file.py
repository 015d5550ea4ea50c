"""The settings file is private from its first moment, and whole or not there."""

import stat
from pathlib import Path

import pytest

from inbox_agent.errors import ConfigurationError
from inbox_agent.settings.env_file import read_env_file
from inbox_agent.setup.settings_file import write_settings


def test_a_new_file_is_private(tmp_path: Path) -> None:
    file = tmp_path / "my.env"
    write_settings(file, {"INBOX_AGENT_NAME": "Bot", "INBOX_AGENT_IMAP_USER": ""})
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_env_file(file) == {"INBOX_AGENT_NAME": "Bot"}


def test_an_open_file_becomes_private_and_keeps_what_is_not_asked(tmp_path: Path) -> None:
    file = tmp_path / "my.env"
    file.write_text("# mine\nINBOX_AGENT_MODEL=m\nINBOX_AGENT_NAME=Old\n", encoding="utf-8")
    file.chmod(0o644)
    write_settings(file, {"INBOX_AGENT_NAME": "Bot"})
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text(encoding="utf-8") == "# mine\nINBOX_AGENT_MODEL=m\nINBOX_AGENT_NAME=Bot\n"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "my.env").symlink_to(tmp_path / "real" / "target.env")
    write_settings(tmp_path / "my.env", {"INBOX_AGENT_NAME": "Bot"})
    assert (tmp_path / "my.env").is_symlink()
    assert read_env_file(tmp_path / "real" / "target.env") == {"INBOX_AGENT_NAME": "Bot"}


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="line break"):
        write_settings(tmp_path / "my.env", {"INBOX_AGENT_NAME": "two\nlines"})
    with pytest.raises(ConfigurationError, match="cannot be written"):
        write_settings(tmp_path / "nowhere" / "my.env", {"INBOX_AGENT_NAME": "Bot"})
    assert list(tmp_path.iterdir()) == []
