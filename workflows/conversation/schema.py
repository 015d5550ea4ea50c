"""Names and types of what the conversation workflow stores, receives and passes from state to state.

The names ``Status`` … ``ScheduledTime`` are those of the documents this system implements. A data attribute stays under
``ATTRIBUTE_LIMIT`` bytes: histories drop their oldest entries, longer text is refused before it gets here.
"""

from typing import Any, Literal

from iwf.persistence_schema import PersistenceField
from pydantic import Field

from inbox_agent.models import (
    Address,
    AttachmentRef,
    Exchange,
    Listed,
    OpenQuestions,
    Outage,
    OutgoingMail,
    OwnerMemory,
    Rates,
    Revision,
    Schedule,
    SentRecord,
    Stored,
    Suggestion,
    ThreadHeaders,
    UserRequest,
)

ATTRIBUTE_LIMIT = 64_000
HISTORY_LIMIT = 48_000
HANDLED_LIMIT = 1_000
# Messages that wait for the turn under way travel in a state's input. With this many bytes of them the rest stays in the
# channel until the turn is done, far from the 2 MB at which a server refuses an input.
WAITING_LIMIT = 256_000

DA_STATUS = "Status"
DA_CURRENT_REQUEST = "CurrentRequest"
DA_REQUEST_DRAFT = "RequestDraft"
DA_PREVIOUS_RESPONSE_ID = "PreviousResponseId"
DA_EMAIL_RECIPIENT = "EmailRecipient"
DA_EMAIL_CC = "EmailCc"
DA_EMAIL_BCC = "EmailBcc"
DA_EMAIL_SUBJECT = "EmailSubject"
DA_EMAIL_BODY = "EmailBody"
DA_SCHEDULED_TIME = "ScheduledTime"

DA_DRAFT_DETAILS = "DraftDetails"
DA_OPEN_QUESTIONS = "OpenQuestions"
DA_SCHEDULE = "Schedule"
DA_OWNER = "Owner"
DA_OWNER_NAME = "OwnerName"
DA_TIME_ZONE = "TimeZone"
DA_TIME_ZONE_SOURCE = "TimeZoneSource"
DA_LANGUAGE = "Language"
DA_REVISION = "Revision"
DA_REVISIONS = "Revisions"
DA_SEEN_REVISION = "SeenRevision"
DA_EXCHANGES = "Exchanges"
DA_THREAD = "Thread"
DA_PARTICIPANTS = "Participants"
DA_SENT_MAILS = "SentMails"
DA_SUGGESTIONS = "Suggestions"
DA_FILES = "Files"
DA_OUTBOUND = "Outbound"
DA_FIRST_CONTACT = "FirstContact"
DA_LISTED = "Listed"
DA_MAIL_COUNT = "MailCount"
DA_TASK_COUNT = "ErrandCount"
DA_PLANNED_NOTED = "PlannedNoted"
DA_TROUBLE = "Trouble"
DA_OUTGOING = "Outgoing"
DA_RETRY_REQUEST = "RetryRequest"
DA_TURN = "Turn"
DA_WAITING = "Waiting"
DA_LAST_ERROR = "LastError"
DA_HANDLED_MESSAGE_IDS = "HandledMessageIds"
DA_RATES = "Rates"

CH_USER_INPUT = "UserInput"
CH_NOTIFIED_PREFIX = "Notified-"
CH_TASK_DONE_PREFIX = "ErrandDone-"
CH_TURN_DONE_PREFIX = "TurnDone-"


class DraftDetails(Stored):
    """What the draft holds beside addresses, subject and body.

    ``names`` maps an address to its display name; ``back_translation`` is that of ``Draft``;
    ``held``, ``restored`` and ``stopped`` are those of ``Conversation``.
    """

    names: dict[str, str] = Field(default_factory=dict)
    language: str = ""
    back_translation: str = ""
    attachments: tuple[AttachmentRef, ...] = ()
    held: bool = False
    restored: int = 0
    stopped: int = 0


class Revisions(Stored):
    items: tuple[Revision, ...] = ()


class Exchanges(Stored):
    items: tuple[Exchange, ...] = ()


class SentMails(Stored):
    items: tuple[SentRecord, ...] = ()


class Participants(Stored):
    items: tuple[Address, ...] = ()


class Suggestions(Stored):
    items: tuple[Suggestion, ...] = ()


class Files(Stored):
    items: tuple[AttachmentRef, ...] = ()


class ListedMails(Stored):
    items: tuple[Listed, ...] = ()


class Outbound(Stored):
    """What the outbound policy remembers of a conversation; the fields are those of ``Conversation``."""

    bounced: tuple[str, ...] = ()
    given_up: tuple[str, ...] = ()
    asked: str = ""
    confirmed: str = ""


class FirstContact(Stored):
    """A sender whom the policy knows only after a confirmation: what waits for it, how often it was asked for."""

    waiting: tuple[UserRequest, ...] = ()
    asked: int = 0
    confirmed: bool = False


