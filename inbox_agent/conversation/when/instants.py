"""Between wall-clock times, instants and the words for them. Schedules keep their zone and their wall-clock time.

A local time that the change to summer time leaves out is moved on by the gap (RFC 5545, 3.3.5); one that comes twice is
the first of the two.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfoNotFoundError

from inbox_agent.conversation.when.dates import describe_date
from inbox_agent.conversation.when.zones import offset_text, tzinfo_of
from inbox_agent.models import Schedule


@dataclass(frozen=True, slots=True)
class Resolved:
    """The time is told; ``notices`` say which rule decided where there was a choice."""

    schedule: Schedule
    notices: tuple[str, ...] = ()


def at_local(local: datetime, zone: str) -> Resolved:
    """The wall-clock schedule of a naive local time, with a word where the clocks change at that time."""
    rules = tzinfo_of(zone)
    instant, kind = _to_instant(local, rules)
    shown = datetime.fromtimestamp(instant, rules).replace(tzinfo=None)
    schedule = Schedule(instant=instant, zone=zone, local=shown.isoformat(timespec="seconds"))
    if kind == "gap":
        notice = f"{local:%H:%M} does not exist on that day (the clocks go forward), so I took {shown:%H:%M}."
        return Resolved(schedule, (notice,))
    if kind == "overlap":
        offset = offset_text(datetime.fromtimestamp(instant, rules))
        notice = f"{local:%H:%M} comes twice on that day (the clocks go back); I took the first, UTC{offset}."
        return Resolved(schedule, (notice,))
    return Resolved(schedule)


def _to_instant(local: datetime, rules: tzinfo) -> tuple[int, str]:
    """Unix time of a naive local time; "gap" or "overlap" where the clocks change. The first offset counts (fold 0)."""
    first = local.replace(tzinfo=rules, fold=0)
    instant = int(first.timestamp())
    if datetime.fromtimestamp(instant, rules).replace(tzinfo=None) != local.replace(fold=0):
        return instant, "gap"
    return instant, "overlap" if first.utcoffset() != local.replace(tzinfo=rules, fold=1).utcoffset() else ""


def at_instant(instant: int, zone: str, *, wall_clock: bool = False) -> Schedule:
    """The schedule of an instant (Unix seconds), as that zone shows it."""
    local = datetime.fromtimestamp(instant, tzinfo_of(zone)).replace(tzinfo=None)
    return Schedule(instant=instant, zone=zone, local=local.isoformat(timespec="seconds"), wall_clock=wall_clock)


def instant_of(schedule: Schedule) -> int:
    """Unix time at which to send: a wall-clock schedule by today's rules of its zone, a relative one as stored.

    The stored instant is kept where it still shows that wall-clock time, so that the second of two equal times stays.
    """
    if not schedule.wall_clock:
        return schedule.instant
    try:
        rules = tzinfo_of(schedule.zone)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return schedule.instant
    local = datetime.fromisoformat(schedule.local)
    if datetime.fromtimestamp(schedule.instant, rules).replace(tzinfo=None) == local:
        return schedule.instant
    return _to_instant(local, rules)[0]


def local_of(schedule: Schedule, rules: tzinfo) -> datetime:
    """The naive local time of a schedule under a zone's rules."""
    return datetime.fromtimestamp(instant_of(schedule), rules).replace(tzinfo=None)


def describe_time(schedule: Schedule) -> str:
    """``Friday 27 November 2026, 09:00 (Europe/Berlin, UTC+01:00)``."""
    return describe_instant(instant_of(schedule), schedule.zone)


def describe_instant(instant: int, zone: str) -> str:
    """Weekday, date, time, zone and UTC offset of a Unix time; UTC where the zone is not known any more."""
    try:
        moment = datetime.fromtimestamp(instant, tzinfo_of(zone or "UTC"))
    except (ValueError, OSError, ZoneInfoNotFoundError):
        moment, zone = datetime.fromtimestamp(instant, UTC), "UTC"
    clock = f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"
    place = "" if not zone or zone[0] in "+-" or zone == "UTC" else f"{zone}, "
    return f"{describe_date(moment.date())}, {clock} ({place}UTC{offset_text(moment)})"
