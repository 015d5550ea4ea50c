"""The Protocols of everything outside: mailbox, SMTP, model, workflow engine.

Adapters implement them; tests use hand-written fakes.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import TYPE_CHECKING, Protocol

from inbox_agent.models import (
    Address,
    AnsweredMail,
    Conversation,
    FetchedMessage,
    FileContent,
    Folder,
    HandOver,
    MemoryNote,
    OwnerMemory,
    PlannedMail,
    UserRequest,
)

if TYPE_CHECKING:
    from inbox_agent.conversation.turn_output import TurnOutput


class Mailbox(Protocol):
    """The agent's mailbox over IMAP. One instance serves one thread. Every call may raise ``MailboxUnavailable``."""

    def fetch_new(self, limit: int, exclude: Collection[tuple[int, int]] = ()) -> list[FetchedMessage]:
        """The oldest messages of the inbox not yet handed over, in UID order, read with BODY.PEEK. Where not all can be read
        at once, small ones come before large ones.

        Args:
            exclude: (UIDVALIDITY, UID) of messages that are being handed over already.
        """

    def move(self, uids: Sequence[int], folder: Folder, uid_validity: int, *, answered: bool = False) -> None:
        """Move from the inbox to a folder (MOVE, or COPY + \\Deleted + UID EXPUNGE), marking as seen.

        Refused with ``MailboxUnavailable`` when the inbox has another UIDVALIDITY by now: the UIDs mean other messages then.

        Args:
            answered: mark as answered, too: an owner's message that was handed over.
        """

    def answered(self, folder: Folder, since: datetime, after: tuple[int, int]) -> list[AnsweredMail]:
        """The messages in a folder that ``move`` marked as answered and that came since then, in UID order.

        Args:
            after: (UIDVALIDITY, UID) of the newest one that is known; (0, 0) for none.
        """

    def wait_for_new(self, seconds: float) -> bool:
        """IDLE until something arrives (True) or the time is over (False). Without IDLE, just waits."""

    def interrupt(self) -> None:
        """End a ``wait_for_new`` early; the one call that another thread may make."""

    def has_message_id(self, message_id: str) -> bool:
        """Whether the inbox or the Sent folder holds a message with this Message-ID."""

    def was_worked_on(self, message_id: str, sender: str) -> bool:
        """Whether a message with this Message-ID by this sender lies among those that were worked on (``Folder.PROCESSED``)."""

    def fetch_part(self, message_id: str, part: str, sha256: str = "") -> FileContent:
        """The decoded content of one MIME part of a message, wherever in the mailbox it lies by now.

        Args:
            sha256: of the content that is wanted, whichever of several messages with this id holds it; "" takes the oldest.

        Raises:
            MalformedMessageError: no such message, part or content any more.
        """

    def ids_sent(self, reply_to: str, since: datetime) -> list[str]:
        """The ids of the mails with this person's address in Reply-To, however it is written (``base_address``), that came into
        the Sent folder since then: each one's Message-ID, and the one it was submitted with where a provider kept that."""

    def close(self) -> None:
        """Log out; never raises."""


class LookUps(Protocol):
    """Names that are asked for in the DNS beside everything else, since an outsider chooses them and when they answer."""

    on_settled: Callable[[], None]
    """Called by another thread when a name was answered, or given up for now."""

    def settled(self) -> frozenset[str]:
        """The names that this happened to since the last call; their answers count from now on."""


class MailTransport(Protocol):
    """Submission over SMTP."""

    def send(self, message: EmailMessage, *, sender: str, recipients: Sequence[str]) -> None:
        """Hand one message to the server for all recipients, or for none.

        Raises:
            SendRejected: a 5xx reply to the message or to any recipient; nothing was sent.
            SendUnavailable: not reached, 4xx, or the connection broke; it may or may not have been accepted.
        """

    def size_limit(self) -> int:
        """The largest message in bytes that the server takes (SIZE, RFC 1870), 0 when it names none.

        Raises:
            SendUnavailable: the server is not reached.
        """


