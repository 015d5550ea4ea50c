"""A part of ``python -m tests.hostile_model``: whole conversations in which the model returns the worst."""

import re

import pytest

from tests.hostile_model import ATTACKS, CONVERSATIONS, HostileModel, main, play


def test_nothing_happens_that_the_owners_words_do_not_hold() -> None:
    score = play(HostileModel(), every=89)
    assert score.violations == []
    assert score.turns > 150


def test_every_conversation_and_attack_is_played_by_the_whole_run() -> None:
    assert len(ATTACKS) > 20
    assert len({message.text for messages in CONVERSATIONS.values() for message in messages}) > 35


def test_the_count_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--every", "1500"]) == 0
    printed = capsys.readouterr().out
    assert re.search(r"\d+ conversations, \d+ turns, \d+ attacks: 0 violations", printed)
