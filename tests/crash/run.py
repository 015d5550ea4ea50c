"""The run of a crash test: load from many clients, a killer beside it, and the count of what came of it."""

import random
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.client import Lost, PersistentCalls
from tests.crash.flows import FLOWS, Flow
from tests.engine_server import EngineProcess
from tests.scripted_worker import ScriptedWorker, running_worker

LONGEST_LIFE_SECONDS = 1.2
KILLED_WHILE_STARTING = 0.2  # share of the kills that fall into the start


@dataclass
class Report:
    """What a crash test saw.

    Attributes:
        wrong: what went wrong, by workflow; empty when all is well.
    """

    seed: int
    kills: int = 0
    kills_while_starting: int = 0
    seconds: float = 0.0
    restarts: list[float] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    worker_calls: int = 0
    least_calls: int = 0
    repeated_client_calls: int = 0
    checked_after_restart: int = 0
    wrong: list[str] = field(default_factory=list)

    def table(self) -> str:
        """The figures, for people."""
        flows = ", ".join(f"{name} {count}" for name, count in sorted(self.done.items()))
        ordered = sorted(self.restarts)
        lines = [
            f"kills -9:                    {self.kills} in {self.seconds:.0f} s (seed {self.seed}),"
            f" {self.kills_while_starting} of them while it was starting",
            f"workflows ended right:       {self.done.total()} ({flows})",
            f"worker calls:                {self.worker_calls}, {self.worker_calls - self.least_calls} beyond the least"
            " (repeated after a kill, or scripted failures)",
            f"client calls sent again:     {self.repeated_client_calls}",
            f"start to ready:              median {statistics.median(ordered):.2f} s, slowest {ordered[-1]:.2f} s",
            f"read again after one more:   {self.checked_after_restart}",
            f"lost, wrong or doubled:      {len(self.wrong)}",
        ]
        return "\n".join(lines + [f"  WRONG {what}" for what in self.wrong])


def crash_test(
    data: Path, kills: int, clients: int, seed: int | None = None, say: Callable[[str], object] = lambda text: None
) -> Report:
    """Kill an engine ``kills`` times while ``clients`` clients drive workflows, then let all end, and check them."""
    report = Report(seed if seed is not None else random.SystemRandom().randrange(10**6))
    engine = EngineProcess(data)
    report.restarts.append(engine.start())
    begin = time.monotonic()
    try:
        with running_worker() as worker:
            for flow in FLOWS:
                flow.script(worker)
            load = _Load(engine.url, worker, report)
            load.begin(clients)
            try:
                _kill_often(engine, kills, report, say)
            finally:
                load.end()
            report.seconds = time.monotonic() - begin
            say(f"{report.kills} kills done, all workflows ended or given up")
            _read_again(engine, load, report)
    finally:
        engine.kill()
    return report


def _kill_often(engine: EngineProcess, kills: int, report: Report, say: Callable[[str], object]) -> None:
    chance = random.Random(report.seed)
    while report.kills < kills:
        time.sleep(chance.uniform(0, LONGEST_LIFE_SECONDS))  # the random instant itself, nothing is waited for
        engine.kill()
        report.kills += 1
        while report.kills < kills and chance.random() < KILLED_WHILE_STARTING:
            engine.spawn()
            time.sleep(chance.uniform(0, max(report.restarts[0], 0.1)))  # a random instant again
            engine.kill()
            report.kills += 1
            report.kills_while_starting += 1
        report.restarts.append(engine.start())
        if report.kills % 50 == 0:
            say(f"{report.kills} kills, {report.done.total()} workflows ended right, {len(report.wrong)} wrong")


class _Load:
    """Clients that each drive one workflow after the other."""

    def __init__(self, server: str, worker: ScriptedWorker, report: Report) -> None:
        self._server = server
        self._worker = worker
        self._report = report
        self._stopping = threading.Event()
        self._guard = threading.Lock()
        self._threads: list[threading.Thread] = []
        self.ids: list[tuple[Flow, str]] = []

    def begin(self, clients: int) -> None:
        self._threads = [threading.Thread(target=self._drive, args=(n,)) for n in range(clients)]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Let those that run end, and count."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        for flow, workflow_id in self.ids:
            self._report.worker_calls += len(self._worker.calls(workflow_id))
            self._report.least_calls += 2 * flow.states

    def _drive(self, client: int) -> None:
        calls = PersistentCalls(self._server, self._worker.url)
        chance = random.Random(self._report.seed * 1000 + client)
        number = 0
        while not self._stopping.is_set():
            flow = chance.choice(FLOWS)
            number += 1
            workflow_id = f"{flow.name}-{client}-{number}"
            try:
                problem = flow.drive(calls, workflow_id)
            except Lost as error:
                problem = str(error)
            with self._guard:
                if problem is None:
                    self._report.done[flow.name] += 1
                    self.ids.append((flow, workflow_id))
                else:
                    self._report.wrong.append(f"{workflow_id}: {problem}")
        with self._guard:
            self._report.repeated_client_calls += calls.repeated
        calls.close()


def _read_again(engine: EngineProcess, load: _Load, report: Report) -> None:
    """After one more kill every result must still be there."""
    engine.kill()
    report.restarts.append(engine.start())
    calls = PersistentCalls(engine.url, "")
    for _, workflow_id in load.ids:
        status = calls.result(workflow_id)["workflowStatus"]
        report.checked_after_restart += 1
        if status != "COMPLETED":
            report.wrong.append(f"{workflow_id}: {status} when read again")
    calls.close()
