"""The stand-in over HTTP: POST /v1/responses with structured output and ``previous_response_id``, errors as OpenAI's.

Loopback only by default. With a data folder the responses survive a restart; the newest ``KEPT`` are known.
"""

import argparse
import json
import logging
import signal
import sys
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from inbox_agent.conversation.turn.prompt import read_input
from inbox_agent.demo.model.reading import REMARK
from inbox_agent.demo.model.understanding import understand
from inbox_agent.hosts_and_ports import cannot_listen, host_argument, port_argument
from inbox_agent.private_files import close_to_others, make_private_folder

MODEL = "standin-model"
KEPT = 10_000
MAX_REQUEST_BYTES = 4 * 1024 * 1024

log = logging.getLogger(__name__)


class ApiError(Exception):
    """An answer of OpenAI's error shape."""

    def __init__(self, status: int, message: str, kind: str, code: str | None = None, param: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"message": message, "type": kind, "param": param, "code": code}}


@dataclass(frozen=True, slots=True)
class Remembered:
    """A response that a later request may go on from: its tokens, those of the chain before it included."""

    tokens: int


class Memory:
    """The ids that ``previous_response_id`` may name. Thread-safe; kept in an append-only file when given a folder."""

    def __init__(self, folder: Path | None) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Remembered] = OrderedDict()
        self._file = None
        if folder is not None:
            make_private_folder(folder)
            path = folder / "responses.jsonl"
            close_to_others([path])
            self._load(path)
            self._file = path.open("a", encoding="utf-8")

    def _load(self, path: Path) -> None:
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        for line in lines[-KEPT:]:
            try:
                entry = json.loads(line)
                self._known[str(entry["id"])] = Remembered(int(entry["tokens"]))
            except (ValueError, KeyError, TypeError):
                log.warning("a line of %s is cut and was left out", path.name)

    def find(self, response_id: str) -> Remembered | None:
        with self._lock:
            return self._known.get(response_id)

    def keep(self, response_id: str, remembered: Remembered) -> None:
        with self._lock:
            self._known[response_id] = remembered
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
            if self._file is not None:
                self._file.write(json.dumps({"id": response_id, "tokens": remembered.tokens}) + "\n")
                self._file.flush()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def _input_text(given: Any) -> str:
    """The newest user text of ``input``: a string, or items of messages whose content is text or parts."""
    if isinstance(given, str):
        return given
    if not isinstance(given, list):
        raise ApiError(400, "Missing required parameter: 'input'.", "invalid_request_error", param="input")
    for item in reversed(given):
        if isinstance(item, dict) and item.get("role", "user") == "user":
            content = item.get("content", "")
            if isinstance(content, str):
                return content
            if isinstance(content, list):
                return "\n".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return ""


def create_response(request: Any, memory: Memory) -> dict[str, Any]:
    """One response object of the Responses API.

    Raises:
        ApiError: what OpenAI would refuse, or what the stand-in cannot do.
    """
    if not isinstance(request, dict) or not request.get("model"):
        raise ApiError(400, "Missing required parameter: 'model'.", "invalid_request_error", param="model")
    if request.get("stream"):
        raise ApiError(400, "The stand-in does not stream.", "invalid_request_error", param="stream")
    previous = request.get("previous_response_id")
    before = memory.find(previous) if isinstance(previous, str) else None
    if previous and before is None:
        message = f"Previous response with id '{previous}' not found."
        raise ApiError(400, message, "invalid_request_error", "previous_response_not_found", "previous_response_id")
    text = _input_text(request.get("input"))
    wants_json = (request.get("text") or {}).get("format", {}).get("type") == "json_schema"
    answer = understand(read_input(text)).model_dump_json() if wants_json else REMARK
    # Tokens as a tokenizer would roughly count them; the chain before is charged again, as with the real service.
    input_tokens = (before.tokens if before else 0) + (len(text) + len(str(request.get("instructions") or ""))) // 4 + 1
    output_tokens = len(answer) // 4 + 1
    response_id = f"resp_{uuid.uuid4().hex}"
    if request.get("store") is not False:
        memory.keep(response_id, Remembered(input_tokens + output_tokens))
    return _response_object(request, response_id, answer, input_tokens, output_tokens)


