"""The real HTTP server: free ports, requests under way at the stop, a port that is taken."""

import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
import pytest
from flask import Flask

from inbox_agent.web.connections import HEAD_SECONDS
from inbox_agent.web.serve import WebServer, serve

DEADLINE = 10.0


@pytest.fixture
def running() -> Iterator[Callable[[Flask], tuple[str, threading.Event, threading.Thread]]]:
    started: list[tuple[threading.Event, threading.Thread]] = []

    def start(app: Flask) -> tuple[str, threading.Event, threading.Thread]:
        stop, ready = threading.Event(), threading.Event()
        ports: list[int] = []

        def on_ready(port: int) -> None:
            ports.append(port)
            ready.set()

        thread = threading.Thread(
            target=serve, args=(app, "127.0.0.1", 0, 4), kwargs={"stop": stop, "on_ready": on_ready}
        )
        thread.start()
        started.append((stop, thread))
        assert ready.wait(DEADLINE)
        return f"http://127.0.0.1:{ports[0]}", stop, thread

    yield start
    for stop, thread in started:
        stop.set()
        thread.join(DEADLINE)
        assert not thread.is_alive()


def test_a_request_under_way_is_finished_before_the_stop(
    running: Callable[[Flask], tuple[str, threading.Event, threading.Thread]],
) -> None:
    app = Flask("test")
    entered, go_on = threading.Event(), threading.Event()

    @app.get("/slow")
    def slow() -> str:
        entered.set()
        assert go_on.wait(DEADLINE)
        return "done"

    url, stop, thread = running(app)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(httpx.get, f"{url}/slow", timeout=DEADLINE)
        assert entered.wait(DEADLINE)
        stop.set()
        thread.join(0.5)
        assert thread.is_alive()
        go_on.set()
        assert answer.result(DEADLINE).text == "done"
    thread.join(DEADLINE)
    assert not thread.is_alive()
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_idle_connections_do_not_hold_up_the_stop(
    running: Callable[[Flask], tuple[str, threading.Event, threading.Thread]],
) -> None:
    app = Flask("test")
    app.add_url_rule("/", "index", lambda: "ok")
    url, stop, thread = running(app)
    with httpx.Client() as client:
        assert client.get(url).text == "ok"
        began = time.monotonic()
        stop.set()
        thread.join(DEADLINE)
        assert time.monotonic() - began < 4


def test_two_servers_in_one_process_stop_on_their_own(
    running: Callable[[Flask], tuple[str, threading.Event, threading.Thread]],
) -> None:
    app = Flask("test")
    app.add_url_rule("/", "index", lambda: "ok")
    _, stop_first, first = running(app)
    second_url, _, _ = running(app)
    stop_first.set()
    first.join(DEADLINE)
    assert not first.is_alive()
    assert httpx.get(second_url).text == "ok"


def test_a_taken_port_is_an_error_at_once() -> None:
    taken = WebServer(Flask("test"), "127.0.0.1", 0)
    try:
        with pytest.raises(OSError, match="in use"):
            WebServer(Flask("test"), "127.0.0.1", taken.port)
    finally:
        taken.stop()
        taken.run()


def half_a_request(url: str) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=DEADLINE)
    connection.sendall(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
    return connection


def test_a_thousand_half_requests_keep_nobody_out(
    running: Callable[[Flask], tuple[str, threading.Event, threading.Thread]],
) -> None:
    app = Flask("test")
    app.add_url_rule("/", "index", lambda: "ok")
    url, _, _ = running(app)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    try:
        with ExitStack() as open_connections:
            for _ in range(1005):
                open_connections.enter_context(half_a_request(url))
            assert httpx.get(url, timeout=DEADLINE).text == "ok"
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_half_a_request_is_given_up_in_time_however_it_trickles(
    running: Callable[[Flask], tuple[str, threading.Event, threading.Thread]],
) -> None:
    url, _, _ = running(Flask("test"))
    with half_a_request(url) as connection:
        connection.settimeout(0.5)
        deadline = time.monotonic() + HEAD_SECONDS + 5
        while True:
            assert time.monotonic() < deadline, "still open"
            try:
                connection.sendall(b"x")
                if connection.recv(1) == b"":
                    break
            except TimeoutError:
                continue
            except ConnectionError:
                break


def test_requests_that_are_sent_ahead_by_the_hundred_keep_nobody_out(
    running: Callable[[Flask], tuple[str, threading.Event, threading.Thread]],
) -> None:
    app = Flask("test")
    go_on = threading.Event()
    app.add_url_rule("/", "index", lambda: "ok" if go_on.wait(DEADLINE) else "late")
    app.add_url_rule("/other", "other", lambda: "ok")
    url, _, _ = running(app)
    with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=DEADLINE) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 200)
        assert connection.recv(1) == b"", "given up, with nothing answered"
        go_on.set()
    assert httpx.get(f"{url}/other", timeout=DEADLINE).text == "ok"
