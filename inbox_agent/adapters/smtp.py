"""Submission over SMTP (RFC 6409) by smtplib: one message for all its recipients, or for none."""

import re
import smtplib
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8

from inbox_agent.adapters.mail_account import MailAccount, xoauth2
from inbox_agent.errors import SendRejected, SendUnavailable, TransientError

_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


class SmtpTransport:
    """``ports.MailTransport``. Each call makes a connection of its own, so that many threads may call at once.

    Args:
        hostname: how to greet the server (EHLO); the domain of the account when not given.
    """

    def __init__(self, account: MailAccount, *, hostname: str = "") -> None:
        self._account = account
        self._hostname = hostname or account.user.rpartition("@")[2] or "localhost"
        self._size_limit: int | None = None

    def send(self, message: EmailMessage, *, sender: str, recipients: Sequence[str]) -> None:
        """See ``ports.MailTransport.send``."""
        with self._connected() as client:
            sender, *recipients = (_ascii_domain(address) for address in (sender, *recipients))
            options, content = _prepare(client, message, [sender, *recipients])
            _expect(client.mail(sender, options), "the sender")
            self._name_recipients(client, recipients)
            self._transmit(client, content)

    def size_limit(self) -> int:
        """See ``ports.MailTransport.size_limit``; as the server said it at the last connection."""
        if self._size_limit is None:
            with self._connected():
                pass
        return self._size_limit or 0

    def check(self) -> str:
        """Log in and out again; returns the server's greeting name.

        Raises:
            SendUnavailable: with the reason.
        """
        with self._connected() as client:
            greeting = client.ehlo_resp or b""
            return greeting.decode("utf-8", "replace").splitlines()[0] if greeting else self._account.host

    def _name_recipients(self, client: smtplib.SMTP, recipients: Sequence[str]) -> None:
        replies = {recipient: client.rcpt(recipient) for recipient in recipients}
        refused = {recipient: _words(reply) for recipient, reply in replies.items() if reply[0] >= 500}
        later = {recipient: _words(reply) for recipient, reply in replies.items() if 400 <= reply[0] < 500}
        if refused or later:
            with suppress(smtplib.SMTPException, OSError):
                client.rset()
        if refused:
            words = next(iter(refused.values()))
            raise SendRejected(f"the server refused {', '.join(refused)}", words, refused)
        if later:
            words = next(iter(later.values()))
            raise SendUnavailable(f"the server does not take mail for {', '.join(later)} now: {words}", words)

    def _transmit(self, client: smtplib.SMTP, content: bytes) -> None:
        code, words = client.docmd("DATA")
        if code != 354:
            _expect((code, words), "the message")
            raise SendUnavailable(f"unexpected answer to DATA: {_words((code, words))}", _words((code, words)))
        try:
            # Dots at line starts are doubled and the final dot is added (RFC 5321, 4.5.2).
            client.send(_LEADING_DOT.sub(b"..", content) + (b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n"))
            reply = client.getreply()
        except (smtplib.SMTPException, OSError) as error:
            reason = f"the connection broke while the message was under way: {error}"
            raise SendUnavailable(reason, maybe_accepted=True) from error
        _expect(reply, "the message")

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        account = self._account
        where = f"SMTP at {account.host}:{account.port}"
        try:
            client = self._connect()
        except (OSError, smtplib.SMTPException, TransientError) as error:
            raise SendUnavailable(f"{where}: {_reason(error)}", _server_reply(error)) from error
        try:
            yield client
        except (OSError, smtplib.SMTPException) as error:
            raise SendUnavailable(f"{where}: {_reason(error)}", _server_reply(error)) from error
        finally:
            with suppress(OSError, smtplib.SMTPException):
                client.quit()
            client.close()

    def _connect(self) -> smtplib.SMTP:
        account = self._account
        timeout = account.timeout_seconds
        client: smtplib.SMTP
        if account.security == "tls":
            tls = account.tls_context()
            client = smtplib.SMTP_SSL(account.host, account.port, self._hostname, timeout=timeout, context=tls)
        else:
            client = smtplib.SMTP(account.host, account.port, self._hostname, timeout=timeout)
        try:
            if client.sock is not None:
                client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if account.security == "starttls":
                client.starttls(context=account.tls_context())
            client.ehlo_or_helo_if_needed()
            self._log_in(client)
            announced = client.esmtp_features.get("size", "")
            self._size_limit = int(announced) if announced.isascii() and announced.isdigit() else 0
        except BaseException:
            client.close()
            raise
        return client

    def _log_in(self, client: smtplib.SMTP) -> None:
        account = self._account
        if account.tokens is None:
            if account.password:
                client.login(account.user, account.password)
            return
        initial = xoauth2(account.user, account.tokens.access_token())
        try:
            # A refusal comes as a challenge with the reason, to be answered with an empty line.
            client.auth("XOAUTH2", lambda challenge=None: "" if challenge else initial)
        except smtplib.SMTPAuthenticationError:
            account.tokens.forget()
            raise


def _prepare(client: smtplib.SMTP, message: EmailMessage, addresses: Sequence[str]) -> tuple[list[str], bytes]:
    """MAIL's options and the message as bytes with CRLF. 8-bit content only where the server offers it.

    Raises:
        SendRejected: an internationalised address, and a server without SMTPUTF8 (RFC 6531).
    """
    international = not all(address.isascii() for address in addresses) or _has_international_address(message)
    if international and not client.has_extn("smtputf8"):
        named = {
            address: "needs SMTPUTF8, which our server does not offer" for address in addresses if not address.isascii()
        }
        raise SendRejected(
            "our mail server cannot send to addresses with letters outside ASCII before the @ (no SMTPUTF8)",
            "no SMTPUTF8",
            named,
        )
    eight_bit = client.has_extn("8bitmime")
    policy = (SMTPUTF8 if international else SMTP).clone(cte_type="8bit" if eight_bit else "7bit")
    content = message.as_bytes(policy=policy)
    options = ["SMTPUTF8"] if international else []
    if eight_bit:
        options.append("BODY=8BITMIME")
    if client.has_extn("size"):
        options.append(f"SIZE={len(content)}")
    return options, content


def _has_international_address(message: EmailMessage) -> bool:
    """Whether an address in a header has a local part that only UTF-8 headers can carry."""
    for name in ("From", "Sender", "Reply-To", "To", "Cc"):
        for header in message.get_all(name, []):
            if any(not address.username.isascii() for address in getattr(header, "addresses", ())):
                return True
    return False


def _ascii_domain(address: str) -> str:
    """The address with its domain as A-labels: then an international domain alone needs no SMTPUTF8."""
    local, at, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return f"{local}{at}{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return address


def _expect(reply: tuple[int, bytes], what: str) -> None:
    code, _ = reply
    if code >= 500:
        raise SendRejected(f"the server refused {what}: {_words(reply)}", _words(reply))
    if code >= 400:
        raise SendUnavailable(f"the server does not take {what} now: {_words(reply)}", _words(reply))


def _words(reply: tuple[int, bytes]) -> str:
    code, text = reply
    return f"{code} {' '.join(text.decode('utf-8', 'replace').split())}"


def _reason(error: Exception) -> str:
    return _server_reply(error) or str(error) or type(error).__name__


def _server_reply(error: Exception) -> str:
    """What the server answered; "" for what it did not say, as an error number of the operating system."""
    if not isinstance(error, smtplib.SMTPResponseException) or error.smtp_code < 200:
        return ""
    words = error.smtp_error
    return _words((error.smtp_code, words if isinstance(words, bytes) else str(words).encode()))
