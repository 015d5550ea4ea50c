"""The stand-in as a process: the Responses API's shapes, over HTTP, over restarts."""

import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def standin(*arguments: str) -> Iterator[str]:
    """A running stand-in; yields its base URL."""
    command = [sys.executable, "-P", "-m", "inbox_agent.demo.model", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            ready = process.stdout.readline()
            assert "no AI model" in ready
            yield ready.rsplit(maxsplit=1)[-1]
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with standin() as base:
        yield base


def call(url: str, body: Any = None, key: str = "test", raw: bytes | None = None) -> tuple[int, Any]:
    content = raw if raw is not None else None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    request = urllib.request.Request(url, content, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_models_are_listed(url: str) -> None:
    status, body = call(f"{url}/models")
    assert status == 200
    assert "no AI model" in body["data"][0]["owned_by"]


def test_a_response_has_the_shape_and_the_label(url: str) -> None:
    schema = {"type": "json_schema", "name": "final_output", "schema": {}, "strict": True}
    status, body = call(f"{url}/responses", {"model": "m", "input": "cancel", "text": {"format": schema}})
    assert status == 200
    assert (body["object"], body["status"], body["model"]) == ("response", "completed", "m")
    output = json.loads(body["output"][0]["content"][0]["text"])
    assert output["intents"] == ["cancel"]
    assert "no AI model" in output["remark"]
    assert body["usage"]["total_tokens"] == body["usage"]["input_tokens"] + body["usage"]["output_tokens"]


def test_without_a_schema_it_says_what_it_is(url: str) -> None:
    _, body = call(f"{url}/responses", {"model": "m", "input": [{"role": "user", "content": "Hello"}]})
    assert "no AI model" in body["output"][0]["content"][0]["text"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"input": "x"}, 400, None),
        ({"model": "m"}, 400, None),
        ({"model": "m", "input": "x", "stream": True}, 400, None),
        ({"model": "m", "input": "x", "previous_response_id": "resp_no"}, 400, "previous_response_not_found"),
        ([], 400, None),
    ],
)
def test_refusals_have_the_shape_of_openai(url: str, body: Any, status: int, code: str | None) -> None:
    got, answer = call(f"{url}/responses", body)
    assert (got, answer["error"]["code"], answer["error"]["type"]) == (status, code, "invalid_request_error")


def test_other_refusals(url: str) -> None:
    assert call(f"{url}/responses", raw=b"{")[0] == 400
    assert call(f"{url}/responses", {"model": "m", "input": "x"}, key="")[0] == 401
    assert call(f"{url}/chat/completions", {})[0] == 404
    assert call(f"{url}/nothing")[0] == 404


def test_responses_are_known_after_a_restart_when_there_is_a_folder(tmp_path: Path) -> None:
    request = {"model": "m", "input": "Hello"}
    with standin("--data", str(tmp_path / "responses")) as url:
        first = call(f"{url}/responses", request)[1]
    with standin("--data", str(tmp_path / "responses")) as url:
        status, second = call(f"{url}/responses", request | {"previous_response_id": first["id"]})
    assert status == 200
    assert second["usage"]["input_tokens"] > first["usage"]["input_tokens"]
