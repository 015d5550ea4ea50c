"""Address lists of RFC 5322 as they are really written: comments, groups, unquoted names, Outlook's semicolons.

Linear in the length of the field. What is no address is left out here; the raw header stays in ``Message.headers``.
"""

import re
import unicodedata
from collections.abc import Iterator

from inbox_agent.mail.domains import normalize_domain
from inbox_agent.mail.mime.headers import clean, decode_value, decode_words
from inbox_agent.models import Address

_MAX_ADDRESSES = 1000
_MAX_FIELD = 64 * 1024
# Gmail delivers to one mailbox with or without dots, under both of its names.
_WITHOUT_DOTS = frozenset({"gmail.com"})
_OTHER_NAMES = {"googlemail.com": "gmail.com"}
_LEXEME = re.compile(r'"(?:[^"\\]|\\.)*"|\\.|[^"\\(),;:<>\[\]]+|.', re.DOTALL)


def _items(field: str) -> Iterator[tuple[str, str, str]]:
    """(words, angle address, comments) of each list member; a group's name is dropped and its members are given."""
    words: list[str] = []
    angle: list[str] = []
    comments: list[str] = []
    in_angle = False
    literal = 0
    depth = 0
    for lexeme in _LEXEME.findall(field):
        if depth or lexeme == "(":
            depth += (lexeme == "(") - (lexeme == ")")
            comments.append(" " if lexeme in "()" else lexeme)
        elif lexeme in "[]":
            literal = lexeme == "["
            (angle if in_angle else words).append(lexeme)
        elif literal:
            (angle if in_angle else words).append(lexeme)
        elif lexeme == "<":
            in_angle = True
            angle = []
        elif lexeme == ">":
            in_angle = False
        elif lexeme == ":" and not in_angle:
            words = []
        elif lexeme in ",;" and (not in_angle or any("@" in piece for piece in angle[:20])):
            yield "".join(words), "".join(angle), "".join(comments)
            words, angle, comments, in_angle = [], [], [], False
        else:
            (angle if in_angle else words).append(lexeme)
    yield "".join(words), "".join(angle), "".join(comments)


def _unquote(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", re.sub(r'(?<!\\)"', "", text))


def _address_spec(text: str) -> str:
    """``local@domain`` as written, or "" when it is none. A source route (``@a,@b:``, obsolete) is dropped."""
    spec = text.strip(" \t\r\n")
    if spec.startswith("@") and ":" in spec:
        spec = spec.rsplit(":", 1)[1]
    if not spec.startswith('"'):
        spec = re.sub(r"[ \t\r\n]+", "", spec)
    local, at, domain = spec.rpartition("@")
    usable = at and local and domain and not re.search(r"[\s<>\"]", domain)
    return clean(spec) if usable and len(spec) <= 998 else ""


def _word_as_address(words: str) -> str:
    """The address in a member without brackets: all of it, or the one word of it that has an ``@``."""
    whole = _address_spec(words)
    if whole and (" " not in words.strip() or words.strip().startswith('"')):
        return whole
    candidates = [word for word in words.split() if "@" in word]
    return _address_spec(candidates[0].strip("'\"")) if len(candidates) == 1 else whole


def parse_addresses(field: str) -> tuple[Address, ...]:
    """Every mailbox of an unfolded address field, groups opened, names decoded (RFC 5322, 3.4; RFC 2047)."""
    field = field[:_MAX_FIELD]
    if field.count('"') % 2:
        # A quote that is never closed would swallow the addresses behind it.
        field = field.replace('"', "")
    found: list[Address] = []
    for words, angle, comments in _items(field):
        if len(found) >= _MAX_ADDRESSES:
            break
        if angle.strip():
            spec = _address_spec(angle)
            name = words
        else:
            spec = _word_as_address(words)
            name = comments
        if spec:
            found.append(Address(spec, decode_value(_unquote(name)).strip(" '")))
    return tuple(found)


def is_group(field: str) -> bool:
    """Whether the field uses group syntax (``name: members;``), which no sender of a request has any reason for."""
    return bool(re.match(r'\s*"[^"]*":|[^"<>@,:;]*:', field))


_ATEXT = r"""[^\s"()<>@,;:\\\[\]]+"""
_PLAIN_SPEC = rf"""(?:{_ATEXT}|"(?:[^"\\\s]|\\[^\s])*")@{_ATEXT}"""
_PLAIN_COMMENT = r"\([^()\\]*\)"
_PLAIN_SENDER = re.compile(
    rf"""(?:"(?:[^"\\]|\\.)*"|{_PLAIN_COMMENT}|[^"()<>@;:\\\[\]])*<(?P<angle>{_PLAIN_SPEC})>(?:\s|{_PLAIN_COMMENT})*"""
    rf"""|(?P<bare>{_PLAIN_SPEC})\s*(?:<(?P<again>{_PLAIN_SPEC})>)?(?:\s|{_PLAIN_COMMENT})*"""
)


def is_plain_sender(field: str, address: str) -> bool:
    """Whether a From field is one mailbox for every reader, and that one: a name and an address in angle brackets, or
    the address alone (RFC 5322, 3.4). A name that is the same address, without quotes, is no harm."""
    match = _PLAIN_SENDER.fullmatch(field.strip(" "))
    found = {one for one in (match.groupdict().values() if match else ()) if one is not None}
    return found == {address}


_WORD_RUN = re.compile(r"=\?[^?\s]{1,60}\?[bBqQ]\?[^?]{0,4000}\?=(?:\s*=\?[^?\s]{1,60}\?[bBqQ]\?[^?]{0,4000}\?=)*")
_SPECIALS = re.compile(r'[()<>@,;:\\".\[\]]')


def decode_address_field(field: str) -> str:
    """An address field with its encoded words decoded, quoted where bare they would read as part of an address."""

    def decoded(match: re.Match[str]) -> str:
        text = clean(decode_words(match[0]))
        return '"' + re.sub(r'([\\"])', r"\\\1", text) + '"' if _SPECIALS.search(text) else text

    return clean(_WORD_RUN.sub(decoded, field[:_MAX_FIELD]))


def base_address(address: str) -> str:
    """The person behind an address, for block lists and limits: every way to write one mailbox gives the same text.

    Case, the tag after "+", quotes that are not needed (RFC 5321, 4.1.2) and an A-label domain do not count; in Gmail
    addresses dots do not count either, and googlemail.com is gmail.com. The result may name a mailbox that does not exist:
    compare it, never write to it, and give nobody a right because of it.
    """
    local, _, domain = address.strip().rpartition("@")
    domain = normalize_domain(domain)
    domain = _OTHER_NAMES.get(domain, domain)
    local = unicodedata.normalize("NFKC", _unquote(local)).lower().strip()
    local = local.partition("+")[0] or local
    if domain in _WITHOUT_DOTS:
        local = local.replace(".", "") or local
    return f"{local}@{domain}"
