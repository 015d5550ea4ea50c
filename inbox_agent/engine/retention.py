"""Forgets runs that closed long ago, a few at a time."""

import asyncio
import logging

from inbox_agent.engine import storage
from inbox_agent.engine.engine import Engine

log = logging.getLogger(__name__)

_EVERY_SECONDS = 600.0
_AT_ONCE = 100


async def forget_closed_runs(engine: Engine) -> None:
    """Runs for ever: deletes runs that closed longer ago than the retention, with all that belongs to them."""
    while True:
        await asyncio.sleep(_EVERY_SECONDS)
        while forgotten := await forget_once(engine):
            log.info("forgot closed runs", extra={"count": forgotten})


async def forget_once(engine: Engine) -> int:
    """Deletes some of the runs whose time is over; returns how many."""
    before = (engine.clock() - engine.limits.retention_seconds * 1000) * 1000
    rids = [rid for rid in engine.store.closed_before(before, _AT_ONCE) if not _is_used(engine, rid)]
    if rids:
        operations = [operation for rid in rids for operation in storage.delete_run(rid)]
        await engine.store.submit(operations)
    return len(rids)


def _is_used(engine: Engine, rid: int) -> bool:
    run = engine.runs.by_rid(rid)
    if run is None:
        return False
    if run.users:
        return True
    engine.runs.drop(run)
    return False
