"""Waiting for commands: which are completed, what they took, and what ``execute`` is told about them. Pure."""

from typing import Any

from inbox_agent.engine.state import Execution
from inbox_agent.engine.wire import CommandRequest, EncodedObject

_WAITING_TYPES = {
    "ALL_COMPLETED": "ALL_COMPLETED",
    "ANY_COMPLETED": "ANY_COMPLETED",
    "ANY_COMBINATION_COMPLETED": "ANY_COMBINATION_COMPLETED",
    "ALL_COMMAND_COMPLETED": "ALL_COMPLETED",
    "ANY_COMMAND_COMPLETED": "ANY_COMPLETED",
    "ANY_COMMAND_COMBINATION_COMPLETED": "ANY_COMBINATION_COMPLETED",
}


def problem_with(request: CommandRequest | None) -> str | None:
    """Why a worker's command request cannot be waited for, None when it can."""
    if request is None or not _count(request):
        return None
    kind = _WAITING_TYPES.get(request.command_waiting_type or "")
    if kind is None:
        return f"unsupported command waiting type {request.command_waiting_type}"
    if kind != "ANY_COMBINATION_COMPLETED":
        return None
    ids = _command_ids(request)
    combinations = [combination.command_ids or [] for combination in request.command_combinations or ()]
    if not combinations or not all(ids):
        return f"{kind} needs a commandId for every command, and a combination"
    unknown = {command_id for combination in combinations for command_id in combination} - set(ids)
    return f"{kind} names unknown commands: {sorted(unknown)}" if unknown else None


def timer_due_times(request: CommandRequest, now: int) -> list[int]:
    """When each timer command is due, in Unix milliseconds."""
    due = []
    for command in request.timer_commands or ():
        if command.duration_seconds is None and command.firing_unix_timestamp_seconds is not None:
            due.append(command.firing_unix_timestamp_seconds * 1000)
        else:
            due.append(now + max(0, command.duration_seconds or 0) * 1000)
    return due


def take_messages(execution: Execution, messages: dict[str, list[EncodedObject | None]], signals: bool) -> None:
    """Gives each unanswered command of a waiting execution the oldest message of its channel, if there is one."""
    request = execution.commands
    if request is None:
        return
    if signals:
        names = [command.signal_channel_name for command in request.signal_commands or ()]
        received = execution.received_signals
    else:
        names = [command.channel_name for command in request.inter_state_channel_commands or ()]
        received = execution.received_messages
    for index, name in enumerate(names):
        if index not in received and messages.get(name):
            received[index] = messages[name].pop(0)
            if not messages[name]:
                del messages[name]


def are_met(execution: Execution) -> bool:
    """Whether a waiting execution has what it waits for."""
    request = execution.commands
    if request is None or not (total := _count(request)):
        return True
    done = len(execution.fired_timers) + len(execution.received_signals) + len(execution.received_messages)
    kind = _WAITING_TYPES[request.command_waiting_type or ""]
    if kind == "ALL_COMPLETED":
        return done == total
    if kind == "ANY_COMPLETED":
        return done > 0
    completed = _completed_ids(execution, request)
    return any(
        _contains(completed, combination.command_ids or []) for combination in request.command_combinations or ()
    )


def results_of(execution: Execution) -> dict[str, Any]:
    """``commandResults`` of the execute request, in the order of the commands."""
    results: dict[str, Any] = {
        "stateStartApiSucceeded": not execution.wait_until_failed,
        "stateWaitUntilFailed": execution.wait_until_failed,
    }
    request = execution.commands
    if request is None:
        return results
    if request.timer_commands:
        results["timerResults"] = [
            {"commandId": timer.command_id or "", "timerStatus": "FIRED" if fired else "SCHEDULED"}
            for timer, fired in (
                (timer, index in execution.fired_timers) for index, timer in enumerate(request.timer_commands)
            )
        ]
    if request.signal_commands:
        results["signalResults"] = [
            {
                "commandId": signal.command_id or "",
                "signalChannelName": signal.signal_channel_name,
                **_received("signalRequestStatus", "signalValue", execution.received_signals, index),
            }
            for index, signal in enumerate(request.signal_commands)
        ]
    if request.inter_state_channel_commands:
        results["interStateChannelResults"] = [
            {
                "commandId": channel.command_id or "",
                "channelName": channel.channel_name,
                **_received("requestStatus", "value", execution.received_messages, index),
            }
            for index, channel in enumerate(request.inter_state_channel_commands)
        ]
    return results


def _received(
    status_name: str, value_name: str, received: dict[int, EncodedObject | None], index: int
) -> dict[str, Any]:
    if index not in received:
        return {status_name: "WAITING"}
    value = received[index]
    shown = {} if value is None else {value_name: value.model_dump(by_alias=True, exclude_none=True)}
    return {status_name: "RECEIVED", **shown}


def _count(request: CommandRequest) -> int:
    commands = (request.timer_commands, request.signal_commands, request.inter_state_channel_commands)
    return sum(len(some) for some in commands if some)


def _command_ids(request: CommandRequest) -> list[str]:
    commands = (
        *(request.timer_commands or ()),
        *(request.signal_commands or ()),
        *(request.inter_state_channel_commands or ()),
    )
    return [command.command_id or "" for command in commands]


def _completed_ids(execution: Execution, request: CommandRequest) -> list[str]:
    timers, signals = request.timer_commands or [], request.signal_commands or []
    channels = request.inter_state_channel_commands or []
    return [
        *(timers[index].command_id or "" for index in execution.fired_timers),
        *(signals[index].command_id or "" for index in execution.received_signals),
        *(channels[index].command_id or "" for index in execution.received_messages),
    ]


def _contains(completed: list[str], combination: list[str]) -> bool:
    return all(completed.count(command_id) >= combination.count(command_id) for command_id in combination)
