"""One event being applied to a run: the steps that events are made of. Pure; see ``machine`` for the events themselves."""

from dataclasses import dataclass, field

from inbox_agent.engine import commands, policies
from inbox_agent.engine.decisions import Closing, Next, Verdict
from inbox_agent.engine.state import (
    TIMEOUT_TIMER,
    Call,
    Execution,
    RunState,
    Status,
    command_timer,
    retry_timer,
)
from inbox_agent.engine.wire import (
    ChannelMessage,
    KeyValue,
    SearchAttribute,
    StateCompletionOutput,
    StateMovement,
)

API_FAILED = "STATE_API_FAIL_ERROR_TYPE"
INVALID_CODE = "INVALID_USER_WORKFLOW_CODE_ERROR_TYPE"
DECISION_FAILED = "STATE_DECISION_FAILING_WORKFLOW_ERROR_TYPE"
CLIENT_FAILED = "CLIENT_API_FAILING_WORKFLOW_ERROR_TYPE"


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


# The last second of the year 9999: whatever is later never comes, and fits neither a date nor the storage.
_LATEST = 253_402_300_799_000


class Transition:
    """One event being applied to one state, which it changes."""

    def __init__(self, state: RunState, now: int, replaying: bool) -> None:
        self.state = state
        self.now = now
        self.replaying = replaying
        self.outcome = Outcome()

    def begin_first_state(self) -> None:
        movement, self.state.start_movement = self.state.start_movement, None
        if movement is not None:
            self.begin(movement)

    def begin(self, movement: StateMovement) -> None:
        count = self.state.counters.get(movement.state_id, 0) + 1
        self.state.counters[movement.state_id] = count
        state_execution_id = f"{movement.state_id}-{count}"
        execution = Execution(state_execution_id=state_execution_id, movement=movement, started_at=self.now)
        self.state.executions[state_execution_id] = execution
        self.outcome.listed = True
        self.begin_call(execution, "wait_until" if execution.has_wait_until else "execute")

    def begin_call(self, execution: Execution, api: policies.Api) -> None:
        execution.phase = api
        execution.call = Call(token=self.token(), first_attempt_at=self.now)
        if self.lock(execution, api):
            self.outcome.calls.append(execution.state_execution_id)
        else:
            execution.call.blocked = True
            self.state.lock_queue.append(execution.state_execution_id)

    def answered(self, state_execution_id: str, token: int, phase: policies.Api | None) -> Execution | None:
        """The execution that waits for this very answer; else the event is not accepted."""
        execution = self.state.executions.get(state_execution_id)
        if execution is not None and execution.call is not None and phase in {None, execution.phase}:
            overtaken = not self.replaying and execution.call.token != token
            if not overtaken:
                return execution
        self.outcome.accepted = False
        return None

    def end_call(self, execution: Execution) -> None:
        execution.call = None
        self.clear_timer(retry_timer(execution.state_execution_id))
        held = [key for key, holder in self.state.locks.items() if holder == execution.state_execution_id]
        for key in held:
            del self.state.locks[key]
        if held:
            self.outcome.unlocked = True
            self.grant_locks()

    def exhausted(self, execution: Execution, api: policies.Api, error: str) -> None:
        options = execution.options
        if api == "wait_until" and options.wait_until_api_failure_policy in {
            "PROCEED_ON_FAILURE",
            "PROCEED_TO_DECIDE_ON_START_API_FAILURE",
        }:
            execution.wait_until_failed = True
            self.wait_for_commands(execution)
            return
        proceeds = options.execute_api_failure_policy == "PROCEED_TO_CONFIGURED_STATE"
        if api == "execute" and proceeds and options.execute_api_failure_proceed_state_id:
            recovery = StateMovement(
                state_id=options.execute_api_failure_proceed_state_id,
                state_input=execution.movement.state_input,
                state_options=options.execute_api_failure_proceed_state_options,
            )
            self.finish(execution, Next([recovery]))
            return
        self.close("FAILED", API_FAILED, error)

    def finish(self, execution: Execution, verdict: Verdict) -> None:
        """Ends an execution and goes on as its decision says."""
        del self.state.executions[execution.state_execution_id]
        self.outcome.listed = True
        if isinstance(verdict, Next):
            for movement in verdict.movements:
                self.begin(movement)
        elif isinstance(verdict, Closing):
            self.conclude(execution, verdict)
        else:
            self.close("FAILED", INVALID_CODE, verdict.reason)
        if self.state.is_running and self.state.graceful_completion and not self.state.executions:
            self.close("COMPLETED")

    def conclude(self, execution: Execution, closing: Closing) -> None:
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
            self.close("COMPLETED")
        elif closing.kind == "force_fail":
            self.close("FAILED", DECISION_FAILED)

    def note_completion(self, execution: Execution) -> None:
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

    def close(self, status: Status, error_type: str | None = None, message: str | None = None) -> None:
        state = self.state
        state.status, state.closed_at = status, self.now
        state.error_type, state.error_message = error_type, message
        state.executions.clear()
        state.locks.clear()
        state.lock_queue.clear()
        state.start_movement = None
        if status == "FAILED":
            self.plan_retry()
        for key in list(state.timers):
            self.clear_timer(key)
        self.outcome.calls.clear()
        self.outcome.closed = self.outcome.listed = self.outcome.unlocked = True

    def plan_retry(self) -> None:
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

    def wait_for_commands(self, execution: Execution) -> None:
        execution.phase = "waiting"
        if execution.commands is not None:
            for index, due in enumerate(commands.timer_due_times(execution.commands, self.now)):
                if due <= self.now:
                    execution.fired_timers.add(index)
                else:
                    self.set_timer(command_timer(execution.state_execution_id, index), due)
        self.deliver()

    def deliver(self) -> None:
        """Hands messages to the commands that wait for them, in the order of the states' start."""
        for execution in list(self.state.executions.values()):
            if execution.phase != "waiting":
                continue
            commands.take_messages(execution, self.state.signals, signals=True)
            commands.take_messages(execution, self.state.channels, signals=False)
            if commands.are_met(execution):
                self.clear_command_timers(execution)
                self.begin_call(execution, "execute")

    def fire(self, state_execution_id: str, index: int) -> None:
        execution = self.state.executions.get(state_execution_id)
        if execution is None or execution.phase != "waiting" or index in execution.fired_timers:
            self.outcome.accepted = False
            return
        execution.fired_timers.add(index)
        self.clear_timer(command_timer(state_execution_id, index))
        self.deliver()

    def clear_command_timers(self, execution: Execution) -> None:
        for index in range(len((execution.commands and execution.commands.timer_commands) or ())):
            self.clear_timer(command_timer(execution.state_execution_id, index))

    def publish(self, messages: list[ChannelMessage] | None) -> None:
        for message in messages or ():
            self.state.channels.setdefault(message.channel_name, []).append(message.value)

    def set_timer(self, key: str, due: int) -> None:
        self.state.timers[key] = self.outcome.timers[key] = min(due, _LATEST)

    def clear_timer(self, key: str) -> None:
        if self.state.timers.pop(key, None) is not None:
            self.outcome.timers[key] = None

    # persistence and locks

    def upsert_data(self, objects: list[KeyValue] | None) -> None:
        for item in objects or ():
            self.state.data[item.key] = item.value
            self.outcome.changed_data.add(item.key)

    def upsert_search(self, attributes: list[SearchAttribute] | None) -> None:
        for attribute in attributes or ():
            self.state.search_attributes[attribute.key] = attribute
            self.outcome.listed = True

    def lock(self, execution: Execution, api: policies.Api) -> bool:
        options = execution.options
        keys = policies.lock_keys(policies.data_policy(options, api), policies.search_policy(options, api))
        if any(key in self.state.locks or key in self.state.rpc_locks for key in keys):
            return False
        for key in keys:
            self.state.locks[key] = execution.state_execution_id
        return True

    def grant_locks(self) -> None:
        for state_execution_id in list(self.state.lock_queue):
            execution = self.state.executions.get(state_execution_id)
            if execution is None or execution.call is None:
                self.state.lock_queue.remove(state_execution_id)
                continue
            api: policies.Api = "execute" if execution.phase == "execute" else "wait_until"
            if self.lock(execution, api):
                self.state.lock_queue.remove(state_execution_id)
                execution.call.blocked = False
                self.outcome.calls.append(state_execution_id)

    def token(self) -> int:
        token = self.state.next_token
        self.state.next_token += 1
        return token
