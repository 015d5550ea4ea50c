"""Whether the model can be used with these settings: sends a request like the agent's, and says what is wrong.

By plain HTTP and not by the SDKs, which take seconds and 80 MB to import and hide what a server that is no API answers.
"""

import difflib
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx

from inbox_agent.adapters.tls import http_tls
from inbox_agent.checks.connection_faults import MAX_WORDS, Endpoint, Fault, Kind, explain_fault

OPENAI_URL = "https://api.openai.com/v1"
CONNECT_SECONDS = 10.0
KEY_HINT = "Correct OPENAI_API_KEY, and check that the key belongs to the service of OPENAI_BASE_URL"
_SCHEMA = {
    "type": "object",
    "properties": {"greeting": {"type": "string"}},
    "required": ["greeting"],
    "additionalProperties": False,
}
# What services name when it is the schema that they cannot do.
_ABOUT_SCHEMA = ("json_schema", "text.format", "response_format", "structured output", "schema")


class ModelFault(Exception):
    """The model cannot be used.

    Attributes:
        fault: what is wrong and what to do.
        setting: the variable that most likely has to change, "" when none has.
        better: a value for it that works, "" when none is known.
    """

    def __init__(self, fault: Fault, setting: str = "", better: str = "") -> None:
        super().__init__(str(fault))
        self.fault = fault
        self.setting = setting
        self.better = better


