"""Mail as it is received: what a message holds, what it is, whose it is and where it goes."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox of RFC 5322: ``address`` is ``local@domain`` as written, ``display_name`` is decoded text."""

    address: str
    display_name: str = ""

    def __str__(self) -> str:
        return f"{self.display_name} <{self.address}>" if self.display_name else self.address


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file on a received message. ``part`` is the IMAP part number (RFC 3501, 6.4.5: "2", "1.3"); ``size`` is bytes.

    ``sha256`` tells the content apart from any other, see ``mail.files.content_digest``.
    """

    part: str
    name: str
    content_type: str
    size: int
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class FileContent:
    """A file as it lies in the mailbox: its octets, and what Content-Type says beside the type (charset, method, …).

    ``sha256`` as in ``Attachment``.
    """

    octets: bytes = field(repr=False)
    parameters: tuple[tuple[str, str], ...] = ()
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf of the MIME tree, in order of appearance.

    ``text`` is the decoded text of a textual leaf, else None. ``depth`` counts the message/rfc822 wrappers around it:
    0 is the message's own text, 1 and more is forwarded or returned mail.
    """

    part: str
    content_type: str
    name: str
    disposition: str
    size: int
    depth: int
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A received message: headers decoded and unfolded, text decoded, nothing interpreted.

    Attributes:
        message_id: with angle brackets; derived from the content when the header is missing or unusable.
        in_reply_to, references: ids with brackets, in header order, junk left out.
        date: aware; None when missing or unreadable.
        headers: (name as written, decoded value), in order, repeated ones included.
        text, html: the message's own plain and HTML text; "" where there is none.
        parts: every leaf, embedded messages included.
        defects: what was wrong and how it was read, for a person.
        told: what could not be read of the words, or not for sure, in sentences for whoever wrote them.
        plain_header: every line of the header is read as the same by every program.
        plain_layout: no other Content-Type would turn the body into other words.
    """

    message_id: str
    message_id_derived: bool
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    from_: tuple[Address, ...]
    sender: Address | None
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    date: datetime | None
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    parts: tuple[Part, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    defects: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    plain_header: bool = True
    plain_layout: bool = True

    def header(self, name: str) -> str:
        """The first header of this name (case-insensitive), or ""."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def header_all(self, name: str) -> tuple[str, ...]:
        """Every header of this name, topmost first."""
        return tuple(value for key, value in self.headers if key.lower() == name.lower())


class MessageKind(StrEnum):
    """What a received message is; only a request is ever answered as one."""

    REQUEST = "request"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    FEEDBACK = "feedback"
    LIST = "list"
    OWN = "own"
    FORGED = "forged"
    EMPTY = "empty"
    MALFORMED = "malformed"


class Undelivered(BaseModel):
    """One recipient of a mail that came back. ``final``: the mail systems have given up, whatever the class of the status."""

    model_config = ConfigDict(frozen=True)
    address: str
    status: str = ""
    final: bool = True
    diagnostic: str = ""

    @property
    def refused(self) -> bool:
        """Whether the address itself, or the server for it, refuses for good: writing there again is useless."""
        return self.final and not self.status.startswith("4")


class Bounce(BaseModel):
    """A delivery failure. ``status`` is the enhanced code of RFC 3463, "" when none can be told.

    ``status``, ``permanent`` and ``diagnostic`` are those of the first recipient; ``verdicts`` tells each apart.
    """

    model_config = ConfigDict(frozen=True)
    recipients: tuple[str, ...] = ()
    verdicts: tuple[Undelivered, ...] = ()
    status: str = ""
    permanent: bool = True
    diagnostic: str = ""
    original_message_id: str = ""

    @property
    def each(self) -> tuple[Undelivered, ...]:
        """A verdict on every recipient; where none was told apart, what is said of all."""
        return self.verdicts or tuple(
            Undelivered(address=address, status=self.status, final=self.permanent, diagnostic=self.diagnostic)
            for address in self.recipients
        )


@dataclass(frozen=True, slots=True)
class Classification:
    """A verdict with the rule that decided it (``rule`` is a stable name, ``reason`` a sentence for a person)."""

    kind: MessageKind
    rule: str
    reason: str
    bounce: Bounce | None = None


@dataclass(frozen=True, slots=True)
class NewText:
    """The person's own words apart from what they quote, forward or sign with."""

    new_text: str
    quoted_text: str = ""
    signature: str = ""
    notes: tuple[str, ...] = ()


FoundIn = Literal["", "ids", "to", "cc", "delivery", "trace"]


@dataclass(frozen=True, slots=True)
class ThreadMatch:
    """Which conversation a message belongs to, and how that was found.

    ``revision`` is the draft number of the mail of ours that the message answers, when its Message-ID tells.
    ``ours`` is True when a signed id or token of ours was found, and ``found_in`` says in which field: In-Reply-To or
    References ("ids"), To, Cc, a field that the last server wrote about the delivery ("delivery"), or one like it that
    anybody on the way can have added ("trace"). ``owner_mark`` tells for whose conversation that id or token was made.
    """

    workflow_id: str
    how: Literal["message-id", "token", "root"]
    root: str
    ours: bool
    revision: int | None = None
    found_in: FoundIn = ""
    owner_mark: str = ""


class TrustDecision(StrEnum):
    ALLOWED = "allowed"
    CONFIRM = "confirm"
    QUARANTINED = "quarantined"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Trust:
    """Who sent a message and what follows. ``identity`` is the proven From address, lower case, or "".

    ``tricked`` tells that the From field itself is made to deceive, or is no single address; ``unsigned`` names fields
    (lower case) that the proven sender need not have written, since anybody who has their mail can hand it on. ``proven_by``
    says what proves the identity; "" where nothing does, or From is believed as it is.
    """

    decision: TrustDecision
    identity: str
    reason: str
    tricked: bool = False
    unsigned: frozenset[str] = frozenset()
    proven_by: str = ""


class Folder(StrEnum):
    """Where a message goes once it was dealt with. The settings and SPECIAL-USE say what each is called on the server.

    Nothing is lost in any of them; ``failed`` is what could not be read, ``sent`` our own mail.
    """

    PROCESSED = "processed"
    IGNORED = "ignored"
    QUARANTINE = "quarantine"
    FAILED = "failed"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class FetchedMessage:
    """A message as it lies in a folder of the mailbox. ``raw`` is None when it exceeds the size limit (then ``header``
    still holds the header section)."""

    uid: int
    uid_validity: int
    size: int
    header: bytes
    raw: bytes | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True)
class AnsweredMail:
    """A message that lies answered in a folder. ``came``: into the mailbox (INTERNALDATE). ``header``: a part of its header."""

    uid: int
    uid_validity: int
    came: datetime
    header: bytes = field(repr=False)
