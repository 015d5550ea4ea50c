"""The state machine of a run: an event in, the changed state and what is to be done about it out.

Pure: no I/O and no clock, ``now`` is handed in (Unix milliseconds). ``apply`` changes the state it is given; applying the
recorded events of a run in order to a new state yields the run again, which is how a reset works.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from inbox_agent.embedded.engine import commands, policies
from inbox_agent.embedded.engine import events as ev
from inbox_agent.embedded.engine.decisions import Closing, Next, Verdict, judge
from inbox_agent.embedded.engine.protocol import StartRequest
from inbox_agent.embedded.engine.state import (
    DELAY_TIMER,
    TIMEOUT_TIMER,
    Call,
    Execution,
    RunState,
    Status,
    command_timer,
    retry_timer,
)
from inbox_agent.embedded.engine.wire import (
    ChannelMessage,
    KeyValue,
    SearchAttribute,
    StateCompletionOutput,
    StateDecision,
    StateMovement,
    WorkflowConfig,
)

API_FAILED = "STATE_API_FAIL_ERROR_TYPE"
INVALID_CODE = "INVALID_USER_WORKFLOW_CODE_ERROR_TYPE"
DECISION_FAILED = "STATE_DECISION_FAILING_WORKFLOW_ERROR_TYPE"
CLIENT_FAILED = "CLIENT_API_FAILING_WORKFLOW_ERROR_TYPE"

_STOP_STATUS: dict[str, Status] = {"CANCEL": "CANCELED", "TERMINATE": "TERMINATED", "FAIL": "FAILED"}


@dataclass(slots=True)
class Outcome:
    """What an event made necessary.

    Attributes:
        accepted: False when the event was overtaken (an answer to a call that is no longer waited for) and changed nothing.
        calls: state executions whose worker call is to go out now, once the change is stored.
        timers: key to due time, or None when the timer is gone.
        changed_data: keys of data attributes to store.
        listed: whether what ``search`` sees may have changed.
        unlocked: whether a lock became free that an RPC may wait for.
        closed: whether the run ended with this event.
        completed_keys: state completions that a client may wait for.
        retry_at: when the workflow is to be started again, because its retry policy says so.
        retry_until: when that run times out, None if never.
    """

    accepted: bool = True
    calls: list[str] = field(default_factory=list)
    timers: dict[str, int | None] = field(default_factory=dict)
    changed_data: set[str] = field(default_factory=set)
    listed: bool = False
    unlocked: bool = False
    closed: bool = False
    completed_keys: list[str] = field(default_factory=list)
    retry_at: int | None = None
    retry_until: int | None = None


def new_run(request: StartRequest, run_id: str, now: int, *, first_run_id: str | None = None) -> RunState:
    """The state of a run before its first event, which has to be ``Started`` with the same request."""
    options = request.workflow_start_options
    config = WorkflowConfig() if options is None else options.workflow_config_override or WorkflowConfig()
    again = None if options is None else options.workflow_already_started_options
    return RunState(
        workflow_id=request.workflow_id,
        run_id=run_id,
        first_run_id=first_run_id or run_id,
        workflow_type=request.iwf_workflow_type,
        worker_url=request.iwf_worker_url.rstrip("/"),
        started_at=now,
        config=config,
        request_id=None if again is None else again.request_id,
        wait_for_execution_ids=request.wait_for_completion_state_execution_ids or [],
        wait_for_state_ids=request.wait_for_completion_state_ids or [],
    )


def apply(state: RunState, event: ev.Event, now: int, *, replaying: bool = False) -> Outcome:
    """Changes the state as the event says.

    Args:
        replaying: the event comes from the history: it was accepted then, so answers are not matched with calls again.

    Returns:
        What is to be done. Events on a run that is closed are not accepted.
    """
    transition = _Transition(state, now, replaying)
    if not state.is_running and not isinstance(event, ev.RpcUnlocked):
        transition.outcome.accepted = False
        return transition.outcome
    _HANDLERS[type(event)](transition, event)
    if transition.outcome.accepted and not isinstance(event, ev.UNRECORDED):
        state.sequence += 1
    return transition.outcome


def replay(state: RunState, history: list[tuple[int, ev.RecordedEvent]]) -> None:
    """Applies recorded events, each with the time at which it happened."""
    for at, event in history:
        apply(state, event, at, replaying=True)


def begin_again(state: RunState, now: int, timeout_at: int | None) -> list[str]:
    """Makes a replayed state live: what is to be called is called as for the first time, and the timeout counts from now.

    Returns:
        The state executions to call.
    """
    transition = _Transition(state, now, replaying=False)
    state.locks.clear()
    state.lock_queue.clear()
    for execution in list(state.executions.values()):
        if execution.call is not None:
            transition._clear_timer(retry_timer(execution.state_execution_id))
            transition._begin_call(execution, "execute" if execution.phase == "execute" else "wait_until")
    if timeout_at is not None:
        transition._set_timer(TIMEOUT_TIMER, timeout_at)
    return transition.outcome.calls


def try_lock(state: RunState, keys: list[str], holder: str) -> bool:
    """Takes all of an RPC's locks, or none."""
    if any(key in state.locks or key in state.rpc_locks for key in keys):
        return False
    for key in keys:
        state.rpc_locks[key] = holder
    return True


