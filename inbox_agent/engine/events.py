"""What can happen to a run. Recorded events are its history: applied in order they yield its state again.

``SIGNALS`` and ``UPDATES`` come from outside; a reset applies those that came after its point again, unless told not to.
"""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from inbox_agent.engine.protocol import StartRequest
from inbox_agent.engine.state import Stored
from inbox_agent.engine.wire import (
    ChannelMessage,
    EncodedObject,
    ExecuteResponse,
    KeyValue,
    SearchAttribute,
    WaitUntilResponse,
    WorkerRpcResponse,
    WorkflowConfig,
)


class Started(Stored):
    """The start of a run; for a retry of a failed run also when it begins and until when it may take."""

    kind: Literal["started"] = "started"
    request: StartRequest
    begins_at: int | None = None
    timeout_at: int | None = None


class StartDelayOver(Stored):
    kind: Literal["start_delay_over"] = "start_delay_over"


class WaitUntilReturned(Stored):
    kind: Literal["wait_until_returned"] = "wait_until_returned"
    state_execution_id: str
    token: int
    attempt: int = 1
    response: WaitUntilResponse


class ExecuteReturned(Stored):
    kind: Literal["execute_returned"] = "execute_returned"
    state_execution_id: str
    token: int
    attempt: int = 1
    response: ExecuteResponse


class CallFailed(Stored):
    """A worker call failed, timed out, or was answered with something invalid; ``error`` says how."""

    kind: Literal["call_failed"] = "call_failed"
    state_execution_id: str
    token: int
    attempt: int = 1
    error: str


class TimerFired(Stored):
    kind: Literal["timer_fired"] = "timer_fired"
    state_execution_id: str
    index: int


class TimerSkipped(Stored):
    kind: Literal["timer_skipped"] = "timer_skipped"
    state_execution_id: str
    index: int


class Signaled(Stored):
    kind: Literal["signaled"] = "signaled"
    channel_name: str
    value: EncodedObject | None = None


class Published(Stored):
    kind: Literal["published"] = "published"
    messages: list[ChannelMessage]


class RpcApplied(Stored):
    """An RPC that changed something. ``locked``: it held a lock, which makes it an update in iWF's words."""

    kind: Literal["rpc_applied"] = "rpc_applied"
    rpc_name: str
    input: EncodedObject | None = None
    response: WorkerRpcResponse
    locked: bool = False


class DataSet(Stored):
    kind: Literal["data_set"] = "data_set"
    objects: list[KeyValue]


class SearchAttributesSet(Stored):
    kind: Literal["search_attributes_set"] = "search_attributes_set"
    attributes: list[SearchAttribute]


class ConfigUpdated(Stored):
    kind: Literal["config_updated"] = "config_updated"
    config: WorkflowConfig


class Stopped(Stored):
    """Ended by a client, or replaced by a reset or a new run."""

    kind: Literal["stopped"] = "stopped"
    stop_type: Literal["CANCEL", "TERMINATE", "FAIL"]
    reason: str | None = None


class TimedOut(Stored):
    kind: Literal["timed_out"] = "timed_out"


class RetryDue(Stored):
    """The pause before another attempt is over. Not recorded: the failure before it is."""

    kind: Literal["retry_due"] = "retry_due"
    state_execution_id: str


class EngineRestarted(Stored):
    """The engine was down: what was out may or may not have reached the worker and is called again. Not recorded."""

    kind: Literal["engine_restarted"] = "engine_restarted"


class RpcUnlocked(Stored):
    """An RPC gave its locks back. Not recorded: what it changed is."""

    kind: Literal["rpc_unlocked"] = "rpc_unlocked"
    holder: str


RecordedEvent = Annotated[
    Started
    | StartDelayOver
    | WaitUntilReturned
    | ExecuteReturned
    | CallFailed
    | TimerFired
    | TimerSkipped
    | Signaled
    | Published
    | RpcApplied
    | DataSet
    | SearchAttributesSet
    | ConfigUpdated
    | Stopped
    | TimedOut,
    Field(discriminator="kind"),
]
Event = RecordedEvent | RetryDue | EngineRestarted | RpcUnlocked
UNRECORDED = (RetryDue, EngineRestarted, RpcUnlocked)
SIGNALS = (Signaled, Published, DataSet, SearchAttributesSet, TimerSkipped, ConfigUpdated)

_ADAPTER: TypeAdapter[RecordedEvent] = TypeAdapter(RecordedEvent)


def event_to_json(event: Event) -> str:
    return event.model_dump_json(exclude_defaults=True)


def event_from_json(kind: str, document: str | bytes) -> RecordedEvent:
    """Reads a recorded event back; its kind is stored beside it.

    Raises:
        pydantic.ValidationError: not one that this version knows.
    """
    text = document.decode() if isinstance(document, bytes) else document
    members = text.strip()[1:]
    separator = "" if members == "}" else ","
    return _ADAPTER.validate_json(f'{{"kind":"{kind}"{separator}{members}')
