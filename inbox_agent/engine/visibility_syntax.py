"""The syntax tree of a visibility query, and the error that a query can cause (made by ``visibility_parser``).

The language is the one of Temporal's SQL visibility (its "list filter", a subset of MySQL's expressions): comparisons of an
attribute with a literal, ``IN``, ``BETWEEN``, ``IS NULL``, ``STARTS_WITH``, joined by ``AND``, ``OR``, ``NOT`` and
parentheses. Keywords are case-insensitive, attribute names are not. Error texts follow the real server's.
"""

from dataclasses import dataclass

Value = str | int | float | bool


class VisibilityError(ValueError):
    """The query cannot be answered; the text is meant for the caller, worded as the real server words it."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """``name <operator> value``; the operator is one of ``= != < > <= >=``."""

    name: str
    operator: str
    value: Value


@dataclass(frozen=True, slots=True)
class In:
    """``name [NOT] IN (values)``; there is at least one value."""

    name: str
    values: tuple[Value, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Between:
    """``name [NOT] BETWEEN low AND high``, both ends included."""

    name: str
    low: Value
    high: Value
    negated: bool = False


@dataclass(frozen=True, slots=True)
class IsNull:
    """``name IS [NOT] NULL``."""

    name: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class StartsWith:
    """``name [NOT] STARTS_WITH prefix``."""

    name: str
    prefix: Value
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Not:
    """Negation with SQL's three truth values: what is unknown stays unknown."""

    operand: "Expression"


@dataclass(frozen=True, slots=True)
class And:
    """Conjunction of two or more operands."""

    operands: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Disjunction of two or more operands."""

    operands: tuple["Expression", ...]


Expression = Comparison | In | Between | IsNull | StartsWith | Not | And | Or
