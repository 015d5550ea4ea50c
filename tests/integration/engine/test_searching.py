"""Search: the query language, paging, errors; getting and setting search attributes."""

from typing import Any

import pytest

from tests.iwf_calls import Calls, until
from tests.iwf_script import Json, complete, parked
from tests.scripted_worker import ScriptedWorker


def keyword(value: str) -> Json:
    return {"key": "CustomKeywordField", "stringValue": value, "valueType": "KEYWORD"}


def integer(value: int) -> Json:
    return {"key": "CustomIntField", "integerValue": value, "valueType": "INT"}


@pytest.fixture
def three(calls: Calls, worker: ScriptedWorker) -> list[str]:
    """Three running workflows that search can find, oldest first."""
    worker.state(calls.type, "S1", parked(), complete())
    started = [calls.start(options={"searchAttributes": [keyword(f"k{n}"), integer(n)]}) for n in range(3)]
    until(lambda: len(found(calls, f"IwfWorkflowType='{calls.type}' AND IwfExecutingStateIds='S1'")), lambda n: n == 3)
    return started


def found(calls: Calls, query: str, **fields: Any) -> list[str]:
    body = calls.search(query, **fields).ok()
    return [entry["workflowId"] for entry in body.get("workflowExecutions") or ()]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("CustomIntField > 0", [2, 1]),
        ("CustomIntField BETWEEN 0 AND 1", [1, 0]),
        ("CustomKeywordField IN ('k0', 'k1')", [1, 0]),
        ("CustomKeywordField NOT IN ('k0', 'k1')", [2]),
        ("CustomKeywordField STARTS_WITH 'k'", [2, 1, 0]),
        ("(CustomIntField = 0 OR CustomIntField = 2)", [2, 0]),
        ("NOT CustomIntField = 1", [2, 0]),
        ("CustomDoubleField IS NULL", [2, 1, 0]),
        ("CustomKeywordField IS NOT NULL", [2, 1, 0]),
        ("ExecutionStatus = 'Running'", [2, 1, 0]),
        ("ExecutionStatus = 'Completed'", []),
        ("IwfExecutingStateIds = 'S1'", [2, 1, 0]),
        ("IwfExecutingStateIds = 'S2'", []),
        ("StartTime > '2020-01-01T00:00:00Z' AND CloseTime IS NULL", [2, 1, 0]),
    ],
)
def test_query_finds_newest_first(calls: Calls, three: list[str], condition: str, expected: list[int]) -> None:
    assert found(calls, f"IwfWorkflowType='{calls.type}' AND {condition}") == [three[n] for n in expected]
    for workflow_id in three:
        calls.on(workflow_id, "stop", stopType="TERMINATE")


def test_pages_follow_each_other(calls: Calls, three: list[str]) -> None:
    query = f"IwfWorkflowType='{calls.type}'"
    first = calls.search(query, pageSize=2).ok()
    assert [entry["workflowId"] for entry in first["workflowExecutions"]] == [three[2], three[1]]
    assert all(entry["workflowRunId"] for entry in first["workflowExecutions"])
    second = calls.search(query, pageSize=2, nextPageToken=first["nextPageToken"]).ok()
    assert [entry["workflowId"] for entry in second["workflowExecutions"]] == [three[0]]
    assert second["nextPageToken"] == ""
    assert found(calls, f"WorkflowId='{three[0]}'") == [three[0]]
    for workflow_id in three:
        calls.on(workflow_id, "stop", stopType="TERMINATE")


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("WorkflowId='x' ORDER BY StartTime DESC", "'order by' clause"),
        ("NoSuch='x'", "'NoSuch' is not a valid search attribute"),
        ("((", "syntax error at position"),
    ],
)
def test_query_that_cannot_be_answered_is_refused(calls: Calls, query: str, reason: str) -> None:
    answer = calls.search(query, pageSize=2)
    assert answer.status >= 400
    assert answer.sub_status == "UNCATEGORIZED_SUB_STATUS"
    assert reason.lower() in answer.body["detail"].lower()


def test_search_attributes_are_read_and_written(calls: Calls, three: list[str]) -> None:
    workflow_id = three[0]
    keys = [{"key": "CustomKeywordField", "valueType": "KEYWORD"}, {"key": "CustomIntField", "valueType": "INT"}]
    before = calls.on(workflow_id, "searchattributes/get", keys=keys).ok()["searchAttributes"]
    assert sorted(before, key=lambda item: str(item["key"])) == [integer(0), keyword("k0")]
    calls.on(workflow_id, "searchattributes/set", searchAttributes=[integer(9)]).ok()
    until(
        lambda: calls.on(workflow_id, "searchattributes/get", keys=keys[1:]).ok()["searchAttributes"],
        lambda items: items == [integer(9)],
    )
    until(
        lambda: found(calls, f"IwfWorkflowType='{calls.type}' AND CustomIntField=9"), lambda ids: ids == [workflow_id]
    )
    for other in three:
        calls.on(other, "stop", stopType="TERMINATE")


def test_closed_workflow_is_found_as_such(calls: Calls, three: list[str]) -> None:
    calls.publish(three[1], "ch", 1).ok()
    calls.wait(three[1])
    completed = f"IwfWorkflowType='{calls.type}' AND ExecutionStatus='Completed' AND CloseTime IS NOT NULL"
    until(lambda: found(calls, completed), lambda ids: ids == [three[1]])
    # What is open comes before what is closed.
    assert found(calls, f"IwfWorkflowType='{calls.type}'") == [three[2], three[0], three[1]]
    for workflow_id in three:
        calls.on(workflow_id, "stop", stopType="TERMINATE")
