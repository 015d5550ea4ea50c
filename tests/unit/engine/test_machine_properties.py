"""Random interleavings of answers, failures, messages, timers, locks and crashes: what has to hold whatever happens."""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from inbox_agent.engine import commands, machine, policies
from inbox_agent.engine import events as ev
from inbox_agent.engine.state import TIMEOUT_TIMER, Execution, RunState
from inbox_agent.engine.transition import Outcome
from inbox_agent.engine.wire import (
    CLOSING_STATE_IDS,
    DEAD_END,
    FORCE_COMPLETE,
    GRACEFUL_COMPLETE,
    ExecuteResponse,
    StateDecision,
    StateMovement,
    StateOptions,
    WaitUntilResponse,
    WorkerRpcResponse,
)
from tests.unit.engine.simulated_run import SentCall, SimulatedRun, message, start_request

NAMES = st.sampled_from(["A", "B"])
CHANNELS = st.sampled_from(["x", "y"])
LOCKS = st.none() | st.lists(st.sampled_from(["k", "l"]), min_size=1, max_size=2)


@st.composite
def options(draw: st.DrawFn) -> StateOptions:
    keys = draw(LOCKS)
    policy = {"persistenceLoadingType": "LOAD_PARTIAL_WITH_EXCLUSIVE_LOCK", "lockingKeys": keys} if keys else None
    attempts = {"maximumAttempts": draw(st.sampled_from([0, 1, 2]))}
    body: dict[str, Any] = {
        "skipWaitUntil": draw(st.booleans()),
        "executeApiRetryPolicy": attempts,
        "waitUntilApiRetryPolicy": attempts,
        "waitUntilApiFailurePolicy": draw(st.sampled_from([None, "PROCEED_ON_FAILURE"])),
        "dataAttributesLoadingPolicy": policy,
    }
    if draw(st.booleans()):
        body |= {"executeApiFailurePolicy": "PROCEED_TO_CONFIGURED_STATE", "executeApiFailureProceedStateId": "R"}
    return StateOptions.model_validate(body)


@st.composite
def movements(draw: st.DrawFn) -> list[StateMovement]:
    if draw(st.integers(0, 7)) == 0:
        return [StateMovement(state_id=draw(st.sampled_from([GRACEFUL_COMPLETE, DEAD_END, FORCE_COMPLETE])))]
    ids = draw(st.lists(NAMES, min_size=1, max_size=3))
    return [StateMovement(state_id=state_id, state_options=draw(options())) for state_id in ids]


@st.composite
def waits(draw: st.DrawFn) -> WaitUntilResponse:
    channels, timers = draw(st.lists(CHANNELS, max_size=2)), draw(st.lists(st.integers(0, 3), max_size=2))
    request = {
        "commandWaitingType": draw(st.sampled_from(["ANY_COMPLETED", "ALL_COMPLETED"])),
        "interStateChannelCommands": [{"commandId": f"c{n}", "channelName": name} for n, name in enumerate(channels)],
        "timerCommands": [{"commandId": f"t{n}", "durationSeconds": seconds} for n, seconds in enumerate(timers)],
    }
    published = [message(name) for name in draw(st.lists(CHANNELS, max_size=1))]
    return WaitUntilResponse.model_validate({"commandRequest": request, "publishToInterStateChannel": published})


