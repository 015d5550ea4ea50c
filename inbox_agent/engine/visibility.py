"""Visibility queries as SQL: a query text and the attributes one may ask for in, a WHERE clause with its parameters out.

Pure: the storage says by which SQL expression each attribute is read (``Attribute``); this module decides what a query means
and never puts a caller's text into the SQL. What an expression must yield, by type:

=============  ==================================================================================================
KEYWORD        text
TEXT           text; ``=`` is true when any word of the query is a word of the text (needs ``register_functions``)
KEYWORD_ARRAY  text: a JSON array of strings
INT            integer
DOUBLE         real or integer
BOOL           1 or 0
DATETIME       integer: microseconds since 1970-01-01 UTC
STATUS         text: iWF's workflow status (``RUNNING``, ``COMPLETED``, ``TIMEOUT``, …); queries say ``'Running'``
DURATION       integer: nanoseconds
=============  ==================================================================================================

An attribute that a run does not have is NULL, and every comparison with it is unknown (not matched, not even by ``NOT``),
except for arrays and texts, where ``!=`` and ``NOT IN`` mean "has no such member": as SQL visibility of the real server.
"""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from inbox_agent.engine.visibility_parser import parse_query
from inbox_agent.engine.visibility_syntax import (
    And,
    Between,
    Comparison,
    Expression,
    In,
    IsNull,
    Not,
    Or,
    StartsWith,
    Value,
    VisibilityError,
)
from inbox_agent.engine.visibility_values import Parameter, ValueType, encode, words

__all__ = [
    "Attribute",
    "PageToken",
    "Paging",
    "ValueType",
    "VisibilityError",
    "Where",
    "compile_query",
    "register_functions",
]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The close time of what is still open: it sorts before everything closed, and compares as "in the far future".
OPEN_CLOSE_TIME = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
OPEN_CLOSE_TIME_MICROS = (OPEN_CLOSE_TIME - _EPOCH) // timedelta(microseconds=1)

_EQUALITY = frozenset({"=", "!=", "in", "is null"})
_ORDER = _EQUALITY | {"<", ">", "<=", ">=", "between"}
_OPERATORS: dict[ValueType, frozenset[str]] = {
    ValueType.KEYWORD: _ORDER | {"starts_with"},
    ValueType.TEXT: frozenset({"=", "!=", "is null"}),
    ValueType.KEYWORD_ARRAY: _EQUALITY,
    ValueType.INT: _ORDER,
    ValueType.DOUBLE: _ORDER,
    ValueType.BOOL: _EQUALITY,
    ValueType.DATETIME: _ORDER,
    ValueType.STATUS: _EQUALITY,
    ValueType.DURATION: _ORDER,
}


@dataclass(frozen=True, slots=True)
class Attribute:
    """How a search attribute is read.

    Attributes:
        expression: trusted SQL that yields the value as the module's docstring says, NULL when the run has none.
        type: what the value is.
        when_null: compare with this instead of NULL (``CloseTime`` of an open run: ``OPEN_CLOSE_TIME_MICROS``).
    """

    expression: str
    type: ValueType
    when_null: int | None = None


@dataclass(frozen=True, slots=True)
class Where:
    """A condition for a WHERE clause and the values of its ``?`` in order."""

    sql: str
    parameters: tuple[Parameter, ...] = ()


def compile_query(text: str, attributes: Mapping[str, Attribute]) -> Where:
    """Translate a visibility query.

    Args:
        text: the query; blank matches everything.
        attributes: the attributes that exist, by their case-sensitive names.

    Raises:
        VisibilityError: a syntax error, an unknown attribute, an operator or literal that the attribute's type does not take.
    """
    tree = parse_query(text)
    return Where("1") if tree is None else _Compiler(attributes).compile(tree)


def register_functions(connection: sqlite3.Connection) -> None:
    """Add what TEXT attributes need: ``visibility_has_word(text, words)``, the words as a JSON array in lower case."""

    def has_word(text: str | None, wanted: str) -> int:
        return int(text is not None and not words(text).isdisjoint(json.loads(wanted)))

    connection.create_function("visibility_has_word", 2, has_word, deterministic=True)


