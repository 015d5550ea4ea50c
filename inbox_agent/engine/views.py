"""How a run is told to clients: its status and results, and the dump of all that its future depends on. Pure."""

from typing import Any

from inbox_agent.engine import policies
from inbox_agent.engine.state import RunState
from inbox_agent.engine.transition import DECISION_FAILED
from inbox_agent.engine.worker_requests import dump

Body = dict[str, Any]


def described(state: RunState, needs_results: bool) -> Body:
    """The answer to ``get``; results and errors only of a closed run, and when they are asked for."""
    body: Body = {"workflowRunId": state.run_id, "workflowStatus": state.status}
    if not needs_results or state.is_running:
        return body
    if state.outputs and (state.status == "COMPLETED" or state.error_type == DECISION_FAILED):
        body["results"] = [dump(output) for output in state.outputs]
    if state.error_type is not None:
        body["errorType"] = state.error_type
    if state.error_message:
        body["errorMessage"] = state.error_message
    return body


def dumped(state: RunState) -> Body:
    """The parts of a run that its future depends on, under the names of the server's dump."""
    waiting = {
        name: {
            "stateExecutionId": name,
            "state": dump(execution.movement),
            "stateExecutionCompletedCommands": {
                "completedTimerCommands": {str(index): "Fired" for index in sorted(execution.fired_timers)},
                "completedSignalCommands": _dumped_values(execution.received_signals),
                "completedInterStateChannelCommands": _dumped_values(execution.received_messages),
            },
            "commandRequest": None if execution.commands is None else dump(execution.commands),
            "stateExecutionLocals": [dump(item) for item in execution.state_locals] or None,
        }
        for name, execution in state.executions.items()
        if execution.phase == "waiting"
    }
    executing: dict[str, int] = {}
    for execution in state.executions.values():
        executing[execution.movement.state_id] = executing.get(execution.movement.state_id, 0) + 1
    calling = [dump(one.movement) for one in state.executions.values() if one.phase != "waiting"]
    return {
        "StatesToStartFromBeginning": calling or None,
        "StateExecutionsToResume": waiting,
        "InterStateChannelReceived": {name: _dumped_list(values) for name, values in state.channels.items()},
        "SignalsReceived": {name: _dumped_list(values) for name, values in state.signals.items()},
        "StateExecutionCounterInfo": {
            "StateIdStartedCount": state.counters,
            "StateIdCurrentlyExecutingCount": executing,
            "TotalCurrentlyExecutingCount": len(state.executions),
        },
        "StateOutputs": [dump(output) for output in state.outputs],
        "StaleSkipTimerSignals": None,
        "DataObjects": [dump(item) for item in policies.load_data(state.data, None)] or None,
        "SearchAttributes": [dump(item) for item in policies.load_search(state.search_attributes, None)] or None,
    }


def _dumped_list(values: list[Any]) -> list[Body | None]:
    return [None if value is None else dump(value) for value in values]


def _dumped_values(values: dict[int, Any]) -> dict[str, Body | None]:
    return {str(index): None if value is None else dump(value) for index, value in values.items()}
