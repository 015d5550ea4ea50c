"""One server and one scripted worker for all protocol tests; a workflow type of its own for each."""

import re
import uuid
from collections.abc import Iterator

import httpx
import pytest

from tests.engine_server import iwf_server
from tests.iwf_calls import Calls
from tests.scripted_worker import ScriptedWorker, running_worker

__all__ = ["iwf_server"]


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    """A connection pool to the server; long polls take up to 30 s."""
    with httpx.Client(timeout=60) as client:
        yield client


@pytest.fixture(scope="session")
def worker() -> Iterator[ScriptedWorker]:
    """The scripted worker."""
    with running_worker() as running:
        yield running


@pytest.fixture
def calls(request: pytest.FixtureRequest, iwf_server: str, http: httpx.Client, worker: ScriptedWorker) -> Calls:
    """Calls for a workflow type that no other test uses."""
    name = re.sub(r"\W+", "_", request.node.name.removeprefix("test_"))[:40]
    return Calls(http, iwf_server, worker.url, f"{name}_{uuid.uuid4().hex[:8]}")
