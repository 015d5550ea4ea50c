"""From an empty folder to the first draft by mail: ``inbox-agent setup`` at a terminal, then ``inbox-agent run``."""

import os
import pty
import re
import select
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from inbox_agent.demo.mail_server import MailServer
from inbox_agent.settings import load, variables
from inbox_agent.settings.env_file import read_env_file
from tests.e2e.world import AUTHSERV_ID, Person, body_of, free_port
from tests.mail_server import PASSWORD

AGENT, ANN, SAM = "agent@setup.test", "ann@setup.test", "sam@setup.test"
KEY = "sk-setup-secret"


class TerminalSession:
    """A program at a terminal, and a person who types when they are asked."""

    def __init__(self, folder: Path, environment: dict[str, str], *arguments: str) -> None:
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "inbox_agent", *arguments],
            cwd=folder,
            env=environment,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self.shown = ""
        self._seen = 0

    def expect(self, words: str, seconds: float = 60.0) -> None:
        """Wait until the program has shown these words since the last answer."""
        deadline = time.monotonic() + seconds
        start = self._seen
        while words not in self.shown[start:]:
            left = deadline - time.monotonic()
            assert left > 0, f"not shown: {words}\n{self.shown}"
            if select.select([self._master], [], [], left)[0]:
                try:
                    self.shown += os.read(self._master, 65536).decode("utf-8", "replace")
                except OSError:
                    assert words in self.shown[start:], f"ended before: {words}\n{self.shown}"
        self._seen = start + self.shown[start:].index(words) + len(words)

    def answer(self, question: str, words: str) -> None:
        self.expect(question)
        os.write(self._master, f"{words}\n".encode())

    def close(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(30)
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
        os.close(self._master)


@pytest.fixture
def environment() -> dict[str, str]:
    """No settings, but ports of this test's own; no proxy of the machine may come between."""
    kept = {name: value for name, value in os.environ.items() if name not in variables()}
    return kept | {
        "INBOX_AGENT_WEB_PORT": str(free_port()),
        "INBOX_AGENT_WORKER_URL": f"http://127.0.0.1:{free_port()}",
        "INBOX_AGENT_ENGINE_PORT": str(free_port()),
    }


@pytest.fixture
def people(world_mail_server: MailServer) -> dict[str, Person]:
    for address in (AGENT, ANN, SAM):
        world_mail_server.accounts.add(address, PASSWORD)
    ports = {"imap_port": world_mail_server.imap_port, "smtp_port": world_mail_server.smtp_port}
    return {
        address: Person(name=address.partition("@")[0].capitalize(), address=address, password=PASSWORD, **ports)
        for address in (AGENT, ANN, SAM)
    }


@pytest.fixture
def sessions() -> Iterator[list[TerminalSession]]:
    opened: list[TerminalSession] = []
    yield opened
    for session in opened:
        session.close()


def test_from_an_empty_folder_to_the_first_draft(
    tmp_path: Path,
    world_mail_server: MailServer,
    standin_port: int,
    environment: dict[str, str],
    people: dict[str, Person],
    sessions: list[TerminalSession],
) -> None:
    people[ANN].submit(b"Subject: Welcome\r\nFrom: ann@setup.test\r\n\r\nYour new mailbox.\r\n", AGENT)
    setup = TerminalSession(tmp_path, environment, "setup")
    sessions.append(setup)
    setup.answer("Mail address of the agent", AGENT)
    setup.answer("IMAP server", f"127.0.0.1:{world_mail_server.imap_port}")
    setup.answer("Login name", "")
    setup.answer("Password (hidden)", PASSWORD)
    # The port is for STARTTLS, which is found out; the certificate is of an authority of the provider's own.
    setup.answer("does not trust the certificate", str(world_mail_server.certificate))
    setup.expect("IMAP works")
    setup.answer("SMTP server", f"127.0.0.1:{world_mail_server.smtp_port} starttls")
    setup.expect("SMTP works")
    setup.answer("Address of the model's API", f"http://127.0.0.1:{standin_port}")
    setup.answer("Key of the model's API", KEY)
    setup.answer("Model [", "")
    setup.expect(f"http://127.0.0.1:{standin_port}/v1 is")
    setup.expect("The model works")
    setup.answer("Who may use the agent", ANN)
    setup.answer("Trust its results?", "")
    setup.expect("Start it with:  inbox-agent run")
    assert setup.process.wait(60) == 0
    assert PASSWORD not in setup.shown
    assert KEY not in setup.shown
    file = tmp_path / "inbox-agent.env"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == [file.name]
    assert load(read_env_file(file)).authserv_id == AUTHSERV_ID

    run = TerminalSession(tmp_path, environment, "run")
    sessions.append(run)
    for words in (
        f"watches   {AGENT}",
        f"for       {ANN}",
        f"trusts    senders verified by the results of {AUTHSERV_ID}",
    ):
        run.expect(words)
    run.expect(f"page      http://127.0.0.1:{environment['INBOX_AGENT_WEB_PORT']}/")
    mail = people[ANN].send(AGENT, "Office", f"Write to {SAM} that the office is closed and send it in 3 days.")
    draft = body_of(people[ANN].reply_number(1, mail, 120))
    assert SAM in draft
    assert "office is closed" in draft
    settings = load(read_env_file(file))
    for secret in (PASSWORD, KEY, settings.api_token.get_secret_value(), settings.secret_key.get_secret_value()):
        assert secret not in run.shown


def test_ctrl_c_leaves_nothing(tmp_path: Path, environment: dict[str, str], sessions: list[TerminalSession]) -> None:
    setup = TerminalSession(tmp_path, environment, "setup")
    sessions.append(setup)
    setup.answer("Mail address of the agent", "agent@nowhere.test")
    setup.expect("IMAP server")
    os.killpg(setup.process.pid, signal.SIGINT)
    setup.expect("Nothing was written")
    assert setup.process.wait(30) == 130
    assert list(tmp_path.iterdir()) == []


def test_run_stops_at_a_port_that_is_taken(
    tmp_path: Path, environment: dict[str, str], world_mail_server: MailServer
) -> None:
    taken = str(world_mail_server.imap_port)
    settings = {
        "INBOX_AGENT_ADDRESS": AGENT,
        "INBOX_AGENT_IMAP_HOST": "127.0.0.1",
        "INBOX_AGENT_IMAP_PASSWORD": PASSWORD,
        "INBOX_AGENT_SMTP_HOST": "127.0.0.1",
        "INBOX_AGENT_SMTP_PASSWORD": PASSWORD,
        "INBOX_AGENT_ALLOW": ANN,
        "INBOX_AGENT_CHECK_SIGNATURES": "true",
        "INBOX_AGENT_API_TOKEN": os.urandom(16).hex(),
        "INBOX_AGENT_SECRET_KEY": os.urandom(16).hex(),
        "OPENAI_API_KEY": KEY,
        "INBOX_AGENT_WEB_PORT": taken,
        "INBOX_AGENT_DATA": "/proc/nowhere",
    }
    ended = subprocess.run(
        [sys.executable, "-P", "-m", "inbox_agent", "run"],
        cwd=tmp_path,
        env=environment | settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert re.search(rf"INBOX_AGENT_WEB_PORT: 127.0.0.1:{taken} .* is in use by another program", ended.stderr)
    assert "INBOX_AGENT_DATA: the data folder /proc/nowhere cannot be written" in ended.stderr
    assert "Traceback" not in ended.stderr
