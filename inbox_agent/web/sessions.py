"""Who is signed in to the page. A session is known to this process alone: signing out ends it at once, also for a copy of its
cookie, and a restart ends all."""

import hashlib
import secrets
import threading
from collections.abc import Callable

LIFETIME_SECONDS = 12 * 3600.0
MAX_SESSIONS = 1000


class Sessions:
    """The open sessions. Thread-safe.

    Args:
        clock: seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._ends_at: dict[str, float] = {}

    def open(self) -> str:
        """A new session's secret, for the cookie."""
        secret = secrets.token_urlsafe(32)
        with self._lock:
            self._forget()
            while len(self._ends_at) >= MAX_SESSIONS:
                del self._ends_at[next(iter(self._ends_at))]
            self._ends_at[_digest(secret)] = self._clock() + LIFETIME_SECONDS
        return secret

    def is_open(self, secret: str) -> bool:
        with self._lock:
            self._forget()
            return _digest(secret) in self._ends_at

    def close(self, secret: str) -> None:
        with self._lock:
            self._ends_at.pop(_digest(secret), None)

    def _forget(self) -> None:
        now = self._clock()
        for digest in [digest for digest, end in self._ends_at.items() if end <= now]:
            del self._ends_at[digest]


def _digest(secret: str) -> str:
    """Looked up by a digest, so that the time of the look-up tells nothing of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
