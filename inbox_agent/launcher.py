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
from urllib.request import urlopen

from config.settings import Settings
from inbox_agent.errors import AgentError

log = logging.getLogger(__name__)

PR_SET_PDEATHSIG = 1
LONGEST_PAUSE_SECONDS = 30.0
STOP_SECONDS = 15.0


class StartFailed(AgentError):
    """A process did not become ready in time; the message says which and how it ended."""


@dataclass
class Process:
    """One child: its name for people, its arguments to ``inbox-agent``, and how to tell that it is ready.

    Attributes:
        ready: asked again and again until it is true; None means ready at once.
        restart: whether it is started again when it dies.
    """

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    ready: Callable[[], bool] | None = None
    restart: bool = True
    log_file: Path | None = None
    popen: subprocess.Popen[bytes] | None = None
    failures: int = 0
    not_before: float = 0.0


def _die_with_parent() -> None:
    """Asks Linux to end this process when the launcher dies, even by kill -9."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def answers(url: str) -> Callable[[], bool]:
    """A readiness check: the URL answers with 200."""

    def check() -> bool:
        try:
            with urlopen(url, timeout=2) as response:  # noqa: S310  # our own loopback URL
                return bool(response.status == 200)
        except (URLError, OSError):
            return False

    return check


class Launcher:
    """Runs processes until told to stop. Use from the main thread: children are bound to the thread that starts them."""

    def __init__(self, processes: Sequence[Process]) -> None:
        self.processes = list(processes)
        self._stop = threading.Event()

    def start(self, *, timeout_seconds: float = 60.0) -> None:
        """Start all in order, each when its predecessor is ready.

        Raises:
            StartFailed: one was not ready in time or ended at once; those already started are ended.
        """
        try:
            for process in self.processes:
                self._spawn(process)
                self._wait_until_ready(process, timeout_seconds)
        except BaseException:
            self.stop()
            raise

    def _spawn(self, process: Process) -> None:
        output = process.log_file.open("ab") if process.log_file else None
        try:
            process.popen = subprocess.Popen(
                [sys.executable, "-m", "inbox_agent", *process.arguments],
                env={**os.environ, **process.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                preexec_fn=_die_with_parent,  # noqa: PLW1509  # one C call, nothing that could deadlock
            )
        finally:
            if output:
                output.close()
        log.info("started %s as process %d", process.name, process.popen.pid)

    def _wait_until_ready(self, process: Process, timeout_seconds: float) -> None:
        deadline = time.monotonic() + timeout_seconds
        while process.ready is not None and not process.ready():
            assert process.popen is not None
            if (code := process.popen.poll()) is not None:
                raise StartFailed(f"{process.name} ended at once with exit code {code}{_last_words(process)}")
            if time.monotonic() > deadline:
                raise StartFailed(f"{process.name} was not ready after {timeout_seconds:.0f} s{_last_words(process)}")
            time.sleep(0.05)

    def supervise(self) -> None:
        """Restart what dies, with growing pauses, until ``request_stop``."""
        while not self._stop.wait(0.2):
            for process in self.processes:
                self._look_after(process)

    def _look_after(self, process: Process) -> None:
        if process.popen is None or process.popen.poll() is None or not process.restart:
            return
        now = time.monotonic()
        if process.not_before == 0.0:
            process.failures += 1
            pause = min(0.5 * 2 ** (process.failures - 1), LONGEST_PAUSE_SECONDS)
            log.error("%s ended with exit code %s; starting it again", process.name, process.popen.returncode)
            process.not_before = now + pause
        elif now >= process.not_before:
            process.not_before = 0.0
            self._spawn(process)

    def request_stop(self, signal_number: int = 0, frame: FrameType | None = None) -> None:
        """Make ``supervise`` return; usable as a signal handler."""
        self._stop.set()

    def stop(self) -> None:
        """End all children in reverse order, each with time to finish what it does."""
        for process in reversed(self.processes):
            popen = process.popen
            if popen is None or popen.poll() is not None:
                continue
            popen.terminate()
            try:
                popen.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                log.warning("%s did not end in %.0f s and is killed", process.name, STOP_SECONDS)
                popen.kill()
                popen.wait()


def _last_words(process: Process) -> str:
    if process.log_file is None or not process.log_file.exists():
        return ""
    lines = process.log_file.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
    return f"; its log {process.log_file} ends with:\n" + "\n".join(lines)


def agent_processes(settings: Settings, environment: Mapping[str, str], logs: Path | None = None) -> list[Process]:
    """The processes of ``inbox-agent run``: the embedded engine if no iWF server is set, then worker, poller and web.

    Args:
        environment: settings that the children get beside the launcher's own environment.
        logs: a folder for one log file per process; None lets them write to the launcher's output.
    """
    environment = dict(environment)
    processes: list[Process] = []

    def add(name: str, arguments: Sequence[str], ready_url: str = "") -> None:
        processes.append(
            Process(
                name,
                arguments,
                environment,
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
        )
        environment["INBOX_AGENT_IWF_URL"] = url
    add("worker", ["run", "--role", "worker"], settings.worker_url + "/healthz")
    add("poller", ["run", "--role", "poller"])
    add("web", ["run", "--role", "web"], f"http://{settings.web_host}:{settings.web_port}/healthz")
    return processes


def run_until_stopped(launcher: Launcher) -> None:
    """Start, supervise until SIGTERM or Ctrl-C, end everything."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, launcher.request_stop)
    try:
        launcher.start()
        launcher.supervise()
    finally:
        launcher.stop()
