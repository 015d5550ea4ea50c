"""The runs on disk: reads from the event loop's thread, writes by one thread that puts many changes into one transaction.

A caller that submits a change gets a future that is done when the change is on disk (WAL, ``synchronous=FULL``). Changes become
durable in the order in which they were submitted.
"""

import asyncio
import contextlib
import json
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inbox_agent.engine import schema
from inbox_agent.engine.events import Event, RecordedEvent, event_from_json, event_to_json
from inbox_agent.engine.listing import search_document
from inbox_agent.engine.state import RunState
from inbox_agent.engine.transition import Outcome
from inbox_agent.engine.wire import EncodedObject

Operation = tuple[str, Sequence[Any]]

_BATCH = 400
_INSERT_RUN = (
    "INSERT INTO runs (rid, workflow_id, run_id, workflow_type, status, start_us, close_us, history_length, search, "
    "executing, open_calls, document) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"
)
_UPDATE_RUN = "UPDATE runs SET history_length=?, open_calls=?, document=? WHERE rid=?"
_UPDATE_LISTING = "UPDATE runs SET status=?, close_us=?, search=?, executing=? WHERE rid=?"
_PUT_DATA = "INSERT INTO data (rid, key, value) VALUES (?,?,?) ON CONFLICT DO UPDATE SET value=excluded.value"
_PUT_TIMER = "INSERT INTO timers (rid, key, due) VALUES (?,?,?) ON CONFLICT DO UPDATE SET due=excluded.due"
_DELETE_TIMER = "DELETE FROM timers WHERE rid=? AND key=?"
_INSERT_EVENT = "INSERT INTO events (rid, sequence, at, kind, body) VALUES (?,?,?,?,?)"


@dataclass(frozen=True, slots=True)
class DueTimer:
    rid: int
    key: str


@dataclass(frozen=True, slots=True)
class PastEvent:
    """A recorded event; ``at`` in Unix milliseconds."""

    sequence: int
    at: int
    event: RecordedEvent


class NotStoredError(Exception):
    """A change is not on disk, and nothing will be any more: the engine has to be started again."""


class Storage:
    """Owns the file in a data directory.

    Args:
        on_failure: called in the writer's thread when a transaction failed; nothing is written after that.
    """

    def __init__(self, directory: Path, on_failure: Callable[[BaseException], None]) -> None:
        self._path = directory / schema.FILE_NAME
        schema.prepare(self._path)
        self._reader = schema.connect_for_reading(self._path)
        self._next_rid = 1 + (self._reader.execute("SELECT max(rid) FROM runs").fetchone()[0] or 0)
        self._writer = _Writer(self._path, on_failure)

    # writing

    def submit(self, operations: list[Operation]) -> "asyncio.Future[None]":
        """Queues a change; the future is done when it is on disk, and fails when it could not be written."""
        return self._writer.submit(operations)

    @property
    def waiting(self) -> int:
        """Changes that are not yet on disk."""
        return self._writer.waiting

    @property
    def last_commit_seconds(self) -> float:
        return self._writer.last_commit_seconds

    def new_rid(self) -> int:
        rid, self._next_rid = self._next_rid, self._next_rid + 1
        return rid

    # reading: always what is on disk

    def latest_rid(self, workflow_id: str) -> int | None:
        row = self._reader.execute(
            "SELECT rid FROM runs WHERE workflow_id=? ORDER BY rid DESC LIMIT 1", (workflow_id,)
        ).fetchone()
        return None if row is None else int(row[0])

    def rid_of_run(self, run_id: str) -> int | None:
        row = self._reader.execute("SELECT rid FROM runs WHERE run_id=?", (run_id,)).fetchone()
        return None if row is None else int(row[0])

    def load(self, rid: int) -> RunState | None:
        row = self._reader.execute("SELECT document FROM runs WHERE rid=?", (rid,)).fetchone()
        if row is None:
            return None
        data = {
            key: None if value == "null" else EncodedObject.model_validate_json(value)
            for key, value in self._reader.execute("SELECT key, value FROM data WHERE rid=?", (rid,))
        }
        return RunState.from_json(row[0], data)

    def history(self, rid: int) -> list[PastEvent]:
        rows = self._reader.execute("SELECT sequence, at, kind, body FROM events WHERE rid=? ORDER BY sequence", (rid,))
        return [PastEvent(sequence, at, event_from_json(kind, body)) for sequence, at, kind, body in rows]

    def due_timers(self, now: int, limit: int) -> list[DueTimer]:
        rows = self._reader.execute("SELECT rid, key FROM timers WHERE due<=? ORDER BY due LIMIT ?", (now, limit))
        return [DueTimer(*row) for row in rows]

    def next_due(self) -> int | None:
        value = self._reader.execute("SELECT min(due) FROM timers").fetchone()[0]
        return None if value is None else int(value)

    def rids_with_open_calls(self, after: int, limit: int) -> list[int]:
        rows = self._reader.execute(
            "SELECT rid FROM runs WHERE open_calls=1 AND rid>? ORDER BY rid LIMIT ?", (after, limit)
        )
        return [row[0] for row in rows]

    def closed_before(self, close_us: int, limit: int) -> list[int]:
        rows = self._reader.execute(
            "SELECT rid FROM runs WHERE close_us<? ORDER BY close_us LIMIT ?", (close_us, limit)
        )
        return [row[0] for row in rows]

    def count_by_status(self) -> dict[str, int]:
        """A scan; runs on a connection of its own, so call it off the event loop's thread."""
        with contextlib.closing(schema.connect_for_reading(self._path)) as connection:
            return dict(connection.execute("SELECT status, count(*) FROM runs GROUP BY status").fetchall())

    def open_reader(self) -> sqlite3.Connection:
        """A reading connection for another thread; the caller closes it."""
        return schema.connect_for_reading(self._path)

    def close(self) -> None:
        """Writes what is queued, then lets go of the file."""
        self._writer.close()
        self._reader.close()


