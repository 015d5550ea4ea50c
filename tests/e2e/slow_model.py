"""A proxy before the stand-in model that answers some requests late, fails them, or counts them."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError
from urllib.request import Request, urlopen


class SlowModel:
    """Forwards the Responses API to the stand-in.

    Attributes:
        delays: seconds to wait before a request whose body holds this text is forwarded.
        failing: answer 503 to everything.
        requests: how many came.
        answers: how many answers were written.
        under_way: set while a delayed request is waiting.
    """

    def __init__(self, target_port: int) -> None:
        self.delays: dict[str, float] = {}
        self.failing = False
        self.requests = 0
        self.answers = 0
        self.under_way = threading.Event()
        self.released = threading.Event()
        model = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments: object) -> None:
                pass

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                model.requests += 1
                if model.fails(body):
                    return self._answer(503, b'{"error": {"message": "overloaded", "type": "server_error"}}')
                model.wait(body.decode("utf-8", "replace"))
                request = Request(f"http://127.0.0.1:{target_port}{self.path}", body, dict(self.headers))
                try:
                    with urlopen(request, timeout=30) as response:
                        return self._answer(response.status, model.answered(body, response.read()))
                except HTTPError as error:
                    return self._answer(error.code, error.read())

            def _answer(self, status: int, body: bytes) -> None:
                try:
                    self.send_response(status)
                    self.send_header("content-type", "application/json")
                    self.send_header("content-length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                    model.answers += 1
                except OSError:
                    pass  # the client was killed meanwhile, which is what these tests do

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def fails(self, body: bytes) -> bool:
        """Whether this request is answered 503."""
        return self.failing

    def answered(self, body: bytes, answer: bytes) -> bytes:
        """What the client gets for the stand-in's answer to this request."""
        return answer

    def wait(self, body: str) -> None:
        seconds = max((delay for text, delay in self.delays.items() if text in body), default=0.0)
        if seconds:
            self.under_way.set()
            self.released.wait(seconds)

    def reset(self) -> None:
        self.delays.clear()
        self.failing = False
        self.under_way.clear()
        self.released.clear()

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        time.sleep(0)
