"""The parts of a non-delivery report in free text: what the system says, whose mail it was, and the returned original.

Mail systems write the report first and the original, or its header, after it, in the same text or as an embedded message.
"""

import re
from dataclasses import dataclass

from inbox_agent.mail.mime.addresses import parse_addresses
from inbox_agent.mail.mime.headers import parse_ids
from inbox_agent.models import Message

_ADDRESS = re.compile(
    r"(?<![\w.+%=/@-])[\w!#$%&'*+/=?^`{|}~.-]{1,64}@[A-Za-z0-9](?:[\w-]*[\w])?(?:\.[\w-]*[\w])*", re.ASCII
)
_HEADER_LINE = re.compile(
    r"(received|return-path|message-id|from|to|subject|date|mime-version|"
    r"content-type|delivered-to|dkim-signature|sender|"
    r"x-[\w-]+|references|in-reply-to|reply-to|content-transfer-encoding|authentication-results|envelope-to)\s?:",
    re.IGNORECASE,
)
_STRONG_HEADERS = frozenset(
    {"received", "return-path", "message-id", "mime-version", "content-type", "date", "subject"}
)
_MARKER = re.compile(
    r"[\W_]*(?:(?:(?:below (?:this line )?is|here is|this is|included is|"
    r"following is) (?:a|the) copy of|a copy of the|copy of the)[\W_]*)?"
    r"(?:the |your )?(?:header(?:s)? of the )?(?:original|unsent|returned|"
    r"undelivered|bounced) (?:message|mail|email|text)"
    r"(?: header(?:s)?| text| body| content)?(?: is)?(?: as)?(?: follow(?:s|ing)?| below| information)?[\W_]*$|"
    r"[\W_]*(?:message|mail) (?:headers?|text|body)(?: follow(?:s)?)?[\W_]*$|"
    r".{0,60}(?:below this line is a copy|below is a copy of|"
    r"copy of the (?:original )?message|copy of the message header)",
    re.IGNORECASE,
)
_MARKER_WORD = re.compile(r"message|mail|text|copy", re.IGNORECASE)
_FOREIGN_LINE = re.compile(
    r"mail\s+from|\bfrom\b\s*:|envelope[- ](?:from|sender)|original sender|\bsender\b|"
    r"reply[- ]to|\bcontact\b|mailto:|https?://|"
    r"forward this|send (?:mail|e-mail|a message) to|please|received at|"
    r"^\s*from\b|\bhelo\b|\bmessage-id\b|please see",
    re.IGNORECASE,
)
_OWN_LINE = re.compile(
    r"^[\s>*+•\-\"'<(]*+(?:[45]\d\d[ -]++(?:#?[45]\.\d+\.\d+ )?)?(?:(?:recipient|to|address|rcpt to|user|mailbox|name|"
    r"e-?mail)(?:\s*:)?)?[\s<\"'\[(]*ADDRESS[>\"'\])]*\s*"
    r"(?:$|[:(\[<,;]|\.\.\.|[-–] |\s[45]\d\d|\s)",
    re.IGNORECASE,
)
_DELIVERED_TO = re.compile(
    r"(?:deliver\w{0,10}|reach\w{0,10}|mail|message|recipients?|address(?:es)?|rcpt to|\bto\b|"
    r"size|user|quota|mailbox|account|failed)"
    r"[^@]{0,40}ADDRESS",
    re.IGNORECASE,
)
_MAX_REPORT = 60_000
_MAX_LINE = 2000
# What _DELIVERED_TO can reach over, and some more.
_MAX_LEAD_IN = 80
# Each costs a look at the whole line; no report names more in one.
_MAX_ADDRESSES_IN_LINE = 20


@dataclass(frozen=True, slots=True)
class Report:
    """``text`` is the system's own words; ``original`` the header of the mail that came back ("" when it is not there)."""

    text: str
    original: str

    def original_field(self, name: str) -> str:
        """The value of a header field of the original, unfolded, "" when it is not there."""
        match = re.search(rf"^{name}[ \t]*:[ \t]*(.*(?:\n[ \t]+.*)*)", self.original, re.IGNORECASE | re.MULTILINE)
        return " ".join(match[1].split()) if match else ""

    @property
    def original_message_id(self) -> str:
        ids = parse_ids(self.original_field("Message-ID"))
        return ids[0] if ids else ""


