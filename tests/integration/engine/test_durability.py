"""What survives the embedded engine's death, and which files it refuses. Engines of their own, killed at will."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.engine_server import EngineProcess
from tests.iwf_calls import Calls
from tests.iwf_script import (
    Json,
    complete,
    decide,
    decoded,
    encoded,
    nothing,
    pairs,
    parked,
    timer,
    to,
    waiting,
)
from tests.scripted_worker import Reply, ScriptedWorker

pytestmark = pytest.mark.skipif("INBOX_AGENT_IWF_URL" in os.environ, reason="kills the engine: only our own can be")
YEAR_SECONDS = 365 * 86_400


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[EngineProcess]:
    """A fresh engine."""
    process = EngineProcess(tmp_path)
    process.start()
    yield process
    process.kill()


@pytest.fixture
def own(engine: EngineProcess, http: httpx.Client, worker: ScriptedWorker, request: pytest.FixtureRequest) -> Calls:
    """Calls of that engine."""
    return Calls(http, engine.url, worker.url, request.node.name)


def test_what_was_acknowledged_is_there_after_a_kill(engine: EngineProcess, own: Calls, worker: ScriptedWorker) -> None:
    worker.state(own.type, "S1", waiting("ALL_COMPLETED", channels=parked_twice()), complete("ok"))
    workflow_id = own.start(options={"dataAttributes": pairs({"a": 1})})
    own.set_attributes(workflow_id, b=2).ok()
    own.publish(workflow_id, "ch", "before").ok()
    run_id = own.get(workflow_id)["workflowRunId"]
    engine.kill()
    engine.start()
    assert own.get(workflow_id) == {"workflowRunId": run_id, "workflowStatus": "RUNNING"}
    assert own.attributes(workflow_id) == {"a": 1, "b": 2}
    own.publish(workflow_id, "ch", "after").ok()
    assert own.outputs(workflow_id) == [("S1-1", "ok")]
    execute = worker.calls(workflow_id, "execute")[-1]
    taken = [decoded(result["value"]) for result in execute.request["commandResults"]["interStateChannelResults"]]
    assert taken == ["before", "after"]


def parked_twice() -> tuple[Json, Json]:
    return ({"commandId": "c1", "channelName": "ch"}, {"commandId": "c2", "channelName": "ch"})


def test_call_under_way_is_repeated_and_its_first_answer_dropped(
    engine: EngineProcess, own: Calls, worker: ScriptedWorker
) -> None:
    def execute(request: Json) -> Json:
        number = len(worker.calls(workflow_id, "execute"))
        if number == 1:
            worker.await_calls(workflow_id, "execute", "S1", count=2, seconds=30)
        return complete(number)

    worker.state(own.type, "S1", parked(), execute)
    workflow_id = own.start()
    own.publish(workflow_id, "ch", 1).ok()
    worker.await_calls(workflow_id, "execute", "S1")
    engine.kill()
    engine.start()
    assert own.outputs(workflow_id) == [("S1-1", 2)]


def test_timer_that_fell_due_while_down_fires_at_once(
    engine: EngineProcess, own: Calls, worker: ScriptedWorker
) -> None:
    worker.state(own.type, "S1", waiting(timers=(timer("t", 1),)), complete("fired"))
    worker.state(own.type, "Later", waiting(timers=(timer("t", 3600),)), complete("too early"))
    workflow_id, other = own.start(), own.start(state="Later")
    for started, state in ((workflow_id, "S1"), (other, "Later")):
        worker.await_calls(started, "wait", state)
    engine.kill()
    time.sleep(1.5)  # the time that passes while it is down
    engine.start()
    begin = time.monotonic()
    assert own.outputs(workflow_id) == [("S1-1", "fired")]
    assert time.monotonic() - begin < 2
    assert own.get(other)["workflowStatus"] == "RUNNING"


def test_retry_goes_on_after_a_kill(engine: EngineProcess, own: Calls, worker: ScriptedWorker) -> None:
    worker.state(own.type, "S1", nothing(), Reply(500, {"detail": "boom", "errorType": "E"}))
    policy = {"initialIntervalSeconds": 2, "backoffCoefficient": 1}
    workflow_id = own.start(stateOptions={"executeApiRetryPolicy": policy})
    worker.await_calls(workflow_id, "execute", "S1")
    engine.kill()
    worker.state(own.type, "S1", nothing(), complete("mended"))
    engine.start()
    assert own.outputs(workflow_id) == [("S1-1", "mended")]


def test_timeout_and_delay_count_while_down(engine: EngineProcess, own: Calls, worker: ScriptedWorker) -> None:
    worker.state(own.type, "S1", parked(), complete())
    worker.state(own.type, "S2", nothing(), complete("late start"))
    limited = own.start(timeout=1)
    delayed = own.start(state="S2", options={"workflowStartDelaySeconds": 1})
    engine.kill()
    engine.start()
    assert own.wait(limited)["workflowStatus"] == "TIMEOUT"
    assert own.outputs(delayed) == [("S2-1", "late start")]


def test_closed_workflow_keeps_its_result(engine: EngineProcess, own: Calls, worker: ScriptedWorker) -> None:
    worker.state(own.type, "S1", nothing(), complete({"x": "é"}, upsertDataObjects=pairs({"a": 1})))
    workflow_id = own.start()
    before = own.wait(workflow_id)
    engine.kill()
    engine.start()
    assert own.wait(workflow_id) == before
    assert own.attributes(workflow_id) == {"a": 1}


def test_year_long_timer_is_taken_and_can_be_skipped(engine: EngineProcess, own: Calls, worker: ScriptedWorker) -> None:
    worker.state(own.type, "S1", waiting(timers=(timer("t", YEAR_SECONDS),)), decide(to("S2")))
    worker.state(own.type, "S2", nothing(), complete("next year"))
    workflow_id = own.start(timeout=0)
    worker.await_calls(workflow_id, "wait", "S1")
    engine.kill()
    engine.start()
    worker_saw = worker.calls(workflow_id)
    skipped = own.on(workflow_id, "timer/skip", workflowStateExecutionId="S1-1", timerCommandId="t")
    while skipped.status != 200:  # killed before the commands were stored: the state is asked again
        worker.await_calls(workflow_id, "wait", "S1", count=len(worker_saw) + 1)
        skipped = own.on(workflow_id, "timer/skip", workflowStateExecutionId="S1-1", timerCommandId="t")
    assert own.outputs(workflow_id) == [("S2-1", "next year")]


def test_stop_is_clean_and_the_data_stay(engine: EngineProcess, own: Calls, worker: ScriptedWorker) -> None:
    worker.state(own.type, "S1", parked(), complete("ok"))
    workflow_id = own.start()
    assert engine.stop() == 0
    engine.start()
    own.publish(workflow_id, "ch", 1).ok()
    assert own.outputs(workflow_id) == [("S1-1", "ok")]


def database_of(directory: Path) -> Path:
    """The one SQLite file of an engine."""
    (found,) = [path for path in directory.iterdir() if path.read_bytes()[:15] == b"SQLite format 3"]
    return found


def refuse(directory: Path) -> str:
    """Start an engine on a file that it must refuse; returns what it said."""
    command = [
        sys.executable,
        "-P",
        "-m",
        "inbox_agent.engine",
        "--open",
        "--port",
        "0",
        "--data",
        str(directory),
    ]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode not in {0, -signal.SIGSEGV}, ended.stderr
    assert "engine ready" not in ended.stdout
    assert "Traceback" not in ended.stderr
    return ended.stdout + ended.stderr


def test_newer_schema_is_refused_and_untouched(engine: EngineProcess) -> None:
    engine.stop()
    path = database_of(engine.data)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 9999")
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    before = path.read_bytes()
    assert "9999" in refuse(engine.data)
    assert path.read_bytes() == before


@pytest.mark.parametrize("damage", ["header", "page"])
def test_corrupt_file_is_refused_and_untouched(
    engine: EngineProcess, own: Calls, worker: ScriptedWorker, damage: str
) -> None:
    worker.state(own.type, "S1", parked(), complete())
    for _ in range(30):
        own.start(options={"dataAttributes": pairs({"a": "x" * 500})})
    engine.stop()
    path = database_of(engine.data)
    content = bytearray(path.read_bytes())
    begin, end = (0, 100) if damage == "header" else (4096, len(content))
    content[begin:end] = b"\xff" * (end - begin)
    path.write_bytes(content)
    said = refuse(engine.data)
    assert path.name in said or str(path) in said
    assert path.read_bytes() == bytes(content)


def test_second_engine_on_the_same_data_is_refused(engine: EngineProcess, own: Calls, worker: ScriptedWorker) -> None:
    refuse(engine.data)
    worker.state(own.type, "S1", nothing(), complete(encoded(1)))
    assert own.wait(own.start())["workflowStatus"] == "COMPLETED"
