"""A logged-in IMAP connection that is opened when needed and reopened after it broke."""

import logging
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from inbox_agent.adapters.mail_account import MailAccount
from inbox_agent.errors import MailboxUnavailable, TransientError

logger = logging.getLogger(__name__)

# What a broken or misbehaving server makes the library raise: its own errors, the socket's and TLS's (OSError), and what its
# parser trips over.
LIBRARY_ERRORS = (IMAPClientError, OSError, EOFError, ValueError, TypeError, KeyError, IndexError, AttributeError)
_OCTETS = re.compile(r"""\bb(['"])((?:(?!\1)[^\\]|\\.)*)\1""")

# A connection used this recently is not tested before it is used again.
TRUSTED_SECONDS = 20.0


def library_words(error: BaseException) -> str:
    """What a library's exception says, for people: what it shows as a Python literal of octets (``b'[ALERT] …'``) as text."""
    return _OCTETS.sub(lambda found: _text(found[2]), str(error))


def _text(literal: str) -> str:
    octets = re.sub(rb"\\x([0-9a-f]{2})", lambda found: bytes.fromhex(found[1].decode()), literal.encode())
    return re.sub(r"\\(['\"\\])", r"\1", octets.decode("utf-8", "replace"))


class ImapConnection:
    """Connects on first use.

    Args:
        ignore_capabilities: extensions not to use though the server offers them (one that is broken there).
    """

    def __init__(self, account: MailAccount, *, ignore_capabilities: frozenset[str] = frozenset()) -> None:
        self._account = account
        self._ignored = frozenset(name.upper() for name in ignore_capabilities)
        self._client: IMAPClient | None = None
        self._used_at = 0.0
        self.generation = 0

    @contextmanager
    def client(self) -> Iterator[IMAPClient]:
        """The client, connected. Whatever goes wrong in the block drops the connection.

        Raises:
            MailboxUnavailable: translated from the library's errors.
        """
        try:
            self._client = self._still_alive() or self._connect()
            yield self._client
            self._used_at = time.monotonic()
        except TransientError:
            self.drop()
            raise
        except LIBRARY_ERRORS as error:
            self.drop()
            raise MailboxUnavailable(
                f"IMAP at {self._account.host}:{self._account.port}: {library_words(error)}"
            ) from error

    def offers(self, capability: str) -> bool:
        """Whether the server has an extension that may be used. Only inside ``client()``."""
        assert self._client is not None
        return capability not in self._ignored and bool(self._client.has_capability(capability))

    def drop(self) -> None:
        """Close without a word to the server."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(*LIBRARY_ERRORS):
                client.shutdown()

    def close(self) -> None:
        """Log out and close; never raises."""
        client, self._client = self._client, None
        if client is not None:
            try:
                client.logout()
            except LIBRARY_ERRORS:
                with suppress(*LIBRARY_ERRORS):
                    client.shutdown()

    def _still_alive(self) -> IMAPClient | None:
        """The client if there is one that answers; a connection left alone may have been closed by the server or a router."""
        if self._client is not None and time.monotonic() - self._used_at > TRUSTED_SECONDS:
            try:
                self._client.noop()
            except LIBRARY_ERRORS:
                self.drop()
        return self._client

    def _connect(self) -> IMAPClient:
        account = self._account
        tls = account.tls_context() if account.security != "none" else None
        client = IMAPClient(
            account.host,
            account.port,
            ssl=account.security == "tls",
            ssl_context=tls,
            timeout=account.timeout_seconds,
        )
        try:
            # Small commands and small answers: Nagle's algorithm costs some 40 ms each.
            client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if account.security == "starttls":
                client.starttls(tls)
            self._log_in(client)
        except BaseException:
            with suppress(*LIBRARY_ERRORS):
                client.shutdown()
            raise
        self.generation += 1
        return client

    def _log_in(self, client: IMAPClient) -> None:
        account = self._account
        if account.tokens is None:
            client.login(account.user, account.password)
            return
        try:
            client.oauth2_login(account.user, account.tokens.access_token())
        except LoginError:
            # A token may be revoked before it expires; a fresh one decides.
            account.tokens.forget()
            raise
