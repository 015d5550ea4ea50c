"""DNS queries for TXT records, by dnspython: they run in the background, a limited number at a time."""

import asyncio
import logging
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import dns.asyncresolver
import dns.exception
import dns.resolver

from inbox_agent.errors import TransientError
from inbox_agent.mail.domains import organizational_domain

logger = logging.getLogger(__name__)

# Questions under way, and those of them about the names of one organization: one whose servers are silent holds up its own.
MAX_ASKING = 256
MAX_PER_ZONE = 64
# Names that wait for their turn; above this number, the one that has waited longest is dropped.
MAX_QUEUED = 2000
TIMEOUT_SECONDS = 2.0
# A record of a key or a policy has a few hundred bytes. What is longer is none.
MAX_ANSWER_BYTES = 4096
NEGATIVE_SECONDS = 300.0

# A record (None: there is none) and for how many seconds that holds.
Answer = tuple[bytes | None, float]
# Asks for a name within some seconds. Raises TransientError when no server answers.
Ask = Callable[[str, float], Coroutine[Any, Any, Answer]]


@dataclass(frozen=True, slots=True)
class _Question:
    """Whose servers answer, and how long they are given."""

    zone: str
    seconds: float


class Questions:
    """Asks in a thread of its own and reports each answer; the newest question comes first, repeated ones last.

    So nobody has to wait until the names of many others have timed out: not who writes after them, nor who asks for a name
    that was answered before (``known``), which has no bound by zone.

    Args:
        report: called in that thread with each name and its answer, None for a failure.
    """

    def __init__(self, report: Callable[[str, Answer | None], None], ask: Ask) -> None:
        self._report, self._ask = report, ask
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._queue: OrderedDict[str, _Question] = OrderedDict()
        self._asking: set[str] = set()
        self._zones: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()

    def put(self, name: str, *, failures: int = 0, known: bool = False) -> None:
        """Ask for a name unless that is being done already.

        Args:
            failures: how often in a row nobody answered: others come first, and it is given more time.
            known: there was an answer before.
        """
        dropped = None
        with self._lock:
            if name in self._asking or name in self._queue:
                return
            self._queue[name] = _Question(zone_of(name), TIMEOUT_SECONDS * 2 ** min(failures, 2))
            if failures:
                self._queue.move_to_end(name, last=False)
            if known:
                self._begin(name)
            if len(self._queue) > MAX_QUEUED:
                dropped, _ = self._queue.popitem(last=False)
            self._fill()
        if dropped is not None:
            self._report(dropped, None)

    def _fill(self) -> None:
        """Begin as many as may be under way. The lock is held."""
        for name, question in list(reversed(self._queue.items())):
            if len(self._asking) >= MAX_ASKING:
                return
            if self._zones[question.zone] < MAX_PER_ZONE:
                self._begin(name)

    def _begin(self, name: str) -> None:
        question = self._queue.pop(name)
        self._asking.add(name)
        self._zones[question.zone] += 1
        self._running_loop().call_soon_threadsafe(self._start, name, question)

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            threading.Thread(target=self._loop.run_forever, name="dns", daemon=True).start()
        return self._loop

    def _start(self, name: str, question: _Question) -> None:
        task = asyncio.get_running_loop().create_task(self._answer(name, question))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, name: str, question: _Question) -> None:
        answer: Answer | None = None
        try:
            # The resolver's own limit leaves out what it does between its questions.
            answer = await asyncio.wait_for(self._ask(name, question.seconds), question.seconds + 1)
        except (TransientError, TimeoutError) as error:
            logger.info("DNS did not answer: %s", error)
        except Exception:
            logger.exception("unexpected error while asking the DNS")
        finally:
            with self._lock:
                self._asking.discard(name)
                self._zones[question.zone] -= 1
                self._zones += Counter()  # drops those at zero
                self._fill()
            self._report(name, answer)


def zone_of(name: str) -> str:
    """The organization whose servers answer for the name of a key or a policy."""
    return organizational_domain(name.rpartition("._domainkey.")[2].removeprefix("_dmarc."))


def dns_server(server: tuple[str, int] | None = None) -> Ask:
    """Asks the server with this address and port, or those of the system."""
    resolver: dns.asyncresolver.Resolver | None = None

    async def ask(name: str, seconds: float) -> Answer:
        nonlocal resolver
        if resolver is None:
            resolver = _resolver(server)
        return await fetch_txt(resolver, name, seconds)

    return ask


async def fetch_txt(resolver: dns.asyncresolver.Resolver, name: str, seconds: float) -> Answer:
    """One question. A name that cannot be one has no record.

    Raises:
        TransientError: no server answered, or none is configured.
    """
    try:
        answer = await resolver.resolve(name, "TXT", lifetime=seconds, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return None, NEGATIVE_SECONDS
    except (dns.exception.Timeout, dns.resolver.NoNameservers, OSError) as error:
        raise TransientError(f"no answer for {name}") from error
    except (dns.exception.DNSException, UnicodeError):
        return None, NEGATIVE_SECONDS
    first = next(iter(answer), None)
    record = b"".join(first.strings) if first is not None else None
    if record is not None and len(record) > MAX_ANSWER_BYTES:
        record = None
    return record, float(answer.rrset.ttl if answer.rrset else 0)


def _resolver(server: tuple[str, int] | None) -> dns.asyncresolver.Resolver:
    """Raises TransientError when the system names no server (it may later)."""
    try:
        resolver = dns.asyncresolver.Resolver(configure=server is None)
    except (dns.resolver.NoResolverConfiguration, OSError) as error:
        raise TransientError("this system names no DNS server") from error
    if server is not None:
        resolver.nameservers = [server[0]]
        resolver.port = server[1]
    return resolver
