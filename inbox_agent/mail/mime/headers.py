"""Header fields: RFC 2047 and raw 8-bit text, RFC 2231 parameters, addresses, message ids, dates. Lenient and linear."""

import binascii
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from inbox_agent.mail.charset.decode import decode_text

_ENCODED_WORD = re.compile(r"=\?([^?\s=]{1,60})\?([bBqQ])\?([^?]{0,4000})\?=")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_BRACKETED_ID = re.compile(r"<([^<>]{1,998})>")
_BARE_WORD = re.compile(r"[^\s<>()\",;:]+")
_LONGEST_BARE_ID = 900
MAX_FIELD_BYTES = 64 * 1024


def clean(text: str) -> str:
    """One line: control characters and line separators become spaces, so that no decoded value can start a header."""
    return _CONTROL.sub(" ", text).strip()


def _decode_word(encoding: str, payload: str) -> bytes:
    octets = payload.encode("utf-8", errors="surrogateescape")
    if encoding in "qQ":
        return binascii.a2b_qp(octets, header=True)
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", octets)
    if len(kept) % 4 == 1:
        kept = kept[:-1]
    return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


def decode_words(text: str) -> str:
    """RFC 2047 encoded words to text; what is none stays. Words that split a character between them are joined first."""
    if "=?" not in text:
        return text
    pieces: list[str] = []
    pending = b""
    charset = ""
    position = 0
    for match in _ENCODED_WORD.finditer(text):
        between = text[position : match.start()]
        adjacent = position > 0 and not between.strip()
        word_charset = match[1].split("*", 1)[0].lower()
        if pending and not (adjacent and word_charset == charset):
            pieces.append(decode_text(pending, charset).text)
            pending = b""
        if not adjacent:
            pieces.append(between)
        pending += _decode_word(match[2], match[3])
        charset = word_charset
        position = match.end()
    if pending:
        pieces.append(decode_text(pending, charset).text)
    pieces.append(text[position:])
    return "".join(pieces)


def unfold(octets: bytes) -> str:
    """A raw field body to one line of text; 8-bit bytes are read as UTF-8 or by a guess, encoded words stay."""
    text = decode_text(octets[:MAX_FIELD_BYTES].replace(b"\r\n", b" ").replace(b"\n", b" "), "").text
    # Other white space than ASCII's is part of the value: an address that ends with it is another one.
    return _CONTROL.sub(" ", text.replace("\t", " ")).strip(" ")


def unfold_exactly(lines: list[bytes]) -> str:
    """A field body as it is written, or "" when it holds what programs read differently: no UTF-8, control characters, a
    byte order mark, encoded words, more than is read of a field. For fields that prove something, of which nothing may be
    guessed, repaired or left out."""
    octets = b" ".join(lines)
    if len(octets) > MAX_FIELD_BYTES:
        return ""
    try:
        text = octets.decode("utf-8").replace("\t", " ").strip(" ")
    except UnicodeDecodeError:
        return ""
    return text if text.isprintable() and "=?" not in text else ""


def decode_value(unfolded: str) -> str:
    """The decoded value of an unstructured field, one line without control characters."""
    return clean(decode_words(unfolded))


# --- parameters --------------------------------------------------------------------------------------------------

_PARAMETER = re.compile(
    r'(?<![^\s=;"])([^\s=;"]{1,80}+)\s{0,10}=\s{0,10}(?:"((?:[^"\\]|\\.){0,8000})"?|([^;]{0,8000}))'
)


def parse_parameters(value: str) -> tuple[str, dict[str, str]]:
    """``text/plain; charset=x; name*0*=…`` to the lower-case main value and its parameters (RFC 2045, 2231).

    The first of a repeated parameter counts. Encoded words in a parameter, wrong but common, are decoded too.
    """
    main, _, rest = value.partition(";")
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for match in _PARAMETER.finditer(rest):
        name = match[1].lower()
        text = re.sub(r"\\(.)", r"\1", match[2]) if match[2] is not None else match[3].strip()
        base, star, suffix = name.partition("*")
        if not star:
            plain.setdefault(name, decode_value(text))
            continue
        encoded = suffix.endswith("*") or suffix == ""
        index = suffix.rstrip("*")
        number = int(index) if index.isascii() and index.isdigit() and len(index) < 4 else 0
        pieces.setdefault(base, {}).setdefault(number, (text, encoded))
    for base, numbered in pieces.items():
        plain[base] = _join_continuations(numbered)
    return clean(re.sub(r"\([^()]*\)", "", main)).lower(), plain


def _join_continuations(numbered: dict[int, tuple[str, bool]]) -> str:
    """RFC 2231: percent-decoding and the charset'language' prefix of the first piece, over all pieces in order."""
    charset = ""
    octets = b""
    for position, (_, (text, encoded)) in enumerate(sorted(numbered.items())):
        piece = text
        if encoded and position == 0 and piece.count("'") >= 2:
            charset, _, piece = piece.split("'", 2)
        raw = piece.encode("utf-8", errors="replace")
        octets += re.sub(rb"%([0-9A-Fa-f]{2})", lambda hit: bytes([int(hit[1], 16)]), raw) if encoded else raw
    return clean(decode_text(octets, charset).text)


# --- ids and dates -----------------------------------------------------------------------------------------------


def parse_ids(value: str) -> tuple[str, ...]:
    """Every message id in a field, with brackets, in order, each once (RFC 5322, 3.6.4).

    White space that folding put inside an id is removed. Ids without brackets count only when there is none with.
    Encoded words do not belong here, but Python's email package writes them for an id too long for a line.
    """
    if "=?" in value:
        value = decode_words(value)
    found = [re.sub(r"\s+", "", match) for match in _BRACKETED_ID.findall(value)]
    if not any(found):
        found = [word for word in _BARE_WORD.findall(value) if _is_bare_id(word)]
    return tuple(dict.fromkeys(f"<{one}>" for one in found if one))


def _is_bare_id(word: str) -> bool:
    local, _, domain = word.rpartition("@")
    return bool(local) and bool(domain) and len(word) <= _LONGEST_BARE_ID


def parse_date(value: str) -> datetime | None:
    """The Date field as an aware datetime; an unknown zone (-0000, RFC 5322 3.3) is UTC. None when unreadable."""
    try:
        moment = parsedate_to_datetime(value[:200])
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        aware.astimezone(UTC)  # a date at the edge of the calendar cannot be converted and is of no use to anybody
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return aware
