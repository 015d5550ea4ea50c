"""Who has a mailbox on the embedded mail server, and with which password. No I/O but the files that Dovecot reads."""

import base64
import hashlib
import hmac
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from inbox_agent.errors import ConfigurationError

TAG_SEPARATOR = "+"


def base_address(address: str) -> str:
    """The mailbox that mail for ``user+tag@domain`` lands in: ``user@domain``, lower case."""
    local, at, domain = address.rpartition("@")
    return f"{local.split(TAG_SEPARATOR, 1)[0]}{at}{domain}".lower()


def read_users(path: Path) -> dict[str, str]:
    """Addresses and passwords from a file with a line ``ADDRESS:PASSWORD`` for each; ``-`` is standard input.

    Passwords come by a file because every user of a machine can read the arguments of its processes.

    Raises:
        ConfigurationError: it cannot be read, is open to other users, names nobody, or has a line of another form.
    """
    try:
        if str(path) == "-":
            text = sys.stdin.read()
        else:
            if path.stat().st_mode & 0o077:
                raise ConfigurationError(f"--users: {path} can be read by other users. Fix it with: chmod 600 {path}")
            text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise ConfigurationError(f"--users: {path} cannot be read: {error}") from error
    users = dict(parse_user(line) for line in text.splitlines() if line.strip())
    if not users:
        raise ConfigurationError(f"--users: {path} names nobody; write one line ADDRESS:PASSWORD for each mailbox")
    return users


def parse_user(line: str) -> tuple[str, str]:
    """``ADDRESS:PASSWORD``. The password may hold colons.

    Raises:
        ConfigurationError: not of this form, or an address that cannot be a folder's name.
    """
    address, colon, password = line.partition(":")
    local, at, domain = address.rpartition("@")
    if not (colon and password and at and local and domain):
        raise ConfigurationError("--users: expected a line ADDRESS:PASSWORD, for example alex@demo.test:secret")
    if any(letter in "/:%\\ \t" or not letter.isprintable() for letter in address) or not address.isascii():
        raise ConfigurationError(
            "--users: the embedded mail server only accepts ASCII addresses, such as alex@demo.test"
        )
    return address.lower(), password


@dataclass(frozen=True, slots=True)
class HashedPassword:
    """A salted SHA-512, in the form that Dovecot calls SSHA512."""

    digest: bytes
    salt: bytes

    @classmethod
    def of(cls, password: str) -> "HashedPassword":
        salt = os.urandom(16)
        return cls(hashlib.sha512(password.encode() + salt).digest(), salt)

    def matches(self, password: bytes) -> bool:
        return hmac.compare_digest(hashlib.sha512(password + self.salt).digest(), self.digest)

    def __str__(self) -> str:
        return "{SSHA512}" + base64.b64encode(self.digest + self.salt).decode()


class MailAccounts:
    """The accounts, each in a passwd-file of its own: Dovecot looks for changes of one file only once a second, so that a
    common one would hide a new account for that long."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._passwords: dict[str, HashedPassword] = {}

    def add(self, address: str, password: str) -> None:
        """Create an account or change its password."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        address, hashed = address.lower(), HashedPassword.of(password)
        replacement = self._folder / f".{address}.new"
        replacement.touch(mode=0o600)
        replacement.write_text(f"{address}:{hashed}\n", encoding="utf-8")
        replacement.replace(self._folder / address)
        self._passwords[address] = hashed

    def __contains__(self, address: str) -> bool:
        return base_address(address) in self._passwords

    def check(self, address: str, password: bytes) -> bool:
        """Whether this is the account's password; an unknown account takes as long as a known one."""
        hashed = self._passwords.get(address.lower())
        return (hashed or HashedPassword(b"\0" * 64, b"")).matches(password) and hashed is not None
