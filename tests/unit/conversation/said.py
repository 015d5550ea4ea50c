"""Short forms of what a model says about a time."""

from typing import Any

from inbox_agent.conversation.turn_output import SaidDate, SaidOffset, SaidTime, Unit, Weekday, When


def at(hour: int | None = None, minute: int = 0, clock: Any = None, part: Any = None, second: int = 0) -> SaidTime:
    return SaidTime(hour=hour, minute=minute, second=second, clock=clock, part=part)


def h24(hour: int, minute: int = 0) -> SaidTime:
    return at(hour, minute, "24h")


def named(day: Any) -> SaidDate:
    return SaidDate(kind="named", named=day)


def weekday(day: Weekday, which: Any = "coming") -> SaidDate:
    return SaidDate(kind="weekday", weekday=day, which=which)


def on(day: int | None = None, month: int | None = None, year: int | None = None, unclear: bool = False) -> SaidDate:
    return SaidDate(kind="calendar", day=day, month=month, year=year, day_month_unclear=unclear)


def period(name: Any, edge: Any = "end", which: Any = "this", business: bool = False) -> SaidDate:
    return SaidDate(kind="period", period=name, edge=edge, which=which, business=business)


def nth(number: int, day: Weekday, month: int | None = None, which: Any = None) -> SaidDate:
    return SaidDate(kind="nth_weekday", nth=number, weekday=day, month=month, which=which)


def after(amount: float, unit: Unit, *more: tuple[float, Unit], **rest: Any) -> When:
    offsets = tuple(SaidOffset(amount=value, unit=name) for value, name in ((amount, unit), *more))
    return When(said="after", offset=offsets, **rest)


def when(date: SaidDate | None = None, time: SaidTime | None = None, **rest: Any) -> When:
    return When(said="said", date=date, time=time, **rest)
