"""Dovecot as a private child process on loopback: start, wait until it serves, stop. Needs no root and touches no system file.

The child ends with this process whatever kills it (PR_SET_PDEATHSIG), and a start waits for a predecessor on the same
folder to be gone. Dovecot refuses to serve mail as uid 0: when started by root it runs as the package's own user, with the one
capability to reach a folder that only root may enter.
"""

import grp
import hashlib
import os
import pwd
import re
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from inbox_agent.demo.dovecot_config import DovecotSettings, Series, render_configuration
from inbox_agent.demo.dovecot_install import ACCOUNT_HINT, InstalledDovecot, find_dovecot
from inbox_agent.errors import ConfigurationError

# A Unix socket's path holds 107 bytes and a zero (unix(7)); the longest name that Dovecot makes below base_dir is some 30.
LONGEST_RUN_PATH = 70
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._+@-]+")
START_SECONDS = 20.0
STOP_SECONDS = 10.0
SERVICE_USERS = ("dovecot", "nobody")
# What leaving root behind takes, by their numbers (capabilities(7)).
NEEDED_CAPABILITIES = {"CAP_DAC_OVERRIDE": 1, "CAP_SETGID": 6, "CAP_SETUID": 7, "CAP_SETPCAP": 8}


class Dovecot:
    """One Dovecot over the folder ``data``, which must exist.

    Args:
        imap_port: the port on 127.0.0.1, 0 for a free one (``imap_port`` then tells which).
    """

    def __init__(self, data: Path, *, imap_port: int = 0) -> None:
        self._data = data
        self._wanted_port = imap_port
        self._run = run_folder(data)
        self._log = data / "dovecot.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._complaints: IO[bytes] | None = None
        self._log_start = 0
        self.imap_port = 0

    @property
    def lmtp_socket(self) -> Path:
        return self._run / "lmtp"

    def start(self) -> None:
        """Start and return once IMAP and LMTP answer.

        Raises:
            ConfigurationError: Dovecot is missing, or does not start; its own words are in the message.
        """
        installed = find_dovecot()
        account = service_account()
        if account.pw_uid != os.getuid():
            require_capabilities(Path("/proc/self/status").read_text(encoding="ascii"))
        if self._run.parent != self._data:
            make_private(self._run.parent)
        self._wait_for_predecessor()
        with reserved_port(self._wanted_port) as self.imap_port, tempfile.TemporaryFile() as self._complaints:
            config = self._write_config(account, installed.series)
            self._log_start = self._log.stat().st_size if self._log.exists() else 0
            # No shell in between that stays: so that the child gets the signal when this very parent dies.
            self._process = subprocess.Popen(
                [*start_command(installed, account), "-F", "-c", str(config)],
                stdin=subprocess.DEVNULL,
                stderr=self._complaints,
                start_new_session=True,
            )
            if not poll_until(self._is_serving, START_SECONDS):
                self.stop()
                raise ConfigurationError(f"Dovecot does not start: {self._words()}")

    def stop(self) -> None:
        """Stop Dovecot and return when it is gone (its pid file is removed last)."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        if process.poll() is None:
            process.kill()
            process.wait(STOP_SECONDS)
        poll_until(lambda: not self._pid_file.exists(), 2.0)
        if self._run != self._data / "run":
            shutil.rmtree(self._run.parent, ignore_errors=True)

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def _pid_file(self) -> Path:
        return self._run / "master.pid"

    def _wait_for_predecessor(self) -> None:
        """After a kill -9 of our parent process the old Dovecot needs a moment to go; two must not share a folder."""
        pid = self._predecessor()
        if pid is None:
            return
        if not poll_until(lambda: self._predecessor() is None, 2.0):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        if not poll_until(lambda: self._predecessor() is None, STOP_SECONDS):
            raise ConfigurationError(f"another mail server (process {pid}) is running on {self._data}; stop it first")

    def _predecessor(self) -> int | None:
        """The process id of a running Dovecot on this folder. A stale file may name a process that is something else."""
        try:
            pid = int(self._pid_file.read_text(encoding="ascii"))
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError):
            return None
        return pid if os.fsencode(self._data) in command else None

    def _write_config(self, account: pwd.struct_passwd, series: Series) -> Path:
        if self._run.exists():
            shutil.rmtree(self._run)  # sockets of an earlier start, perhaps by another user
        self._run.mkdir()
        self._run.chmod(0o755)  # what Dovecot insists on; the folder above is private
        data = self._data
        if self._run != data / "run":
            data = self._run.parent / "data"
            data.unlink(missing_ok=True)
            data.symlink_to(self._data)
        settings = DovecotSettings(
            data=data,
            run=self._run,
            log=data / self._log.name,
            certificate=data / "certificate.pem",
            key=data / "certificate.key",
            user=account.pw_name,
            group=grp.getgrgid(account.pw_gid).gr_name,
            uid=account.pw_uid,
            gid=account.pw_gid,
            imap_port=self.imap_port,
        )
        path = self._data / "dovecot.conf"
        path.write_text(render_configuration(settings, series), encoding="utf-8")
        return path

    def _is_serving(self) -> bool:
        if not self.is_alive():
            raise ConfigurationError(f"Dovecot ended at once: {self._words()}")
        try:
            with socket.create_connection(("127.0.0.1", self.imap_port), timeout=1) as connection:
                greeting = connection.recv(4)
        except OSError:
            return False
        return greeting.startswith(b"* OK") and self.lmtp_socket.exists()

    def _words(self) -> str:
        """What this start said, in its log and on standard error: what comes before the log is opened stands only there."""
        logged = b""
        if self._log.exists():
            logged = self._log.read_bytes()[self._log_start :]
        if self._complaints is not None:
            self._complaints.seek(0)
            logged = self._complaints.read() + logged
        return telling_lines(logged.decode(errors="replace"))


def telling_lines(text: str) -> str:
    """The last lines that tell of an error, or the last ones."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if re.search("fatal|error|failed|not permitted|denied", line, re.IGNORECASE)]
    return " | ".join((telling or lines)[-3:]) or "it said nothing in its log or on standard error"


