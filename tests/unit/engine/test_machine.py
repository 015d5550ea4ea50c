"""The state machine, event by event."""

from typing import Any

import pytest

from inbox_agent.engine import events as ev
from inbox_agent.engine import machine
from inbox_agent.engine.state import TIMEOUT_TIMER, command_timer, retry_timer
from inbox_agent.engine.transition import API_FAILED, DECISION_FAILED
from inbox_agent.engine.wire import (
    FORCE_COMPLETE,
    FORCE_FAIL,
    GRACEFUL_COMPLETE,
    CommandRequest,
    ConditionalClose,
    ExecuteResponse,
    KeyValue,
    StateDecision,
    StateMovement,
    StateOptions,
    WaitUntilResponse,
    WorkerRpcResponse,
)
from tests.unit.engine.simulated_run import SimulatedRun, encoded, go_to, message, start_request

NO_COMMANDS = WaitUntilResponse()


def waits_for(**commands: object) -> WaitUntilResponse:
    body = {"commandWaitingType": "ANY_COMPLETED", **commands}
    return WaitUntilResponse(command_request=CommandRequest.model_validate(body))


CHANNEL = waits_for(interStateChannelCommands=[{"commandId": "c", "channelName": "ch"}])
SKIPPING: dict[str, Any] = {"stateOptions": {"skipWaitUntil": True}}


def test_a_state_waits_then_executes_then_the_next_one_begins() -> None:
    run = SimulatedRun(start_request())
    assert run.answer("S-1", NO_COMMANDS).calls == ["S-1"]
    assert run.answer("S-1", go_to("T")).calls == ["T-1"]
    assert run.state.executions["T-1"].phase == "wait_until"


def test_a_run_without_a_first_state_waits_for_one_from_an_rpc() -> None:
    run = SimulatedRun(start_request(None))
    assert run.state.is_running
    decision = StateDecision(next_states=[StateMovement(state_id="T")])
    outcome = run.apply(ev.RpcApplied(rpc_name="go", response=WorkerRpcResponse(state_decision=decision)))
    assert outcome.calls == ["T-1"]


def test_messages_that_came_before_a_state_waits_are_not_lost() -> None:
    run = SimulatedRun(start_request())
    run.apply(ev.Published(messages=[message("ch", "1"), message("ch", "2")]))
    run.answer("S-1", CHANNEL)
    assert run.state.executions["S-1"].received_messages == {0: encoded("1")}
    assert run.state.channels == {"ch": [encoded("2")]}


def test_timers_are_set_and_cleared_when_another_command_was_faster() -> None:
    run = SimulatedRun(start_request())
    wanted = waits_for(
        timerCommands=[{"commandId": "t", "durationSeconds": 60}],
        signalCommands=[{"commandId": "s", "signalChannelName": "sig"}],
    )
    run.answer("S-1", wanted)
    assert run.timer_rows == {command_timer("S-1", 0): run.now + 60_000}
    assert run.apply(ev.Signaled(channel_name="sig")).calls == ["S-1"]
    assert run.timer_rows == {}
    assert not run.apply(ev.TimerFired(state_execution_id="S-1", index=0)).accepted


def test_graceful_completion_waits_for_the_other_states() -> None:
    run = SimulatedRun(start_request(**SKIPPING))
    run.answer("S-1", go_to("A", "B", options=StateOptions(skip_wait_until=True)))
    run.answer("A-1", go_to(GRACEFUL_COMPLETE))
    assert run.state.is_running
    run.answer("B-1", go_to(GRACEFUL_COMPLETE))
    assert run.state.status == "COMPLETED"
    assert [output.completed_state_execution_id for output in run.state.outputs] == ["A-1", "B-1"]


@pytest.mark.parametrize(
    ("state_id", "status", "error"),
    [(FORCE_COMPLETE, "COMPLETED", None), (FORCE_FAIL, "FAILED", DECISION_FAILED)],
)
def test_forced_closing_ends_parallel_states(state_id: str, status: str, error: str | None) -> None:
    run = SimulatedRun(start_request(workflowTimeoutSeconds=60, **SKIPPING))
    run.answer("S-1", go_to("A", "B"))
    run.answer("A-1", NO_COMMANDS)
    run.answer("A-1", go_to(state_id))
    assert (run.state.status, run.state.error_type) == (status, error)
    assert (run.state.executions, run.timer_rows) == ({}, {})


