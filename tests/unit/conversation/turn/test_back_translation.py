"""The owner can check every text that they cannot read, not only in the turn that made it."""

from typing import Any

from inbox_agent.conversation.turn.back_translation import MAX_BYTES
from tests.unit.conversation.said import at, named, when
from tests.unit.conversation.turn.test_decision import DRAFT, known, to, turn

SPANISH: dict[str, Any] = {"intents": ("translate",), "body": "Llego tarde.", "language": "es", "owner_language": "en"}


def test_the_way_back_is_shown_with_the_draft_also_later() -> None:
    translated = turn(known(), "translate", **SPANISH, back_translation="I arrive late.").conversation
    timed = turn(translated, "tomorrow at 9", intents=("reschedule",), when=when(named("tomorrow"), at(9)))
    assert timed.back_translation == "I arrive late."
    original = turn(timed.conversation, "back to draft 1", intents=("go_back",), draft_number=1)
    assert (original.conversation.draft, original.back_translation) == (DRAFT, "")
    again = turn(original.conversation, "undo", intents=("go_back",), draft_number=2)
    assert again.back_translation == "I arrive late."


def test_a_changed_text_has_no_way_back_but_its_own() -> None:
    translated = turn(known(), "translate", **SPANISH, back_translation="I arrive late.").conversation
    changed = turn(translated, "add that I will call", intents=("revise",), body="Llego tarde. Llamaré.")
    assert changed.back_translation == ""
    assert any("no translation of this text back" in notice for notice in changed.notices)
    renamed = turn(translated, "subject: Late", intents=("revise",), subject="Late", body="Llego tarde.")
    assert renamed.back_translation == "I arrive late."


def test_a_missing_way_back_is_told_where_one_is_needed() -> None:
    missing = turn(known(), "translate", **SPANISH)
    assert any("no translation of this text back" in notice for notice in missing.notices)
    own = turn(known(), "hm", **(SPANISH | {"language": "en-US", "intents": ("revise",)}))
    assert not any("translation" in notice for notice in own.notices)
    unknown = turn(known(), "hm", **(SPANISH | {"owner_language": ""}))
    assert not any("translation" in notice for notice in unknown.notices)
    japanese: dict[str, Any] = {
        "intents": ("compose",),
        "to": to("sam@corp.example"),
        "body": "遅れます。",
        "language": "ja",
    }
    composed = turn(known(), "write in Japanese to sam@corp.example", **japanese, owner_language="en")
    assert any("no translation of this text back" in notice for notice in composed.notices)


def test_a_way_back_that_is_too_long_is_cut_and_told() -> None:
    outcome = turn(known(), "translate", **SPANISH, back_translation="ä" * MAX_BYTES)
    assert len(outcome.back_translation.encode()) == MAX_BYTES
    assert any("its end is missing" in notice for notice in outcome.notices)


def test_a_way_back_that_was_asked_for_is_shown_and_leaves_the_draft_as_it_is() -> None:
    missing = turn(known(), "translate", **SPANISH).conversation
    asked = turn(missing, "translate it back", intents=("question",), back_translation="I arrive late.")
    assert (asked.back_translation, asked.conversation.draft) == ("I arrive late.", missing.draft)
