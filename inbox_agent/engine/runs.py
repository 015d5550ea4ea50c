"""The runs that are in memory: those with something going on, and a few more."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from inbox_agent.engine.state import RunState


@dataclass(slots=True, eq=False)
class Run:
    """A run in memory.

    Attributes:
        state: as after the last event, which may not be on disk yet.
        users: requests and tasks that hold on to it; it stays in memory while there are any.
        last_write: done when everything so far is on disk; None when it is.
        calls: the worker calls that are out, by state execution id.
        on_close: to be woken when it ends.
        broken: an event left the state half changed; it takes no more and is read from disk again.
        on_unlock: RPCs that wait for a lock, first come first served.
    """

    rid: int
    state: RunState
    users: int = 0
    broken: bool = False
    last_write: "asyncio.Future[None] | None" = None
    calls: "dict[str, asyncio.Task[None]]" = field(default_factory=dict)
    on_close: "list[asyncio.Future[None]]" = field(default_factory=list)
    on_unlock: "list[asyncio.Future[None]]" = field(default_factory=list)

    async def settled(self) -> None:
        """Waits until what is known of the run is on disk."""
        while self.last_write is not None and not self.last_write.done():
            await asyncio.shield(self.last_write)
        if self.last_write is not None:
            self.last_write.result()


class RunCache:
    """Runs by number, run id and (the latest) workflow id. Idle ones leave, the longest unused first."""

    def __init__(self, idle_limit: int) -> None:
        self._idle_limit = idle_limit
        self._by_rid: dict[int, Run] = {}
        self._by_run_id: dict[str, Run] = {}
        self._latest: dict[str, Run] = {}
        self._idle: OrderedDict[int, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._by_rid)

    def __iter__(self) -> Iterator[Run]:
        return iter(list(self._by_rid.values()))

    def by_rid(self, rid: int) -> Run | None:
        return self._by_rid.get(rid)

    def by_run_id(self, run_id: str) -> Run | None:
        return self._by_run_id.get(run_id)

    def latest(self, workflow_id: str) -> Run | None:
        return self._latest.get(workflow_id)

    def add(self, run: Run, *, latest: bool) -> None:
        self._by_rid[run.rid] = run
        self._by_run_id[run.state.run_id] = run
        if latest:
            self._latest[run.state.workflow_id] = run

    def hold(self, run: Run) -> None:
        run.users += 1
        self._idle.pop(run.rid, None)

    def release(self, run: Run) -> None:
        run.users -= 1
        if run.users or self._by_rid.get(run.rid) is not run:
            return
        self._idle[run.rid] = None
        while len(self._idle) > self._idle_limit:
            self.drop(self._by_rid[self._idle.popitem(last=False)[0]])

    def drop(self, run: Run) -> None:
        """Forgets a run, so that it is read from disk when it is next asked for."""
        self._idle.pop(run.rid, None)
        self._by_rid.pop(run.rid, None)
        self._by_run_id.pop(run.state.run_id, None)
        if self._latest.get(run.state.workflow_id) is run:
            del self._latest[run.state.workflow_id]
