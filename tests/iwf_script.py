"""What a scripted worker answers: the JSON of wait-until and execute responses, in short words."""

import json
from typing import Any

Json = dict[str, Any]


def encoded(value: object) -> Json:
    """A value as iWF carries it."""
    return {"encoding": "json", "data": json.dumps(value)}


def decoded(value: Json | None) -> Any:
    """The value that iWF carried; None for nothing."""
    return None if value is None else json.loads(value["data"])


def pairs(values: Json) -> list[Json]:
    """Data attributes, locals or events: a list of keys with encoded values."""
    return [{"key": key, "value": encoded(value)} for key, value in values.items()]


def unpaired(items: list[Json] | None) -> Json:
    """The reverse of ``pairs``."""
    return {item["key"]: decoded(item["value"]) for item in items or ()}


def timer(command_id: str, seconds: int) -> Json:
    return {"commandId": command_id, "durationSeconds": seconds}


def channel(command_id: str, name: str, **limits: int) -> Json:
    return {"commandId": command_id, "channelName": name, **limits}


def signal(command_id: str, name: str) -> Json:
    return {"commandId": command_id, "signalChannelName": name}


def waiting(
    kind: str = "ANY_COMPLETED",
    *,
    timers: tuple[Json, ...] = (),
    channels: tuple[Json, ...] = (),
    signals: tuple[Json, ...] = (),
    combinations: tuple[tuple[str, ...], ...] = (),
    **extra: object,
) -> Json:
    """A wait-until response with commands; ``extra`` are further fields such as upserts."""
    request: Json = {
        "commandWaitingType": kind,
        "timerCommands": list(timers),
        "interStateChannelCommands": list(channels),
        "signalCommands": list(signals),
    }
    if combinations:
        request["commandCombinations"] = [{"commandIds": list(combination)} for combination in combinations]
    return {"commandRequest": request, **extra}


def nothing(**extra: object) -> Json:
    """A wait-until response that waits for nothing."""
    return {"commandRequest": {"commandWaitingType": "ALL_COMPLETED"}, **extra}


def parked() -> Json:
    """A wait-until response that waits for one message on the internal channel ``ch``."""
    return waiting(channels=(channel("c1", "ch"),))


def decide(*movements: Json, **extra: object) -> Json:
    """An execute response; ``extra`` are further fields such as upserts."""
    return {"stateDecision": {"nextStates": list(movements)}, **extra}


def to(state_id: str, given: object = None, options: Json | None = None, **extra: object) -> Json:
    """The movement to a state with its input."""
    movement: Json = {"stateId": state_id, **extra}
    if given is not None:
        movement["stateInput"] = encoded(given)
    if options is not None:
        movement["stateOptions"] = options
    return movement


def complete(output: object = None, **extra: object) -> Json:
    """An execute response: this thread of states ends well; the workflow does when all have."""
    return decide(to("_SYS_GRACEFUL_COMPLETING_WORKFLOW", output), **extra)


def force_complete(output: object = None, **extra: object) -> Json:
    return decide(to("_SYS_FORCE_COMPLETING_WORKFLOW", output), **extra)


def force_fail(output: object = None) -> Json:
    return decide(to("_SYS_FORCE_FAILING_WORKFLOW", output))


def dead_end() -> Json:
    return decide(to("_SYS_DEAD_END"))


def close_if_empty(kind: str, name: str, output: object, *otherwise: Json, **extra: object) -> Json:
    """An execute response: complete if the channel is empty, else move on; ``kind`` is ``INTERNAL`` or ``SIGNAL``."""
    closing = {
        "conditionalCloseType": f"FORCE_COMPLETE_ON_{kind}_CHANNEL_EMPTY",
        "channelName": name,
        "closeInput": encoded(output),
    }
    return {"stateDecision": {"conditionalClose": closing, "nextStates": list(otherwise)}, **extra}


def publish(name: str, value: object) -> Json:
    """One message for an internal channel."""
    return {"channelName": name, "value": encoded(value)}
