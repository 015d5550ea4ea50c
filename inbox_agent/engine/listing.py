"""Search attributes: which there are, how a run's are stored for queries, and what may be written. Pure."""

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, get_args

from inbox_agent.engine.state import RunState
from inbox_agent.engine.wire import SearchAttribute, SearchAttributeType

BUILT_IN: dict[str, SearchAttributeType] = {
    "IwfWorkflowType": "KEYWORD",
    "IwfGlobalWorkflowVersion": "INT",
    "IwfExecutingStateIds": "KEYWORD_ARRAY",
    "CustomKeywordField": "KEYWORD",
    "CustomIntField": "INT",
    "CustomDoubleField": "DOUBLE",
    "CustomBoolField": "BOOL",
    "CustomDatetimeField": "DATETIME",
    "CustomStringField": "TEXT",
    "CustomKeywordArrayField": "KEYWORD_ARRAY",
}
# Both iWF's and Temporal's names of the types are understood on the command line.
_TYPE_NAMES: dict[str, SearchAttributeType] = {
    **{name.lower(): name for name in get_args(SearchAttributeType)},
    "keywordlist": "KEYWORD_ARRAY",
    "keywordarray": "KEYWORD_ARRAY",
}
GLOBAL_WORKFLOW_VERSION = 1


def parse_registration(text: str) -> tuple[str, SearchAttributeType]:
    """Reads ``NAME=Type`` of the command line.

    Raises:
        ValueError: not of that form, or no such type.
    """
    name, separator, kind = text.partition("=")
    found = _TYPE_NAMES.get(kind.strip().lower())
    if not separator or not name.strip().isidentifier() or found is None:
        known = "Keyword, Text, Int, Double, Bool, Datetime, KeywordList"
        raise ValueError(f"{text!r}: expected NAME=Type, for example CustomerId=Keyword; types: {known}")
    return name.strip(), found


def problem_with(attributes: list[SearchAttribute] | None, registered: Mapping[str, str]) -> str | None:
    """Why these search attributes cannot be written, None when they can."""
    for attribute in attributes or ():
        kind = registered.get(attribute.key)
        if kind is None:
            return f"Namespace default has no mapping defined for search attribute {attribute.key}"
        given = attribute.value_type
        if given is None or (given != kind and {given, kind} != {"KEYWORD", "TEXT"}):
            return f"search attribute {attribute.key} is of type {kind}, not {given}"
        try:
            _value(attribute, given)
        except (ValueError, OverflowError) as error:
            return f"search attribute {attribute.key}: {error}"
    return None


def search_document(state: RunState) -> str:
    """The ``search`` column: name to value, in the form that queries compare."""
    values = {}
    for name, attribute in state.search_attributes.items():
        kind = attribute.value_type or BUILT_IN.get(name, "KEYWORD")
        values[name] = _value(attribute, kind)
    return json.dumps(values)


def shown(attribute: SearchAttribute) -> dict[str, Any]:
    """As ``searchattributes/get`` answers: a datetime in UTC, whatever zone it was written in."""
    body = attribute.model_dump(by_alias=True, exclude_none=True)
    if attribute.value_type == "DATETIME" and attribute.string_value:
        body["stringValue"] = _in_utc(attribute.string_value)
    return body


def _in_utc(text: str) -> str:
    """The same moment in UTC, with all the digits of the second that were written: Python knows only six."""
    fraction = re.search(r"[.,](\d+)", text)
    digits = "" if fraction is None else fraction[1].rstrip("0")
    whole = _moment(text).replace(microsecond=0, tzinfo=None).isoformat()
    return f"{whole}.{digits}Z" if digits else f"{whole}Z"


def _value(attribute: SearchAttribute, kind: str) -> Any:
    if kind == "INT":
        if attribute.integer_value is not None and not -(2**63) <= attribute.integer_value < 2**63:
            raise ValueError("an integer has at most 64 bits")
        return attribute.integer_value
    if kind == "DOUBLE":
        if attribute.double_value is not None and not math.isfinite(attribute.double_value):
            raise ValueError("a double has to be a finite number")
        return attribute.double_value
    if kind == "BOOL":
        return None if attribute.bool_value is None else int(attribute.bool_value)
    if kind == "KEYWORD_ARRAY":
        return attribute.string_array_value
    if kind == "DATETIME" and attribute.string_value:
        return round(_moment(attribute.string_value).timestamp() * 1_000_000)
    return attribute.string_value


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).astimezone(UTC)
