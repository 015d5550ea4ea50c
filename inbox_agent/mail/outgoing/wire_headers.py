"""Header values in the form they have on the wire: folded, encoded, and unable to hold a line break.

The standard library folds headers itself, but the releases that we support encode the comma between two addresses, encode
long Message-IDs as text, and decode a subject that merely looks encoded (gh-100884, gh-121284 of CPython). So the few
headers that carry foreign text are written here, by the rules of RFC 5322, 2047 and 6532, and handed to
``EmailMessage`` ready-made.
"""

import base64
import re
from collections.abc import Iterable, Sequence
from email.policy import Policy

import idna

from inbox_agent.errors import SendRejected
from inbox_agent.mail.charset.clean_text import clean_text as without_invisible
from inbox_agent.models import Address

LINE_LENGTH = 76
_LONGEST_ASCII_WORD = 500
"""A longer run without a space is encoded, well before the 998 octets that a line may have (RFC 5322, 2.1.1)."""
_ENCODED_WORD_OCTETS = 42
"""Octets of text in one encoded-word: in base64 it then stays within the 75 characters of RFC 2047, 2."""

_LINE_BREAKS_AND_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_ATEXT = r"A-Za-z0-9!#$%&'*+\-/=?^_`{|}~"
_PLAIN_PHRASE = re.compile(rf"[{_ATEXT}]+(?: [{_ATEXT}]+)*")
_DOT_ATOM = re.compile(rf"[{_ATEXT}\x80-\U0010ffff]+(?:\.[{_ATEXT}\x80-\U0010ffff]+)*")
_QUOTED_LOCAL_PART = re.compile(r'"(?:[ !#-\[\]-~\x80-\U0010ffff]|\\[ -~])*"')
_ASCII_DOMAIN = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*)(?:\.[A-Za-z0-9_-]+)*|\[[!-Z^-~]+\]")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>")
_Q_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")


class WireHeader(str):
    """A header value for ``EmailMessage``: reads as the decoded text and folds to the given lines.

    Attributes:
        name: of the header; the policies of ``email`` take a value that has one as it is.
        lines: the value on the wire, ASCII unless an address has a non-ASCII local part.
    """

    name: str
    lines: tuple[str, ...]

    def __new__(cls, text: str, name: str = "", lines: Iterable[str] = ()) -> "WireHeader":
        header = super().__new__(cls, text)
        header.name = name
        header.lines = tuple(lines)
        return header

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: " + f"{policy.linesep} ".join(self.lines) + policy.linesep


