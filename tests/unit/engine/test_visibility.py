"""Visibility queries against an in-memory SQLite: what matches, what is refused, and that SQL agrees with Python."""

import json
import operator
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inbox_agent.engine import visibility_syntax as syntax
from inbox_agent.engine.visibility import (
    OPEN_CLOSE_TIME_MICROS,
    Attribute,
    PageToken,
    Paging,
    ValueType,
    VisibilityError,
    compile_query,
    register_functions,
)
from inbox_agent.engine.visibility_values import words

ATTRIBUTES = {
    "WorkflowId": Attribute("runs.workflow_id", ValueType.KEYWORD),
    "ExecutionStatus": Attribute("runs.status", ValueType.STATUS),
    "StartTime": Attribute("runs.started", ValueType.DATETIME),
    "CloseTime": Attribute("runs.closed", ValueType.DATETIME, when_null=OPEN_CLOSE_TIME_MICROS),
    "ExecutionDuration": Attribute("((runs.closed - runs.started) * 1000)", ValueType.DURATION),
    "Colour": Attribute("json_extract(runs.attributes, '$.Colour')", ValueType.KEYWORD),
    "Tags": Attribute("json_extract(runs.attributes, '$.Tags')", ValueType.KEYWORD_ARRAY),
    "Count": Attribute("json_extract(runs.attributes, '$.Count')", ValueType.INT),
    "Weight": Attribute("json_extract(runs.attributes, '$.Weight')", ValueType.DOUBLE),
    "Urgent": Attribute("json_extract(runs.attributes, '$.Urgent')", ValueType.BOOL),
    "Note": Attribute("json_extract(runs.attributes, '$.Note')", ValueType.TEXT),
}
PAGING = Paging("closed", "started", "run_id")
SECOND = 1_000_000


@dataclass
class Run:
    name: str
    status: str = "RUNNING"
    started: int = 0
    closed: int | None = None
    attributes: dict[str, Any] = field(default_factory=dict)


class Store:
    """A table as the docstring of ``visibility`` describes it."""

    def __init__(self, *runs: Run) -> None:
        self.connection = sqlite3.connect(":memory:")
        register_functions(self.connection)
        self.connection.execute("CREATE TABLE runs (workflow_id, run_id, status, started, closed, attributes)")
        for run in runs:
            row = (run.name, "run-" + run.name, run.status, run.started, run.closed, json.dumps(run.attributes))
            self.connection.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?)", row)

    def search(self, query: str) -> set[str]:
        where = compile_query(query, ATTRIBUTES)
        rows = self.connection.execute(f"SELECT workflow_id FROM runs WHERE {where.sql}", where.parameters)
        return {row[0] for row in rows}


