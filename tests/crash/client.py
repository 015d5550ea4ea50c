"""A client that does not give up: what gets no answer is sent again, until the engine is back."""

import time
from typing import Any

import httpx

from tests.iwf_script import Json, encoded

GIVE_UP_SECONDS = 120.0


class Lost(Exception):
    """A workflow did not get where it should in time, or the engine answered what it never should."""


class PersistentCalls:
    """Calls of one thread.

    Attributes:
        repeated: how many calls had to be sent again.
    """

    def __init__(self, server: str, worker: str) -> None:
        self._server = server
        self._worker = worker
        # A dead connection must show at once: a pool would hand out sockets of the engine that was killed.
        self._http = httpx.Client(timeout=30)
        self.repeated = 0

    def close(self) -> None:
        self._http.close()

    def start(self, flow: str, workflow_id: str, state: str, given: object = None, **fields: Any) -> None:
        """Start a workflow; a second try finds the first one's."""
        body: Json = {
            "iwfWorkflowType": flow,
            "workflowTimeoutSeconds": 3600,
            "iwfWorkerUrl": self._worker,
            "startStateId": state,
            "workflowStartOptions": {
                "idReusePolicy": "DISALLOW_REUSE",
                "workflowAlreadyStartedOptions": {"ignoreAlreadyStartedError": True, "requestId": workflow_id},
            },
            **fields,
        }
        if given is not None:
            body["stateInput"] = encoded(given)
        self._persist("start", workflow_id, body, already_done="WORKFLOW_ALREADY_STARTED_SUB_STATUS")

    def rpc(self, workflow_id: str, name: str, **fields: Any) -> Json:
        """An RPC; its worker code must bear being called again."""
        answer, _ = self._persist("rpc", workflow_id, {"rpcName": name, "timeoutSeconds": 10, **fields})
        return answer

    def signal(self, workflow_id: str, name: str, value: object) -> int:
        """Send a signal until one is acknowledged; returns the number of tries."""
        _, tries = self._persist("signal", workflow_id, {"signalChannelName": name, "signalValue": encoded(value)})
        return tries

    def result(self, workflow_id: str) -> Json:
        """Wait until the workflow has closed.

        Raises:
            Lost: it does not.
        """
        answer, _ = self._persist("getWithWait", workflow_id, {"waitTimeSeconds": 20, "needsResults": True})
        return answer

    def _persist(self, path: str, workflow_id: str, body: Json, already_done: str = "") -> tuple[Json, int]:
        deadline = time.monotonic() + GIVE_UP_SECONDS
        tries = 0
        while True:
            tries += 1
            status, answer = self._once(path, {"workflowId": workflow_id, **body})
            if status == 200 or (already_done and answer.get("subStatus") == already_done):
                return answer, tries
            worth_another_try = status in {0, 420, 429, 500, 502, 503, 504}
            if not worth_another_try or time.monotonic() > deadline:
                raise Lost(f"{path}: {status} {answer}")
            self.repeated += status != 420
            if status != 420:
                time.sleep(0.05)  # no synchronisation: a pause between tries while the engine is down

    def _once(self, path: str, body: Json) -> tuple[int, Json]:
        try:
            response = self._http.post(f"{self._server}/api/v1/workflow/{path}", json=body)
        except httpx.TransportError as error:
            return 0, {"detail": repr(error)}
        return response.status_code, response.json() if response.content else {}