class _Transition:
    """One event being applied to one state."""

    def __init__(self, state: RunState, now: int, replaying: bool) -> None:
        self.state = state
        self.now = now
        self.replaying = replaying
        self.outcome = Outcome()

    # events

    def started(self, event: ev.Started) -> None:
        request, options = event.request, event.request.workflow_start_options
        self.outcome.listed = True
        if options is not None:
            self._upsert_data(options.data_attributes)
            self._upsert_search(options.search_attributes)
            if options.retry_policy is not None:
                self.state.retry_request = request
        if request.start_state_id:
            self.state.start_movement = StateMovement(
                state_id=request.start_state_id,
                state_input=request.state_input,
                state_options=request.state_options,
            )
        delay = 0 if options is None else options.workflow_start_delay_seconds or 0
        begins_at = event.begins_at or self.now + delay * 1000
        timeout_at = event.timeout_at
        if timeout_at is None and request.workflow_timeout_seconds > 0:
            timeout_at = begins_at + request.workflow_timeout_seconds * 1000
        if timeout_at is not None:
            self._set_timer(TIMEOUT_TIMER, timeout_at)
        if begins_at > self.now:
            self._set_timer(DELAY_TIMER, begins_at)
        else:
            self._begin_first_state()

    def start_delay_over(self, _event: ev.StartDelayOver) -> None:
        self._clear_timer(DELAY_TIMER)
        self._begin_first_state()

    def wait_until_returned(self, event: ev.WaitUntilReturned) -> None:
        execution = self._answered(event.state_execution_id, event.token, "wait_until")
        if execution is None:
            return
        response = event.response
        self._end_call(execution)
        self._upsert_search(response.upsert_search_attributes)
        self._upsert_data(response.upsert_data_objects)
        self._publish(response.publish_to_inter_state_channel)
        execution.state_locals = response.upsert_state_locals or []
        execution.commands = response.command_request
        self._wait_for_commands(execution)

    def execute_returned(self, event: ev.ExecuteReturned) -> None:
        execution = self._answered(event.state_execution_id, event.token, "execute")
        if execution is None:
            return
        response = event.response
        self._end_call(execution)
        self._note_completion(execution)
        self._upsert_search(response.upsert_search_attributes)
        self._upsert_data(response.upsert_data_objects)
        self._publish(response.publish_to_inter_state_channel)
        # States that wait take what this one published before its conditional close looks at the channel.
        self._deliver()
        decision = response.state_decision or StateDecision()
        self._finish(execution, judge(decision, self.state.channels, self.state.signals))

    def call_failed(self, event: ev.CallFailed) -> None:
        execution = self._answered(event.state_execution_id, event.token, None)
        if execution is None or execution.call is None:
            return
        api: policies.Api = "execute" if execution.phase == "execute" else "wait_until"
        call = execution.call
        call.failures += 1
        policy = policies.retry_policy(execution.options, api)
        at = policies.next_attempt_at(policy, call.failures, call.first_attempt_at, self.now)
        # A retry that would begin when the run has timed out cannot help: the run fails with this error right away.
        if at is not None and at < self.state.timers.get(TIMEOUT_TIMER, at + 1):
            call.attempt += 1
            call.token = self._token()
            call.retry_at = at
            self._set_timer(retry_timer(execution.state_execution_id), at)
            return
        self._end_call(execution)
        self._exhausted(execution, api, event.error)

    def retry_due(self, event: ev.RetryDue) -> None:
        execution = self.state.executions.get(event.state_execution_id)
        if execution is None or execution.call is None or execution.call.retry_at is None:
            self.outcome.accepted = False
            return
        execution.call.retry_at = None
        self._clear_timer(retry_timer(event.state_execution_id))
        self.outcome.calls.append(event.state_execution_id)

    def timer_fired(self, event: ev.TimerFired) -> None:
        self._fire(event.state_execution_id, event.index)

    def timer_skipped(self, event: ev.TimerSkipped) -> None:
        self._fire(event.state_execution_id, event.index)

    def signaled(self, event: ev.Signaled) -> None:
        self.state.signals.setdefault(event.channel_name, []).append(event.value)
        self._deliver()

    def published(self, event: ev.Published) -> None:
        self._publish(event.messages)
        self._deliver()

    def rpc_applied(self, event: ev.RpcApplied) -> None:
        response = event.response
        self._upsert_data(response.upsert_data_attributes)
        self._upsert_search(response.upsert_search_attributes)
        self._publish(response.publish_to_inter_state_channel)
        self._deliver()
        for movement in (response.state_decision or StateDecision()).next_states or ():
            self._begin(movement)

    def data_set(self, event: ev.DataSet) -> None:
        self._upsert_data(event.objects)

    def search_attributes_set(self, event: ev.SearchAttributesSet) -> None:
        self._upsert_search(event.attributes)

    def config_updated(self, event: ev.ConfigUpdated) -> None:
        changed = event.config.model_dump(exclude_none=True)
        self.state.config = self.state.config.model_copy(update=changed)
        self.outcome.listed = True

    def stopped(self, event: ev.Stopped) -> None:
        failed = event.stop_type == "FAIL"
        self._close(
            _STOP_STATUS[event.stop_type], CLIENT_FAILED if failed else None, (event.reason or None) if failed else None
        )

    def timed_out(self, _event: ev.TimedOut) -> None:
        self._close("TIMEOUT")

    def engine_restarted(self, _event: ev.EngineRestarted) -> None:
        for execution in self.state.executions.values():
            call = execution.call
            if call is not None and call.is_out:
                call.attempt += 1
                call.token = self._token()
                self.outcome.calls.append(execution.state_execution_id)
        # RPCs and their locks are gone, so calls that waited for one may go out.
        self._grant_locks()
        self.outcome.accepted = bool(self.outcome.calls)

    def rpc_unlocked(self, event: ev.RpcUnlocked) -> None:
        for key in [key for key, holder in self.state.rpc_locks.items() if holder == event.holder]:
            del self.state.rpc_locks[key]
        self.outcome.unlocked = True
        self._grant_locks()
        self.outcome.accepted = bool(self.outcome.calls)

    # states

    def _begin_first_state(self) -> None:
        movement, self.state.start_movement = self.state.start_movement, None
        if movement is not None:
            self._begin(movement)

    def _begin(self, movement: StateMovement) -> None:
        count = self.state.counters.get(movement.state_id, 0) + 1
        self.state.counters[movement.state_id] = count
        state_execution_id = f"{movement.state_id}-{count}"
        execution = Execution(state_execution_id=state_execution_id, movement=movement, started_at=self.now)
        self.state.executions[state_execution_id] = execution
        self.outcome.listed = True
        self._begin_call(execution, "wait_until" if execution.has_wait_until else "execute")

    def _begin_call(self, execution: Execution, api: policies.Api) -> None:
        execution.phase = api
        execution.call = Call(token=self._token(), first_attempt_at=self.now)
        if self._lock(execution, api):
            self.outcome.calls.append(execution.state_execution_id)
        else:
            execution.call.blocked = True
            self.state.lock_queue.append(execution.state_execution_id)

    def _answered(self, state_execution_id: str, token: int, phase: policies.Api | None) -> Execution | None:
        """The execution that waits for this very answer; else the event is not accepted."""
        execution = self.state.executions.get(state_execution_id)
        if execution is not None and execution.call is not None and phase in {None, execution.phase}:
            overtaken = not self.replaying and execution.call.token != token
            if not overtaken:
                return execution
        self.outcome.accepted = False
        return None

    def _end_call(self, execution: Execution) -> None:
        execution.call = None
        self._clear_timer(retry_timer(execution.state_execution_id))
        held = [key for key, holder in self.state.locks.items() if holder == execution.state_execution_id]
        for key in held:
            del self.state.locks[key]
        if held:
            self.outcome.unlocked = True
            self._grant_locks()

    def _exhausted(self, execution: Execution, api: policies.Api, error: str) -> None:
        options = execution.options
        if api == "wait_until" and options.wait_until_api_failure_policy in {
            "PROCEED_ON_FAILURE",
            "PROCEED_TO_DECIDE_ON_START_API_FAILURE",
        }:
            execution.wait_until_failed = True
            self._wait_for_commands(execution)
            return
        proceeds = options.execute_api_failure_policy == "PROCEED_TO_CONFIGURED_STATE"
        if api == "execute" and proceeds and options.execute_api_failure_proceed_state_id:
            recovery = StateMovement(
                state_id=options.execute_api_failure_proceed_state_id,
                state_input=execution.movement.state_input,
                state_options=options.execute_api_failure_proceed_state_options,
            )
            self._finish(execution, Next([recovery]))
            return
        self._close("FAILED", API_FAILED, error)

    def _finish(self, execution: Execution, verdict: Verdict) -> None:
        """Ends an execution and goes on as its decision says."""
        del self.state.executions[execution.state_execution_id]
        self.outcome.listed = True
        if isinstance(verdict, Next):
            for movement in verdict.movements:
                self._begin(movement)
        elif isinstance(verdict, Closing):
            self._conclude(execution, verdict)
        else:
            self._close("FAILED", INVALID_CODE, verdict.reason)
        if self.state.is_running and self.state.graceful_completion and not self.state.executions:
            self._close("COMPLETED")

    def _conclude(self, execution: Execution, closing: Closing) -> None:
        if closing.kind != "dead_end":
            output = StateCompletionOutput(
                completed_state_id=execution.movement.state_id,
                completed_state_execution_id=execution.state_execution_id,
                completed_state_output=closing.output,
            )
            self.state.outputs.append(output)
        if closing.kind == "graceful":
            self.state.graceful_completion = True
        elif closing.kind == "force_complete":
            self._close("COMPLETED")
        elif closing.kind == "force_fail":
            self._close("FAILED", DECISION_FAILED)

    def _note_completion(self, execution: Execution) -> None:
        movement = execution.movement
        waited_for = execution.state_execution_id in self.state.wait_for_execution_ids
        if not waited_for and movement.state_id not in self.state.wait_for_state_ids:
            return
        key = execution.state_execution_id
        if movement.wait_for_key:
            key = f"{movement.state_id}_{movement.wait_for_key}"
        if key not in self.state.completed_keys:
            self.state.completed_keys.append(key)
            self.outcome.completed_keys.append(key)

    def _close(self, status: Status, error_type: str | None = None, message: str | None = None) -> None:
        state = self.state
        state.status, state.closed_at = status, self.now
        state.error_type, state.error_message = error_type, message
        state.executions.clear()
        state.locks.clear()
        state.lock_queue.clear()
        state.start_movement = None
        if status == "FAILED":
            self._plan_retry()
        for key in list(state.timers):
            self._clear_timer(key)
        self.outcome.calls.clear()
        self.outcome.closed = self.outcome.listed = self.outcome.unlocked = True

    def _plan_retry(self) -> None:
        request = self.state.retry_request
        options = None if request is None else request.workflow_start_options
        policy = None if options is None else options.retry_policy
        if policy is None or 0 < (policy.maximum_attempts or 0) <= self.state.run_attempt:
            return
        at = self.now + round(policies.pause_seconds(policy, self.state.run_attempt) * 1000)
        until = self.state.timers.get(TIMEOUT_TIMER)
        if until is None or at < until:
            self.outcome.retry_at, self.outcome.retry_until = at, until

    # commands, channels and timers

    def _wait_for_commands(self, execution: Execution) -> None:
        execution.phase = "waiting"
        if execution.commands is not None:
            for index, due in enumerate(commands.timer_due_times(execution.commands, self.now)):
                if due <= self.now:
                    execution.fired_timers.add(index)
                else:
                    self._set_timer(command_timer(execution.state_execution_id, index), due)
        self._deliver()

    def _deliver(self) -> None:
        """Hands messages to the commands that wait for them, in the order of the states' start."""
        for execution in list(self.state.executions.values()):
            if execution.phase != "waiting":
                continue
            commands.take_messages(execution, self.state.signals, signals=True)
            commands.take_messages(execution, self.state.channels, signals=False)
            if commands.are_met(execution):
                self._clear_command_timers(execution)
                self._begin_call(execution, "execute")

    def _fire(self, state_execution_id: str, index: int) -> None:
        execution = self.state.executions.get(state_execution_id)
        if execution is None or execution.phase != "waiting" or index in execution.fired_timers:
            self.outcome.accepted = False
            return
        execution.fired_timers.add(index)
        self._clear_timer(command_timer(state_execution_id, index))
        self._deliver()

    def _clear_command_timers(self, execution: Execution) -> None:
        for index in range(len((execution.commands and execution.commands.timer_commands) or ())):
            self._clear_timer(command_timer(execution.state_execution_id, index))

    def _publish(self, messages: list[ChannelMessage] | None) -> None:
        for message in messages or ():
            self.state.channels.setdefault(message.channel_name, []).append(message.value)

    def _set_timer(self, key: str, due: int) -> None:
        self.state.timers[key] = due
        self.outcome.timers[key] = due

    def _clear_timer(self, key: str) -> None:
        if self.state.timers.pop(key, None) is not None:
            self.outcome.timers[key] = None

    # persistence and locks

    def _upsert_data(self, objects: list[KeyValue] | None) -> None:
        for item in objects or ():
            self.state.data[item.key] = item.value
            self.outcome.changed_data.add(item.key)

    def _upsert_search(self, attributes: list[SearchAttribute] | None) -> None:
        for attribute in attributes or ():
            self.state.search_attributes[attribute.key] = attribute
            self.outcome.listed = True

    def _lock(self, execution: Execution, api: policies.Api) -> bool:
        options = execution.options
        keys = policies.lock_keys(policies.data_policy(options, api), policies.search_policy(options, api))
        if any(key in self.state.locks or key in self.state.rpc_locks for key in keys):
            return False
        for key in keys:
            self.state.locks[key] = execution.state_execution_id
        return True

    def _grant_locks(self) -> None:
        for state_execution_id in list(self.state.lock_queue):
            execution = self.state.executions.get(state_execution_id)
            if execution is None or execution.call is None:
                self.state.lock_queue.remove(state_execution_id)
                continue
            api: policies.Api = "execute" if execution.phase == "execute" else "wait_until"
            if self._lock(execution, api):
                self.state.lock_queue.remove(state_execution_id)
                execution.call.blocked = False
                self.outcome.calls.append(state_execution_id)

    def _token(self) -> int:
        token = self.state.next_token
        self.state.next_token += 1
        return token


_HANDLERS: dict[type, Callable[[_Transition, Any], None]] = {
    ev.Started: _Transition.started,
    ev.StartDelayOver: _Transition.start_delay_over,
    ev.WaitUntilReturned: _Transition.wait_until_returned,
    ev.ExecuteReturned: _Transition.execute_returned,
    ev.CallFailed: _Transition.call_failed,
    ev.RetryDue: _Transition.retry_due,
    ev.TimerFired: _Transition.timer_fired,
    ev.TimerSkipped: _Transition.timer_skipped,
    ev.Signaled: _Transition.signaled,
    ev.Published: _Transition.published,
    ev.RpcApplied: _Transition.rpc_applied,
    ev.DataSet: _Transition.data_set,
    ev.SearchAttributesSet: _Transition.search_attributes_set,
    ev.ConfigUpdated: _Transition.config_updated,
    ev.Stopped: _Transition.stopped,
    ev.TimedOut: _Transition.timed_out,
    ev.EngineRestarted: _Transition.engine_restarted,
    ev.RpcUnlocked: _Transition.rpc_unlocked,
}
