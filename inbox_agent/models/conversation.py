"""A conversation and what its workflow stores, and what is remembered of its owner. All of it serializes without loss."""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from inbox_agent.models.mail import Address, Bounce


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

    @property
    def everyone(self) -> tuple[Address, ...]:
        """All recipients: To, Cc and Bcc."""
        return (*self.to, *self.cc, *self.bcc)


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
        proposed: what else the owner's agreement does, as JSON of ``turn.schema.TurnOutput``; "" if nothing.
    """

    questions: tuple[str, ...] = ()
    when: str = ""
    left_out: tuple[str, ...] = ()
    offered: Schedule | None = None
    offered_now: bool = False
    proposed: str = ""


class OwnerMemory(Stored):
    """What is known of an owner over all their conversations; the owner's own workflow holds it.

    Attributes:
        name: how mails are signed. signature: what stands below the name, several lines.
        zone: IANA name. language: BCP 47, in which they want to be answered. tone: how their mails should sound.
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


class Rates(Stored):
    """How much came in a conversation: Unix seconds of the messages of the last hour that were taken, oldest first.

    Attributes:
        owner, stops, others: by its owner, the owner's bare "cancel", by everybody else.
        told_until: by the name of a count, until when somebody knows that it is full. held_back: by others since then.
        state, unchanged, last: how many answers in a row found the conversation in this state, the last one when.
        silent_until: nobody is answered before, because such answers changed nothing.
    """

    owner: tuple[int, ...] = ()
    stops: tuple[int, ...] = ()
    others: tuple[int, ...] = ()
    told_until: dict[str, int] = Field(default_factory=dict)
    held_back: int = 0
    state: str = ""
    unchanged: int = 0
    last: int = 0
    silent_until: int = 0


class HandOver(StrEnum):
    """The answer of ``send_request``.

    ``conflict``: another message came under this Message-ID before; nothing changed. ``ignored``: over a cap, nothing
    changed. ``told``: the first one over a cap, of which the person is told instead. ``elsewhere``: the conversation is
    somebody else's by now; its owner has to be asked for again.
    """

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    IGNORED = "ignored"
    TOLD = "told"
    ELSEWHERE = "elsewhere"


class Outage(Stored):
    """What does not work just now: ``since`` and last ``tried`` in Unix seconds, whether the owner was told."""

    since: int = 0
    tried: int = 0
    told: bool = False


class BackgroundTask(Stored):
    """The input of RememberState: the ``number``-th task of this run, which is a note, or a cancel to be handed on.

    Attributes:
        note: a change of what is remembered of the owner.
        cancels: the workflow id of the other conversation of the owner whose mail is to be canceled.
        message_id: under which the cancel is handed over, however often.
    """

    number: int
    note: MemoryNote | None = None
    cancels: str = ""
    message_id: str = ""