@pytest.fixture
def store() -> Iterator[Store]:
    made = Store(
        Run("apple", started=SECOND, attributes={"Colour": "red", "Tags": ["fruit", "round"], "Count": 3, "Urgent": 1}),
        Run("banana", "COMPLETED", 2 * SECOND, 5 * SECOND, {"Colour": "yellow", "Tags": ["fruit"], "Weight": 1.5}),
        Run("cherry's", "TIMEOUT", 3 * SECOND, 3 * SECOND, {"Note": "small-and RED fruit", "Count": -1, "Urgent": 0}),
    )
    yield made
    made.connection.close()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "apple banana cherry's"),
        ("  ", "apple banana cherry's"),
        ("WorkflowId = 'apple'", "apple"),
        ('WorkflowId="apple"', "apple"),
        ("`WorkflowId` = 'apple'", "apple"),
        ("WorkflowId = 'cherry''s'", "cherry's"),
        (r"WorkflowId = 'cherry\'s'", "cherry's"),
        ("WorkflowId != 'apple'", "banana cherry's"),
        ("WorkflowId <> 'apple'", "banana cherry's"),
        ("WorkflowId >= 'banana'", "banana cherry's"),
        ("WorkflowId in ('apple', 'banana', 'no')", "apple banana"),
        ("WorkflowId NOT IN ('apple', 'banana')", "cherry's"),
        ("WorkflowId STARTS_WITH 'b'", "banana"),
        ("WorkflowId starts_with 'B'", ""),
        ("WorkflowId NOT STARTS_WITH 'b'", "apple cherry's"),
        ("WorkflowId STARTS_WITH ''", "apple banana cherry's"),
        ("WorkflowId BETWEEN 'apple' AND 'b'", "apple"),
        ("ExecutionStatus = 'Running'", "apple"),
        ("ExecutionStatus = 1", "apple"),
        ("ExecutionStatus IN ('Completed', 'TimedOut')", "banana cherry's"),
        ("ExecutionStatus = 'WORKFLOW_EXECUTION_STATUS_TIMED_OUT'", "cherry's"),
        ("Colour = 'red' OR Colour = 'yellow'", "apple banana"),
        ("NOT Colour = 'red'", "banana"),
        ("Colour IS NULL", "cherry's"),
        ("Colour is not null", "apple banana"),
        ("Tags = 'fruit'", "apple banana"),
        ("Tags != 'round'", "banana cherry's"),
        ("Tags IN ('round', 'square')", "apple"),
        ("Tags NOT IN ('round', 'square')", "banana cherry's"),
        ("Count > 0", "apple"),
        ("Count = '3'", "apple"),
        ("Count < 0.5", "cherry's"),
        ("Count = +3 or Count = -1", "apple cherry's"),
        ("Count NOT BETWEEN 0 AND 5", "cherry's"),
        ("Weight > 1 AND Weight <= 1.5e0", "banana"),
        ("Urgent = true", "apple"),
        ("Urgent = 'FALSE'", "cherry's"),
        ("Urgent != false", "apple"),
        ("StartTime > '1970-01-01T00:00:01Z'", "banana cherry's"),
        ("StartTime = '1970-01-01T02:00:01.000000999+02:00'", "apple"),
        ("StartTime <= 2000000000", "apple banana"),
        ("CloseTime IS NULL", "apple"),
        ("CloseTime > '2100-01-01T00:00:00Z'", "apple"),
        ("CloseTime BETWEEN '1970-01-01T00:00:03Z' AND '1970-01-01T00:00:04Z'", "cherry's"),
        ("ExecutionDuration = '3s'", "banana"),
        ("ExecutionDuration < '00:00:01'", "cherry's"),
        ("ExecutionDuration >= 3000000000", "banana"),
        ("Note = 'red blue'", "cherry's"),
        ("Note = 're'", ""),
        ("Note != 'red'", "apple banana"),
        ("WorkflowId='apple' OR WorkflowId='banana' AND Count=3", "apple"),
        ("(WorkflowId='apple' OR WorkflowId='banana') AND Count=3", "apple"),
        ("NOT (WorkflowId='apple' || WorkflowId='banana')", "cherry's"),
        ("NOT NOT WorkflowId='apple' && Count=3", "apple"),
    ],
)
def test_query_matches(store: Store, query: str, expected: str) -> None:
    assert store.search(query) == set(expected.split())


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("NoSuch = 'x'", "column name 'NoSuch' is not a valid search attribute"),
        ("workflowid = 'x'", "column name 'workflowid' is not a valid search attribute"),
        ("WorkflowId = 'x' ORDER BY StartTime", "operation is not supported: 'order by' clause"),
        ("order by StartTime", "operation is not supported: 'order by' clause"),
        ("WorkflowId = 'x' GROUP BY ExecutionStatus", "operation is not supported: 'group by' clause"),
        ("WorkflowId = 'x' LIMIT 3", "operation is not supported: 'limit' clause"),
        ("WorkflowId LIKE 'x%'", "invalid operator 'like'"),
        ("WorkflowId <=> 'x'", "invalid operator '<=>'"),
        ("WorkflowId = apple", "did you forget to quote 'apple'?"),
        ("WorkflowId", "incomplete expression"),
        ("WorkflowId AND Count = 3", "syntax error"),
        ("lower(WorkflowId) = 'x'", "function expression"),
        ("Urgent IS TRUE", "'IS' operator can only be used with"),
        ("'x' = WorkflowId", "must be a column name"),
        ("WorkflowId = ", "syntax error at position 40"),
        ("WorkflowId = 'x", "syntax error"),
        ("WorkflowId IN ()", "syntax error"),
        ("WorkflowId = 'x'; DROP TABLE runs", "syntax error"),
        ("WorkflowId = 'x' 'y'", "syntax error"),
        ("WorkflowId = 'x')", "syntax error"),
        ("Count = 'three'", "invalid value 'three' for search attribute Count of type Int"),
        ("Count = 99999999999999999999", "invalid value"),
        ("StartTime = '2026-01-01'", "invalid value '2026-01-01'"),
        ("StartTime = '2026-02-30T00:00:00Z'", "invalid value"),
        ("ExecutionStatus = 'Sleeping'", "invalid value 'Sleeping'"),
        ("ExecutionStatus > 'Running'", "operator '>' not supported"),
        ("ExecutionDuration = 'long'", "invalid value 'long'"),
        ("Urgent = 2", "invalid value 2"),
        ("Weight = 'heavy'", "invalid value 'heavy'"),
        ("Tags > 'a'", "operator '>' not supported for KeywordList"),
        ("Tags STARTS_WITH 'a'", "operator 'starts_with' not supported for KeywordList"),
        ("Note IN ('a')", "operator 'in' not supported for Text"),
        ("Note = '--'", "no words"),
        ("Count STARTS_WITH '1'", "operator 'starts_with' not supported for Int"),
        ("WorkflowId STARTS_WITH 1", "must be a literal string"),
        ("WorkflowId = true", "invalid value True"),
        ("(" * 3000 + "Count = 1" + ")" * 3000, "nested deeper"),
        ("NOT " * 3000 + "Count = 1", "nested deeper"),
        (" OR ".join(["Count = 1"] * 2000), "more than 500 conditions"),
        ("Count IN (" + ",".join(["1"] * 6000) + ")", "more than 5000 values"),
        ("WorkflowId = '" + "x" * 70_000 + "'", "longer than 65536 characters"),
    ],
)
def test_query_is_refused(query: str, reason: str) -> None:
    with pytest.raises(VisibilityError) as refused:
        compile_query(query, ATTRIBUTES)
    assert reason in str(refused.value)
    assert str(refused.value).startswith("invalid query")


