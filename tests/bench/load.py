"""Load by many clients at once, and its rate and latencies."""

import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
from iwf.client import Client
from iwf.client_options import ClientOptions
from iwf.object_encoder import ObjectEncoder

from tests.bench.flow import BenchWorkflow, registry


@dataclass(frozen=True)
class Round:
    """One round of a load: completions a second, and seconds per completion (median, 95th percentile)."""

    rate: float
    median: float
    p95: float


def measure(once: Callable[[], object], clients: int, count: int) -> Round:
    """Do something ``count`` times by ``clients`` threads."""

    def timed(_: int) -> float:
        begin = time.perf_counter()
        once()
        return time.perf_counter() - begin

    begin = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        latencies = sorted(pool.map(timed, range(count)))
    rate = count / (time.perf_counter() - begin)
    return Round(rate, statistics.median(latencies), latencies[min(count - 1, int(count * 0.95))])


def workflow_round(server: str, worker: str) -> Callable[[], None]:
    """start → rpc → two states → completion, through the official client."""
    client = Client(registry(), ClientOptions(server, worker, ObjectEncoder.default))

    def once() -> None:
        workflow_id = f"bench-{uuid.uuid4().hex}"
        client.start_workflow(BenchWorkflow, workflow_id, 3600)
        client.invoke_rpc(workflow_id, BenchWorkflow.go, 7)
        result = client.get_simple_workflow_result_with_wait(workflow_id, str)
        assert result == "done", result

    return once


def echo_round(worker: str) -> Callable[[], None]:
    """One bare round trip to the worker's Flask."""
    client = httpx.Client(limits=httpx.Limits(max_connections=64, max_keepalive_connections=64))

    def once() -> None:
        assert client.post(worker + "/echo", json={"n": 7}).json() == {"n": 7}

    return once


@contextmanager
def worker_process() -> Iterator[str]:
    """The worker in a process of its own; yields its URL."""
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.worker"], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
