"""What the engine knows about one run of a workflow: the state that events change and the storage keeps.

All times are Unix milliseconds. The data attributes are kept beside the rest, one row each, because they may be large and
most steps change few of them; everything else of ``RunState`` is one JSON document.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from inbox_agent.engine.access import without_secrets
from inbox_agent.engine.protocol import StartRequest
from inbox_agent.engine.wire import (
    CommandRequest,
    EncodedObject,
    KeyValue,
    SearchAttribute,
    StateCompletionOutput,
    StateMovement,
    StateOptions,
    WorkflowConfig,
)

Status = Literal["RUNNING", "COMPLETED", "FAILED", "TIMEOUT", "TERMINATED", "CANCELED", "CONTINUED_AS_NEW"]
Phase = Literal["wait_until", "waiting", "execute"]

TIMEOUT_TIMER = "timeout"
DELAY_TIMER = "delay"


def command_timer(state_execution_id: str, index: int) -> str:
    """The key of the timer of a timer command."""
    return f"command:{index}:{state_execution_id}"


def retry_timer(state_execution_id: str) -> str:
    """The key of the timer that ends the pause before a worker call is tried again."""
    return f"retry:{state_execution_id}"


class Stored(BaseModel):
    """Base of what is stored; written without what has its default value."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)


class Call(Stored):
    """A worker call that is to be answered.

    Attributes:
        token: names this attempt; an answer under another token is an overtaken call's and dropped.
        attempt: as told to the worker. A repetition after a crash of the engine counts here, so that a worker can tell that
            it may have been called before.
        failures: answered or timed-out attempts, counted against the retry policy.
        retry_at: the pause before the next attempt lasts until then; None when the call is out or waits for a lock.
        blocked: waits for a lock; nothing has been sent.
    """

    token: int
    first_attempt_at: int
    attempt: int = 1
    failures: int = 0
    retry_at: int | None = None
    blocked: bool = False

    @property
    def is_out(self) -> bool:
        """Whether the worker may be working on it now."""
        return self.retry_at is None and not self.blocked


class Execution(Stored):
    """One execution of a state."""

    state_execution_id: str
    movement: StateMovement
    phase: Phase = "wait_until"
    call: Call | None = None
    commands: CommandRequest | None = None
    fired_timers: set[int] = Field(default_factory=set)
    received_signals: dict[int, EncodedObject | None] = Field(default_factory=dict)
    received_messages: dict[int, EncodedObject | None] = Field(default_factory=dict)
    state_locals: list[KeyValue] = Field(default_factory=list)
    wait_until_failed: bool = False
    started_at: int = 0

    @property
    def options(self) -> StateOptions:
        return self.movement.state_options or StateOptions()

    @property
    def has_wait_until(self) -> bool:
        return not self.options.skip_wait_until


class RunState(Stored):
    """One run.

    Attributes:
        run_id: of this run.
        first_run_id: what workers are told; differs from ``run_id`` after a reset, as on the server.
        started_at: of the first run of a chain of resets.
        executions: by state execution id, in the order of their start; closed runs have none.
        locks: ``data:KEY`` or ``search:KEY`` to the state execution that holds it.
        rpc_locks: the same for RPCs; they live no longer than the process, so they are not stored.
        lock_queue: state executions whose call waits for a lock, first come first served.
        completed_keys: what ``waitForStateCompletion`` may ask for and has happened.
        timers: key to the time at which it is due; storage keeps the same in an index over all runs.
        sequence: number of the last recorded event.
        retry_request: how to start again when the run fails; only kept when the workflow has a retry policy.
        run_attempt: the number of this run under that policy.
        next_run_id: the run that this one was retried as.
    """

    workflow_id: str
    run_id: str
    first_run_id: str
    workflow_type: str
    worker_url: str
    started_at: int
    status: Status = "RUNNING"
    closed_at: int | None = None
    error_type: str | None = None
    error_message: str | None = None
    request_id: str | None = None
    config: WorkflowConfig = Field(default_factory=WorkflowConfig)
    wait_for_execution_ids: list[str] = Field(default_factory=list)
    wait_for_state_ids: list[str] = Field(default_factory=list)
    completed_keys: list[str] = Field(default_factory=list)
    start_movement: StateMovement | None = None
    executions: dict[str, Execution] = Field(default_factory=dict)
    counters: dict[str, int] = Field(default_factory=dict)
    signals: dict[str, list[EncodedObject | None]] = Field(default_factory=dict)
    channels: dict[str, list[EncodedObject | None]] = Field(default_factory=dict)
    search_attributes: dict[str, SearchAttribute] = Field(default_factory=dict)
    outputs: list[StateCompletionOutput] = Field(default_factory=list)
    graceful_completion: bool = False
    locks: dict[str, str] = Field(default_factory=dict)
    lock_queue: list[str] = Field(default_factory=list)
    rpc_locks: dict[str, str] = Field(default_factory=dict, exclude=True)
    timers: dict[str, int] = Field(default_factory=dict)
    next_token: int = 1
    sequence: int = 0
    retry_request: StartRequest | None = None
    run_attempt: int = 1
    next_run_id: str | None = None
    data: dict[str, EncodedObject | None] = Field(default_factory=dict, exclude=True)

    @property
    def is_running(self) -> bool:
        return self.status == "RUNNING"

    @property
    def has_open_calls(self) -> bool:
        """Whether a worker call is out or waits for a lock: what has to be looked at again when the engine starts."""
        return any(one.call is not None and one.call.retry_at is None for one in self.executions.values())

    def executing_state_ids(self) -> list[str]:
        """The value of ``IwfExecutingStateIds`` under the run's configuration."""
        mode = self.config.executing_state_id_mode
        if mode == "DISABLED" or not self.is_running:
            return []
        every = mode == "ENABLED_FOR_ALL"
        shown = (one for one in self.executions.values() if every or one.has_wait_until)
        return sorted({one.movement.state_id for one in shown})

    def to_json(self) -> str:
        return self.model_dump_json(exclude_defaults=True)

    @classmethod
    def from_json(cls, document: str | bytes, data: dict[str, EncodedObject | None]) -> "RunState":
        state = cls.model_validate_json(document)
        state.data = data
        return state

    def summary(self) -> dict[str, Any]:
        """What an operator sees of the run without its values."""
        return {
            "workflowId": self.workflow_id,
            "workflowRunId": self.run_id,
            "workflowType": self.workflow_type,
            "workerUrl": without_secrets(self.worker_url),
            "status": self.status,
            "startedAt": self.started_at,
            "closedAt": self.closed_at,
            "errorType": self.error_type,
            "errorMessage": self.error_message,
        }