def test_conditional_close_sees_what_its_own_answer_published() -> None:
    run = SimulatedRun(start_request(**SKIPPING))
    closing = ConditionalClose(conditional_close_type="FORCE_COMPLETE_ON_INTERNAL_CHANNEL_EMPTY", channel_name="ch")
    decision = StateDecision(next_states=[StateMovement(state_id="Again")], conditional_close=closing)
    run.answer("S-1", ExecuteResponse(state_decision=decision, publish_to_inter_state_channel=[message("ch")]))
    assert list(run.state.executions) == ["Again-1"]


def test_conditional_close_lets_waiting_states_take_the_message_first() -> None:
    run = SimulatedRun(start_request(**SKIPPING))
    run.answer("S-1", go_to("Waiting", "Closing"))
    run.answer("Waiting-1", CHANNEL)
    run.answer("Closing-1", NO_COMMANDS)
    closing = ConditionalClose(conditional_close_type="FORCE_COMPLETE_ON_INTERNAL_CHANNEL_EMPTY", channel_name="ch")
    decision = StateDecision(next_states=[StateMovement(state_id="Again")], conditional_close=closing)
    run.answer("Closing-1", ExecuteResponse(state_decision=decision, publish_to_inter_state_channel=[message("ch")]))
    assert run.state.status == "COMPLETED"


def test_a_failed_call_is_tried_again_after_a_pause() -> None:
    run = SimulatedRun(start_request())
    run.fail("S-1")
    assert run.timer_rows == {retry_timer("S-1"): run.now + 1000}
    run.now += 1000
    assert run.apply(ev.RetryDue(state_execution_id="S-1")).calls == ["S-1"]
    run.commit()
    assert run.call("S-1").attempt == 2


def test_exhausted_attempts_fail_the_run_with_the_last_error() -> None:
    options = {"waitUntilApiRetryPolicy": {"maximumAttempts": 1}}
    run = SimulatedRun(start_request(stateOptions=options))
    run.fail("S-1", "out of order")
    assert (run.state.status, run.state.error_type) == ("FAILED", API_FAILED)
    assert run.state.error_message == "out of order"


def test_a_retry_that_would_begin_after_the_runs_timeout_is_not_waited_for() -> None:
    run = SimulatedRun(start_request(workflowTimeoutSeconds=1))
    run.fail("S-1", "boom")
    assert (run.state.status, run.state.error_message) == ("FAILED", "boom")


def test_wait_until_may_be_passed_over_when_it_fails() -> None:
    options = {"waitUntilApiRetryPolicy": {"maximumAttempts": 1}, "waitUntilApiFailurePolicy": "PROCEED_ON_FAILURE"}
    run = SimulatedRun(start_request(stateOptions=options))
    assert run.fail("S-1").calls == ["S-1"]
    assert run.state.executions["S-1"].phase == "execute"
    assert run.state.executions["S-1"].wait_until_failed


def test_a_failed_execute_may_go_on_with_another_state_and_the_same_input() -> None:
    options = {
        "skipWaitUntil": True,
        "executeApiRetryPolicy": {"maximumAttempts": 1},
        "executeApiFailurePolicy": "PROCEED_TO_CONFIGURED_STATE",
        "executeApiFailureProceedStateId": "Recover",
    }
    run = SimulatedRun(start_request(stateOptions=options, stateInput={"encoding": "json", "data": "1"}))
    assert run.fail("S-1").calls == ["Recover-1"]
    assert run.state.executions["Recover-1"].movement.state_input == encoded("1")


def test_answers_of_overtaken_calls_are_dropped() -> None:
    run = SimulatedRun(start_request())
    late = run.call("S-1")
    run.fail("S-1")
    before = run.state.to_json()
    answer = ev.WaitUntilReturned(state_execution_id="S-1", token=late.token, response=NO_COMMANDS)
    assert not run.apply(answer).accepted
    assert run.state.to_json() == before


def test_calls_out_at_a_crash_are_repeated_and_say_so() -> None:
    run = SimulatedRun(start_request(stateOptions={"waitUntilApiRetryPolicy": {"maximumAttempts": 1}}))
    first = run.call("S-1")
    run.crash()
    again = run.call("S-1")
    assert (first.attempt, again.attempt) == (1, 2)
    assert not run.apply(
        ev.WaitUntilReturned(state_execution_id="S-1", token=first.token, response=NO_COMMANDS)
    ).accepted
    assert run.answer("S-1", NO_COMMANDS).accepted


