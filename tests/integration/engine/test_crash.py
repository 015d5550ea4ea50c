"""A short crash test; ``python -m tests.crash --kills 300`` is the long one."""

import os
from pathlib import Path

import pytest

from tests.crash import flows
from tests.crash.client import PersistentCalls
from tests.crash.run import crash_test
from tests.iwf_script import Json, decide, nothing, to
from tests.scripted_worker import running_worker


@pytest.mark.skipif("INBOX_AGENT_IWF_URL" in os.environ, reason="kills the engine: only our own can be")
def test_every_workflow_ends_right_however_often_the_engine_is_killed(tmp_path: Path) -> None:
    report = crash_test(tmp_path, kills=15, clients=8)
    assert report.wrong == [], report.table()
    assert report.kills == 15
    assert report.done.total() > 0


def test_doubled_effect_would_be_noticed(iwf_server: str) -> None:
    def doubled(request: Json) -> Json:
        return decide(to("Collect", 1), publishToInterStateChannel=flows.effect(request) * 2)

    with running_worker() as worker:
        flows.script_collect(worker, "chain")
        worker.state("chain", "Step", nothing(), doubled)
        calls = PersistentCalls(iwf_server, worker.url)
        calls.start("chain", f"doubled-{os.getpid()}", "Step", 1)
        problem = flows.expect(calls, f"doubled-{os.getpid()}", ["Step-1"])
        calls.close()
    assert problem is not None
    assert "surplus" in problem
