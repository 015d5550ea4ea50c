"""Calls on a workflow that never was, and on one that is over."""

import uuid
from typing import Any

import pytest

from tests.iwf_calls import Calls
from tests.iwf_script import complete, encoded, nothing, pairs
from tests.scripted_worker import ScriptedWorker

SKIP: dict[str, Any] = {"workflowStateExecutionId": "S1-1", "timerCommandIndex": 0}
KEYWORD = {"keys": [{"key": "CustomKeywordField", "valueType": "KEYWORD"}]}
NO_WORKFLOW: list[tuple[str, dict[str, Any]]] = [
    ("get", {}),
    ("getWithWait", {"waitTimeSeconds": 1}),
    ("signal", {"signalChannelName": "s", "signalValue": encoded(1)}),
    ("rpc", {"rpcName": "r"}),
    ("stop", {}),
    ("dataobjects/get", {}),
    ("dataobjects/set", {"objects": pairs({"a": 1})}),
    ("searchattributes/get", KEYWORD),
    ("timer/skip", SKIP),
    ("reset", {"resetType": "BEGINNING"}),
    ("config/update", {"workflowConfig": {}}),
    ("internal/dump", {"workflowRunId": "", "pageNum": 0, "pageSizeInBytes": 100_000}),
]


@pytest.mark.parametrize(("path", "fields"), NO_WORKFLOW, ids=[path for path, _ in NO_WORKFLOW])
def test_missing_workflow_is_named(calls: Calls, path: str, fields: dict[str, Any]) -> None:
    workflow_id = "nosuch-" + uuid.uuid4().hex
    answer = calls.on(workflow_id, path, **fields)
    assert (answer.status, answer.sub_status) == (400, "WORKFLOW_NOT_EXISTS_SUB_STATUS")
    assert workflow_id in answer.body["detail"]


def test_waiting_for_a_state_of_a_missing_workflow_times_out(calls: Calls) -> None:
    answer = calls.on(
        "nosuch-" + uuid.uuid4().hex, "waitForStateCompletion", stateExecutionId="S1-1", waitTimeSeconds=1
    )
    assert (answer.status, answer.sub_status) == (420, "LONG_POLL_TIME_OUT_SUB_STATUS")


def test_closed_workflow_can_be_read(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", nothing(), complete({"k": 1}, upsertDataObjects=pairs({"a": "A"})))
    worker.rpc(calls.type, "read", {"output": encoded("seen")})
    workflow_id = calls.start()
    closed = calls.wait(workflow_id)
    assert closed["results"] == [
        {
            "completedStateExecutionId": "S1-1",
            "completedStateId": "S1",
            "completedStateOutput": encoded({"k": 1}),
        }
    ]
    assert calls.get(workflow_id, needsResults=True) == closed
    assert calls.attributes(workflow_id) == {"a": "A"}
    assert calls.attributes(workflow_id, "a", "b") == {"a": "A"}
    assert calls.rpc(workflow_id, "read").ok()["output"] == encoded("seen")
    (rpc,) = worker.calls(workflow_id, "rpc")
    assert rpc.request["dataAttributes"] == pairs({"a": "A"})
    assert calls.on(workflow_id, "stop").status == 200
    assert calls.get(workflow_id)["workflowStatus"] == "COMPLETED"


def test_closed_workflow_cannot_be_changed(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", nothing(), complete(upsertDataObjects=pairs({"a": "A"})))
    worker.rpc(calls.type, "write", {"upsertDataAttributes": pairs({"a": "B"})})
    workflow_id = calls.start()
    calls.wait(workflow_id)
    for answer in (
        calls.signal(workflow_id, "s", 1),
        calls.rpc(workflow_id, "write"),
        calls.set_attributes(workflow_id, a="B"),
        calls.publish(workflow_id, "ch", 1),
    ):
        assert (answer.status, answer.sub_status) == (400, "WORKFLOW_NOT_EXISTS_SUB_STATUS")
        assert answer.body["detail"] == "workflow execution already completed"
    skipped = calls.on(workflow_id, "timer/skip", **SKIP)
    assert (skipped.status, skipped.sub_status) == (400, "UNCATEGORIZED_SUB_STATUS")
    assert calls.attributes(workflow_id) == {"a": "A"}
