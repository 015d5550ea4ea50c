"""The brake on guessing: how many wrong tokens are told so in a minute, from one address and from all together.

Only wrong ones are slowed down; the right token passes whatever others of its address sent. Each process counts for itself and
forgets with it: tokens are too long to be guessed, so this keeps the log short and tells it who guesses.
"""

import threading
from collections import deque
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network

WINDOW_SECONDS = 60.0
MAX_OF_ADDRESS = 10
MAX_OF_ALL = 100
"""From here on each address has one wrong one a minute that is told so and logged."""


class Guesses:
    """Wrong tokens of the last minute. Thread-safe.

    Args:
        clock: seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._wrong: deque[tuple[float, str]] = deque(maxlen=MAX_OF_ALL * 10)

    def seconds_to_wait(self, address: str) -> int:
        """How long this address has to wait before its next wrong token is told so; 0 when it is now."""
        with self._lock:
            now = self._clock()
            self._forget(now)
            own = [at for at, who in self._wrong if who == _network(address)]
            allowed = MAX_OF_ADDRESS if len(self._wrong) < MAX_OF_ALL else 1
            return 0 if len(own) < allowed else max(1, round(own[-allowed] + WINDOW_SECONDS - now))

    def wrong(self, address: str) -> int:
        """Note a wrong token; returns how many this address sent within a minute."""
        with self._lock:
            now = self._clock()
            self._forget(now)
            self._wrong.append((now, _network(address)))
            return sum(who == _network(address) for _, who in self._wrong)

    def _forget(self, now: float) -> None:
        while self._wrong and now - self._wrong[0][0] > WINDOW_SECONDS:
            self._wrong.popleft()


def _network(address: str) -> str:
    """A host with one IPv6 address usually has its whole /64."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((parsed, 64), strict=False)) if isinstance(parsed, IPv6Address) else str(parsed)