class ModelProbe:
    """One service and model. Each call connects.

    Args:
        base_url: "" for OpenAI's own.
    """

    def __init__(
        self, *, api_key: str, base_url: str = "", model: str, ca_file: str = "", timeout_seconds: float = 75.0
    ) -> None:
        self._base = (base_url or OPENAI_URL).rstrip("/")
        self._model = model
        self._client = httpx.Client(
            headers={"Authorization": f"Bearer {api_key}"},
            verify=http_tls(ca_file),
            timeout=httpx.Timeout(timeout_seconds, connect=CONNECT_SECONDS),
        )

    def __enter__(self) -> "ModelProbe":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def knock(self) -> None:
        """Find out at no cost whether the service is there and accepts the key, by sending an empty request.

        Raises:
            ModelFault: it is not there, it is no Responses API, or it refuses the key.
        """
        answer = self._call("POST", f"{self._base}/responses", {})
        if answer.status_code in (401, 403):
            raise self._refused(answer)
        if answer.status_code in (404, 405) or (answer.status_code < 400 and _json_of(answer) is None):
            raise self._no_api_here(answer)

    def ask(self) -> None:
        """Have the model answer one word as structured output. Costs a few tokens.

        Raises:
            ModelFault: this cannot be done.
        """
        answer = self._call("POST", f"{self._base}/responses", self._question())
        if answer.status_code >= 400:
            raise self._refused(answer)
        text = _text_of(answer)
        if text is None:
            raise self._no_api_here(answer)
        if text and not text.lstrip().startswith("{"):
            raise self._unstructured("it answered with plain text")

    def _question(self) -> dict[str, Any]:
        return {
            "model": self._model,
            "input": "Say hello.",
            "text": {"format": {"type": "json_schema", "name": "greeting", "strict": True, "schema": _SCHEMA}},
            "store": False,
        }

    def _call(self, method: str, url: str, body: dict[str, Any] | None = None) -> httpx.Response:
        try:
            return self._client.request(method, url, json=body)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise ModelFault(self._unreachable(error), "OPENAI_BASE_URL") from error

    def _unreachable(self, error: Exception) -> Fault:
        parts = urlsplit(self._base)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        at = Endpoint(
            "the model's service",
            parts.hostname or self._base,
            port,
            security="tls",
            host_setting="OPENAI_BASE_URL",
        )
        if isinstance(error, httpx.TimeoutException):
            return explain_fault(TimeoutError(), at)
        return explain_fault(error, at)

    def _refused(self, answer: httpx.Response) -> ModelFault:
        status, code, said = answer.status_code, *_error_of(answer)
        if status == 401:
            return ModelFault(Fault(Kind.LOGIN, f"{self._base} refused the key ({said})", KEY_HINT), "OPENAI_API_KEY")
        if status in (404, 405) and not self._is_about_model(answer):
            return self._no_api_here(answer)
        if status in (403, 404):
            return self._no_model(said)
        if status == 429 and code in ("insufficient_quota", "billing_hard_limit_reached"):
            fix = "Add credit or raise the limit in the account that OPENAI_API_KEY belongs to"
            return ModelFault(Fault(Kind.SERVER, f"the account of the key has no credit left ({said})", fix))
        if status == 429:
            fix = "Try again in a minute; if it keeps happening, raise the limit of the account that OPENAI_API_KEY belongs to"
            return ModelFault(Fault(Kind.SERVER, f"{self._base} limits the request rate of this key ({said})", fix))
        if status >= 500:
            fix = "Try again later; its status page may say more"
            return ModelFault(Fault(Kind.SERVER, f"the model's service has an internal error ({status}: {said})", fix))
        if status in (400, 422, 501) and any(word in f"{code} {said}".lower() for word in _ABOUT_SCHEMA):
            return self._unstructured(said)
        return ModelFault(
            Fault(Kind.SERVER, f"{self._base} refused the request ({status}: {said})", "Check INBOX_AGENT_MODEL"),
            "INBOX_AGENT_MODEL",
        )

    def _no_api_here(self, answer: httpx.Response) -> ModelFault:
        for better in self._likely_addresses():
            if self._is_api(better):
                fault = Fault(
                    Kind.ADDRESS,
                    f"{self._base} is not the address of the API, {better} is",
                    f"Set OPENAI_BASE_URL={better}",
                )
                return ModelFault(fault, "OPENAI_BASE_URL", better)
        fault = Fault(
            Kind.ADDRESS,
            f"{self._base} is {_kind_of(answer)}, not a Responses API ({answer.status_code} for {self._base}/responses)",
            f"Set OPENAI_BASE_URL to the address of a Responses API, which usually ends in /v1 (OpenAI's: {OPENAI_URL})",
        )
        return ModelFault(fault, "OPENAI_BASE_URL")

    def _likely_addresses(self) -> Iterator[str]:
        """What was perhaps meant: without the name of a call, and with the /v1 that was left out."""
        base = self._base
        for call in ("/responses", "/chat/completions", "/completions", "/models"):
            if base.endswith(call):
                base = base.removesuffix(call)
                yield base
        if not base.endswith("/v1"):
            yield f"{base}/v1"

    def _is_api(self, base: str) -> bool:
        """Whether the Responses API is at this address; a refused key or model is an answer of it, too."""
        try:
            answer = self._client.post(f"{base}/responses", json=self._question())
        except (httpx.HTTPError, httpx.InvalidURL):
            return False
        if answer.status_code < 400:
            return _text_of(answer) is not None
        return _json_of(answer) is not None and (answer.status_code not in (404, 405) or self._is_about_model(answer))

    def _is_about_model(self, answer: httpx.Response) -> bool:
        """Whether it is the model that was not found, and not the path."""
        code, said = _error_of(answer)
        return code == "model_not_found" or self._model in said

    def _no_model(self, said: str) -> ModelFault:
        models = self._models()
        close = difflib.get_close_matches(self._model, models, n=1)
        some = f"; the key can use {', '.join(models[:5])}{' …' if len(models) > 5 else ''}" if models else ""
        fix = (
            f"Set INBOX_AGENT_MODEL={close[0]}"
            if close
            else f"Set INBOX_AGENT_MODEL to one that the key can use{some}, or use a key that has access to it (OPENAI_API_KEY)"
        )
        fault = Fault(Kind.SERVER, f"the key may not use the model {self._model} ({said})", fix)
        return ModelFault(fault, "INBOX_AGENT_MODEL", close[0] if close else "")

    def _models(self) -> list[str]:
        try:
            listed = _json_of(self._client.get(f"{self._base}/models"))
        except (httpx.HTTPError, httpx.InvalidURL):
            return []
        entries = listed.get("data") if isinstance(listed, dict) else None
        names = [one.get("id") for one in entries if isinstance(one, dict)] if isinstance(entries, list) else []
        return sorted(name for name in names if isinstance(name, str) and name != self._model)

    def _unstructured(self, said: str) -> ModelFault:
        fault = Fault(
            Kind.SERVER,
            f"the model {self._model} does not support structured output, which the agent needs ({said})",
            "Set INBOX_AGENT_MODEL to a model that supports structured output (JSON schema)",
        )
        return ModelFault(fault, "INBOX_AGENT_MODEL")


def _json_of(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def _text_of(answer: httpx.Response) -> str | None:
    """The text of a response object, "" when it holds none; None for anything that is no response object."""
    body = _json_of(answer)
    if not isinstance(body, dict) or not isinstance(body.get("output"), list):
        return None
    parts = [
        part
        for item in body["output"]
        if isinstance(item, dict) and isinstance(item.get("content"), list)
        for part in item["content"]
    ]
    return "".join(str(part.get("text") or "") for part in parts if isinstance(part, dict))


def _error_of(answer: httpx.Response) -> tuple[str, str]:
    """Code and words of an error in OpenAI's shape, or whatever there is."""
    body = _json_of(answer)
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict):
        code = str(error.get("code") or error.get("type") or "")
        said = str(error.get("message") or code)
    else:
        code = ""
        said = str(error or "") or (f"{answer.status_code} {answer.reason_phrase}").strip()
    return code, " ".join(said.split()).rstrip(".")[:MAX_WORDS]


def _kind_of(answer: httpx.Response) -> str:
    if "html" in answer.headers.get("content-type", "") or answer.text.lstrip()[:1] == "<":
        return "a web page"
    return "something else"