def clean_text(text: str) -> str:
    """Text that may stand in a header: line breaks and controls become one space, lone surrogates "?", and what is not seen
    (bidi controls, zero-width characters) goes."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return without_invisible(_LINE_BREAKS_AND_CONTROLS.sub(" ", whole)).text.strip()


def text_header(name: str, text: str) -> WireHeader:
    """An unstructured header (Subject), see RFC 5322, 2.2.1."""
    clean = clean_text(text)
    words = _encoded_words(clean) if _needs_encoding(clean) else re.split(r"(?<=\S)(?=\s)", clean)
    return WireHeader(clean, name, _fold(words, len(name) + 2, join="" if not _needs_encoding(clean) else " "))


def address_header(name: str, addresses: Sequence[Address]) -> WireHeader:
    """An address list (From, To, Cc, Reply-To).

    Raises:
        SendRejected: an address cannot be written as a mailbox of RFC 5322 or 6531.
    """
    words: list[str] = []
    for address in addresses:
        mailbox = [*_phrase(clean_text(address.display_name)), f"<{addr_spec(address.address)}>"]
        words += [*mailbox[:-1], mailbox[-1] + ","]
    if words:
        words[-1] = words[-1].removesuffix(",")
    decoded = ", ".join(_readable(address) for address in addresses)
    return WireHeader(decoded, name, _fold(words, len(name) + 2, join=" "))


def ids_header(name: str, message_ids: Iterable[str]) -> WireHeader:
    """Message-ID, In-Reply-To or References (RFC 5322, 3.6.4). What is no id of printable ASCII is left out."""
    usable = [message_id for message_id in message_ids if _MESSAGE_ID.fullmatch(message_id)]
    return WireHeader(" ".join(usable), name, usable or [""])


def addr_spec(address: str) -> str:
    """``local@domain`` for a header or the envelope: the domain in its IDNA form, the local part as it is (RFC 6531).

    Raises:
        SendRejected: it is no address.
    """
    local, at, domain = address.strip().rpartition("@")
    if not at or not local or not domain or clean_text(local) != local:
        raise _refusal(address)
    if not _DOT_ATOM.fullmatch(local) and not _QUOTED_LOCAL_PART.fullmatch(local):
        local = '"' + local.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{local}@{_ascii_domain(domain, address)}"


def needs_smtputf8(addresses: Iterable[Address]) -> bool:
    """Whether a local part is outside ASCII, so that only servers with SMTPUTF8 (RFC 6531) can take the mail."""
    return any(not address.address.rpartition("@")[0].isascii() for address in addresses)


def _ascii_domain(domain: str, address: str) -> str:
    if _ASCII_DOMAIN.fullmatch(domain):
        return domain
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise _refusal(address) from error


def _refusal(address: str) -> SendRejected:
    shown = clean_text(address)
    reason = "553 5.1.3 this is no mail address"
    return SendRejected(f"no mail address: {shown!r}", server_reply=reason, recipients={shown: reason})


def _phrase(display_name: str) -> list[str]:
    if not display_name:
        return []
    if _needs_encoding(display_name) or len(display_name) > LINE_LENGTH:
        return _encoded_words(display_name)
    if _PLAIN_PHRASE.fullmatch(display_name):
        return display_name.split(" ")
    return ['"' + display_name.replace("\\", "\\\\").replace('"', '\\"') + '"']


def _readable(address: Address) -> str:
    name = clean_text(address.display_name)
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{addr_spec(address.address)}>' if name else addr_spec(address.address)


def _needs_encoding(text: str) -> bool:
    return not text.isascii() or "=?" in text or any(len(word) > _LONGEST_ASCII_WORD for word in text.split())


def _encoded_words(text: str) -> list[str]:
    """RFC 2047: whole characters per word, base64 or Q, whichever is shorter over the whole text."""
    chunks = [""]
    octets = 0
    for character in text:
        size = len(character.encode("utf-8"))
        if octets + size > _ENCODED_WORD_OCTETS:
            chunks.append("")
            octets = 0
        chunks[-1] += character
        octets += size
    b_words = [f"=?utf-8?b?{base64.b64encode(chunk.encode()).decode()}?=" for chunk in chunks]
    q_words = [f"=?utf-8?q?{_q_encoded(chunk)}?=" for chunk in chunks]
    q_fits = all(len(word) <= 75 for word in q_words)
    return q_words if q_fits and sum(map(len, q_words)) <= sum(map(len, b_words)) else b_words


def _q_encoded(text: str) -> str:
    return "".join(
        chr(octet) if octet in _Q_SAFE else "_" if octet == 0x20 else f"={octet:02X}" for octet in text.encode("utf-8")
    )


def _fold(words: Sequence[str], first_room: int, *, join: str) -> list[str]:
    """Pack words into lines. With ``join=""`` the words bring their own leading space, which the fold then stands for."""
    lines = [""]
    used = first_room
    for word in words:
        piece = word if not lines[-1] and len(lines) == 1 else join + word
        if lines[-1] and used + len(piece) > LINE_LENGTH:
            # The fold itself adds one space, so a word loses the first of its own.
            lines.append(word[1:] if not join else word)
            used = 1 + len(lines[-1])
        else:
            lines[-1] += piece
            used += len(piece)
    return lines
