"""A hand-written stand-in for the conversations: keeps them in memory and records what was asked."""

from inbox_agent.errors import ConversationExists, ConversationNotFound, EngineUnavailable
from inbox_agent.models import HandOver, UserRequest
from inbox_agent.ports import ConversationSummary

API_TOKEN = "test-token-of-some-length"
SECRET_KEY = "test-key-of-some-length"


class FakeConversations:
    """``down`` makes every call fail as an unreachable engine does."""

    def __init__(self) -> None:
        self.requests: dict[str, list[UserRequest]] = {}
        self.drafts: dict[str, str] = {}
        self.summaries: list[ConversationSummary] = []
        self.down = False
        self.broken: Exception | None = None

    def _check(self, workflow_id: str | None = None) -> None:
        if self.broken is not None:
            raise self.broken
        if self.down:
            raise EngineUnavailable("connection refused")
        if workflow_id is not None and workflow_id not in self.requests:
            raise ConversationNotFound(workflow_id)

    def hand_over(self, workflow_id: str, request: UserRequest) -> HandOver:
        self._check()
        self.requests.setdefault(workflow_id, [])
        return self.request(workflow_id, request)

    def start(self, workflow_id: str) -> None:
        self._check()
        if workflow_id in self.requests:
            raise ConversationExists(workflow_id)
        self.requests[workflow_id] = []

    def request(self, workflow_id: str, request: UserRequest) -> HandOver:
        self._check(workflow_id)
        known = self.requests[workflow_id]
        if any(earlier.message_id == request.message_id for earlier in known):
            return HandOver.DUPLICATE
        known.append(request)
        return HandOver.ACCEPTED

    def describe(self, workflow_id: str) -> dict[str, object]:
        self._check(workflow_id)
        return {
            "status": "waiting",
            "current_request": self.requests[workflow_id][-1].text if self.requests[workflow_id] else "",
            "current_request_draft": self.drafts.get(workflow_id, ""),
            "response_id": "",
            "email_recipient": "",
            "email_subject": "",
            "email_body": "",
            "send_time_seconds": 0,
        }

    def save_draft(self, workflow_id: str, draft: str) -> None:
        self._check(workflow_id)
        self.drafts[workflow_id] = draft

    def owner_of(self, workflow_id: str) -> str:
        self._check(workflow_id)
        return ""

    def list_conversations(self, limit: int) -> list[ConversationSummary]:
        self._check()
        return self.summaries[:limit]
