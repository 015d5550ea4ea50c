"""What the states need from outside; built once by ``inbox_agent.bootstrap`` and passed to the workflow's constructor."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage

from inbox_agent.conversation.events.rate_limits import PER_CONVERSATION
from inbox_agent.conversation.outbound import OutboundPolicy
from inbox_agent.errors import ConfigurationError
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
from inbox_agent.ports import MailSender, Model, ModelResult, OwnerMemories


@dataclass(frozen=True, slots=True)
class AgentIdentity:
    """Who the agent is.

    Attributes:
        secret: signs the ids and tokens that lead a reply back to its conversation.
        plus_addresses: whether mail to ``agent+TOKEN@…`` reaches the mailbox.
        from_name: the display name on mail for an owner; ``{owner}`` and ``{agent}`` are replaced.
    """

    address: str
    name: str
    secret: bytes
    from_name: str = "{owner} via {agent}"
    plus_addresses: bool = True

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]

    @property
    def mailbox(self) -> Address:
        return Address(self.address, self.name)


@dataclass(frozen=True, slots=True)
class Services:
    """The ports and the settings of a conversation.

    Attributes:
        clock: the current time, aware. Only the states read it.
        nonce: a new random token for a Message-ID.
        send_pause_seconds: how long "now" waits, so that "cancel" still works.
        per_conversation: messages an hour of its owner's in one conversation.
    """

    model: Model
    post: MailSender
    memories: OwnerMemories
    identity: AgentIdentity
    clock: Callable[[], datetime]
    nonce: Callable[[], str]
    default_zone: str = "UTC"
    send_pause_seconds: int = 10
    outbound: OutboundPolicy = field(default_factory=OutboundPolicy)
    per_conversation: int = PER_CONVERSATION


class NoPorts:
    """The ports of a process that only calls workflows and never runs their states (poller, web)."""

    _WHY = "this process is a client of the workflows; their states run in the worker"

    def take_turn(self, conversation: Conversation, request: UserRequest, now: datetime) -> ModelResult:
        raise ConfigurationError(self._WHY)

    def deliver(self, message: EmailMessage, *, recipients: Sequence[str], first_attempt: bool) -> None:
        raise ConfigurationError(self._WHY)

    def was_accepted(self, message_id: str) -> bool:
        raise ConfigurationError(self._WHY)

    def fetch_part(self, message_id: str, part: str, sha256: str = "") -> FileContent:
        raise ConfigurationError(self._WHY)

    def size_limit(self) -> int:
        raise ConfigurationError(self._WHY)

    def ids_sent(self, owner: str, since: datetime) -> list[str]:
        raise ConfigurationError(self._WHY)

    def recall(self, owner: str) -> OwnerMemory:
        raise ConfigurationError(self._WHY)

    def note(self, owner: str, note: MemoryNote) -> None:
        raise ConfigurationError(self._WHY)

    def planned(self, owner: str) -> tuple[PlannedMail, ...]:
        raise ConfigurationError(self._WHY)

    def cancel(self, workflow_id: str, *, owner: Address, message_id: str) -> HandOver | None:
        raise ConfigurationError(self._WHY)


def client_only() -> Services:
    """Services for building the registry that an iWF client needs, which reads only schemas from it."""
    return Services(
        model=NoPorts(),
        post=NoPorts(),
        memories=NoPorts(),
        identity=AgentIdentity("", "", b""),
        clock=lambda: datetime.now(UTC),
        nonce=lambda: "",
    )
