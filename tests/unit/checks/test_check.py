"""What ``inbox-agent check`` says about this machine, without a server."""

import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from inbox_agent.checks.check import CheckFailed, check_data
from tests.unit.checks.test_health import settings


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk where every write fails as on a full one."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    yield tmp_path
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("folder", ["", "not/there/yet"])
def test_a_full_disk_is_told_before_the_start(full_disk: Path, folder: str) -> None:
    with pytest.raises(CheckFailed) as caught:
        check_data(settings(data=str(full_disk / folder)))
    assert f"the data folder {full_disk / folder} cannot be written" in caught.value.fault.what
    assert "Make room" in caught.value.fault.fix


def test_a_folder_with_room_is_fine_and_left_as_it_was(tmp_path: Path) -> None:
    check_data(settings(data=str(tmp_path / "data")))
    assert list(tmp_path.iterdir()) == []
