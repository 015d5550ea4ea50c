"""The server under test: a real one when ``INBOX_AGENT_IWF_URL`` names it, else an embedded engine in a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

READY_SECONDS = 30


class EngineProcess:
    """An embedded engine on a data directory; may be killed and started again on the same data and port.

    Attributes:
        data: the directory that holds its state.
        port: where it listens; 0 until the first start, then kept.
    """

    def __init__(self, data: Path, *options: str, environment: Mapping[str, str] | None = None) -> None:
        self.data = data
        self.port = 0
        # Without an environment of its own it is open to every test.
        self._options = options if environment else ("--open", *options)
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None, "the engine was not started"
        return self._process.pid

    def start(self) -> float:
        """Start it and wait until it says that it is ready.

        Returns:
            The seconds from the start of the process to its answer on /info/healthcheck.
        """
        begin = time.monotonic()
        self.spawn()
        assert self._process is not None
        self.port = self._read_port()
        while not self._answers():
            assert self._process.poll() is None, f"the engine stopped: {self.log()}"
            assert time.monotonic() - begin < READY_SECONDS, f"the engine does not answer: {self.log()}"
        return time.monotonic() - begin

    def spawn(self) -> None:
        """Start it and do not wait."""
        command = [sys.executable, "-P", "-m", "inbox_agent.engine"]
        command += ["--port", str(self.port), "--data", str(self.data), *self._options]
        with (self.data / "engine.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=self._environment)

    def _read_port(self) -> int:
        assert self._process is not None
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if b"engine ready on" in line:
                return int(line.decode().strip().rstrip("/").rsplit(":", 1)[1])
        raise AssertionError(f"the engine never got ready: {self.log()}")

    def _answers(self) -> bool:
        try:
            with urlopen(self.url + "/info/healthcheck", timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, ConnectionError):
            return False

    def log(self) -> str:
        """The end of what it wrote to standard error."""
        return (self.data / "engine.log").read_text(errors="replace")[-4000:]

    def kill(self) -> None:
        """End it at once, as a power cut would (kill -9)."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to stop, and return its exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(how)
        try:
            code = process.wait(READY_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        finally:
            if process.stdout is not None:
                process.stdout.close()
        return code


@pytest.fixture(scope="session")
def iwf_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an iWF server."""
    given = os.environ.get("INBOX_AGENT_IWF_URL")
    if given:
        yield given.rstrip("/")
        return
    engine = EngineProcess(tmp_path_factory.mktemp("engine"))
    engine.start()
    yield engine.url
    engine.stop()
