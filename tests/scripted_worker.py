"""A worker over HTTP whose answers are scripted, and which remembers what it was asked."""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.iwf_script import Json

APIS = {
    "/api/v1/workflowState/start": "wait",
    "/api/v1/workflowState/decide": "execute",
    "/api/v1/workflowWorker/rpc": "rpc",
}


@dataclass(frozen=True)
class Reply:
    """An answer with a status of its own."""

    status: int
    body: Json


Answer = Json | Reply | Callable[[Json], "Json | Reply"]


@dataclass(frozen=True)
class Call:
    """One call of the server: ``api`` is wait, execute or rpc; ``name`` the state or RPC; ``at`` seconds, monotonic."""

    api: str
    name: str
    request: Json
    at: float

    @property
    def attempt(self) -> int:
        return int(self.request["context"].get("attempt", 1))

    @property
    def execution(self) -> str:
        return str(self.request["context"].get("stateExecutionId", ""))


class ScriptedWorker:
    """Answers by workflow type, so that tests which use types of their own do not meet.

    Attributes:
        url: where it listens, on loopback.
    """

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._answers: dict[tuple[str, str, str], Answer] = {}
        self._calls: dict[str, list[Call]] = {}
        self._changed = threading.Condition()

    def state(
        self, workflow_type: str, state_id: str, wait: Answer | None = None, execute: Answer | None = None
    ) -> None:
        """Script a state; an API left out answers 501."""
        for api, answer in (("wait", wait), ("execute", execute)):
            if answer is not None:
                self._answers[workflow_type, api, state_id] = answer

    def rpc(self, workflow_type: str, name: str, answer: Answer) -> None:
        """Script an RPC."""
        self._answers[workflow_type, "rpc", name] = answer

    def calls(self, workflow_id: str, api: str | None = None, name: str | None = None) -> list[Call]:
        """The calls for a workflow, in the order in which they came."""
        with self._changed:
            found = list(self._calls.get(workflow_id, ()))
        return [call for call in found if api in (None, call.api) and name in (None, call.name)]

    def await_calls(self, workflow_id: str, api: str, name: str, count: int = 1, seconds: float = 15) -> list[Call]:
        """Wait until that many calls came; fail when they do not."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while True:
                found = [call for call in self._calls.get(workflow_id, ()) if (call.api, call.name) == (api, name)]
                if len(found) >= count:
                    return found
                left = deadline - time.monotonic()
                assert left > 0, f"{len(found)} of {count} calls of {api} {name} within {seconds} s"
                self._changed.wait(left)

    def answer(self, path: str, request: Json) -> tuple[int, Json]:
        """What to answer; remembers the call."""
        api = APIS[path]
        name = str(request["rpcName"] if api == "rpc" else request["workflowStateId"])
        with self._changed:
            call = Call(api, name, request, time.monotonic())
            self._calls.setdefault(request["context"]["workflowId"], []).append(call)
            self._changed.notify_all()
        answer = self._answers.get((request["workflowType"], api, name))
        if answer is None:
            return 501, {"detail": f"no script for {api} {name}", "errorType": "NoScript"}
        reply = answer(request) if callable(answer) else answer
        return (reply.status, reply.body) if isinstance(reply, Reply) else (200, reply)


@contextmanager
def running_worker() -> Iterator[ScriptedWorker]:
    """A scripted worker on a free port, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1  # one segment an answer

        def log_message(self, format: str, *args: Any) -> None:
            pass

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["content-length"])))
            status, body = worker.answer(self.path, request)
            payload = json.dumps(body).encode()
            with suppress(ConnectionError):  # the server gave up waiting: what it does then is what tests look at
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 256

        def handle_error(self, request: Any, client_address: Any) -> None:
            if not isinstance(sys.exception(), ConnectionError):  # the server died between two calls
                super().handle_error(request, client_address)

    server = Server(("127.0.0.1", 0), Handler)
    worker = ScriptedWorker(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield worker
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
