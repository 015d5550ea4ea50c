"""Sentences about a time, read by the stand-in and resolved by the turn's own rules."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_agent.conversation.when.times import Resolved, resolve
from inbox_agent.conversation.when.zones import offset_text, tzinfo_of
from inbox_agent.demo.model.when import read_when

SATURDAY = datetime.fromisoformat("2026-11-21T09:00+00:00")

TABLE = [
    ("tomorrow at 9", "2026-11-22T09:00+01:00"),
    ("tomorrow morning", "2026-11-22T09:00+01:00"),
    ("tomorrow at 3pm", "2026-11-22T15:00+01:00"),
    ("tomorrow at 3 in the afternoon", "2026-11-22T15:00+01:00"),
    ("half past nine tomorrow", "2026-11-22T09:30+01:00"),
    ("quarter to ten tomorrow", "2026-11-22T09:45+01:00"),
    ("day after tomorrow in the evening", "2026-11-23T19:00+01:00"),
    ("today at 18:30", "2026-11-21T18:30+01:00"),
    ("tonight", "2026-11-21T21:00+01:00"),
    ("at noon", "2026-11-21T12:00+01:00"),
    ("at midnight", "2026-11-22T00:00+01:00"),
    ("end of day", "2026-11-21T17:00+01:00"),
    ("Friday 15:00", "2026-11-27T15:00+01:00"),
    ("on Friday at 3 p.m.", "2026-11-27T15:00+01:00"),
    ("next Friday at 15:00", "2026-11-27T15:00+01:00"),
    ("Monday next week at 8", "2026-11-23T08:00+01:00"),
    ("in 20 seconds", "2026-11-21T10:00:20+01:00"),
    ("in half an hour", "2026-11-21T10:30+01:00"),
    ("in an hour and a half", "2026-11-21T11:30+01:00"),
    ("in 2 hours and 30 minutes", "2026-11-21T12:30+01:00"),
    ("two hours from now", "2026-11-21T12:00+01:00"),
    ("in three days at 9", "2026-11-24T09:00+01:00"),
    ("in 10 business days", "2026-12-04T09:00+01:00"),
    ("two weeks from Friday", "2026-12-11T09:00+01:00"),
    ("end of month", "2026-11-30T17:00+01:00"),
    ("at the end of next week", "2026-11-27T17:00+01:00"),
    ("first Monday of December at 8", "2026-12-07T08:00+01:00"),
    ("on the 15th at noon", "2026-12-15T12:00+01:00"),
    ("on March 3 at 14:30", "2027-03-03T14:30+01:00"),
    ("3rd of March 2027, 9:15", "2027-03-03T09:15+01:00"),
    ("2027-01-05 08:00 UTC", "2027-01-05T08:00+00:00"),
    ("tomorrow 9am New York time", "2026-11-22T09:00-05:00"),
    ("tomorrow at 9 Europe/London", "2026-11-22T09:00+00:00"),
    ("tomorrow at 9 UTC+2", "2026-11-22T09:00+02:00"),
    ("3. März 2027 um 9 Uhr", "2027-03-03T09:00+01:00"),
    ("morgen um 9 Uhr", "2026-11-22T09:00+01:00"),
    ("am Freitag um 15 Uhr", "2026-11-27T15:00+01:00"),
    ("in einer halben Stunde", "2026-11-21T10:30+01:00"),
    ("in 2 Stunden", "2026-11-21T12:00+01:00"),
    ("übermorgen um 8:30 Uhr", "2026-11-23T08:30+01:00"),
    ("mañana a las 9", "2026-11-22T09:00+01:00"),
    ("mañana por la mañana", "2026-11-22T09:00+01:00"),
    ("el viernes a las 15:00", "2026-11-27T15:00+01:00"),
    ("dentro de 2 horas", "2026-11-21T12:00+01:00"),
    ("demain à 9h30", "2026-11-22T09:30+01:00"),
    ("vendredi à 15h", "2026-11-27T15:00+01:00"),
    ("dans 2 heures", "2026-11-21T12:00+01:00"),
]


@pytest.mark.parametrize(("words", "expected"), TABLE)
def test_words_are_read(words: str, expected: str) -> None:
    when, left = read_when(words)
    assert when is not None
    assert left.replace("in", "").strip(" ,.") == ""
    found = resolve(when, SATURDAY, "Europe/Berlin")
    assert isinstance(found, Resolved)
    moment = datetime.fromtimestamp(found.schedule.instant, tzinfo_of(found.schedule.zone))
    shown = f"{moment:%Y-%m-%dT%H:%M:%S}".removesuffix(":00") + offset_text(moment)
    assert shown == expected


@pytest.mark.parametrize("words", ["hello there", "make it shorter", "", "change the time"])
def test_what_says_no_time_is_left_alone(words: str) -> None:
    assert read_when(words) == (None, words)


@pytest.mark.parametrize(
    ("words", "hours"),
    [("postpone it by 2 hours", 2), ("bring it forward by an hour", -1), ("half an hour earlier", -0.5)],
)
def test_a_move_is_against_the_planned_time(words: str, hours: float) -> None:
    when, _ = read_when(words)
    assert when is not None
    assert when.offset_from == "schedule"
    assert sum(offset.amount * (1 if offset.unit == "hour" else 1 / 60) for offset in when.offset) == hours


@given(words=st.text(max_size=80))
def test_reading_never_fails(words: str) -> None:
    read_when(words)
