"""Waiting until a state execution has completed."""

from tests.iwf_calls import Calls
from tests.iwf_script import complete, decide, nothing, parked, to
from tests.scripted_worker import ScriptedWorker


def test_waiting_by_execution_id_and_by_key(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", nothing(), decide(to("S2", waitForKey="k1")))
    worker.state(calls.type, "S2", parked(), decide(to("S3")))
    worker.state(calls.type, "S3", parked(), complete())
    workflow_id = calls.start(waitForCompletionStateExecutionIds=["S1-1"], waitForCompletionStateIds=["S2"])
    by_key = {"stateId": "S2", "waitForKey": "k1"}
    assert calls.on(workflow_id, "waitForStateCompletion", stateExecutionId="S1-1", waitTimeSeconds=10).status == 200
    early = calls.on(workflow_id, "waitForStateCompletion", **by_key, waitTimeSeconds=1)
    assert (early.status, early.sub_status) == (420, "LONG_POLL_TIME_OUT_SUB_STATUS")
    calls.publish(workflow_id, "ch", 1).ok()
    assert calls.on(workflow_id, "waitForStateCompletion", **by_key, waitTimeSeconds=10).status == 200
    assert calls.on(workflow_id, "waitForStateCompletion", **by_key, waitTimeSeconds=10).status == 200, "once more"
    other = calls.on(workflow_id, "waitForStateCompletion", stateExecutionId="S3-1", waitTimeSeconds=1)
    assert (other.status, other.sub_status) == (420, "LONG_POLL_TIME_OUT_SUB_STATUS")
    calls.on(workflow_id, "stop").ok()
