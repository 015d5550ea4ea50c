"""The data of an engine is for its own user alone, whatever the umask it is started with."""

import os
import resource
import stat
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.engine_server import EngineProcess


@pytest.fixture(autouse=True)
def loose_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if stat.S_IMODE(path.stat().st_mode) & 0o077]


def test_a_new_engine_writes_nothing_that_others_can_read(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "inbox_agent.engine",
        "--open",
        "--port",
        "0",
        "--data",
        str(tmp_path / "e"),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert b"ready" in process.stdout.readline()
        assert (tmp_path / "e" / "engine.sqlite").exists()
        assert (tmp_path / "e" / "engine.sqlite-wal").exists()
        assert open_to_others(tmp_path) == []
    finally:
        process.terminate()
        process.communicate()


def test_files_of_an_earlier_engine_are_closed_at_the_start(tmp_path: Path) -> None:
    engine = EngineProcess(tmp_path)
    engine.start()
    engine.kill()
    names = [path.name for path in tmp_path.glob("engine.sqlite*")]
    for name in names:
        (tmp_path / name).chmod(0o644)
    engine.start()
    try:
        assert not set(open_to_others(tmp_path)) & set(names)
        assert "could be read by other users" in engine.log()
    finally:
        engine.stop()


def test_a_link_in_the_place_of_the_lock_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("kept", encoding="utf-8")
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    (data / "engine.lock").symlink_to(victim)
    command = [sys.executable, "-m", "inbox_agent.engine", "--open", "--port", "0", "--data", str(data)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert "engine.lock" in done.stderr
    assert victim.read_text(encoding="utf-8") == "kept"


def test_the_folder_of_an_earlier_engine_is_closed_at_the_start(tmp_path: Path) -> None:
    data = tmp_path / "engine"
    data.mkdir(mode=0o755)
    (data / "engine.lock").touch(mode=0o644)
    command = [sys.executable, "-P", "-m", "inbox_agent.engine", "--open", "--port", "0", "--data", str(data)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert b"ready" in process.stdout.readline()
        assert open_to_others(tmp_path) == []
    finally:
        process.terminate()
        process.communicate()


def may_write(octets: int) -> None:
    """No file of this process may grow larger: what it writes beyond that fails as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, octets))


@pytest.mark.parametrize("octets", [0, 1, 4096, 10_000])
def test_a_full_disk_at_the_start_is_one_sentence(tmp_path: Path, octets: int) -> None:
    data = tmp_path / "engine"
    command = [sys.executable, "-P", "-m", "inbox_agent.engine", "--open", "--port", "0", "--data", str(data)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        preexec_fn=partial(may_write, octets),  # one system call
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.strip().splitlines()[-1].startswith(f"engine: the data in {data} could not be written: ")
