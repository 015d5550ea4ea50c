"""Fills an engine with workflows that wait for a timer within the next year, over its own HTTP API."""

import asyncio
import json
from typing import Any

import aiohttp
from aiohttp import web

YEAR_SECONDS = 365 * 86_400
AT_ONCE = 64


async def fill(server: str, count: int) -> None:
    """Start ``count`` workflows whose only state waits for a timer, spread evenly from an hour to a year ahead."""
    asked: set[str] = set()

    async def wait_until(request: web.Request) -> web.Response:
        body = await request.json()
        asked.add(body["context"]["workflowId"])
        seconds = json.loads(body["stateInput"]["data"])
        commands = {
            "commandWaitingType": "ALL_COMPLETED",
            "timerCommands": [{"commandId": "t", "durationSeconds": seconds}],
        }
        return web.json_response({"commandRequest": commands})

    app = web.Application()
    app.router.add_post("/api/v1/workflowState/start", wait_until)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    address: Any = runner.addresses[0]
    try:
        await _start_all(server, f"http://127.0.0.1:{address[1]}", count)
        async with asyncio.timeout(600):
            while len(asked) < count:
                await asyncio.sleep(0.05)
    finally:
        await runner.cleanup()


async def _start_all(server: str, worker: str, count: int) -> None:
    numbers = iter(range(count))

    async def client(session: aiohttp.ClientSession) -> None:
        for number in numbers:
            await _start(session, server, worker, number, 3600 + number * (YEAR_SECONDS - 3600) // count)

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as session:
        await asyncio.gather(*(client(session) for _ in range(AT_ONCE)))


async def _start(session: aiohttp.ClientSession, server: str, worker: str, number: int, seconds: int) -> None:
    body = {
        "workflowId": f"parked-{number}",
        "iwfWorkflowType": "Parked",
        "workflowTimeoutSeconds": 0,
        "iwfWorkerUrl": worker,
        "startStateId": "Park",
        "stateInput": {"encoding": "json", "data": str(seconds)},
    }
    while True:
        async with session.post(f"{server}/api/v1/workflow/start", json=body) as answer:
            if answer.status == 200:
                return
            if answer.status not in {429, 503}:  # what back-pressure answers
                raise RuntimeError(f"start: {answer.status} {await answer.text()}")
        await asyncio.sleep(0.05)
