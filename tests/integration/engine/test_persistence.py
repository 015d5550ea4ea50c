"""What states store and are given: data attributes, locals, events, loading policies."""

from tests.iwf_calls import Calls
from tests.iwf_script import Json, complete, decide, encoded, nothing, pairs, parked, to, unpaired
from tests.scripted_worker import ScriptedWorker


def loading(kind: str, *keys: str) -> Json:
    policy: Json = {"persistenceLoadingType": kind}
    if keys:
        policy["partialLoadingKeys"] = list(keys)
    return {"skipWaitUntil": True, "dataAttributesLoadingPolicy": policy}


def test_locals_live_in_one_state_execution(calls: Calls, worker: ScriptedWorker) -> None:
    stored = nothing(upsertStateLocals=pairs({"l": "local"}), recordEvents=pairs({"e": "event"}))
    worker.state(calls.type, "S1", stored, decide(to("S2")))
    worker.state(calls.type, "S2", nothing(), complete())
    workflow_id = calls.start()
    calls.wait(workflow_id)
    first, second = worker.calls(workflow_id, "execute")
    assert unpaired(first.request["stateLocals"]) == {"l": "local"}
    assert not second.request.get("stateLocals")


def test_wait_until_writes_before_execute_reads(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", nothing(upsertDataObjects=pairs({"a": "A", "b": "B"})), complete())
    workflow_id = calls.start(options={"dataAttributes": pairs({"z": "init", "a": "old"})})
    calls.wait(workflow_id)
    (execute,) = worker.calls(workflow_id, "execute")
    assert execute.request["DataObjects"] == pairs({"a": "A", "b": "B", "z": "init"})
    assert calls.attributes(workflow_id) == {"a": "A", "b": "B", "z": "init"}


def test_state_options_select_what_is_loaded(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", nothing(), decide(to("S2", "i", loading("LOAD_PARTIAL_WITHOUT_LOCKING", "b"))))
    worker.state(calls.type, "S2", execute=decide(to("S3", options=loading("LOAD_NONE"))))
    worker.state(calls.type, "S3", execute=complete("ok"))
    workflow_id = calls.start(options={"dataAttributes": pairs({"a": 1, "b": 2})})
    assert calls.outputs(workflow_id) == [("S3-1", "ok")]
    second, third = worker.calls(workflow_id, "execute", "S2")[0], worker.calls(workflow_id, "execute", "S3")[0]
    assert second.request["stateInput"] == encoded("i")
    assert unpaired(second.request["DataObjects"]) == {"b": 2}
    assert unpaired(third.request.get("DataObjects")) == {}


def test_attributes_set_by_a_client_reach_the_next_state(calls: Calls, worker: ScriptedWorker) -> None:
    worker.state(calls.type, "S1", parked(), complete())
    workflow_id = calls.start()
    calls.set_attributes(workflow_id, a={"deep": [1, None, "ü"]}).ok()
    calls.publish(workflow_id, "ch", 1).ok()
    calls.wait(workflow_id)
    (execute,) = worker.calls(workflow_id, "execute")
    assert unpaired(execute.request["DataObjects"]) == {"a": {"deep": [1, None, "ü"]}}


def test_each_type_of_search_attribute_comes_back_as_written(calls: Calls, worker: ScriptedWorker) -> None:
    written: list[Json] = [
        {"key": "CustomBoolField", "boolValue": True, "valueType": "BOOL"},
        {"key": "CustomDatetimeField", "stringValue": "2030-01-02T03:04:05Z", "valueType": "DATETIME"},
        {"key": "CustomDoubleField", "doubleValue": 1.5, "valueType": "DOUBLE"},
        {"key": "CustomIntField", "integerValue": -3, "valueType": "INT"},
        {"key": "CustomKeywordArrayField", "stringArrayValue": ["x", "y"], "valueType": "KEYWORD_ARRAY"},
        {"key": "CustomKeywordField", "stringValue": "k", "valueType": "KEYWORD"},
    ]
    worker.state(calls.type, "S1", nothing(upsertSearchAttributes=written), decide(to("S2")))
    worker.state(calls.type, "S2", parked(), complete())
    workflow_id = calls.start()
    worker.await_calls(workflow_id, "wait", "S2")
    (execute,) = worker.calls(workflow_id, "execute", "S1")
    keys = [{"key": item["key"], "valueType": item["valueType"]} for item in written]
    stored = calls.on(workflow_id, "searchattributes/get", keys=keys).ok()["searchAttributes"]
    for seen in (execute.request["searchAttributes"], stored):
        assert sorted(seen, key=lambda item: str(item["key"])) == written
    calls.on(workflow_id, "stop").ok()
