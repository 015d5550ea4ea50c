"""TXT records by dnspython with a bounded cache: the lookup that ``mail.dkim_check`` is given."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

import dns.exception
import dns.resolver

from inbox_agent.errors import TransientError

# Negative answers are cached too, or a mail with made-up selectors would be a question each time it is judged.
NEGATIVE_SECONDS = 300.0
MAX_SECONDS = 3600.0
MAX_ENTRIES = 2000
TIMEOUT_SECONDS = 5.0

# A name to its record (None: there is none) and for how many seconds that holds.
Fetch = Callable[[str], tuple[bytes | None, float]]


class TxtRecords:
    """Callable as ``TxtLookup``. Thread-safe; two threads may ask the same question once each."""

    def __init__(self, fetch: Fetch | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch or fetch_txt
        self._clock = clock
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[bytes | None, float]] = OrderedDict()

    def __call__(self, name: str) -> bytes | None:
        """The record's strings joined, None when there is none.

        Raises:
            TransientError: no server answered; nothing is cached.
        """
        key = name.lower().rstrip(".")
        with self._lock:
            record, expires = self._known.get(key, (None, 0.0))
        if self._clock() < expires:
            return record
        record, seconds = self._fetch(key)
        with self._lock:
            self._known[key] = (record, self._clock() + min(seconds, MAX_SECONDS))
            self._known.move_to_end(key)
            while len(self._known) > MAX_ENTRIES:
                self._known.popitem(last=False)
        return record


def fetch_txt(name: str) -> tuple[bytes | None, float]:
    """Ask the system's resolver. A name that cannot be one has no record."""
    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=TIMEOUT_SECONDS, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return None, NEGATIVE_SECONDS
    except (dns.exception.Timeout, dns.resolver.NoNameservers, dns.resolver.NoResolverConfiguration) as error:
        raise TransientError(f"DNS did not answer for {name}") from error
    except (dns.exception.DNSException, UnicodeError):
        return None, NEGATIVE_SECONDS
    first = next(iter(answer), None)
    return (b"".join(first.strings) if first is not None else None), float(answer.rrset.ttl if answer.rrset else 0)
