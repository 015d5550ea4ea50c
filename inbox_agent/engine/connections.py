"""Connections that wait without a request: closed after a time, and the oldest first if there are too many.

Half a request costs its sender nothing, so many of them must not use up the files that the process may open.
"""

import asyncio
import time
from collections.abc import Iterable

from aiohttp import web

from inbox_agent.engine.limits import Limits

WATCH_SECONDS = 0.5


class Connections:
    """Knows which connections have had a request, and closes those that keep others out.

    Connections that had one are closed by the server itself when they are idle, so only their number is bounded here.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._busy: dict[asyncio.BaseTransport, int] = {}
        self._served: set[asyncio.BaseTransport] = set()
        self._since: dict[asyncio.BaseTransport, float] = {}

    def begin(self, request: web.BaseRequest) -> None:
        """The header of a request has arrived."""
        if request.transport is not None:
            self._busy[request.transport] = self._busy.get(request.transport, 0) + 1
            self._served.add(request.transport)

    def end(self, transport: asyncio.BaseTransport | None) -> None:
        """It was answered."""
        if transport is not None and transport in self._busy:
            self._busy[transport] -= 1
            if not self._busy[transport]:
                del self._busy[transport]
                self._since[transport] = time.monotonic()

    async def watch(self, server: web.Server) -> None:
        """Look every half second, until cancelled."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            found = [one.transport for one in server.connections if one.transport is not None]
            for transport in self.to_close(found, time.monotonic()):
                transport.abort()

    def to_close(self, found: Iterable[asyncio.Transport], now: float) -> list[asyncio.Transport]:
        """What to close of all open connections: those without a first request in time, and the oldest of too many waiting."""
        present = list(found)
        self._served &= set(present)
        waiting = [one for one in present if one not in self._busy]
        self._since = {one: self._since.get(one, now) for one in waiting}
        late = [
            one for one in waiting if one not in self._served and now - self._since[one] > self._limits.head_seconds
        ]
        kept = sorted(
            (one for one in waiting if one not in set(late)), key=lambda one: (one in self._served, self._since[one])
        )
        return late + kept[: max(0, len(kept) - self._limits.waiting_connections)]