class Interleavings(RuleBasedStateMachine):
    """One run; a worker that answers in any order, twice, or never; clients; a clock; a disk that may be behind."""

    @initialize(first=options(), timeout=st.sampled_from([0, 0, 30]))
    def start(self, first: StateOptions, timeout: int) -> None:
        fields = {"stateOptions": first.model_dump(by_alias=True, exclude_none=True), "workflowTimeoutSeconds": timeout}
        self.run_ = SimulatedRun(start_request("A", **fields))

    def sent(self) -> list[SentCall]:
        return self.run_.sent

    @precondition(lambda self: any(self.is_current(call) for call in self.sent()))
    @rule(data=st.data(), stored=st.booleans())
    def a_worker_answers(self, data: st.DataObject, stored: bool) -> None:
        current = [call for call in self.sent() if self.is_current(call)]
        assert self.answer(data, data.draw(st.sampled_from(current))).accepted
        if stored:
            self.run_.commit()

    @precondition(lambda self: not all(self.is_current(call) for call in self.sent()))
    @rule(data=st.data())
    def a_worker_answers_a_call_that_was_overtaken(self, data: st.DataObject) -> None:
        overtaken = [call for call in self.sent() if not self.is_current(call)]
        before = self.run_.state.to_json()
        assert not self.answer(data, data.draw(st.sampled_from(overtaken))).accepted
        assert self.run_.state.to_json() == before, "what is not accepted changes nothing"

    @rule(data=st.data(), stored=st.booleans())
    def a_call_fails(self, data: st.DataObject, stored: bool) -> None:
        if self.sent():
            call = data.draw(st.sampled_from(self.sent()))
            name, current = call.state_execution_id, self.is_current(call)
            outcome = self.run_.apply(ev.CallFailed(state_execution_id=name, token=call.token, error="boom"))
            assert outcome.accepted == current
            if stored:
                self.run_.commit()

    def is_current(self, call: SentCall) -> bool:
        execution = self.run_.state.executions.get(call.state_execution_id)
        return execution is not None and execution.call is not None and execution.call.token == call.token

    def answer(self, data: st.DataObject, call: SentCall) -> Outcome:
        name, execution = call.state_execution_id, self.run_.state.executions.get(call.state_execution_id)
        if execution is not None and execution.phase == "execute":
            decision = StateDecision(next_states=data.draw(movements()))
            published = [message(channel) for channel in data.draw(st.lists(CHANNELS, max_size=1))]
            response = ExecuteResponse(state_decision=decision, publish_to_inter_state_channel=published)
            return self.run_.apply(ev.ExecuteReturned(state_execution_id=name, token=call.token, response=response))
        waiting = data.draw(waits())
        return self.run_.apply(ev.WaitUntilReturned(state_execution_id=name, token=call.token, response=waiting))

    @rule(name=CHANNELS)
    def a_message_arrives(self, name: str) -> None:
        self.run_.apply(ev.Published(messages=[message(name)]))

    @rule(next_states=movements())
    def an_rpc_begins_states(self, next_states: list[StateMovement]) -> None:
        ordinary = [movement for movement in next_states if movement.state_id not in CLOSING_STATE_IDS]
        response = WorkerRpcResponse(state_decision=StateDecision(next_states=ordinary))
        self.run_.apply(ev.RpcApplied(rpc_name="go", response=response))

    @rule(key=st.sampled_from(["data:k", "data:l"]))
    def an_rpc_locks(self, key: str) -> None:
        machine.try_lock(self.run_.state, [key], f"rpc-{key}")

    @rule(key=st.sampled_from(["data:k", "data:l"]))
    def an_rpc_unlocks(self, key: str) -> None:
        self.run_.apply(ev.RpcUnlocked(holder=f"rpc-{key}"))

    @rule(seconds=st.integers(1, 5))
    def time_passes(self, seconds: int) -> None:
        self.run_.now += seconds * 1000
        due = sorted((at, key) for key, at in self.run_.timer_rows.items() if at <= self.run_.now)
        for _, key in due:
            if key in self.run_.state.timers:
                self.run_.apply(timer_event(key))

    @rule()
    def the_disk_catches_up(self) -> None:
        self.run_.commit()

    @rule()
    def the_engine_dies(self) -> None:
        before = len(self.sent())
        self.run_.crash()
        assert not any(self.is_current(call) for call in self.sent()[:before]), (
            "late answers to repeated calls are dropped"
        )

    @precondition(lambda self: len(self.run_.history) > 25)
    @rule()
    def it_is_terminated(self) -> None:
        self.run_.apply(ev.Stopped(stop_type="TERMINATE"))

    @invariant()
    def the_timer_rows_are_the_states_timers(self) -> None:
        assert self.run_.timer_rows == self.run_.state.timers

    @invariant()
    def timers_of_commands_are_gone_when_the_waiting_is_over(self) -> None:
        waiting = {name for name, one in self.run_.state.executions.items() if one.phase == "waiting"}
        owners = {key.split(":", 2)[2] for key in self.run_.state.timers if key.startswith("command:")}
        assert owners <= waiting

    @invariant()
    def the_state_survives_being_stored(self) -> None:
        state = self.run_.state
        again = RunState.from_json(state.to_json(), dict(state.data))
        again.rpc_locks = state.rpc_locks
        assert again == state

    @invariant()
    def a_closed_run_wants_nothing_more(self) -> None:
        state = self.run_.state
        if not state.is_running:
            assert (state.executions, state.timers, state.locks, state.lock_queue) == ({}, {}, {}, [])

    @invariant()
    def every_execution_waits_for_something_that_can_come(self) -> None:
        state = self.run_.state
        for name, execution in state.executions.items():
            call = execution.call
            if execution.phase == "waiting":
                assert call is None
                assert not commands.are_met(execution), "what is met goes on"
            else:
                assert call is not None
                assert (call.retry_at is not None) == (f"retry:{name}" in state.timers)
                assert call.blocked == (name in state.lock_queue)

    @invariant()
    def no_message_lies_where_a_state_waits_for_it(self) -> None:
        for execution in self.run_.state.executions.values():
            wanted = execution.commands.inter_state_channel_commands if execution.commands is not None else None
            for index, command in enumerate(wanted or ()):
                if execution.phase == "waiting" and index not in execution.received_messages:
                    assert command.channel_name not in self.run_.state.channels

    @invariant()
    def locks_are_held_by_one_and_no_one_waits_for_a_free_one(self) -> None:
        state = self.run_.state
        assert not state.locks.keys() & state.rpc_locks.keys()
        for name, execution in state.executions.items():
            keys = set(lock_keys(execution))
            if execution.call is not None and not execution.call.blocked:
                assert {key for key in keys if state.locks.get(key) == name} == keys
            elif execution.call is not None:
                assert keys & (state.locks.keys() | state.rpc_locks.keys())

    def teardown(self) -> None:
        """The recorded events alone yield what a run has come to, apart from where its calls and locks stand."""
        if not hasattr(self, "run_"):
            return
        again = machine.new_run(self.run_.request, "run-1", self.run_.state.started_at)
        machine.replay(again, self.run_.history)
        assert lasting(again) == lasting(self.run_.state)


def lock_keys(execution: Execution) -> list[str]:
    api: policies.Api = "execute" if execution.phase == "execute" else "wait_until"
    own = execution.options
    return policies.lock_keys(policies.data_policy(own, api), policies.search_policy(own, api))


def timer_event(key: str) -> ev.Event:
    if key == TIMEOUT_TIMER:
        return ev.TimedOut()
    kind, _, rest = key.partition(":")
    if kind == "retry":
        return ev.RetryDue(state_execution_id=rest)
    index, _, name = rest.partition(":")
    return ev.TimerFired(state_execution_id=name, index=int(index))


def lasting(state: RunState) -> object:
    executions = {
        name: (one.phase, one.fired_timers, one.received_messages, one.wait_until_failed)
        for name, one in state.executions.items()
    }
    timers = {key: due for key, due in state.timers.items() if not key.startswith("retry:")}
    return executions, state.status, state.counters, state.channels, state.outputs, timers, state.sequence, state.data


TestInterleavings = Interleavings.TestCase
TestInterleavings.settings = settings(
    max_examples=120, stateful_step_count=60, deadline=None, suppress_health_check=list(HealthCheck)
)
