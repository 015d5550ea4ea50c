"""Starts the processes of one machine, restarts those that die, and ends them all together.

Each role is a process of its own, so that one that crashes or is killed takes nothing else with it. The launcher is the
only part of the running system that knows whether a service is embedded: it starts the embedded one and hands its
address to the others by the same settings that would name a real one.
"""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from inbox_agent.errors import AgentError
from inbox_agent.listening import web_port
from inbox_agent.private_files import open_log
from inbox_agent.settings import Settings
from inbox_agent.settings.callers import engine_secret, without_credentials, worker_address

log = logging.getLogger(__name__)

PR_SET_PDEATHSIG = 1
_NOTHING: Mapping[str, str] = {}
LONGEST_PAUSE_SECONDS = 30.0
STOP_SECONDS = 15.0
READY_SECONDS = 60.0


class StartFailed(AgentError):
    """A process did not become ready in time; the message says which and how it ended."""


@dataclass
class Process:
    """One child: its name for people, its arguments to ``inbox-agent``, and how to tell that it is ready.

    Attributes:
        ready: asked again and again until it is true; None means ready at once.
        log_file: where its output goes; None lets it write to the launcher's.
    """

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    ready: Callable[[], bool] | None = None
    log_file: Path | None = None
    popen: subprocess.Popen[bytes] | None = None

    def spawn(self) -> None:
        """Start it and do not wait. Use from the main thread: it dies with the thread that started it."""
        output = open_log(self.log_file) if self.log_file else None
        try:
            self.popen = subprocess.Popen(
                # -P: nothing of the current directory is imported, whatever lies there (queue.py, config/, inbox_agent.py).
                [sys.executable, "-P", "-m", "inbox_agent", *self.arguments],
                env={**os.environ, **self.environment, "PYTHONSAFEPATH": "1"},  # the same for what the child starts
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                preexec_fn=_die_with_parent,  # noqa: PLW1509  # one C call, nothing that could deadlock
            )
        finally:
            if output:
                output.close()
        log.info("started %s as process %d", self.name, self.popen.pid)

    def wait_until_ready(self, timeout_seconds: float = READY_SECONDS) -> None:
        """Wait for the readiness check.

        Raises:
            StartFailed: it ended, or was not ready in time.
        """
        deadline = time.monotonic() + timeout_seconds
        while self.ready is not None and not self.ready():
            if not self.is_alive():
                assert self.popen is not None
                raise StartFailed(
                    f"{self.name} ended at once with exit code {self.popen.returncode}{self._last_words()}"
                )
            if time.monotonic() > deadline:
                raise StartFailed(f"{self.name} was not ready after {timeout_seconds:.0f} s{self._last_words()}")
            time.sleep(0.05)

    def is_alive(self) -> bool:
        return self.popen is not None and self.popen.poll() is None

    def stop(self) -> None:
        """End it, with time to finish what it does."""
        if self.popen is None or not self.is_alive():
            return
        self.popen.terminate()
        try:
            self.popen.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            log.warning("%s did not end in %.0f s and is killed", self.name, STOP_SECONDS)
            self.kill()

    def kill(self) -> None:
        """End it as a crash would (SIGKILL)."""
        if self.popen is not None:
            self.popen.kill()
            self.popen.wait()

    def _last_words(self) -> str:
        if self.log_file is None or not self.log_file.exists():
            return ""
        lines = self.log_file.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
        return f"; its log {self.log_file} ends with:\n" + "\n".join(lines)


