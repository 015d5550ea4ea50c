"""Which connections a server closes: those that do not finish their request in time, and the oldest if too many wait.

A connection that sends half a request, or does not read its answer, costs its sender nothing, so a thousand of them must not
keep others out. While a request is worked on its connection is kept, unless many more wait behind it.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

HEAD_SECONDS = 10.0
"""From the first byte of a request to the end of its header."""
BODY_SECONDS = 60.0
"""From the end of the header to the end of the body."""
UNREAD_SECONDS = 60.0
"""From the end of the work on an answer until all of it was sent."""
MAX_PIPELINED = 16
"""Requests that one connection sends ahead (RFC 9112, 9.3.2). Hardly a client sends any; each is work for us."""
IDLE_SECONDS = 120.0
"""Without a request. A connection whose worker call lasts 90 s is not idle."""
MAX_WAITING = 400
"""Connections without a complete request or with an answer that they did not read, of all peers together."""
MAX_WAITING_OF_PEER = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """A connection without a complete request, or with an answer that it did not read.

    Attributes:
        connection: what the server knows it by.
        peer: the address it comes from.
        since: when it began to wait, in seconds of any clock.
        limit: how long it may.
    """

    connection: Any
    peer: str
    since: float
    limit: float


def to_give_up(waiting: Sequence[Waiting], now: float) -> list[Any]:
    """The connections to close: all late ones, then the oldest of peers with too many, then those of the peers with most."""
    late = [one for one in waiting if now - one.since > one.limit]
    kept = sorted((one for one in waiting if now - one.since <= one.limit), key=lambda one: one.since)
    closed = [one.connection for one in late]
    of_peer = Counter(one.peer for one in kept)
    surplus = len(kept) - MAX_WAITING
    for one in kept:
        if of_peer[one.peer] > MAX_WAITING_OF_PEER or (surplus > 0 and of_peer[one.peer] == max(of_peer.values())):
            closed.append(one.connection)
            of_peer[one.peer] -= 1
            surplus -= 1
    return closed


class Watch:
    """Looks at the channels of a waitress server each time its loop turns."""

    def __init__(self) -> None:
        self._since: dict[int, tuple[Hashable, float]] = {}

    def close_late(self, channels: Sequence[Any], now: float) -> None:
        """Close what is to be given up. ``now`` is Unix time, as the channels' own."""
        for channel in channels:
            if len(channel.requests) > MAX_PIPELINED:
                channel.handle_close()
        waiting = [self._waiting(channel, now) for channel in channels if not _is_busy(channel)]
        self._since = {id(one.connection): self._since[id(one.connection)] for one in waiting}
        for channel in to_give_up(waiting, now):
            channel.handle_close()

    def _waiting(self, channel: Any, now: float) -> Waiting:
        parser = channel.request
        stage: tuple[int, bool]
        if channel.total_outbufs_len or channel.close_when_flushed:
            stage, limit = (-1, False), UNREAD_SECONDS
        elif parser is None:
            stage, limit = (0, False), IDLE_SECONDS
        else:
            stage, limit = (
                (id(parser), parser.headers_finished),
                BODY_SECONDS if parser.headers_finished else HEAD_SECONDS,
            )
        known, since = self._since.get(id(channel), (None, now))
        if known != stage:
            since = now
        if stage == (0, False):
            since = max(since, channel.last_activity)
        self._since[id(channel)] = (stage, since)
        return Waiting(channel, str(channel.addr[0]), since, limit)


def _is_busy(channel: Any) -> bool:
    return bool(channel.requests or channel.will_close)
