"""Authentication-Results header values (RFC 8601) and the ARC form of them (RFC 8617). Grammar only: what they prove is
for ``trust`` to say."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MAX_VALUE = 32 * 1024


@dataclass(frozen=True, slots=True)
class Property:
    """``smtp.mailfrom=a@b.example``; ``ptype`` is the part before the dot."""

    ptype: str
    property: str
    value: str


@dataclass(frozen=True, slots=True)
class MethodResult:
    """``dkim=pass reason="…" header.d=…``; method, version and result are lower case.

    Attributes:
        whole: False when what stands behind the result breaks the grammar: then it proves nothing, but a failure is one.
        covers: for a signature that was verified here, the header fields that it covers, lower case; None for what a
            server states.
    """

    method: str
    result: str
    version: int | None = None
    reason: str = ""
    properties: tuple[Property, ...] = ()
    whole: bool = True
    covers: frozenset[str] | None = None

    def get(self, ptype: str, name: str) -> str:
        return next((one.value for one in self.properties if (one.ptype, one.property) == (ptype, name)), "")


@dataclass(frozen=True, slots=True)
class AuthenticationResults:
    """``authserv_id`` is None in the form that Exchange Online writes; ``instance`` is the i= of the ARC form.

    ``whole`` is False when something is not closed, so that it hides results, or is no result at all.
    """

    authserv_id: str | None
    version: int | None = None
    instance: int | None = None
    results: tuple[MethodResult, ...] = ()
    whole: bool = True


class _Refused(Exception):
    """The value does not follow the grammar."""


_KEYWORD = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?")
_METHOD = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?")
_DIGITS = re.compile(r"[0-9]{1,9}")
_AUTHSERV_ID = re.compile(r"[^\s;=()\"/]+")
_VALUE = re.compile(r"[^\s;()\"]+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
# Up to the end of a result: comments and quoted strings may hold its semicolon. What is not closed takes all the rest.
_WITHIN_RESULT = re.compile(r'[^;()"\\]+|\\.|"(?:[^"\\]|\\.)*(?:"|$)', re.DOTALL)
_METHOD_AND_RESULT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9_.-]*)\s*=\s*([A-Za-z0-9][A-Za-z0-9_-]*)")
_MAX_NAMES = 200
_DOMAIN = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")


class _Cursor:
    """A position in the value; every step skips the comments and white space before it (CFWS, RFC 5322, 3.2.2)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.closed = True

    def skip(self) -> None:
        text, depth, position = self.text, 0, self.position
        while position < len(text):
            char = text[position]
            if char == "(":
                depth += 1
            elif depth and char == ")":
                depth -= 1
            elif depth and char == "\\":
                position += 1
            elif not depth and not char.isspace():
                break
            position += 1
        if depth:
            raise _Refused("a comment is not closed")
        self.position = position

    def take(self, pattern: re.Pattern[str]) -> str | None:
        self.skip()
        match = pattern.match(self.text, self.position)
        if not match:
            return None
        self.position = match.end()
        return match[0]

    def need(self, pattern: re.Pattern[str], what: str) -> str:
        taken = self.take(pattern)
        if taken is None:
            raise _Refused(f"expected {what} at {self.position}")
        return taken

    def symbol(self, char: str) -> bool:
        self.skip()
        if not self.text.startswith(char, self.position):
            return False
        self.position += 1
        return True

    def skip_result(self) -> None:
        """Behind the next semicolon that is in no comment or quoted string, or to the end."""
        depth = 0
        while self.position < len(self.text):
            char = self.text[self.position]
            match = _WITHIN_RESULT.match(self.text, self.position) if not depth or char == "\\" else None
            self.closed &= not match or char != '"' or bool(_QUOTED.fullmatch(match[0]))
            self.position = match.end() if match else self.position + 1
            depth += (char == "(") - (char == ")" and depth > 0)
            if char == ";" and not depth:
                return
        self.closed &= not depth

    def at_end(self) -> bool:
        self.skip()
        return self.position >= len(self.text)


def _quoted_or(cursor: _Cursor, pattern: re.Pattern[str]) -> str | None:
    """A quoted string unquoted, or what the pattern takes."""
    cursor.skip()
    if not cursor.text.startswith('"', cursor.position):
        return cursor.take(pattern)
    quoted = re.sub(r"\\(.)", r"\1", cursor.need(_QUOTED, "the end of a quoted string")[1:-1])
    if cursor.text.startswith("@", cursor.position):
        quoted += cursor.need(_VALUE, "a domain")
    return quoted


