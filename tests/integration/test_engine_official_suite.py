"""The Python SDK's own test suite, as its wheel ships it, against the embedded engine.

The suite speaks to a server on port 8801 and serves its worker on 8802: both are written into it.
"""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine_server import EngineProcess

SERVER_PORT, WORKER_PORT = 8801, 8802
TESTS_IN_THE_SUITE = 36
# A minute of it is one test that waits for a long poll to end without an answer.
SUITE_SECONDS = 400


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[EngineProcess]:
    for port in (SERVER_PORT, WORKER_PORT):
        if is_taken(port):
            pytest.skip(f"port {port}, which the suite is bound to, is in use by another program")
    process = EngineProcess(tmp_path)
    process.port = SERVER_PORT
    process.start()
    yield process
    process.stop()


def test_official_suite_passes(engine: EngineProcess) -> None:
    # The suite is not written for warnings as errors, nor for this project's pytest settings.
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--pyargs",
        "iwf.tests",
        "-q",
        "-c",
        "/dev/null",
        "-p",
        "no:cacheprovider",
    ]
    done = subprocess.run(command, cwd=engine.data, capture_output=True, text=True, timeout=SUITE_SECONDS, check=False)
    summary = done.stdout[-3000:] + engine.log()
    assert done.returncode == 0, summary
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None, summary
    assert int(passed[1]) >= TESTS_IN_THE_SUITE, summary
