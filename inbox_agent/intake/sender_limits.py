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


class SenderCaps:
    """Counts; not thread-safe.

    Args:
        stops: whether a message only takes something back ("cancel"): in answer to us it passes every cap.
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
        if request.role != "owner" or request.kind in ("bounce", "api") or request.doubt:
            return None
        if request.answers_ours and request.kind == "mail" and not request.unconfirmed and self._stops(request):
            return None
        first = request.unconfirmed and not request.answers_ours
        mine = Answered(request.sender.address, now, first=first)
        self._seen = {other: one for other, one in self._seen.items() if one.at > now - HOUR}
        others = [one for other, one in self._seen.items() if other != key]
        stopped = self._stop_first(mine, others) if first else None
        stopped = stopped or self._stop(mine, others, request)
        if stopped is None or stopped.request is not None:
            self._seen[key] = Answered(mine.address, now, told=stopped is not None, first=first)
        return stopped

    def _stop_first(self, mine: Answered, others: list[Answered]) -> Intake | None:
        firsts = [one for one in others if one.first]
        for seen, cap in (
            ([one for one in firsts if one.person == mine.person], FIRST_CONTACTS_PER_SENDER),
            (firsts, FIRST_CONTACTS),
        ):
            if len(seen) >= cap:
                return Intake(Folder.QUARANTINE, f"over the cap of {cap} first contacts an hour")
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
        reason = f"over the cap of {cap} an hour {where}"
        # A machine may write from as many addresses as it likes.
        if mine.person in told or len(told) >= MAX_TOLD:
            return Intake(Folder.IGNORED, reason)
        text = (
            f"More than {cap} messages within an hour came {where}, so this one and those after it are not worked on; in "
            f"answer to a mail of mine, “cancel” still is. Please write again in {minutes_until(oldest + HOUR, mine.at)} "
            "minutes. Whatever is scheduled already stays scheduled."
        )
        return Intake(Folder.IGNORED, f"{reason}, told", refused(request, text))
