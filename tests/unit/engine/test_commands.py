"""Waiting for commands."""

import pytest

from inbox_agent.engine import commands
from inbox_agent.engine.state import Execution
from inbox_agent.engine.wire import CommandRequest, EncodedObject, StateMovement


def value(text: str) -> EncodedObject:
    return EncodedObject(encoding="json", data=text)


def request(kind: str = "ANY_COMPLETED", combinations: list[list[str]] | None = None) -> CommandRequest:
    """A timer t, a signal s and two channel commands c and d on one channel."""
    return CommandRequest.model_validate(
        {
            "commandWaitingType": kind,
            "timerCommands": [{"commandId": "t", "durationSeconds": 5}],
            "signalCommands": [{"commandId": "s", "signalChannelName": "sig"}],
            "interStateChannelCommands": [{"commandId": name, "channelName": "ch"} for name in ("c", "d")],
            "commandCombinations": [{"commandIds": ids} for ids in combinations or []],
        }
    )


def waiting(wanted: CommandRequest) -> Execution:
    movement = StateMovement(state_id="S")
    return Execution(state_execution_id="S-1", movement=movement, phase="waiting", commands=wanted)


def test_each_command_takes_the_oldest_message_of_its_channel() -> None:
    execution, channels = waiting(request()), {"ch": [value("1"), None, value("3")]}
    commands.take_messages(execution, channels, signals=False)
    assert execution.received_messages == {0: value("1"), 1: None}
    assert channels == {"ch": [value("3")]}


def test_an_emptied_channel_is_gone() -> None:
    channels: dict[str, list[EncodedObject | None]] = {"ch": [value("1")]}
    commands.take_messages(waiting(request()), channels, signals=False)
    assert channels == {}


@pytest.mark.parametrize(
    ("kind", "combinations", "done", "met"),
    [
        ("ANY_COMPLETED", None, "", False),
        ("ANY_COMPLETED", None, "s", True),
        ("ALL_COMPLETED", None, "tsc", False),
        ("ALL_COMPLETED", None, "tscd", True),
        ("ANY_COMBINATION_COMPLETED", [["t", "c"], ["s"]], "tc", True),
        ("ANY_COMBINATION_COMPLETED", [["t", "c"], ["s"]], "s", True),
        ("ANY_COMBINATION_COMPLETED", [["t", "c"], ["s"]], "td", False),
        ("ANY_COMMAND_COMPLETED", None, "t", True),
    ],
)
def test_waiting_types(kind: str, combinations: list[list[str]] | None, done: str, met: bool) -> None:
    execution = waiting(request(kind, combinations))
    if "t" in done:
        execution.fired_timers.add(0)
    if "s" in done:
        execution.received_signals[0] = None
    for index, name in enumerate("cd"):
        if name in done:
            execution.received_messages[index] = None
    assert commands.are_met(execution) is met


def test_nothing_to_wait_for_is_met() -> None:
    assert commands.are_met(waiting(CommandRequest()))


@pytest.mark.parametrize(
    ("wanted", "is_problem"),
    [
        (None, False),
        (CommandRequest(), False),
        (request(), False),
        (request("SOMETIMES"), True),
        (request("ANY_COMBINATION_COMPLETED"), True),
        (request("ANY_COMBINATION_COMPLETED", [["t", "nosuch"]]), True),
        (request("ANY_COMBINATION_COMPLETED", [["t", "s"]]), False),
    ],
)
def test_problems_are_found_before_waiting(wanted: CommandRequest | None, is_problem: bool) -> None:
    assert (commands.problem_with(wanted) is not None) is is_problem


def test_results_come_in_the_order_of_the_commands() -> None:
    execution = waiting(request())
    execution.received_messages[1] = value("x")
    results = commands.results_of(execution)
    assert results["timerResults"] == [{"commandId": "t", "timerStatus": "SCHEDULED"}]
    assert [one["requestStatus"] for one in results["interStateChannelResults"]] == ["WAITING", "RECEIVED"]
    assert results["interStateChannelResults"][1]["value"] == {"encoding": "json", "data": "x"}
    assert (results["stateStartApiSucceeded"], results["stateWaitUntilFailed"]) == (True, False)
