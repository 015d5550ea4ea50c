"""Search attributes: registration, checks, stored and shown forms."""

import json

import pytest

from inbox_agent.engine import listing
from inbox_agent.engine.state import RunState
from inbox_agent.engine.wire import SearchAttribute


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Customer=Keyword", ("Customer", "KEYWORD")),
        ("Tags=KeywordList", ("Tags", "KEYWORD_ARRAY")),
        ("Tags=KEYWORD_ARRAY", ("Tags", "KEYWORD_ARRAY")),
        ("At=datetime", ("At", "DATETIME")),
    ],
)
def test_registrations_are_read(text: str, expected: tuple[str, str]) -> None:
    assert listing.parse_registration(text) == expected


@pytest.mark.parametrize("text", ["Customer", "=Keyword", "a b=Int", "x'y=Int", "Customer=Colour"])
def test_wrong_registrations_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="CustomerId=Keyword"):
        listing.parse_registration(text)


def test_only_registered_attributes_with_readable_values_are_taken() -> None:
    known = listing.BUILT_IN
    assert (
        listing.problem_with([SearchAttribute(key="CustomIntField", value_type="INT", integer_value=1)], known) is None
    )
    assert "NoSuch" in (listing.problem_with([SearchAttribute(key="NoSuch")], known) or "")
    unreadable = SearchAttribute(key="CustomDatetimeField", value_type="DATETIME", string_value="tomorrow")
    assert "CustomDatetimeField" in (listing.problem_with([unreadable], known) or "")


@pytest.mark.parametrize(
    "attribute",
    [
        SearchAttribute(key="CustomDoubleField", value_type="DOUBLE", double_value=float("nan")),
        SearchAttribute(key="CustomDoubleField", value_type="DOUBLE", double_value=float("inf")),
        SearchAttribute(key="CustomIntField", value_type="INT", integer_value=2**63),
        SearchAttribute(key="CustomIntField", value_type="KEYWORD", string_value="1"),
        SearchAttribute(key="CustomIntField", integer_value=1),
        SearchAttribute(key="CustomKeywordField", value_type="DATETIME", string_value="2026-01-01T00:00:00Z"),
    ],
)
def test_values_that_queries_cannot_compare_are_refused(attribute: SearchAttribute) -> None:
    assert listing.problem_with([attribute], listing.BUILT_IN)


def test_values_are_stored_as_queries_compare_them() -> None:
    state = RunState(workflow_id="w", run_id="r", first_run_id="r", workflow_type="T", worker_url="", started_at=0)
    state.search_attributes = {
        "CustomDatetimeField": SearchAttribute(value_type="DATETIME", string_value="1970-01-01T01:00:01+01:00"),
        "CustomBoolField": SearchAttribute(value_type="BOOL", bool_value=True),
        "CustomKeywordArrayField": SearchAttribute(value_type="KEYWORD_ARRAY", string_array_value=["a"]),
    }
    stored = {"CustomDatetimeField": 1_000_000, "CustomBoolField": 1, "CustomKeywordArrayField": ["a"]}
    assert json.loads(listing.search_document(state)) == stored


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2026-03-01T12:00:00+02:00", "2026-03-01T10:00:00Z"),
        ("2026-03-01T12:00:00.120-01:00", "2026-03-01T13:00:00.12Z"),
        ("2026-03-01T12:00:00.123456789Z", "2026-03-01T12:00:00.123456789Z"),
    ],
)
def test_datetimes_are_shown_in_utc_with_all_their_digits(written: str, shown: str) -> None:
    attribute = SearchAttribute(key="CustomDatetimeField", value_type="DATETIME", string_value=written)
    assert listing.shown(attribute)["stringValue"] == shown
