"""Serving a WSGI application with waitress until told to stop, then finishing what is under way."""

import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

from inbox_agent.web.connections import IDLE_SECONDS, MAX_WAITING, Watch

_POLL_SECONDS = 1.0
_DRAIN_SECONDS = 5.0
_CONNECTIONS = 1000
_WATCH_SECONDS = 0.5


class WebServer:
    """One listening socket and its threads. Bound on construction, so that a taken port fails early.

    waitress can be left by a signal only, which reaches just one server of a process; hence the loop of our own.

    Raises:
        OSError: the address cannot be bound.
    """

    def __init__(self, app: Flask, host: str, port: int, threads: int = 8) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # Bound here and not by waitress, which leaves sockets and threads behind when the port is taken.
        listening = socket.create_server((host, port), family=family)
        self.port = int(listening.getsockname()[1])
        self._sockets: dict[int, Any] = {}
        self._stopping = threading.Event()
        self._watch = Watch()
        self._watched_at = 0.0
        self._server: Any = create_server(
            app,
            map=self._sockets,
            sockets=[listening],
            threads=threads,
            connection_limit=_CONNECTIONS,
            channel_timeout=round(IDLE_SECONDS),
            asyncore_use_poll=True,
            # The application decides whether a proxy is to be believed.
            clear_untrusted_proxy_headers=False,
            ident="inbox-agent",
        )

    def run(self) -> None:
        """Serve until ``stop``; requests under way are finished first, but at most 5 s."""
        try:
            while not self._stopping.is_set():
                self._step(_POLL_SECONDS)
                self._watch_connections()
            self._server.del_channel()
            self._server.socket.close()
            deadline = time.monotonic() + _DRAIN_SECONDS
            while self._busy() and time.monotonic() < deadline:
                self._step(0.1)
        finally:
            self._stopping.set()
            self._server.task_dispatcher.shutdown(timeout=1)
            wasyncore.close_all(self._sockets)
            self._server.close()

    def stop(self) -> None:
        """Make ``run`` return. May be called from any thread and more than once."""
        if not self._stopping.is_set():
            self._stopping.set()
            self._server.pull_trigger()

    def _step(self, seconds: float) -> None:
        wasyncore.loop(timeout=seconds, use_poll=True, map=self._sockets, count=1)

    def _watch_connections(self) -> None:
        channels = list(self._server.active_channels.values())
        now = time.time()
        if len(channels) > MAX_WAITING or now - self._watched_at >= _WATCH_SECONDS:
            self._watched_at = now
            self._watch.close_late(channels, now)

    def _busy(self) -> bool:
        return any(channel.requests or channel.total_outbufs_len for channel in self._server.active_channels.values())


def serve(
    app: Flask,
    host: str,
    port: int,
    threads: int = 8,
    *,
    stop: threading.Event | None = None,
    on_ready: Callable[[int], None] | None = None,
) -> None:
    """Serve until ``stop`` is set, or for ever.

    Args:
        port: 0 takes a free one.
        on_ready: is told the port as soon as connections are accepted.

    Raises:
        OSError: the address cannot be bound.
    """
    server = WebServer(app, host, port, threads)
    if on_ready is not None:
        on_ready(server.port)
    finished = threading.Event()
    if stop is not None:
        threading.Thread(target=_stop_when, args=(stop, finished, server), name="web-stop", daemon=True).start()
    try:
        server.run()
    finally:
        finished.set()


def _stop_when(stop: threading.Event, finished: threading.Event, server: WebServer) -> None:
    while not finished.is_set():
        if stop.wait(0.2):
            server.stop()
            return
