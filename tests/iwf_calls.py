"""Raw calls of an iWF server: what a client sends and what comes back, nothing hidden by a library."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from tests.iwf_script import Json, decoded, encoded, pairs, unpaired

T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """Status and JSON body of a response."""

    status: int
    body: Json

    @property
    def sub_status(self) -> str | None:
        return self.body.get("subStatus")

    def ok(self) -> Json:
        """The body of a success; fails the test on anything else."""
        assert self.status == 200, f"{self.status}: {self.body}"
        return self.body


class Calls:
    """Calls with a workflow type and a worker URL fixed.

    Attributes:
        type: the workflow type that ``start`` uses.
    """

    def __init__(self, http: httpx.Client, server: str, worker: str, workflow_type: str) -> None:
        self.type = workflow_type
        self._http = http
        self._server = server
        self._worker = worker

    def post(self, path: str, body: Json) -> Answer:
        """POST /api/v1/workflow/<path>."""
        response = self._http.post(f"{self._server}/api/v1/workflow/{path}", json=body)
        return Answer(response.status_code, response.json() if response.content else {})

    def on(self, workflow_id: str, path: str, **fields: Any) -> Answer:
        """POST with the workflow's id."""
        return self.post(path, {"workflowId": workflow_id, **fields})

    def try_start(
        self,
        workflow_id: str | None = None,
        *,
        state: str | None = "S1",
        given: object = None,
        timeout: int = 60,
        options: Json | None = None,
        **fields: Any,
    ) -> tuple[str, Answer]:
        """Start a workflow; ``given`` is the input of its first state, ``options`` the workflowStartOptions."""
        workflow_id = workflow_id or f"{self.type}-{uuid.uuid4().hex[:8]}"
        body: Json = {
            "workflowId": workflow_id,
            "iwfWorkflowType": self.type,
            "workflowTimeoutSeconds": timeout,
            "iwfWorkerUrl": self._worker,
            **fields,
        }
        if state is not None:
            body["startStateId"] = state
        if given is not None:
            body["stateInput"] = encoded(given)
        if options is not None:
            body["workflowStartOptions"] = options
        return workflow_id, self.post("start", body)

    def start(self, workflow_id: str | None = None, **fields: Any) -> str:
        """Start a workflow that must start; returns its id."""
        workflow_id, answer = self.try_start(workflow_id, **fields)
        answer.ok()
        return workflow_id

    def get(self, workflow_id: str, **fields: Any) -> Json:
        return self.on(workflow_id, "get", **fields).ok()

    def wait(self, workflow_id: str, seconds: int = 20, **fields: Any) -> Json:
        """Wait until the workflow has closed."""
        return self.on(workflow_id, "getWithWait", waitTimeSeconds=seconds, needsResults=True, **fields).ok()

    def outputs(self, workflow_id: str) -> list[tuple[str, Any]]:
        """The outputs of a workflow that completes: state execution id and value."""
        closed = self.wait(workflow_id)
        assert closed["workflowStatus"] == "COMPLETED", closed
        return [
            (result["completedStateExecutionId"], decoded(result.get("completedStateOutput")))
            for result in closed.get("results") or ()
        ]

    def rpc(self, workflow_id: str, name: str, **fields: Any) -> Answer:
        return self.on(workflow_id, "rpc", rpcName=name, **fields)

    def signal(self, workflow_id: str, name: str, value: object) -> Answer:
        return self.on(workflow_id, "signal", signalChannelName=name, signalValue=encoded(value))

    def publish(self, workflow_id: str, name: str, *values: object) -> Answer:
        messages = [{"channelName": name, "value": encoded(value)} for value in values]
        return self.on(workflow_id, "publishToInternalChannel", messages=messages)

    def attributes(self, workflow_id: str, *keys: str) -> Json:
        """Data attributes, all or those named."""
        wanted = {"keys": list(keys)} if keys else {}
        return unpaired(self.on(workflow_id, "dataobjects/get", **wanted).ok().get("objects"))

    def set_attributes(self, workflow_id: str, **values: object) -> Answer:
        return self.on(workflow_id, "dataobjects/set", objects=pairs(values))

    def search(self, query: str, **fields: Any) -> Answer:
        return self.post("search", {"query": query, **fields})

    def await_status(self, workflow_id: str, status: str, seconds: float = 10) -> Json:
        """Poll until the workflow has this status."""
        return until(lambda: self.get(workflow_id), lambda found: found["workflowStatus"] == status, seconds)


def until(look: Callable[[], T], good: Callable[[T], bool], seconds: float = 10) -> T:
    """Look again and again until it is good; fails after the deadline with what was seen last."""
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if good(seen):
            return seen
        assert time.monotonic() < deadline, f"not within {seconds} s; last seen: {seen}"
        time.sleep(0.02)
