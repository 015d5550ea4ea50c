"""The SQLite file: its layout, migrations, and the refusal of files that are not ours to touch.

Tables, for those who read them (times: ``_us`` Unix microseconds, ``at`` and ``due`` Unix milliseconds):

``runs``    one row a run. ``rid`` numbers them; the highest of a ``workflow_id`` is its latest run. ``status`` is iWF's
            (``RUNNING``, ``COMPLETED``, …), ``close_us`` NULL while running, ``search`` a JSON object of the search
            attributes (datetimes as microseconds, keyword arrays as arrays), ``executing`` the JSON array of
            ``IwfExecutingStateIds``, ``history_length`` the number of recorded events, ``open_calls`` 1 while a worker call
            is out or waits for a lock, ``document`` the rest of the state as JSON (``state.RunState``).
``data``    the data attributes: JSON of the encoded object by run and key.
``timers``  every pending timer of every run, by when it is due. Nothing of a parked run but these rows is ever looked at.
``events``  the recorded events of each run, by ``sequence`` from 1.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path

# "iWFe": marks the file as this engine's.
APPLICATION_ID = 0x69574665
VERSION = 1
FILE_NAME = "engine.sqlite"

_MAGIC = b"SQLite format 3\x00"
# A full check of a larger file would hold up the start; SQLite still reports what it trips over later.
_CHECKED_BYTES = 64 * 1024 * 1024

_V1 = """
CREATE TABLE runs (
    rid INTEGER PRIMARY KEY,
    workflow_id TEXT NOT NULL,
    run_id TEXT NOT NULL UNIQUE,
    workflow_type TEXT NOT NULL,
    status TEXT NOT NULL,
    start_us INTEGER NOT NULL,
    close_us INTEGER,
    history_length INTEGER NOT NULL,
    search TEXT NOT NULL,
    executing TEXT NOT NULL,
    open_calls INTEGER NOT NULL,
    document TEXT NOT NULL
) STRICT;
CREATE INDEX runs_by_workflow ON runs (workflow_id, rid);
CREATE INDEX runs_by_type ON runs (workflow_type, start_us);
CREATE INDEX runs_by_start ON runs (start_us);
CREATE INDEX runs_by_status ON runs (status);
CREATE INDEX runs_closed ON runs (close_us) WHERE close_us IS NOT NULL;
CREATE INDEX runs_with_open_calls ON runs (rid) WHERE open_calls = 1;
CREATE TABLE data (
    rid INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (rid, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE timers (
    rid INTEGER NOT NULL, key TEXT NOT NULL, due INTEGER NOT NULL, PRIMARY KEY (rid, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX timers_by_due ON timers (due);
CREATE TABLE events (
    rid INTEGER NOT NULL, sequence INTEGER NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (rid, sequence)
) STRICT, WITHOUT ROWID;
"""


def _create(connection: sqlite3.Connection) -> None:
    for statement in _V1.split(";"):
        if statement.strip():
            connection.execute(statement)


# The step at index N brings a file from version N to N+1.
MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (_create,)


class UnusableFileError(Exception):
    """The file cannot be used, and was not changed; the message says why and what to do."""


def prepare(path: Path) -> None:
    """Brings the file to this version, creating it if need be.

    Raises:
        UnusableFileError: the file is damaged, another program's, or of a newer version. It is left as it was.
    """
    if path.exists() and path.stat().st_size > 0:
        _check_header(path)
        _check_content(path)
    connection = connect(path)
    try:
        _migrate(connection)
        # The header of the main file has to show the version, also after a crash: it is what the next start looks at.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def connect(path: Path) -> sqlite3.Connection:
    """A connection for writing; transactions are begun and ended explicitly."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA cache_size=-16384")
    connection.execute("PRAGMA wal_autocheckpoint=2000")
    return connection


def connect_for_reading(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    connection.execute("PRAGMA query_only=1")
    connection.execute("PRAGMA cache_size=-8192")
    return connection


def _check_header(path: Path) -> None:
    with path.open("rb") as file:
        header = file.read(100)
    if len(header) < 100 or not header.startswith(_MAGIC):
        raise UnusableFileError(
            f"{path.name} is not an SQLite file, or damaged at its start. "
            "Restore it from a backup, or move it away to start over."
        )
    _check_owner(path, int.from_bytes(header[60:64], "big"), int.from_bytes(header[68:72], "big"))


def _check_owner(path: Path, version: int, application: int) -> None:
    if application not in {APPLICATION_ID, 0} or (application == 0 and version != 0):
        raise UnusableFileError(f"{path.name} belongs to another program. Choose another --data directory.")
    if version > VERSION:
        raise UnusableFileError(
            f"{path.name} was written by a newer version of this program (schema {version}, this one knows {VERSION}). "
            "Upgrade the program, or choose another --data directory."
        )


def _check_content(path: Path) -> None:
    # Read-only: closing such a connection leaves the file and its write-ahead log as they are.
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        version, application = (
            connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("user_version", "application_id")
        )
        # A file of ours that was cut off while it was made has no tables yet.
        foreign = application == 0 and connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        problems = ["ok"]
        if path.stat().st_size <= _CHECKED_BYTES:
            problems = [row[0] for row in connection.execute("PRAGMA quick_check(3)")]
    except sqlite3.DatabaseError as error:
        version, application, foreign, problems = 0, APPLICATION_ID, False, [str(error)]
    finally:
        connection.close()
    if problems != ["ok"]:
        raise UnusableFileError(
            f"{path.name} is damaged ({'; '.join(problems)}). It was left as it is: restore it from a backup, "
            "or rescue what can be read with SQLite's .recover command."
        )
    _check_owner(path, version or int(bool(foreign)), application)


def _migrate(connection: sqlite3.Connection) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    for number in range(version, VERSION):
        connection.execute("BEGIN IMMEDIATE")
        try:
            MIGRATIONS[number](connection)
            connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version={number + 1}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
