"""A Responses API server whose answers a test writes: for what a mock of whole providers cannot be made to say."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from inbox_agent.conversation.turn_output import TurnOutput


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer. ``hold`` keeps the client waiting until the server stops."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hold: bool = False


def response(content: list[dict[str, Any]] | None, status: str = "completed", **fields: Any) -> Answer:
    """A response object with one message, or none."""
    message = {"id": "msg_1", "type": "message", "role": "assistant", "status": status, "content": content}
    body = {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "status": status,
        "model": "test",
        "output": [message] if content is not None else [],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": {
            "input_tokens": 100,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": 20,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 120,
        },
    }
    return Answer(body | fields)


def text(words: str) -> list[dict[str, Any]]:
    return [{"type": "output_text", "text": words, "annotations": [], "logprobs": []}]


def said(output: TurnOutput | None = None, **fields: Any) -> Answer:
    """A valid answer."""
    return response(text((output or TurnOutput(intents=("cancel",))).model_dump_json()), **fields)


def refused(status: int, code: str = "", headers: dict[str, str] | None = None) -> Answer:
    error = {"message": "no", "type": "error", "code": code or None, "param": None}
    return Answer({"error": error}, status, headers or {})


class ScriptedServer:
    """Gives the answers in order, the last one for ever, and keeps what it was asked."""

    def __init__(self, answers: list[Answer]) -> None:
        self.answers = list(answers)
        self.asked: list[dict[str, Any]] = []
        self.stopping = threading.Event()
        lock = threading.Lock()
        script = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with lock:
                    script.asked.append(request)
                    answer = script.answers.pop(0) if len(script.answers) > 1 else script.answers[0]
                if answer.hold:
                    script.stopping.wait(30)
                    return
                raw = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
                self.send_response(answer.status)
                headers = {"Content-Type": "application/json", "Content-Length": str(len(raw))} | answer.headers
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/v1"


@contextmanager
def scripted(*answers: Answer) -> Iterator[ScriptedServer]:
    server = ScriptedServer(list(answers))
    thread = threading.Thread(target=server.http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.http.shutdown()
        server.http.server_close()
        thread.join(5)
