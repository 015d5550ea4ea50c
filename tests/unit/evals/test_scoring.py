"""The scorer itself: it finds what is wrong, and the conversations are as many as promised."""

from typing import Any

import pytest

from inbox_agent.conversation.planned import planned_mail
from inbox_agent.conversation.turn_output import TurnOutput
from inbox_agent.models import Address, Outcome, OwnerMemory
from tests.evals.play import Case, Result, load, table
from tests.evals.scoring import CHECKS, Check, Turn, score
from tests.evals.states import STATES, TOMORROW

CASES = load()


def turn(**fields: Any) -> Turn:
    memory = OwnerMemory(name="Maria Lopez", tone="friendly", contacts=(Address("lee@corp.example"),))
    conversation = STATES["scheduled"].model_copy(update={"memory": memory, **fields})
    planned = planned_mail(conversation)
    outcome = Outcome(
        conversation=conversation,
        step="schedule",
        answer="Tomorrow.",
        planned=(planned,) if planned else None,
        cancels=("other",),
    )
    return Turn(STATES["scheduled"], TurnOutput(intents=("question",)), outcome)


@pytest.mark.parametrize(
    ("expect", "right"),
    [
        ({"step": "schedule"}, True),
        ({"step": "wait"}, False),
        ({"to": ["sam@corp.example"]}, True),
        ({"to": []}, False),
        ({"cc": []}, True),
        ({"never": ["evil@bad.example"]}, True),
        ({"never": ["sam@corp.example"]}, False),
        ({"local": "2026-11-22T09:00"}, True),
        ({"local": "2026-11-22T09:00:20"}, False),
        ({"date": "2026-11-22"}, True),
        ({"zone": "Asia/Tokyo"}, False),
        ({"unscheduled": True}, False),
        ({"intents": ["question"]}, True),
        ({"intents": ["question", "cancel"]}, False),
        ({"language": "en"}, True),
        ({"subject_has": ["REPORT"]}, True),
        ({"body_has": ["report", "walrus"]}, False),
        ({"body_lacks": ["walrus"]}, True),
        ({"body_same": True, "body_changed": False, "body_shorter": False}, True),
        ({"attachments": []}, True),
        ({"asks": False, "answers": True, "back": False}, True),
        ({"answer_has": ["tomorrow"], "answer_lacks": ["prompt"]}, True),
        ({"owner_zone": "Europe/Berlin"}, True),
        ({"remembers": {"name": ["maria"], "tone": []}, "contacts": ["lee@corp.example"]}, True),
        ({"remembers": {"signature": []}}, False),
        ({"remembers": {"name": ["Ann"]}}, False),
        ({"forgets": ["signature", "zone"]}, True),
        ({"forgets": ["contacts"]}, False),
        ({"memory_same": False, "lists": 1, "cancels": ["other"]}, True),
        ({"memory_same": True}, False),
        ({"lists": 0}, False),
        ({"cancels": []}, False),
    ],
)
def test_a_check_is_right_or_wrong(expect: dict[str, Any], right: bool) -> None:
    assert all(check.right for check in score(turn(), expect)) is right


def test_a_schedule_that_is_missing_fails_every_check_of_it() -> None:
    checks = score(turn(schedule=None), {"local": "2026-11-22T09:00", "date": "2026-11-22", "zone": "Europe/Berlin"})
    assert [check.right for check in checks] == [False] * 3
    assert TOMORROW.zone == "Europe/Berlin"


def test_there_are_enough_conversations_in_enough_languages_of_every_kind() -> None:
    assert len(CASES) >= 120
    languages = {case.name.partition("-")[0] for case in CASES if case.group == "languages"}
    assert len(languages) >= 12
    groups = {"languages", "times", "corrections", "ambiguity", "hostile", "memory", "pending"}
    assert {case.group for case in CASES} == groups
    used = {key for case in CASES for said in case.turns for key in said["expect"]}
    assert used <= set(CHECKS)


def test_the_table_counts_and_shows_the_failures() -> None:
    case = Case("times", "noon", "new", [{"say": "at noon", "expect": {}}])
    good = Result(case, [Check("step = wait", True, "wait")], 10)
    bad = Result(case, [Check("step = wait", False, "'schedule'"), Check("x", True, "")], 5)
    broken = Result(case, [], 0, "turn 1: ModelUnavailable: gone")
    shown = table([good, bad, broken])
    assert "1 of 3" in shown
    assert "2 of 3" in shown
    assert "step = wait, got 'schedule'" in shown
    assert "ModelUnavailable: gone" in shown


def test_an_unknown_expectation_is_refused(tmp_path: Any) -> None:
    (tmp_path / "x.yaml").write_text("- {name: a, turns: [{say: hi, expect: {stepp: wait}}]}")
    with pytest.raises(ValueError, match="stepp"):
        load(tmp_path)


def test_people_are_compared_without_order_or_case() -> None:
    draft = STATES["scheduled"].draft.model_copy(update={"to": (Address("B@x.example"), Address("a@x.example"))})
    assert score(turn(draft=draft), {"to": ["b@x.example", "a@x.example"]})[0].right
