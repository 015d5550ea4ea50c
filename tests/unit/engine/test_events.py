"""Recorded events come back as they were."""

import pytest

from inbox_agent.engine import events as ev
from inbox_agent.engine.wire import (
    EncodedObject,
    ExecuteResponse,
    StateDecision,
    StateMovement,
    StateOptions,
    WaitUntilResponse,
    WorkerRpcResponse,
    WorkflowConfig,
)
from tests.unit.engine.simulated_run import message, start_request

VALUE = EncodedObject(encoding="json", data='"ü"')
OPTIONS = StateOptions(skip_wait_until=True, execute_api_timeout_seconds=9)
DECISION = StateDecision(next_states=[StateMovement(state_id="T", state_input=VALUE, state_options=OPTIONS)])


@pytest.mark.parametrize(
    "event",
    [
        ev.Started(request=start_request("S", stateOptions={"skipWaitUntil": True}), begins_at=5),
        ev.StartDelayOver(),
        ev.WaitUntilReturned(state_execution_id="S-1", token=1, attempt=2, response=WaitUntilResponse()),
        ev.ExecuteReturned(state_execution_id="S-1", token=1, response=ExecuteResponse(state_decision=DECISION)),
        ev.CallFailed(state_execution_id="S-1", token=3, error="boom"),
        ev.TimerFired(state_execution_id="S-1", index=0),
        ev.Signaled(channel_name="c", value=VALUE),
        ev.Signaled(channel_name="c"),
        ev.Published(messages=[message("c")]),
        ev.RpcApplied(rpc_name="r", input=VALUE, response=WorkerRpcResponse(state_decision=DECISION), locked=True),
        ev.ConfigUpdated(config=WorkflowConfig(executing_state_id_mode="DISABLED")),
        ev.Stopped(stop_type="FAIL", reason="because"),
        ev.TimedOut(),
    ],
    ids=lambda event: event.kind,
)
def test_an_event_survives_being_stored(event: ev.RecordedEvent) -> None:
    assert ev.event_from_json(event.kind, ev.event_to_json(event)) == event
