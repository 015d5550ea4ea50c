"""The whole agent on real parts for one test: its processes, its mailbox, people who write to it, and gates to shut.

People send and read as mail clients do, by ``DemoMailbox``. Nothing here reaches into the agent.
"""

import itertools
import os
import secrets
import smtplib
import socket
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from imapclient import IMAPClient

from inbox_agent import settings as configuration
from inbox_agent.demo.conversation import DemoMailbox, body_of
from inbox_agent.demo.mail_server import MailServer
from inbox_agent.launcher import Process, agent_processes
from tests.e2e.gate import TcpGate
from tests.e2e.slow_model import SlowModel
from tests.mail_server import PASSWORD

AUTHSERV_ID = "mail.world.test"
_numbers = itertools.count(1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    """Poll for a condition; fails the test naming what did not happen."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.05)


class Person(DemoMailbox):
    """Somebody with a mailbox on the world's mail server."""

    def replies(self, to: EmailMessage) -> list[EmailMessage]:
        """The mails of the thread that a message started or belongs to, oldest first."""
        root = str(to["References"] or to["Message-ID"]).split()[0]
        return [message for message in self.messages() if root in str(message["References"] or "")]

    def reply_number(self, number: int, to: EmailMessage, seconds: float = 40.0) -> EmailMessage:
        """Wait for the thread's ``number``-th mail from the agent, from 1."""
        wait_until(
            lambda: len(self.replies(to)) >= number,
            f"mail {number} of the agent in the thread of {to['Subject']}",
            seconds,
        )
        return self.replies(to)[number - 1]

    def submit(self, mail: EmailMessage | bytes, *recipients: str, login: bool = True) -> None:
        """Hand over a message as it is, whatever its headers claim; without login as any server of the world could."""
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=60) as smtp:
            if login:
                smtp.login(self.address, self.password)
            raw = mail if isinstance(mail, bytes) else mail.as_bytes(policy=mail.policy.clone(linesep="\r\n"))
            smtp.sendmail(self.address, list(recipients), raw)

    def folder(self, name: str) -> list[bytes]:
        """The messages of a folder as they lie there; none when there is no such folder."""
        with IMAPClient("127.0.0.1", self.imap_port, ssl=False, timeout=30) as imap:
            imap.login(self.address, self.password)
            if not imap.folder_exists(name):
                return []
            imap.select_folder(name, readonly=True)
            fetched = imap.fetch(imap.search("ALL"), ["BODY.PEEK[]"])
        return [fetched[uid][b"BODY[]"] for uid in sorted(fetched)]


