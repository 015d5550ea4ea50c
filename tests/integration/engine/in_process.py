"""An engine inside the test's own event loop, with limits of the test's choosing, and a worker that is a function."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from inbox_agent.engine import listing
from inbox_agent.engine.dispatcher import Dispatcher
from inbox_agent.engine.engine import Engine
from inbox_agent.engine.limits import Limits
from inbox_agent.engine.metrics import Metrics
from inbox_agent.engine.search import Search
from inbox_agent.engine.server import create_app
from inbox_agent.engine.storage import Storage

Worker = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]


class InProcess:
    """The engine, its worker's URL, and calls to it."""

    def __init__(self, engine: Engine, url: str, worker_url: str, session: aiohttp.ClientSession) -> None:
        self.engine = engine
        self.url = url
        self.worker_url = worker_url
        self.session = session
        self.failures: list[BaseException] = []

    async def post(self, path: str, body: Any, **headers: str) -> tuple[int, dict[str, Any]]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with self.session.post(f"{self.url}/api/v1/workflow/{path}", data=data, headers=headers) as answer:
            return answer.status, json.loads(await answer.read() or b"null")

    async def start(self, workflow_id: str, **fields: Any) -> str:
        body = {"workflowId": workflow_id, "iwfWorkflowType": "T", "iwfWorkerUrl": self.worker_url, **fields}
        status, answer = await self.post("start", {"workflowTimeoutSeconds": 0, "startStateId": "S", **body})
        assert status == 200, answer
        return str(answer["workflowRunId"])


@asynccontextmanager
async def engine_in_process(data: Path, worker: Worker, limits: Limits) -> AsyncIterator[InProcess]:
    async def serve(request: web.Request) -> web.Response:
        answer = await worker(request.path.rsplit("/", 1)[1], await request.json())
        return web.json_response(answer)

    app = web.Application()
    app.router.add_post("/{path:.*}", serve)
    failures: list[BaseException] = []
    store = Storage(data, failures.append)
    dispatcher = Dispatcher(limits)
    engine = Engine(store, dispatcher, dict(listing.BUILT_IN), limits)
    search = Search(store, dict(listing.BUILT_IN))
    async with (
        TestServer(app) as worker_server,
        TestServer(create_app(engine, search, Metrics())) as server,
        aiohttp.ClientSession() as session,
    ):
        await engine.start()
        running = InProcess(
            engine, str(server.make_url("")).rstrip("/"), str(worker_server.make_url("")).rstrip("/"), session
        )
        running.failures = failures
        try:
            yield running
        finally:
            await engine.stop()
            await dispatcher.close()
            search.close()
            store.close()


async def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Polls until a condition holds."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)