class MailSender(Protocol):
    """Sends a mail of ours at most once per Message-ID, however often it is asked to."""

    def deliver(self, message: EmailMessage, *, recipients: Sequence[str], first_attempt: bool) -> None:
        """Send unless the mailbox shows that this Message-ID was accepted before. Errors as ``MailTransport.send``."""

    def was_accepted(self, message_id: str) -> bool:
        """Whether the mailbox shows that a mail of ours with this Message-ID was accepted.

        Raises:
            SendUnavailable: the mailbox cannot tell.
        """

    def fetch_part(self, message_id: str, part: str, sha256: str = "") -> FileContent:
        """The content of an attachment that stayed in the mailbox, see ``Mailbox.fetch_part``.

        Raises:
            MalformedMessageError: it is not there any more. SendUnavailable: the mailbox cannot tell.
        """

    def size_limit(self) -> int:
        """The largest message in bytes that the mail server takes (SIZE, RFC 1870); 0 when it names none or is not reached."""

    def ids_sent(self, owner: str, since: datetime) -> list[str]:
        """The ids of the mails that went out for an owner since then, as the mailbox shows it; see ``Mailbox.ids_sent``.

        Raises:
            SendUnavailable: the mailbox cannot tell.
        """


@dataclass(frozen=True, slots=True)
class ModelResult:
    """One model turn: what the person meant, and the id by which the provider remembers the turn ("" if it does not)."""

    output: "TurnOutput"
    response_id: str
    input_tokens: int = 0
    output_tokens: int = 0


class Model(Protocol):
    def take_turn(self, conversation: Conversation, request: UserRequest, now: datetime) -> ModelResult:
        """Ask what the person meant. Context comes by ``conversation.previous_response_id``; when the provider no longer
        knows it, the turn is replayed from ``conversation.exchanges``.

        Raises:
            ModelUnavailable: cannot be reached, overloaded or timed out; worth trying again.
            ModelBusy: no call was made because too many are under way in this process; the caller's retry is the queue.
            InvalidModelOutput: refusal, or an answer outside the schema even after asking once more.
        """


class OwnerMemories(Protocol):
    """What is remembered of each owner, and their planned mails. Every call may raise ``EngineUnavailable``.

    Called by the states of a conversation: reading and noting must not need a worker, or all workers could wait for each other.
    """

    def recall(self, owner: str) -> OwnerMemory:
        """What is known of the owner with this address; an empty memory when nothing is."""

    def note(self, owner: str, note: MemoryNote) -> None:
        """Have a change noted, at least once and in no particular order; the owner's workflow is started if need be."""

    def planned(self, owner: str) -> tuple[PlannedMail, ...]:
        """The owner's mails that are armed now, as their conversations say, soonest first."""

    def cancel(self, workflow_id: str, *, owner: Address, message_id: str) -> HandOver | None:
        """Hand "cancel" by the owner to another conversation of theirs, once per Message-ID.

        Also after its mail was sent, so that the conversation tells that it is too late.

        Returns:
            None when the owner has no such conversation, or it was canceled already.
        """


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """A line of the status page. Times are Unix seconds, 0 if none."""

    workflow_id: str
    workflow_status: str
    status: str
    owner: str
    subject: str
    send_time_seconds: int
    last_error: str


class Conversations(Protocol):
    """The durable conversations behind the iWF client. Every call may raise ``EngineUnavailable``."""

    def hand_over(self, workflow_id: str, request: UserRequest) -> HandOver:
        """Start the conversation if need be and queue the request in it, in order, exactly once per Message-ID.

        After the end of a conversation this starts a follow-up run that knows the last draft and what was sent.
        """

    def start(self, workflow_id: str) -> None:
        """Start an empty conversation. Raises ``ConversationExists``."""

    def request(self, workflow_id: str, request: UserRequest) -> HandOver:
        """As ``hand_over`` for a conversation that was started before. Raises ``ConversationNotFound``."""

    def describe(self, workflow_id: str) -> dict[str, object]:
        """The data attributes under the seeds' names and the rest, also after the end. Raises ``ConversationNotFound``."""

    def save_draft(self, workflow_id: str, draft: str) -> None:
        """Store the unsent input of an API client. Raises ``ConversationNotFound``."""

    def owner_of(self, workflow_id: str) -> str:
        """The owner's address of the latest run, lower case; "" when there is no such conversation."""

    def list_conversations(self, limit: int) -> list[ConversationSummary]:
        """The conversations known to the engine, at most ``limit``."""
