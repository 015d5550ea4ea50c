"""A planned mail stays planned when the model says "keep it as a draft" and the owner did not."""

import pytest

from inbox_agent.conversation.turn_output import TurnOutput
from tests.unit.conversation.turn.test_asked import say
from tests.unit.conversation.turn.test_decision import TOMORROW_9, known

KEEP = TurnOutput(intents=("keep_draft",))


@pytest.mark.parametrize(
    "text",
    [
        "thanks, great",
        "what time is it sent?",
        "what happens if I cancel it?",
        "ok",
        "👍",
        "perfect, thank you!",
        "make it shorter",
    ],
)
def test_words_that_hold_nothing_leave_the_plan(text: str) -> None:
    outcome = say(known(schedule=TOMORROW_9), text, KEEP)
    assert (outcome.step, outcome.conversation.schedule) == ("schedule", TOMORROW_9)
    assert any("stays planned" in notice for notice in outcome.notices)


@pytest.mark.parametrize(
    "text",
    [
        "keep it as a draft",
        "not yet",
        "save it for later",
        "noch nicht",
        "als Entwurf behalten",
        "guárdalo",
        "put it on hold",
    ],
)
def test_words_that_may_hold_it_do(text: str) -> None:
    outcome = say(known(schedule=TOMORROW_9), text, KEEP)
    assert (outcome.step, outcome.conversation.schedule) == ("wait", None)


@pytest.mark.parametrize("text", ["don't cancel it", "Bob rang me", "Sam is ill today", "no", "để đó đã"])
def test_after_other_words_it_waits_for_a_yes(text: str) -> None:
    outcome = say(known(schedule=TOMORROW_9), text, KEEP)
    assert (outcome.step, len(outcome.questions)) == ("wait", 1)
    agreed = say(outcome.conversation, "yes", TurnOutput())
    assert (agreed.step, agreed.conversation.schedule) == ("schedule", TOMORROW_9)
