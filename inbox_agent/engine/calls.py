"""Worker calls of states: sent when their cause is on disk, their answers checked and handed back as events."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from inbox_agent.engine import commands, decisions, listing, policies
from inbox_agent.engine import events as ev
from inbox_agent.engine.dispatcher import CallError, Dispatcher
from inbox_agent.engine.runs import Run, RunCache
from inbox_agent.engine.state import Execution
from inbox_agent.engine.wire import ExecuteResponse, SearchAttribute, WaitUntilResponse
from inbox_agent.engine.worker_requests import state_call

log = logging.getLogger(__name__)

CANCEL_AGAIN_SECONDS = 0.5

ResponseT = TypeVar("ResponseT", WaitUntilResponse, ExecuteResponse)


class StateCalls:
    """Sends the calls of states.

    Args:
        apply: takes the event that a call ended with.
        search_attributes: those that workers may write, with their types.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        runs: RunCache,
        search_attributes: Mapping[str, str],
        apply: Callable[[Run, ev.Event], object],
    ) -> None:
        self._dispatcher = dispatcher
        self._runs = runs
        self._search_attributes = search_attributes
        self._apply = apply
        self._stopped = False

    def send(self, run: Run, state_execution_id: str) -> None:
        """Sends the call that an execution waits for, unless it no longer does."""
        execution = run.state.executions.get(state_execution_id)
        if execution is None or execution.call is None or not execution.call.is_out:
            return
        self._runs.hold(run)
        task = asyncio.create_task(self._call(run, execution, execution.call.token))
        run.calls[state_execution_id] = task
        task.add_done_callback(lambda done: self._over(run, state_execution_id, done))

    async def stop(self) -> None:
        """Lets go of what is out; nothing that still comes back is applied."""
        self._stopped = True
        tasks = [task for run in self._runs for task in run.calls.values()]
        await end_all(tasks)

    def _over(self, run: Run, state_execution_id: str, done: "asyncio.Task[None]") -> None:
        if run.calls.get(state_execution_id) is done:
            del run.calls[state_execution_id]
        self._runs.release(run)
        if not done.cancelled() and (error := done.exception()) is not None:
            log.error("worker call ended unexpectedly", exc_info=error, extra={"workflow": run.state.workflow_id})

    async def _call(self, run: Run, execution: Execution, token: int) -> None:
        await run.settled()
        waiting_for = run.state.executions.get(execution.state_execution_id)
        if waiting_for is not execution or execution.call is None or execution.call.token != token:
            return
        attempt, name = execution.call.attempt, execution.state_execution_id
        event: ev.Event
        try:
            if execution.phase == "wait_until":
                waiting = self._wait_until_response(await self._answer(run, execution, "wait_until"))
                event = ev.WaitUntilReturned(state_execution_id=name, token=token, attempt=attempt, response=waiting)
            else:
                decided = self._execute_response(await self._answer(run, execution, "execute"))
                event = ev.ExecuteReturned(state_execution_id=name, token=token, attempt=attempt, response=decided)
        except CallError as error:
            event = ev.CallFailed(state_execution_id=name, token=token, attempt=attempt, error=error.as_text())
        if not self._stopped:
            self._apply(run, event)

    async def _answer(self, run: Run, execution: Execution, api: policies.Api) -> bytes:
        path, body = state_call(run.state, execution)
        timeout = policies.timeout_seconds(execution.options, api)
        return await self._dispatcher.call(run.state.worker_url, path, body, timeout, "state")

    def _wait_until_response(self, answer: bytes) -> WaitUntilResponse:
        response = _parsed(WaitUntilResponse, answer)
        self._check(commands.problem_with(response.command_request), response.upsert_search_attributes)
        return response

    def _execute_response(self, answer: bytes) -> ExecuteResponse:
        response = _parsed(ExecuteResponse, answer)
        self._check(decisions.problem_with(response.state_decision), response.upsert_search_attributes)
        return response

    def _check(self, problem: str | None, attributes: list[SearchAttribute] | None) -> None:
        problem = problem or listing.problem_with(attributes, self._search_attributes)
        if problem is not None:
            raise CallError(f"invalid answer of the worker: {problem}")


def _parsed(model: type[ResponseT], answer: bytes) -> ResponseT:
    try:
        return model.model_validate_json(answer)
    except ValidationError as error:
        places = ", ".join(".".join(map(str, problem["loc"])) or "body" for problem in error.errors()[:5])
        raise CallError(f"invalid answer of the worker: not of the API's shape at {places}") from error


async def end_all(tasks: Iterable["asyncio.Task[Any]"]) -> None:
    """Cancel tasks until they have ended: one that is cancelled just as what it waits for completes may miss it once."""
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=CANCEL_AGAIN_SECONDS)
