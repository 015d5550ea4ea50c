"""A short crash test; ``python -m tests.crash --kills 300`` is the long one."""

import os
from pathlib import Path

import pytest

from tests.crash.run import crash_test


@pytest.mark.skipif("INBOX_AGENT_IWF_URL" in os.environ, reason="kills the engine: only our own can be")
def test_every_workflow_ends_right_however_often_the_engine_is_killed(tmp_path: Path) -> None:
    report = crash_test(tmp_path, kills=15, clients=8)
    assert report.wrong == [], report.table()
    assert report.kills == 15
    assert report.done.total() > 0
