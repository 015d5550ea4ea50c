"""Starting: workflow ids and their reuse, options, and what is refused."""

import time

import httpx
import pytest

from tests.iwf_calls import Calls
from tests.iwf_script import Json, complete, encoded, force_fail, nothing, pairs, parked, unpaired
from tests.scripted_worker import ScriptedWorker

REUSE_POLICIES = ["DISALLOW_REUSE", "ALLOW_IF_NO_RUNNING", "ALLOW_IF_PREVIOUS_EXITS_ABNORMALLY"]


def reuse(policy: str) -> Json:
    return {"options": {"idReusePolicy": policy}}


@pytest.mark.parametrize("policy", [None, *REUSE_POLICIES])
def test_id_of_a_running_workflow_is_taken(calls: Calls, worker: ScriptedWorker, policy: str | None) -> None:
    worker.state(calls.type, "S1", parked(), complete())
    workflow_id = calls.start()
    _, again = calls.try_start(workflow_id, **(reuse(policy) if policy else {}))
    assert (again.status, again.sub_status) == (400, "WORKFLOW_ALREADY_STARTED_SUB_STATUS")
    assert workflow_id in again.body["detail"]


def test_allow_terminate_ends_the_running_one(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", parked(), complete())
    workflow_id, first = calls.try_start()
    _, second = calls.try_start(workflow_id, **reuse("ALLOW_TERMINATE_IF_RUNNING"))
    first_run, second_run = first.ok()["workflowRunId"], second.ok()["workflowRunId"]
    assert first_run != second_run
    assert calls.get(workflow_id) == {"workflowRunId": second_run, "workflowStatus": "RUNNING"}
    assert calls.get(workflow_id, workflowRunId=first_run)["workflowStatus"] == "TERMINATED"


@pytest.mark.parametrize(
    ("policy", "after_success", "after_failure"),
    [
        ("DISALLOW_REUSE", 400, 400),
        ("ALLOW_IF_NO_RUNNING", 200, 200),
        ("ALLOW_IF_PREVIOUS_EXITS_ABNORMALLY", 400, 200),
        ("ALLOW_TERMINATE_IF_RUNNING", 200, 200),
        (None, 200, 200),
    ],
)
def test_id_of_a_closed_workflow(
    calls: Calls, worker: ScriptedWorker, policy: str | None, after_success: int, after_failure: int
) -> None:
    worker.state(calls.type, "S1", nothing(), complete())
    worker.state(calls.type, "Bad", nothing(), force_fail())
    for state, expected in (("S1", after_success), ("Bad", after_failure)):
        workflow_id = calls.start(state=state)
        calls.wait(workflow_id)
        _, again = calls.try_start(workflow_id, **(reuse(policy) if policy else {}))
        assert again.status == expected, again.body
        if expected == 400:
            assert again.sub_status == "WORKFLOW_ALREADY_STARTED_SUB_STATUS"


def test_already_started_may_be_ignored(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", parked(), complete())
    ignoring: Json = {"options": {"workflowAlreadyStartedOptions": {"ignoreAlreadyStartedError": True}}}
    workflow_id, first = calls.try_start(**ignoring)
    _, second = calls.try_start(workflow_id, **ignoring)
    assert second.ok()["workflowRunId"] == first.ok()["workflowRunId"]
    worker.await_calls(workflow_id, "wait", "S1")
    assert len(worker.calls(workflow_id)) == 1


def test_same_request_id_gets_the_same_run(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", parked(), complete())
    once: Json = {"options": {"workflowAlreadyStartedOptions": {"ignoreAlreadyStartedError": True, "requestId": "r1"}}}
    workflow_id, first = calls.try_start(**once)
    _, second = calls.try_start(workflow_id, **once)
    assert second.ok() == first.ok()


def test_malformed_json_is_refused(iwf_server: str, http: httpx.Client) -> None:
    answer = http.post(iwf_server + "/api/v1/workflow/start", content=b"{not json")
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("invalid request schema")


def test_unknown_route_is_not_found(iwf_server: str, http: httpx.Client) -> None:
    assert http.post(iwf_server + "/api/v1/workflow/nosuch", json={}).status_code == 404


def test_bad_cron_schedule_is_refused(calls: Calls) -> None:
    workflow_id, answer = calls.try_start(options={"cronSchedule": "not a cron"})
    assert answer.status >= 400
    assert answer.sub_status == "UNCATEGORIZED_SUB_STATUS"
    assert calls.on(workflow_id, "get").status == 400


def test_workflow_times_out(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", parked(), complete())
    workflow_id, started = calls.try_start(timeout=1)
    run_id = started.ok()["workflowRunId"]
    begin = time.monotonic()
    assert calls.wait(workflow_id) == {"workflowRunId": run_id, "workflowStatus": "TIMEOUT"}
    assert time.monotonic() - begin < 5


def test_start_delay_holds_the_first_state_back(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", nothing(), complete("done"))
    begin = time.monotonic()
    workflow_id = calls.start(options={"workflowStartDelaySeconds": 2})
    assert calls.get(workflow_id)["workflowStatus"] == "RUNNING"
    assert calls.outputs(workflow_id) == [("S1-1", "done")]
    (first,) = worker.calls(workflow_id, "wait")
    assert first.at - begin >= 1.5


def test_initial_attributes_reach_the_first_state(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", nothing(), complete())
    attribute = {"key": "CustomKeywordField", "stringValue": "blue", "valueType": "KEYWORD"}
    workflow_id = calls.start(
        given={"n": 1}, options={"dataAttributes": pairs({"a": "A"}), "searchAttributes": [attribute]}
    )
    calls.wait(workflow_id)
    (wait,) = worker.calls(workflow_id, "wait")
    assert wait.request["stateInput"] == encoded({"n": 1})
    assert unpaired(wait.request["dataObjects"]) == {"a": "A"}
    assert wait.request["searchAttributes"] == [attribute]
    (execute,) = worker.calls(workflow_id, "execute")
    assert unpaired(execute.request["DataObjects"]) == {"a": "A"}
    context = execute.request["context"]
    assert context["workflowId"] == workflow_id
    assert context["stateExecutionId"] == "S1-1"
    assert context["attempt"] == 1
    assert abs(context["workflowStartedTimestamp"] - time.time()) < 60
    assert abs(context["firstAttemptTimestamp"] - time.time()) < 60


def test_unknown_search_attribute_is_refused(calls: Calls) -> None:
    unknown = {"key": "NoSuchAttribute", "stringValue": "x", "valueType": "KEYWORD"}
    _, answer = calls.try_start(options={"searchAttributes": [unknown]})
    assert answer.status >= 400
    assert "NoSuchAttribute" in answer.body["detail"]


def test_without_a_starting_state_an_rpc_begins(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S9", nothing(), complete("begun"))
    worker.rpc(calls.type, "begin", {"stateDecision": {"nextStates": [{"stateId": "S9"}]}})
    workflow_id = calls.start(state=None)
    assert calls.get(workflow_id)["workflowStatus"] == "RUNNING"
    calls.rpc(workflow_id, "begin").ok()
    assert calls.outputs(workflow_id) == [("S9-1", "begun")]


def test_skipping_wait_until_goes_straight_to_execute(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", execute=complete("ok"))
    workflow_id = calls.start(stateOptions={"skipWaitUntil": True})
    assert calls.outputs(workflow_id) == [("S1-1", "ok")]
    assert [call.api for call in worker.calls(workflow_id)] == ["execute"]
