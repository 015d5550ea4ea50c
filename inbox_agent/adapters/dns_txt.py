"""TXT records without waiting: cached answers are returned immediately, others are queried in the background.

An outsider chooses the names that are looked up, and whether they are ever answered. So nobody waits: a question that is
under way raises, and its message is read again when the answer is there (``ports.LookUps``).
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from inbox_agent.adapters.dns_questions import Answer, Ask, Questions, dns_server
from inbox_agent.errors import LookUpFailed, LookUpPending

MIN_SECONDS = 60.0
MAX_SECONDS = 3600.0
MAX_ENTRIES = 2000
# A name that nobody answered for is left alone for a while, twice as long each time.
FIRST_PAUSE_SECONDS = 4.0
LAST_PAUSE_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a name. ``failures``: how often in a row nobody answered; ``found``: there was a record once."""

    record: bytes | None
    expires: float
    failures: int = 0
    found: bool = False


class TxtRecords:
    """Callable as ``TxtLookup``; also a ``ports.LookUps``. Thread-safe.

    An answer counts from the next ``settled`` on, so that two messages that need the same one keep their order.

    Args:
        ask: how a name is asked for; by default of the system's servers.
        clock: monotonic seconds.
    """

    def __init__(self, ask: Ask | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._arrived: dict[str, _Known] = {}
        self._questions = Questions(self._report, ask or dns_server())
        self.on_settled: Callable[[], None] = lambda: None

    def __call__(self, name: str) -> bytes | None:
        """The record's strings joined, None when there is none.

        Raises:
            LookUpPending: it is being asked for. LookUpFailed: nobody answered a moment ago.
        """
        key = name.lower().rstrip(".")
        with self._changed:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
            remaining = known.expires - self._clock() if known else 0.0
            waiting = key in self._arrived
        if known is not None and remaining > 0:
            if known.failures:
                raise LookUpFailed(key, remaining)
            return known.record
        if not waiting:
            failures = known.failures if known else 0
            self._questions.put(key, failures=failures, known=known is not None and known.found)
        raise LookUpPending(frozenset({key}))

    def settled(self) -> frozenset[str]:
        """See ``ports.LookUps.settled``."""
        with self._changed:
            names = frozenset(self._arrived)
            self._known.update(self._arrived)
            self._arrived.clear()
            while len(self._known) > MAX_ENTRIES:
                self._known.popitem(last=False)
        return names

    def wait(self, seconds: float) -> None:
        """Wait until something is answered: for a caller that has nothing else to do."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._arrived), seconds)

    def _report(self, name: str, answer: Answer | None) -> None:
        now = self._clock()
        with self._changed:
            before = self._known.get(name)
            if answer is None:
                failures = before.failures + 1 if before else 1
                pause = min(LAST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** min(failures - 1, 10))
                self._arrived[name] = _Known(None, now + pause, failures, found=before is not None and before.found)
            else:
                record, seconds = answer
                expires = now + min(max(seconds, MIN_SECONDS), MAX_SECONDS)
                self._arrived[name] = _Known(record, expires, found=record is not None)
            self._changed.notify_all()
        self.on_settled()
