"""What the agent writes is for its own user alone, and a planted link leads nowhere."""

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from inbox_agent.private_files import (
    close_to_others,
    lock_file,
    make_private_folder,
    open_log,
    write_private,
    write_privately,
)


@pytest.fixture(autouse=True)
def loose_umask() -> Iterator[None]:
    """The umask of most systems, so that nothing here is private by accident."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_after_the_umask_nothing_new_is_open_to_others(tmp_path: Path) -> None:
    write_privately()
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("draft", encoding="utf-8")
    assert mode(tmp_path / "folder") == 0o700
    assert mode(tmp_path / "file") == 0o600


def test_a_new_folder_is_private(tmp_path: Path) -> None:
    make_private_folder(tmp_path / "new")
    assert mode(tmp_path / "new") == 0o700


def test_a_folder_that_is_open_is_kept_with_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = tmp_path / "open"
    folder.mkdir(mode=0o755)
    make_private_folder(folder)
    assert mode(folder) == 0o755
    assert "chmod 700" in caplog.text


def test_files_that_were_open_are_closed_and_it_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    loose, private = tmp_path / "engine.sqlite", tmp_path / "engine.sqlite-wal"
    loose.touch(mode=0o644)
    private.touch(mode=0o600)
    with caplog.at_level(logging.WARNING):
        close_to_others([loose, private, tmp_path / "missing"])
    assert mode(loose) == 0o600
    assert [record.getMessage().split()[0] for record in caplog.records] == [str(loose)]


def test_a_link_is_not_followed_when_files_are_closed(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.touch(mode=0o644)
    (tmp_path / "link").symlink_to(other)
    close_to_others([tmp_path / "link"])
    assert mode(other) == 0o644


@pytest.mark.parametrize("opens", [lock_file, open_log, lambda path: write_private(path, "text")])
@pytest.mark.parametrize("exists", [True, False])
def test_a_planted_link_is_not_followed(tmp_path: Path, opens: object, exists: bool) -> None:
    victim = tmp_path / "victim"
    if exists:
        victim.write_text("kept", encoding="utf-8")
    (tmp_path / "engine.lock").symlink_to(victim)
    assert callable(opens)
    with pytest.raises(OSError, match="symbolic links"):
        opens(tmp_path / "engine.lock")
    assert victim.exists() == exists
    assert not exists or victim.read_text(encoding="utf-8") == "kept"


def test_a_pipe_in_the_place_of_the_lock_does_not_hang_the_start(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "engine.lock")
    with pytest.raises(OSError, match="regular file"):
        lock_file(tmp_path / "engine.lock")


def test_a_lock_keeps_the_content_of_the_file_and_others_out(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.write_text("kept", encoding="utf-8")
    with lock_file(path), pytest.raises(BlockingIOError):
        lock_file(path)
    assert path.read_text(encoding="utf-8") == "kept"


def test_a_log_is_appended_to_and_closed_to_others(tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    log.write_text("earlier\n", encoding="utf-8")
    log.chmod(0o644)
    with open_log(log) as file:
        file.write(b"later\n")
    assert log.read_text(encoding="utf-8") == "earlier\nlater\n"
    assert mode(log) == 0o600


def test_a_private_file_is_written_whole(tmp_path: Path) -> None:
    file = tmp_path / "demo.json"
    file.write_text("a longer text than the new one", encoding="utf-8")
    write_private(file, "new")
    assert file.read_text(encoding="utf-8") == "new"
    assert mode(file) == 0o600


OURS = ("engine.lock", "engine.sqlite*")


@pytest.mark.parametrize("names", [("engine.lock",), ("engine.sqlite", "engine.sqlite-wal", "engine.lock")])
def test_a_folder_of_an_earlier_version_is_closed(
    tmp_path: Path, names: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "engine"
    folder.mkdir(mode=0o755)
    for name in names:
        (folder / name).touch(mode=0o644)
    make_private_folder(folder, ours=OURS)
    assert mode(folder) == 0o700
    assert len(caplog.records) == 1
    make_private_folder(folder, ours=OURS)
    assert len(caplog.records) == 1, "there is nothing left to warn of"


@pytest.mark.parametrize("names", [(), ("engine.sqlite", "letters.txt"), ("letters.txt",), ("my-engine.sqlite",)])
def test_a_folder_that_may_be_for_others_stays_open(
    tmp_path: Path, names: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "shared"
    folder.mkdir(mode=0o755)
    for name in names:
        (folder / name).touch()
    make_private_folder(folder, ours=OURS)
    assert mode(folder) == 0o755
    assert "chmod 700" in caplog.text


def test_a_lock_that_others_could_read_is_closed(tmp_path: Path) -> None:
    lock = tmp_path / "engine.lock"
    lock.touch(mode=0o644)
    lock_file(lock).close()
    assert mode(lock) == 0o600