def test_what_a_crash_interrupted_is_not_counted_as_a_failure() -> None:
    run = SimulatedRun(start_request(stateOptions={"waitUntilApiRetryPolicy": {"maximumAttempts": 2}}))
    for _ in range(5):
        run.crash()
    run.fail("S-1")
    assert run.state.is_running


LOCKING = {"persistenceLoadingType": "LOAD_PARTIAL_WITH_EXCLUSIVE_LOCK", "lockingKeys": ["k"]}


def test_states_that_lock_the_same_key_take_turns() -> None:
    run = SimulatedRun(start_request(**SKIPPING))
    options = StateOptions.model_validate({"skipWaitUntil": True, "dataAttributesLoadingPolicy": LOCKING})
    assert run.answer("S-1", go_to("A", "B", options=options)).calls == ["A-1"]
    assert run.answer("A-1", go_to(GRACEFUL_COMPLETE)).calls == ["B-1"]


def test_an_rpcs_lock_holds_up_states_but_does_not_outlive_a_crash() -> None:
    options = {"skipWaitUntil": True, "dataAttributesLoadingPolicy": LOCKING}
    run = SimulatedRun(start_request(None))
    assert machine.try_lock(run.state, ["data:k"], "rpc-1")
    assert not machine.try_lock(run.state, ["data:k"], "rpc-2")
    movement = StateMovement(state_id="S", state_options=StateOptions.model_validate(options))
    decision = StateDecision(next_states=[movement])
    assert run.apply(ev.RpcApplied(rpc_name="go", response=WorkerRpcResponse(state_decision=decision))).calls == []
    run.commit()
    run.crash()
    assert run.call("S-1").attempt == 1


def test_data_without_a_value_keeps_its_key() -> None:
    run = SimulatedRun(start_request())
    outcome = run.apply(ev.DataSet(objects=[KeyValue(key="a"), KeyValue(key="b", value=encoded("1"))]))
    assert run.state.data == {"a": None, "b": encoded("1")}
    assert outcome.changed_data == {"a", "b"}


def test_completions_that_a_client_waits_for_are_noted_under_their_key() -> None:
    request = start_request(waitForCompletionStateExecutionIds=["S-1"], waitForCompletionStateIds=["T"], **SKIPPING)
    run = SimulatedRun(request)
    movement = StateMovement(state_id="T", wait_for_key="k", state_options=StateOptions(skip_wait_until=True))
    run.answer("S-1", ExecuteResponse(state_decision=StateDecision(next_states=[movement])))
    run.answer("T-1", go_to(GRACEFUL_COMPLETE))
    assert run.state.completed_keys == ["S-1", "T_k"]


def test_a_failed_workflow_is_retried_as_its_policy_says() -> None:
    policy: dict[str, Any] = {
        "workflowStartOptions": {"retryPolicy": {"initialIntervalSeconds": 2, "maximumAttempts": 2}}
    }
    run = SimulatedRun(start_request(workflowTimeoutSeconds=60, **SKIPPING, **policy))
    outcome = run.answer("S-1", go_to(FORCE_FAIL))
    assert (outcome.retry_at, outcome.retry_until) == (run.now + 2000, run.now + 60_000)
    run = SimulatedRun(start_request(**SKIPPING, **policy))
    run.state.run_attempt = 2
    assert run.answer("S-1", go_to(FORCE_FAIL)).retry_at is None


def test_a_start_delay_postpones_the_first_state_and_the_timeout() -> None:
    run = SimulatedRun(start_request(workflowTimeoutSeconds=10, workflowStartOptions={"workflowStartDelaySeconds": 5}))
    assert run.state.executions == {}
    assert run.timer_rows[TIMEOUT_TIMER] == run.now + 15_000
    assert run.apply(ev.StartDelayOver()).calls == ["S-1"]


def test_nothing_happens_to_a_closed_run() -> None:
    run = SimulatedRun(start_request())
    run.apply(ev.Stopped(stop_type="TERMINATE"))
    for event in (ev.Signaled(channel_name="x"), ev.TimedOut(), ev.Stopped(stop_type="FAIL"), ev.EngineRestarted()):
        assert not run.apply(event).accepted
    assert run.state.status == "TERMINATED"


def test_a_timer_beyond_all_calendars_is_kept_within_them() -> None:
    run = SimulatedRun(start_request(workflowTimeoutSeconds=10**30))
    run.answer("S-1", waits_for(timerCommands=[{"commandId": "t", "durationSeconds": 10**30}]))
    assert all(due < 2**63 for due in run.timer_rows.values())
    assert run.state.is_running
