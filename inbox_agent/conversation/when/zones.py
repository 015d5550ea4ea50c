"""Time zones: names as people say them to IANA names or fixed offsets, and which zone counts for an owner.

Pure but for reading the zone database (PEP 615), which is data that ships with Python or the system.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from inbox_agent.models import Conversation, UserRequest

ZoneSource = Literal["words", "memory", "date", "default"]

OFFSET = re.compile(r"^(?:utc|gmt)?\s*([+\-−])\s*(\d{1,2})(?::?([0-5]\d))?$", re.IGNORECASE)
# What people mean by these letters; the database's own EST and MST are fixed offsets that ignore summer time.
ABBREVIATIONS = {
    "z": "UTC", "utc": "UTC", "gmt": "UTC",
    "et": "America/New_York", "est": "America/New_York", "edt": "America/New_York",
    "ct": "America/Chicago", "cdt": "America/Chicago",
    "mt": "America/Denver", "mst": "America/Denver", "mdt": "America/Denver",
    "pt": "America/Los_Angeles", "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles",
    "cet": "CET", "cest": "CET", "mez": "CET", "mesz": "CET",
    "eet": "EET", "eest": "EET", "wet": "WET", "west": "WET",
    "jst": "Asia/Tokyo", "kst": "Asia/Seoul", "hkt": "Asia/Hong_Kong", "sgt": "Asia/Singapore",
    "msk": "Europe/Moscow", "sast": "Africa/Johannesburg", "brt": "America/Sao_Paulo",
    "aest": "Australia/Sydney", "aedt": "Australia/Sydney", "awst": "Australia/Perth",
    "nzst": "Pacific/Auckland", "nzdt": "Pacific/Auckland",
}  # fmt: skip
AMBIGUOUS = {
    "ist": ("Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin"),
    "cst": ("America/Chicago", "Asia/Shanghai"),
    "bst": ("Europe/London", "Asia/Dhaka"),
    "ast": ("America/Halifax", "Asia/Riyadh"),
}


@dataclass(frozen=True, slots=True)
class ZoneChoice:
    """The zone that counts, and why: the owner's words, their memory, the Date header of their mail, or the default."""

    zone: str
    source: ZoneSource


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Lower-case IANA names, and cities ("new york"), to IANA names. Cities that several zones share are left out."""
    names: dict[str, str] = {}
    cities: dict[str, set[str]] = {}
    for name in available_timezones():
        names[name.lower()] = name
        area, slash, city = name.rpartition("/")
        if slash and not area.startswith(("Etc", "SystemV", "posix", "right")):
            cities.setdefault(city.replace("_", " ").lower(), set()).add(name)
    return {city: next(iter(zones)) for city, zones in cities.items() if len(zones) == 1} | names


def find_zone(name: str) -> str | None:
    """The IANA name or ``±HH:MM`` offset for what was said, or None. "CST" and the like give None: see ``AMBIGUOUS``."""
    said = " ".join(name.split()).lower()
    said = re.sub(r"\s+(?:time|zone|standard time|ortszeit|uhrzeit)$", "", said)
    if match := OFFSET.match(said):
        hours, minutes = int(match[2]), int(match[3] or 0)
        if hours * 60 + minutes > 14 * 60:
            return None
        sign = "+" if match[1] == "+" or not hours * 60 + minutes else "-"
        return f"{sign}{hours:02d}:{minutes:02d}"
    if said in ABBREVIATIONS:
        return ABBREVIATIONS[said]
    if said in AMBIGUOUS:
        return None
    return _names().get(said) or _names().get(said.replace(" ", "_"))


def tzinfo_of(zone: str) -> tzinfo:
    """The rules of a stored zone: an IANA name or a fixed offset ``±HH:MM``.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: the name is unknown (also: ValueError for a malformed one).
    """
    if match := OFFSET.match(zone):
        delta = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        return timezone(delta if match[1] == "+" else -delta)
    return ZoneInfo(zone)


def offset_text(moment: datetime) -> str:
    """``+02:00`` of an aware datetime."""
    seconds = int((moment.utcoffset() or timedelta()).total_seconds())
    sign, minutes = ("-" if seconds < 0 else "+"), abs(seconds) // 60
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}"


def choose_zone(conversation: Conversation, request: UserRequest, default_zone: str) -> ZoneChoice:
    """The zone that counts when the words name none: said in this conversation, remembered, the Date header's offset, the
    default, in that order.

    An offset says nothing of summer time: when the default zone has the same offset at that moment, its name is taken. What
    was remembered once and used here counts on when the memory cannot be read.
    """
    if conversation.zone and conversation.zone_source not in ("memory", "date", "default"):
        return ZoneChoice(conversation.zone, "words")
    remembered = find_zone(conversation.memory.zone) or (
        conversation.zone if conversation.zone_source == "memory" else ""
    )
    if remembered:
        return ZoneChoice(remembered, "memory")
    moment = _sent_at(request.sent_at)
    if moment is None:
        if conversation.zone_source == "date" and conversation.zone:
            return ZoneChoice(conversation.zone, "date")
        return ZoneChoice(default_zone, "default")
    if offset_text(moment.astimezone(tzinfo_of(default_zone))) == offset_text(moment):
        return ZoneChoice(default_zone, "date")
    return ZoneChoice(offset_text(moment), "date")


def _sent_at(text: str) -> datetime | None:
    """The aware datetime of a Date header in ISO form; None without an offset (``-0000`` of RFC 5322, 3.3 has none)."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def zone_notice(choice: ZoneChoice) -> str:
    """Which zone was used, why, and how to change it: told once."""
    name = choice.zone if choice.zone[0] not in "+-" else f"UTC{choice.zone}"
    why = {
        "words": "as you said",
        "memory": "as you told me before",
        "date": "taken from the date of your mail",
        "default": "the default here",
    }[choice.source]
    other = "America/New_York" if choice.zone == "Europe/Madrid" else "Europe/Madrid"
    return f"Times are in {name} ({why}). To change it, reply for example “use {other} time”."