def test_unfinished_query_names_the_position_the_server_names() -> None:
    with pytest.raises(VisibilityError, match=r"syntax error at position 30$"):
        compile_query("((", ATTRIBUTES)


def test_largest_query_within_the_limits_runs(store: Store) -> None:
    assert store.search(" OR ".join(["Count = 3"] * 500)) == {"apple"}
    assert store.search("(" * 64 + "Count = 3" + ")" * 64) == {"apple"}
    assert store.search("Count IN (" + ",".join(["3"] * 5000) + ")") == {"apple"}


def test_pages_join_to_the_whole_in_order() -> None:
    runs = [Run(f"w{n:02}", started=n // 3, closed=None if n % 2 else n // 4 + 100) for n in range(40)]
    connection = Store(*runs).connection
    wanted = sorted(
        runs, key=lambda run: (-(OPEN_CLOSE_TIME_MICROS if run.closed is None else run.closed), -run.started, run.name)
    )
    found: list[str] = []
    condition, parameters = "1", ()
    for _ in range(20):
        sql = (
            f"SELECT workflow_id, {PAGING.closed}, started, run_id FROM runs"
            f" WHERE {condition} ORDER BY {PAGING.order_by} LIMIT 7"
        )
        rows = connection.execute(sql, parameters).fetchall()
        if not rows:
            break
        found += [row[0] for row in rows]
        token = PageToken.decode(PageToken(*rows[-1][1:]).encode())
        after = PAGING.after(token)
        condition, parameters = after.sql, after.parameters  # type: ignore[assignment] # grows from no to some values
    connection.close()
    assert found == [run.name for run in wanted]


def test_page_token_of_an_open_run_reads_like_the_servers() -> None:
    token = PageToken(OPEN_CLOSE_TIME_MICROS, 1_500_000, "r")
    assert json.loads(token.encode()) == {
        "CloseTime": "9999-12-31T23:59:59Z",
        "StartTime": "1970-01-01T00:00:01.5Z",
        "RunID": "r",
    }


@pytest.mark.parametrize("text", ["x", "{}", "[]", "null", '{"CloseTime":"x","StartTime":"y","RunID":"z"}', "[" * 9999])
def test_page_token_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(VisibilityError, match="page token"):
        PageToken.decode(text)


# ---- SQL against Python: random trees, written as text, must select what evaluating them in Python selects ----

LETTERS = st.text(alphabet="abA'\"\\ %_é", max_size=3)
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
LITERALS: dict[str, st.SearchStrategy[Any]] = {
    "Colour": LETTERS,
    "Count": st.integers(-2, 2),
    "Weight": st.sampled_from([-1.5, 0.0, 0.25, 2.0]),
    "StartTime": st.integers(0, 3).map(lambda seconds: f"1970-01-01T00:00:0{seconds}Z"),
}
MICROS = {f"1970-01-01T00:00:0{seconds}Z": seconds * SECOND for seconds in range(4)}


def leaves_of(name: str) -> st.SearchStrategy[syntax.Expression]:
    literal = LITERALS[name]
    return st.one_of(
        st.builds(syntax.Comparison, st.just(name), st.sampled_from(sorted(OPERATORS)), literal),
        st.builds(
            syntax.In, st.just(name), st.lists(literal, min_size=1, max_size=3).map(tuple), negated=st.booleans()
        ),
        st.builds(syntax.Between, st.just(name), literal, literal, negated=st.booleans()),
        st.builds(syntax.IsNull, st.just(name), negated=st.booleans()),
    )


LEAVES = st.one_of(
    *(leaves_of(name) for name in LITERALS),
    st.builds(syntax.StartsWith, st.just("Colour"), LETTERS, negated=st.booleans()),
    st.builds(syntax.Comparison, st.just("Tags"), st.sampled_from(["=", "!="]), LETTERS),
    st.builds(syntax.In, st.just("Tags"), st.lists(LETTERS, min_size=1, max_size=3).map(tuple), negated=st.booleans()),
)
TREES: st.SearchStrategy[syntax.Expression] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(syntax.Not, inner),
        st.builds(syntax.And, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(syntax.Or, st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)
RUNS = st.builds(
    Run,
    st.just("w"),
    started=st.integers(0, 3).map(lambda seconds: seconds * SECOND),
    attributes=st.fixed_dictionaries(
        {},
        optional={
            "Colour": LETTERS,
            "Count": st.integers(-2, 2),
            "Weight": st.sampled_from([-1.5, 0.0, 0.25, 2.0]),
            "Tags": st.lists(LETTERS, max_size=2),
        },
    ),
)


def written(value: syntax.Value) -> str:
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
    return repr(value)


def text_of(tree: syntax.Expression) -> str:
    no = "NOT " if getattr(tree, "negated", False) else ""
    match tree:
        case syntax.And(operands):
            return "(" + " AND ".join(map(text_of, operands)) + ")"
        case syntax.Or(operands):
            return "(" + " OR ".join(map(text_of, operands)) + ")"
        case syntax.Not(operand):
            return f"NOT ({text_of(operand)})"
        case syntax.Comparison(name, sign, value):
            return f"{name} {sign} {written(value)}"
        case syntax.In(name, values):
            return f"{name} {no}IN ({', '.join(map(written, values))})"
        case syntax.Between(name, low, high):
            return f"{name} {no}BETWEEN {written(low)} AND {written(high)}"
        case syntax.StartsWith(name, prefix):
            return f"{name} {no}STARTS_WITH {written(prefix)}"
        case syntax.IsNull(name):
            return f"{name} IS {no}NULL"


def truth(tree: syntax.Expression, run: Run) -> bool | None:
    """SQL's three truth values: True, False, None for unknown."""
    match tree:
        case syntax.Not(operand):
            inner = truth(operand, run)
            return None if inner is None else not inner
        case syntax.And(operands):
            values = [truth(operand, run) for operand in operands]
            return False if False in values else None if None in values else True
        case syntax.Or(operands):
            values = [truth(operand, run) for operand in operands]
            return True if True in values else None if None in values else False
        case _:
            return leaf_truth(tree, run)


def leaf_truth(
    tree: syntax.Comparison | syntax.In | syntax.Between | syntax.IsNull | syntax.StartsWith, run: Run
) -> bool | None:
    held: Any = run.started if tree.name == "StartTime" else run.attributes.get(tree.name)

    def plain(value: Any) -> Any:
        return MICROS[value] if tree.name == "StartTime" else value

    if isinstance(tree, syntax.IsNull):
        return (held is None) != tree.negated
    if tree.name == "Tags":
        assert isinstance(tree, syntax.Comparison | syntax.In)
        wanted = tree.values if isinstance(tree, syntax.In) else (tree.value,)
        negated = tree.negated if isinstance(tree, syntax.In) else tree.operator == "!="
        return (not set(held or ()).isdisjoint(wanted)) != negated
    if held is None:
        return None
    match tree:
        case syntax.Comparison(_, sign, value):
            return bool(OPERATORS[sign](held, plain(value)))
        case syntax.In(_, values, negated):
            return (held in [plain(value) for value in values]) != negated
        case syntax.Between(_, low, high, negated):
            return bool(plain(low) <= held <= plain(high)) != negated
        case syntax.StartsWith(_, prefix, negated):
            return bool(held.startswith(prefix)) != negated


@settings(max_examples=300, deadline=None)
@given(tree=TREES, run=RUNS)
def test_sql_selects_what_python_selects(tree: syntax.Expression, run: Run) -> None:
    store = Store(run)
    try:
        assert (store.search(text_of(tree)) == {"w"}) is (truth(tree, run) is True)
    finally:
        store.connection.close()


@settings(max_examples=300, deadline=None)
@given(query=st.text(alphabet="WorkflwIdCunt ANDORISLFE()=<>!',\"`\\;-0123456789.%\n", max_size=60))
def test_any_text_is_answered_or_refused(query: str) -> None:
    store = Store(Run("w"))
    with suppress(VisibilityError):  # any other exception, of SQLite for one, is a defect
        store.search(query)
    store.connection.close()


def test_words_are_runs_of_letters_and_digits_in_lower_case() -> None:
    assert words("Über-Größe_7, ok!") == {"über", "größe", "7", "ok"}
