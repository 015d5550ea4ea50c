"""Engine and worker on the wire: each serves the other and our clients by the secrets of the settings, and nobody else."""

import secrets
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from inbox_agent import bootstrap
from inbox_agent.checks.check import CheckFailed, check_engine
from inbox_agent.errors import EngineUnavailable
from inbox_agent.models import HandOver
from inbox_agent.settings import Settings, load
from inbox_agent.settings.callers import engine_secret, worker_address
from inbox_agent.web.serve import WebServer
from inbox_agent.web.worker import create_worker_app
from tests.e2e.world import free_port, wait_until
from tests.engine_server import EngineProcess
from tests.scripted_worker import running_worker
from tests.workflow_fakes import FakeModel, FakePost, request, services
from workflows.registry import build_worker_service

STATE_START, RPC = "/api/v1/workflowState/start", "/api/v1/workflowWorker/rpc"


def settings_of(**more: str) -> Settings:
    return load(
        {
            "INBOX_AGENT_ADDRESS": "agent@corp.test",
            "INBOX_AGENT_IMAP_HOST": "imap.corp.test",
            "INBOX_AGENT_IMAP_PASSWORD": "hunter2-imap",
            "INBOX_AGENT_SMTP_HOST": "smtp.corp.test",
            "INBOX_AGENT_SMTP_PASSWORD": "hunter2-smtp",
            "INBOX_AGENT_API_TOKEN": secrets.token_hex(32),
            "INBOX_AGENT_SECRET_KEY": secrets.token_hex(32),
            "INBOX_AGENT_ALLOW": "ann@corp.test",
            "INBOX_AGENT_AUTHSERV_ID": "mx.corp.test",
        }
        | {f"INBOX_AGENT_{name.upper()}": value for name, value in more.items()}
    )


@dataclass
class Worker:
    """The worker role over fakes, on the port of the settings."""

    settings: Settings
    post: FakePost


@pytest.fixture
def start_worker() -> Iterator[Callable[..., Worker]]:
    started: list[tuple[WebServer, threading.Thread]] = []

    def start(worker_url: str = "http://127.0.0.1:{port}", **more: str) -> Worker:
        port, post = free_port(), FakePost()
        settings = settings_of(worker_url=worker_url.format(port=port), **more)
        app = create_worker_app(build_worker_service(services(FakeModel(), post)), bootstrap.callers(settings))
        server = WebServer(app, "127.0.0.1", port, threads=8)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        started.append((server, thread))
        return Worker(settings, post)

    yield start
    for server, thread in started:
        server.stop()
        thread.join(20)


@pytest.fixture
def start_engine(tmp_path: Path) -> Iterator[Callable[..., Settings]]:
    """Starts the engine as the launcher does, or with another URL of the worker; returns the settings with its address."""
    engines: list[EngineProcess] = []

    def start(settings: Settings, worker_url: str = "") -> Settings:
        environment = {
            "INBOX_AGENT_ENGINE_SECRET": engine_secret(settings),
            "INBOX_AGENT_WORKER_URL": worker_url or worker_address(settings),
        }
        data = tmp_path / f"engine-{len(engines)}"
        data.mkdir(mode=0o700)
        engines.append(EngineProcess(data, environment=environment))
        engines[-1].start()
        return settings.model_copy(update={"iwf_url": engines[-1].url})

    yield start
    for engine in engines:
        engine.stop()


def origin_of(url: str) -> str:
    return f"http://127.0.0.1:{httpx.URL(url).port}"


def test_a_conversation_runs_between_closed_engine_and_closed_worker(
    start_worker: Callable[..., Worker], start_engine: Callable[..., Settings]
) -> None:
    worker = start_worker()
    settings = start_engine(worker.settings)
    with closing(bootstrap.conversations(settings)) as conversations:
        name = f"closed-{uuid.uuid4().hex[:8]}"
        assert conversations.hand_over(name, request("question 1", subject=name)) is HandOver.ACCEPTED
        wait_until(lambda: len(worker.post.replies) == 1, "the reply")
    assert check_engine(settings).endswith("is healthy")


