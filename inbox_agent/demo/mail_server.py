"""The embedded mail server: Dovecot for IMAP, an SMTP front before it, all on loopback and below one folder.

A stand-in for a mail account on one machine, labelled as such in its log; a real account takes its place by settings alone.
"""

import argparse
import logging
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import IO

from inbox_agent.demo.certificate import ensure_certificate
from inbox_agent.demo.dovecot import Dovecot
from inbox_agent.demo.mail_accounts import MailAccounts, read_users
from inbox_agent.demo.smtp_front import FrontHandler, LocalDelivery, SmtpFront
from inbox_agent.errors import ConfigurationError
from inbox_agent.hosts_and_ports import port_argument
from inbox_agent.private_files import lock_file, make_private_folder, write_privately

logger = logging.getLogger(__name__)

AUTHSERV_ID = "mail.inbox-agent.localhost"
WATCH_SECONDS = 0.5


class MailServer:
    """Start it, use it as a context manager, add users whenever they are needed.

    Args:
        data: a folder of its own; what is mailed stays there over restarts.
        users: address → password.
        imap_port, smtp_port: on 127.0.0.1; 0 for a free one. After the start the attributes tell which.
        authserv_id: the name in Received and Authentication-Results (RFC 8601).
    """

    def __init__(
        self,
        data: Path,
        *,
        users: Mapping[str, str],
        imap_port: int = 0,
        smtp_port: int = 0,
        authserv_id: str = AUTHSERV_ID,
    ) -> None:
        self.data = data.absolute()
        self.certificate = self.data / "certificate.pem"
        self.accounts = MailAccounts(self.data / "users")
        self._users = dict(users)
        self._authserv_id = authserv_id
        self._lock: IO[bytes] | None = None
        self._dovecot = Dovecot(self.data, imap_port=imap_port)
        handler = FrontHandler(self.accounts, LocalDelivery(self._dovecot.lmtp_socket), authserv_id=authserv_id)
        self._front = SmtpFront(handler, port=smtp_port, hostname=authserv_id)

    @property
    def imap_port(self) -> int:
        return self._dovecot.imap_port

    @property
    def smtp_port(self) -> int:
        return self._front.port

    def start(self) -> None:
        """Start and return when both ports serve. The calling thread must live as long as the server: Dovecot ends with it.

        Raises:
            ConfigurationError: with what to do about it.
        """
        make_private_folder(self.data)
        self._lock = _locked(self.data / "lock")
        logger.warning("embedded mail server (a stand-in for a mail account, loopback only) starting on %s", self.data)
        try:
            key = self.data / "certificate.key"
            ensure_certificate(self.certificate, key, hostname=self._authserv_id)
            for address, password in self._users.items():
                self.accounts.add(address, password)
            self._dovecot.start()
            self._front.start(self.certificate, key)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop everything that was started; returns when it is gone."""
        self._front.stop()
        self._dovecot.stop()
        if self._lock is not None:
            self._lock.close()

    def is_alive(self) -> bool:
        return self._dovecot.is_alive()

    def __enter__(self) -> "MailServer":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


def _locked(path: Path) -> IO[bytes]:
    """Keep others off the folder until the file is closed or this process ends, however it does.

    Raises:
        ConfigurationError: another process keeps it, or it is a symbolic link.
    """
    try:
        return lock_file(path)
    except BlockingIOError as error:
        raise ConfigurationError(f"another mail server is already running on {path.parent}; stop it first") from error
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be used as the lock: {error.strerror or error}; remove it") from error


def main(argv: Sequence[str]) -> int:
    """``inbox-agent mailserver``: serve until SIGTERM or SIGINT.

    Prints one line when it serves: ``mailserver ready imap=127.0.0.1:PORT smtp=127.0.0.1:PORT ca=FILE``.

    Returns:
        0 after a signal, 1 when Dovecot ended by itself, 2 for wrong arguments.
    """
    arguments = _parser().parse_args(argv)
    write_privately()
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        server = MailServer(
            arguments.data,
            users=read_users(arguments.users),
            imap_port=arguments.imap_port,
            smtp_port=arguments.smtp_port,
            authserv_id=arguments.authserv_id,
        )
        with server:
            addresses = f"imap=127.0.0.1:{server.imap_port} smtp=127.0.0.1:{server.smtp_port}"
            print(f"mailserver ready {addresses} ca={server.certificate}", flush=True)
            while server.is_alive() and not stop.wait(WATCH_SECONDS):
                pass
    except ConfigurationError as error:
        print(f"mailserver: {error}", file=sys.stderr)
        return 2
    if not stop.is_set():
        print("mailserver: Dovecot ended by itself; its log is dovecot.log in the data folder", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="inbox-agent mailserver", description="A private mail server on this machine: IMAP and SMTP on 127.0.0.1."
    )
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="where mail is kept")
    parser.add_argument("--imap-port", type=port_argument, default=1143, help="0 for a free one (default %(default)s)")
    parser.add_argument("--smtp-port", type=port_argument, default=1025, help="0 for a free one (default %(default)s)")
    parser.add_argument(
        "--users",
        type=Path,
        required=True,
        metavar="FILE",
        help="a line ADDRESS:PASSWORD for each mailbox; - reads standard input",
    )
    parser.add_argument("--authserv-id", default=AUTHSERV_ID, help="the server's name in the headers it adds")
    return parser
