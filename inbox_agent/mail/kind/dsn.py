"""Delivery status notifications (RFC 3464): the fields of message/delivery-status parts. Reads them, judges nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from inbox_agent.models import Message

DELIVERY_STATUS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60})[ \t]*:[ \t]*(.*)")
# Only tried where a word begins, so that a long word without "@" is gone through once.
_ADDRESS = re.compile(r"(?<![^\s<>;,()\"])[^\s<>;,()\"]+@[^\s<>;,()\"]+")
# Longer than anything that a mail system writes in a field.
_MAX_VALUE = 20_000
ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")


@dataclass(frozen=True, slots=True)
class RecipientStatus:
    """One per-recipient group: ``fields`` by lower-case name, unfolded; the first of a repeated field counts."""

    fields: dict[str, str]

    @property
    def recipient(self) -> str:
        """The address, without its type; the final one before the original (RFC 3464, 2.3.2), "" when neither is one."""
        return self._address("final-recipient") or self.original_recipient or self._address("x-actual-recipient")

    @property
    def original_recipient(self) -> str:
        """The address that the sender of the mail used, "" when it is not told."""
        return self._address("original-recipient")

    def _address(self, name: str) -> str:
        value = self.fields.get(name, "")
        match = _ADDRESS.search(value.partition(";")[2] or value)
        return match[0] if match else ""

    @property
    def action(self) -> str:
        """``failed``, ``delayed``, ``delivered``, ``relayed`` or ``expanded``; some write a comment after it."""
        words = self.fields.get("action", "").lower().split()
        return words[0].strip("();,") if words else ""

    @property
    def status(self) -> str:
        match = ENHANCED.search(self.fields.get("status", ""))
        return match[1] if match else ""

    @property
    def diagnostic(self) -> str:
        """The words of the server, without the type before them."""
        value = self.fields.get("diagnostic-code", "")
        kind, semicolon, rest = value.partition(";")
        return rest.strip() if semicolon and re.fullmatch(r"\s*[\w-]{1,20}\s*", kind) else value.strip()


def read_groups(text: str) -> list[dict[str, str]]:
    """The blocks of fields that blank lines separate, unfolded."""
    groups: list[dict[str, str]] = []
    fields: dict[str, list[str]] = {}
    last = ""
    for line in [*text.split("\n"), ""]:
        if not line.strip():
            if fields:
                groups.append({name: " ".join(pieces)[:_MAX_VALUE] for name, pieces in fields.items()})
            fields, last = {}, ""
        elif line[0] in " \t" and last:
            fields[last].append(line.strip())
        elif match := _FIELD.match(line):
            last = match[1].lower()
            fields.setdefault(last, [match[2].strip()])
    return groups


def recipient_statuses(message: Message, *, embedded: bool = False) -> Iterator[RecipientStatus]:
    """Every per-recipient group of the message's own delivery-status parts; with ``embedded`` of the outermost ones."""
    parts = [part for part in message.parts if part.content_type in DELIVERY_STATUS and part.text]
    outermost = min((part.depth for part in parts), default=0) if embedded else 0
    for part in parts:
        if part.depth != outermost:
            continue
        for fields in read_groups(part.text or ""):
            if "final-recipient" in fields or "original-recipient" in fields or "action" in fields:
                yield RecipientStatus(fields)


def statuses_in_text(text: str) -> Iterator[RecipientStatus]:
    """Per-recipient groups that stand in plain text instead of a part of their own, as some systems write them."""
    for fields in read_groups(text):
        if ("final-recipient" in fields or "original-recipient" in fields) and {"status", "action"} & fields.keys():
            yield RecipientStatus(fields)
