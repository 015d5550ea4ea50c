"""The durable conversations behind the official iWF client."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from iwf.client import Client
from iwf.client_options import ClientOptions
from iwf.iwf_api.models import WorkflowSearchRequest
from iwf.unregistered_client import UnregisteredClient
from iwf.workflow_options import WorkflowOptions

from inbox_agent.adapters.iwf_calls import NO_TIMEOUT, LockBusy, connections_of, read_attributes, translated
from inbox_agent.errors import ConversationExists, ConversationNotFound, EngineUnavailable
from inbox_agent.models import HandOver, UserRequest
from inbox_agent.ports import ConversationSummary
from workflows.conversation import attributes
from workflows.conversation import schema as s
from workflows.conversation.workflow import EmailAgentWorkflow, answer_if_handled
from workflows.encoding import ENCODER
from workflows.owner.workflow import is_owner_workflow
from workflows.registry import build_registry
from workflows.services import client_only

# What belongs to a run and not to the conversation is not handed on to a follow-up.
OF_ONE_RUN = frozenset(
    {
        s.DA_MAIL_COUNT,
        s.DA_TASK_COUNT,
        s.DA_TURN,
        s.DA_WAITING,
        s.DA_TROUBLE,
        s.DA_OUTGOING,
        s.DA_RETRY_REQUEST,
        s.DA_REQUEST_DRAFT,
    }
)
LOCK_ATTEMPTS = 5
START_ATTEMPTS = 4


class IwfConversations:
    """``ports.Conversations`` on an iWF server.

    Args:
        server_url: of the iWF server.
        worker_url: where that server reaches our worker.
        timeout_seconds: for one HTTP call.
    """

    def __init__(
        self,
        server_url: str,
        worker_url: str,
        *,
        timeout_seconds: int = 30,
        ca_file: str = "",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        options = ClientOptions(server_url, worker_url, ENCODER, api_timeout=timeout_seconds)
        self._client = Client(build_registry(client_only()), options)
        self._plain = UnregisteredClient(options)
        self._sleep = sleep
        self._connections = connections_of(self._client, self._plain, ca_file=ca_file)

    def close(self) -> None:
        """Close the connections to the server."""
        for connections in self._connections:
            connections.close()

    def hand_over(self, workflow_id: str, request: UserRequest) -> HandOver:
        """See ``ports.Conversations.hand_over``."""
        return self._deliver(workflow_id, request, may_be_new=True)

    def request(self, workflow_id: str, request: UserRequest) -> HandOver:
        return self._deliver(workflow_id, request, may_be_new=False)

    def _deliver(self, workflow_id: str, request: UserRequest, *, may_be_new: bool) -> HandOver:
        """The common case needs one call; a run may end just before it arrives."""
        for _ in range(START_ATTEMPTS):
            try:
                return self._send(workflow_id, request)
            except ConversationNotFound:
                left = self._attributes(workflow_id)
                if not left and not may_be_new:
                    raise
            known = answer_if_handled(request, left.get(s.DA_HANDLED_MESSAGE_IDS) or [])
            if known is not None:
                return known
            self._follow_up(workflow_id, request, left)
        # It is in no run, so it must be handed over again: refusing it for good would lose it.
        raise EngineUnavailable(f"each run of conversation {workflow_id} ended before the message was handed over")

    def _follow_up(self, workflow_id: str, request: UserRequest, left: dict[str, Any]) -> None:
        """Start the next run, which knows what the last one left."""
        if not left and request.role == "owner" and request.kind != "api":
            left = {s.DA_OWNER: request.sender.address, s.DA_OWNER_NAME: request.sender.display_name}
        with suppress(ConversationExists):  # another poller may be faster; the request then goes to its run
            self._start(workflow_id, {key: left[key] for key in left.keys() - OF_ONE_RUN})

    def start(self, workflow_id: str) -> None:
        self._start(workflow_id, {})

    def _start(self, workflow_id: str, attributes: dict[str, Any]) -> None:
        if is_owner_workflow(workflow_id):
            raise ConversationExists(f"{workflow_id} is the name of what is remembered of an owner")
        options = WorkflowOptions(initial_data_attributes=attributes) if attributes else None
        with translated(workflow_id):
            self._client.start_workflow(EmailAgentWorkflow, workflow_id, NO_TIMEOUT, None, options)

    def _send(self, workflow_id: str, request: UserRequest) -> HandOver:
        for attempt in range(LOCK_ATTEMPTS):
            try:
                with _of_conversation(workflow_id):
                    answer = self._client.invoke_rpc(workflow_id, EmailAgentWorkflow.send_request, request, str)
                return HandOver(answer or "")
            except LockBusy:
                self._sleep(0.05 * 2**attempt)
        raise EngineUnavailable(f"the iWF server keeps the lock of conversation {workflow_id} busy")

    def describe(self, workflow_id: str) -> dict[str, Any]:
        try:
            with _of_conversation(workflow_id):
                described = self._client.invoke_rpc(workflow_id, EmailAgentWorkflow.describe, None, dict)
        except ConversationNotFound:
            # RPCs end with the run; what it left can be read still.
            values = self._attributes(workflow_id)
            if not values:
                raise
            return attributes.describe(values.get, 0)
        return described or {}

    def save_draft(self, workflow_id: str, draft: str) -> None:
        with _of_conversation(workflow_id):
            self._client.invoke_rpc(workflow_id, EmailAgentWorkflow.save_draft, draft)

    def owner_of(self, workflow_id: str) -> str:
        owner = self._attributes(workflow_id, [s.DA_OWNER]).get(s.DA_OWNER)
        return owner.lower() if isinstance(owner, str) else ""

    def list_conversations(self, limit: int) -> list[ConversationSummary]:
        request = WorkflowSearchRequest(query=f"IwfWorkflowType='{EmailAgentWorkflow.__name__}'", page_size=limit)
        with translated(""):
            found = self._plain.search_workflow(request).workflow_executions
        return [self._summary(entry.workflow_id) for entry in found or []]

    def _summary(self, workflow_id: str) -> ConversationSummary:
        with translated(workflow_id):
            engine_status = str(self._client.describe_workflow(workflow_id).workflow_status)
        keys = [s.DA_STATUS, s.DA_OWNER, s.DA_EMAIL_SUBJECT, s.DA_SCHEDULED_TIME, s.DA_LAST_ERROR]
        values = self._attributes(workflow_id, keys)
        return ConversationSummary(
            workflow_id=workflow_id,
            workflow_status=engine_status,
            status=values.get(s.DA_STATUS) or "",
            owner=values.get(s.DA_OWNER) or "",
            subject=values.get(s.DA_EMAIL_SUBJECT) or "",
            send_time_seconds=values.get(s.DA_SCHEDULED_TIME) or 0,
            last_error=values.get(s.DA_LAST_ERROR) or "",
        )

    def _attributes(self, workflow_id: str, keys: list[str] | None = None) -> dict[str, Any]:
        return read_attributes(self._plain, workflow_id, s.ATTRIBUTE_TYPES, keys)


@contextmanager
def _of_conversation(workflow_id: str) -> Iterator[None]:
    """One call of a conversation, its errors translated; the workflows of owners are none."""
    if is_owner_workflow(workflow_id):
        raise ConversationNotFound(f"no conversation {workflow_id}")
    with translated(workflow_id):
        yield
