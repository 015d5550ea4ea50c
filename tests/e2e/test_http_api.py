"""The HTTP API before the whole system: what a program does instead of writing mail."""

import json
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest

from tests.e2e.world import World, body_of, wait_until


def call(world: World, path: str, body: Any = None, *, token: str | None = None) -> tuple[int, dict[str, Any]]:
    """Status and JSON of one call: POST when there is a body (bytes go as they are), else GET."""
    content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {world.api_token if token is None else token}"}
    if content is not None:
        headers["Content-Type"] = "application/json"
    url = f"http://127.0.0.1:{world.web_port}/api/ai-agent/{path}"
    try:
        with urlopen(Request(url, content, headers), timeout=20) as response:
            return response.status, json.load(response)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_a_conversation_by_api_alone_ends_in_a_sent_mail_and_goes_on_after_it(shared_world: World) -> None:
    world, sam, lee = shared_world, shared_world.person("sam"), shared_world.person("lee")
    name = f"api-{sam.address}"

    def told(**wanted: object) -> bool:
        described = call(world, f"describe?workflow_id={quote(name)}")[1]
        return all(described[key] == value for key, value in wanted.items())

    assert call(world, "start", {"workflow_id": name})[0] == 200
    assert call(world, "save_draft", {"workflow_id": name, "draft": "Write to sam"})[0] == 200
    assert told(current_request_draft="Write to sam")
    text = f"Write to {sam.address} that the office is closed and send it in 2 seconds."
    request = {"workflow_id": name, "request": text, "request_id": "1"}
    assert call(world, "request", request) == (200, {"accepted": True, "duplicate": False})
    assert call(world, "request", request) == (200, {"accepted": True, "duplicate": True})
    wait_until(lambda: told(status="scheduled", email_recipient=sam.address, current_request_draft=""), "the schedule")
    wait_until(lambda: len(sam.messages()) == 1, "the mail")
    assert "office is closed" in body_of(sam.messages()[0])
    wait_until(lambda: told(status="sent"), "the end")
    text = f"send the same to {lee.address} in 1 second"
    assert call(world, "request", {"workflow_id": name, "request": text})[0] == 200
    wait_until(lambda: len(lee.messages()) == 1, "the follow-up")
    assert len(sam.messages()) == 1


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("start", b"no json", 400),
        ("start", {}, 400),
        ("start", {"workflow_id": 7}, 400),
        ("request", {"workflow_id": "unknown", "request": " "}, 400),
        ("request", {"workflow_id": "unknown", "request": "cancel"}, 404),
        ("save_draft", {"workflow_id": "unknown", "draft": "x"}, 404),
        ("describe", None, 400),
        ("describe?workflow_id=unknown", None, 404),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_reason(shared_world: World, path: str, body: Any, status: int) -> None:
    answer = call(shared_world, path, body)
    assert answer[0] == status
    assert answer[1]["reason"]


@pytest.mark.parametrize("path", ["start", "request", "save_draft"])
def test_without_the_token_nothing_is_done(shared_world: World, path: str) -> None:
    status, answer = call(shared_world, path, {"workflow_id": "x", "request": "x", "draft": "x"}, token="wrong")
    assert status == 401
    assert answer["reason"]
    assert call(shared_world, "describe?workflow_id=x")[0] == 404


def test_the_same_conversation_cannot_be_started_twice(shared_world: World) -> None:
    assert call(shared_world, "start", {"workflow_id": "twice"})[0] == 200
    status, answer = call(shared_world, "start", {"workflow_id": "twice"})
    assert status == 409
    assert answer["reason"]


def test_without_the_engine_the_reason_is_told(shared_world: World) -> None:
    shared_world.kill("engine")
    try:
        status, answer = call(shared_world, "start", {"workflow_id": "later"})
        assert status == 503
        assert answer["reason"]
    finally:
        shared_world.start("engine")
