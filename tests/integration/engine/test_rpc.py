"""RPCs: output and changes, errors of the worker, time limits, loading policies, locks."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from tests.iwf_calls import Calls
from tests.iwf_script import (
    Json,
    complete,
    decoded,
    encoded,
    force_complete,
    nothing,
    pairs,
    parked,
    publish,
    to,
    unpaired,
)
from tests.scripted_worker import Reply, ScriptedWorker


def start_parked(calls: Calls, worker: ScriptedWorker) -> str:
    worker.state(calls.type, "S1", parked(), complete("ok"))
    workflow_id = calls.start()
    worker.await_calls(workflow_id, "wait", "S1")
    return workflow_id


def test_rpc_answers_and_changes(calls: Calls, worker: ScriptedWorker) -> None:
    worker.rpc(
        calls.type,
        "go",
        {
            "output": encoded("done"),
            "upsertDataAttributes": pairs({"a": "1"}),
            "upsertSearchAttributes": [{"key": "CustomIntField", "integerValue": 7, "valueType": "INT"}],
            "recordEvents": pairs({"e": "event"}),
            "publishToInterStateChannel": [publish("ch", "x")],
        },
    )
    workflow_id = start_parked(calls, worker)
    assert calls.rpc(workflow_id, "go", input=encoded("given")).ok() == {"output": encoded("done")}
    assert calls.outputs(workflow_id) == [("S1-1", "ok")]
    assert calls.attributes(workflow_id) == {"a": "1"}
    (rpc,) = worker.calls(workflow_id, "rpc")
    assert decoded(rpc.request["input"]) == "given"
    assert rpc.request["context"]["workflowId"] == workflow_id
    keys = [{"key": "CustomIntField", "valueType": "INT"}]
    found = calls.on(workflow_id, "searchattributes/get", keys=keys).ok()["searchAttributes"]
    assert found == [{"key": "CustomIntField", "integerValue": 7, "valueType": "INT"}]


def test_error_of_the_worker_is_passed_on(calls: Calls, worker: ScriptedWorker) -> None:
    worker.rpc(calls.type, "err", Reply(500, {"detail": "rpc boom", "errorType": "KeyError"}))
    workflow_id = start_parked(calls, worker)
    for name, status, kind, detail in (
        ("err", 500, "KeyError", "rpc boom"),
        ("nosuch", 501, "NoScript", "no script for"),
    ):
        answer = calls.rpc(workflow_id, name)
        assert (answer.status, answer.sub_status) == (420, "WORKER_API_ERROR")
        assert answer.body["originalWorkerErrorStatus"] == status
        assert answer.body["originalWorkerErrorType"] == kind
        assert detail in answer.body["originalWorkerErrorDetail"]
    assert len(worker.calls(workflow_id, "rpc")) == 2, "an RPC is not retried"
    calls.on(workflow_id, "stop").ok()


def test_slow_rpc_times_out(calls: Calls, worker: ScriptedWorker) -> None:
    def slow(request: Json) -> Json:
        calls.wait(workflow_id)
        return {"upsertDataAttributes": pairs({"late": True})}

    worker.rpc(calls.type, "slow", slow)
    workflow_id = start_parked(calls, worker)
    begin = time.monotonic()
    answer = calls.rpc(workflow_id, "slow", timeoutSeconds=1)
    assert time.monotonic() - begin < 4
    assert (answer.status, answer.sub_status) == (420, "WORKER_API_ERROR")
    calls.on(workflow_id, "stop").ok()
    assert calls.attributes(workflow_id) == {}


def test_rpc_starts_states(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S2", nothing(), force_complete("s2"))
    worker.rpc(calls.type, "go", {"output": encoded(1), "stateDecision": {"nextStates": [to("S2", "hi")]}})
    workflow_id = start_parked(calls, worker)
    calls.rpc(workflow_id, "go").ok()
    assert calls.outputs(workflow_id) == [("S2-1", "s2")]
    assert decoded(worker.calls(workflow_id, "wait", "S2")[0].request["stateInput"]) == "hi"


def test_rpc_sees_the_sizes_of_channels(calls: Calls, worker: ScriptedWorker) -> None:
    worker.rpc(calls.type, "look", {})
    workflow_id = start_parked(calls, worker)
    calls.publish(workflow_id, "other", 1, 2).ok()
    calls.signal(workflow_id, "sig", 1).ok()
    calls.rpc(workflow_id, "look").ok()
    request = worker.calls(workflow_id, "rpc")[-1].request
    assert request["internalChannelInfos"] == {"other": {"size": 2}}
    assert request["signalChannelInfos"] == {"sig": {"size": 1}}
    calls.on(workflow_id, "stop").ok()


def test_loading_policy_selects_the_attributes(calls: Calls, worker: ScriptedWorker) -> None:
    worker.rpc(calls.type, "look", {})
    workflow_id = start_parked(calls, worker)
    calls.set_attributes(workflow_id, a=1, b=2).ok()
    for policy, expected in (
        (None, {"a": 1, "b": 2}),
        ({"persistenceLoadingType": "LOAD_ALL_WITHOUT_LOCKING"}, {"a": 1, "b": 2}),
        ({"persistenceLoadingType": "LOAD_PARTIAL_WITHOUT_LOCKING", "partialLoadingKeys": ["b"]}, {"b": 2}),
        (
            {
                "persistenceLoadingType": "LOAD_PARTIAL_WITH_EXCLUSIVE_LOCK",
                "partialLoadingKeys": ["a"],
                "lockingKeys": ["a"],
            },
            {"a": 1},
        ),
        ({"persistenceLoadingType": "LOAD_NONE"}, {}),
    ):
        calls.rpc(workflow_id, "look", **({"dataAttributesLoadingPolicy": policy} if policy else {})).ok()
        assert unpaired(worker.calls(workflow_id, "rpc")[-1].request.get("dataAttributes")) == expected, policy
    calls.on(workflow_id, "stop").ok()


def test_exclusive_lock_keeps_counting_right(calls: Calls, worker: ScriptedWorker) -> None:
    def add_one(request: Json) -> Json:
        held = unpaired(request.get("dataAttributes")).get("n", 0)
        return {"output": encoded(held + 1), "upsertDataAttributes": pairs({"n": held + 1})}

    worker.rpc(calls.type, "add", add_one)
    workflow_id = start_parked(calls, worker)
    lock = {
        "persistenceLoadingType": "LOAD_PARTIAL_WITH_EXCLUSIVE_LOCK",
        "partialLoadingKeys": ["n"],
        "lockingKeys": ["n"],
    }
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(
                lambda _: calls.rpc(workflow_id, "add", dataAttributesLoadingPolicy=lock, timeoutSeconds=30), range(20)
            )
        )
    assert sorted(decoded(answer.ok()["output"]) for answer in answers) == list(range(1, 21))
    assert calls.attributes(workflow_id) == {"n": 20}
    calls.on(workflow_id, "stop").ok()


def test_locked_rpc_does_not_wait_for_a_running_state(calls: Calls, worker: ScriptedWorker) -> None:
    def busy(request: Json) -> Json:
        # Ends only when the RPC was answered: were the RPC held up by this state, neither would end.
        assert answered.wait(10)
        return complete("ok")

    worker.state(calls.type, "S1", parked(), busy)
    worker.rpc(calls.type, "say", {"output": encoded("said"), "upsertDataAttributes": pairs({"heard": 1})})
    lock = {
        "persistenceLoadingType": "LOAD_PARTIAL_WITH_EXCLUSIVE_LOCK",
        "partialLoadingKeys": ["heard"],
        "lockingKeys": ["heard"],
    }
    answered = threading.Event()
    workflow_id = calls.start()
    calls.publish(workflow_id, "ch", 1).ok()
    worker.await_calls(workflow_id, "execute", "S1")
    assert calls.rpc(workflow_id, "say", dataAttributesLoadingPolicy=lock).ok()["output"] == encoded("said")
    answered.set()
    assert calls.outputs(workflow_id) == [("S1-1", "ok")]
    assert len(worker.calls(workflow_id, "execute")) == 1
