"""What those who operate a server use: health, configuration, dump, metrics."""

import json
import os

import httpx
import pytest

from tests.iwf_calls import Calls
from tests.iwf_script import complete, pairs, parked
from tests.scripted_worker import ScriptedWorker


def test_health_is_answered(iwf_server: str, http: httpx.Client) -> None:
    answer = http.get(iwf_server + "/info/healthcheck")
    assert answer.status_code == 200
    assert answer.json()["condition"] == "OK"


def test_configuration_of_a_run_can_be_changed(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", parked(), complete("ok"))
    workflow_id = calls.start()
    config = {"executingStateIdMode": "ENABLED_FOR_ALL", "continueAsNewThreshold": 50}
    calls.on(workflow_id, "config/update", workflowConfig=config).ok()
    calls.publish(workflow_id, "ch", 1).ok()
    assert calls.outputs(workflow_id) == [("S1-1", "ok")]


def test_dump_shows_the_state_of_a_run(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", parked(), complete())
    workflow_id = calls.start(options={"dataAttributes": pairs({"a": 1})})
    worker.await_calls(workflow_id, "wait", "S1")
    calls.publish(workflow_id, "other", "unread").ok()
    run_id = calls.get(workflow_id)["workflowRunId"]
    dump = calls.on(workflow_id, "internal/dump", workflowRunId=run_id, pageNum=0, pageSizeInBytes=100_000).ok()
    assert dump["totalPages"] == 1
    assert dump["checksum"]
    shown = json.loads(dump["jsonData"])
    assert shown["DataObjects"] == pairs({"a": 1})
    assert list(shown["StateExecutionsToResume"]) == ["S1-1"]
    assert list(shown["InterStateChannelReceived"]) == ["other"]
    calls.on(workflow_id, "stop").ok()


@pytest.mark.skipif("INBOX_AGENT_IWF_URL" in os.environ, reason="the embedded engine's own page")
def test_metrics_are_served(calls: Calls, worker: ScriptedWorker, iwf_server: str, http: httpx.Client) -> None:
    worker.state(calls.type, "S1", parked(), complete())
    workflow_id = calls.start()
    answer = http.get(iwf_server + "/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    samples = [line for line in answer.text.splitlines() if line and not line.startswith("#")]
    assert all(len(line.rsplit(" ", 1)) == 2 and float(line.rsplit(" ", 1)[1]) >= 0 for line in samples)
    assert any("running" in line.lower() for line in samples)
    calls.on(workflow_id, "stop").ok()


@pytest.mark.skipif("INBOX_AGENT_IWF_URL" in os.environ, reason="the embedded engine's own page")
def test_history_of_a_run_can_be_read(
    calls: Calls, worker: ScriptedWorker, iwf_server: str, http: httpx.Client
) -> None:
    worker.state(calls.type, "S1", parked(), complete("<b>out</b>"))
    workflow_id = calls.start(given="in<script>")
    calls.publish(workflow_id, "ch", 1).ok()
    calls.wait(workflow_id)
    page = http.get(f"{iwf_server}/engine/runs/{workflow_id}", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert "S1-1" in page.text
    if page.headers["content-type"].startswith("text/html"):
        assert "<script>" not in page.text.split("<body", 1)[-1]
        assert "<b>out</b>" not in page.text
    assert http.get(f"{iwf_server}/engine/runs/nosuch").status_code == 404
