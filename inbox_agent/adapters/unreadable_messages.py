"""Messages that the IMAP server itself cannot hand out (a damaged file, say): skipped for a while, so that the others come
through. They stay in the inbox and are tried again."""

import logging
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)

FAILURES_BEFORE = 3
PASSED_OVER_SECONDS = 600.0


class UnreadableMessages:
    """Counts failures for each (UIDVALIDITY, UID).

    Args:
        clock: monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: dict[tuple[int, int], int] = {}
        self._until: dict[tuple[int, int], float] = {}

    def note(self, uid_validity: int, uid: int) -> None:
        """One more attempt to read it failed."""
        key = uid_validity, uid
        self._failures[key] = self._failures.get(key, 0) + 1
        if self._failures[key] >= FAILURES_BEFORE:
            logger.error("the server cannot deliver message UID %d of the inbox; skipping it for a while", uid)
            del self._failures[key]
            self._until[key] = self._clock() + PASSED_OVER_SECONDS

    def passed_over(self, uid_validity: int) -> set[int]:
        """The UIDs not to be asked for now."""
        self._until = {key: until for key, until in self._until.items() if until > self._clock()}
        return {uid for validity, uid in self._until if validity == uid_validity}
