"""The visibility query language: text in, syntax tree out. Knows no attribute, no SQL and no database.

Keywords are case-insensitive, attribute names are not. Positions in error texts count as the real server's.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

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

MAX_QUERY_CHARS = 65_536
MAX_DEPTH = 64  # of parentheses and NOT: beyond it no person wrote the query, and SQLite's own parser has limits too
MAX_TERMS = 500  # SQLite refuses expression trees deeper than 1000
MAX_VALUES = 5_000  # of all IN lists together; SQLite binds at most 32766 parameters

# The real server parses `select * from table1 where <query>`, and its positions count from there.
_POSITION_OFFSET = len("select * from table1 where ")


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # name, quoted (a name in backticks), string, number, operator or end
    text: str  # as written
    value: Value
    end: int  # offset behind its last character


_TOKEN = re.compile(
    r"""\s*(?:
      (?P<string>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*")
    | (?P<number>[+-]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?(?![A-Za-z_]))
    | (?P<quoted>`[^`]+`)
    | (?P<name>[A-Za-z_@$][A-Za-z0-9_$.@]*)
    | (?P<operator><=>|<=|>=|!=|<>|&&|\|\||[=<>(),])
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a"}
_COMPARISONS = {"=": "=", "!=": "!=", "<>": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
_CLAUSES = {"ORDER": "order by", "GROUP": "group by", "LIMIT": "limit"}
_KEYWORDS = frozenset("AND OR NOT IN BETWEEN IS NULL STARTS_WITH LIKE REGEXP ORDER GROUP LIMIT TRUE FALSE".split())


def parse_query(text: str) -> Expression | None:
    """Parse a visibility query.

    Returns:
        The syntax tree, or None for a blank query (which every run matches).

    Raises:
        VisibilityError: syntax error, a clause or operator that SQL visibility does not have, or a query beyond the limits.
    """
    if len(text) > MAX_QUERY_CHARS:
        raise VisibilityError(f"invalid query: longer than {MAX_QUERY_CHARS} characters")
    return _Parser(_tokens(text.strip())).query()


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            rest = text[position:].lstrip()
            raise _syntax_error(len(text) - len(rest) + 1, rest[:1])
        tokens.append(_token(match))
        position = match.end()
    return [*tokens, _Token("end", "", "", len(text))]


def _token(match: re.Match[str]) -> _Token:
    kind = str(match.lastgroup)
    written = match.group(kind)
    if kind == "string":
        return _Token(kind, written, _unquote(written), match.end())
    if kind == "number":
        whole = re.fullmatch(r"[+-]?\d+", written)
        return _Token(kind, written, int(written) if whole else float(written), match.end())
    if kind == "quoted":
        return _Token("quoted", written[1:-1], written[1:-1], match.end())
    return _Token(kind, written, written, match.end())


def _unquote(written: str) -> str:
    quote, body = written[0], written[1:-1]
    return re.sub(
        r"\\(.)|" + quote * 2,
        lambda match: _ESCAPES.get(match[1], match[1]) if match[1] is not None else quote,
        body,
        flags=re.DOTALL,
    )


def _syntax_error(end: int, near: str) -> VisibilityError:
    suffix = f" near '{near}'" if near else ""
    return VisibilityError(
        f"invalid query: malformed SQL query: syntax error at position {_POSITION_OFFSET + end + 1}{suffix}"
    )


class _Parser:
    """Recursive descent; OR binds weakest, then AND, then NOT."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._index = 0
        self._depth = 0
        self._terms = 0
        self._values = 0

    def query(self) -> Expression | None:
        blank = self._peek().kind == "end" or self._word() in _CLAUSES
        tree = None if blank else self._or()
        if self._word() in _CLAUSES:
            name = _CLAUSES[self._word()]
            raise VisibilityError(f"invalid query: operation is not supported: '{name}' clause")
        if self._peek().kind != "end":
            raise self._unexpected()
        return tree

    def _peek(self) -> _Token:
        return self._tokens[self._index]

    def _next(self) -> _Token:
        token = self._peek()
        self._index = min(self._index + 1, len(self._tokens) - 1)
        return token

    def _word(self) -> str:
        """The keyword that comes next, in upper case; empty when something else does."""
        token = self._peek()
        upper = token.text.upper() if token.kind == "name" else ""
        return upper if upper in _KEYWORDS else ""

    def _accept(self, *texts: str) -> bool:
        token = self._peek()
        found = (token.text if token.kind == "operator" else self._word()) in texts
        if found:
            self._next()
        return found

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise self._unexpected()

    def _unexpected(self) -> VisibilityError:
        token = self._peek()
        near = "" if token.kind == "end" else str(token.value)
        return _syntax_error(token.end, near)

    def _or(self) -> Expression:
        return self._joined(self._and, ("OR", "||"), Or)

    def _and(self) -> Expression:
        return self._joined(self._not, ("AND", "&&"), And)

    def _joined(
        self, operand: Callable[[], Expression], signs: tuple[str, str], node: type[And] | type[Or]
    ) -> Expression:
        operands = [operand()]
        while self._accept(*signs):
            operands.append(operand())
        return operands[0] if len(operands) == 1 else node(tuple(operands))

    def _not(self) -> Expression:
        if self._accept("NOT"):
            return Not(self._nested(self._not))
        if self._accept("("):
            inner = self._nested(self._or)
            self._expect(")")
            return inner
        return self._predicate()

    def _nested(self, rule: Callable[[], Expression]) -> Expression:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise VisibilityError(f"invalid query: nested deeper than {MAX_DEPTH} levels")
        inner = rule()
        self._depth -= 1
        return inner

    def _predicate(self) -> Expression:
        self._terms += 1
        if self._terms > MAX_TERMS:
            raise VisibilityError(f"invalid query: more than {MAX_TERMS} conditions")
        name = self._name()
        token = self._peek()
        if token.kind == "operator":
            return self._comparison(name)
        if self._accept("IS"):
            negated = self._accept("NOT")
            if self._word() in {"TRUE", "FALSE"}:
                raise VisibilityError(
                    "invalid query: invalid expression: 'IS' operator can only be used with 'NULL' or 'NOT NULL'"
                )
            self._expect("NULL")
            return IsNull(name, negated)
        if token.kind == "end":
            raise VisibilityError("invalid query: invalid expression: incomplete expression")
        return self._word_operator(name)

    def _comparison(self, name: str) -> Expression:
        token = self._peek()
        if token.text == "<=>":
            raise VisibilityError(f"invalid query: invalid expression: invalid operator '<=>' after `{name}`")
        if token.text == "(":
            raise VisibilityError("invalid query: operation is not supported: function expression")
        if token.text not in _COMPARISONS:
            raise VisibilityError("invalid query: invalid expression: incomplete expression")
        self._next()
        return Comparison(name, _COMPARISONS[token.text], self._value())

    def _word_operator(self, name: str) -> Expression:
        negated = self._accept("NOT")
        if self._accept("IN"):
            return In(name, self._list(), negated)
        if self._accept("BETWEEN"):
            low = self._value()
            self._expect("AND")
            return Between(name, low, self._value(), negated)
        if self._accept("STARTS_WITH"):
            return StartsWith(name, self._value(), negated)
        if self._word() in {"LIKE", "REGEXP"}:
            operator = ("not " if negated else "") + self._word().lower()
            raise VisibilityError(f"invalid query: invalid expression: invalid operator '{operator}' after `{name}`")
        raise self._unexpected()

    def _name(self) -> str:
        token = self._peek()
        if token.kind == "quoted" or (token.kind == "name" and not self._word()):
            self._next()
            return token.text
        if token.kind in {"string", "number"} or self._word() in {"TRUE", "FALSE"}:
            raise VisibilityError("invalid query: invalid expression: must be a column name but was a literal")
        raise self._unexpected()

    def _list(self) -> tuple[Value, ...]:
        self._expect("(")
        values = [self._value()]
        while self._accept(","):
            values.append(self._value())
        self._expect(")")
        return tuple(values)

    def _value(self) -> Value:
        self._values += 1
        if self._values > MAX_VALUES:
            raise VisibilityError(f"invalid query: more than {MAX_VALUES} values")
        word = self._word()
        token = self._peek()
        if word in {"TRUE", "FALSE"}:
            self._next()
            return word == "TRUE"
        if token.kind in {"string", "number"}:
            return self._next().value
        if token.kind == "quoted" or (token.kind == "name" and not word):
            raise VisibilityError(
                "invalid query: operation is not supported: column name on the right side of comparison expression "
                f"(did you forget to quote '{token.text}'?)"
            )
        raise self._unexpected()
