"""Cancel, "not yet", undo and going back: what was stopped comes back only when that very stop is undone."""

from datetime import timedelta

import pytest

from inbox_agent.conversation.state import is_armed
from inbox_agent.conversation.turn.decision import decide
from inbox_agent.conversation.turn_output import TurnOutput
from inbox_agent.models import Conversation
from tests.unit.conversation.said import at, named, when
from tests.unit.conversation.turn.test_decision import DRAFT, NOW, TOMORROW_9, asked, history, known, turn


def canceled(conversation: Conversation) -> Conversation:
    return turn(conversation, "cancel", intents=("cancel",)).conversation


def test_undo_after_cancel_brings_back_the_canceled_draft_and_its_time_and_tells_both() -> None:
    before = history()
    outcome = turn(canceled(before), "undo", intents=("undo",))
    assert (outcome.step, outcome.conversation.draft, outcome.conversation.schedule) == (
        "schedule",
        before.draft,
        TOMORROW_9,
    )
    assert outcome.notices[0] == "Draft 2 is back, as draft 4, with its time."
    assert outcome.conversation.stopped == 0


def test_undo_after_cancel_of_a_draft_without_a_time_keeps_the_draft() -> None:
    before = history(schedule=None)
    outcome = turn(canceled(before), "undo", intents=("undo",))
    assert (outcome.step, outcome.conversation.draft, outcome.conversation.schedule) == ("wait", before.draft, None)
    again = turn(outcome.conversation, "undo", intents=("undo",))
    assert again.conversation.draft == DRAFT


def test_the_only_draft_can_be_canceled_and_brought_back() -> None:
    outcome = turn(canceled(known(schedule=TOMORROW_9)), "undo", intents=("undo",))
    assert is_armed(outcome.conversation)
    late = turn(canceled(known(schedule=TOMORROW_9)), "undo", NOW + timedelta(days=2), intents=("undo",))
    assert (late.step, late.conversation.schedule) == ("wait", None)
    assert "has passed" in late.notices[0]


def test_going_back_to_a_text_does_not_lift_a_stop() -> None:
    kept = turn(known(schedule=TOMORROW_9), "not yet", intents=("keep_draft",)).conversation
    changed = turn(kept, "say very late", intents=("revise",), body="I am very late.").conversation
    outcome = turn(changed, "back to draft 1", intents=("go_back",), draft_number=1)
    assert (outcome.step, outcome.conversation.draft, outcome.conversation.schedule) == ("wait", DRAFT, None)
    assert any("You had stopped it" in notice for notice in outcome.notices)
    retimed = turn(
        outcome.conversation, "tomorrow at 10", intents=("reschedule",), when=when(named("tomorrow"), at(10))
    )
    assert retimed.conversation.stopped == 0


def test_undo_of_not_yet_brings_the_time_back() -> None:
    kept = turn(known(schedule=TOMORROW_9), "not yet", intents=("keep_draft",)).conversation
    assert turn(kept, "undo", intents=("undo",)).conversation.schedule == TOMORROW_9


def test_going_back_to_the_current_draft_changes_nothing() -> None:
    outcome = turn(history(), "back to draft 2", intents=("go_back",), draft_number=2)
    assert outcome.conversation.revision == 2
    assert "Draft 2 is the current one." in outcome.notices


@pytest.mark.parametrize("output", [TurnOutput(intents=("undo",)), TurnOutput(intents=("go_back",), draft_number=2)])
def test_what_a_model_takes_for_an_undo_does_not_arm_what_was_stopped_until_the_owner_agrees(
    output: TurnOutput,
) -> None:
    stopped = canceled(history())
    first = decide(stopped, asked("thanks a lot"), output, now=NOW, default_zone="Europe/Berlin")
    assert (first.step, first.conversation.schedule) == ("wait", None)
    assert is_armed(first.conversation) is False
    if "undo" in output.intents:
        assert len(first.questions) == 1
        agreed = decide(first.conversation, asked("yes"), TurnOutput(), now=NOW, default_zone="Europe/Berlin")
        assert (agreed.step, agreed.conversation.schedule) == ("schedule", TOMORROW_9)


def test_what_a_model_takes_for_an_undo_does_not_move_a_planned_mail_to_its_old_time() -> None:
    moved = turn(history(), "Friday", intents=("reschedule",), when=when(named("tomorrow"), at(11))).conversation
    planned = moved.schedule
    outcome = decide(moved, asked("thanks"), TurnOutput(intents=("undo",)), now=NOW, default_zone="Europe/Berlin")
    assert (outcome.step, outcome.conversation.schedule, len(outcome.questions)) == ("wait", planned, 1)
