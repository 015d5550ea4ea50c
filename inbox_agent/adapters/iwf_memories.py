"""What is remembered of each owner, kept by the owner's own workflow behind the official iWF client."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from iwf.client import Client
from iwf.client_options import ClientOptions
from iwf.unregistered_client import UnregisteredClient
from iwf.workflow_options import WorkflowOptions

from inbox_agent.adapters.iwf_calls import NO_TIMEOUT, connections_of, read_attributes, translated
from inbox_agent.adapters.iwf_client import IwfConversations
from inbox_agent.conversation.events.remembered import Contacts, Profile, Scheduled, memory_of, planned_ids
from inbox_agent.conversation.planned import planned_mail
from inbox_agent.conversation.when.times import instant_of
from inbox_agent.errors import ConversationExists, ConversationNotFound, EngineUnavailable
from inbox_agent.models import Address, HandOver, MemoryNote, OwnerMemory, PlannedMail, Status, UserRequest
from workflows.conversation import schema as s
from workflows.conversation.attributes import read_conversation
from workflows.encoding import ENCODER
from workflows.owner import workflow as o
from workflows.registry import build_registry
from workflows.services import client_only

START_ATTEMPTS = 3
# A mail that is late is tried for a day; after a longer standstill of everything it goes out at once.
STILL_PLANNED_SECONDS = 2 * 86_400
MOST_PLANNED = 300
READ_AT_ONCE = 8
WHAT_IS_PLANNED = (
    s.DA_STATUS,
    s.DA_OWNER,
    s.DA_EMAIL_RECIPIENT,
    s.DA_EMAIL_CC,
    s.DA_EMAIL_BCC,
    s.DA_EMAIL_SUBJECT,
    s.DA_EMAIL_BODY,
    s.DA_DRAFT_DETAILS,
    s.DA_SCHEDULED_TIME,
    s.DA_SCHEDULE,
    s.DA_REVISION,
)


class IwfMemories:
    """``ports.OwnerMemories`` on an iWF server.

    Args:
        mailbox: the agent's address; another mailbox on the same server remembers for itself.
        timeout_seconds: for one HTTP call. Short, because a conversation waits for what it recalls.
        listing_seconds: for all reads of a list together, less than iWF gives a state.
        clock: Unix time.
    """

    def __init__(
        self,
        server_url: str,
        worker_url: str,
        *,
        mailbox: str,
        ca_file: str = "",
        timeout_seconds: int = 5,
        listing_seconds: float = 10,
        clock: Callable[[], float] = time.time,
    ) -> None:
        options = ClientOptions(server_url, worker_url, ENCODER, api_timeout=timeout_seconds)
        self._client = Client(build_registry(client_only()), options)
        self._plain = UnregisteredClient(options)
        self._conversations = IwfConversations(server_url, worker_url, ca_file=ca_file)
        self._connections = connections_of(self._client, self._plain, ca_file=ca_file)
        self._mailbox = mailbox
        self._listing_seconds = listing_seconds
        self._clock = clock

    def close(self) -> None:
        """Close the connections to the server."""
        self._conversations.close()
        for connections in self._connections:
            connections.close()

    def recall(self, owner: str) -> OwnerMemory:
        """See ``ports.OwnerMemories.recall``."""
        kept = read_attributes(self._plain, self._id(owner), o.ATTRIBUTE_TYPES, [o.DA_PROFILE, o.DA_CONTACTS])
        return memory_of(kept.get(o.DA_PROFILE) or Profile(), kept.get(o.DA_CONTACTS) or Contacts())

    def note(self, owner: str, note: MemoryNote) -> None:
        """The common case needs one call."""
        workflow_id = self._id(owner)
        for _ in range(START_ATTEMPTS):
            try:
                with translated(workflow_id):
                    self._client.signal_workflow(workflow_id, o.SIG_NOTE, note)
                return
            except ConversationNotFound:
                self._start(workflow_id)
        raise EngineUnavailable(f"workflow {workflow_id} ended each time before the note was handed over")

    def _start(self, workflow_id: str) -> None:
        """Start it with what an earlier run left, should somebody have stopped that."""
        left = read_attributes(self._plain, workflow_id, o.ATTRIBUTE_TYPES)
        options = WorkflowOptions(initial_data_attributes=left) if left else None
        with suppress(ConversationExists), translated(workflow_id):
            self._client.start_workflow(o.OwnerWorkflow, workflow_id, NO_TIMEOUT, None, options)

    def planned(self, owner: str) -> tuple[PlannedMail, ...]:
        """Of the conversations that were noted, those whose own attributes say so; a note that is out of date does no harm."""
        kept = read_attributes(self._plain, self._id(owner), o.ATTRIBUTE_TYPES, [o.DA_SCHEDULED])
        since = int(self._clock()) - STILL_PLANNED_SECONDS
        workflow_ids = planned_ids(kept.get(o.DA_SCHEDULED) or Scheduled(), since)[:MOST_PLANNED]
        if not workflow_ids:
            return ()
        pool = ThreadPoolExecutor(min(READ_AT_ONCE, len(workflow_ids)))
        try:
            reads = pool.map(
                lambda workflow_id: self._planned(workflow_id, owner), workflow_ids, timeout=self._listing_seconds
            )
            found = list(reads)
        except TimeoutError as error:
            raise EngineUnavailable(f"the iWF server takes more than {self._listing_seconds} s for a list") from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        return tuple(sorted(filter(None, found), key=lambda mail: instant_of(mail.schedule)))

    def _planned(self, workflow_id: str, owner: str) -> PlannedMail | None:
        values = read_attributes(self._plain, workflow_id, s.ATTRIBUTE_TYPES, WHAT_IS_PLANNED)
        conversation = read_conversation(values.get, workflow_id)
        if not _belongs(conversation.owner.address, owner):
            return None
        return planned_mail(conversation)

    def cancel(self, workflow_id: str, *, owner: Address, message_id: str) -> HandOver | None:
        """See ``ports.OwnerMemories.cancel``."""
        values = read_attributes(self._plain, workflow_id, s.ATTRIBUTE_TYPES, [s.DA_OWNER, s.DA_STATUS])
        if not _belongs(values.get(s.DA_OWNER) or "", owner.address) or values.get(s.DA_STATUS) == Status.CANCELED:
            return None
        request = UserRequest(message_id=message_id, kind="api", role="owner", sender=owner, text="cancel")
        return self._conversations.request(workflow_id, request)

    def _id(self, owner: str) -> str:
        return o.owner_workflow_id(owner, self._mailbox)


def _belongs(owner: str, to: str) -> bool:
    return bool(owner) and owner.strip().lower() == to.strip().lower()
