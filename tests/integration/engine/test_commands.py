"""What a state waits for: timers, internal channels, signals, alone and together; skipping timers."""

import time
from typing import Any

import pytest

from tests.iwf_calls import Calls, until
from tests.iwf_script import (
    Json,
    channel,
    complete,
    decide,
    decoded,
    encoded,
    nothing,
    publish,
    signal,
    timer,
    to,
    waiting,
)
from tests.scripted_worker import ScriptedWorker


def results_of(worker: ScriptedWorker, workflow_id: str, state: str = "S1") -> Json:
    """The command results of the one execute call of a state."""
    (call,) = worker.calls(workflow_id, "execute", state)
    results = dict(call.request["commandResults"])
    assert results.pop("stateStartApiSucceeded") is True
    assert results.pop("stateWaitUntilFailed") is False
    return results


def test_any_completes_with_the_first(calls: Calls, worker: ScriptedWorker) -> None:
    commands: dict[str, Any] = {
        "timers": (timer("t1", 60), timer("t2", 120)),
        "channels": (channel("c1", "ch"),),
        "signals": (signal("s1", "sig"),),
    }
    worker.state(calls.type, "S1", waiting("ANY_COMPLETED", **commands), complete())
    workflow_id = calls.start()
    calls.publish(workflow_id, "ch", "x").ok()
    calls.wait(workflow_id)
    assert results_of(worker, workflow_id) == {
        "interStateChannelResults": [
            {"commandId": "c1", "channelName": "ch", "requestStatus": "RECEIVED", "value": encoded("x")}
        ],
        "signalResults": [{"commandId": "s1", "signalChannelName": "sig", "signalRequestStatus": "WAITING"}],
        "timerResults": [
            {"commandId": "t1", "timerStatus": "SCHEDULED"},
            {"commandId": "t2", "timerStatus": "SCHEDULED"},
        ],
    }


def test_all_waits_for_each(calls: Calls, worker: ScriptedWorker) -> None:
    commands: dict[str, Any] = {
        "timers": (timer("t1", 1),),
        "channels": (channel("c1", "ch"),),
        "signals": (signal("s1", "sig"),),
    }
    worker.state(calls.type, "S1", waiting("ALL_COMPLETED", **commands), complete())
    begin = time.monotonic()
    workflow_id = calls.start()
    calls.signal(workflow_id, "sig", "s").ok()
    calls.publish(workflow_id, "ch", "x").ok()
    calls.wait(workflow_id)
    assert time.monotonic() - begin > 0.9
    results = results_of(worker, workflow_id)
    assert results["timerResults"] == [{"commandId": "t1", "timerStatus": "FIRED"}]
    assert results["signalResults"][0]["signalValue"] == encoded("s")
    assert results["interStateChannelResults"][0]["value"] == encoded("x")


