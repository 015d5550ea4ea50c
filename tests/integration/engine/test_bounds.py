"""What the engine refuses, drops and isolates, so that load and mistakes stay bounded."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from inbox_agent.engine.limits import Limits
from inbox_agent.engine.retention import forget_once
from tests.integration.engine.in_process import InProcess, engine_in_process, until

WAIT = {"commandRequest": {"commandWaitingType": "ANY_COMPLETED", "signalCommands": [{"signalChannelName": "never"}]}}
COMPLETE = {"stateDecision": {"nextStates": [{"stateId": "_SYS_GRACEFUL_COMPLETING_WORKFLOW"}]}}


async def parking(_api: str, _request: dict[str, Any]) -> dict[str, Any]:
    return WAIT


async def completing(api: str, _request: dict[str, Any]) -> dict[str, Any]:
    return {} if api == "start" else COMPLETE


def signal(workflow_id: str, data: str = "1") -> dict[str, Any]:
    value = {"encoding": "json", "data": data}
    return {"workflowId": workflow_id, "signalChannelName": "other", "signalValue": value}


async def status_of(running: InProcess, workflow_id: str) -> dict[str, Any]:
    _, answer = await running.post("get", {"workflowId": workflow_id, "needsResults": True})
    return answer


def test_undelivered_messages_are_bounded(tmp_path: Path) -> None:
    async def play() -> None:
        async with engine_in_process(tmp_path, parking, Limits(waiting_messages=3)) as running:
            await running.start("w")
            answers = [await running.post("signal", signal("w")) for _ in range(5)]
            assert [status for status, _ in answers] == [200, 200, 200, 429, 429]
            assert "3 messages" in answers[-1][1]["detail"]

    asyncio.run(play())


def test_a_state_that_grows_too_large_fails_its_run_and_no_other(tmp_path: Path) -> None:
    async def play() -> None:
        async with engine_in_process(tmp_path, parking, Limits(state_bytes=20_000)) as running:
            await running.start("large")
            await running.start("small")
            for _ in range(3):
                await running.post("signal", signal("large", "x" * 9_000))
            large, small = await status_of(running, "large"), await status_of(running, "small")
            assert (large["workflowStatus"], small["workflowStatus"]) == ("FAILED", "RUNNING")
            assert "20000 bytes" in large["errorMessage"]

    asyncio.run(play())


def test_requests_and_answers_that_are_too_large_are_refused(tmp_path: Path) -> None:
    async def bloated(_api: str, _request: dict[str, Any]) -> dict[str, Any]:
        return {"commandRequest": None, "padding": "x" * 60_000}

    async def play() -> None:
        async with engine_in_process(tmp_path, bloated, Limits(payload_bytes=50_000)) as running:
            status, answer = await running.post("signal", signal("w", "x" * 50_000))
            assert status == 413
            assert "50000 bytes" in answer["detail"]
            await running.start("w", stateOptions={"waitUntilApiRetryPolicy": {"maximumAttempts": 1}})
            _, ended = await running.post("getWithWait", {"workflowId": "w", "waitTimeSeconds": 10})
            assert ended["workflowStatus"] == "FAILED"
            assert "larger than 50000 bytes" in ended["errorMessage"]

    asyncio.run(play())


def test_history_is_bounded_and_a_run_can_still_begin_again(tmp_path: Path) -> None:
    async def play() -> None:
        async with engine_in_process(tmp_path, parking, Limits(history_events=20)) as running:
            await running.start("w")
            for _ in range(50):
                assert (await running.post("signal", signal("w")))[0] == 200
            run = running.engine.find("w")
            assert run is not None
            history = running.engine.store.history(run.rid)
            assert len(history) <= 21
            assert history[0].sequence == 1
            refused, _ = await running.post("reset", {"workflowId": "w", "resetType": "STATE_ID", "stateId": "S"})
            again, _ = await running.post("reset", {"workflowId": "w", "resetType": "BEGINNING"})
            assert (refused, again) == (400, 200)

    asyncio.run(play())


def test_new_work_is_refused_while_too_many_calls_wait_for_their_worker(tmp_path: Path) -> None:
    release = asyncio.Event()

    async def hanging(api: str, request: dict[str, Any]) -> dict[str, Any]:
        await release.wait()
        return await completing(api, request)

    async def play() -> None:
        async with engine_in_process(tmp_path, hanging, Limits(calls_per_worker=1, waiting_calls=2)) as running:
            for number in range(3):
                await running.start(f"w{number}")
            await until(lambda: running.engine.dispatcher.waiting == 2)
            body = {"workflowId": "w9", "iwfWorkflowType": "T", "iwfWorkerUrl": running.worker_url}
            status, answer = await running.post("start", body)
            assert status == 429
            assert "busy" in answer["detail"]
            release.set()
            for number in range(3):
                _, ended = await running.post("getWithWait", {"workflowId": f"w{number}", "waitTimeSeconds": 10})
                assert ended["workflowStatus"] == "COMPLETED"
            assert (await running.post("start", body))[0] == 200

    asyncio.run(play())


def test_a_hanging_worker_holds_up_neither_other_workers_nor_its_rpcs(tmp_path: Path) -> None:
    async def hanging(api: str, _request: dict[str, Any]) -> dict[str, Any]:
        if api == "rpc":
            return {"output": {"encoding": "json", "data": "1"}}
        await asyncio.Event().wait()
        return {}

    async def play() -> None:
        limits = Limits(calls_per_worker=2)
        async with (
            engine_in_process(tmp_path, hanging, limits) as running,
            engine_in_process(_directory(tmp_path, "second"), completing, limits) as second,
        ):
            for number in range(6):
                await running.start(f"stuck{number}")
            await until(lambda: running.engine.dispatcher.waiting == 4)
            await running.start("free", iwfWorkerUrl=second.worker_url)
            _, ended = await running.post("getWithWait", {"workflowId": "free", "waitTimeSeconds": 10})
            assert ended["workflowStatus"] == "COMPLETED"
            status, answer = await running.post("rpc", {"workflowId": "stuck0", "rpcName": "r"})
            assert (status, answer["output"]["data"]) == (200, "1")

    asyncio.run(play())


def test_an_overloaded_worker_puts_off_only_its_own_timers(tmp_path: Path) -> None:
    timer = {"commandRequest": {"commandWaitingType": "ANY_COMPLETED", "timerCommands": [{"durationSeconds": 1}]}}
    stuck: list[str] = []

    async def waits_then_hangs(api: str, request: dict[str, Any]) -> dict[str, Any]:
        if api == "start" and request["context"]["workflowId"] == "timed":
            return timer
        stuck.append(api)
        await asyncio.Event().wait()
        return {}

    async def waits_then_completes(api: str, _request: dict[str, Any]) -> dict[str, Any]:
        return timer if api == "start" else COMPLETE

    async def play() -> None:
        limits = Limits(calls_per_worker=1, waiting_calls=2)
        async with (
            engine_in_process(tmp_path, waits_then_hangs, limits) as running,
            engine_in_process(_directory(tmp_path, "second"), waits_then_completes, limits) as second,
        ):
            await running.start("timed")
            for number in range(3):
                await running.start(f"stuck{number}")
            await until(lambda: running.engine.dispatcher.waiting == 2)
            await running.start("free", iwfWorkerUrl=second.worker_url)
            _, ended = await running.post("getWithWait", {"workflowId": "free", "waitTimeSeconds": 10})
            assert ended["workflowStatus"] == "COMPLETED"
            put_off = running.engine.store.next_due()
            assert put_off is not None
            assert put_off > running.engine.clock() + 30_000
            assert stuck == ["start"]

    asyncio.run(play())


def test_closed_runs_are_forgotten_after_the_retention(tmp_path: Path) -> None:
    async def play() -> None:
        async with engine_in_process(tmp_path, completing, Limits(retention_seconds=100)) as running:
            await running.start("old")
            await running.post("getWithWait", {"workflowId": "old", "waitTimeSeconds": 10})
            assert await forget_once(running.engine) == 0
            now = running.engine.clock()
            running.engine.clock = lambda: now + 101_000
            assert await forget_once(running.engine) == 1
            status, _ = await running.post("get", {"workflowId": "old"})
            assert status == 400

    asyncio.run(play())


def test_requests_of_web_pages_are_refused(tmp_path: Path) -> None:
    async def play() -> None:
        async with engine_in_process(tmp_path, parking, Limits()) as running:
            await running.start("w")
            status, _ = await running.post("stop", {"workflowId": "w"}, Origin="http://example.com")
            assert status == 403
            assert (await status_of(running, "w"))["workflowStatus"] == "RUNNING"

    asyncio.run(play())


def test_nothing_is_confirmed_that_could_not_be_written(tmp_path: Path) -> None:
    async def play() -> None:
        async with engine_in_process(tmp_path, parking, Limits()) as running:
            await running.start("w")
            broken = running.engine.store.submit([("INSERT INTO no_such_table VALUES (1)", ())])
            with pytest.raises(Exception, match="no_such_table"):
                await broken
            assert len(running.failures) == 1
            status, _ = await running.post("signal", signal("w"))
            assert status == 503

    asyncio.run(play())


def test_a_failed_workflow_is_tried_again_and_waited_for(tmp_path: Path) -> None:
    async def third_time_lucky(api: str, request: dict[str, Any]) -> dict[str, Any]:
        runs.add(request["context"]["workflowStartedTimestamp"])
        calls.append(api)
        good = len(calls) >= 3
        return COMPLETE if good else {"stateDecision": {"nextStates": [{"stateId": "_SYS_FORCE_FAILING_WORKFLOW"}]}}

    runs: set[int] = set()
    calls: list[str] = []

    async def play() -> None:
        async with engine_in_process(tmp_path, third_time_lucky, Limits()) as running:
            retry = {"retryPolicy": {"initialIntervalSeconds": 1, "backoffCoefficient": 1, "maximumAttempts": 5}}
            first = await running.start("w", workflowStartOptions=retry, stateOptions={"skipWaitUntil": True})
            _, ended = await running.post("getWithWait", {"workflowId": "w", "waitTimeSeconds": 15})
            assert (ended["workflowStatus"], len(calls)) == ("COMPLETED", 3)
            assert ended["workflowRunId"] != first
            _, of_first = await running.post("get", {"workflowId": "w", "workflowRunId": first})
            assert of_first["workflowStatus"] == "FAILED"

    asyncio.run(play())


def _directory(parent: Path, name: str) -> Path:
    directory = parent / name
    directory.mkdir()
    return directory
