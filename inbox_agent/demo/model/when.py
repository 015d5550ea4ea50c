"""Reads what a sentence says about a time, in English, German, Spanish and French, symbolically; computes nothing.

Each rule is a pattern and what it says. A rule that matches blanks its words, so that later rules cannot read them again.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from inbox_agent.conversation.turn_output import Part, SaidDate, SaidOffset, SaidTime, When
from inbox_agent.conversation.when.zones import ABBREVIATIONS, AMBIGUOUS, find_zone
from inbox_agent.demo.model.time_words import ALTERNATIVES, MONTHS, NUMBERS, UNITS, WEEKDAYS

_AMOUNT = r"(?:{num})\s*(?:{biz}|(?:{unit})\b)"


def _rx(pattern: str) -> re.Pattern[str]:
    for name, alternatives in {"amount": _AMOUNT, **ALTERNATIVES}.items():
        pattern = pattern.replace("{" + name + "}", alternatives)
    for name, alternatives in ALTERNATIVES.items():
        pattern = pattern.replace("{" + name + "}", alternatives)
    return re.compile(r"(?<!\w)" + pattern + r"(?!\w)", re.IGNORECASE)


@dataclass
class _Found:
    """What the rules said so far."""

    text: str
    offsets: list[SaidOffset] = field(default_factory=list)
    from_schedule: bool = False
    date: SaidDate | None = None
    hour: int | None = None
    minute: int = 0
    second: int = 0
    clock: str | None = None
    part: Part | None = None
    zone: str | None = None
    repeats: bool = False
    spans: list[tuple[int, int]] = field(default_factory=list)


Rule = Callable[[re.Match[str], _Found], bool | None]


def _amounts(match: re.Match[str], found: _Found) -> bool | None:
    sign = -1 if re.search(r"earlier|sooner|früher|antes|plus tôt", match[0], re.IGNORECASE) else 1
    for number, unit in AMOUNT.findall(match[0]):
        value = NUMBERS.get(number.lower()) or float(number.replace(",", "."))
        name = UNITS.get(unit.lower(), "business_day")
        found.offsets.append(SaidOffset(amount=sign * value, unit=name))
    if re.search(r"and a half|y media|et demie", match[0], re.IGNORECASE):
        found.offsets.append(found.offsets[-1].model_copy(update={"amount": sign * 0.5}))
    if re.search(r"later|earlier|sooner|später|früher|más tarde|antes|plus t", match[0], re.IGNORECASE):
        found.from_schedule = True
    return None


def _moved_by(match: re.Match[str], found: _Found) -> bool | None:
    """ "postpone it by 2 hours", "bring it forward by a day": against the planned time."""
    _amounts(match, found)
    if re.search(r"forward|earlier|sooner|bring", found.text, re.IGNORECASE):
        found.offsets = [offset.model_copy(update={"amount": -abs(offset.amount)}) for offset in found.offsets]
    found.from_schedule = True
    return None


def _iso(match: re.Match[str], found: _Found) -> bool | None:
    found.date = SaidDate(kind="calendar", year=int(match[1]), month=int(match[2]), day=int(match[3]))
    return None


def _numeric(match: re.Match[str], found: _Found) -> bool | None:
    """ "3/4": which is the day cannot be told unless one is above 12; "3.4." is day first."""
    first, second = int(match[1]), int(match[3])
    year = int(match[4]) if match[4] else None
    year = year + 2000 if year is not None and year < 100 else year
    day, month = (second, first) if first <= 12 < second else (first, second)
    if not 1 <= month <= 12:
        return False
    unclear = match[2] == "/" and first <= 12 and second <= 12 and first != second
    found.date = SaidDate(kind="calendar", day=day, month=month, year=year, day_month_unclear=unclear)
    return None


def _named_month(match: re.Match[str], found: _Found) -> bool | None:
    parts = match.groupdict()
    year = int(parts["year"]) if parts.get("year") else None
    found.date = SaidDate(kind="calendar", day=int(parts["day"]), month=MONTHS[parts["month"].lower()], year=year)
    return None


def _ordinal_day(match: re.Match[str], found: _Found) -> bool | None:
    found.date = SaidDate(kind="calendar", day=int(match[1]))
    return None


def _period(match: re.Match[str], found: _Found) -> bool | None:
    words = match[0].lower()
    period = next(
        name
        for name, stem in (("week", "we?ek|woche|seman|semain"), ("month", "month|mes|mois|monat"), ("quarter", "quart"),
                           ("year", "year|jahr|año|an"))
        if re.search(stem, words)
    )  # fmt: skip
    which = "next" if re.search(r"next|nächst|próxim|prochain|que viene", words) else "this"
    edge = None
    if re.search(r"end|fin|last", words):
        edge = "end"
    elif re.search(r"start|begin|anfang|principio|début|first", words):
        edge = "start"
    business = bool(re.search(r"business|working|werktag", words))
    found.date = SaidDate.model_validate(
        {"kind": "period", "period": period, "which": which, "edge": edge, "business": business}
    )
    return None


def _nth(match: re.Match[str], found: _Found) -> bool | None:
    nth = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": -1}
    month = MONTHS.get(match[3].lower())
    which = "next" if "next" in match[3].lower() else "this" if "this" in match[3].lower() else "coming"
    found.date = SaidDate.model_validate(
        {"kind": "nth_weekday", "nth": nth[match[1].lower()], "weekday": WEEKDAYS[match[2].lower()], "month": month,
         "which": None if month else which}
    )  # fmt: skip
    return None


def _weekday(match: re.Match[str], found: _Found) -> bool | None:
    words = match[0].lower()
    which = "coming"
    if re.search(r"(of |the )?next week|nächster woche|próxima semana|semaine prochaine", words):
        which = "of_next_week"
    elif re.search(r"\bnext|nächst|próximo|prochain|que viene", words):
        which = "next"
    elif re.search(r"\bthis|diese[nrm]?\b|\beste|\bce\b", words):
        which = "this"
    found.date = SaidDate.model_validate({"kind": "weekday", "weekday": WEEKDAYS[match["day"].lower()], "which": which})
    return None


def _named(day: str, part: Part | None = None) -> Rule:
    def say(match: re.Match[str], found: _Found) -> bool | None:
        found.date = SaidDate.model_validate({"kind": "named", "named": day})
        found.part = part or found.part
        return None

    return say


def _part(part: Part) -> Rule:
    def say(match: re.Match[str], found: _Found) -> bool | None:
        found.part = part
        return None

    return say


def _time(match: re.Match[str], found: _Found) -> bool | None:
    parts = match.groupdict()
    found.hour = int(parts["h"])
    found.minute = int(parts.get("m") or 0)
    found.second = int(parts.get("s") or 0)
    half = (parts.get("half") or "").lower().replace(".", "")
    if half in ("am", "pm"):
        found.clock = half
    elif found.hour > 12 or parts["h"].startswith("0"):
        found.clock = "24h"
    return None


def _past_to(match: re.Match[str], found: _Found) -> bool | None:
    minutes = {"half": 30, "quarter": 15}.get(match[1].lower()) or int(match[1])
    hour = int(match[3]) if match[3].isdigit() else int(NUMBERS[match[3].lower()])
    found.hour, found.minute = (hour, minutes) if match[2].lower() == "past" else (hour - 1, 60 - minutes)
    return None


def _zone(match: re.Match[str], found: _Found) -> bool | None:
    name = match["zone"].strip()
    if find_zone(name) is None and name.lower() not in AMBIGUOUS:
        return False
    found.zone = name if find_zone(name) is None else find_zone(name)
    return None


def _repeats(match: re.Match[str], found: _Found) -> bool | None:
    found.repeats = True
    return None


AMOUNT = re.compile(
    rf"(?<!\w)({ALTERNATIVES['num']})\s*({ALTERNATIVES['biz']}|(?:{ALTERNATIVES['unit']})(?!\w))", re.IGNORECASE
)
_JOIN = r"(?:\s*(?:,|and|und|y|et)?\s*{amount})*(?:\s+(?:and a half|y media|et demie))?"
RULES: tuple[tuple[re.Pattern[str], Rule], ...] = (
    (_rx(r"(?:every|each|jede[nrms]?|cada|chaque|todos los|weekly|daily|monthly)\s*(?:{wd})?"), _repeats),
    (_rx(r"(?:in\s+)?(?P<zone>[A-Z]\w+/[A-Z]\w+(?:/[A-Z]\w+)?)(?:\s+time)?"), _zone),
    (_rx(r"(?:in\s+)?(?P<zone>(?:utc|gmt)\s?[+\-−]\s?\d{1,2}(?::?\d\d)?)"), _zone),
    (_rx(rf"(?P<zone>{'|'.join(sorted({*ABBREVIATIONS, *AMBIGUOUS} - {'z', 'et', 'ct', 'mt', 'pt', 'west'}))})(?:\s+time)?"),
     _zone),
    (_rx(r"(?P<zone>[a-zà-ü]+ [a-zà-ü]+)(?:'s)? time"), _zone),
    (_rx(r"(?P<zone>[a-zà-ü]+)(?:'s)? time"), _zone),
    (_rx(r"(?:on\s+)?(\d{4})-(\d{1,2})-(\d{1,2})"), _iso),
    (_rx(r"(?:on\s+|am\s+|el\s+|le\s+)?(\d{1,2})([./])(\d{1,2})(?:[./](\d{4}|\d{2}))?\.?"), _numeric),
    (_rx(r"(?:on\s+)?(?:the\s+)?(?:am\s+|el\s+|le\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th|\.|er)?\s+(?:of\s+|de\s+)?(?P<month>{mon})"
         r"\.?(?:,?\s+(?:de\s+)?(?P<year>\d{4}))?"), _named_month),
    (_rx(r"(?:on\s+)?(?P<month>{mon})\.?\s+(?:the\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(?P<year>\d{4}))?(?!:)"),
     _named_month),
    (_rx(r"(?:by |at |on )?(?:the )?(first|1st|second|2nd|third|3rd|fourth|4th|last)\s+({wd})\s+(?:of|in)\s+"
         r"({mon}|(?:the|this|next) month)"), _nth),
    (_rx(r"(?:at |by )?(?:the )?(?:end|start|beginning|last (?:business |working )?day|first (?:business |working )?day) of "
         r"(?:the |this |next )?(?:month|week|quarter|year)"), _period),
    (_rx(r"(?:am )?(?:ende|anfang) (?:des|der|dieses|dieser|nächsten|nächster) (?:monats|woche|jahres)"), _period),
    (_rx(r"(?:a )?(?:final(?:es)?|fin|principios?) (?:de|del|du|de la|de l['’]) ?"
         r"(?:mes|semana|año|mois|semaine|année)(?: prochaine?| que viene)?"), _period),
    (_rx(r"(?:in )?(?:half an hour|media hora|une demi-heure|einer halben stunde)(?: from now)?(?! (?:later|earlier|sooner))"),
     lambda match, found: found.offsets.append(SaidOffset(amount=30, unit="minute"))),
    (_rx(rf"(?:in|en|dans|within|after|dentro de)\s+{{amount}}{_JOIN}"), _amounts),
    (_rx(rf"(?:forward |back )?by\s+{{amount}}{_JOIN}(?! (?:from|later|earlier))"), _moved_by),
    (_rx(rf"{{amount}}{_JOIN}\s*(?:from now|from today|later|earlier|sooner|später|früher|más tarde|antes|plus tard|plus tôt"
         r"|from(?= (?:{wd}|tomorrow)))"), _amounts),
    (_rx(r"(?:on |am |el |le )?(?:this |next |coming |diesen |nächsten |kommenden |este |próximo |ce )?"
         r"(?P<day>{wd})(?:s)?(?: (?:of )?(?:the )?next week| nächster woche| de la próxima semana| de la semaine prochaine"
         r"| que viene| prochain)?"), _weekday),
    (_rx(r"(?:next|this) (?:week|month|quarter|year)|nächste[nrs]? (?:woche|monat|jahr)|la próxima semana"
         r"|la semaine prochaine"), _period),
    (_rx(r"(?:the )?day after tomorrow|übermorgen|pasado mañana|après-demain"), _named("day_after_tomorrow")),
    (_rx(r"this (?=morning|afternoon|evening)"), _named("today")),
    (_rx(r"(?:por|de|en) la mañana|(?:in )?(?:the )?morning|am (?:morgen|vormittag)|(?:du|le) matin|früh"),
     _part("morning")),
    (_rx(r"tonight|heute nacht|esta noche|ce soir|heute abend"), _named("today", "night")),
    (_rx(r"tomorrow|tmrw|morgen|mañana|demain"), _named("tomorrow")),
    (_rx(r"today|heute|hoy|aujourd'hui"), _named("today")),
    (_rx(r"yesterday|gestern|ayer|hier"), _named("yesterday")),
    (_rx(r"(?:at |by )?(?:the )?(?:end of (?:the )?(?:business )?day|eod|cob|close of business|feierabend)"),
     _part("end_of_day")),
    (_rx(r"(?:at |um |a |à )?(?:noon|midday|mittags?|mediodía|midi)"), _part("noon")),
    (_rx(r"(?:at |um |a |à )?(?:midnight|mitternacht|medianoche|minuit)"), _part("midnight")),
    (_rx(r"(?:in )?(?:the )?afternoon|nachmittags?|por la tarde|de la tarde|(?:de )?l'après-midi"), _part("afternoon")),
    (_rx(r"(?:in )?(?:the )?evening|abends?|por la noche|de la noche|du soir|le soir"), _part("evening")),
    (_rx(r"at night|nachts"), _part("night")),
    (_rx(r"(?:at |um )?(half|quarter|\d{1,2})\s+(past|to)\s+(\d{1,2}|{num})"), _past_to),
    (_rx(r"(?:at|um|a las|a la|à|@|by|for|,)?\s*(?P<h>\d{1,2})[:.](?P<m>\d\d)(?::(?P<s>\d\d))?\s*(?P<half>[ap]\.?m\.?)?"
         r"\s*(?:uhr|h)?"), _time),
    (_rx(r"(?:at|um|a las|a la|à|@|by)?\s*(?P<h>\d{1,2})\s*(?P<half>[ap]\.?m\.?)"), _time),
    (_rx(r"(?:at|um|a las|a la|à|@|by)?\s*(?P<h>\d{1,2})\s*(?:uhr|h)(?P<m>\d\d)?"), _time),
    (_rx(r"(?:at|um|a las|a la|à|@)\s*(?P<h>\d{1,2})(?: o'clock)?"), _time),
    (_rx(r"(?P<h>\d{1,2}) o'clock"), _time),
    (_rx(r"(?:on |by )?the (\d{1,2})(?:st|nd|rd|th)"), _ordinal_day),
    (_rx(r"in (?P<zone>[^\W\d_]+(?: [^\W\d_]+)?)"), _zone),
)  # fmt: skip


def read_when(text: str) -> tuple[When | None, str]:
    """What the text says about a time, and the text without those words. None when it says nothing."""
    found = _Found(text)
    left = text.replace("’", "'")
    for pattern, say in RULES:
        position = 0
        while match := pattern.search(left, position):
            if say(match, found) is False:
                position = match.end()
                continue
            found.spans.append(match.span())
            left = left[: match.start()] + "\x00" * (match.end() - match.start()) + left[match.end() :]
            break
    if not found.spans or (found.spans and found.zone and len(found.spans) == 1 and "time" not in text.lower()):
        return None, text
    said = text[min(start for start, _ in found.spans) : max(end for _, end in found.spans)].strip()
    clock = SaidTime.model_validate(
        {"hour": found.hour, "minute": found.minute, "second": found.second, "clock": found.clock, "part": found.part}
    )
    has_time = found.hour is not None or found.part is not None
    when = When(
        said=said,
        offset=tuple(found.offsets),
        offset_from="schedule" if found.from_schedule else "now",
        date=found.date,
        time=clock if has_time else None,
        zone=found.zone,
        repeats=found.repeats,
    )
    return when, re.sub(r"\s+", " ", left.replace("\x00", "")).strip(" ,;")
