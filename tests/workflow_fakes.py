"""Hand-written fakes of the ports of the conversation workflow: a model that does as the words say, a post that remembers."""

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from itertools import count

from inbox_agent.conversation.events.remembered import Remembered, memory_of, merge
from inbox_agent.conversation.turn_output import Recipient, Remember, SaidOffset, TurnOutput, When
from inbox_agent.errors import EngineUnavailable, MalformedMessageError, SendUnavailable
from inbox_agent.models import (
    Address,
    Conversation,
    FileContent,
    HandOver,
    MemoryNote,
    OwnerMemory,
    PlannedMail,
    UserRequest,
)
from inbox_agent.ports import ModelResult, OwnerMemories
from tests.honest_model import quoting
from workflows.services import AgentIdentity, Services

AGENT = "agent@example.com"
OWNER = Address("ann@example.com", "Ann")
SAM = "sam@example.com"
_numbers = count(1)


def request(text: str, message_id: str = "", **fields: object) -> UserRequest:
    """A message of the owner."""
    number = next(_numbers)
    given = UserRequest(
        message_id=message_id or f"<{number}@example.com>",
        sender=OWNER,
        text=text,
        subject="Report",
        participants=(OWNER, Address(SAM)),
    )
    return given.model_copy(update=fields)


def understood(text: str) -> TurnOutput:
    """``now BODY`` and ``in DAYS BODY`` compose a mail to sam; ``subject TEXT`` changes it; ``My name is NAME`` is to be
    remembered; ``plans`` asks what is planned; all else is a question.
    """
    word, _, rest = text.partition(" ")
    sam = (Recipient(address=SAM),)
    if word == "now":
        return TurnOutput(intents=("compose", "send_now"), to=sam, subject="Report", body=rest)
    if word == "in":
        days, _, body = rest.partition(" ")
        when = When(said=text, offset=(SaidOffset(amount=int(days), unit="day"),))
        return TurnOutput(intents=("compose",), to=sam, subject="Report", body=body, when=when)
    if word == "subject":
        return TurnOutput(intents=("revise",), subject=rest)
    if text.startswith("My name is "):
        return TurnOutput(intents=("remember",), remember=Remember(name=text.removeprefix("My name is ")))
    if text == "plans":
        return TurnOutput(intents=("show_pending",))
    return TurnOutput(intents=("question",), answer=f"You wrote: {text}")


@dataclass
class FakeModel:
    """Understands by ``understood``, or always ``answer``. ``errors`` are raised first; ``before`` may block."""

    errors: list[Exception] = field(default_factory=list)
    asked: list[UserRequest] = field(default_factory=list)
    given: list[Conversation] = field(default_factory=list)
    before: Callable[[UserRequest], None] = lambda request: None
    answer: TurnOutput | None = None

    def take_turn(self, conversation: Conversation, request: UserRequest, now: datetime) -> ModelResult:
        self.asked.append(request)
        self.given.append(conversation)
        self.before(request)
        if self.errors:
            raise self.errors.pop(0)
        return ModelResult(
            quoting(self.answer or understood(request.text), request.text), f"response-{len(self.asked)}"
        )


@dataclass
class FakePost:
    """Mail to the owner and mail to others, by Message-ID each once. ``errors`` meets the next mails to others."""

    replies: list[EmailMessage] = field(default_factory=list)
    sent: list[EmailMessage] = field(default_factory=list)
    attempts: list[bool] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    reply_errors: list[Exception] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    largest: int = 0
    sent_ids: list[str] = field(default_factory=list)
    accepted: set[str] = field(default_factory=set)
    before: Callable[[EmailMessage], None] = lambda message: None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def deliver(self, message: EmailMessage, *, recipients: Sequence[str], first_attempt: bool) -> None:
        self.before(message)
        to_owner = list(recipients) == [OWNER.address]
        with self.lock:
            if not to_owner:
                self.attempts.append(first_attempt)
            errors = self.reply_errors if to_owner else self.errors
            if errors:
                error = errors.pop(0)
                if isinstance(error, SendUnavailable) and error.maybe_accepted:
                    self._take(message, to_owner)
                raise error
            self._take(message, to_owner)

    def _take(self, message: EmailMessage, to_owner: bool) -> None:
        message_id = str(message["Message-ID"])
        if message_id not in self.accepted:
            self.accepted.add(message_id)
            (self.replies if to_owner else self.sent).append(message)

    def was_accepted(self, message_id: str) -> bool:
        return message_id in self.accepted

    def ids_sent(self, owner: str, since: datetime) -> list[str]:
        return self.sent_ids

    def size_limit(self) -> int:
        return self.largest

    def fetch_part(self, message_id: str, part: str, sha256: str = "") -> FileContent:
        if part not in self.files or (sha256 and sha256 != hashlib.sha256(self.files[part]).hexdigest()):
            raise MalformedMessageError(f"no part {part} of {message_id}")
        return FileContent(self.files[part])


@dataclass
class FakeMemories:
    """Remembers by the rules of the owner's workflow, in memory. While ``down`` nothing can be read or noted.

    Attributes:
        others: the planned mails that it knows of.
        canceled: workflow id and Message-ID of each cancel handed on, each once.
    """

    down: bool = False
    others: tuple[PlannedMail, ...] = ()
    notes: list[tuple[str, MemoryNote]] = field(default_factory=list)
    canceled: dict[str, str] = field(default_factory=dict)

    def recall(self, owner: str) -> OwnerMemory:
        self._reach()
        kept = self._kept(owner)
        return memory_of(kept.profile, kept.contacts)

    def note(self, owner: str, note: MemoryNote) -> None:
        self._reach()
        self.notes.append((owner, note))

    def planned(self, owner: str) -> tuple[PlannedMail, ...]:
        self._reach()
        return self.others

    def cancel(self, workflow_id: str, *, owner: Address, message_id: str) -> HandOver | None:
        self._reach()
        known = self.canceled.setdefault(message_id, workflow_id)
        assert known == workflow_id
        return HandOver.ACCEPTED

    def scheduled(self, owner: str = OWNER.address) -> dict[str, int]:
        """Workflow id to planned time, as noted."""
        return {key: until for key, (until, _) in self._kept(owner).scheduled.items.items()}

    def _kept(self, owner: str) -> Remembered:
        kept = Remembered()
        for noted_for, note in self.notes:
            if noted_for == owner:
                kept = merge(kept, note, note.at)
        return kept

    def _reach(self) -> None:
        if self.down:
            raise EngineUnavailable("the memory of the tests is down")


def services(
    model: FakeModel,
    post: FakePost,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    pause: int = 0,
    memories: OwnerMemories | None = None,
) -> Services:
    return Services(
        model=model,
        post=post,
        memories=memories or FakeMemories(),
        identity=AgentIdentity(AGENT, "Agent", b"a secret of the tests"),
        clock=clock,
        nonce=lambda: str(next(_numbers)),
        send_pause_seconds=pause,
    )


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    return str(part.get_content()) if part is not None else ""