class _Compiler:
    def __init__(self, attributes: Mapping[str, Attribute]) -> None:
        self._attributes = attributes

    def compile(self, tree: Expression) -> Where:
        match tree:
            case And(operands) | Or(operands):
                parts = [self.compile(operand) for operand in operands]
                sign = " AND " if isinstance(tree, And) else " OR "
                return Where(
                    "(" + sign.join(part.sql for part in parts) + ")",
                    tuple(value for part in parts for value in part.parameters),
                )
            case Not(operand):
                inner = self.compile(operand)
                return Where(f"(NOT {inner.sql})", inner.parameters)
            case _:
                return self._condition(tree)

    def _condition(self, tree: Comparison | In | Between | IsNull | StartsWith) -> Where:
        match tree:
            case IsNull(name, negated):
                attribute = self._attribute(name, "is null")
                return Where(f"({attribute.expression} IS {'NOT ' if negated else ''}NULL)")
            case Comparison(name, operator, value):
                return self._comparison(name, operator, value)
            case In(name, values, negated):
                return self._membership(name, values, negated)
            case Between(name, low, high, negated):
                attribute = self._attribute(name, "between")
                ends = (encode(name, attribute.type, low), encode(name, attribute.type, high))
                return Where(f"({_compared(attribute)} {'NOT ' if negated else ''}BETWEEN ? AND ?)", ends)
            case StartsWith(name, prefix, negated):
                return self._prefix(name, prefix, negated)

    def _comparison(self, name: str, operator: str, value: Value) -> Where:
        attribute = self._attribute(name, operator)
        if attribute.type is ValueType.KEYWORD_ARRAY:
            return self._membership(name, (value,), operator == "!=")
        encoded = encode(name, attribute.type, value)
        if attribute.type is ValueType.TEXT:
            return _text_match(name, attribute, str(encoded), operator == "!=")
        return Where(f"({_compared(attribute)} {operator} ?)", (encoded,))

    def _membership(self, name: str, values: tuple[Value, ...], negated: bool) -> Where:
        attribute = self._attribute(name, "in")
        encoded = tuple(encode(name, attribute.type, value) for value in values)
        marks = ", ".join("?" * len(encoded))
        no = "NOT " if negated else ""
        if attribute.type is ValueType.KEYWORD_ARRAY:
            members = f"SELECT 1 FROM json_each({attribute.expression}) WHERE value IN ({marks})"  # noqa: S608 # trusted parts
            return Where(f"({no}EXISTS ({members}))", encoded)
        return Where(f"({_compared(attribute)} {no}IN ({marks}))", encoded)

    def _prefix(self, name: str, prefix: Value, negated: bool) -> Where:
        attribute = self._attribute(name, "starts_with")
        if not isinstance(prefix, str):
            raise VisibilityError(
                "invalid query: invalid expression: right-hand side of 'starts_with' must be a literal string "
                f"(got: {prefix})"
            )
        # Not LIKE: in SQLite that ignores case, and on the real server's other databases it does not.
        return Where(f"(substr({attribute.expression}, 1, ?) {'!=' if negated else '='} ?)", (len(prefix), prefix))

    def _attribute(self, name: str, operator: str) -> Attribute:
        attribute = self._attributes.get(name)
        if attribute is None:
            raise VisibilityError(
                f"invalid query: invalid expression: column name '{name}' is not a valid search attribute"
            )
        if operator not in _OPERATORS[attribute.type]:
            raise VisibilityError(
                f"invalid query: invalid expression: operator '{operator}' not supported for "
                f"{attribute.type.value} type search attribute {name}"
            )
        return attribute


def _compared(attribute: Attribute) -> str:
    if attribute.when_null is None:
        return attribute.expression
    return f"coalesce({attribute.expression}, {attribute.when_null:d})"


def _text_match(name: str, attribute: Attribute, value: str, negated: bool) -> Where:
    wanted = sorted(words(value))
    if not wanted:
        raise VisibilityError(
            f"invalid query: invalid expression: no words in the value {value!r} for Text type search attribute {name}"
        )
    return Where(
        f"({'NOT ' if negated else ''}visibility_has_word({attribute.expression}, ?))",
        (json.dumps(wanted, ensure_ascii=False),),
    )


@dataclass(frozen=True, slots=True)
class PageToken:
    """The last run of a page: where the next one goes on. Callers treat the encoded form as opaque.

    Attributes:
        close_micros: when it closed, in microseconds since the epoch; ``OPEN_CLOSE_TIME_MICROS`` while it runs.
        start_micros: when it started, likewise.
        run_id: breaks ties.
    """

    close_micros: int
    start_micros: int
    run_id: str

    def encode(self) -> str:
        """The token as the real server writes it."""
        return json.dumps(
            {"CloseTime": _rfc3339(self.close_micros), "StartTime": _rfc3339(self.start_micros), "RunID": self.run_id},
            separators=(",", ":"),
        )

    @classmethod
    def decode(cls, text: str) -> "PageToken":
        """Read a token back.

        Raises:
            VisibilityError: the text is none.
        """
        try:
            fields = json.loads(text)
            close, start = (encode(key, ValueType.DATETIME, fields[key]) for key in ("CloseTime", "StartTime"))
            return cls(int(close), int(start), str(fields["RunID"]))
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise VisibilityError("invalid query: unable to deserialize page token") from error


@dataclass(frozen=True, slots=True)
class Paging:
    """The order of results: latest closed first, what is open before all, then latest started, then by run id.

    Attributes:
        close: SQL for the close time in microseconds, NULL while open.
        start: SQL for the start time in microseconds.
        run_id: SQL for the run id.
    """

    close: str
    start: str
    run_id: str

    @property
    def closed(self) -> str:
        """SQL for the close time that never is NULL."""
        return f"coalesce({self.close}, {OPEN_CLOSE_TIME_MICROS})"

    @property
    def order_by(self) -> str:
        """What comes behind ORDER BY."""
        return f"{self.closed} DESC, {self.start} DESC, {self.run_id}"

    def after(self, token: PageToken) -> Where:
        """The condition for runs behind the token."""
        close, start = token.close_micros, token.start_micros
        return Where(
            f"({self.closed} < ? OR ({self.closed} = ? AND ({self.start} < ? OR ({self.start} = ? AND {self.run_id} > ?))))",
            (close, close, start, start, token.run_id),
        )


def _rfc3339(micros: int) -> str:
    instant = _EPOCH + timedelta(microseconds=micros)
    fraction = f".{instant.microsecond:06d}".rstrip("0").rstrip(".")
    return instant.replace(microsecond=0, tzinfo=None).isoformat() + fraction + "Z"