def parse_authentication_results(value: str, *, strict: bool = True) -> AuthenticationResults | None:
    """Read an unfolded header value; None when it does not follow RFC 8601, 2.2 (or the forms below).

    Args:
        strict: one result that breaks the grammar makes the whole value invalid. Otherwise only that one is set aside, as is
            needed for what providers write: ``x-bits=2048`` (Fastmail), ``client-ip=…`` (Amazon), ``d=…`` (Cisco).

    Beyond the grammar, as real servers write it: ``i=N;`` of ARC-Authentication-Results; Exchange Online's form without
    an authserv-id, with ``action=…``, empty ``header.from=`` and bare domains between the results; results with ``_``
    and methods with ``.``.
    """
    if len(value) > _MAX_VALUE:
        return None
    cursor = _Cursor(value)
    try:
        instance = _instance(cursor)
        authserv_id, version = _server(cursor, instance)
        results = tuple(_results(cursor, named=authserv_id is not None, strict=strict))
    except _Refused:
        return None
    return AuthenticationResults(authserv_id, version, instance, results, cursor.closed)


def _instance(cursor: _Cursor) -> int | None:
    cursor.skip()
    if not re.compile(r"i\s*=").match(cursor.text, cursor.position):
        return None
    cursor.symbol("i")
    cursor.symbol("=")
    instance = int(cursor.need(_DIGITS, "an instance number"))
    if not cursor.symbol(";"):
        raise _Refused("expected ; after the instance")
    return instance


def _server(cursor: _Cursor, instance: int | None) -> tuple[str | None, int | None]:
    """authserv-id and version; (None, None) with the cursor back at the start in Exchange Online's form."""
    cursor.skip()
    start = cursor.position
    authserv_id = _quoted_or(cursor, _AUTHSERV_ID)
    if not authserv_id:
        raise _Refused("no authserv-id")
    if instance is None and not cursor.at_end() and cursor.text[cursor.position] in "=/":
        cursor.position = start
        return None, None
    version = cursor.take(_DIGITS)
    if not cursor.at_end() and not cursor.symbol(";"):
        raise _Refused("expected ; after the authserv-id")
    return authserv_id, int(version) if version else None


def _results(cursor: _Cursor, *, named: bool, strict: bool) -> list[MethodResult]:
    results: list[MethodResult] = []
    while not cursor.at_end():
        if not results and named and _is_none(cursor):
            break
        if results and not named and _is_bare_domain(cursor):
            continue
        start = cursor.position
        try:
            results.append(_method_result(cursor, named=named))
            if not cursor.at_end() and not cursor.symbol(";"):
                raise _Refused("expected ; after a result")
        except _Refused:
            if strict:
                raise
            results += _set_aside(cursor, start)
    return results


def _set_aside(cursor: _Cursor, start: int) -> Iterator[MethodResult]:
    """Go past a result that breaks the grammar; method and result, where they can be read, without properties."""
    text = cursor.text[start : start + _MAX_NAMES]
    cursor.position = start
    cursor.skip_result()
    if match := _METHOD_AND_RESULT.match(text):
        yield MethodResult(match[1].lower(), match[2].lower(), whole=False)


def _is_none(cursor: _Cursor) -> bool:
    """``none`` stands alone: no method was evaluated."""
    start = cursor.position
    if (cursor.take(_KEYWORD) or "").lower() == "none":
        cursor.symbol(";")
        if cursor.at_end():
            return True
    cursor.position = start
    return False


def _is_bare_domain(cursor: _Cursor) -> bool:
    start = cursor.position
    if cursor.take(_DOMAIN) and cursor.symbol(";") and not cursor.at_end():
        return True
    cursor.position = start
    return False


def _method_result(cursor: _Cursor, *, named: bool) -> MethodResult:
    method = cursor.need(_METHOD, "a method").lower()
    version = int(cursor.need(_DIGITS, "a method version")) if cursor.symbol("/") else None
    if not cursor.symbol("="):
        raise _Refused("expected = after the method")
    result = cursor.need(_KEYWORD, "a result").lower()
    reason = ""
    properties: list[Property] = []
    while not cursor.at_end() and cursor.text[cursor.position] != ";":
        ptype = cursor.need(_KEYWORD, "a property").lower()
        if ptype in {"reason", "action"} and cursor.symbol("="):
            text = _quoted_or(cursor, _VALUE)
            if text is None:
                raise _Refused(f"no value of {ptype}")
            reason = text if ptype == "reason" else reason
        else:
            properties.append(_property(cursor, ptype, named=named))
    return MethodResult(method, result, version, reason, tuple(properties))


def _property(cursor: _Cursor, ptype: str, *, named: bool) -> Property:
    if not cursor.symbol("."):
        raise _Refused("expected . after a property type")
    name = cursor.need(_KEYWORD, "a property name").lower()
    if not cursor.symbol("="):
        raise _Refused("expected = after a property")
    value = _quoted_or(cursor, _VALUE)
    if value is None:
        if named or cursor.at_end() or cursor.text[cursor.position] != ";":
            raise _Refused("no value of a property")
        value = ""
    return Property(ptype, name, value)
