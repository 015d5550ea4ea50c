"""The phrase book: complete, unambiguous, and the way back leads home."""

import pytest

from inbox_agent.demo.model.phrases import LANGUAGES, find_phrase, rows, translate

SAMPLES = {"{name}": "Sam", "{day}": "Friday", "{n}": "20", "{time}": "9:30"}


def filled(phrase: str) -> str:
    for slot, value in SAMPLES.items():
        phrase = phrase.replace(slot, value)
    return phrase


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_each_phrase_is_in_all_languages_and_comes_back(row: tuple[str, ...]) -> None:
    assert len(row) == len(LANGUAGES)
    assert all(row)
    english = filled(row[0])
    for language in ("es", "fr", "de"):
        there = translate(english, language)
        assert there.missing == ()
        assert there.text != english or english == filled(row[list(LANGUAGES).index(language)])
        assert find_phrase(there.text) is not None
        assert translate(there.text, "en").missing == ()


def test_days_are_translated_and_names_kept() -> None:
    assert translate("Hello Sam,\n\nThe meeting is on Friday.", "es").text == "Hola, Sam:\n\nLa reunión es el viernes."


def test_contractions_and_line_breaks_are_seen_through() -> None:
    assert translate("I’m late with the report", "de").text == "Ich bin mit dem Bericht in Verzug."
