"""The state machine of a run: an event in, the changed state and what is to be done about it out.

Pure: no I/O and no clock, ``now`` is handed in (Unix milliseconds). ``apply`` changes the state it is given; applying the
recorded events of a run in order to a new state yields the run again, which is how a reset works.
"""

from collections.abc import Callable
from typing import Any

from inbox_agent.engine import events as ev
from inbox_agent.engine import policies
from inbox_agent.engine.decisions import judge
from inbox_agent.engine.protocol import StartRequest
from inbox_agent.engine.state import (
    DELAY_TIMER,
    TIMEOUT_TIMER,
    RunState,
    Status,
    retry_timer,
)
from inbox_agent.engine.transition import CLIENT_FAILED, Outcome, Transition
from inbox_agent.engine.wire import (
    StateDecision,
    StateMovement,
    WorkflowConfig,
)

_STOP_STATUS: dict[str, Status] = {"CANCEL": "CANCELED", "TERMINATE": "TERMINATED", "FAIL": "FAILED"}


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
    transition = _Events(state, now, replaying)
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
    transition = _Events(state, now, replaying=False)
    state.locks.clear()
    state.lock_queue.clear()
    for execution in list(state.executions.values()):
        if execution.call is not None:
            transition.clear_timer(retry_timer(execution.state_execution_id))
            transition.begin_call(execution, "execute" if execution.phase == "execute" else "wait_until")
    if timeout_at is not None:
        transition.set_timer(TIMEOUT_TIMER, timeout_at)
    return transition.outcome.calls


def try_lock(state: RunState, keys: list[str], holder: str) -> bool:
    """Takes all of an RPC's locks, or none."""
    if any(key in state.locks or key in state.rpc_locks for key in keys):
        return False
    for key in keys:
        state.rpc_locks[key] = holder
    return True


