"""The file: made, migrated, and refused when it is not ours to touch."""

import sqlite3
from pathlib import Path

import pytest

from inbox_agent.engine import schema


def test_a_new_file_is_made_in_this_version(tmp_path: Path) -> None:
    path = tmp_path / schema.FILE_NAME
    schema.prepare(path)
    connection = schema.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone() == (schema.VERSION,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    connection.close()
    schema.prepare(path)


def test_migrations_run_in_order_from_where_the_file_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / schema.FILE_NAME
    schema.prepare(path)
    steps = (
        *schema.MIGRATIONS,
        lambda connection: connection.execute("ALTER TABLE runs ADD COLUMN colour TEXT"),
        lambda connection: connection.execute("UPDATE runs SET colour='green'"),
    )
    monkeypatch.setattr(schema, "MIGRATIONS", steps)
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 2)
    schema.prepare(path)
    connection = schema.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone() == (schema.VERSION,)
    assert "colour" in [row[1] for row in connection.execute("PRAGMA table_info(runs)")]
    connection.close()


def test_a_migration_that_fails_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / schema.FILE_NAME
    schema.prepare(path)

    def half_done(connection: sqlite3.Connection) -> None:
        connection.execute("ALTER TABLE runs ADD COLUMN colour TEXT")
        connection.execute("no such statement")

    before = schema.VERSION
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, half_done))
    monkeypatch.setattr(schema, "VERSION", before + 1)
    with pytest.raises(sqlite3.OperationalError):
        schema.prepare(path)
    connection = schema.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone() == (before,)
    assert "colour" not in [row[1] for row in connection.execute("PRAGMA table_info(runs)")]
    connection.close()


def damage(path: Path, offset: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(content)


@pytest.mark.parametrize(
    ("offset", "content", "reason"),
    [
        (0, b"not SQLite at all", "not an SQLite file"),
        (60, (99).to_bytes(4, "big"), "newer version"),
        (68, b"ELSE", "another program"),
        (4096, b"\xff" * 4096, "damaged"),
    ],
)
def test_what_cannot_be_used_is_refused_and_left_untouched(
    tmp_path: Path, offset: int, content: bytes, reason: str
) -> None:
    path = tmp_path / schema.FILE_NAME
    schema.prepare(path)
    damage(path, offset, content)
    before = path.read_bytes()
    with pytest.raises(schema.UnusableFileError, match=reason):
        schema.prepare(path)
    assert path.read_bytes() == before


def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / schema.FILE_NAME
    path.write_bytes(b"SQLite format 3\x00")
    with pytest.raises(schema.UnusableFileError, match="damaged at its start"):
        schema.prepare(path)


@pytest.mark.parametrize("version", [0, 3])
def test_another_programs_database_is_refused(tmp_path: Path, version: int) -> None:
    path = tmp_path / schema.FILE_NAME
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (x)")
    connection.execute(f"PRAGMA user_version={version}")
    connection.commit()
    connection.close()
    with pytest.raises(schema.UnusableFileError, match="another program"):
        schema.prepare(path)
