"""Each way in which a model cannot be used is one sentence that names the setting to change."""

import threading
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from inbox_agent.checks.model_probe import ModelFault, ModelProbe
from tests.certificates import make_certificate
from tests.model_service import Route, service
from tests.scripted_responses import Answer, refused, response, text
from tests.tls_proxy import tls_in_front_of

KEY = "sk-test-secret"
HTML = Answer(b"<!DOCTYPE html><title>Welcome</title>", headers={"Content-Type": "text/html"})


def below_v1(answer: Answer, models: tuple[str, ...] = ()) -> Route:
    """A service that knows /v1/responses and /v1/models alone."""

    def route(method: str, path: str, body: dict[str, Any]) -> Answer:
        if path == "/v1/responses":
            return answer
        if path == "/v1/models" and models:
            return Answer({"data": [{"id": name} for name in models]})
        return refused(404, "unknown_url")

    return route


def fault_of(base: str, *, model: str = "gpt-5-mini", ca_file: str = "") -> ModelFault:
    with (
        ModelProbe(api_key=KEY, base_url=base, model=model, ca_file=ca_file, timeout_seconds=2) as probe,
        pytest.raises(ModelFault) as caught,
    ):
        probe.ask()
    assert KEY not in str(caught.value)
    assert "\n" not in str(caught.value)
    return caught.value


GOOD = response(text('{"greeting": "hello"}'))


def test_a_model_that_answers_as_asked_is_fine() -> None:
    asked = []

    def route(method: str, path: str, body: dict[str, Any]) -> Answer:
        asked.append((method, path, body["model"], body["text"]["format"]["type"], body["store"]))
        return GOOD

    with service(route) as url, ModelProbe(api_key=KEY, base_url=f"{url}/v1", model="m") as probe:
        probe.ask()
    assert asked == [("POST", "/v1/responses", "m", "json_schema", False)]


@pytest.mark.parametrize(
    ("answer", "parts", "setting"),
    [
        (refused(401, "invalid_api_key"), ["refused the key", "Correct OPENAI_API_KEY"], "OPENAI_API_KEY"),
        (refused(403, "permission_denied"), ["may not use the model gpt-5-mini"], "INBOX_AGENT_MODEL"),
        (refused(404, "model_not_found"), ["may not use the model gpt-5-mini"], "INBOX_AGENT_MODEL"),
        (refused(404, "unknown_url"), ["not a Responses API", "OPENAI_BASE_URL"], "OPENAI_BASE_URL"),
        (refused(405), ["not a Responses API", "OPENAI_BASE_URL"], "OPENAI_BASE_URL"),
        (refused(429, "insufficient_quota"), ["no credit left", "OPENAI_API_KEY"], ""),
        (refused(429, "rate_limit_exceeded"), ["limits the request rate", "Try again"], ""),
        (refused(500), ["an internal error (500", "Try again later"], ""),
        (
            refused(400, "unsupported_json_schema"),
            ["does not support structured output", "INBOX_AGENT_MODEL"],
            "INBOX_AGENT_MODEL",
        ),
        (response(text("Hello!")), ["does not support structured output", "INBOX_AGENT_MODEL"], "INBOX_AGENT_MODEL"),
        (HTML, ["is a web page, not a Responses API", "OPENAI_BASE_URL"], "OPENAI_BASE_URL"),
        (Answer({"status": "ok"}), ["not a Responses API", "OPENAI_BASE_URL"], "OPENAI_BASE_URL"),
        (Answer(b"", 204), ["OPENAI_BASE_URL"], "OPENAI_BASE_URL"),
        (Answer(b"", 301, {"Location": "https://elsewhere.example/"}), ["OPENAI_BASE_URL"], "OPENAI_BASE_URL"),
    ],
    ids=lambda value: (
        value.body["error"]["code"]
        if isinstance(value, Answer) and isinstance(value.body, dict) and "error" in value.body
        else ""
    ),
)
def test_each_refusal_names_the_setting(answer: Answer, parts: list[str], setting: str) -> None:
    with service(below_v1(answer)) as url:
        fault = fault_of(f"{url}/v1")
    for part in parts:
        assert part in str(fault)
    assert fault.setting == setting


