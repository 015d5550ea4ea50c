"""The SMTP side of the embedded mail server: takes mail for its own accounts and hands it over by LMTP, nothing else.

A client is told 250 only after every recipient's copy is on disk. Recipients are delivered in the order of the envelope,
one LMTP transaction each, so that a later copy proves the earlier ones.
"""

import asyncio
import logging
import secrets
import smtplib
import ssl
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from inbox_agent.demo.mail_accounts import MailAccounts
from inbox_agent.demo.received_headers import trace_headers, without_results
from inbox_agent.errors import ConfigurationError

logger = logging.getLogger(__name__)

MAX_MESSAGE_BYTES = 50 * 1024 * 1024
MAX_RECIPIENTS = 200
DELIVERY_WORKERS = 4
LMTP_TIMEOUT_SECONDS = 60.0


class DeliveryFailed(Exception):
    """Not every recipient got a copy. ``reply`` is what the client is told."""

    def __init__(self, reply: str) -> None:
        super().__init__(reply)
        self.reply = reply


class LocalDelivery:
    """Hands messages to Dovecot by LMTP (RFC 2033)."""

    def __init__(self, lmtp_socket: Path) -> None:
        self._lmtp_socket = lmtp_socket

    def deliver(self, sender: str, copies: Sequence[tuple[str, bytes]]) -> None:
        """Deliver each (recipient, message) in order.

        Raises:
            DeliveryFailed: at the first copy that could not be stored.
        """
        try:
            with smtplib.LMTP(str(self._lmtp_socket), timeout=LMTP_TIMEOUT_SECONDS) as lmtp:
                for recipient, message in copies:
                    lmtp.sendmail(sender, [recipient], message)
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            raise DeliveryFailed(f"{code} {_one_line(words)}") from error
        except smtplib.SMTPResponseException as error:
            raise DeliveryFailed(f"{error.smtp_code} {_one_line(error.smtp_error)}") from error
        except (OSError, smtplib.SMTPException) as error:
            logger.warning("embedded mail server: LMTP delivery failed: %s", error)
            raise DeliveryFailed("451 4.3.0 The mailbox cannot be reached at the moment, try again later") from error


class FrontHandler:
    """The decisions of one SMTP session, called by aiosmtpd (its names are its interface)."""

    def __init__(self, accounts: MailAccounts, delivery: LocalDelivery, *, authserv_id: str) -> None:
        self._accounts = accounts
        self._delivery = delivery
        self._authserv_id = authserv_id
        self._workers = ThreadPoolExecutor(DELIVERY_WORKERS, thread_name_prefix="lmtp")

    def close(self) -> None:
        self._workers.shutdown()

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address not in self._accounts:
            return f"550 5.1.1 <{address}> No such user here; this server delivers to its own accounts only"
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        # A recipient named twice gets one copy.
        if address not in envelope.rcpt_tos:
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        message = envelope.original_content or b""
        copies = self._copies(session, envelope.rcpt_tos, without_results(message))
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._workers, self._delivery.deliver, envelope.mail_from or "", copies)
        except DeliveryFailed as error:
            return error.reply
        return "250 2.0.0 Delivered"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, auth_data: Any
    ) -> AuthResult:
        """Check the login of AUTH PLAIN and LOGIN."""
        known = isinstance(auth_data, LoginPassword)
        login = auth_data.login.decode("utf-8", "replace") if known else ""
        if not known or not self._accounts.check(login, auth_data.password):
            return AuthResult(success=False, handled=False)
        return AuthResult(success=True, auth_data=auth_data)

    def _copies(self, session: Session, recipients: Sequence[str], message: bytes) -> list[tuple[str, bytes]]:
        credentials: Any = session.auth_data if session.authenticated else None
        login = credentials.login.decode().lower() if credentials else ""
        protocol = "ESMTP" + ("S" if session.ssl else "") + ("A" if login else "") if session.extended_smtp else "SMTP"
        queue_name, now = secrets.token_hex(6), datetime.now(UTC)
        copies = []
        for recipient in recipients:
            headers = trace_headers(
                peer=str(session.peer[0]) if session.peer else "unknown",
                helo=session.host_name or "",
                server=self._authserv_id,
                protocol=protocol,
                queue_name=queue_name,
                recipient=recipient,
                now=now,
                login=login,
            )
            copies.append((recipient, headers + message))
        return copies


class LenientSmtp(SMTP):
    """RFC 5321 allows lines of 1000 octets. Real mail has longer ones, and what is to be tried here is how it is read."""

    line_length_limit = 1_000_000


class SmtpFront:
    """The listening server, in a thread of its own with its own event loop."""

    def __init__(self, handler: FrontHandler, *, port: int, hostname: str) -> None:
        self._handler = handler
        self._wanted_port = port
        self._hostname = hostname
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None
        self._server: asyncio.Server | None = None
        self.port = 0

    def start(self, certificate: Path, key: Path) -> None:
        """Listen.

        Raises:
            ConfigurationError: the port cannot be used.
        """
        # aiosmtpd warns of its own use of a deprecated attribute at every login.
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        self._tls.load_cert_chain(certificate, key)
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="smtp-front", daemon=True)
        self._thread.start()
        try:
            self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        except OSError as error:
            reason = f"--smtp-port: 127.0.0.1:{self._wanted_port} cannot be used ({error.strerror}); name another or 0"
            raise ConfigurationError(reason) from error
        self.port = self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        """Stop listening, let deliveries under way end, and drop the connections that are left."""
        if self._loop is None or self._thread is None or self._loop.is_closed():
            return
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(LMTP_TIMEOUT_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._handler.close()

    async def _listen(self) -> asyncio.Server:
        return await asyncio.get_running_loop().create_server(self._session, "127.0.0.1", self._wanted_port)

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        for task in others:
            with suppress(asyncio.CancelledError, Exception):
                await task

    def _session(self) -> SMTP:
        return LenientSmtp(
            self._handler,
            loop=asyncio.get_running_loop(),
            hostname=self._hostname,
            ident="embedded mail server",
            data_size_limit=MAX_MESSAGE_BYTES,
            enable_SMTPUTF8=True,
            tls_context=self._tls,
            # Loopback only: a login without TLS crosses no wire.
            auth_require_tls=False,
            authenticator=self._handler.authenticate,
        )


def _one_line(words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return " ".join(text.split())
