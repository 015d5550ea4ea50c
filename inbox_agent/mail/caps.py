"""Caps in an hour, for the owner and for everybody else apart: machines that write to each other stop, and a person is told.

Counted in the memory of one poller: a restart begins anew, and several pollers together let through as many times more.
"""

from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from inbox_agent.mail.intake import Intake
from inbox_agent.mail.standstill import Standstill
from inbox_agent.models import Folder, UserRequest

HOUR = 3600.0
PER_CONVERSATION = 40
PER_SENDER = 100
# By all others in a conversation: recipients, colleagues, reports of mail servers. A mail to 10 people may bring as many.
BY_OTHERS = 10
# People who are asked to confirm before anything is done: mails of ours to somebody whom nobody vouched for.
FIRST_CONTACTS_PER_SENDER = 3
FIRST_CONTACTS = 60
# The least recently seen are forgotten, so that memory is bounded.
MOST_COUNTED = 10_000
MOST_ANSWERED = 1_000


@dataclass(slots=True)
class _Count:
    """The messages of the last hour, oldest first, until when the person knows of the cap, and how many were held back."""

    seen: deque[tuple[float, str]] = field(default_factory=deque)
    told_until: float = float("-inf")
    held_back: int = 0


class HourlyCaps:
    """A ``poller.Gate``. A message that was let through before (a second delivery) is not counted again.

    Args:
        stops: whether a message only takes something back ("cancel"): the owner's word for that passes every cap.
    """

    def __init__(
        self,
        *,
        per_conversation: int = PER_CONVERSATION,
        per_sender: int = PER_SENDER,
        stops: Callable[[UserRequest], bool] = lambda request: False,
    ) -> None:
        self._per_conversation = per_conversation
        self._per_sender = per_sender
        self._stops = stops
        self._counts: OrderedDict[str, _Count] = OrderedDict()
        self._standstill = Standstill()
        # What was answered to a message, in case that it could not be handed over and comes again.
        self._answered: OrderedDict[tuple[str, str], Intake] = OrderedDict()

    def check(self, workflow_id: str, request: UserRequest, now: float, state: str = "") -> Intake | None:
        """None lets the message pass. The first one over a cap is answered with the reason, the rest of the hour is ignored;
        all of them stay in the mailbox.

        Args:
            state: of the conversation, another text after every change of its draft, time or status; "" while it is at work.
        """
        key = (workflow_id, request.message_id)
        if key in self._answered:
            return self._answered[key]
        # What may be the owner's mail to somebody else, handed on by whoever got it, is not the owner's doing either.
        other = request.role != "owner" or request.kind == "bounce" or bool(request.doubt)
        found = (
            self._check_other(workflow_id, request, now)
            if other
            else self._check_owner(workflow_id, request, now, state)
        )
        if found is not None and found.request is not None:
            self._answered[key] = found
            if len(self._answered) > MOST_ANSWERED:
                self._answered.popitem(last=False)
        return found

    def _check_owner(self, workflow_id: str, request: UserRequest, now: float, state: str) -> Intake | None:
        capped = self._caps_of_owner(workflow_id, request, now)
        if all(any(seen == request.message_id for _, seen in count.seen) for count, _, _ in capped):
            return None
        for count, cap, where in capped:
            if len(count.seen) >= cap:
                return self._stop(count, cap, where, request, now)
        stopped = None if self._is_stop(request) else self._standstill.check(workflow_id, request, now, state)
        for count, _, _ in capped if stopped is None else ():
            count.seen.append((now, request.message_id))
        return stopped

    def _is_stop(self, request: UserRequest) -> bool:
        return request.kind == "mail" and not request.unconfirmed and self._stops(request)

    def _caps_of_owner(self, workflow_id: str, request: UserRequest, now: float) -> tuple[tuple[_Count, int, str], ...]:
        if self._is_stop(request):
            # Counted apart, so that nothing else uses it up.
            return ((self._count(f"stop {workflow_id}", now), self._per_conversation, "in this conversation"),)
        sender = request.sender.address.lower()
        capped = (
            (self._count(f"owner {workflow_id}", now), self._per_conversation, "in this conversation"),
            (self._count(f"sender {sender}", now), self._per_sender, "from your address"),
        )
        if request.unconfirmed and not request.answers_ours:
            # They are asked by mail, so this must not become a way to have others flooded.
            return (
                *capped,
                (self._count(f"first {sender}", now), FIRST_CONTACTS_PER_SENDER, ""),
                (self._count("first", now), FIRST_CONTACTS, ""),
            )
        return capped

    def _check_other(self, workflow_id: str, request: UserRequest, now: float) -> Intake | None:
        count = self._count(f"others {workflow_id}", now)
        if any(seen == request.message_id for _, seen in count.seen):
            return None
        reason = f"over the cap of {BY_OTHERS} an hour by others"
        if len(count.seen) < BY_OTHERS:
            count.seen.append((now, request.message_id))
            held_back, count.held_back = count.held_back, 0
            return _with_note(request, held_back) if held_back else None
        if now < count.told_until:
            count.held_back += 1
            return Intake(Folder.IGNORED, reason)
        count.told_until, count.held_back = count.seen[0][0] + HOUR, 1
        minutes = max(1, round((count.told_until - now) / 60))
        text = (
            f"More than {BY_OTHERS} messages by others came in this conversation within an hour. This one and those that "
            f"follow in the next {minutes} minutes are not shown to you; they are kept in my mailbox. Nothing was changed, and "
            "what you write is worked on as always."
        )
        return Intake(Folder.IGNORED, f"{reason}, told", _refused(request, text))

    def _stop(self, count: _Count, cap: int, where: str, request: UserRequest, now: float) -> Intake:
        if not where:
            return Intake(Folder.QUARANTINE, f"over the cap of {cap} first contacts an hour")
        if now < count.told_until:
            return Intake(Folder.IGNORED, f"over the cap of {cap} an hour {where}")
        oldest, _ = count.seen[0]
        minutes = max(1, round((oldest + HOUR - now) / 60))
        count.told_until = now + HOUR
        text = (
            f"More than {cap} messages within an hour came {where}, so this one and those after it are not worked on; “cancel” "
            f"still is. Please write again in {minutes} minutes. Whatever is scheduled already stays scheduled."
        )
        return Intake(Folder.IGNORED, f"over the cap of {cap} an hour {where}, told", _refused(request, text))

    def _count(self, key: str, now: float) -> _Count:
        count = self._counts.setdefault(key, _Count())
        self._counts.move_to_end(key)
        while len(self._counts) > MOST_COUNTED:
            self._counts.popitem(last=False)
        while count.seen and count.seen[0][0] <= now - HOUR:
            count.seen.popleft()
        return count


def _refused(request: UserRequest, text: str) -> UserRequest:
    return request.model_copy(
        update={"kind": "refused", "text": text, "quoted_text": "", "attachments": (), "bounce": None, "doubt": ""}
    )


def _with_note(request: UserRequest, held_back: int) -> Intake:
    """What is shown again after an hour tells how much was not."""
    note = f"{held_back} more messages by others came before this one and were not shown; they are kept in my mailbox."
    noted = request.model_copy(update={"notes": (*request.notes, note)})
    return Intake(Folder.PROCESSED, request.role, noted)
