"""What a state's decision means: states to go on with, a way to close the workflow, or nonsense. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from inbox_agent.engine.wire import (
    CLOSING_STATE_IDS,
    DEAD_END,
    FORCE_COMPLETE,
    FORCE_FAIL,
    GRACEFUL_COMPLETE,
    ConditionalClose,
    EncodedObject,
    StateDecision,
    StateMovement,
)

ClosingKind = Literal["graceful", "force_complete", "force_fail", "dead_end"]

_CLOSINGS: dict[str, ClosingKind] = {
    GRACEFUL_COMPLETE: "graceful",
    FORCE_COMPLETE: "force_complete",
    FORCE_FAIL: "force_fail",
    DEAD_END: "dead_end",
}


@dataclass(frozen=True, slots=True)
class Next:
    """Go on with these states."""

    movements: Sequence[StateMovement]


@dataclass(frozen=True, slots=True)
class Closing:
    """Close the workflow, or (``dead_end``) just this branch."""

    kind: ClosingKind
    output: EncodedObject | None = None


@dataclass(frozen=True, slots=True)
class Invalid:
    """A mistake in the workflow's code, which fails it."""

    reason: str


Verdict = Next | Closing | Invalid


def problem_with(decision: StateDecision | None) -> str | None:
    """Why an ``execute`` answer cannot be taken at all, which makes it a failed attempt; None when it can."""
    if decision is None or not decision.next_states:
        return "empty state decision is not supported"
    return None


def closes(decision: StateDecision | None) -> bool:
    """Whether a decision would close the workflow, which RPCs may not."""
    if decision is None:
        return False
    return decision.conditional_close is not None or any(
        movement.state_id in CLOSING_STATE_IDS for movement in decision.next_states or ()
    )


def judge(decision: StateDecision, channels: Collection[str], signals: Collection[str]) -> Verdict:
    """Reads a decision.

    Args:
        channels: names of the internal channels that hold messages.
        signals: names of the signal channels that hold messages.
    """
    movements = decision.next_states or []
    if decision.conditional_close is not None:
        return _conditionally(decision.conditional_close, movements, channels, signals)
    closings = [movement for movement in movements if movement.state_id in CLOSING_STATE_IDS]
    if not closings:
        return Next(movements)
    if len(movements) > 1:
        return Invalid(
            "invalid state decisions. Closing workflow decision cannot be combined with other state decisions"
        )
    return Closing(_CLOSINGS[closings[0].state_id], closings[0].state_input)


def _conditionally(
    condition: ConditionalClose, movements: list[StateMovement], channels: Collection[str], signals: Collection[str]
) -> Verdict:
    kind, name = condition.conditional_close_type, condition.channel_name or ""
    if kind == "FORCE_COMPLETE_ON_INTERNAL_CHANNEL_EMPTY":
        empty = name not in channels
    elif kind == "FORCE_COMPLETE_ON_SIGNAL_CHANNEL_EMPTY":
        empty = name not in signals
    else:
        return Invalid(f"invalid state decisions. Unsupported ConditionalCloseType {kind}")
    if empty:
        return Closing("force_complete", condition.close_input)
    for movement in movements:
        if movement.state_id in CLOSING_STATE_IDS:
            return Invalid(f"invalid ConditionUnmetDecision with stateId: {movement.state_id}")
    return Next(movements)
