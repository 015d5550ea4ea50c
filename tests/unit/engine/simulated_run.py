"""A run without an engine: applies events to the state machine as the engine does, with a disk that can be behind.

``commit`` makes what happened durable; only then are worker calls "sent". ``crash`` goes back to what is durable.
"""

from dataclasses import dataclass, field
from typing import Any

from inbox_agent.engine import events as ev
from inbox_agent.engine import machine
from inbox_agent.engine.protocol import StartRequest
from inbox_agent.engine.state import RunState
from inbox_agent.engine.transition import Outcome
from inbox_agent.engine.wire import (
    ChannelMessage,
    EncodedObject,
    ExecuteResponse,
    StateDecision,
    StateMovement,
    StateOptions,
    WaitUntilResponse,
)


def encoded(text: str) -> EncodedObject:
    return EncodedObject(encoding="json", data=text)


def message(channel: str, text: str = "m") -> ChannelMessage:
    return ChannelMessage(channel_name=channel, value=encoded(text))


def go_to(*state_ids: str, options: StateOptions | None = None) -> ExecuteResponse:
    movements = [StateMovement(state_id=state_id, state_options=options) for state_id in state_ids]
    return ExecuteResponse(state_decision=StateDecision(next_states=movements))


@dataclass(frozen=True)
class SentCall:
    """A call as a worker sees it."""

    state_execution_id: str
    token: int
    attempt: int


@dataclass
class SimulatedRun:
    """See the module."""

    request: StartRequest
    now: int = 1_000_000
    state: RunState = field(init=False)
    history: list[tuple[int, ev.RecordedEvent]] = field(default_factory=list)
    sent: list[SentCall] = field(default_factory=list)
    timer_rows: dict[str, int] = field(default_factory=dict)
    _to_send: list[str] = field(default_factory=list)
    _durable: tuple[str, dict[str, EncodedObject | None], int, dict[str, int]] = field(init=False)

    def __post_init__(self) -> None:
        self.state = machine.new_run(self.request, "run-1", self.now)
        self.apply(ev.Started(request=self.request))
        self.commit()

    def apply(self, event: ev.Event) -> Outcome:
        outcome = machine.apply(self.state, event, self.now)
        if outcome.accepted:
            if not isinstance(event, ev.UNRECORDED):
                self.history.append((self.now, event))
            for key, due in outcome.timers.items():
                if due is None:
                    self.timer_rows.pop(key, None)
                else:
                    self.timer_rows[key] = due
            self._to_send += outcome.calls
        return outcome

    def commit(self) -> None:
        document = self.state.to_json()
        self._durable = document, dict(self.state.data), len(self.history), dict(self.timer_rows)
        for name in self._to_send:
            execution = self.state.executions.get(name)
            if execution is not None and execution.call is not None and execution.call.is_out:
                self.sent.append(SentCall(name, execution.call.token, execution.call.attempt))
        self._to_send.clear()

    def crash(self) -> None:
        document, data, events, timers = self._durable
        self.state = RunState.from_json(document, dict(data))
        del self.history[events:]
        self.timer_rows = dict(timers)
        self._to_send.clear()
        self.apply(ev.EngineRestarted())
        self.commit()

    def call(self, state_execution_id: str) -> SentCall:
        """The last call that was sent for an execution."""
        return [call for call in self.sent if call.state_execution_id == state_execution_id][-1]

    def answer(self, state_execution_id: str, response: WaitUntilResponse | ExecuteResponse) -> Outcome:
        """Answers an execution's last call, and makes the answer durable."""
        token = self.call(state_execution_id).token
        event: ev.Event
        if isinstance(response, WaitUntilResponse):
            event = ev.WaitUntilReturned(state_execution_id=state_execution_id, token=token, response=response)
        else:
            event = ev.ExecuteReturned(state_execution_id=state_execution_id, token=token, response=response)
        outcome = self.apply(event)
        self.commit()
        return outcome

    def fail(self, state_execution_id: str, error: str = "boom") -> Outcome:
        token = self.call(state_execution_id).token
        outcome = self.apply(ev.CallFailed(state_execution_id=state_execution_id, token=token, error=error))
        self.commit()
        return outcome


def start_request(state_id: str | None = "S", **fields: Any) -> StartRequest:
    body = {"workflowId": "w", "iwfWorkflowType": "T", "iwfWorkerUrl": "http://worker", "startStateId": state_id}
    return StartRequest.model_validate({**body, **fields})