class _Events(Transition):
    """What each event does."""

    def started(self, event: ev.Started) -> None:
        request, options = event.request, event.request.workflow_start_options
        self.outcome.listed = True
        if options is not None:
            self.upsert_data(options.data_attributes)
            self.upsert_search(options.search_attributes)
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
            self.set_timer(TIMEOUT_TIMER, timeout_at)
        if begins_at > self.now:
            self.set_timer(DELAY_TIMER, begins_at)
        else:
            self.begin_first_state()

    def start_delay_over(self, _event: ev.StartDelayOver) -> None:
        self.clear_timer(DELAY_TIMER)
        self.begin_first_state()

    def wait_until_returned(self, event: ev.WaitUntilReturned) -> None:
        execution = self.answered(event.state_execution_id, event.token, "wait_until")
        if execution is None:
            return
        response = event.response
        self.end_call(execution)
        self.upsert_search(response.upsert_search_attributes)
        self.upsert_data(response.upsert_data_objects)
        self.publish(response.publish_to_inter_state_channel)
        execution.state_locals = response.upsert_state_locals or []
        execution.commands = response.command_request
        self.wait_for_commands(execution)

    def execute_returned(self, event: ev.ExecuteReturned) -> None:
        execution = self.answered(event.state_execution_id, event.token, "execute")
        if execution is None:
            return
        response = event.response
        self.end_call(execution)
        self.note_completion(execution)
        self.upsert_search(response.upsert_search_attributes)
        self.upsert_data(response.upsert_data_objects)
        self.publish(response.publish_to_inter_state_channel)
        # States that wait take what this one published before its conditional close looks at the channel.
        self.deliver()
        decision = response.state_decision or StateDecision()
        self.finish(execution, judge(decision, self.state.channels, self.state.signals))

    def call_failed(self, event: ev.CallFailed) -> None:
        execution = self.answered(event.state_execution_id, event.token, None)
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
            call.token = self.token()
            call.retry_at = at
            self.set_timer(retry_timer(execution.state_execution_id), at)
            return
        self.end_call(execution)
        self.exhausted(execution, api, event.error)

    def retry_due(self, event: ev.RetryDue) -> None:
        execution = self.state.executions.get(event.state_execution_id)
        if execution is None or execution.call is None or execution.call.retry_at is None:
            self.outcome.accepted = False
            return
        execution.call.retry_at = None
        self.clear_timer(retry_timer(event.state_execution_id))
        self.outcome.calls.append(event.state_execution_id)

    def timer_fired(self, event: ev.TimerFired) -> None:
        self.fire(event.state_execution_id, event.index)

    def timer_skipped(self, event: ev.TimerSkipped) -> None:
        self.fire(event.state_execution_id, event.index)

    def signaled(self, event: ev.Signaled) -> None:
        self.state.signals.setdefault(event.channel_name, []).append(event.value)
        self.deliver()

    def published(self, event: ev.Published) -> None:
        self.publish(event.messages)
        self.deliver()

    def rpc_applied(self, event: ev.RpcApplied) -> None:
        response = event.response
        self.upsert_data(response.upsert_data_attributes)
        self.upsert_search(response.upsert_search_attributes)
        self.publish(response.publish_to_inter_state_channel)
        self.deliver()
        for movement in (response.state_decision or StateDecision()).next_states or ():
            self.begin(movement)

    def data_set(self, event: ev.DataSet) -> None:
        self.upsert_data(event.objects)

    def search_attributes_set(self, event: ev.SearchAttributesSet) -> None:
        self.upsert_search(event.attributes)

    def config_updated(self, event: ev.ConfigUpdated) -> None:
        changed = event.config.model_dump(exclude_none=True)
        self.state.config = self.state.config.model_copy(update=changed)
        self.outcome.listed = True

    def stopped(self, event: ev.Stopped) -> None:
        failed = event.stop_type == "FAIL"
        self.close(
            _STOP_STATUS[event.stop_type], CLIENT_FAILED if failed else None, (event.reason or None) if failed else None
        )

    def timed_out(self, _event: ev.TimedOut) -> None:
        self.close("TIMEOUT")

    def engine_restarted(self, _event: ev.EngineRestarted) -> None:
        for execution in self.state.executions.values():
            call = execution.call
            if call is not None and call.is_out:
                call.attempt += 1
                call.token = self.token()
                self.outcome.calls.append(execution.state_execution_id)
        # RPCs and their locks are gone, so calls that waited for one may go out.
        self.grant_locks()
        self.outcome.accepted = bool(self.outcome.calls)

    def rpc_unlocked(self, event: ev.RpcUnlocked) -> None:
        for key in [key for key, holder in self.state.rpc_locks.items() if holder == event.holder]:
            del self.state.rpc_locks[key]
        self.outcome.unlocked = True
        self.grant_locks()
        self.outcome.accepted = bool(self.outcome.calls)


_HANDLERS: dict[type, Callable[[_Events, Any], None]] = {
    ev.Started: _Events.started,
    ev.StartDelayOver: _Events.start_delay_over,
    ev.WaitUntilReturned: _Events.wait_until_returned,
    ev.ExecuteReturned: _Events.execute_returned,
    ev.CallFailed: _Events.call_failed,
    ev.RetryDue: _Events.retry_due,
    ev.TimerFired: _Events.timer_fired,
    ev.TimerSkipped: _Events.timer_skipped,
    ev.Signaled: _Events.signaled,
    ev.Published: _Events.published,
    ev.RpcApplied: _Events.rpc_applied,
    ev.DataSet: _Events.data_set,
    ev.SearchAttributesSet: _Events.search_attributes_set,
    ev.ConfigUpdated: _Events.config_updated,
    ev.Stopped: _Events.stopped,
    ev.TimedOut: _Events.timed_out,
    ev.EngineRestarted: _Events.engine_restarted,
    ev.RpcUnlocked: _Events.rpc_unlocked,
}
