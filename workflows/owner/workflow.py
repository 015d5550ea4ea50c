"""The workflow of one owner: what is remembered of them over all their conversations.

One state takes the notes one after the other, so there is one writer and nothing to lock. It runs for ever. Reading needs no
state and no worker: it is done by the data-attribute API. See docs/decisions/0007-memory-of-an-owner.md.
"""

import hashlib
import re

from iwf.command_request import CommandRequest, SignalChannelCommand
from iwf.command_results import CommandResults
from iwf.communication import Communication
from iwf.communication_schema import CommunicationMethod, CommunicationSchema
from iwf.iwf_api.models import ChannelRequestStatus
from iwf.persistence import Persistence
from iwf.persistence_schema import PersistenceField, PersistenceSchema
from iwf.state_decision import StateDecision
from iwf.state_schema import StateSchema
from iwf.workflow import ObjectWorkflow
from iwf.workflow_context import WorkflowContext
from iwf.workflow_state import WorkflowState

from inbox_agent.conversation.events.remembered import Contacts, Profile, Remembered, Scheduled, merge
from inbox_agent.models import MemoryNote
from workflows.services import Services

ID_PREFIX = "owner-"
OWNER_ID = re.compile(ID_PREFIX + "[0-9a-f]{32}")
SIG_NOTE = "Note"
DA_PROFILE = "Profile"
DA_CONTACTS = "Contacts"
DA_SCHEDULED = "Scheduled"
ATTRIBUTE_TYPES: dict[str, type] = {DA_PROFILE: Profile, DA_CONTACTS: Contacts, DA_SCHEDULED: Scheduled}


def owner_workflow_id(owner: str, mailbox: str) -> str:
    """The id of an owner's workflow: a pure function of both addresses; which owner it is cannot be read from it."""
    key = f"{mailbox.lower()}\0{owner.strip().lower()}"
    return ID_PREFIX + hashlib.sha256(key.encode(errors="replace")).hexdigest()[:32]


def is_owner_workflow(workflow_id: str) -> bool:
    """Whether an id is that of an owner's workflow, which no conversation can have."""
    return OWNER_ID.fullmatch(workflow_id) is not None


class NoteState(WorkflowState[None]):
    """Waits for the next note, merges it, and waits again."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def wait_until(
        self, ctx: WorkflowContext, input: None, persistence: Persistence, communication: Communication
    ) -> CommandRequest:
        return CommandRequest.for_any_command_completed(SignalChannelCommand.by_name(SIG_NOTE))

    def execute(
        self,
        ctx: WorkflowContext,
        input: None,
        command_results: CommandResults,
        persistence: Persistence,
        communication: Communication,
    ) -> StateDecision:
        read = persistence.get_data_attribute
        before = Remembered(
            read(DA_PROFILE) or Profile(), read(DA_CONTACTS) or Contacts(), read(DA_SCHEDULED) or Scheduled()
        )
        after = before
        for result in command_results.signal_channel_commands:
            if result.status == ChannelRequestStatus.RECEIVED and isinstance(result.value, MemoryNote):
                after = merge(after, result.value, int(self.services.clock().timestamp()))
        for key, old, new in zip(ATTRIBUTE_TYPES, before, after, strict=True):
            if old != new:
                persistence.set_data_attribute(key, new)
        return StateDecision.single_next_state(NoteState)


class OwnerWorkflow(ObjectWorkflow):
    """See docs/workflow.md."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def get_workflow_states(self) -> StateSchema:
        return StateSchema.with_starting_state(NoteState(self.services))

    def get_persistence_schema(self) -> PersistenceSchema:
        return PersistenceSchema.create(
            *(PersistenceField.data_attribute_def(key, value_type) for key, value_type in ATTRIBUTE_TYPES.items())
        )

    def get_communication_schema(self) -> CommunicationSchema:
        return CommunicationSchema.create(CommunicationMethod.signal_channel_def(SIG_NOTE, MemoryNote))
