"""Workers that fail, time out or answer nonsense: retries, attempts, and what the workflow does in the end."""

import itertools
import time
from typing import Any

import pytest

from tests.iwf_calls import Calls
from tests.iwf_script import Json, channel, complete, encoded, nothing, timer, to, unpaired, waiting
from tests.scripted_worker import Reply, ScriptedWorker

BOOM = Reply(500, {"detail": "boom", "errorType": "ValueError"})


def attempts(**fields: Any) -> Json:
    return {"initialIntervalSeconds": 1, "backoffCoefficient": 1, **fields}


def test_execute_is_tried_as_often_as_its_policy_says(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", nothing(), BOOM)
    workflow_id = calls.start(stateOptions={"executeApiRetryPolicy": attempts(maximumAttempts=3)})
    closed = calls.wait(workflow_id)
    assert (closed["workflowStatus"], closed["errorType"]) == ("FAILED", "STATE_API_FAIL_ERROR_TYPE")
    assert "500" in closed["errorMessage"]
    assert "boom" in closed["errorMessage"]
    tries = worker.calls(workflow_id, "execute")
    assert [call.attempt for call in tries] == [1, 2, 3]
    assert {call.execution for call in tries} == {"S1-1"}
    assert len({call.request["context"]["firstAttemptTimestamp"] for call in tries}) == 1
    pauses = [later.at - earlier.at for earlier, later in itertools.pairwise(tries)]
    assert all(0.8 < pause < 2.5 for pause in pauses), pauses
    assert len(worker.calls(workflow_id, "wait")) == 1


def test_wait_until_is_tried_as_often_as_its_policy_says(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", BOOM, complete())
    workflow_id = calls.start(stateOptions={"waitUntilApiRetryPolicy": attempts(maximumAttempts=2)})
    closed = calls.wait(workflow_id)
    assert (closed["workflowStatus"], closed["errorType"]) == ("FAILED", "STATE_API_FAIL_ERROR_TYPE")
    assert [call.attempt for call in worker.calls(workflow_id)] == [1, 2]


def test_no_attempt_begins_after_the_total_duration(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", nothing(), BOOM)
    policy = {"initialIntervalSeconds": 1, "backoffCoefficient": 2, "maximumAttemptsDurationSeconds": 3}
    workflow_id = calls.start(stateOptions={"executeApiRetryPolicy": policy})
    begin = time.monotonic()
    assert calls.wait(workflow_id)["workflowStatus"] == "FAILED"
    # The third attempt would begin 1 + 2 s after the first, when the time is up.
    assert [call.attempt for call in worker.calls(workflow_id, "execute")] == [1, 2]
    assert time.monotonic() - begin < 6


def test_failure_that_passes_is_forgotten(calls: Calls, worker: ScriptedWorker) -> None:
    def second_time_lucky(request: Json) -> Json | Reply:
        return BOOM if request["context"]["attempt"] == 1 else complete("at last")

    worker.state(calls.type, "S1", nothing(), second_time_lucky)
    workflow_id = calls.start(stateOptions={"executeApiRetryPolicy": attempts()})
    assert calls.outputs(workflow_id) == [("S1-1", "at last")]


def test_slow_execute_times_out_and_is_repeated(calls: Calls, worker: ScriptedWorker) -> None:
    def slow(request: Json) -> Json:
        if request["context"]["attempt"] == 1:
            calls.wait(workflow_id)  # answers only after the workflow closed with the second attempt's result
        return complete(request["context"]["attempt"])

    worker.state(calls.type, "S1", waiting(channels=(channel("c", "go"),)), slow)
    workflow_id = calls.start(stateOptions={"executeApiTimeoutSeconds": 1, "executeApiRetryPolicy": attempts()})
    calls.publish(workflow_id, "go", 1).ok()
    assert calls.outputs(workflow_id) == [("S1-1", 2)]


def test_execute_that_only_times_out_fails_the_workflow(calls: Calls, worker: ScriptedWorker) -> None:
    def endless(request: Json) -> Json:
        calls.wait(workflow_id)
        return complete()

    worker.state(calls.type, "S1", waiting(channels=(channel("c", "go"),)), endless)
    options = {"executeApiTimeoutSeconds": 1, "executeApiRetryPolicy": attempts(maximumAttempts=2)}
    workflow_id = calls.start(stateOptions=options)
    calls.publish(workflow_id, "go", 1).ok()
    closed = calls.wait(workflow_id)
    assert (closed["workflowStatus"], closed["errorType"]) == ("FAILED", "STATE_API_FAIL_ERROR_TYPE")
    assert "timeout" in closed["errorMessage"].lower()


def test_exhausted_execute_proceeds_to_the_configured_state(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", nothing(), BOOM)
    worker.state(calls.type, "Recover", execute=complete("recovered"))
    workflow_id = calls.start(
        given={"in": 1},
        stateOptions={
            "executeApiRetryPolicy": attempts(maximumAttempts=2),
            "executeApiFailurePolicy": "PROCEED_TO_CONFIGURED_STATE",
            "executeApiFailureProceedStateId": "Recover",
            "executeApiFailureProceedStateOptions": {"skipWaitUntil": True},
        },
    )
    assert calls.outputs(workflow_id) == [("Recover-1", "recovered")]
    (recovery,) = worker.calls(workflow_id, name="Recover")
    assert recovery.api == "execute"
    assert recovery.request["stateInput"] == encoded({"in": 1})


def test_exhausted_wait_until_proceeds_to_execute(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", BOOM, complete("went on"))
    workflow_id = calls.start(
        stateOptions={
            "waitUntilApiRetryPolicy": attempts(maximumAttempts=2),
            "waitUntilApiFailurePolicy": "PROCEED_ON_FAILURE",
        }
    )
    assert calls.outputs(workflow_id) == [("S1-1", "went on")]
    (execute,) = worker.calls(workflow_id, "execute")
    assert execute.request["commandResults"] == {"stateStartApiSucceeded": False, "stateWaitUntilFailed": True}


@pytest.mark.parametrize(
    ("wait", "execute", "api"),
    [
        (nothing(), {}, "execute"),
        (
            waiting("ANY_COMBINATION_COMPLETED", timers=(timer("t", 60),), combinations=(("nosuch",),)),
            complete(),
            "wait",
        ),
    ],
    ids=["no decision", "combination of an unknown command"],
)
def test_invalid_answer_counts_as_a_failed_attempt(
    calls: Calls, worker: ScriptedWorker, wait: Json, execute: Json, api: str
) -> None:
    worker.state(calls.type, "S1", wait, execute)
    workflow_id = calls.start()
    tries = worker.await_calls(workflow_id, api, "S1", count=2)
    assert [call.attempt for call in tries] == [1, 2]
    assert calls.get(workflow_id)["workflowStatus"] == "RUNNING"
    calls.on(workflow_id, "stop").ok()


def test_failed_attempt_leaves_no_trace(calls: Calls, worker: ScriptedWorker) -> None:
    def partly(request: Json) -> Json | Reply:
        if request["context"]["attempt"] == 1:
            return Reply(500, {"upsertDataObjects": [{"key": "a", "value": encoded("no")}], "detail": "boom"})
        return complete(upsertDataObjects=[{"key": "b", "value": encoded("yes")}])

    worker.state(calls.type, "S1", nothing(), partly)
    workflow_id = calls.start(stateOptions={"executeApiRetryPolicy": attempts()})
    calls.wait(workflow_id)
    assert calls.attributes(workflow_id) == {"b": "yes"}
    second = worker.calls(workflow_id, "execute")[1]
    assert unpaired(second.request.get("DataObjects")) == {}


def test_dead_worker_url_holds_up_nobody_else(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", nothing(), complete("ok"))
    dead = [calls.start(iwfWorkerUrl="http://127.0.0.1:9") for _ in range(40)]
    begin = time.monotonic()
    workflow_id = calls.start()
    assert calls.outputs(workflow_id) == [("S1-1", "ok")]
    assert time.monotonic() - begin < 5
    for other in dead:
        calls.on(other, "stop", stopType="TERMINATE").ok()


def test_next_state_unknown_to_the_worker_is_retried(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", nothing(), {"stateDecision": {"nextStates": [to("Nowhere")]}})
    workflow_id = calls.start()
    worker.await_calls(workflow_id, "wait", "Nowhere", count=2)
    worker.state(calls.type, "Nowhere", nothing(), complete("deployed meanwhile"))
    assert calls.outputs(workflow_id) == [("Nowhere-1", "deployed meanwhile")]
