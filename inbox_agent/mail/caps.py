"""Caps per conversation and per sender in an hour: two machines that write to each other stop, and a person is told once.

Counted in the memory of one poller: a restart begins anew, and several pollers together let through as many times more.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass, field

from inbox_agent.mail.intake import Intake
from inbox_agent.models import Folder, UserRequest

HOUR = 3600.0
PER_CONVERSATION = 40
PER_SENDER = 100
# People who are asked to confirm before anything is done: mails of ours to somebody whom nobody vouched for.
FIRST_CONTACTS_PER_SENDER = 3
FIRST_CONTACTS = 60
# The least recently seen are forgotten, so that memory is bounded.
MOST_COUNTED = 10_000


@dataclass(slots=True)
class _Count:
    """The messages of the last hour, oldest first, and until when the person knows of the cap."""

    seen: deque[tuple[float, str]] = field(default_factory=deque)
    told_until: float = float("-inf")


class HourlyCaps:
    """A ``poller.Gate``. A message that was let through before (a second delivery) is not counted again."""

    def __init__(self, *, per_conversation: int = PER_CONVERSATION, per_sender: int = PER_SENDER) -> None:
        self._per_conversation = per_conversation
        self._per_sender = per_sender
        self._counts: OrderedDict[str, _Count] = OrderedDict()

    def check(self, workflow_id: str, request: UserRequest, now: float) -> Intake | None:
        """None lets the message pass. The first one over a cap is answered with the reason, the rest of the hour is ignored;
        all of them stay in the mailbox."""
        capped: tuple[tuple[_Count, int, str], ...] = (
            (self._count(f"conversation {workflow_id}", now), self._per_conversation, "in this conversation"),
            (self._count(f"sender {request.sender.address.lower()}", now), self._per_sender, "from your address"),
        )
        if request.unconfirmed and not request.answers_ours:
            # They are asked by mail, so this must not become a way to have others flooded.
            capped += (
                (self._count(f"first {request.sender.address.lower()}", now), FIRST_CONTACTS_PER_SENDER, ""),
                (self._count("first", now), FIRST_CONTACTS, ""),
            )
        if all(any(seen == request.message_id for _, seen in count.seen) for count, _, _ in capped):
            return None
        for count, cap, where in capped:
            if len(count.seen) >= cap:
                return self._stop(count, cap, where, request, now)
        for count, _, _ in capped:
            count.seen.append((now, request.message_id))
        return None

    def _stop(self, count: _Count, cap: int, where: str, request: UserRequest, now: float) -> Intake:
        if not where:
            return Intake(Folder.QUARANTINE, f"over the cap of {cap} first contacts an hour")
        if now < count.told_until or request.role != "owner" or request.kind == "bounce":
            return Intake(Folder.IGNORED, f"over the cap of {cap} an hour {where}")
        oldest, _ = count.seen[0]
        minutes = max(1, round((oldest + HOUR - now) / 60))
        count.told_until = now + HOUR
        text = (
            f"More than {cap} messages within an hour came {where}, so this one and those after it are not worked on. "
            f"Please write again in {minutes} minutes. Whatever is scheduled already stays scheduled."
        )
        refused = request.model_copy(update={"kind": "refused", "text": text, "quoted_text": "", "attachments": ()})
        return Intake(Folder.IGNORED, f"over the cap of {cap} an hour {where}, told", refused)

    def _count(self, key: str, now: float) -> _Count:
        count = self._counts.setdefault(key, _Count())
        self._counts.move_to_end(key)
        while len(self._counts) > MOST_COUNTED:
            self._counts.popitem(last=False)
        while count.seen and count.seen[0][0] <= now - HOUR:
            count.seen.popleft()
        return count