class World:
    """One agent with its processes ``engine``, ``worker``, ``poller`` and ``web``.

    Attributes:
        imap, smtp, model_gate: shut one to take that service from the agent (people are not affected).
    """

    def __init__(self, folder: Path, mail_server: MailServer, model: SlowModel, **settings: str) -> None:
        self.folder = folder
        self.model = model
        self._mail_server = mail_server
        self.address = settings.get("INBOX_AGENT_ADDRESS") or f"agent-{next(_numbers)}-{os.getpid()}@world.test"
        mail_server.accounts.add(self.address, PASSWORD)
        self.imap, self.smtp = TcpGate(mail_server.imap_port), TcpGate(mail_server.smtp_port)
        self.model_gate = TcpGate(model.port)
        self.api_token = secrets.token_hex(16)
        self.web_port, self.engine_port = free_port(), free_port()
        environment = {
            "INBOX_AGENT_ADDRESS": self.address,
            "INBOX_AGENT_IMAP_HOST": "127.0.0.1",
            "INBOX_AGENT_IMAP_PORT": str(self.imap.port),
            "INBOX_AGENT_IMAP_PASSWORD": PASSWORD,
            "INBOX_AGENT_IMAP_SECURITY": "none",
            "INBOX_AGENT_SMTP_HOST": "127.0.0.1",
            "INBOX_AGENT_SMTP_PORT": str(self.smtp.port),
            "INBOX_AGENT_SMTP_PASSWORD": PASSWORD,
            "INBOX_AGENT_SMTP_SECURITY": "none",
            "INBOX_AGENT_ALLOW": "@world.test",
            "INBOX_AGENT_AUTHSERV_ID": AUTHSERV_ID,
            "INBOX_AGENT_API_TOKEN": self.api_token,
            "INBOX_AGENT_SECRET_KEY": secrets.token_hex(16),
            "INBOX_AGENT_WORKER_URL": f"http://127.0.0.1:{free_port()}",
            "INBOX_AGENT_WEB_PORT": str(self.web_port),
            "INBOX_AGENT_ENGINE_PORT": str(self.engine_port),
            "INBOX_AGENT_DATA": str(folder),
            "INBOX_AGENT_SEND_PAUSE": "1",
            "INBOX_AGENT_POLL_INTERVAL": "2",
            "OPENAI_API_KEY": "stand-in",
            "OPENAI_BASE_URL": f"http://127.0.0.1:{self.model_gate.port}/v1",
            **settings,
        }
        if url := os.environ.get("INBOX_AGENT_IWF_URL"):
            environment["INBOX_AGENT_IWF_URL"] = url
        processes = agent_processes(configuration.load(environment), environment, folder)
        self.processes: dict[str, Process] = {process.name: process for process in processes}

    def start(self, *names: str) -> None:
        """Start these processes, or all."""
        for name in names or self.processes:
            self.processes[name].spawn()
        for name in names or self.processes:
            self.processes[name].wait_until_ready()

    def kill(self, *names: str) -> None:
        """kill -9 these processes, or all."""
        for name in names or self.processes:
            self.processes[name].kill()

    def close(self) -> None:
        self.model.released.set()
        for process in reversed(self.processes.values()):
            process.stop()
        for gate in (self.imap, self.smtp, self.model_gate):
            gate.shut()

    def person(self, name: str, domain: str = "world.test", *, address: str = "") -> Person:
        """Somebody new with a mailbox; only those of world.test are on the agent's allow-list."""
        address = address or f"{name}-{next(_numbers)}@{domain}"
        self._mail_server.accounts.add(address, PASSWORD)
        return self._client(name.capitalize(), address)

    def agent_mailbox(self) -> Person:
        """The agent's own mailbox, to look into its folders."""
        return self._client("Agent", self.address)

    def _client(self, name: str, address: str) -> Person:
        return Person(
            name=name,
            address=address,
            password=PASSWORD,
            imap_port=self._mail_server.imap_port,
            smtp_port=self._mail_server.smtp_port,
        )


@pytest.fixture(scope="session")
def world_mail_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    with MailServer(Path(tmp_path_factory.mktemp("mail")), users={}, authserv_id=AUTHSERV_ID) as server:
        yield server


@pytest.fixture(scope="session")
def standin_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    port = free_port()
    log = tmp_path_factory.mktemp("model") / "standin.log"
    process = Process(
        "stand-in model", ["standin-model", "--port", str(port)], log_file=log, ready=lambda: accepts(port)
    )
    process.spawn()
    process.wait_until_ready()
    yield port
    process.stop()


def accepts(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


@pytest.fixture
def fresh_world(tmp_path: Path, world_mail_server: MailServer, standin_port: int) -> Iterator[Callable[..., World]]:
    """Makes worlds of a test's own, with settings beside the usual ones; not started."""
    worlds: list[World] = []

    def make(**settings: str) -> World:
        folder = tmp_path / str(len(worlds))
        folder.mkdir()
        worlds.append(World(folder, world_mail_server, SlowModel(standin_port), **settings))
        return worlds[-1]

    yield make
    for world in worlds:
        world.close()
        world.model.close()


@pytest.fixture(scope="module")
def shared_world(
    tmp_path_factory: pytest.TempPathFactory, world_mail_server: MailServer, standin_port: int
) -> Iterator[World]:
    """One running world for the tests of a module that break nothing."""
    world = World(tmp_path_factory.mktemp("world"), world_mail_server, SlowModel(standin_port))
    try:
        world.start()
        yield world
    finally:
        world.close()
        world.model.close()


__all__ = [
    "Person",
    "World",
    "body_of",
    "fresh_world",
    "shared_world",
    "standin_port",
    "wait_until",
    "world_mail_server",
]