@pytest.mark.parametrize(
    "worker_url", ["http://127.0.0.1:{port}/8kPqv2Zr7TnLx4Wd9sBc", "http://iwf:8kPqv2Zr7TnLx4Wd9sBc@127.0.0.1:{port}"]
)
def test_a_secret_of_ones_own_in_the_worker_url_works_the_same(
    start_worker: Callable[..., Worker], start_engine: Callable[..., Settings], worker_url: str
) -> None:
    worker = start_worker(worker_url)
    settings = start_engine(worker.settings)
    with closing(bootstrap.conversations(settings)) as conversations:
        name = f"closed-{uuid.uuid4().hex[:8]}"
        conversations.hand_over(name, request("question 1", subject=name))
        wait_until(lambda: len(worker.post.replies) == 1, "the reply")


@pytest.mark.parametrize(
    "worker_url", ["http://127.0.0.1:{port}", "http://127.0.0.1:{port}/8kPqv2Zr7TnLx4Wd9sBc"], ids=["derived", "set"]
)
def test_an_engine_of_its_own_needs_no_more_than_the_setting_that_the_worker_has(
    start_worker: Callable[..., Worker], start_engine: Callable[..., Settings], worker_url: str
) -> None:
    worker = start_worker(worker_url)
    settings = start_engine(worker.settings, worker.settings.worker_url)
    with closing(bootstrap.conversations(settings)) as conversations:
        name = f"apart-{uuid.uuid4().hex[:8]}"
        conversations.hand_over(name, request("question 1", subject=name))
        wait_until(lambda: len(worker.post.replies) == 1, "the reply")


def test_an_engine_whose_worker_url_has_another_secret_says_so_and_the_mail_waits(
    start_worker: Callable[..., Worker], start_engine: Callable[..., Settings], tmp_path: Path
) -> None:
    worker = start_worker()
    wrong = "c47be02f96a1d385"
    settings = start_engine(worker.settings, f"{worker.settings.worker_url}/{wrong}")
    with closing(bootstrap.conversations(settings)) as conversations:
        with suppress(EngineUnavailable):
            conversations.hand_over(f"apart-{uuid.uuid4().hex[:8]}", request("question 1"))
        log = tmp_path / "engine-0" / "engine.log"
        wait_until(lambda: "refuses our calls" in log.read_text(encoding="utf-8"), "the line in the log")
    said = log.read_text(encoding="utf-8")
    assert "INBOX_AGENT_WORKER_URL" in said
    assert wrong not in said


@pytest.mark.parametrize(
    "stored",
    ["http://127.0.0.1:{port}", "http://localhost:{port}/of-another-key", "http://old:secret@127.0.0.1:{port}"],
)
def test_a_run_that_remembers_an_older_worker_url_goes_on(
    start_worker: Callable[..., Worker], start_engine: Callable[..., Settings], stored: str
) -> None:
    worker = start_worker()
    settings = start_engine(worker.settings)
    older = settings.model_copy(
        update={
            "worker_url": stored.format(port=httpx.URL(settings.worker_url).port)
            + ("" if "@" in stored or "key" in stored else "/-")
        }
    )
    with closing(bootstrap.conversations(older)) as conversations:
        name = f"older-{uuid.uuid4().hex[:8]}"
        assert conversations.hand_over(name, request("question 1", subject=name)) is HandOver.ACCEPTED
        wait_until(lambda: len(worker.post.replies) == 1, "the reply")


def post(url: str, path: str, body: dict[str, Any], **headers: str) -> httpx.Response:
    return httpx.post(url + path, json=body, headers=headers)


STRANGERS_HEADERS = [
    {},
    {"authorization": "Bearer guess"},
    {"host": "evil.example"},
    {"origin": "http://evil.example"},
]


@pytest.mark.parametrize("headers", STRANGERS_HEADERS, ids=["nothing", "a guess", "another name", "a web page"])
@pytest.mark.parametrize(
    "path", ["start", "search", "dataobjects/get", "rpc", "stop", "internal/dump", "no-such-route"]
)
def test_the_engine_answers_nobody_else(
    start_engine: Callable[..., Settings], path: str, headers: dict[str, str]
) -> None:
    settings = start_engine(settings_of())
    answer = post(settings.iwf_url, f"/api/v1/workflow/{path}", {"workflowId": "w", "query": ""}, **headers)
    assert answer.status_code in (401, 403, 421)
    assert httpx.get(settings.iwf_url + "/metrics").status_code == 401
    assert httpx.get(settings.iwf_url + "/engine/runs/w").status_code == 401
    assert httpx.get(settings.iwf_url + "/info/healthcheck").status_code == 200


