"""Half-sent requests keep nobody out of the engine."""

import contextlib
import os
import resource
import socket
import time

import httpx
import pytest

pytestmark = pytest.mark.skipif("INBOX_AGENT_IWF_URL" in os.environ, reason="the embedded engine's own limits")


def half_a_request(url: str, head: bytes) -> socket.socket:
    parts = httpx.URL(url)
    connection = socket.create_connection((parts.host, parts.port), timeout=10)
    connection.sendall(head)
    return connection


HALF_HEAD = b"POST /api/v1/workflow/get HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "


def test_a_thousand_half_requests_keep_nobody_out(iwf_server: str) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    try:
        with contextlib.ExitStack() as opened:
            for _ in range(1005):
                opened.enter_context(half_a_request(iwf_server, HALF_HEAD))
            assert httpx.get(iwf_server + "/info/healthcheck", timeout=10).status_code == 200
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_half_a_header_is_given_up_in_time(iwf_server: str) -> None:
    with half_a_request(iwf_server, HALF_HEAD) as connection:
        connection.settimeout(0.5)
        deadline = time.monotonic() + 15
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
