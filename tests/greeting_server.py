"""A TCP server that greets, answers every line with the same words, or says nothing at all."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Answer = Callable[[bytes], bytes]


@contextmanager
def greeting_server(greeting: bytes = b"", answer: Answer = lambda line: b"") -> Iterator[int]:
    """The port on 127.0.0.1; ``answer`` gets each line that the client sends."""
    listening = socket.create_server(("127.0.0.1", 0))
    open_connections: list[socket.socket] = []

    def talk(connection: socket.socket) -> None:
        with suppress(OSError), connection, connection.makefile("rb") as lines:
            connection.sendall(greeting)
            for line in lines:
                connection.sendall(answer(line))

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                open_connections.append(connection)
                threading.Thread(target=talk, args=[connection], daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(listening.getsockname()[1])
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        for connection in open_connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def imap_answers(capabilities: bytes, login: bytes) -> Answer:
    """An IMAP server that knows CAPABILITY and LOGIN; ``login`` is NO, BAD or OK with its words."""

    def answer(line: bytes) -> bytes:
        tag, _, command = line.partition(b" ")
        if command.upper().startswith(b"CAPABILITY"):
            return b"* CAPABILITY IMAP4rev1 " + capabilities + b"\r\n" + tag + b" OK done\r\n"
        if command.upper().startswith((b"LOGIN", b"AUTHENTICATE")):
            return tag + b" " + login + b"\r\n"
        return tag + b" BAD unknown\r\n"

    return answer


def smtp_answers(extensions: list[bytes], login: bytes) -> Answer:
    """An SMTP server that knows EHLO and AUTH."""

    def answer(line: bytes) -> bytes:
        verb = line[:4].upper()
        if verb == b"EHLO":
            lines = [b"test", *extensions]
            return b"".join(b"250-" + one + b"\r\n" for one in lines[:-1]) + b"250 " + lines[-1] + b"\r\n"
        return login + b"\r\n" if verb == b"AUTH" else b"221 bye\r\n" if verb == b"QUIT" else b"500 unknown\r\n"

    return answer