def _response_object(
    request: dict[str, Any], response_id: str, answer: str, input_tokens: int, output_tokens: int
) -> dict[str, Any]:
    message = {
        "id": f"msg_{uuid.uuid4().hex}",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [{"type": "output_text", "text": answer, "annotations": [], "logprobs": []}],
    }
    return {
        "id": response_id,
        "object": "response",
        "created_at": int(time.time()),
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "instructions": request.get("instructions"),
        "max_output_tokens": request.get("max_output_tokens"),
        "model": request["model"],
        "output": [message],
        "parallel_tool_calls": True,
        "previous_response_id": request.get("previous_response_id"),
        "reasoning": {"effort": None, "summary": None},
        "store": request.get("store") is not False,
        "temperature": 0.0,
        "text": request.get("text") or {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": {
            "input_tokens": input_tokens,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": output_tokens,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": input_tokens + output_tokens,
        },
        "user": None,
        "metadata": request.get("metadata") or {},
    }


class Handler(BaseHTTPRequestHandler):
    """The routes. The server carries the memory."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "StandinServer"

    def do_GET(self) -> None:
        """GET /v1/models, /v1/models/NAME and /health."""
        path = self.path.partition("?")[0].rstrip("/")
        described = {"id": MODEL, "object": "model", "created": 0, "owned_by": "inbox-agent, no AI model"}
        if path == "/v1/models":
            self._send(200, {"object": "list", "data": [described]})
        elif path.startswith("/v1/models/"):
            self._send(200, described | {"id": path.rpartition("/")[2]})
        elif path == "/health":
            self._send(200, {"status": "ok", "model": "stand-in, no AI model"})
        else:
            self._refuse(ApiError(404, f"Invalid URL (GET {path})", "invalid_request_error"))

    def do_POST(self) -> None:
        """POST /v1/responses."""
        try:
            content = self._content()
            if self.path.partition("?")[0].rstrip("/") != "/v1/responses":
                raise ApiError(404, f"Invalid URL (POST {self.path})", "invalid_request_error")
            if not self.headers.get("Authorization", "").removeprefix("Bearer ").strip():
                raise ApiError(401, "You didn't provide an API key.", "invalid_request_error", "invalid_api_key")
            try:
                request = json.loads(content)
            except ValueError:
                raise ApiError(400, "The body is not valid JSON.", "invalid_request_error") from None
            self._send(200, create_response(request, self.server.memory))
        except ApiError as error:
            self._refuse(error)

    def _content(self) -> bytes:
        """The body; always read or the connection closed, so that the next request on it starts at its beginning."""
        length = self.headers.get("Content-Length", "")
        if not length.isdigit():
            self.close_connection = True
            raise ApiError(411, "Content-Length is missing.", "invalid_request_error")
        if int(length) > MAX_REQUEST_BYTES:
            self.close_connection = True
            raise ApiError(413, "The request is too large.", "invalid_request_error")
        return self.rfile.read(int(length))

    def _refuse(self, error: ApiError) -> None:
        self._send(error.status, error.body)

    def _send(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Request-Id", f"req_{uuid.uuid4().hex}")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Requests go to the log at DEBUG, without bodies."""
        log.debug(format, *args)


class StandinServer(ThreadingHTTPServer):
    """A thread per connection; ends without waiting for idle ones."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], memory: Memory) -> None:
        super().__init__(address, Handler)
        self.memory = memory

    @property
    def base_url(self) -> str:
        """What ``OPENAI_BASE_URL`` has to be."""
        return f"http://{self.server_address[0]!s}:{self.server_address[1]}/v1"


def main(argv: Sequence[str] | None = None) -> int:
    """``inbox-agent standin-model``: serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(
        prog="inbox-agent standin-model",
        description="A stand-in that speaks OpenAI's Responses API. It is no AI model: it answers by simple rules.",
    )
    parser.add_argument(
        "--host", type=host_argument, default="127.0.0.1", help="address to listen on (default: %(default)s)"
    )
    parser.add_argument(
        "--port", type=port_argument, default=8124, help="port, 0 takes a free one (default: %(default)s)"
    )
    parser.add_argument("--data", type=Path, help="folder that keeps the responses over a restart (default: in memory)")
    options = parser.parse_args(argv)
    memory = Memory(options.data)
    try:
        server = StandinServer((options.host, options.port), memory)
    except OSError as error:
        memory.close()
        print(f"standin-model: {cannot_listen(options.host, options.port, error)}", file=sys.stderr)
        return 2
    log.warning("this is the stand-in, no AI model: it answers by simple rules")
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"standin-model (no AI model) ready on {server.base_url}", flush=True)
    try:
        server.serve_forever(poll_interval=0.2)
    finally:
        server.server_close()
        memory.close()
    return 0
