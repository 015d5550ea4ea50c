"""The embedded mail server as a process: ready, killed at any moment, started again, stopped without a trace."""

import contextlib
import imaplib
import os
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from inbox_agent.demo.mail_server import MailServer, main
from inbox_agent.errors import ConfigurationError

COMMAND = "import sys; from inbox_agent.demo.mail_server import main; sys.exit(main(sys.argv[1:]))"
AGENT, ALEX, PASSWORD = "agent@demo.test", "alex@demo.test", "pass:word"


def users_file(folder: Path, *lines: str) -> Path:
    file = folder / "users.txt"
    file.touch(mode=0o600)
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


class Running:
    """``inbox-agent mailserver`` as a child process."""

    def __init__(self, data: Path) -> None:
        arguments = ["--data", str(data), "--imap-port", "0", "--smtp-port", "0"]
        arguments += ["--users", str(users_file(data.parent, f"{AGENT}:{PASSWORD}", f"{ALEX}:{PASSWORD}"))]
        self.data = data
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", COMMAND, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        words = self.process.stdout.readline().split()
        assert words[:2] == ["mailserver", "ready"], words
        ports = dict(word.split("=", 1) for word in words[2:])
        self.imap_port = int(ports["imap"].rpartition(":")[2])
        self.smtp_port = int(ports["smtp"].rpartition(":")[2])

    def send(self, subject: str) -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp_port, "client.test", timeout=30) as smtp:
            smtp.sendmail(ALEX, [AGENT], f"Subject: {subject}\r\nMessage-ID: <{subject}@demo.test>\r\n\r\nhi\r\n")

    def subjects(self) -> list[str]:
        with imaplib.IMAP4("127.0.0.1", self.imap_port, timeout=30) as imap:
            imap.login(AGENT, PASSWORD)
            imap.select()
            _, found = imap.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
        return [one[1].decode().strip().removeprefix("Subject: ") for one in found if isinstance(one, tuple)]

    def dovecot_pid(self) -> int:
        return next(
            pid
            for pid, command in processes()
            if str(self.data) in command and Path(command.split(maxsplit=1)[0]).name == "dovecot"
        )

    def stop(self, number: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(30)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


def processes() -> Iterator[tuple[int, str]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
                if command:
                    yield int(folder.name), command


def dovecots_of(data: Path) -> list[int]:
    own = os.getpid()
    return [pid for pid, command in processes() if str(data) in command and "dovecot" in command and pid != own]


def wait_until(condition: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Running]]:
    started: list[Running] = []

    def start() -> Running:
        started.append(Running(tmp_path / "mail"))
        return started[-1]

    yield start
    for running in started:
        running.stop()


def test_it_stops_on_sigterm_leaves_nothing_running_and_keeps_the_mail(start: Callable[[], Running]) -> None:
    server = start()
    server.send("kept")
    assert server.stop() == 0
    assert dovecots_of(server.data) == []
    assert start().subjects() == ["kept"]


def test_when_its_process_is_killed_dovecot_ends_too_and_a_new_start_serves_at_once(
    start: Callable[[], Running],
) -> None:
    server = start()
    server.send("before")
    server.stop(signal.SIGKILL)
    again = start()
    again.send("after")
    assert again.subjects() == ["before", "after"]
    again.stop(signal.SIGKILL)
    wait_until(lambda: dovecots_of(again.data) == [])


def test_when_dovecot_is_killed_the_server_ends_with_an_error_and_no_mail_is_lost(start: Callable[[], Running]) -> None:
    server = start()
    server.send("before")
    os.kill(server.dovecot_pid(), signal.SIGKILL)
    assert server.process.wait(30) == 1
    assert start().subjects() == ["before"]


def test_what_was_accepted_before_a_kill_in_the_middle_is_there_afterwards(start: Callable[[], Running]) -> None:
    accepted: list[str] = []
    for round_number in range(3):
        server = start()
        killer = subprocess.Popen(["sh", "-c", f"sleep 0.{round_number + 1}; kill -9 {server.process.pid}"])
        with contextlib.suppress(OSError, smtplib.SMTPException):
            for number in range(10_000):
                server.send(f"{round_number}-{number}")
                accepted.append(f"{round_number}-{number}")
        killer.wait(30)
        server.stop()
    subjects = start().subjects()
    assert len(accepted) > 3
    assert set(accepted) <= set(subjects)
    assert len(subjects) == len(set(subjects))
    assert len(subjects) - len(accepted) <= 3, "at most the one in the middle of each kill"


def test_two_servers_cannot_share_a_folder(start: Callable[[], Running]) -> None:
    server = start()
    with pytest.raises(ConfigurationError, match="already"):
        MailServer(server.data, users={}).start()
    server.send("still there")
    assert server.subjects() == ["still there"]


def test_a_folder_with_a_long_name_with_blanks_and_percent_signs_serves(tmp_path: Path) -> None:
    data = tmp_path / ("a long name with 100% blanks " * 5) / "mail"
    with MailServer(data, users={AGENT: PASSWORD}) as server:
        with smtplib.SMTP("127.0.0.1", server.smtp_port, "client.test") as smtp:
            smtp.sendmail(ALEX, [AGENT], "Subject: x\r\n\r\nhi\r\n")
        with imaplib.IMAP4("127.0.0.1", server.imap_port) as imap:
            imap.login(AGENT, PASSWORD)
            assert imap.select()[1] == [b"1"]


@pytest.mark.parametrize("port", ["--imap-port", "--smtp-port"])
def test_a_port_that_is_taken_is_named(
    tmp_path: Path, mail_server: MailServer, port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ports = {"--imap-port": "0", "--smtp-port": "0"} | {port: str(mail_server.imap_port)}
    arguments = [word for pair in ports.items() for word in pair]
    assert (
        main(
            ["--data", str(tmp_path / "mail"), "--users", str(users_file(tmp_path, f"{AGENT}:{PASSWORD}")), *arguments]
        )
        == 2
    )
    assert port in capsys.readouterr().err
    assert dovecots_of(tmp_path / "mail") == []


def test_a_user_without_a_password_is_refused_with_an_example(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data", str(tmp_path / "mail"), "--users", str(users_file(tmp_path, AGENT))]) == 2
    assert "ADDRESS:PASSWORD" in capsys.readouterr().err


def test_a_login_takes_the_right_password_only(mail_server: MailServer) -> None:
    mail_server.accounts.add("pat@mail.test", PASSWORD)
    with smtplib.SMTP("127.0.0.1", mail_server.smtp_port, "client.test") as smtp:
        with pytest.raises(smtplib.SMTPAuthenticationError):
            smtp.login("pat@mail.test", "wrong")
        smtp.login("PAT@mail.test", PASSWORD)


def test_an_unknown_recipient_and_an_oversize_message_are_refused(mail_server: MailServer) -> None:
    mail_server.accounts.add("pat@mail.test", PASSWORD)
    with smtplib.SMTP("127.0.0.1", mail_server.smtp_port, "client.test") as smtp:
        smtp.ehlo()
        smtp.mail("x@else.test")
        assert smtp.rcpt("nobody@mail.test")[0] == 550
        assert smtp.rcpt("someone@else.test")[0] == 550, "it is no relay"
        smtp.rset()
        code, _ = smtp.mail("x@else.test", [f"SIZE={200_000_000}"])
        assert code == 552


def test_long_lines_and_bare_line_feeds_arrive_as_they_are(mail_server: MailServer) -> None:
    mail_server.accounts.add("long@mail.test", PASSWORD)
    body = b"x" * 200_000 + b"\nbare\r\n"
    with smtplib.SMTP("127.0.0.1", mail_server.smtp_port, "client.test") as smtp:
        smtp.sendmail("x@else.test", ["long@mail.test"], b"Subject: x\r\n\r\n" + body)
    with imaplib.IMAP4("127.0.0.1", mail_server.imap_port) as imap:
        imap.login("long@mail.test", PASSWORD)
        imap.select()
        _, found = imap.fetch("1", "(BODY.PEEK[])")
    received = found[0][1] if isinstance(found[0], tuple) else b""
    assert received.count(b"Delivered-To: long@mail.test\r\n") == 1
    assert b"x" * 200_000 + b"\r\nbare\r\n" in received
