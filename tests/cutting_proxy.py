"""A TCP proxy that cuts the line in a chosen moment, as networks do."""

import contextlib
import socket
import threading
from types import TracebackType


class CuttingProxy:
    """Passes everything on until the server says ``trigger``; that is never delivered, both sides are closed instead.

    Args:
        cuts: how many times; afterwards everything passes.
    """

    def __init__(self, port: int, trigger: bytes, *, cuts: int = 1) -> None:
        self._target = port
        self._trigger = trigger
        self.cuts_left = cuts
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._threads = [threading.Thread(target=self._accept)]

    def __enter__(self) -> "CuttingProxy":
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(10)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            thread = threading.Thread(target=self._serve, args=[client, server])
            self._threads.append(thread)
            thread.start()

    def _serve(self, client: socket.socket, server: socket.socket) -> None:
        back = threading.Thread(target=self._pass_on, args=[client, server])
        back.start()
        with contextlib.suppress(OSError):
            while said := server.recv(65536):
                if self.cuts_left and self._trigger in said:
                    self.cuts_left -= 1
                    break
                client.sendall(said)
        for sock in (client, server):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        back.join(10)
        client.close()
        server.close()

    @staticmethod
    def _pass_on(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while said := source.recv(65536):
                target.sendall(said)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)