def insert_run(rid: int, state: RunState, start_us: int) -> list[Operation]:
    """The operations that store a whole new run, without its events."""
    row = (
        rid,
        state.workflow_id,
        state.run_id,
        state.workflow_type,
        state.status,
        start_us,
        None if state.closed_at is None else state.closed_at * 1000,
        state.sequence,
        search_document(state),
        _json_array(state.executing_state_ids()),
        int(state.has_open_calls),
        state.to_json(),
    )
    operations: list[Operation] = [(_INSERT_RUN, row)]
    operations += _put_data(rid, state, state.data)
    operations += [(_PUT_TIMER, (rid, key, due)) for key, due in state.timers.items()]
    return operations


def update_run(rid: int, state: RunState, outcome: Outcome) -> list[Operation]:
    """The operations that store what an event changed."""
    operations: list[Operation] = [(_UPDATE_RUN, (state.sequence, int(state.has_open_calls), state.to_json(), rid))]
    if outcome.listed:
        closed = None if state.closed_at is None else state.closed_at * 1000
        listing = (state.status, closed, search_document(state), _json_array(state.executing_state_ids()), rid)
        operations.append((_UPDATE_LISTING, listing))
    operations += _put_data(rid, state, outcome.changed_data)
    for key, due in outcome.timers.items():
        operations.append((_DELETE_TIMER, (rid, key)) if due is None else (_PUT_TIMER, (rid, key, due)))
    return operations


def insert_event(rid: int, sequence: int, at: int, event: Event) -> Operation:
    return _INSERT_EVENT, (rid, sequence, at, event.kind, event_to_json(event))


def delete_timer(rid: int, key: str) -> Operation:
    return _DELETE_TIMER, (rid, key)


def postpone_timer(rid: int, key: str, due: int) -> Operation:
    """Only the index over all runs is changed, not the run's own notion of when the timer is due."""
    return "UPDATE timers SET due=? WHERE rid=? AND key=?", (due, rid, key)


def delete_events(rid: int, first: int, last: int) -> Operation:
    return "DELETE FROM events WHERE rid=? AND sequence BETWEEN ? AND ?", (rid, first, last)


def delete_run(rid: int) -> list[Operation]:
    return [(f"DELETE FROM {table} WHERE rid=?", (rid,)) for table in ("events", "data", "timers", "runs")]  # noqa: S608 -- names are ours


def _put_data(rid: int, state: RunState, keys: Iterable[str]) -> list[Operation]:
    values = ((key, state.data[key]) for key in keys)
    return [
        (_PUT_DATA, (rid, key, "null" if value is None else value.model_dump_json(exclude_none=True)))
        for key, value in values
    ]


def _json_array(values: list[str]) -> str:
    return json.dumps(values)


class _Writer:
    """The writing thread: takes what is queued, writes it in one transaction, tells the loop."""

    def __init__(self, path: Path, on_failure: Callable[[BaseException], None]) -> None:
        self._path = path
        self._on_failure = on_failure
        self._queue: queue.SimpleQueue[tuple[list[Operation], asyncio.Future[None]] | None] = queue.SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._failure: BaseException | None = None
        self.last_commit_seconds = 0.0
        self._thread = threading.Thread(target=self._run, name="engine-writer", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        return self._queue.qsize()

    def submit(self, operations: list[Operation]) -> "asyncio.Future[None]":
        future: asyncio.Future[None] = self._loop.create_future()
        self._queue.put((operations, future))
        return future

    def close(self) -> None:
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        connection = schema.connect(self._path)
        try:
            open_for_more = True
            while open_for_more:
                batch, open_for_more = self._take()
                if batch:
                    self._write(connection, batch)
        finally:
            connection.close()

    def _take(self) -> tuple[list[tuple[list[Operation], "asyncio.Future[None]"]], bool]:
        batch = []
        item = self._queue.get()
        while item is not None:
            batch.append(item)
            if len(batch) >= _BATCH:
                return batch, True
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False

    def _write(
        self, connection: sqlite3.Connection, batch: list[tuple[list[Operation], "asyncio.Future[None]"]]
    ) -> None:
        started = time.perf_counter()
        if self._failure is None:
            try:
                connection.execute("BEGIN IMMEDIATE")
                for operations, _ in batch:
                    for sql, parameters in operations:
                        connection.execute(sql, parameters)
                connection.execute("COMMIT")
            except (
                sqlite3.Error,
                ArithmeticError,
                TypeError,
                ValueError,
            ) as error:  # also values that SQLite does not take
                # What is in memory is now ahead of the disk for good: nothing may be confirmed any more.
                self._failure = NotStoredError(str(error))
                with contextlib.suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                self._on_failure(error)
        self.last_commit_seconds = time.perf_counter() - started
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._tell, [future for _, future in batch], self._failure)

    @staticmethod
    def _tell(futures: "list[asyncio.Future[None]]", failure: BaseException | None) -> None:
        for future in futures:
            if future.done():
                continue
            if failure is None:
                future.set_result(None)
            else:
                future.set_exception(failure)