@pytest.mark.parametrize("path", ["", "/", "/v1/responses", "/v1/chat/completions", "/v1/models/"])
@pytest.mark.parametrize("answer", [GOOD, refused(401, "invalid_api_key"), refused(404, "model_not_found")])
@pytest.mark.parametrize("elsewhere", [refused(404, "unknown_url"), HTML])
def test_a_base_url_without_v1_or_with_a_call_is_told_the_right_one(
    path: str, answer: Answer, elsewhere: Answer
) -> None:
    with service(lambda method, at, body: answer if at == "/v1/responses" else elsewhere) as url:
        fault = fault_of(url + path)
    assert f"Set OPENAI_BASE_URL={url}/v1" in str(fault)
    assert fault.better == f"{url}/v1"


def test_a_misspelt_model_is_told_the_one_that_is_meant() -> None:
    with service(below_v1(refused(404, "model_not_found"), ("gpt-5-mini", "gpt-5"))) as url:
        fault = fault_of(f"{url}/v1", model="gpt5-mini")
    assert "Set INBOX_AGENT_MODEL=gpt-5-mini" in str(fault)
    assert fault.better == "gpt-5-mini"


def test_models_that_the_key_may_use_are_named() -> None:
    with service(below_v1(refused(403), ("alpha", "beta"))) as url:
        assert "alpha, beta" in str(fault_of(f"{url}/v1"))


def test_a_service_that_is_not_there(unused_port: int) -> None:
    assert "OPENAI_BASE_URL" in str(fault_of(f"http://127.0.0.1:{unused_port}/v1"))
    assert "no-such-host.invalid" in str(fault_of("https://no-such-host.invalid/v1"))


def test_a_service_that_does_not_answer() -> None:
    hold = threading.Event()

    def route(method: str, path: str, body: dict[str, Any]) -> Answer:
        hold.wait(10)
        return GOOD

    with service(route) as url:
        fault = fault_of(f"{url}/v1")
        hold.set()
    assert "does not answer" in str(fault)


def test_https_at_a_port_without_tls() -> None:
    with service(below_v1(GOOD)) as url:
        fault = fault_of(f"{url.replace('http:', 'https:')}/v1")
    assert "does not speak TLS" in str(fault)
    assert "write http://" in str(fault)


def test_a_private_authority_is_trusted_when_it_is_named(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path, x509.IPAddress(ip_address("127.0.0.1")))
    with service(below_v1(GOOD)) as url, tls_in_front_of(int(url.rpartition(":")[2]), certificate, key) as port:
        base = f"https://127.0.0.1:{port}/v1"
        assert "INBOX_AGENT_CA_FILE" in str(fault_of(base))
        with ModelProbe(api_key=KEY, base_url=base, model="m", ca_file=str(certificate)) as probe:
            probe.ask()


@pytest.mark.parametrize(
    ("answer", "parts"),
    [
        (refused(400, "missing_required_parameter"), []),
        (refused(422), []),
        (refused(429), []),
        (refused(500), []),
        (refused(401, "invalid_api_key"), ["refused the key", "OPENAI_API_KEY"]),
        (refused(403), ["OPENAI_API_KEY"]),
        (refused(404), ["not a Responses API", "OPENAI_BASE_URL"]),
        (HTML, ["is a web page", "OPENAI_BASE_URL"]),
    ],
)
def test_knocking_asks_the_model_nothing_and_fails_for_a_key_or_address(answer: Answer, parts: list[str]) -> None:
    asked = []

    def route(method: str, path: str, body: dict[str, Any]) -> Answer:
        asked.append(body.get("input"))
        return answer

    with service(route) as url, ModelProbe(api_key=KEY, base_url=f"{url}/v1", model="m") as probe:
        if not parts:
            probe.knock()
            return
        with pytest.raises(ModelFault) as caught:
            probe.knock()
    for part in parts:
        assert part in str(caught.value)
    assert set(asked) == {None}
