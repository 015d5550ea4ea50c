"""Reset: the workflow goes on from an earlier point, in a new run."""

from typing import Any

import pytest

from tests.iwf_calls import Calls
from tests.iwf_script import complete, decide, encoded, nothing, pairs, parked, to
from tests.scripted_worker import ScriptedWorker

RESETS: list[tuple[dict[str, Any], bool]] = [
    ({"resetType": "BEGINNING", "reason": "again"}, True),
    ({"resetType": "HISTORY_EVENT_ID", "historyEventId": 4}, True),
    ({"resetType": "STATE_ID", "stateId": "S2"}, False),
    ({"resetType": "STATE_EXECUTION_ID", "stateExecutionId": "S2-1"}, False),
]


def completed(calls: Calls, worker: ScriptedWorker) -> str:
    """A workflow of two states that has completed; the second waited for a message."""
    worker.state(calls.type, "S1", nothing(), decide(to("S2"), upsertDataObjects=pairs({"n": "one"})))
    worker.state(calls.type, "S2", parked(), complete("ok"))
    workflow_id = calls.start(given="in")
    calls.publish(workflow_id, "ch", "x").ok()
    assert calls.outputs(workflow_id) == [("S2-1", "ok")]
    return workflow_id


@pytest.mark.parametrize(("how", "from_start"), RESETS, ids=[str(how["resetType"]) for how, _ in RESETS])
def test_reset_runs_again_from_there(
    calls: Calls, worker: ScriptedWorker, how: dict[str, Any], from_start: bool
) -> None:
    workflow_id = completed(calls, worker)
    before = len(worker.calls(workflow_id))
    old_run = calls.get(workflow_id)["workflowRunId"]
    new_run = calls.on(workflow_id, "reset", **how).ok()["workflowRunId"]
    assert new_run != old_run
    # The message that was sent is applied again: the real server re-applies signals and updates by default.
    assert calls.outputs(workflow_id) == [("S2-1", "ok")]
    assert calls.get(workflow_id)["workflowRunId"] == new_run
    assert calls.get(workflow_id, workflowRunId=old_run)["workflowStatus"] in {"COMPLETED", "TERMINATED"}
    assert calls.attributes(workflow_id) == {"n": "one"}
    after = [(call.api, call.execution) for call in worker.calls(workflow_id)[before:]]
    first = [("wait", "S1-1"), ("execute", "S1-1")] if from_start else []
    assert after == [*first, ("wait", "S2-1"), ("execute", "S2-1")]
    again = worker.calls(workflow_id)[before]
    assert again.request.get("stateInput") == (encoded("in") if from_start else None)
    # The worker goes on seeing the run that was started first: the real server passes on Temporal's original run id.
    assert again.request["context"]["workflowRunId"] == old_run


def test_reset_to_an_unknown_state_changes_nothing(calls: Calls, worker: ScriptedWorker) -> None:
    workflow_id = completed(calls, worker)
    before = calls.get(workflow_id)
    answer = calls.on(workflow_id, "reset", resetType="STATE_ID", stateId="Nope")
    assert answer.status >= 400
    assert answer.sub_status == "UNCATEGORIZED_SUB_STATUS"
    assert calls.get(workflow_id) == before


def test_reset_of_a_running_workflow_takes_over(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", nothing(), decide(to("S2")))
    worker.state(calls.type, "S2", parked(), complete("ok"))
    workflow_id = calls.start()
    worker.await_calls(workflow_id, "wait", "S2")
    old_run = calls.get(workflow_id)["workflowRunId"]
    new_run = calls.on(workflow_id, "reset", resetType="BEGINNING").ok()["workflowRunId"]
    worker.await_calls(workflow_id, "wait", "S2", count=2)
    calls.publish(workflow_id, "ch", "x").ok()
    assert calls.outputs(workflow_id) == [("S2-1", "ok")]
    assert calls.get(workflow_id)["workflowRunId"] == new_run
    assert calls.get(workflow_id, workflowRunId=old_run)["workflowStatus"] == "TERMINATED"
