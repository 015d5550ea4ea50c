"""Which messages wait in the inbox until the DNS has told who sent them, for how long, and which are not believed then.

Those whose signatures take long to verify wait for their turn (``turns``). A message that waits holds up nobody: it is in no
lane, only its place in the inbox is remembered, and it is read again when the names that it needs are answered. Forgotten by a
restart, it is simply looked up again.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from inbox_agent.errors import CheckTakesLong, LookUpFailed, LookUpPending, TransientError
from inbox_agent.intake.intake import IntakePolicy, Reading, as_unproven, is_listed, with_checked_signatures
from inbox_agent.intake.turns import Key, Turns
from inbox_agent.ports import LookUps

logger = logging.getLogger(__name__)

# Mail in the name of somebody on a list may be theirs, and their DNS may be away for a while. In the end it is quarantined.
GIVE_UP_SECONDS = 6 * 3600.0
# That of others, who may only suggest: then it counts as unproven.
GIVE_UP_ON_OTHERS_SECONDS = 30.0
# An answer that nobody reports is looked for after this time.
LONGEST_WAIT_SECONDS = 10.0
MAX_REMEMBERED = 10_000
# What others write in a thread waits for its owner's mail that came before it, so long at most.
BEHIND_SECONDS = 30.0
# What is not put off unread, and what reading and checking a larger message takes at a guess.
SMALL_BYTES = 64 * 1024
SECONDS_TO_READ = 0.05
SECONDS_AN_OCTET = 80e-9


@dataclass(slots=True)
class _Waiting:
    """A message that is not read for now.

    Attributes:
        since: when it came to wait first. give_up_after: seconds from then on.
        may_be_owners: it is in the name of somebody who may own its thread.
        until: when it is read again at the latest. names: those without an answer, with whose last one it is read again.
    """

    workflow_id: str
    since: float
    give_up_after: float
    may_be_owners: bool
    until: float
    names: frozenset[str] = field(default_factory=frozenset)


class Proving:
    """Used by the poller's thread alone.

    Args:
        look_ups: tells which names were answered; None when the policy checks no signatures, or waits itself.
        clock: monotonic seconds.
    """

    def __init__(self, policy: IntakePolicy, look_ups: LookUps | None, clock: Callable[[], float]) -> None:
        self._policy, self._look_ups, self._clock = policy, look_ups, clock
        self._waiting: dict[Key, _Waiting] = {}
        # What waited and is to be read again.
        self._due: dict[Key, _Waiting] = {}
        self._turns = Turns(clock)
        self._has_turn: set[Key] = set()

    def begin_cycle(self) -> None:
        """Take in what was answered. Within a cycle that does not change, so that messages keep their order."""
        answered = self._look_ups.settled() if self._look_ups else frozenset()
        now = self._clock()
        if len(self._due) > MAX_REMEMBERED:
            self._due.clear()  # another poller has taken them
        for key, one in list(self._waiting.items()):
            complete = bool(one.names) and one.names <= answered
            one.names -= answered
            if complete or one.until <= now:
                self._due[key] = self._waiting.pop(key)
        if len(self._has_turn) > MAX_REMEMBERED:
            self._has_turn.clear()
        self._has_turn |= self._turns.take()

    @property
    def held_back(self) -> set[Key]:
        """What is not to be fetched yet."""
        return self._turns.waiting.union(self._waiting)

    def takes_long(self, key: Key) -> bool:
        """Whether a message has its turn now: what is cheap comes before it."""
        return key in self._has_turn

    def put_off(self, key: Key, size: int, *, late: bool) -> bool:
        """Whether a message was put off unread: a large one whose signatures may take long to verify, while others wait for
        their turn.

        Args:
            late: reading messages took long in this cycle already.
        """
        if self._policy.check is None or size <= SMALL_BYTES:
            return False
        if not (late or (self._turns.waiting and key not in self._has_turn)):
            return False
        self._has_turn.discard(key)
        self._turns.wait(key, SECONDS_TO_READ + size * SECONDS_AN_OCTET)
        return True

    def prove(self, key: Key, reading: Reading) -> Reading | None:
        """The message with its sender judged as far as the message alone tells; None when it has to wait."""
        before = self._due.get(key)
        if before is not None and self._clock() - before.since >= before.give_up_after:
            del self._due[key]
            logger.warning(
                "could not verify the sender of a message: DNS did not answer within %.0f s", before.give_up_after
            )
            return as_unproven(reading, self._policy)
        if key in self._has_turn:
            self._has_turn.discard(key)
            reading = replace(reading, at_length=True)
        listed = is_listed(reading, self._policy)
        if reading.unchecked and not listed and self._is_behind(key, reading):
            self._hold(key, reading, until=self._clock() + 1.0, give_up_after=float("inf"))
            return None
        try:
            proven = self._checked(reading)
        except TransientError as error:
            self.wait(key, reading, error)
            return None
        except Exception:
            logger.exception("unexpected error while checking signatures: they prove nothing")
            proven = as_unproven(reading, self._policy)
        self._due.pop(key, None)
        return proven

    def _checked(self, reading: Reading) -> Reading:
        try:
            return with_checked_signatures(reading, self._policy)
        except CheckTakesLong as error:
            if not self._turns.take_at_once(error.seconds):
                raise
        return with_checked_signatures(replace(reading, at_length=True), self._policy)

    def wait(self, key: Key, reading: Reading, error: TransientError) -> None:
        """Have a message wait, about whose sender the DNS told nothing yet, or whose check takes long."""
        if isinstance(error, CheckTakesLong):
            self._turns.wait(key, error.seconds)
            return
        names: frozenset[str] = frozenset()
        pause = LONGEST_WAIT_SECONDS
        if isinstance(error, LookUpPending):
            names = error.names
        else:
            pause = error.retry_seconds if isinstance(error, LookUpFailed) else LONGEST_WAIT_SECONDS
            logger.info("cannot verify a sender now, retrying in %.0f s: %s", pause, error)
        give_up_after = GIVE_UP_SECONDS if is_listed(reading, self._policy) else GIVE_UP_ON_OTHERS_SECONDS
        self._hold(key, reading, until=self._clock() + pause, give_up_after=give_up_after, names=names)

    def seconds_to_retry(self) -> float | None:
        """How long until a message that waits is to be read again; None when none waits."""
        due = [max(0.0, one.until - self._clock()) for one in self._waiting.values()]
        turn = self._turns.seconds_to_next()
        return min([*due, turn] if turn is not None else due, default=None)

    def _hold(
        self, key: Key, reading: Reading, *, until: float, give_up_after: float, names: frozenset[str] = frozenset()
    ) -> None:
        before = self._due.pop(key, None)
        since = before.since if before and before.give_up_after == give_up_after else self._clock()
        owners = is_listed(reading, self._policy)
        self._waiting[key] = _Waiting(reading.workflow_id, since, give_up_after, owners, until, names)

    def _is_behind(self, key: Key, reading: Reading) -> bool:
        """Whether earlier mail of the same thread waits that may be its owner's: then this one would find no owner."""
        oldest = self._clock() - BEHIND_SECONDS
        return any(
            one.may_be_owners and one.workflow_id == reading.workflow_id and earlier < key and one.since > oldest
            for earlier, one in self._waiting.items()
        )
