"""Accounts of the embedded mail server."""

from pathlib import Path

import pytest

from inbox_agent.demo.mail_accounts import MailAccounts, base_address, parse_user, read_users
from inbox_agent.errors import ConfigurationError


def test_a_password_is_checked_and_never_written_in_clear(tmp_path: Path) -> None:
    accounts = MailAccounts(tmp_path / "users")
    accounts.add("Alex@demo.test", "pass:word")
    assert accounts.check("ALEX@demo.test", b"pass:word")
    assert not accounts.check("alex@demo.test", b"other")
    assert not accounts.check("sam@demo.test", b"pass:word")
    file = tmp_path / "users" / "alex@demo.test"
    assert file.read_text().startswith("alex@demo.test:{SSHA512}")
    assert "pass:word" not in file.read_text()
    assert file.stat().st_mode & 0o077 == 0


def test_a_tagged_address_belongs_to_its_account(tmp_path: Path) -> None:
    accounts = MailAccounts(tmp_path / "users")
    accounts.add("alex@demo.test", "x")
    assert "Alex+any+tag@Demo.test" in accounts
    assert "alexa@demo.test" not in accounts
    assert base_address("A+b@C.test") == "a@c.test"


@pytest.mark.parametrize(
    "argument",
    ["alex", "alex@demo.test", "alex@demo.test:", ":x", "@demo.test:x", "../x@demo.test:y", "jörg@demo.test:y"],
)
def test_what_is_no_account_is_refused(argument: str) -> None:
    with pytest.raises(ConfigurationError, match="--users"):
        parse_user(argument)


def test_a_password_may_hold_colons() -> None:
    assert parse_user("Alex@demo.test:a:b") == ("alex@demo.test", "a:b")


def test_users_come_from_a_file_that_is_closed_to_others(tmp_path: Path) -> None:
    file = tmp_path / "users"
    file.touch(mode=0o600)
    file.write_text("alex@demo.test:a:b\n\nsam@demo.test:c\n", encoding="utf-8")
    assert read_users(file) == {"alex@demo.test": "a:b", "sam@demo.test": "c"}


def test_a_file_of_passwords_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "users"
    file.write_text("alex@demo.test:secret", encoding="utf-8")
    file.chmod(0o640)
    with pytest.raises(ConfigurationError, match="chmod 600") as caught:
        read_users(file)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("content", ["", "\n \n"])
def test_a_file_that_names_nobody_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "users"
    file.touch(mode=0o600)
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="names nobody"):
        read_users(file)


def test_a_missing_file_of_users_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_users(tmp_path / "users")
