"""Caps over all conversations: of one person however their address is written, of one organization, and altogether.

What was answered is read from the mailbox, where every poller sees it, also after a restart: the messages of owners that were
handed over carry \\\\Answered in their folders. In memory there is only what this poller has not filed yet.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field

from inbox_agent.conversation.events.rate_limits import HOUR, minutes_until, refused
from inbox_agent.intake.intake import Intake
from inbox_agent.mail.domains import domain_of, organizational_domain
from inbox_agent.mail.mime.addresses import base_address
from inbox_agent.models import Folder, UserRequest

PER_SENDER = 100
PER_DOMAIN = 500
TOTAL = 1000
# People who are asked to confirm before anything is done: mails of ours to somebody whom nobody vouched for.
FIRST_CONTACTS_PER_SENDER = 3
FIRST_CONTACTS = 60
# People who are told in an hour that a cap of their organization, or of all, is reached.
MAX_TOLD = 20
# Of one person in an hour, counted apart: "cancel" that answers no mail of ours, and mail that they are asked about.
STOPS_PER_PERSON = 40
ASKED_PER_PERSON = 10


@dataclass(frozen=True, slots=True)
class Answered:
    """A message of an owner's that was handed over.

    Attributes:
        address: From. at: Unix seconds. told: it was over a cap, and its sender was told so.
        first: it was the first contact of somebody who has to confirm.
    """

    address: str
    at: float
    told: bool = False
    first: bool = False
    person: str = field(init=False)
    organization: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "person", base_address(self.address))
        object.__setattr__(self, "organization", organizational_domain(domain_of(self.address)))


_TOO_MANY_ASKED = (
    f"More than {ASKED_PER_PERSON} mails of yours that may not be meant for me reached me within an hour: somebody may be "
    "handing on mail of yours. You are not asked about this one and those that follow in the next {minutes} minutes; they "
    "are kept in my mailbox. Nothing of them was done."
)
_TOO_MANY_STOPS = (
    f"More than {STOPS_PER_PERSON} messages within an hour said “cancel” without answering a mail of mine, so this one and "
    "those like it are not worked on for {minutes} minutes. In answer to a mail of mine “cancel” still is."
)


class _Apart:
    """A cap for one kind of messages of a person, known to this poller alone."""

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self._seen: dict[Hashable, tuple[str, float]] = {}
        self._told: dict[str, tuple[Hashable, float]] = {}

    def find_excess(self, key: Hashable, person: str, now: float) -> tuple[bool, float] | None:
        """None lets a message pass and counts it; else whether its sender is told, and since when they are counted."""
        self._seen = {other: one for other, one in self._seen.items() if one[1] > now - HOUR}
        self._told = {other: one for other, one in self._told.items() if one[1] > now - HOUR}
        mine = [at for other, (whose, at) in self._seen.items() if whose == person and other != key]
        if len(mine) < self._cap:
            self._seen[key] = (person, now)
            return None
        told, _ = self._told.setdefault(person, (key, now))
        return told == key, min(mine)


class SenderCaps:
    """Counts; not thread-safe.

    Args:
        stops: whether a message only takes something back ("cancel"): it passes every cap but its own.
    """

    def __init__(
        self,
        *,
        per_sender: int = PER_SENDER,
        per_domain: int = PER_DOMAIN,
        total: int = TOTAL,
        stops: Callable[[UserRequest], bool] = lambda request: False,
    ) -> None:
        self._per_sender, self._per_domain, self._total = per_sender, per_domain, total
        self._stops = stops
        self._seen: dict[Hashable, Answered] = {}
        self._stops_seen, self._asked = _Apart(STOPS_PER_PERSON), _Apart(ASKED_PER_PERSON)

    def add(self, entries: Iterable[tuple[Hashable, Answered]]) -> None:
        """Count messages; one that was counted under the same key before counts once."""
        self._seen.update(entries)

    def forget(self, keys: Iterable[Hashable]) -> None:
        """Count these no more: they are counted under another key now, or were not answered."""
        for key in keys:
            self._seen.pop(key, None)

    def check(self, key: Hashable, request: UserRequest, now: float) -> Intake | None:
        """None lets the message pass and counts it; else what is done instead.

        The first one over a cap within an hour is answered with the reason, the rest is ignored; all stay in the mailbox.

        Args:
            key: of the message, the same whenever it is asked about. now: Unix seconds.
        """
        if request.role != "owner" or request.kind in ("bounce", "api"):
            return None
        if request.doubt:
            return self._check_apart(self._asked, key, request, now, _TOO_MANY_ASKED)
        if request.kind == "mail" and not request.unconfirmed and self._stops(request):
            # In answer to us it is counted by its conversation; any other one opens a conversation.
            if request.answers_ours:
                return None
            return self._check_apart(self._stops_seen, key, request, now, _TOO_MANY_STOPS)
        first = request.unconfirmed and not request.answers_ours
        mine = Answered(request.sender.address, now, first=first)
        self._seen = {other: one for other, one in self._seen.items() if one.at > now - HOUR}
        others = [one for other, one in self._seen.items() if other != key]
        stopped = self._stop_first(mine, others) if first else None
        stopped = stopped or self._stop(mine, others, request)
        if stopped is None or stopped.request is not None:
            self._seen[key] = Answered(mine.address, now, told=stopped is not None, first=first)
        return stopped

    @staticmethod
    def _check_apart(cap: _Apart, key: Hashable, request: UserRequest, now: float, text: str) -> Intake | None:
        found = cap.find_excess(key, base_address(request.sender.address), now)
        if found is None:
            return None
        is_told, since = found
        reason = "over the cap of what one person is asked about, or cancels outside of a thread, in an hour"
        if not is_told:
            return Intake(Folder.IGNORED, reason)
        told = refused(request, text.format(minutes=minutes_until(since + HOUR, now)))
        return Intake(Folder.IGNORED, f"{reason}, told", told)

    def _stop_first(self, mine: Answered, others: list[Answered]) -> Intake | None:
        firsts = [one for one in others if one.first]
        for seen, cap in (
            ([one for one in firsts if one.person == mine.person], FIRST_CONTACTS_PER_SENDER),
            (firsts, FIRST_CONTACTS),
        ):
            if len(seen) >= cap:
                return Intake(Folder.QUARANTINE, f"over the limit of {cap} first contacts per hour")
        return None

    def _stop(self, mine: Answered, others: list[Answered], request: UserRequest) -> Intake | None:
        taken = [one for one in others if not one.told]
        for seen, cap, where in (
            ([one for one in taken if one.person == mine.person], self._per_sender, "from your address"),
            (
                [one for one in taken if one.organization == mine.organization],
                self._per_domain,
                f"from {mine.organization}",
            ),
            (taken, self._total, "from everybody"),
        ):
            if len(seen) >= cap:
                return self._over(mine, others, request, cap, where, min(one.at for one in seen))
        return None

    @staticmethod
    def _over(
        mine: Answered, others: list[Answered], request: UserRequest, cap: int, where: str, oldest: float
    ) -> Intake:
        told = {one.person for one in others if one.told}
        reason = f"over the limit of {cap} per hour {where}"
        # A machine may write from as many addresses as it likes.
        if mine.person in told or len(told) >= MAX_TOLD:
            return Intake(Folder.IGNORED, reason)
        text = (
            f"More than {cap} messages within an hour came {where}, so this one and those after it are not worked on; "
            f"“cancel” still is. Please write again in {minutes_until(oldest + HOUR, mine.at)} minutes. Whatever is "
            "scheduled already stays scheduled."
        )
        return Intake(Folder.IGNORED, f"{reason}, told", refused(request, text))
