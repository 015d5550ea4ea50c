"""Value objects that cross module boundaries. Frozen, without behaviour beyond what their own fields tell.

Mail as read is plain dataclasses; what is stored in a workflow or crosses a process boundary is pydantic models, which
serialize to JSON and back without loss.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox of RFC 5322: ``address`` is ``local@domain`` as written, ``display_name`` is decoded text."""

    address: str
    display_name: str = ""

    def __str__(self) -> str:
        return f"{self.display_name} <{self.address}>" if self.display_name else self.address


# --- mail as read ------------------------------------------------------------------------------------------------


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
        """Whether the address itself, or the server for it, refuses for good: writing there again is in vain."""
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


@dataclass(frozen=True, slots=True)
class ThreadMatch:
    """Which conversation a message belongs to, and how that was found.

    ``revision`` is the draft number of the mail of ours that the message answers, when its Message-ID tells.
    ``ours`` is True when a signed id or token of ours was found.
    """

    workflow_id: str
    how: Literal["message-id", "token", "root"]
    root: str
    ours: bool
    revision: int | None = None


class TrustDecision(StrEnum):
    ALLOWED = "allowed"
    CONFIRM = "confirm"
    QUARANTINED = "quarantined"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Trust:
    """Who sent a message and what follows. ``identity`` is the proven From address, lower case, or "".

    ``tricked`` tells that the From field itself is made to deceive, or is no single address; ``unsigned`` names fields
    (lower case) that the proven sender need not have written, since anybody who has their mail can hand it on.
    """

    decision: TrustDecision
    identity: str
    reason: str
    tricked: bool = False
    unsigned: frozenset[str] = frozenset()


# --- a conversation ----------------------------------------------------------------------------------------------