def test_combination_completes_when_one_is_whole(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(
        calls.type,
        "S1",
        waiting(
            "ANY_COMBINATION_COMPLETED",
            timers=(timer("t1", 1), timer("t2", 60)),
            channels=(channel("c1", "ch"),),
            signals=(signal("s1", "sig"),),
            combinations=(("t1", "c1"), ("t2",)),
        ),
        complete(),
    )
    workflow_id = calls.start()
    calls.publish(workflow_id, "ch", "x").ok()
    calls.wait(workflow_id)
    assert results_of(worker, workflow_id)["timerResults"] == [
        {"commandId": "t1", "timerStatus": "FIRED"},
        {"commandId": "t2", "timerStatus": "SCHEDULED"},
    ]


def test_timer_fires_when_due_and_not_before(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", waiting(timers=(timer("t", 2),)), complete())
    workflow_id = calls.start()
    calls.wait(workflow_id)
    (wait,), (execute,) = worker.calls(workflow_id, "wait"), worker.calls(workflow_id, "execute")
    assert 1.0 < execute.at - wait.at < 4.0


def test_messages_are_taken_one_by_one_in_order(calls: Calls, worker: ScriptedWorker) -> None:
    def execute(request: Json) -> Json:
        taken = decoded(request["commandResults"]["interStateChannelResults"][0]["value"])
        return complete(taken) if taken == 9 else decide(to("S1"))

    worker.state(calls.type, "S1", waiting(channels=(channel("c", "ch"),)), execute)
    workflow_id = calls.start()
    for n in range(10):
        calls.publish(workflow_id, "ch", n).ok()
    assert calls.outputs(workflow_id) == [("S1-10", 9)]
    seen = [
        decoded(call.request["commandResults"]["interStateChannelResults"][0]["value"])
        for call in worker.calls(workflow_id, "execute")
    ]
    assert seen == list(range(10))


def test_several_messages_of_one_publish_keep_their_order(calls: Calls, worker: ScriptedWorker) -> None:
    two = waiting("ALL_COMPLETED", channels=(channel("c1", "ch"), channel("c2", "ch")))
    worker.state(calls.type, "S1", two, complete())
    workflow_id = calls.start()
    calls.publish(workflow_id, "ch", "first", "second").ok()
    calls.wait(workflow_id)
    results = results_of(worker, workflow_id)["interStateChannelResults"]
    assert [(result["commandId"], decoded(result["value"])) for result in results] == [
        ("c1", "first"),
        ("c2", "second"),
    ]


def test_signals_before_the_state_waits_are_kept(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", waiting(timers=(timer("t", 1),)), decide(to("S2")))
    worker.state(calls.type, "S2", waiting(signals=(signal("s1", "sig"),)), complete())
    workflow_id = calls.start()
    calls.signal(workflow_id, "sig", 0).ok()
    calls.signal(workflow_id, "sig", 1).ok()
    assert calls.wait(workflow_id)["workflowStatus"] == "COMPLETED"
    assert results_of(worker, workflow_id, "S2")["signalResults"] == [
        {
            "commandId": "s1",
            "signalChannelName": "sig",
            "signalRequestStatus": "RECEIVED",
            "signalValue": encoded(0),
        }
    ]


def test_messages_published_by_states_reach_a_parallel_state(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", nothing(), decide(to("Reader"), to("Writer")))
    worker.state(calls.type, "Reader", waiting(channels=(channel("c", "ch"),)), complete("read"))
    worker.state(
        calls.type,
        "Writer",
        waiting(timers=(timer("t", 1),), publishToInterStateChannel=[publish("other", "from wait-until")]),
        complete("wrote", publishToInterStateChannel=[publish("ch", "from execute")]),
    )
    workflow_id = calls.start()
    assert sorted(calls.outputs(workflow_id)) == [("Reader-1", "read"), ("Writer-1", "wrote")]
    assert results_of(worker, workflow_id, "Reader")["interStateChannelResults"][0]["value"] == encoded("from execute")


@pytest.mark.parametrize("which", [{"timerCommandId": "t1"}, {"timerCommandIndex": 0}], ids=["by id", "by index"])
def test_timer_is_skipped(calls: Calls, worker: ScriptedWorker, which: dict[str, Any]) -> None:
    worker.state(calls.type, "S1", waiting(timers=(timer("t1", 600),)), complete())
    workflow_id = calls.start()
    worker.await_calls(workflow_id, "wait", "S1")
    skip_when_waiting(calls, workflow_id, **which)
    calls.wait(workflow_id)
    assert results_of(worker, workflow_id) == {"timerResults": [{"commandId": "t1", "timerStatus": "FIRED"}]}


def skip_when_waiting(calls: Calls, workflow_id: str, **which: Any) -> None:
    """Skip as soon as the server has taken the commands: the worker's answer may still be on its way."""
    until(
        lambda: calls.on(workflow_id, "timer/skip", workflowStateExecutionId="S1-1", **which).status,
        lambda status: status == 200,
    )


def test_skipping_what_is_not_there_is_refused(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", waiting(timers=(timer("t1", 600),)), complete())
    workflow_id = calls.start()
    worker.await_calls(workflow_id, "wait", "S1")
    for execution, which in (
        ("S1-1", {"timerCommandId": "no"}),
        ("S1-1", {"timerCommandIndex": 7}),
        ("S1-1", {}),
        ("S9-1", {"timerCommandIndex": 0}),
    ):
        answer = calls.on(workflow_id, "timer/skip", workflowStateExecutionId=execution, **which)
        assert (answer.status, answer.sub_status) == (400, "UNCATEGORIZED_SUB_STATUS")
    assert calls.get(workflow_id)["workflowStatus"] == "RUNNING"
    calls.on(workflow_id, "stop").ok()
