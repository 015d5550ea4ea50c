"""Instants as a person reads them: weekday, date, time, zone and UTC offset spelled out."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from inbox_agent.models import Schedule


def describe_schedule(schedule: Schedule) -> str:
    """When a draft goes out, in the zone of its schedule."""
    return describe_instant(schedule.instant, schedule.zone)


def describe_instant(instant: int, zone: str) -> str:
    """E.g. ``Friday, 6 March 2026 at 15:00, Europe/Berlin (UTC+01:00)``. An unknown zone is read as UTC.

    Args:
        instant: Unix time in seconds.
        zone: IANA name or fixed offset such as ``+02:00``.
    """
    tz = _zone(zone)
    local = datetime.fromtimestamp(instant, tz or UTC)
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    offset = _offset(local.utcoffset() or timedelta())
    name = zone if isinstance(tz, ZoneInfo) and zone not in ("UTC", "Etc/UTC") else ""
    shown = f"{name} ({offset})" if name else offset
    return f"{local:%A}, {local.day} {local:%B %Y} at {clock}, {shown}"


def _zone(zone: str) -> tzinfo | None:
    if zone[:1] in ("+", "-"):
        try:
            offset = datetime.strptime(zone, "%z").tzinfo
        except ValueError:
            return None
        return offset if isinstance(offset, timezone) else None
    try:
        return ZoneInfo(zone) if zone else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _offset(offset: timedelta) -> str:
    minutes = int(offset.total_seconds() // 60)
    if minutes == 0:
        return "UTC"
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