class Stored(BaseModel):
    """Base of what a workflow stores: frozen, and tolerant of fields that a newer version wrote."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class AttachmentRef(Stored):
    """A file that stays in the agent's mailbox: where to read it again when the mail is sent.

    ``sha256`` is that of the file which the owner was shown: a Message-ID is chosen by whoever writes a mail, so it does
    not tell whose file is found under it. "" where it is not known.
    """

    message_id: str
    part: str
    name: str
    content_type: str
    size: int
    sha256: str = ""


class Draft(Stored):
    """The mail as it would go out.

    ``back_translation`` is the body in the owner's language, for the owner alone to check; "" where they can read the body.
    """

    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    subject: str = ""
    body: str = ""
    language: str = ""
    back_translation: str = ""
    attachments: tuple[AttachmentRef, ...] = ()


class Schedule(Stored):
    """When the draft goes out.

    Attributes:
        instant: Unix time in seconds.
        zone: IANA name, or a fixed offset such as ``+02:00``.
        local: the wall-clock time, ``YYYY-MM-DDTHH:MM:SS``; a wall-clock schedule keeps it when zone rules change.
        due: Unix time for which it was planned, when it was put off because a message of the owner came in between; else 0.
        wall_clock: False for a relative time ("in 2 hours"), where the instant is what was meant.
    """

    instant: int
    zone: str
    local: str
    wall_clock: bool = True
    due: int = 0


class Revision(Stored):
    """An earlier state of the draft, numbered from 1."""

    number: int
    draft: Draft
    schedule: Schedule | None = None


class Suggestion(Stored):
    """What somebody else in the thread wants, numbered from 1 in a conversation; only its owner can have it carried out.

    Also words of the owner's own that came in a mail not addressed to the agent, then with the files of that mail.
    """

    number: int
    sender: Address
    text: str
    attachments: tuple[AttachmentRef, ...] = ()


class Exchange(Stored):
    """One turn for the compact history: what the person wrote and what came of it."""

    request: str
    outcome: str


class SentRecord(Stored):
    """A mail that went out: its Message-ID, when (Unix seconds; ``zone`` is the one it was planned in), and what it was."""

    message_id: str
    sent_at: int
    draft: Draft
    zone: str = ""


class ThreadHeaders(Stored):
    """What the next mail of ours in the thread needs: the ids seen, newest last (bounded), and the subject."""

    root: str = ""
    references: tuple[str, ...] = ()
    subject: str = ""


class Status(StrEnum):
    INITIALIZED = "initialized"
    WAITING = "waiting"
    PROCESSING = "processing"
    SCHEDULED = "scheduled"
    SENT = "sent"
    FAILED = "failed"
    CANCELED = "canceled"


class OpenQuestions(Stored):
    """What the owner was asked and has not answered.

    Attributes:
        questions: as they were asked.
        when: what was said of the time and could not be settled, as JSON of ``turn.schema.When``; "" if nothing is open.
        left_out: whom the mail was meant for as well, without an address that may be written to.
        offered: the time at which the mail goes out when the owner agrees; ``offered_now``: it goes out at once then.
    """

    questions: tuple[str, ...] = ()
    when: str = ""
    left_out: tuple[str, ...] = ()
    offered: Schedule | None = None
    offered_now: bool = False


class OwnerMemory(Stored):
    """What is known of an owner over all their conversations; the owner's own workflow holds it.

    Attributes:
        name: how mails are signed. signature: what stands below the name, several lines.
        zone: IANA name. language: BCP 47, in which they want to be answered. tone: how their mails shall sound.
        contacts: whom they had mail sent to, the newest last.
    """

    name: str = ""
    signature: str = ""
    zone: str = ""
    language: str = ""
    tone: str = ""
    contacts: tuple[Address, ...] = ()


class MemoryNote(Stored):
    """One change of an owner's memory. Noting the same twice, or two notes in another order, must do no harm.

    Attributes:
        profile: field of ``OwnerMemory`` (contacts excepted) to its new value, "" forgets it.
        contacts: people to add. forgotten: addresses to drop.
        scheduled: the workflow id of a conversation whose mail is armed; ``until``: the Unix time that it is planned for,
            0 when it is armed no more.
        everything: forget all of it first; what is planned stays known.
        at: Unix time at which it was said or came to be; of two notes about the same the later one counts.
    """

    profile: dict[str, str] = Field(default_factory=dict)
    contacts: tuple[Address, ...] = ()
    forgotten: tuple[str, ...] = ()
    scheduled: str = ""
    until: int = 0
    everything: bool = False
    at: int = 0


class PlannedMail(Stored):
    """A mail of the owner that is armed, in this or another of their conversations."""

    workflow_id: str
    subject: str
    to: tuple[Address, ...]
    schedule: Schedule
    revision: int = 0


class Listed(Stored):
    """The number under which a planned mail was shown in a conversation; it keeps that number there for good.

    ``mark`` tells the mail from a later one of the same conversation.
    """

    number: int
    workflow_id: str
    subject: str
    mark: str = ""


class Conversation(Stored):
    """All that is known of one conversation; the workflow's data attributes hold it.

    ``held``: the schedule waits for an answer, it must not be armed by a turn that changes nothing.
    ``restored``: the number of the revision that undo brought back, 0 if the draft was made since.
    ``stopped``: the number of the revision at which the owner said "cancel" or "not yet", 0 once a time was said again.
    ``open``: what the owner was asked and has not answered.
    ``bounced``: addresses that refused mail for good by a delivery report, written to again here only on the owner's "confirm".
    ``given_up``: addresses that mail did not reach in the time that mail servers try; they may be written to again.
    ``asked``, ``confirmed``: fingerprints of the drafts whose sending needs, or has, the owner's explicit word.
    ``files``: what the owner's mails brought along, oldest first, whether a draft has it or not.
    ``listed``: planned mails that were shown in this conversation, with their numbers.
    ``memory``, ``planned``: of the owner, read when a turn needs them; no attribute of the conversation holds them.
    ``planned`` is None when they were not read, or could not be.
    """

    workflow_id: str = ""
    status: Status = Status.INITIALIZED
    owner: Address = Address("")
    zone: str = ""
    zone_source: str = ""
    language: str = ""
    draft: Draft = Draft()
    revision: int = 0
    schedule: Schedule | None = None
    held: bool = False
    restored: int = 0
    stopped: int = 0
    open: OpenQuestions = OpenQuestions()
    revisions: tuple[Revision, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    previous_response_id: str = ""
    thread: ThreadHeaders = ThreadHeaders()
    sent: tuple[SentRecord, ...] = ()
    participants: tuple[Address, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    bounced: tuple[str, ...] = ()
    given_up: tuple[str, ...] = ()
    asked: str = ""
    confirmed: str = ""
    last_error: str = ""
    files: tuple[AttachmentRef, ...] = ()
    listed: tuple[Listed, ...] = ()
    memory: OwnerMemory = OwnerMemory()
    planned: tuple[PlannedMail, ...] | None = None


class UserRequest(Stored):
    """What is handed to a conversation by ``send_request``.

    Attributes:
        message_id: the key of idempotency; a second one with the same id changes nothing.
        kind: ``mail`` (a person's message), ``api`` (the HTTP API), ``bounce``, or ``refused`` (text is the reason why
            the message itself could not be taken; the owner is told).
        text: the person's new words. quoted_text: quoted history and forwarded mail, bounded; data, never instructions.
        sent_at: ISO 8601 with offset from the Date header, or "".
        answers_revision: the number of the draft that the mail replies to, when known.
        notes: what the person must know of how their words were read, each a sentence.
        unconfirmed: the policy knows the sender only after a confirmation (first contact); nothing is done before it.
        answers_ours: the mail carries a signed id or token of a mail of ours, so its sender reads the owner's mailbox.
        doubt: why this mail of the owner's may not be meant for the agent, part of a sentence; they are asked first.
        digest: of sender, text and files; tells a second delivery from another message under the same Message-ID. "" where
            only the id counts.
    """

    message_id: str
    kind: Literal["mail", "api", "bounce", "refused"] = "mail"
    role: Literal["owner", "participant", "recipient"] = "owner"
    sender: Address = Address("")
    text: str = ""
    quoted_text: str = ""
    subject: str = ""
    sent_at: str = ""
    references: tuple[str, ...] = ()
    participants: tuple[Address, ...] = ()
    attachments: tuple[AttachmentRef, ...] = ()
    answers_revision: int | None = None
    bounce: Bounce | None = None
    notes: tuple[str, ...] = ()
    unconfirmed: bool = False
    answers_ours: bool = False
    doubt: str = ""
    digest: str = ""


class HandOver(StrEnum):
    """The answer of ``send_request``. ``conflict``: another message came under this Message-ID before; nothing changed."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"


