"""Hand-written fakes of the ports, which record what was done to them."""

import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from inbox_agent.errors import MailboxUnavailable, MalformedMessageError
from inbox_agent.mail.mime.parse import parse_message
from inbox_agent.models import AnsweredMail, FetchedMessage, FileContent, Folder, HandOver, UserRequest
from inbox_agent.ports import ConversationSummary


class FakeMailbox:
    """A mailbox in memory. ``fail`` makes the next call raise."""

    def __init__(self) -> None:
        self.uid_validity = 1
        self.inbox: dict[int, bytes] = {}
        self.folders: dict[Folder, list[bytes]] = {folder: [] for folder in Folder}
        self.answers: dict[Folder, list[AnsweredMail]] = {folder: [] for folder in Folder}
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.max_message_bytes = 100_000
        self.fail = 0
        self.limits: list[int] = []
        self._next_uid = 1

    def put(self, raw: bytes) -> int:
        uid, self._next_uid = self._next_uid, self._next_uid + 1
        self.inbox[uid] = raw
        return uid

    def fetch_new(self, limit: int, exclude: Collection[tuple[int, int]] = ()) -> list[FetchedMessage]:
        self._may_fail()
        uids = [uid for uid in sorted(self.inbox) if (self.uid_validity, uid) not in exclude][:limit]
        return [self._fetched(uid) for uid in uids]

    def move(self, uids: Sequence[int], folder: Folder, uid_validity: int, *, answered: bool = False) -> None:
        self._may_fail()
        if uid_validity != self.uid_validity:
            raise MailboxUnavailable("UIDVALIDITY changed")
        for uid in uids:
            if uid in self.inbox:
                raw = self.inbox.pop(uid)
                self.folders[folder].append(raw)
                if answered:
                    filed = AnsweredMail(len(self.folders[folder]), 1, self.now(), raw.partition(b"\r\n\r\n")[0])
                    self.answers[folder].append(filed)

    def answered(self, folder: Folder, since: datetime, after: tuple[int, int]) -> list[AnsweredMail]:
        self._may_fail()
        known = after[1] if after[0] == 1 else 0
        return [one for one in self.answers[folder] if one.uid > known and one.came >= since]

    def wait_for_new(self, seconds: float) -> bool:
        self._may_fail()
        return bool(self.inbox)

    def interrupt(self) -> None:
        pass

    def has_message_id(self, message_id: str) -> bool:
        self._may_fail()
        return any(message_id.encode() in raw for raw in (*self.inbox.values(), *self.folders[Folder.SENT]))

    def was_worked_on(self, message_id: str, sender: str) -> bool:
        filed = [parse_message(raw) for raw in self.folders[Folder.PROCESSED]]
        return any(one.message_id == message_id and one.from_[0].address == sender for one in filed)

    def fetch_part(self, message_id: str, part: str, sha256: str = "") -> FileContent:
        self._may_fail()
        raise MalformedMessageError(f"no part {part} of {message_id}")

    def ids_sent(self, reply_to: str, since: datetime) -> list[str]:
        sent = [raw for raw in self.folders[Folder.SENT] if f"Reply-To: {reply_to}".encode() in raw]
        return [parse_message(raw).message_id for raw in sent]

    def close(self) -> None:
        pass

    def _fetched(self, uid: int) -> FetchedMessage:
        raw = self.inbox[uid]
        header = raw.partition(b"\r\n\r\n")[0] + b"\r\n"
        whole = len(raw) <= self.max_message_bytes
        return FetchedMessage(uid, self.uid_validity, len(raw), header, raw if whole else None)

    def _may_fail(self) -> None:
        if self.fail:
            self.fail -= 1
            raise MailboxUnavailable("the fake was told to fail")


@dataclass
class FakeConversations:
    """Conversations in memory: the first request's sender owns one. ``before_hand_over`` may block or raise."""

    owners: dict[str, str] = field(default_factory=dict)
    requests: dict[str, list[UserRequest]] = field(default_factory=dict)
    before_hand_over: Callable[[str, UserRequest], None] = lambda workflow_id, request: None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def hand_over(self, workflow_id: str, request: UserRequest) -> HandOver:
        self.before_hand_over(workflow_id, request)
        with self.lock:
            known = self.requests.setdefault(workflow_id, [])
            if found := [one for one in known if one.message_id == request.message_id]:
                return HandOver.DUPLICATE if found[0].digest == request.digest else HandOver.CONFLICT
            owner = self.owners.get(workflow_id, "")
            if request.role == "owner" and owner and owner != request.sender.address.lower():
                return HandOver.ELSEWHERE
            known.append(request)
            self.owners.setdefault(workflow_id, request.sender.address.lower())
            return HandOver.ACCEPTED

    def start(self, workflow_id: str) -> None:
        self.owners.setdefault(workflow_id, "")

    def request(self, workflow_id: str, request: UserRequest) -> HandOver:
        return self.hand_over(workflow_id, request)

    def describe(self, workflow_id: str) -> dict[str, object]:
        people = {one.address for request in self.requests.get(workflow_id, []) for one in request.participants}
        return {"participants": [{"address": address, "display_name": ""} for address in sorted(people)]}

    def save_draft(self, workflow_id: str, draft: str) -> None:
        pass

    def owner_of(self, workflow_id: str) -> str:
        return self.owners.get(workflow_id, "")

    def list_conversations(self, limit: int) -> list[ConversationSummary]:
        return []

    def all_requests(self) -> list[UserRequest]:
        return [request for requests in self.requests.values() for request in requests]