class Attempt(Stored):
    """One draft under the Message-ID that it is sent with."""

    message_id: str = ""
    revision: int = 0


class Outgoing(Attempt):
    """A sending under way: its Message-ID is fixed until it is known to be accepted or refused, whatever is retried.

    Attributes:
        tried: an attempt was made before, which may have been accepted although nobody heard of it.
        earlier: attempts with other drafts of which the same is true, oldest first.
    """

    tried: bool = False
    earlier: tuple[Attempt, ...] = ()


class TurnInput(Stored):
    """The input of TurnState: the number of the turn in this run, what the model is asked about, and what it may know."""

    turn: int
    requests: tuple[UserRequest, ...]
    memory: OwnerMemory | None = OwnerMemory()


class TurnDone(Stored):
    """What came of a turn's model call: its output as data, or why there is none.

    Attributes:
        failure: ``unavailable`` (worth trying again), ``unusable`` (it answered, but not by the schema); "" for none.
        retry_after: seconds that the model's service asked to wait.
    """

    output: dict[str, Any] = Field(default_factory=dict)
    response_id: str = ""
    failure: Literal["", "unavailable", "unusable"] = ""
    reason: str = ""
    retry_after: int = 0


class Work(Stored):
    """The input of the states that work: what is to be done, so that a failure handed on to RecoverState loses nothing.

    Attributes:
        requests: what the owner wrote and no turn has answered yet, oldest first; empty when waiting or sending.
        turn: the number of the turn that is under way with them, 0 for none; ``since``: when it began, in Unix seconds.
        done: what came of that turn, when it came together with a message that is answered first.
        waiting: what was written after ``requests`` and is worked on after them, one by one, oldest first.
        reason: why the last attempt failed, in the server's words; "" if it has not been told.
        permanent: trying the same again cannot help.
        announced: RecoverState has already told the owner in this round.
        retry_after: seconds that the model's service asked to wait.
        memory: what is known of the owner, as it was when the turn was begun first; None when it could not be read.
    """

    requests: tuple[UserRequest, ...] = ()
    turn: int = 0
    since: int = 0
    done: TurnDone | None = None
    waiting: tuple[UserRequest, ...] = ()
    reason: str = ""
    permanent: bool = False
    announced: bool = False
    retry_after: int = 0
    memory: OwnerMemory | None = OwnerMemory()


class Notification(Stored):
    """The input of NotifyState and ReceiptState: the ``number``-th mail of ours in this run, sent after its predecessor.

    ``waiting``: messages that are to be worked on after the receipt, see ``Work``.
    """

    number: int
    mail: OutgoingMail | None = None
    waiting: tuple[UserRequest, ...] = ()


def _attribute(key: str, value_type: type) -> PersistenceField:
    return PersistenceField.data_attribute_def(key, value_type)


DATA_ATTRIBUTES: tuple[PersistenceField, ...] = (
    *(
        _attribute(key, str)
        for key in (
            DA_STATUS,
            DA_CURRENT_REQUEST,
            DA_REQUEST_DRAFT,
            DA_PREVIOUS_RESPONSE_ID,
            DA_EMAIL_RECIPIENT,
            DA_EMAIL_CC,
            DA_EMAIL_BCC,
            DA_EMAIL_SUBJECT,
            DA_EMAIL_BODY,
            DA_OWNER,
            DA_OWNER_NAME,
            DA_TIME_ZONE,
            DA_TIME_ZONE_SOURCE,
            DA_LANGUAGE,
            DA_LAST_ERROR,
        )
    ),
    *(
        _attribute(key, int)
        for key in (
            DA_SCHEDULED_TIME,
            DA_REVISION,
            DA_SEEN_REVISION,
            DA_MAIL_COUNT,
            DA_TASK_COUNT,
            DA_PLANNED_NOTED,
            DA_TURN,
            DA_WAITING,
        )
    ),
    _attribute(DA_DRAFT_DETAILS, DraftDetails),
    _attribute(DA_OPEN_QUESTIONS, OpenQuestions),
    _attribute(DA_SCHEDULE, Schedule),
    _attribute(DA_REVISIONS, Revisions),
    _attribute(DA_EXCHANGES, Exchanges),
    _attribute(DA_THREAD, ThreadHeaders),
    _attribute(DA_PARTICIPANTS, Participants),
    _attribute(DA_SENT_MAILS, SentMails),
    _attribute(DA_SUGGESTIONS, Suggestions),
    _attribute(DA_FILES, Files),
    _attribute(DA_LISTED, ListedMails),
    _attribute(DA_OUTBOUND, Outbound),
    _attribute(DA_FIRST_CONTACT, FirstContact),
    _attribute(DA_TROUBLE, Outage),
    _attribute(DA_OUTGOING, Outgoing),
    _attribute(DA_RETRY_REQUEST, UserRequest),
    _attribute(DA_HANDLED_MESSAGE_IDS, list),
    _attribute(DA_RATES, Rates),
)
ATTRIBUTE_TYPES: dict[str, type | None] = {field.key: field.value_type for field in DATA_ATTRIBUTES}
