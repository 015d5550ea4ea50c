"""A running workflow: reading it, waiting for it without success, and stopping it in each way."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.iwf_calls import Calls
from tests.iwf_script import complete, parked, to, waiting
from tests.scripted_worker import ScriptedWorker


def test_running_workflow_is_reported(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", parked(), complete())
    workflow_id, started = calls.try_start()
    assert calls.get(workflow_id) == {"workflowRunId": started.ok()["workflowRunId"], "workflowStatus": "RUNNING"}


def test_waiting_ends_without_a_result(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", parked(), complete())
    workflow_id = calls.start()
    begin = time.monotonic()
    answer = calls.on(workflow_id, "getWithWait", waitTimeSeconds=1)
    assert (answer.status, answer.sub_status) == (420, "LONG_POLL_TIME_OUT_SUB_STATUS")
    assert time.monotonic() - begin < 3


@pytest.mark.parametrize(
    ("stop_type", "status"),
    [(None, "CANCELED"), ("CANCEL", "CANCELED"), ("TERMINATE", "TERMINATED"), ("FAIL", "FAILED")],
)
def test_stopping(calls: Calls, worker: ScriptedWorker, stop_type: str | None, status: str) -> None:
    worker.state(calls.type, "S1", parked(), complete())
    workflow_id = calls.start()
    worker.await_calls(workflow_id, "wait", "S1")
    fields = {"reason": "because"} | ({"stopType": stop_type} if stop_type else {})
    assert calls.on(workflow_id, "stop", **fields).ok() == {}
    closed = calls.wait(workflow_id)
    failure = {"errorMessage": "because", "errorType": "CLIENT_API_FAILING_WORKFLOW_ERROR_TYPE"}
    expected = failure if status == "FAILED" else {}
    assert closed == {"workflowRunId": closed["workflowRunId"], "workflowStatus": status, **expected}
    assert calls.get(workflow_id, needsResults=True) == closed


def test_stop_answers_those_who_wait(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", waiting(), complete())
    worker.rpc(calls.type, "noop", {})
    workflow_id = calls.start(state=None)
    with ThreadPoolExecutor(4) as pool:
        waits = [pool.submit(calls.wait, workflow_id) for _ in range(4)]
        calls.rpc(workflow_id, "noop").ok()
        calls.on(workflow_id, "stop", stopType="TERMINATE").ok()
        assert {wait.result(20)["workflowStatus"] for wait in waits} == {"TERMINATED"}


def test_result_of_a_state_that_was_stopped_is_dropped(calls: Calls, worker: ScriptedWorker) -> None:
    def slow(request: object) -> dict[str, object]:
        calls.on(workflow_id, "stop", stopType="TERMINATE").ok()  # while the worker still works on the state
        return {
            "stateDecision": {"nextStates": [to("S2")]},
            "upsertDataObjects": [{"key": "a", "value": {"data": "1"}}],
        }

    worker.state(calls.type, "S1", parked(), slow)
    workflow_id = calls.start()
    calls.publish(workflow_id, "ch", 1).ok()
    assert calls.wait(workflow_id)["workflowStatus"] == "TERMINATED"
    assert calls.attributes(workflow_id) == {}
    assert worker.calls(workflow_id, name="S2") == []
