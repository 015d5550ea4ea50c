"""When a mail goes out: what was said about the time to an instant, by stated rules. No clock: ``now`` comes in.

Stated rules, beside those of ``dates`` and ``clock``:
- Days are wall-clock days: "tomorrow 9:00" is 9:00 there, whatever the clocks do in the night. Seconds, minutes and
  hours are exact.
- A local time that the change to summer time leaves out is moved on by the gap (RFC 5545, 3.3.5); one that comes twice is
  the first of the two. Both are told.
- A time that has passed, or has two readings, leads to a question with proposals.
- A date without a time keeps the time of the current schedule, else it is 09:00; a time without a date keeps the day of the
  current schedule, else it is today.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from inbox_agent.conversation.turn_output import SaidOffset, When
from inbox_agent.conversation.when.clock import END_OF_DAY, MORNING, Reading, readings
from inbox_agent.conversation.when.dates import MONTHS, Ask, Day, add_calendar_units, describe_date, find_day
from inbox_agent.conversation.when.instants import (
    Resolved,
    at_instant,
    at_local,
    describe_instant,
    describe_time,
    instant_of,
    local_of,
)
from inbox_agent.conversation.when.zones import AMBIGUOUS, find_zone, tzinfo_of
from inbox_agent.models import Schedule

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
EXACT_UNITS = ("second", "minute", "hour")
MAX_AHEAD = timedelta(days=5 * 366)
WHEN_EXAMPLES = "for example “tomorrow 9:00”, “Friday 15:00” or “in 2 hours”"

__all__ = ["Ask", "Resolved", "at_instant", "at_local", "describe_instant", "describe_time", "instant_of", "resolve"]


@dataclass(frozen=True, slots=True)
class _Moment:
    """What counts while one expression is resolved: the present, its zone, and the schedule so far."""

    now: datetime
    zone: str
    rules: tzinfo
    current: Schedule | None

    @property
    def local(self) -> datetime:
        return self.now.astimezone(self.rules).replace(tzinfo=None)

    @property
    def planned(self) -> datetime | None:
        """The wall-clock time of the current schedule as it was said, None if there is none or it was relative."""
        if self.current is None or not self.current.wall_clock:
            return None
        return datetime.fromisoformat(self.current.local)


def resolve(when: When, now: datetime, zone: str, current: Schedule | None = None) -> Resolved | Ask:
    """The schedule that the words mean.

    Args:
        now: the present, aware.
        zone: what counts unless the words name a zone: IANA name or fixed offset.
        current: the schedule so far; "make it 15:00" keeps its day.
    """
    if when.repeats:
        return Ask(("I send each mail once, not again and again. When should I send this one?",))
    named = _named_zone(when)
    if isinstance(named, Ask):
        return named
    zone = named or zone
    moment = _Moment(now, zone, tzinfo_of(zone), current)
    try:
        found = _find(when, moment)
    except (ValueError, OverflowError, OSError):  # the C library's calendar ends with an OSError
        return Ask((f"I cannot read “{when.said}” as a date. When should I send it, {WHEN_EXAMPLES}?",))
    if isinstance(found, Ask):
        return found
    return _check_ahead(found, when, moment)


def _named_zone(when: When) -> str | Ask | None:
    if not when.zone:
        return None
    zone = find_zone(when.zone)
    if zone is None and (choices := AMBIGUOUS.get(when.zone.strip().lower())):
        return Ask((f"“{when.zone}” is the time of several places: {', '.join(choices)}. Which one do you mean?",))
    if zone is None:
        return Ask((f"I do not know the time zone “{when.zone}”. Please name a city, for example Europe/Madrid.",))
    return zone


def _find(when: When, moment: _Moment) -> Resolved | Ask:
    if when.offset and when.date is None and all(offset.unit in EXACT_UNITS for offset in when.offset):
        return _exact(when, moment)
    if when.offset:
        return _offset_days(when, moment)
    if when.date is not None:
        return _on_day(when, moment)
    if when.time is not None:
        return _time_only(when, moment)
    if when.zone and moment.planned is not None:
        return at_local(moment.planned, moment.zone)
    return Ask((f"When should I send it, {WHEN_EXAMPLES}?",))


def _exact(when: When, moment: _Moment) -> Resolved:
    seconds = round(sum(offset.amount * SECONDS[offset.unit] for offset in when.offset))
    if when.offset_from == "schedule" and moment.current is not None:
        base = moment.current
        schedule = at_instant(instant_of(base) + seconds, base.zone, wall_clock=base.wall_clock)
        return Resolved(schedule)
    return Resolved(at_instant(int(moment.now.timestamp()) + seconds, moment.zone))


def _offset_days(when: When, moment: _Moment) -> Resolved | Ask:
    """ "in 3 days", "in 2 weeks at 9", "two weeks from Friday", "in 1 day and 2 hours"."""
    start = find_day(when.date, moment.local.date()) if when.date is not None else Day(moment.local.date())
    if isinstance(start, Ask):
        return start
    base, notices = datetime.combine(start.date, MORNING), start.notices
    if when.date is None:
        base = _offset_base(when, moment)
    day, seconds = _add(base.date(), when.offset)
    in_business_days = any(offset.unit == "business_day" for offset in when.offset)
    if when.time is not None:
        reading = _reading(when, day, moment)
        if isinstance(reading, Ask):
            return reading
        local = datetime.combine(day + timedelta(days=reading.days), reading.time)
    elif in_business_days or when.date is not None:
        local = datetime.combine(day, MORNING)
        notices = (*notices, _default_notice(MORNING))
    else:
        local = datetime.combine(day, base.time())
    if in_business_days:
        notices = (*notices, "I counted Monday to Friday; public holidays are not known to me.")
    resolved = at_local(local, moment.zone)
    if seconds:
        resolved = Resolved(at_instant(resolved.schedule.instant + seconds, moment.zone, wall_clock=True))
    return Resolved(resolved.schedule, (*notices, *resolved.notices))


def _offset_base(when: When, moment: _Moment) -> datetime:
    """From where days are counted: the present, or the planned time for "two days later"."""
    if when.offset_from == "schedule" and moment.current is not None:
        return local_of(moment.current, moment.rules)
    return moment.local.replace(second=0, microsecond=0)


def _add(day: date, offsets: tuple[SaidOffset, ...]) -> tuple[date, int]:
    """The day after all calendar units, and the seconds that are left. Part of a day is counted in hours."""
    seconds = 0.0
    for offset in offsets:
        if offset.unit in EXACT_UNITS or (offset.amount % 1 and offset.unit in SECONDS):
            seconds += offset.amount * SECONDS[offset.unit]
        elif offset.amount % 1:
            raise ValueError("part of a month, year or business day")
        else:
            day = add_calendar_units(day, int(offset.amount), offset.unit)
    return day, round(seconds)


def _on_day(when: When, moment: _Moment) -> Resolved | Ask:
    assert when.date is not None
    day = find_day(when.date, moment.local.date())
    if isinstance(day, Ask):
        return day
    notices: tuple[str, ...] = ()
    if when.time is None:
        clock, notices = _time_for(when, moment)
        resolved = at_local(datetime.combine(day.date, clock), moment.zone)
    else:
        reading = _reading(when, day.date, moment)
        if isinstance(reading, Ask):
            return reading
        resolved = at_local(datetime.combine(day.date + timedelta(days=reading.days), reading.time), moment.zone)
    resolved = _next_week_if_past(when, day, resolved, moment)
    return Resolved(resolved.schedule, (*day.notices, *notices, *resolved.notices))


def _time_for(when: When, moment: _Moment) -> tuple[time, tuple[str, ...]]:
    """The time of day where only a day was said."""
    if moment.planned is not None:
        return moment.planned.time(), ()
    ends = when.date is not None and when.date.kind == "period" and when.date.edge == "end"
    clock = END_OF_DAY if ends else MORNING
    return clock, (_default_notice(clock),)


def _default_notice(clock: time) -> str:
    return f"No time of day was said, so I took {clock:%H:%M}."


def _next_week_if_past(when: When, day: Day, resolved: Resolved, moment: _Moment) -> Resolved:
    """ "Friday 9:00", said on a Friday at 10, is a week ahead."""
    said = when.date
    plain = said is not None and said.kind == "weekday" and said.which in (None, "coming")
    if not plain or resolved.schedule.instant > moment.now.timestamp() or day.date != moment.local.date():
        return resolved
    local = datetime.fromisoformat(resolved.schedule.local) + timedelta(days=7)
    later = at_local(local, moment.zone)
    return Resolved(
        later.schedule, (*later.notices, f"That time has passed today, so I took {describe_date(local.date())}.")
    )


def _reading(when: When, day: date, moment: _Moment) -> Reading | Ask:
    """The one reading of the time on that day, or a question with both."""
    assert when.time is not None
    ways = readings(when.time)
    if not ways:
        return Ask((f"I do not understand the time “{when.said}”. At what time should I send it, {WHEN_EXAMPLES}?",))
    if len(ways) == 1:
        return ways[0]
    if when.time.part == "midnight" and when.date is not None and when.date.named == "today":
        return ways[0]
    ahead = [way for way in ways if _instant(day, way, moment) > moment.now.timestamp()]
    if len(ahead) < 2:
        # With none ahead the likelier one is said to have passed, with times that are ahead.
        return (ahead or ways)[0]
    schedules = [
        at_local(datetime.combine(day + timedelta(days=way.days), way.time), moment.zone).schedule for way in ahead
    ]
    proposals = " or ".join(map(describe_time, schedules))
    return Ask((f"Do you mean {proposals}?",), tuple(map(_reply_for, schedules)))


def _instant(day: date, reading: Reading, moment: _Moment) -> int:
    local = datetime.combine(day + timedelta(days=reading.days), reading.time)
    return at_local(local, moment.zone).schedule.instant


def _time_only(when: When, moment: _Moment) -> Resolved | Ask:
    """ "at 15:00": on the day that is planned, else today; midnight is always the coming one."""
    assert when.time is not None
    day = moment.local.date()
    if moment.planned is not None and moment.planned.date() > day:
        day = moment.planned.date()
    elif when.time.hour is None and when.time.part == "midnight":
        return at_local(datetime.combine(day + timedelta(days=1), time(0)), moment.zone)
    reading = _reading(when, day, moment)
    if isinstance(reading, Ask):
        return reading
    return at_local(datetime.combine(day + timedelta(days=reading.days), reading.time), moment.zone)


def _check_ahead(found: Resolved, when: When, moment: _Moment) -> Resolved | Ask:
    """Ask about a time that has passed or is too far ahead."""
    instant, present = found.schedule.instant, moment.now.timestamp()
    if instant > present + MAX_AHEAD.total_seconds():
        return Ask((f"{describe_time(found.schedule)} is more than five years ahead. When should I send it?",))
    if instant > present:
        return found
    schedules = _proposals(found.schedule, when, moment)
    proposals = " or ".join(map(_without_zone, schedules))
    here = f"{moment.local:%H:%M}"
    return Ask(
        (f"{describe_time(found.schedule)} has already passed: it is {here} now. Do you mean {proposals}?",),
        tuple(map(_reply_for, schedules)),
    )


def _reply_for(schedule: Schedule) -> str:
    """The words that choose this time; the zone is that of the question."""
    local = datetime.fromisoformat(schedule.local)
    return f"make it {local.day} {MONTHS[local.month]} {local.year} {local:%H:%M}"


def _without_zone(schedule: Schedule) -> str:
    """Date and time alone, where the sentence has named the zone."""
    local = datetime.fromisoformat(schedule.local)
    return f"{describe_date(local.date())}, {local:%H:%M}"


def _proposals(passed: Schedule, when: When, moment: _Moment) -> list[Schedule]:
    """The same time in the evening where that is a reading, and the same time on the next day that is ahead."""
    local = datetime.fromisoformat(passed.local)
    candidates = []
    if when.time is not None and when.time.clock is None and when.time.part is None and local.hour < 12:
        candidates.append(local + timedelta(hours=12))
    days = max(1, (moment.local.date() - local.date()).days)
    candidates += [local + timedelta(days=days), local + timedelta(days=days + 1)]
    schedules = [at_local(candidate, moment.zone).schedule for candidate in candidates]
    return [schedule for schedule in schedules if schedule.instant > moment.now.timestamp()][:2]
