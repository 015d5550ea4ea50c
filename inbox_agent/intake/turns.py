"""When a message whose signatures take long to verify has its turn: half of the time at most goes to such checks.

By turns the cheapest and the oldest one come first. So many costly ones, in whatever name, hold up no cheap one, and
no number of cheap ones holds up a costly one for ever.
"""

from collections.abc import Callable
from dataclasses import dataclass

Key = tuple[int, int]  # UIDVALIDITY and UID

# Seconds of work for each second that goes by, and how many may be saved up: what is within is checked at once and in order.
SHARE = 0.25
MOST_SAVED = 1.0


@dataclass(frozen=True, slots=True)
class _Costly:
    seconds: float
    since: float


class Turns:
    """Not thread-safe.

    Args:
        clock: monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._saved, self._saved_at = MOST_SAVED, clock()
        self._waiting: dict[Key, _Costly] = {}
        self._is_oldest_next = False

    @property
    def waiting(self) -> set[Key]:
        """The messages that wait for their turn."""
        return set(self._waiting)

    def take_at_once(self, seconds: float) -> bool:
        """Whether a message may be checked now, although it takes so long: it is counted then."""
        if self._waiting or not self._is_enough_for(seconds):
            return False
        self._spend(seconds)
        return True

    def wait(self, key: Key, seconds: float) -> None:
        """Have a message wait for its turn."""
        before = self._waiting.get(key)
        self._waiting[key] = _Costly(seconds, before.since if before else self._clock())

    def take(self) -> set[Key]:
        """The messages whose turn it is; they wait no more."""
        taken: set[Key] = set()
        while (key := self._next()) and self._is_enough_for(self._waiting[key].seconds):
            self._spend(self._waiting.pop(key).seconds)
            self._is_oldest_next = not self._is_oldest_next
            taken.add(key)
        return taken

    def seconds_to_next(self) -> float | None:
        """How long until somebody's turn; None when nobody waits."""
        key = self._next()
        if key is None:
            return None
        return max(0.0, (min(self._waiting[key].seconds, MOST_SAVED) - self._save()) / SHARE)

    def _next(self) -> Key | None:
        if self._is_oldest_next:
            return min(self._waiting, key=lambda key: (self._waiting[key].since, key), default=None)
        return min(self._waiting, key=lambda key: (self._waiting[key].seconds, key), default=None)

    def _is_enough_for(self, seconds: float) -> bool:
        return self._save() >= min(seconds, MOST_SAVED) - 1e-9

    def _spend(self, seconds: float) -> None:
        # Nobody pays for one that costs more than can be saved up.
        self._saved = max(0.0, self._save() - seconds)

    def _save(self) -> float:
        now = self._clock()
        self._saved = min(MOST_SAVED, self._saved + SHARE * (now - self._saved_at))
        self._saved_at = now
        return self._saved
