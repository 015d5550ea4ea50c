"""A day as it was said to a calendar date. Weeks begin on Monday (ISO 8601). Pure arithmetic, no zones.

Stated rules:
- "Friday" is the coming one, today included. "next Friday" is the Friday of next week (told when another came first).
- A day and month without a year are the coming ones; when they passed within the last ``RECENT_DAYS`` days it is asked.
- "the 15th" is the coming 15th. For a date that does not exist the question offers its neighbours.
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from inbox_agent.conversation.turn_output import SaidDate, Unit

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = tuple(calendar.month_name)
RECENT_DAYS = 60


@dataclass(frozen=True, slots=True)
class Day:
    """A date that was found, with what the person must know about how."""

    date: date
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """The time cannot be told; what to ask, with proposals. ``proposals`` are replies that answer with one tap."""

    questions: tuple[str, ...]
    proposals: tuple[str, ...] = ()


def describe_date(day: date) -> str:
    """``Friday 27 November 2026``."""
    return f"{WEEKDAYS[day.weekday()].title()} {day.day} {MONTHS[day.month]} {day.year}"


def find_day(said: SaidDate, today: date) -> Day | Ask:
    """The date that ``said`` means on ``today``."""
    finders = {
        "named": _named,
        "weekday": _weekday,
        "calendar": _calendar,
        "period": _period,
        "nth_weekday": _nth_weekday,
    }
    try:
        return finders[said.kind](said, today)
    except (ValueError, OverflowError):
        return Ask(("I do not understand which day you mean. Please give the date, for example “5 March”.",))


def _named(said: SaidDate, today: date) -> Day | Ask:
    days = {"yesterday": -1, "today": 0, "tomorrow": 1, "day_after_tomorrow": 2}
    if said.named is None:
        return Ask(("On which day should I send it?",))
    return Day(today + timedelta(days=days[said.named]))


def _weekday(said: SaidDate, today: date) -> Day | Ask:
    if said.weekday is None:
        return Ask(("On which day of the week should I send it?",))
    wanted = WEEKDAYS.index(said.weekday)
    coming = today + timedelta(days=(wanted - today.weekday()) % 7)
    monday = today - timedelta(days=today.weekday())
    if said.which == "this":
        return Day(monday + timedelta(days=wanted))
    if said.which == "of_next_week":
        return Day(monday + timedelta(days=7 + wanted))
    if said.which == "after_next":
        return Day(monday + timedelta(days=14 + wanted))
    if said.which == "next":
        day = monday + timedelta(days=7 + wanted)
        name = said.weekday.title()
        if today < coming < day:
            return Day(
                day, (f"I took “next {name}” as {describe_date(day)}; for {describe_date(coming)} say “this {name}”.",)
            )
        return Day(day)
    return Day(coming)


def _calendar(said: SaidDate, today: date) -> Day | Ask:
    if said.day is None:
        return _month_only(said, today)
    if said.day_month_unclear and said.month and said.day != said.month:
        return _both_orders(said, today)
    if said.month is None:
        return _day_of_month(said.day, said.year, today)
    year = said.year if said.year is not None else today.year
    year = year + 2000 if year < 100 else year
    if not (1 <= said.month <= 12 and 1 <= said.day <= 31):
        return Ask((f"There is no day {said.day} of month {said.month}. Which date do you mean?",))
    if said.year is None:
        return _coming(said.month, said.day, today)
    return _existing(year, said.month, said.day)


def _month_only(said: SaidDate, today: date) -> Day | Ask:
    """ "in March": the first of it."""
    if said.month is None:
        return Ask(("On which date should I send it?",))
    year = said.year if said.year is not None else today.year + (said.month <= today.month)
    day = _existing(year, said.month, 1)
    if isinstance(day, Ask):
        return day
    return Day(day.date, (f"No day was said, so I took {describe_date(day.date)}.",))


def _both_orders(said: SaidDate, today: date) -> Day | Ask:
    assert said.day is not None
    assert said.month is not None
    ways = [
        _calendar(said.model_copy(update={"day": day, "month": month, "day_month_unclear": False}), today)
        for day, month in ((said.day, said.month), (said.month, said.day))
    ]
    days = [way for way in ways if isinstance(way, Day)]
    if len(days) == 1:
        return days[0]
    if not days:
        return ways[0]
    proposals = " or ".join(describe_date(day.date) for day in days)
    return Ask((f"Is that {proposals}?",))


def _coming(month: int, day: int, today: date) -> Day | Ask:
    """The next occurrence of a day and month; 29 February waits for a leap year."""
    if day > calendar.monthrange(2024, month)[1]:
        last = date(today.year, month, calendar.monthrange(today.year, month)[1])
        return _existing(today.year + (last < today), month, day)
    year = today.year
    while not _exists(year, month, day) or date(year, month, day) < today:
        year += 1
    found = date(year, month, day)
    if (
        year > today.year
        and _exists(today.year, month, day)
        and (today - date(today.year, month, day)).days <= RECENT_DAYS
    ):
        passed = describe_date(date(today.year, month, day))
        return Ask((f"{passed} has already passed. Did you mean {describe_date(found)}, or another day?",))
    return Day(found)


def _day_of_month(day: int, year: int | None, today: date) -> Day | Ask:
    if not 1 <= day <= 31:
        return Ask((f"There is no day {day} in a month. Which date do you mean?",))
    month_first = today.replace(day=1)
    while not _exists(month_first.year, month_first.month, day) or month_first.replace(day=day) < today:
        month_first = (month_first + timedelta(days=32)).replace(day=1)
    return Day(month_first.replace(day=day))


def _exists(year: int, month: int, day: int) -> bool:
    return day <= calendar.monthrange(year, month)[1]


def _existing(year: int, month: int, day: int) -> Day | Ask:
    last = calendar.monthrange(year, month)[1]
    if day <= last:
        return Day(date(year, month, day))
    before = date(year, month, last)
    return Ask(
        (
            f"There is no {day} {MONTHS[month]} {year}. Did you mean {describe_date(before)} "
            f"or {describe_date(before + timedelta(days=1))}?",
        )
    )


def _period(said: SaidDate, today: date) -> Day | Ask:
    ahead = {"next": 1, "of_next_week": 1, "after_next": 2}.get(said.which or "this", 0)
    if said.period is None:
        return Ask(("When exactly should I send it?",))
    first, last = _bounds(said, today, ahead)
    if said.edge == "end":
        while said.business and last.weekday() > 4:
            last -= timedelta(days=1)
        return Day(last)
    while said.business and first.weekday() > 4:
        first += timedelta(days=1)
    if said.edge is None and ahead == 0:
        return Ask((f"Which day of this {said.period} should I send it on?",))
    notice = () if said.edge else (f"No day was said, so I took {describe_date(first)}.",)
    return Day(first, notice)


def _bounds(said: SaidDate, today: date, ahead: int) -> tuple[date, date]:
    """First and last day of the period; a week ends on its Friday, as offices mean it."""
    if said.period == "week":
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=ahead)
        return monday, monday + timedelta(days=4)
    if said.period == "month":
        if said.month is not None:
            year = said.year if said.year is not None else today.year + (said.month < today.month)
            first = date(year, said.month, 1)
        else:
            first = add_months(today.replace(day=1), ahead)
        return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])
    months = 3 if said.period == "quarter" else 12
    start_month = (today.month - 1) // months * months + 1
    first = add_months(date(today.year, start_month, 1), months * ahead)
    return first, add_months(first, months) - timedelta(days=1)


def _nth_weekday(said: SaidDate, today: date) -> Day | Ask:
    if said.weekday is None or said.nth is None or not (said.nth == -1 or 1 <= said.nth <= 5):
        return Ask(("Which day do you mean? Please give the date, for example “5 March”.",))
    if said.month is not None:
        year = said.year if said.year is not None else today.year
        found = _nth_in(year, said.month, said)
        if said.year is None and found is not None and found < today:
            found = _nth_in(year + 1, said.month, said)
    else:
        first = add_months(today.replace(day=1), {"next": 1, "after_next": 2}.get(said.which or "", 0))
        found = _nth_in(first.year, first.month, said)
        if said.which in (None, "coming") and found is not None and found < today:
            first = add_months(first, 1)
            found = _nth_in(first.year, first.month, said)
    if found is None:
        return Ask((f"That month has no {said.nth}th {said.weekday.title()}. Which date do you mean?",))
    return Day(found)


def _nth_in(year: int, month: int, said: SaidDate) -> date | None:
    assert said.weekday is not None
    assert said.nth is not None
    wanted = WEEKDAYS.index(said.weekday)
    days = [week[wanted] for week in calendar.monthcalendar(year, month) if week[wanted]]
    index = said.nth - 1 if said.nth > 0 else said.nth
    return date(year, month, days[index]) if -len(days) <= index < len(days) else None


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def add_business_days(day: date, count: int) -> date:
    """``count`` working days on, Monday to Friday; public holidays are not known."""
    step = timedelta(days=1 if count >= 0 else -1)
    left = abs(count)
    while left:
        day += step
        left -= day.weekday() < 5
    return day


def add_calendar_units(day: date, amount: int, unit: Unit) -> date:
    """Days, business days, weeks, months or years on.

    Raises:
        OverflowError, ValueError: beyond the calendar.
    """
    if abs(amount) > 4000:
        raise OverflowError("too far away")
    if unit == "business_day":
        return add_business_days(day, amount)
    if unit in ("month", "year"):
        return add_months(day, amount * (12 if unit == "year" else 1))
    return day + timedelta(days=amount * (7 if unit == "week" else 1))
