"""The real embedded mail server for tests: one per test session, users made on demand."""

import itertools
import os
import socket
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from inbox_agent.adapters.imap import ImapMailbox
from inbox_agent.adapters.mail_account import MailAccount
from inbox_agent.adapters.smtp import SmtpTransport
from inbox_agent.demo.mail_server import MailServer

PASSWORD = "a password, with: colon"
_numbers = itertools.count(1)


class Person:
    """Someone with a mailbox on the server."""

    def __init__(self, server: MailServer, address: str) -> None:
        self.address = address
        self._server = server
        self.mailbox = ImapMailbox(self.imap_account())
        self.transport = SmtpTransport(self.smtp_account())

    def imap_account(self) -> MailAccount:
        return MailAccount("127.0.0.1", self._server.imap_port, self.address, PASSWORD, "none")

    def smtp_account(self) -> MailAccount:
        return MailAccount("127.0.0.1", self._server.smtp_port, self.address, PASSWORD, "none")

    def mail(self, to: str, subject: str = "Hello", text: str = "Hello!\n", **headers: str) -> str:
        """Send a small mail and return its Message-ID."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.address, to, subject
        message["Message-ID"] = f"<{next(_numbers)}.{os.getpid()}@people.test>"
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content(text)
        self.transport.send(message, sender=self.address, recipients=[to])
        return str(message["Message-ID"])


@pytest.fixture(scope="session")
def mail_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    with MailServer(Path(tmp_path_factory.mktemp("mail")), users={}) as server:
        yield server


@pytest.fixture
def new_person(mail_server: MailServer) -> Iterator[Callable[[str], Person]]:
    """Makes a person with a mailbox of their own, empty, whatever other tests did."""
    people: list[Person] = []

    def make(name: str) -> Person:
        address = f"{name}-{next(_numbers)}@mail.test"
        mail_server.accounts.add(address, PASSWORD)
        people.append(Person(mail_server, address))
        return people[-1]

    yield make
    for person in people:
        person.mailbox.close()


@pytest.fixture
def unused_port() -> int:
    """A port on which nothing listens at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
