"""How a workflow ends by its states' decisions, conditional closing included."""

from tests.iwf_calls import Calls
from tests.iwf_script import (
    Json,
    close_if_empty,
    complete,
    dead_end,
    decide,
    decoded,
    encoded,
    force_complete,
    force_fail,
    nothing,
    parked,
    publish,
    signal,
    to,
    waiting,
)
from tests.scripted_worker import ScriptedWorker


def test_graceful_completion_waits_for_all_and_collects_outputs(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", nothing(), decide(to("A"), to("B")))
    worker.state(calls.type, "A", nothing(), complete("a"))
    worker.state(calls.type, "B", parked(), complete("b"))
    workflow_id = calls.start()
    worker.await_calls(workflow_id, "execute", "A")
    assert calls.get(workflow_id)["workflowStatus"] == "RUNNING"
    calls.publish(workflow_id, "ch", 1).ok()
    assert sorted(calls.outputs(workflow_id)) == [("A-1", "a"), ("B-1", "b")]


def test_force_completion_drops_what_runs_beside(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", nothing(), decide(to("A"), to("B")))
    worker.state(calls.type, "A", parked(), complete("a"))
    worker.state(calls.type, "B", nothing(), force_complete("b"))
    workflow_id = calls.start()
    assert calls.outputs(workflow_id) == [("B-1", "b")]


def test_force_failure_keeps_the_output(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", nothing(), force_fail("bad"))
    workflow_id = calls.start()
    closed = calls.wait(workflow_id)
    assert (closed["workflowStatus"], closed["errorType"]) == ("FAILED", "STATE_DECISION_FAILING_WORKFLOW_ERROR_TYPE")
    assert decoded(closed["results"][0]["completedStateOutput"]) == "bad"
    assert calls.get(workflow_id, needsResults=True) == closed


def test_dead_end_leaves_the_workflow_running(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", nothing(), dead_end())
    worker.state(calls.type, "S9", nothing(), force_complete("s9"))
    worker.rpc(calls.type, "on", {"stateDecision": {"nextStates": [to("S9")]}})
    workflow_id = calls.start()
    worker.await_calls(workflow_id, "execute", "S1")
    assert calls.on(workflow_id, "getWithWait", waitTimeSeconds=1).status == 420
    calls.rpc(workflow_id, "on").ok()
    assert calls.outputs(workflow_id) == [("S9-1", "s9")]


def test_dead_end_beside_a_graceful_completion_lets_the_workflow_complete(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", nothing(), decide(to("A"), to("B")))
    worker.state(calls.type, "A", nothing(), dead_end())
    worker.state(calls.type, "B", parked(), complete("b"))
    workflow_id = calls.start()
    worker.await_calls(workflow_id, "execute", "A")
    calls.publish(workflow_id, "ch", 1).ok()
    assert calls.outputs(workflow_id) == [("B-1", "b")]


def test_same_state_many_times_gets_numbered_executions(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", nothing(), decide(*(to("A", n) for n in range(5))))
    worker.state(calls.type, "A", nothing(), lambda request: complete(decoded(request["stateInput"])))
    workflow_id = calls.start()
    assert sorted(calls.outputs(workflow_id)) == [(f"A-{n + 1}", n) for n in range(5)]


def test_loop_moves_on_with_its_input(calls: Calls, worker: ScriptedWorker) -> None:
    def count(request: Json) -> Json:
        n = decoded(request["stateInput"])
        return complete(n) if n == 30 else decide(to("S1", n + 1))

    worker.state(calls.type, "S1", execute=count)
    skip = {"skipWaitUntil": True}
    worker.state(calls.type, "S1", nothing(), count)
    workflow_id = calls.start(given=1, stateOptions=skip)
    assert calls.outputs(workflow_id) == [("S1-30", 30)]


def test_conditional_close_on_an_internal_channel(calls: Calls, worker: ScriptedWorker) -> None:
    def execute(request: Json) -> Json:
        if request["context"]["stateExecutionId"] == "S1-1":
            calls.publish(workflow_id, "ch", "arrived meanwhile").ok()
        return close_if_empty("INTERNAL", "ch", "closed", to("S1"))

    worker.state(calls.type, "S1", parked(), execute)
    workflow_id = calls.start()
    calls.publish(workflow_id, "ch", "first").ok()
    assert calls.outputs(workflow_id) == [("S1-2", "closed")]
    first, second = worker.calls(workflow_id, "execute")
    received = [call.request["commandResults"]["interStateChannelResults"][0]["value"] for call in (first, second)]
    assert received == [encoded("first"), encoded("arrived meanwhile")]


def test_conditional_close_on_a_signal_channel(calls: Calls, worker: ScriptedWorker) -> None:
    def execute(request: Json) -> Json:
        if request["context"]["stateExecutionId"] == "S1-1":
            calls.signal(workflow_id, "sig", "arrived meanwhile").ok()
        return close_if_empty("SIGNAL", "sig", "closed", to("S1"))

    worker.state(calls.type, "S1", waiting(signals=(signal("s", "sig"),)), execute)
    workflow_id = calls.start()
    calls.signal(workflow_id, "sig", "first").ok()
    assert calls.outputs(workflow_id) == [("S1-2", "closed")]


def test_conditional_close_sees_what_its_own_response_publishes(calls: Calls, worker: ScriptedWorker) -> None:
    def execute(request: Json) -> Json:
        own = [publish("ch", "own")] if request["context"]["stateExecutionId"] == "S1-1" else []
        return close_if_empty("INTERNAL", "ch", "closed", to("S1"), publishToInterStateChannel=own)

    worker.state(calls.type, "S1", parked(), execute)
    workflow_id = calls.start()
    calls.publish(workflow_id, "ch", "first").ok()
    assert calls.outputs(workflow_id) == [("S1-2", "closed")]


def test_closing_from_an_rpc_is_refused(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", parked(), complete())
    worker.rpc(calls.type, "end", {"stateDecision": {"nextStates": [to("_SYS_FORCE_COMPLETING_WORKFLOW")]}})
    workflow_id = calls.start()
    answer = calls.rpc(workflow_id, "end")
    assert (answer.status, answer.sub_status) == (420, "WORKER_API_ERROR")
    assert calls.get(workflow_id)["workflowStatus"] == "RUNNING"
    calls.on(workflow_id, "stop").ok()
