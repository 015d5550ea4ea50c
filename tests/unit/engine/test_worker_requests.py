"""The bodies that workers get."""

from inbox_agent.engine import events as ev
from inbox_agent.engine.protocol import RpcRequest
from inbox_agent.engine.wire import CommandRequest, KeyValue, WaitUntilResponse
from inbox_agent.engine.worker_requests import EXECUTE_PATH, RPC_PATH, WAIT_UNTIL_PATH, rpc_call, state_call
from tests.unit.engine.simulated_run import SimulatedRun, encoded, message, start_request

DATA = ev.DataSet(objects=[KeyValue(key="b", value=encoded("2")), KeyValue(key="a")])


def test_wait_until_gets_input_data_and_context() -> None:
    run = SimulatedRun(start_request("S", stateInput={"encoding": "json", "data": "in"}), now=5_000)
    run.apply(DATA)
    path, body = state_call(run.state, run.state.executions["S-1"])
    assert path == WAIT_UNTIL_PATH
    assert body == {
        "context": {
            "workflowId": "w",
            "workflowRunId": "run-1",
            "workflowStartedTimestamp": 5,
            "stateExecutionId": "S-1",
            "attempt": 1,
            "firstAttemptTimestamp": 5,
        },
        "workflowType": "T",
        "workflowStateId": "S",
        "stateInput": {"encoding": "json", "data": "in"},
        "dataObjects": [{"key": "a"}, {"key": "b", "value": {"encoding": "json", "data": "2"}}],
    }


def test_execute_gets_what_it_waited_for_and_the_states_locals() -> None:
    run = SimulatedRun(start_request("S"))
    wanted = CommandRequest.model_validate(
        {"commandWaitingType": "ANY_COMPLETED", "interStateChannelCommands": [{"commandId": "c", "channelName": "ch"}]}
    )
    local = KeyValue(key="l", value=encoded("1"))
    run.answer("S-1", WaitUntilResponse(command_request=wanted, upsert_state_locals=[local]))
    run.apply(ev.Published(messages=[message("ch", "m")]))
    path, body = state_call(run.state, run.state.executions["S-1"])
    assert path == EXECUTE_PATH
    assert body["commandResults"]["interStateChannelResults"][0]["value"] == {"encoding": "json", "data": "m"}
    assert body["stateLocals"] == [{"key": "l", "value": {"encoding": "json", "data": "1"}}]
    assert body["DataObjects"] == []


def test_a_state_without_wait_until_is_told_of_no_commands() -> None:
    run = SimulatedRun(start_request("S", stateOptions={"skipWaitUntil": True}))
    _, body = state_call(run.state, run.state.executions["S-1"])
    assert "commandResults" not in body


def test_an_rpc_sees_how_much_is_in_the_channels() -> None:
    run = SimulatedRun(start_request(None))
    run.apply(ev.Signaled(channel_name="s"))
    run.apply(ev.Published(messages=[message("c"), message("c")]))
    path, body = rpc_call(run.state, RpcRequest(workflow_id="w", rpc_name="r", input=encoded("1")))
    assert path == RPC_PATH
    assert (body["signalChannelInfos"], body["internalChannelInfos"]) == ({"s": {"size": 1}}, {"c": {"size": 2}})
    assert body["context"] == {"workflowId": "w", "workflowRunId": "run-1", "workflowStartedTimestamp": 1000}
    assert (body["rpcName"], body["input"]) == ("r", {"encoding": "json", "data": "1"})