def read_report(message: Message, text: str) -> Report:
    """Split a report.

    Args:
        text: the message's readable text (its plain text, or its HTML made text).
    """
    words, rest = _cut(text[:_MAX_REPORT])
    embedded = [
        part.text
        for part in message.parts
        if part.text
        and (
            (part.content_type == "message/rfc822" and part.depth == 0)
            or part.content_type in {"text/rfc822-headers", "message/global-headers", "message/rfc822-headers"}
        )
    ]
    attached = [
        part.text
        for part in message.parts
        if part.depth == 0
        and part.disposition == "attachment"
        and part.text
        and _header_starts(part.text.split("\n"), 0)
    ]
    return Report(words, (embedded or attached or [rest])[0])


def _cut(text: str) -> tuple[str, str]:
    """The words before the returned original and the original: at a line that announces it, or where a header starts."""
    lines = text.split("\n")
    for index, line in enumerate(lines):
        if index == 0 and not line.strip():
            continue
        if index > 0 and len(line) < 160 and _MARKER_WORD.search(line) and _MARKER.match(line):
            return "\n".join(lines[:index]), _dedent(lines[index + 1 :])
        if _header_starts(lines, index):
            return "\n".join(lines[:index]), _dedent(lines[index:])
    return text, ""


def _dedent(lines: list[str]) -> str:
    """The original, without the indentation that some systems give all of it."""
    first = next((line for line in lines if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip())]
    return "\n".join(line.removeprefix(indent) for line in lines[:400]).strip("\n")


def _header_starts(lines: list[str], index: int) -> bool:
    """Whether a mail header starts here: three different fields, a strong one among them, within the next lines."""
    if not _HEADER_LINE.match(lines[index]):
        return False
    names = set()
    for line in lines[index : index + 30]:
        match = _HEADER_LINE.match(line)
        if match:
            names.add(match[1].lower())
        elif not line.strip() or line[0] not in " \t":
            break
    return len(names) >= 3 and bool(names & _STRONG_HEADERS)


# --- whom the report is about ------------------------------------------------------------------------------------


def addresses_in(line: str) -> list[str]:
    return [found.rstrip(".") for found in _ADDRESS.findall(line)]


def named_recipients(report: Report, excluded: frozenset[str], *, sure: bool = False) -> tuple[str, ...]:
    """The addresses that the words name as not reached, in order, by the surest way of naming that occurs in them.

    Args:
        excluded: lower-case addresses that are no recipients: whoever the report is sent to and comes from.
        sure: only those that have a line of their own.
    """
    ranked: tuple[list[str], list[str], list[str]] = ([], [], [])
    for whole in report.text.split("\n"):
        if "@" not in whole:
            continue
        line = whole[:_MAX_LINE]
        foreign = bool(_FOREIGN_LINE.search(line))
        for address in addresses_in(line)[:_MAX_ADDRESSES_IN_LINE]:
            if address.lower() in excluded or _is_system(address):
                continue
            ranked[_rank(line, address, foreign=foreign)].append(address)
    best = next((found for found in ranked[: 1 if sure else None] if found), [])
    unique = {address.lower(): address for address in reversed(best)}
    return tuple(reversed(unique.values()))[:50]


def _rank(line: str, address: str, *, foreign: bool) -> int:
    """0: the line is about this address; 1: it says that something did not get to it; 2: it merely names it.

    Args:
        foreign: the line speaks of senders, contacts or links.
    """
    before, _, after = line.partition(address)
    if _OWN_LINE.match(f"{before}ADDRESS{after}"):
        return 0
    if not foreign and _DELIVERED_TO.search(f"{before[-_MAX_LEAD_IN:]}ADDRESS"):
        return 1
    return 2


def _is_system(address: str) -> bool:
    return address.lower().startswith(("postmaster@", "mailer-daemon@", "abuse@", "support@", "helpdesk@"))


def original_recipients(report: Report) -> tuple[str, ...]:
    """The To and Cc of the original."""
    found = [*parse_addresses(report.original_field("To")), *parse_addresses(report.original_field("Cc"))]
    return tuple(dict.fromkeys(one.address for one in found))


def words_about(report: Report, recipient: str) -> str:
    """What the report says from the first line about one recipient to the first about another; all of it when it names
    nobody."""
    lines = report.text.split("\n")
    wanted = recipient.lower()
    start = next((index for index, line in enumerate(lines) if wanted and wanted in line.lower()), 0)
    for index in range(start + 1, len(lines)):
        others = [one for one in addresses_in(lines[index]) if one.lower() != wanted]
        if others and _OWN_LINE.match(lines[index].replace(others[0], "ADDRESS", 1)):
            return "\n".join(lines[start:index])
    return "\n".join(lines[start:])