def _die_with_parent() -> None:
    """Asks Linux to end this process when the launcher dies, even by kill -9."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def answers(url: str) -> Callable[[], bool]:
    """A readiness check: the URL (on this machine, so never through a proxy) answers with 200."""
    opener = build_opener(ProxyHandler({}))

    def check() -> bool:
        try:
            with opener.open(url, timeout=2) as response:
                return bool(response.status == 200)
        except (URLError, OSError):
            return False

    return check


class Launcher:
    """Runs processes until told to stop, and starts again those that die. For the main thread."""

    def __init__(self, processes: Sequence[Process]) -> None:
        self.processes = list(processes)
        self._stop = threading.Event()
        self._failures = dict.fromkeys(range(len(self.processes)), 0)
        self._start_again_at: dict[int, float] = {}

    def start(self) -> None:
        """Start all at once and wait for each: every role copes with services that come up after it.

        Raises:
            StartFailed: one was not ready in time or ended at once; those already started are ended.
        """
        try:
            for process in self.processes:
                process.spawn()
            for process in self.processes:
                process.wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def supervise(self) -> None:
        """Restart what dies, with growing pauses, until ``request_stop``."""
        while not self._stop.wait(0.2):
            for index, process in enumerate(self.processes):
                if not process.is_alive():
                    self._start_again(index, process)

    def _start_again(self, index: int, process: Process) -> None:
        now = time.monotonic()
        if index not in self._start_again_at:
            pause = min(0.5 * 2.0 ** self._failures[index], LONGEST_PAUSE_SECONDS)
            self._failures[index] += 1
            self._start_again_at[index] = now + pause
            code = process.popen.returncode if process.popen else None
            log.error("%s ended with exit code %s; starting it again in %.1f s", process.name, code, pause)
        elif now >= self._start_again_at[index]:
            del self._start_again_at[index]
            process.spawn()

    def request_stop(self, signal_number: int = 0, frame: FrameType | None = None) -> None:
        """Make ``supervise`` return; usable as a signal handler."""
        self._stop.set()

    def is_stopping(self) -> bool:
        return self._stop.is_set()

    def stop(self) -> None:
        """End all in reverse order."""
        for process in reversed(self.processes):
            process.stop()


def agent_processes(settings: Settings, environment: Mapping[str, str], logs: Path | None = None) -> list[Process]:
    """The processes of ``inbox-agent run``: the embedded engine if no iWF server is set, then worker, poller and web.

    Args:
        environment: settings that the children get beside the launcher's own environment.
        logs: a folder for one log file per process; None lets them write to the launcher's output.
    """
    environment = dict(environment)
    processes: list[Process] = []

    def add(name: str, arguments: Sequence[str], ready_url: str = "", more: Mapping[str, str] = _NOTHING) -> None:
        processes.append(
            Process(
                name,
                arguments,
                {**environment, **more},
                ready=answers(ready_url) if ready_url else None,
                log_file=logs / f"{name}.log" if logs else None,
            )
        )

    if not settings.iwf_url:
        url = f"http://127.0.0.1:{settings.engine_port}"
        data = str(settings.data / "engine")
        add(
            "engine",
            ["engine", "--host", "127.0.0.1", "--port", str(settings.engine_port), "--data", data],
            url + "/info/healthcheck",
            # By the environment, which only this user can read, and never as arguments.
            {"INBOX_AGENT_ENGINE_SECRET": engine_secret(settings), "INBOX_AGENT_WORKER_URL": worker_address(settings)},
        )
        environment["INBOX_AGENT_IWF_URL"] = url
        if not settings.web_banner:
            environment["INBOX_AGENT_WEB_BANNER"] = "Runs on the embedded workflow engine of this machine."
    # The launcher read the settings file, if there is one: what is in the environment is all that a child needs, and the same
    # for all of them.
    role = ["run", "--env-file", os.devnull, "--role"]
    add("worker", [*role, "worker"], without_credentials(settings.worker_url) + "/healthz")
    add("poller", [*role, "poller"])
    add("web", [*role, "web"], web_port(settings).local_url + "/healthz")
    return processes


def run_until_stopped(launcher: Launcher, on_started: Callable[[], object] = lambda: None) -> None:
    """Start, supervise until SIGTERM or Ctrl-C, end everything.

    Args:
        on_started: called once when all are ready.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, launcher.request_stop)
    try:
        launcher.start()
        on_started()
        launcher.supervise()
    except StartFailed:
        # Ctrl-C reaches the children as well: that they end is no failure then.
        if not launcher.is_stopping():
            raise
    finally:
        launcher.stop()