def test_with_the_secret_a_foreign_name_or_page_is_still_refused(start_engine: Callable[..., Settings]) -> None:
    settings = start_engine(settings_of())
    bearer = {"authorization": f"Bearer {engine_secret(settings)}"}
    body = {"workflowId": "nosuch"}
    assert post(settings.iwf_url, "/api/v1/workflow/get", body, **bearer).status_code == 400
    assert post(settings.iwf_url, "/api/v1/workflow/get", body, **bearer, host="evil.example").status_code == 421
    assert post(settings.iwf_url, "/api/v1/workflow/get", body, **bearer, origin="null").status_code == 403


def test_the_engine_calls_only_its_own_workers(start_engine: Callable[..., Settings], tmp_path: Path) -> None:
    with running_worker() as other:
        settings = start_engine(settings_of())
        with (
            closing(
                bootstrap.conversations(settings.model_copy(update={"worker_url": other.url + "/x"}))
            ) as conversations,
            pytest.raises(EngineUnavailable),
        ):
            conversations.start("w")
        bearer = {"authorization": f"Bearer {engine_secret(settings)}"}
        body = {"workflowId": "w", "iwfWorkflowType": "T", "iwfWorkerUrl": other.url, "workflowTimeoutSeconds": 0}
        answer = post(settings.iwf_url, "/api/v1/workflow/start", body, **bearer)
        assert answer.status_code == 400
        assert f"INBOX_AGENT_WORKER_URL={other.url}" in answer.text
        log = (tmp_path / "engine-0" / "engine.log").read_text(encoding="utf-8")
        assert f"INBOX_AGENT_WORKER_URL={other.url}" in log
        assert other.calls("w") == []


def test_check_says_that_the_engine_refuses_our_secret(start_engine: Callable[..., Settings]) -> None:
    settings = start_engine(settings_of())
    stranger = settings_of().model_copy(update={"iwf_url": settings.iwf_url.replace("://", "://user:hunter2@")})
    with pytest.raises(CheckFailed, match="refuses the agent's secret") as caught:
        check_engine(stranger)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("worker_url", ["http://127.0.0.1:{port}", "http://iwf:8kPqv2Zr7TnLx4Wd9sBc@127.0.0.1:{port}"])
@pytest.mark.parametrize("path", [STATE_START, RPC, "/8kPqv2Zr7TnLx4Wd9sBd" + RPC])
@pytest.mark.parametrize("headers", STRANGERS_HEADERS, ids=["nothing", "a guess", "another name", "a web page"])
def test_the_worker_answers_nobody_else(
    start_worker: Callable[..., Worker], worker_url: str, path: str, headers: dict[str, str]
) -> None:
    worker = start_worker(worker_url)
    answer = post(origin_of(worker.settings.worker_url), path, {}, **headers)
    assert answer.status_code == 403
    assert answer.json()["errorType"] == "Forbidden"


@pytest.mark.parametrize(
    "worker_url",
    [
        "http://127.0.0.1:{port}",
        "http://127.0.0.1:{port}/8kPqv2Zr7TnLx4Wd9sBc",
        "http://iwf:8kPqv2Zr7TnLx4Wd9sBc@127.0.0.1:{port}",
    ],
)
def test_an_iwf_server_that_appends_its_paths_to_the_worker_url_is_served(
    start_worker: Callable[..., Worker], worker_url: str
) -> None:
    """The real server posts to the URL with the API's path appended, credentials in it as HTTP Basic, and nothing else."""
    settings = start_worker(worker_url).settings
    call = {
        "context": {"workflowId": "w", "workflowRunId": "r", "workflowStartedTimestamp": 1},
        "workflowType": "EmailAgentWorkflow",
        "rpcName": "no_such_rpc",
    }
    answer = post(worker_address(settings), RPC, call)
    assert answer.status_code == 500, "served, and found no such RPC"
    assert answer.json()["errorType"] != "Forbidden"
    secret = worker_address(settings).rpartition("/")[2]
    assert secret not in answer.text


def test_an_open_worker_serves_conversations_whose_url_has_no_secret(start_worker: Callable[..., Worker]) -> None:
    settings = start_worker(worker_open="yes").settings
    answer = post(settings.worker_url, RPC, {"context": {}})
    assert answer.status_code == 500