def run_folder(data: Path) -> Path:
    """The folder for sockets: below ``data``, or a private one in the temp folder when that path is too long for a socket or
    holds what Dovecot's configuration gives a meaning (blanks, ``%``).

    The same for every start on the same ``data``, so that a predecessor's pid file is found.
    """
    run = data / "run"
    if PLAIN_PATH.fullmatch(str(run)) and len(os.fsencode(run)) <= LONGEST_RUN_PATH:
        return run
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"inbox-agent-{os.getuid()}-{digest}" / "run"


def make_private(folder: Path) -> None:
    """Make a folder in the shared temp folder that nobody else can enter.

    Raises:
        ConfigurationError: somebody else made it, or opened it to others.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise ConfigurationError(
            f"{folder} is to hold the mail server's sockets but is no private folder of ours; remove it"
        )


def service_account() -> pwd.struct_passwd:
    """As whom Dovecot runs: the current user, or an unprivileged one when that is root.

    Raises:
        ConfigurationError: the user has no name, or it is root and there is no such user.
    """
    if os.getuid() != 0:
        try:
            return pwd.getpwuid(os.getuid())
        except KeyError as error:
            reason = f"Dovecot needs a name for user id {os.getuid()}; add one to /etc/passwd or run as another user"
            raise ConfigurationError(reason) from error
    for name in SERVICE_USERS:
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise ConfigurationError(f"Dovecot does not serve mail as root and there is no user {' or '.join(SERVICE_USERS)}")


def require_capabilities(process_status: str) -> None:
    """Raise ConfigurationError unless root may become another user, as root in many containers may not.

    Args:
        process_status: the text of /proc/self/status (proc_pid_status(5)).
    """
    found = re.search(r"^CapEff:\s*([0-9a-f]+)$", process_status, re.MULTILINE)
    held = int(found.group(1), 16) if found else 0
    missing = [name for name, number in NEEDED_CAPABILITIES.items() if not held >> number & 1]
    if missing:
        raise ConfigurationError(
            f"the embedded mail server does not run as root and cannot become another user: it lacks {', '.join(missing)}; "
            f"start it as an ordinary user, or give the container these capabilities, {ACCOUNT_HINT}"
        )


def start_command(installed: InstalledDovecot, account: pwd.struct_passwd) -> list[str]:
    """The command (setpriv of util-linux) that ties the child's life to ours and leaves root behind."""
    command = [*installed.entry, "setpriv", "--pdeathsig", "TERM", "--no-new-privs"]
    if account.pw_uid != os.getuid():
        # access(2) forgets capabilities of a real uid other than 0 unless the securebit says otherwise (capabilities(7)),
        # and Dovecot would call a mailbox read-only.
        command += ["--reuid", str(account.pw_uid), "--regid", str(account.pw_gid), "--clear-groups"]
        command += ["--securebits=+no_setuid_fixup", "--bounding-set=-all,+dac_override"]
        command += ["--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override"]
    return [*command, *installed.drops, "--", installed.program]


@contextmanager
def reserved_port(port: int) -> Iterator[int]:
    """A port that is ours until the block ends; 0 asks the system for a free one.

    It is held by a socket that is bound but does not listen. With SO_REUSEADDR on both Dovecot may listen on it meanwhile
    (Linux), but nobody is given it as a free port.

    Raises:
        ConfigurationError: the port is taken.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as reservation:
        reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            reservation.bind(("127.0.0.1", port))
        except OSError as error:
            reason = (
                f"--imap-port: 127.0.0.1:{port} cannot be used ({error.strerror}); name another, or 0 for a free one"
            )
            raise ConfigurationError(reason) from error
        yield reservation.getsockname()[1]


def poll_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether the condition came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
