"""An IMAP server that behaves badly on purpose: it knows one empty inbox and does in IDLE what it is told to."""

import contextlib
import re
import socket
import threading
from collections.abc import Callable
from types import TracebackType

Idle = Callable[[socket.socket], None]


class ScriptedImap:
    """Serves connections one after the other.

    Args:
        answer: asked first about each command; the untagged answer, "NO" or "HANG UP", or None for the usual one.
        idles: what each IDLE does after the continuation, the last one for all that follow. It may close the socket.
    """

    def __init__(
        self,
        idles: list[Idle],
        *,
        capabilities: str = "IMAP4rev1 IDLE UIDPLUS",
        answer: Callable[[str], str | None] = lambda command: None,
    ) -> None:
        self._special = answer
        self._idles = idles
        self._capabilities = capabilities
        self.next_uid = 1
        self.connections = 0
        self._idle_tag = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._accept)

    def __enter__(self) -> "ScriptedImap":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with client, client.makefile("rb") as lines, contextlib.suppress(OSError, ValueError):
                client.sendall(f"* OK [CAPABILITY {self._capabilities}] ready\r\n".encode())
                for line in lines:
                    self._answer(client, line.decode().strip())

    def _answer(self, client: socket.socket, line: str) -> None:
        if line == "DONE":
            client.sendall(b"%b OK done\r\n" % self._idle_tag)
            return
        tag, command = [*line.split(" "), ""][:2]
        special = self._special(line.partition(" ")[2])
        if special == "HANG UP":
            client.shutdown(socket.SHUT_RDWR)
            return
        if special is not None:
            answer = f"{tag} NO cannot\r\n" if special == "NO" else f"{special}{tag} OK done\r\n"
            client.sendall(answer.encode())
            return
        answers = {
            "CAPABILITY": f"* CAPABILITY {self._capabilities}\r\n",
            "SELECT": f"* {self.next_uid - 1} EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT {self.next_uid}] x\r\n",
            "LIST": '* LIST (\\HasNoChildren) "/" INBOX\r\n',
            "LOGOUT": "* BYE\r\n",
        }
        if command == "IDLE":
            self._idle_tag = tag.encode()
            client.sendall(b"+ idling\r\n")
            idle = self._idles.pop(0) if len(self._idles) > 1 else self._idles[0]
            idle(client)
            return
        assert re.fullmatch(r"[A-Z]+", command)
        client.sendall((answers.get(command, "") + f"{tag} OK {command} done\r\n").encode())
