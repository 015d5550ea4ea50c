"""How a literal of a visibility query becomes a parameter that compares rightly with a column of its attribute's type.

Literals are taken generously where their meaning is plain (``'5'`` for a number, ``5`` for a keyword), as the real server's
columns convert them, and refused where a comparison could only be a mistake.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum

from inbox_agent.engine.visibility_syntax import Value, VisibilityError

Parameter = str | int | float


class ValueType(Enum):
    """The type of an attribute; the values are the names that error texts and ``--search-attribute NAME=Type`` use."""

    KEYWORD = "Keyword"
    TEXT = "Text"
    KEYWORD_ARRAY = "KeywordList"
    INT = "Int"
    DOUBLE = "Double"
    BOOL = "Bool"
    DATETIME = "Datetime"
    STATUS = "ExecutionStatus"
    DURATION = "ExecutionDuration"


# Temporal's name and number of each status -> the status as iWF calls it.
STATUSES: dict[str | int, str] = {
    "Running": "RUNNING",
    "Completed": "COMPLETED",
    "Failed": "FAILED",
    "Canceled": "CANCELED",
    "Terminated": "TERMINATED",
    "ContinuedAsNew": "CONTINUED_AS_NEW",
    "TimedOut": "TIMEOUT",
}
STATUSES |= dict(enumerate(list(STATUSES.values()), start=1))

_INT64 = range(-(2**63), 2**63)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))", re.ASCII
)
_DURATION_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h|d)")
_NANOSECONDS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9}
_NANOSECONDS |= {"h": 3600 * 10**9, "d": 86_400 * 10**9}


def words(text: str) -> frozenset[str]:
    """The words of a text, lower case: runs of letters and digits, as a full-text index splits them."""
    return frozenset(re.findall(r"[^\W_]+", text.lower()))


def encode(name: str, kind: ValueType, value: Value) -> Parameter:
    """Turn a literal into the parameter to compare a column of this type with.

    Raises:
        VisibilityError: the literal means nothing for the type.
    """
    encoded = _ENCODERS[kind](value)
    if encoded is None:
        raise VisibilityError(
            f"invalid query: invalid expression: invalid value {value!r} for search attribute {name} of type {kind.value}"
        )
    return encoded


def _keyword(value: Value) -> Parameter | None:
    return None if isinstance(value, bool) else str(value)


def _integer(value: Value) -> Parameter | None:
    if isinstance(value, str) and re.fullmatch(r"\s*[+-]?\d{1,20}\s*", value, re.ASCII):
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value if value in _INT64 else None
    # A fraction never equals an integer, but `>` and `<` against it mean something.
    return value if isinstance(value, float) else None


def _double(value: Value) -> Parameter | None:
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return None
    return _integer(value)


def _bool(value: Value) -> Parameter | None:
    if isinstance(value, str):
        return {"true": 1, "false": 0}.get(value.lower())
    return int(value) if value in (0, 1) else None


def _datetime(value: Value) -> Parameter | None:
    """RFC 3339 with a zone, or nanoseconds since the epoch; beyond microseconds it is cut off, as SQL databases do."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value // 1000 if value in _INT64 else None
    match = _RFC3339.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    fields = [int(match[index]) for index in range(1, 7)]
    micros = int((match[7] or "").ljust(9, "0")[:6])
    offset = timedelta(hours=int(match[9] or 0), minutes=int(match[10] or 0)) * (-1 if match[8] == "-" else 1)
    try:
        instant = datetime(*fields[:6], micros, tzinfo=timezone(offset))  # type: ignore[arg-type, misc] # six ints
        return (instant - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, OverflowError):
        return None


def _status(value: Value) -> Parameter | None:
    if isinstance(value, (bool, float)):
        return None
    if isinstance(value, str) and value.upper().startswith("WORKFLOW_EXECUTION_STATUS_"):
        value = "".join(part.capitalize() for part in value.split("_")[3:])
    return STATUSES.get(value)


def _duration(value: Value) -> Parameter | None:
    """Nanoseconds as a number, Go's notation (``1h30m``, ``-1.5s``, days added), or ``hh:mm:ss``."""
    if not isinstance(value, str):
        return _integer(value)
    clock = re.fullmatch(r"(\d+):([0-5]\d):([0-5]\d)", value, re.ASCII)
    if clock:
        seconds = int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3])
        return _integer(seconds * 10**9)
    sign, body = (-1, value[1:]) if value.startswith("-") else (1, value.removeprefix("+"))
    if not re.fullmatch(f"(?:{_DURATION_PART.pattern})+", body):
        return _integer(value)
    total = sum(float(number) * _NANOSECONDS[unit] for number, unit in _DURATION_PART.findall(body))
    return _integer(sign * round(total)) if total < 2**63 else None


_ENCODERS: dict[ValueType, Callable[[Value], Parameter | None]] = {
    ValueType.KEYWORD: _keyword,
    ValueType.TEXT: _keyword,
    ValueType.KEYWORD_ARRAY: _keyword,
    ValueType.INT: _integer,
    ValueType.DOUBLE: _double,
    ValueType.BOOL: _bool,
    ValueType.DATETIME: _datetime,
    ValueType.STATUS: _status,
    ValueType.DURATION: _duration,
}
