"""The conversation workflow: one thread of mail, from the first instruction to the receipt."""

import hashlib
from typing import Any

from iwf.communication import Communication
from iwf.communication_schema import CommunicationMethod, CommunicationSchema
from iwf.iwf_api.models import PersistenceLoadingPolicy, PersistenceLoadingType
from iwf.persistence import Persistence
from iwf.persistence_schema import PersistenceSchema
from iwf.rpc import rpc
from iwf.state_schema import StateSchema
from iwf.workflow import ObjectWorkflow

from inbox_agent.conversation.commands import takes_back
from inbox_agent.conversation.events.rate_limits import admit_by_rate
from inbox_agent.mail.sender.trust import normalize_address
from inbox_agent.models import HandOver, Rates, Status, UserRequest
from workflows.conversation import attributes
from workflows.conversation import schema as s
from workflows.conversation.states.agent import AgentState
from workflows.conversation.states.close import CloseState
from workflows.conversation.states.init import InitState
from workflows.conversation.states.lost_turn import LostTurnState
from workflows.conversation.states.notify import NotifyState
from workflows.conversation.states.receipt import ReceiptState
from workflows.conversation.states.recover import RecoverState
from workflows.conversation.states.remember import RememberState
from workflows.conversation.states.schedule import ScheduleState
from workflows.conversation.states.sending import SendingState
from workflows.conversation.states.turn import TurnState
from workflows.services import Services

# Two RPCs may read before either writes, so the one attribute that decides about duplicates is locked, and with it the rates;
# no state does. The others tell whose conversation it is, and whether it changed.
LOCK_HANDLED = PersistenceLoadingPolicy(
    persistence_loading_type=PersistenceLoadingType.LOAD_PARTIAL_WITH_EXCLUSIVE_LOCK,
    partial_loading_keys=[
        s.DA_HANDLED_MESSAGE_IDS,
        s.DA_RATES,
        s.DA_OWNER,
        s.DA_STATUS,
        s.DA_REVISION,
        s.DA_SCHEDULED_TIME,
        s.DA_WAITING,
    ],
    locking_keys=[s.DA_HANDLED_MESSAGE_IDS],
)
DIGEST_KEPT = 12
LOAD_NOTHING = PersistenceLoadingPolicy(persistence_loading_type=PersistenceLoadingType.LOAD_NONE)


class EmailAgentWorkflow(ObjectWorkflow):
    """See docs/workflow.md for states, channel, RPCs and data attributes."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def get_workflow_states(self) -> StateSchema:
        services = self.services
        return StateSchema.with_starting_state(
            InitState(services),
            AgentState(services),
            TurnState(services),
            LostTurnState(services),
            ScheduleState(services),
            SendingState(services),
            RecoverState(services),
            NotifyState(services),
            ReceiptState(services),
            RememberState(services),
            CloseState(services),
        )

    def get_persistence_schema(self) -> PersistenceSchema:
        return PersistenceSchema.create(*s.DATA_ATTRIBUTES)

    def get_communication_schema(self) -> CommunicationSchema:
        return CommunicationSchema.create(
            CommunicationMethod.internal_channel_def(s.CH_USER_INPUT, UserRequest),
            CommunicationMethod.internal_channel_def_by_prefix(s.CH_NOTIFIED_PREFIX, int),
            CommunicationMethod.internal_channel_def_by_prefix(s.CH_TASK_DONE_PREFIX, int),
            CommunicationMethod.internal_channel_def_by_prefix(s.CH_TURN_DONE_PREFIX, s.TurnDone),
        )

    @rpc(data_attribute_loading_policy=LOCK_HANDLED)
    def send_request(self, request: UserRequest, persistence: Persistence, communication: Communication) -> str:
        """Queue a message, in order, exactly once per Message-ID; never refuses while busy.

        Here alone it is decided whether a message is the owner's and within the caps: two pollers may bring the first mails
        of a thread, or the same mail, at the same instant.

        Returns:
            See ``HandOver``.
        """
        handled: list[str] = persistence.get_data_attribute(s.DA_HANDLED_MESSAGE_IDS) or []
        if (known := answer_if_handled(request, handled)) is not None:
            return str(known)
        if is_anothers(request, persistence.get_data_attribute(s.DA_OWNER) or ""):
            return str(HandOver.ELSEWHERE)
        admitted = admit_by_rate(
            persistence.get_data_attribute(s.DA_RATES) or Rates(),
            request,
            int(self.services.clock().timestamp()),
            state=_state_of(persistence, communication),
            is_stop=takes_back(request),
            per_conversation=self.services.per_conversation,
        )
        persistence.set_data_attribute(s.DA_RATES, admitted.rates)
        if admitted.request is not None:
            noted = [*handled, f"{fingerprint_of(request.message_id)}{request.digest[:DIGEST_KEPT]}"]
            persistence.set_data_attribute(s.DA_HANDLED_MESSAGE_IDS, noted[-s.HANDLED_LIMIT :])
            persistence.set_data_attribute(s.DA_REQUEST_DRAFT, "")
            communication.publish_to_internal_channel(s.CH_USER_INPUT, admitted.request)
        return str(admitted.answer)

    @rpc()
    def describe(self, persistence: Persistence, communication: Communication) -> dict[str, Any]:
        """The state of the conversation under the seeds' names, and the rest."""
        pending = communication.get_internal_channel_size(s.CH_USER_INPUT)
        return attributes.describe(persistence.get_data_attribute, pending)

    @rpc(data_attribute_loading_policy=LOAD_NOTHING)
    def save_draft(self, draft: str, persistence: Persistence) -> None:
        """Keep the unsent input of an API client."""
        persistence.set_data_attribute(s.DA_REQUEST_DRAFT, draft)


def is_anothers(request: UserRequest, owner: str) -> bool:
    """Whether a message came as the owner's and the conversation is somebody else's."""
    if not owner or request.role != "owner" or request.kind in ("api", "bounce"):
        return False
    return normalize_address(request.sender.address) != normalize_address(owner)


def _state_of(persistence: Persistence, communication: Communication) -> str:
    """Another text after every change of draft, time or status; "" while the conversation is at work."""
    status = persistence.get_data_attribute(s.DA_STATUS) or ""
    pending = communication.get_internal_channel_size(s.CH_USER_INPUT)
    if pending or persistence.get_data_attribute(s.DA_WAITING) or status in ("", str(Status.PROCESSING)):
        return ""
    revision = persistence.get_data_attribute(s.DA_REVISION) or 0
    return f"{status} {revision} {persistence.get_data_attribute(s.DA_SCHEDULED_TIME) or 0}"


def answer_if_handled(request: UserRequest, handled: list[str]) -> HandOver | None:
    """What to answer to a message whose Message-ID came before; None for a new one.

    Args:
        handled: a fingerprint of each id, and behind it the beginning of the message's digest if it had one.
    """
    fingerprint, digest = fingerprint_of(request.message_id), request.digest[:DIGEST_KEPT]
    before = next((entry for entry in handled if entry.startswith(fingerprint)), None)
    if before is None:
        return None
    noted = before.removeprefix(fingerprint)
    return HandOver.CONFLICT if noted and digest and noted != digest else HandOver.DUPLICATE


def fingerprint_of(message_id: str) -> str:
    """A short stand-in for a Message-ID, so that a thousand of them fit into one attribute."""
    return hashlib.sha256(message_id.strip().encode("utf-8", "surrogateescape")).hexdigest()[:16]
