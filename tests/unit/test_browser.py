"""Which browser the tests take: none is fine, a snap is none."""

from pathlib import Path

import pytest

from tests.browser import chromium, chromium_is_missing, find_chromium


def program(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("WITH_BROWSER", raising=False)
    return tmp_path / "bin"


def test_without_a_browser_the_tests_are_skipped_unless_one_is_required(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_chromium() is None
    assert chromium_is_missing()
    monkeypatch.setenv("WITH_BROWSER", "required")
    assert not chromium_is_missing()


def test_the_script_that_stands_in_for_a_snap_is_no_browser(path: Path) -> None:
    program(path, "chromium-browser", "exec /snap/bin/chromium")
    assert find_chromium() is None
    chrome = program(path, "google-chrome", "exit 0")
    assert find_chromium() == str(chrome)


def test_a_link_to_snap_is_a_snap(path: Path, tmp_path: Path) -> None:
    snap = program(tmp_path / "usr", "snap", "exit 0")
    path.mkdir()
    (path / "chromium").symlink_to(snap)
    assert find_chromium() is None


def test_a_browser_that_ends_at_once_is_told_with_its_own_words(path: Path, tmp_path: Path) -> None:
    program(path, "chromium", "echo 'No usable sandbox!' >&2; exit 1")
    with pytest.raises(AssertionError, match="No usable sandbox!"), chromium(tmp_path / "profile"):
        pass
