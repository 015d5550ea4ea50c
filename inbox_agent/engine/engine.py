"""The engine's core: applies events to runs, stores the change, and only then does what it makes necessary.

Everything here runs on one event loop, so an event is applied in one go; only the disk and the workers are waited for.
What is in memory may be ahead of the disk for a moment, but nobody learns of it before it is stored.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from inbox_agent.engine import events as ev
from inbox_agent.engine import machine, storage
from inbox_agent.engine.access import without_secrets
from inbox_agent.engine.calls import StateCalls, end_all
from inbox_agent.engine.dispatcher import Dispatcher
from inbox_agent.engine.limits import Limits
from inbox_agent.engine.protocol import ApiError, workflow_not_found
from inbox_agent.engine.runs import Run, RunCache
from inbox_agent.engine.state import TIMEOUT_TIMER, RunState
from inbox_agent.engine.storage import DueTimer, Operation, Storage
from inbox_agent.engine.timers import Timers, WorkerBusyError, event_of
from inbox_agent.engine.transition import Outcome
from inbox_agent.engine.wire import ExecuteResponse, SearchAttributeType, WaitUntilResponse

ResponseT = TypeVar("ResponseT", WaitUntilResponse, ExecuteResponse)

log = logging.getLogger(__name__)

_TIMERS_AT_ONCE = 200
_RUNS_AT_ONCE = 100
_PUT_OFF_SECONDS = 5.0
_POSTPONED_MS = 60_000


def new_run_id(now: int) -> str:
    """A UUID of version 7 (RFC 9562): ids that grow with time keep the index on them compact."""
    random = int.from_bytes(os.urandom(10), "big")
    value = (now & (1 << 48) - 1) << 80 | 7 << 76 | (random >> 68 & 0xFFF) << 64 | 2 << 62 | random & (1 << 62) - 1
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def unix_milliseconds() -> int:
    return time.time_ns() // 1_000_000


@dataclass(slots=True)
class Counters:
    """Since the start of the process, for the metrics."""

    events: dict[str, int] = field(default_factory=dict)
    dropped: int = 0
    repeated_after_restart: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """Operations that become durable in one transaction, and what follows from them for the runs."""

    operations: list[Operation]
    effects: list[tuple[Run, Outcome]]

    def joined(self, other: "Change") -> "Change":
        return Change(self.operations + other.operations, self.effects + other.effects)


class Engine:
    """Owns the runs. Made inside the event loop."""

    def __init__(
        self,
        store: Storage,
        dispatcher: Dispatcher,
        search_attributes: dict[str, SearchAttributeType],
        limits: Limits,
        clock: Callable[[], int] = unix_milliseconds,
    ) -> None:
        self.store = store
        self.dispatcher = dispatcher
        self.search_attributes = search_attributes
        self.limits = limits
        self.clock = clock
        self.runs = RunCache(limits.cached_runs)
        self.counters = Counters()
        self.state_waiters: dict[tuple[str, str], list[asyncio.Future[None]]] = {}
        self._calls = StateCalls(dispatcher, self.runs, search_attributes, self.apply)
        self._timers = Timers(store, clock, self._fire)
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    # finding runs

    @contextmanager
    def using(self, workflow_id: str, run_id: str | None = None) -> Iterator[Run]:
        """The run of a request, kept in memory while it is used.

        Raises:
            ApiError: 400, there is none.
        """
        run = self.find(workflow_id, run_id)
        if run is None:
            raise workflow_not_found(workflow_id)
        self.runs.hold(run)
        try:
            yield run
        finally:
            self.runs.release(run)

    def find(self, workflow_id: str, run_id: str | None = None) -> Run | None:
        if run_id:
            run = self.runs.by_run_id(run_id)
            if run is None and (rid := self.store.rid_of_run(run_id)) is not None:
                run = self.by_rid(rid)
            return run if run is not None and run.state.workflow_id == workflow_id else None
        run = self.runs.latest(workflow_id)
        if run is None and (rid := self.store.latest_rid(workflow_id)) is not None:
            run = self.by_rid(rid)
            if run is not None:
                self.runs.add(run, latest=True)
        return run

    def by_rid(self, rid: int) -> Run | None:
        run = self.runs.by_rid(rid)
        if run is not None:
            return run
        state = self.store.load(rid)
        if state is None:
            return None
        run = Run(rid, state)
        # Older runs of a workflow are closed, so a running one is its latest.
        self.runs.add(run, latest=state.is_running)
        self.runs.hold(run)
        try:
            # Runs with a call out never leave memory, so this one's was out when the engine went down.
            if state.has_open_calls and self.apply(run, ev.EngineRestarted()) is not None:
                self.counters.repeated_after_restart += 1
        finally:
            self.runs.release(run)
        return run

    # events

    def apply(self, run: Run, event: ev.Event, also: "Change | None" = None) -> "asyncio.Future[None] | None":
        """Applies an event and stores what it changed.

        Args:
            also: a further change that has to become durable together with it.

        Returns:
            Done when it is on disk; None when the event was not accepted, which changed nothing.
        """
        change = self._change(run, event)
        if change is None:
            return None
        stored = self.commit(change if also is None else change.joined(also))
        if run.state.is_running and self._is_too_large(run, change):
            log.error("state too large", extra={"workflow": run.state.workflow_id})
            reason = f"the workflow's state is larger than {self.limits.state_bytes} bytes"
            stored = self.apply(run, ev.Stopped(stop_type="FAIL", reason=reason)) or stored
        return stored

    def _change(self, run: Run, event: ev.Event) -> "Change | None":
        """Applies an event in memory; the change has to be committed at once."""
        if run.broken:
            raise ApiError(503, "the engine had an error with this workflow and reads it again; try again")
        try:
            return self._changed(run, event, self.clock())
        except Exception:
            # The state may be half changed: what is on disk counts, and is read again when it is next asked for.
            run.broken = True
            self.runs.drop(run)
            raise

    def _changed(self, run: Run, event: ev.Event, now: int) -> "Change | None":
        outcome = machine.apply(run.state, event, now)
        if not outcome.accepted:
            self.counters.dropped += 1
            if outcome.unlocked:
                _wake(run.on_unlock)
            return None
        self.counters.events[event.kind] = self.counters.events.get(event.kind, 0) + 1
        retry = None if outcome.retry_at is None else self._retry(run, outcome, now)
        operations = storage.update_run(run.rid, run.state, outcome)
        if not isinstance(event, ev.UNRECORDED):
            operations.append(storage.insert_event(run.rid, run.state.sequence, now, event))
            operations += self._trimmed_history(run)
        change = Change(operations, [(run, outcome)])
        return change if retry is None else change.joined(retry)

    def _retry(self, failed: Run, outcome: Outcome, now: int) -> "Change":
        """Starts a failed workflow again."""
        request = failed.state.retry_request
        assert request is not None, "only a workflow with a retry policy is retried"
        state = machine.new_run(request, new_run_id(now), now, first_run_id=failed.state.first_run_id)
        state.run_attempt = failed.state.run_attempt + 1
        failed.state.next_run_id = state.run_id
        event = ev.Started(request=request, begins_at=outcome.retry_at, timeout_at=outcome.retry_until)
        return self.begin(state, event, now)

    def begin(self, state: RunState, event: ev.Started, now: int) -> "Change":
        """A new run, its workflow's latest; the change has to be committed at once."""
        outcome = machine.apply(state, event, now)
        return self.add(state, outcome, now, [(now, event)])

    def add(self, state: RunState, outcome: Outcome, now: int, history: Sequence[tuple[int, ev.Event]]) -> "Change":
        """Takes in a run that is its workflow's latest, with its history; the change has to be committed at once."""
        run = Run(self.store.new_rid(), state)
        self.runs.add(run, latest=True)
        operations = storage.insert_run(run.rid, state, now * 1000)
        for number, (at, event) in enumerate(history, start=1):
            operations.append(storage.insert_event(run.rid, number, at, event))
        return Change(operations, [(run, outcome)])

    def _is_too_large(self, run: Run, change: "Change") -> bool:
        size = sum(len(text) for text in change.operations[0][1] if isinstance(text, str))
        if change.effects[0][1].changed_data:
            size += sum(len(value.data or "") for value in run.state.data.values() if value is not None)
        return size > self.limits.state_bytes

    def commit(self, change: "Change") -> "asyncio.Future[None]":
        """Queues a change for the disk; what it makes necessary is done when it is there."""
        future = self.store.submit(change.operations)
        for run, _ in change.effects:
            self.runs.hold(run)
            run.last_write = future
        future.add_done_callback(lambda done: self._all_stored(change, done))
        return future

    def _all_stored(self, change: "Change", done: "asyncio.Future[None]") -> None:
        for run, outcome in change.effects:
            self._stored(run, outcome, done)

    def _stored(self, run: Run, outcome: Outcome, done: "asyncio.Future[None]") -> None:
        if run.last_write is done:
            run.last_write = None
        try:
            if not done.cancelled() and done.exception() is None and not self._closing:
                self._follow(run, outcome)
        finally:
            self.runs.release(run)

    def _follow(self, run: Run, outcome: Outcome) -> None:
        """Does what an event made necessary, now that it is on disk."""
        for state_execution_id in outcome.calls:
            self._calls.send(run, state_execution_id)
        for key in outcome.completed_keys:
            _wake(self.state_waiters.pop((run.state.workflow_id, key), []))
        if outcome.closed:
            for task in run.calls.values():
                task.cancel()
            _wake(run.on_close)
        if outcome.unlocked:
            _wake(run.on_unlock)
        for due in outcome.timers.values():
            if due is not None:
                self._timers.set(due)

    def _trimmed_history(self, run: Run) -> list[Operation]:
        half = self.limits.history_events // 2
        if run.state.sequence < 2 * half or run.state.sequence % half:
            return []
        return [storage.delete_events(run.rid, 2, run.state.sequence - half)]

    # start and stop

    async def start(self) -> None:
        """Takes up what was going on when the engine went down, and begins to watch the timers."""
        self._spawn(self._timers.watch())
        self._spawn(self._resume())

    async def stop(self) -> None:
        """Stops calling workers. What is out is called again after the next start."""
        self._closing = True
        await end_all(self._tasks)
        await self._calls.stop()

    def check_load(self, worker_url: str) -> None:
        """Refuses new work for a worker while too much is waiting.

        Raises:
            ApiError: 429 or 503 with the reason.
        """
        if self._is_overloaded(worker_url):
            waiting = self.dispatcher.waiting_for(worker_url)
            raise ApiError(
                429,
                f"busy: {waiting} calls are waiting for the worker at {without_secrets(worker_url)}; try again later",
            )
        if self.dispatcher.waiting >= self.limits.waiting_calls_in_all:
            raise ApiError(
                429, f"busy: {self.dispatcher.waiting} worker calls are waiting for their turn; try again later"
            )
        if self.store.waiting >= self.limits.waiting_changes:
            raise ApiError(503, f"busy: {self.store.waiting} changes are waiting for the disk; try again later")

    def _is_overloaded(self, worker_url: str) -> bool:
        return self.dispatcher.waiting_for(worker_url) >= self.limits.waiting_calls

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _resume(self) -> None:
        after, put_off = 0, list[int]()
        while rids := self.store.rids_with_open_calls(after, _RUNS_AT_ONCE):
            put_off += await self._take_up(rids)
            after = rids[-1]
        while put_off:
            # Their worker has more than enough to do; those of other workers have gone on meanwhile.
            await asyncio.sleep(_PUT_OFF_SECONDS)
            rids, put_off = put_off, []
            for start in range(0, len(rids), _RUNS_AT_ONCE):
                put_off += await self._take_up(rids[start : start + _RUNS_AT_ONCE])

    async def _take_up(self, rids: list[int]) -> list[int]:
        """Lets runs go on whose calls were out when the engine went down; returns those that have to wait for that."""
        taken_up, put_off = [], []
        for rid in rids:
            try:
                state = None if self.runs.by_rid(rid) is not None else self.store.load(rid)
                if state is not None and self._is_overloaded(state.worker_url):
                    put_off.append(rid)
                elif state is not None and (run := self.by_rid(rid)) is not None:
                    taken_up.append(run)
            except Exception:  # one run that cannot be read must not keep the others from going on
                log.exception("cannot take up a run", extra={"rid": rid})
        # Together, so that they share a transaction; and before the next ones, so that not all are in memory at once.
        for run in taken_up:
            await run.settled()
        await asyncio.sleep(0)
        return put_off

    def _fire(self, timer: DueTimer) -> "asyncio.Future[None] | None":
        run = self.by_rid(timer.rid)
        if run is None or timer.key not in run.state.timers:
            return None
        if timer.key != TIMEOUT_TIMER and self._is_overloaded(run.state.worker_url):
            raise WorkerBusyError(run.state.worker_url)
        stored = self.apply(run, event_of(timer.key))
        if stored is None:
            run.state.timers.pop(timer.key, None)
        return stored


def _wake(waiting: "list[asyncio.Future[None]]") -> None:
    for future in waiting:
        if not future.done():
            future.set_result(None)
    waiting.clear()
