"""The launcher: dead children come back, none outlives it, and a failed start says why."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from inbox_agent.launcher import Launcher, Process, StartFailed


def accepts(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def wait_until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.05)


def child(port: int, folder: Path) -> Process:
    return Process(
        "stand-in model",
        ["standin-model", "--port", str(port)],
        ready=lambda: accepts(port),
        log_file=folder / "child.log",
    )


def test_a_child_that_dies_is_started_again(unused_port: int, tmp_path: Path) -> None:
    launcher = Launcher([child(unused_port, tmp_path)])
    launcher.start()
    [process] = launcher.processes
    assert process.popen is not None
    first = process.popen.pid
    process.kill()

    def stop_when_back() -> None:
        try:
            wait_until(lambda: process.popen is not None and process.popen.pid != first and accepts(unused_port))
        finally:
            launcher.request_stop()

    watcher = threading.Thread(target=stop_when_back)
    watcher.start()
    # Children die with the thread that starts them, so the supervision stays in this one.
    launcher.supervise()
    watcher.join()
    try:
        assert process.is_alive()
        assert process.popen.pid != first
    finally:
        launcher.stop()
    assert not process.is_alive()


def test_no_child_outlives_a_launcher_that_is_killed(unused_port: int, tmp_path: Path) -> None:
    script = (
        "import sys, time\nfrom pathlib import Path\nfrom tests.integration.test_launcher import child\n"
        "from inbox_agent.launcher import Launcher\n"
        "Launcher([child(int(sys.argv[1]), Path(sys.argv[2]))]).start()\ntime.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, str(unused_port), str(tmp_path)])
    try:
        wait_until(lambda: accepts(unused_port))
    finally:
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
    wait_until(lambda: not accepts(unused_port))


def test_a_child_imports_nothing_of_the_current_directory(
    unused_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    for name in ("inbox_agent.py", "queue.py", "config/__init__.py", "workflows/__init__.py"):
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_text("raise SystemExit('imported from the current directory')\n")
    monkeypatch.chdir(here)
    launcher = Launcher([child(unused_port, tmp_path)])
    launcher.start()
    try:
        [process] = launcher.processes
        assert process.popen is not None
        environment = Path(f"/proc/{process.popen.pid}/environ").read_bytes().split(b"\0")
        assert b"PYTHONSAFEPATH=1" in environment, "what the child starts must not import it either"
    finally:
        launcher.stop()


def test_a_start_that_fails_names_the_process_and_shows_its_last_words(unused_port: int, tmp_path: Path) -> None:
    broken = Process("broken", ["engine", "--port", "no number"], ready=lambda: False, log_file=tmp_path / "broken.log")
    good = child(unused_port, tmp_path)
    with pytest.raises(StartFailed) as caught:
        Launcher([good, broken]).start()
    assert "broken ended at once with exit code 2" in str(caught.value)
    assert "no number" in str(caught.value)
    assert not good.is_alive(), "what was started already must be ended"
