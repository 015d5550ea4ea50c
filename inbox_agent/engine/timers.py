"""Watches the index of all pending timers and fires what is due; nothing of a timer that is not due is in memory."""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from inbox_agent.engine import events as ev
from inbox_agent.engine import storage
from inbox_agent.engine.state import DELAY_TIMER, TIMEOUT_TIMER
from inbox_agent.engine.storage import DueTimer, Storage

log = logging.getLogger(__name__)

_AT_ONCE = 200
_POSTPONED_MS = 60_000
_LONGEST_SLEEP_SECONDS = 60.0


class WorkerBusyError(Exception):
    """A worker has so many calls waiting that a timer is not to add to them."""


class Timers:
    """
    Args:
        clock: Unix milliseconds.
        fire: applies what a due timer means; done when that is on disk. None when the timer means nothing any more;
            raises ``WorkerBusyError`` to have it put off.
    """

    def __init__(
        self,
        store: Storage,
        clock: Callable[[], int],
        fire: "Callable[[DueTimer], asyncio.Future[None] | None]",
    ) -> None:
        self._store = store
        self._clock = clock
        self._fire = fire
        self._wake = asyncio.Event()
        self._sleeping_until: int | None = None

    def set(self, due: int) -> None:
        """A timer that is due then is on disk."""
        if self._sleeping_until is None or due < self._sleeping_until:
            self._wake.set()

    async def watch(self) -> None:
        """Runs for ever."""
        while True:
            self._wake.clear()
            self._sleeping_until = None
            due = self._store.due_timers(self._clock(), _AT_ONCE)
            if due:
                await asyncio.gather(*[self._fire_or_postpone(timer) for timer in due])
                continue
            self._sleeping_until = self._store.next_due()
            pause = _LONGEST_SLEEP_SECONDS
            if self._sleeping_until is not None:
                # A clock that is set back or forth is noticed when the longest sleep is over.
                pause = min(pause, max(0.0, (self._sleeping_until - self._clock()) / 1000))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), pause)

    def _fire_or_postpone(self, timer: DueTimer) -> "asyncio.Future[None]":
        try:
            # What means nothing any more is deleted, or it would come up again and again.
            return self._fire(timer) or self._store.submit([storage.delete_timer(timer.rid, timer.key)])
        except WorkerBusyError:
            # Its worker has more than enough waiting: what would only wait as well may as well wait on disk.
            return self._store.submit([storage.postpone_timer(timer.rid, timer.key, self._clock() + _POSTPONED_MS)])
        except Exception:  # one run that cannot be read must not keep the timers of the others from firing
            log.exception("cannot fire a timer", extra={"rid": timer.rid})
            return self._store.submit([storage.postpone_timer(timer.rid, timer.key, self._clock() + _POSTPONED_MS)])


def event_of(key: str) -> ev.Event:
    """What it means that the timer of this key is due."""
    if key == TIMEOUT_TIMER:
        return ev.TimedOut()
    if key == DELAY_TIMER:
        return ev.StartDelayOver()
    kind, _, rest = key.partition(":")
    if kind == "retry":
        return ev.RetryDue(state_execution_id=rest)
    index, _, state_execution_id = rest.partition(":")
    return ev.TimerFired(state_execution_id=state_execution_id, index=int(index))
