"""A time of day as it was said to hour and minute. Pure; what could be morning or afternoon is told apart or asked.

Stated rules: a bare 7 to 11 is the morning, a bare 12 is noon, a bare 1 to 6 has two readings. Morning is 09:00, noon
12:00, afternoon 15:00, evening 19:00, night 21:00, the end of a day 17:00.
"""

from dataclasses import dataclass
from datetime import time

from inbox_agent.conversation.turn_output import SaidTime

MORNING, END_OF_DAY = time(9), time(17)
PARTS = {
    "morning": MORNING,
    "noon": time(12),
    "afternoon": time(15),
    "evening": time(19),
    "night": time(21),
    "end_of_day": END_OF_DAY,
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a time: ``days`` is 1 where it belongs to the next date ("24:00", "12 at night")."""

    time: time
    days: int = 0


def readings(said: SaidTime) -> tuple[Reading, ...]:
    """All readings of a time of day, the likelier first; empty when it is no time at all ("25:70")."""
    if said.hour is None:
        if said.part == "midnight":
            return (Reading(time(0), 1), Reading(time(0), 0))
        return (Reading(PARTS[said.part]),) if said.part else ()
    if not (0 <= said.hour <= 24 and 0 <= said.minute <= 59 and 0 <= said.second <= 59):
        return ()
    if said.hour == 24:
        return (Reading(time(0), 1),) if said.minute == said.second == 0 else ()
    return tuple(Reading(time(hour % 24, said.minute, said.second), hour // 24) for hour in _hours(said.hour, said))


def _hours(hour: int, said: SaidTime) -> tuple[int, ...]:
    """The hours of the day that the hour may mean; 24 is the next midnight."""
    if hour == 0 or hour > 12 or (said.clock == "24h" and said.part is None):
        return (hour,)
    if said.clock == "am":
        return (hour % 12,)
    if said.clock == "pm":
        return (hour % 12 + 12,)
    if said.part is not None:
        return (_hour_in_part(hour, said.part),)
    return (hour,) if hour >= 7 else (hour + 12, hour)


def _hour_in_part(hour: int, part: str) -> int:
    if part in ("afternoon", "end_of_day", "noon"):
        return hour % 12 + 12 if hour < 9 or hour == 12 else hour
    if part == "evening":
        return hour + 12 if hour < 12 else 24
    if part in ("night", "midnight"):
        return 24 if hour == 12 else hour + 12 if hour > 5 else hour
    return hour % 12
