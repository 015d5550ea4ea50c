import logging
from typing import Any

import pytest
from flask.testing import FlaskClient
from iwf.command_request import CommandRequest, TimerCommand
from iwf.command_results import CommandResults
from iwf.communication import Communication
from iwf.object_encoder import ObjectEncoder
from iwf.persistence import Persistence
from iwf.registry import Registry
from iwf.rpc import rpc
from iwf.state_decision import StateDecision
from iwf.state_schema import StateSchema
from iwf.worker_service import WorkerService
from iwf.workflow import ObjectWorkflow
from iwf.workflow_context import WorkflowContext
from iwf.workflow_state import WorkflowState

from inbox_agent.errors import SendUnavailable
from inbox_agent.web.worker import create_worker_app

CONTEXT = {"workflowId": "w", "workflowRunId": "r", "workflowStartedTimestamp": 1, "stateExecutionId": "S-1"}


class WaitingState(WorkflowState[str]):
    def wait_until(
        self, ctx: WorkflowContext, input: str, persistence: Persistence, communication: Communication
    ) -> CommandRequest:
        request: CommandRequest = CommandRequest.for_any_command_completed(TimerCommand.by_seconds(60))
        return request

    def execute(
        self,
        ctx: WorkflowContext,
        input: str,
        command_results: CommandResults,
        persistence: Persistence,
        communication: Communication,
    ) -> StateDecision:
        if input == "late":
            raise SendUnavailable("the server asks to wait")
        if input.startswith("Dear"):
            raise ValueError(f"cannot read {input!r}")
        return StateDecision.graceful_complete_workflow(input.upper())


class EchoWorkflow(ObjectWorkflow):
    def get_workflow_states(self) -> StateSchema:
        schema: StateSchema = StateSchema.with_starting_state(WaitingState())
        return schema

    @rpc()  # type: ignore[untyped-decorator] # the SDK's decorator has no types
    def echo(self, words: str) -> str:
        return words[::-1]


@pytest.fixture
def worker() -> FlaskClient:
    registry = Registry()  # type: ignore[no-untyped-call] # the SDK's constructor has no types
    registry.add_workflow(EchoWorkflow())
    return create_worker_app(WorkerService(registry)).test_client()


def json_object(value: Any) -> dict[str, Any]:
    return dict(value.to_dict())


def encoded(text: str) -> dict[str, Any]:
    return json_object(ObjectEncoder.default.encode(text))


def call(client: FlaskClient, path: str, **body: Any) -> Any:
    return client.post(path, json={"context": CONTEXT, "workflowType": "EchoWorkflow"} | body)


def execute(client: FlaskClient, text: str) -> Any:
    path = WorkerService.api_path_workflow_state_execute
    return call(client, path, workflowStateId="WaitingState", stateInput=encoded(text), commandResults={})


def test_wait_until_answers_with_its_commands(worker: FlaskClient) -> None:
    path = WorkerService.api_path_workflow_state_wait_until
    response = call(worker, path, workflowStateId="WaitingState", stateInput=encoded("x"))
    assert response.status_code == 200
    assert response.json["commandRequest"]["timerCommands"][0]["durationSeconds"] == 60


def test_execute_answers_with_its_decision(worker: FlaskClient) -> None:
    response = execute(worker, "done")
    assert response.status_code == 200
    (movement,) = response.json["stateDecision"]["nextStates"]
    assert movement["stateId"] == "_SYS_GRACEFUL_COMPLETING_WORKFLOW"
    assert movement["stateInput"]["data"] == '"DONE"'


def test_rpc_answers_with_its_output(worker: FlaskClient) -> None:
    response = call(worker, WorkerService.api_path_workflow_worker_rpc, rpcName="echo", input=encoded("abc"))
    assert response.status_code == 200
    assert response.json["output"]["data"] == '"cba"'


def test_an_error_of_ours_reaches_the_engine_with_its_message(worker: FlaskClient) -> None:
    response = execute(worker, "late")
    assert response.status_code == 500
    assert response.json["errorType"] == "SendUnavailable"
    assert "the server asks to wait" in response.json["detail"]


def test_any_other_error_tells_its_place_and_no_mail(worker: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        response = execute(worker, "Dear Sam, 42")
    assert response.status_code == 500
    assert response.json["errorType"] == "ValueError"
    assert "execute" in response.json["detail"]
    assert "Dear" not in response.text
    assert "Dear" not in caplog.text
    assert "ValueError" in caplog.text


def test_what_is_no_call_is_refused(worker: FlaskClient) -> None:
    path = WorkerService.api_path_workflow_state_execute
    assert worker.post(path, data=b"{", content_type="application/json").status_code == 400
    assert worker.post(path, data=b"x").status_code == 415
    assert worker.get(path).status_code == 405
    assert worker.get("/nothing").status_code == 404


def test_health(worker: FlaskClient) -> None:
    assert worker.get("/healthz").json == {"status": "ok"}
