"""The bodies of the engine's calls to workers, built from the state at the moment of the call. Pure."""

from typing import Any

from inbox_agent.engine import commands, policies
from inbox_agent.engine.protocol import RpcRequest
from inbox_agent.engine.state import Execution, RunState
from inbox_agent.engine.wire import Wire

WAIT_UNTIL_PATH = "/api/v1/workflowState/start"
EXECUTE_PATH = "/api/v1/workflowState/decide"
RPC_PATH = "/api/v1/workflowWorker/rpc"


def state_call(state: RunState, execution: Execution) -> tuple[str, dict[str, Any]]:
    """Path and body of the call that an execution waits for."""
    api: policies.Api = "execute" if execution.phase == "execute" else "wait_until"
    options, movement, call = execution.options, execution.movement, execution.call
    assert call is not None, "only an execution with a call is called"
    body: dict[str, Any] = {
        "context": {
            **_context(state),
            "stateExecutionId": execution.state_execution_id,
            "attempt": call.attempt,
            "firstAttemptTimestamp": call.first_attempt_at // 1000,
        },
        "workflowType": state.workflow_type,
        "workflowStateId": movement.state_id,
    }
    if movement.state_input is not None:
        body["stateInput"] = dump(movement.state_input)
    attributes = policies.load_search(state.search_attributes, policies.search_policy(options, api))
    if attributes:
        body["searchAttributes"] = [dump(attribute) for attribute in attributes]
    data = policies.load_data(state.data, policies.data_policy(options, api))
    if api == "wait_until":
        if data:
            body["dataObjects"] = [dump(item) for item in data]
        return WAIT_UNTIL_PATH, body
    # The capital letter is the API's: its description has it so, and SDKs read just that.
    body["DataObjects"] = [dump(item) for item in data]
    if execution.has_wait_until:
        body["commandResults"] = commands.results_of(execution)
    if execution.state_locals:
        body["stateLocals"] = [dump(item) for item in execution.state_locals]
    return EXECUTE_PATH, body


def rpc_call(state: RunState, request: RpcRequest) -> tuple[str, dict[str, Any]]:
    """Path and body of a worker RPC."""
    data = policies.load_data(state.data, request.data_attributes_loading_policy)
    attributes = policies.load_search(state.search_attributes, request.search_attributes_loading_policy)
    body: dict[str, Any] = {
        "context": _context(state),
        "workflowType": state.workflow_type,
        "rpcName": request.rpc_name,
        "dataAttributes": [dump(item) for item in data],
        "signalChannelInfos": {name: {"size": len(waiting)} for name, waiting in sorted(state.signals.items())},
        "internalChannelInfos": {name: {"size": len(waiting)} for name, waiting in sorted(state.channels.items())},
    }
    if request.input is not None:
        body["input"] = dump(request.input)
    if attributes:
        body["searchAttributes"] = [dump(attribute) for attribute in attributes]
    return RPC_PATH, body


def dump(value: Wire) -> dict[str, Any]:
    return value.model_dump(by_alias=True, exclude_none=True)


def _context(state: RunState) -> dict[str, Any]:
    return {
        "workflowId": state.workflow_id,
        "workflowRunId": state.first_run_id,
        "workflowStartedTimestamp": state.started_at // 1000,
    }
