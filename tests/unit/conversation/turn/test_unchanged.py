"""Turns that change nothing do not look like success."""

from typing import Any

import pytest

from tests.unit.conversation.said import at, named, when
from tests.unit.conversation.turn.test_decision import DRAFT, TOMORROW_9, known, turn


@pytest.mark.parametrize(
    ("output", "question"),
    [
        ({"intents": ("translate",), "language": "es"}, "did not get a translation"),
        ({"intents": ("go_back",)}, "Which draft do you mean? There are: 1."),
        ({"intents": ("reschedule",)}, "When should I send it"),
    ],
)
def test_what_cannot_be_done_is_asked_and_holds_the_mail(output: dict[str, Any], question: str) -> None:
    outcome = turn(known(schedule=TOMORROW_9), "do it", **output)
    assert (outcome.step, outcome.conversation.held) == ("wait", True)
    assert question in outcome.questions[0]
    assert turn(outcome.conversation, "no", intents=("as_is",)).step == "schedule"


@pytest.mark.parametrize(
    "output",
    [
        {},
        {"intents": ("revise",)},
        {"intents": ("revise",), "body": DRAFT.body},
        {"intents": ("reschedule",), "when": when(named("tomorrow"), at(9))},
    ],
)
def test_a_turn_that_leaves_all_as_it_was_says_so(output: dict[str, Any]) -> None:
    outcome = turn(known(schedule=TOMORROW_9, zone="Europe/Berlin", zone_source="date"), "hm", **output)
    assert outcome.step == "schedule"
    assert any("Nothing was changed" in notice for notice in outcome.notices)


@pytest.mark.parametrize(
    "output",
    [
        {"intents": ("question",), "answer": "Sam."},
        {"answer": "Sam."},
        {"intents": ("approve",)},
        {"intents": ("revise",), "body": "Late."},
        {"intents": ("revise",), "owner_zone": "Asia/Tokyo"},
        {"intents": ("status",)},
    ],
)
def test_others_do_not(output: dict[str, Any]) -> None:
    outcome = turn(known(schedule=TOMORROW_9), "hm", **output)
    assert not any("Nothing was changed" in notice for notice in outcome.notices)
