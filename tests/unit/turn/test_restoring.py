"""Cancel, "not yet", undo and going back: what was stopped comes back only when that very stop is undone."""

from datetime import timedelta

from inbox_agent.models import Conversation
from inbox_agent.turn.state import is_armed

from .said import at, named, when
from .test_decision import DRAFT, NOW, TOMORROW_9, history, known, turn


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
