"""``python -m tests.bench [--quick]``: the benchmarks as one command, printed as a table."""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.load import Round, echo_round, measure, worker_process, workflow_round
from tests.bench.machine import processor_share, resident_megabytes, syncs_per_second
from tests.bench.parked import fill
from tests.engine_server import EngineProcess

CLIENTS = (1, 32)


@dataclass
class Plan:
    """How long to measure."""

    rounds: int
    workflows: dict[int, int]  # clients -> workflows a round
    idle_seconds: float
    parked: int


FULL = Plan(5, {1: 60, 32: 400}, 20.0, 100_000)
QUICK = Plan(2, {1: 20, 32: 120}, 4.0, 5_000)


@dataclass
class Series:
    """The rounds of one load at one number of clients."""

    rounds: list[Round] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return statistics.median(one.rate for one in self.rounds)

    @property
    def median(self) -> float:
        return statistics.median(one.median for one in self.rounds)

    def __str__(self) -> str:
        rates = [one.rate for one in self.rounds]
        p95 = statistics.median(one.p95 for one in self.rounds)
        return (
            f"{self.rate:8.1f}/s ({min(rates):.1f}–{max(rates):.1f})"
            f"   latency median {1000 * self.median:7.1f} ms, p95 {1000 * p95:7.1f} ms"
        )


def alternate(loads: Mapping[str, Callable[[], object]], clients: int, count: int, rounds: int) -> dict[str, Series]:
    """Rounds of each load in turn, after one short round that is not counted."""
    series = {name: Series() for name in loads}
    for once in loads.values():
        measure(once, clients, max(clients, count // 10))
    for _ in range(rounds):
        for name, once in loads.items():
            series[name].rounds.append(measure(once, clients, count))
    return series


def throughput(server: str, worker: str, plan: Plan) -> None:
    """Workflows a second and latency, beside bare round trips to the same worker."""
    print(
        "\nstart → rpc → two states → completion, official Python client, worker in a process of its own (Flask, waitress)"
    )
    loads = {"bare Flask echo": echo_round(worker), "workflow": workflow_round(server, worker)}
    for clients in CLIENTS:
        series = alternate(loads, clients, plan.workflows[clients], plan.rounds)
        for name, one in series.items():
            print(f"  {clients:2} clients  {name:16} {one}")
        echo, workflow = series["bare Flask echo"], series["workflow"]
        print(
            f"  {clients:2} clients  a workflow takes as long as {workflow.median / echo.median:.1f} echoes;"
            f" {echo.rate / workflow.rate:.1f} echoes could be served in its place"
        )


def idle(engine: EngineProcess, plan: Plan, name: str) -> None:
    share = processor_share(engine.pid, plan.idle_seconds)
    print(f"  {name:24} idle {share:5.2f} % of a core, {resident_megabytes(engine.pid):6.1f} MB resident")


def parked(empty: EngineProcess, directory: Path, worker: str, plan: Plan) -> None:
    """What a year's worth of parked workflows costs."""
    print(f"\n{plan.parked} workflows parked on timers over the next year")
    directory.mkdir()
    full = EngineProcess(directory)
    full.start()
    try:
        begin = time.monotonic()
        asyncio.run(fill(full.url, plan.parked))
        seconds = time.monotonic() - begin
        print(
            f"  filled in {seconds:.0f} s ({plan.parked / seconds:.0f}/s over HTTP), {_megabytes(directory):.0f} MB on disk"
        )
        restart_times: dict[str, list[float]] = {"empty": [], "parked": []}
        for _ in range(3):
            for name, engine in (("empty", empty), ("parked", full)):
                engine.kill()
                restart_times[name].append(engine.start())
        for name, engine in (("empty", empty), ("parked", full)):
            print(
                f"  {name:24} kill -9 and restart to ready {statistics.median(restart_times[name]):.2f} s,"
                f" {resident_megabytes(engine.pid):6.1f} MB resident"
            )
        loads = {"empty": workflow_round(empty.url, worker), "parked": workflow_round(full.url, worker)}
        series = alternate(loads, 32, plan.workflows[32], plan.rounds)
        for name, one in series.items():
            print(f"  32 clients  {name:12} {one}")
        print(f"  throughput with parked workflows: {series['parked'].rate / series['empty'].rate:.2f} of that without")
        idle(full, plan, "parked, after the load")
    finally:
        full.stop()


def _megabytes(directory: Path) -> float:
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file()) / 1e6


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, 5,000 parked workflows")
    parser.add_argument("--parked", type=int, help="how many workflows to park; 0 leaves that part out")
    options = parser.parse_args()
    plan = QUICK if options.quick else FULL
    if options.parked is not None:
        plan = Plan(plan.rounds, plan.workflows, plan.idle_seconds, options.parked)
    given = os.environ.get("INBOX_AGENT_IWF_URL")
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary, worker_process() as worker:
        directory = Path(temporary)
        print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}; medians of {plan.rounds} alternating rounds")
        print(f"disk: {syncs_per_second(directory):.0f} fdatasync of 4 KB a second")
        if given:
            throughput(given.rstrip("/"), worker, plan)
            return 0
        (directory / "empty").mkdir()
        engine = EngineProcess(directory / "empty")
        print(f"engine: first start to ready {engine.start():.2f} s")
        try:
            idle(engine, plan, "fresh")
            throughput(engine.url, worker, plan)
            idle(engine, plan, "after the load")
            if plan.parked:
                parked(engine, directory / "parked", worker, plan)
        finally:
            engine.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
