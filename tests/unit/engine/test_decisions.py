"""What decisions of states mean."""

import pytest

from inbox_agent.engine.decisions import Closing, Invalid, Next, closes, judge, problem_with
from inbox_agent.engine.wire import (
    DEAD_END,
    FORCE_COMPLETE,
    FORCE_FAIL,
    GRACEFUL_COMPLETE,
    ConditionalClose,
    EncodedObject,
    StateDecision,
    StateMovement,
)

OUTPUT = EncodedObject(encoding="json", data='"out"')


def to(*state_ids: str) -> list[StateMovement]:
    return [StateMovement(state_id=state_id, state_input=OUTPUT) for state_id in state_ids]


@pytest.mark.parametrize(
    ("state_id", "kind"),
    [
        (GRACEFUL_COMPLETE, "graceful"),
        (FORCE_COMPLETE, "force_complete"),
        (FORCE_FAIL, "force_fail"),
        (DEAD_END, "dead_end"),
    ],
)
def test_system_states_close(state_id: str, kind: str) -> None:
    decision = StateDecision(next_states=to(state_id))
    verdict = judge(decision, {}, {})
    assert isinstance(verdict, Closing)
    assert (verdict.kind, verdict.output) == (kind, OUTPUT)
    assert closes(decision)


def test_ordinary_states_go_on() -> None:
    verdict = judge(StateDecision(next_states=to("A", "B")), {}, {})
    assert isinstance(verdict, Next)
    assert [movement.state_id for movement in verdict.movements] == ["A", "B"]


def test_closing_beside_another_state_is_a_mistake() -> None:
    assert isinstance(judge(StateDecision(next_states=to("A", DEAD_END)), {}, {}), Invalid)


@pytest.mark.parametrize("decision", [None, StateDecision(), StateDecision(next_states=[])])
def test_empty_decisions_are_failed_attempts(decision: StateDecision | None) -> None:
    assert problem_with(decision)
    assert not closes(decision)


@pytest.mark.parametrize(
    ("kind", "channels", "signals", "met"),
    [
        ("FORCE_COMPLETE_ON_INTERNAL_CHANNEL_EMPTY", {}, {"c"}, True),
        ("FORCE_COMPLETE_ON_INTERNAL_CHANNEL_EMPTY", {"c"}, {}, False),
        ("FORCE_COMPLETE_ON_SIGNAL_CHANNEL_EMPTY", {"c"}, {}, True),
        ("FORCE_COMPLETE_ON_SIGNAL_CHANNEL_EMPTY", {}, {"c"}, False),
    ],
)
def test_conditional_close_looks_at_its_channel(kind: str, channels: set[str], signals: set[str], met: bool) -> None:
    condition = ConditionalClose(conditional_close_type=kind, channel_name="c", close_input=OUTPUT)
    decision = StateDecision(next_states=to("Again"), conditional_close=condition)
    expected = Closing("force_complete", OUTPUT) if met else Next(to("Again"))
    assert judge(decision, channels, signals) == expected


def test_conditional_close_must_not_close_otherwise_and_be_of_a_known_kind() -> None:
    known = ConditionalClose(conditional_close_type="FORCE_COMPLETE_ON_SIGNAL_CHANNEL_EMPTY", channel_name="c")
    assert isinstance(judge(StateDecision(next_states=to(DEAD_END), conditional_close=known), {}, {"c"}), Invalid)
    unknown = ConditionalClose(conditional_close_type="ON_FULL_MOON")
    assert isinstance(judge(StateDecision(next_states=to("A"), conditional_close=unknown), {}, {}), Invalid)
