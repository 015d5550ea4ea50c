"""What the owner was asked and has not answered: a time that was said in part, people without an address, an offer to send.

A message that answers only in part ("15:00") is completed by what was said before; agreement carries out what was offered.
"""

from datetime import date

from pydantic import ValidationError

from inbox_agent.conversation.state import Turn, already_sent
from inbox_agent.conversation.turn_output import SaidDate, When
from inbox_agent.conversation.when.dates import Day, find_day
from inbox_agent.models import OpenQuestions, Schedule

MAX_QUESTIONS = 10
EXACT_UNITS = ("second", "minute", "hour")


def open_time(turn: Turn) -> When | None:
    """What was said of the time of this mail and could not be settled; None when nothing is open."""
    kept = turn.conversation.open.when
    if not kept or turn.anew or already_sent(turn.conversation):
        return None
    try:
        return When.model_validate_json(kept)
    except ValidationError:  # kept by another version: what cannot be read is asked anew
        return None


def completed(when: When, before: When | None) -> When:
    """What is said now, with what it leaves open taken from what was said before: "15:00" after "Friday at 3"."""
    if before is None or when.offset or when.repeats:
        return when
    return when.model_copy(
        update={
            "offset": () if when.date else before.offset,
            "offset_from": before.offset_from,
            "date": when.date or before.date,
            "time": when.time or before.time,
            "zone": when.zone or before.zone,
        }
    )


def keep_time_open(turn: Turn, when: When, today: date) -> None:
    """Remember a time that had to be asked about. Its day is kept as a date, for "tomorrow" is another day by then."""
    day = find_day(when.date, today) if when.date else None
    update: dict[str, object] = {"repeats": False}
    if isinstance(day, Day):
        found = day.date
        update["date"] = SaidDate(kind="calendar", day=found.day, month=found.month, year=found.year)
    if any(offset.unit in EXACT_UNITS for offset in when.offset):
        update["offset"] = ()
    turn.open = turn.open.model_copy(update={"when": when.model_copy(update=update).model_dump_json()})


def offer(turn: Turn, schedule: Schedule | None, *, now: bool = False) -> None:
    """Remember what the owner's agreement to this turn's question does."""
    turn.open = turn.open.model_copy(update={"offered": schedule, "offered_now": now})


def remaining(turn: Turn, questions: tuple[str, ...]) -> OpenQuestions:
    """What is open after the turn. A turn that changes nothing leaves open what was."""
    if turn.changes_something or turn.means("cancel") or turn.open.offered_now or turn.open.proposed:
        return turn.open.model_copy(update={"questions": questions})
    before = turn.conversation.open
    asked = tuple(dict.fromkeys((*before.questions, *questions)))[-MAX_QUESTIONS:]
    return before.model_copy(update={"questions": asked})