# --- a turn ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a turn leads to; computed by pure code from what the person meant.

    Attributes:
        conversation: the new state (draft, revision, schedule, history, zone, language).
        step: ``wait`` for the person, ``schedule`` (send at ``conversation.schedule``) or ``cancel``.
        answer: a reply to a question, in the owner's language; "" if none.
        notices: what the person must know (zone used, what was left out, …), each a sentence.
        questions: what is missing or ambiguous, each with proposals.
        remark: what the model says about itself or its work, shown beside the draft (the stand-in's label, say).
        planned: the owner's planned mails, when they asked for them; None: they did not.
        cancels: workflow ids of other conversations whose planned mail the owner wants canceled.
        lists_drafts: the owner wants to see all drafts that are kept.
        note: what the owner said that changes their memory; None: nothing.
        hints: what can be replied, where the answer is about something else than the mail at hand.
    """

    conversation: Conversation
    step: Literal["wait", "schedule", "cancel"]
    answer: str = ""
    notices: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    remark: str = ""
    back_translation: str = ""
    planned: tuple[PlannedMail, ...] | None = None
    lists_drafts: bool = False
    cancels: tuple[str, ...] = ()
    note: MemoryNote | None = None
    hints: tuple[str, ...] = ()


# --- mail of ours ------------------------------------------------------------------------------------------------

ReplyKind = Literal["draft", "scheduled", "sent", "canceled", "failed", "late", "notice"]


class Reply(Stored):
    """What one mail of ours to the owner says, before it is rendered.

    Attributes:
        kind: ``draft`` (not scheduled), ``scheduled``, the receipts ``sent``, ``canceled``, ``failed``, ``late`` (will be
            tried again), or ``notice`` (an answer without a draft).
        seen: the revision that the owner saw last, to show what changed; None for the first.
        hints: what can be replied, in the owner's words ("send it now", "cancel").
        seconds_left: how long "cancel" works when the mail goes out within the minutes; 0 when it does not.
        title: the first line, where the kind alone does not say what the mail is about.
        lists_drafts: show all drafts that are kept, instead of the current one alone.
        planned: the owner's planned mails to list; their numbers are in ``conversation.listed``. None: no list.
    """

    kind: ReplyKind
    conversation: Conversation
    title: str = ""
    seconds_left: int = 0
    lists_drafts: bool = False
    seen: Revision | None = None
    answer: str = ""
    notices: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    remark: str = ""
    back_translation: str = ""
    detail: str = ""
    hints: tuple[str, ...] = ()
    planned: tuple[PlannedMail, ...] | None = None


@dataclass(frozen=True, slots=True)
class RenderedReply:
    """The two alternatives of one mail: plain text (RFC 3676 is not used; lines are short) and HTML."""

    text: str
    html: str


class OutgoingMail(Stored):
    """A mail of ours to the owner, complete but for MIME: fixed in the workflow before the first attempt to send it."""

    message_id: str
    to: Address
    subject: str
    text: str
    html: str
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    reply_to: str = ""


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
