"""RPCs: the worker is asked beside the states, then what its answer changes is applied in one event.

An RPC whose loading policy locks attributes has them for itself: against other such RPCs and against states that lock the
same keys. It waits for them as long as its own timeout, then is refused with 450.
"""

import asyncio
import itertools
import json
from typing import Any

from pydantic import ValidationError

from inbox_agent.engine import decisions, listing, machine, policies
from inbox_agent.engine import events as ev
from inbox_agent.engine import protocol as api
from inbox_agent.engine.dispatcher import CallError
from inbox_agent.engine.engine import Engine
from inbox_agent.engine.protocol import ApiError
from inbox_agent.engine.runs import Run
from inbox_agent.engine.wire import WorkerRpcResponse
from inbox_agent.engine.worker_requests import dump, rpc_call

_holders = itertools.count(1)


async def invoke(engine: Engine, request: api.RpcRequest) -> dict[str, Any]:
    """Carries out an RPC; its changes are on disk when this returns.

    Raises:
        ApiError: 400 no such workflow, or it has ended and the RPC would change it; 420 the worker failed, with its own
            error; 450 a lock was not free in time.
    """
    longest = engine.limits.longest_wait_seconds
    timeout = min(request.timeout_seconds or longest, longest)
    keys = policies.lock_keys(request.data_attributes_loading_policy, request.search_attributes_loading_policy)
    with engine.using(request.workflow_id, request.workflow_run_id) as run:
        engine.check_load(run.state.worker_url)
        if not keys:
            await run.settled()
            return await _finished(engine, run, request, await _asked(engine, run, request, timeout), locked=False)
        if not run.state.is_running:
            raise api.workflow_completed()
        holder = f"rpc-{next(_holders)}"
        await _lock(run, keys, holder, timeout)
        try:
            await run.settled()
            response = await _asked(engine, run, request, timeout)
            stored = _applied(engine, run, request, response, locked=True)
        finally:
            engine.apply(run, ev.RpcUnlocked(holder=holder))
        if stored is not None:
            await stored
        return _answer(response)


async def _asked(engine: Engine, run: Run, request: api.RpcRequest, timeout: float) -> WorkerRpcResponse:
    path, body = rpc_call(run.state, request)
    try:
        answer = await engine.dispatcher.call(run.state.worker_url, path, body, timeout, "rpc")
        response = WorkerRpcResponse.model_validate_json(answer)
    except CallError as error:
        raise _worker_error(error) from error
    except ValidationError as error:
        raise _refused(f"the worker's answer is not of the API's shape: {error.errors()[0]['loc']}") from error
    if decisions.closes(response.state_decision):
        raise _refused("closing workflow in RPC is not supported yet")
    problem = listing.problem_with(response.upsert_search_attributes, engine.search_attributes)
    if problem is not None:
        raise _refused(problem)
    return response


async def _finished(
    engine: Engine, run: Run, request: api.RpcRequest, response: WorkerRpcResponse, *, locked: bool
) -> dict[str, Any]:
    stored = _applied(engine, run, request, response, locked=locked)
    if stored is not None:
        await stored
    return _answer(response)


def _applied(
    engine: Engine, run: Run, request: api.RpcRequest, response: WorkerRpcResponse, *, locked: bool
) -> "asyncio.Future[None] | None":
    """Applies what the RPC changes; None when it only read."""
    changes = (
        response.upsert_data_attributes
        or response.upsert_search_attributes
        or response.publish_to_inter_state_channel
        or response.record_events
        or (response.state_decision is not None and response.state_decision.next_states)
    )
    if not changes:
        return None
    event = ev.RpcApplied(rpc_name=request.rpc_name, input=request.input, response=response, locked=locked)
    stored = engine.apply(run, event)
    if stored is None:
        raise api.workflow_completed()
    return stored


async def _lock(run: Run, keys: list[str], holder: str, timeout: float) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout
    # Behind those who wait already, or many RPCs could keep one waiting for ever.
    first = not run.on_unlock
    while not (first and machine.try_lock(run.state, keys, holder)):
        first = True
        free = loop.create_future()
        run.on_unlock.append(free)
        try:
            async with asyncio.timeout_at(deadline):
                await free
        except TimeoutError as error:
            if free in run.on_unlock:
                run.on_unlock.remove(free)
            detail = "requested data or search attributes are being locked by other operations"
            raise ApiError(api.LOCK_STATUS, detail, api.WORKER_API_ERROR) from error
        if not run.state.is_running:
            raise api.workflow_completed()


def _answer(response: WorkerRpcResponse) -> dict[str, Any]:
    return {} if response.output is None else {"output": dump(response.output)}


def _refused(reason: str) -> ApiError:
    return ApiError(api.LONG_POLL_OR_WORKER_STATUS, reason, api.WORKER_API_ERROR, ("", "", 0))


def _worker_error(error: CallError) -> ApiError:
    if error.status == 0:
        return _refused(error.reason)
    try:
        body = json.loads(error.body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        reason = f"unable to decode worker response body to WorkerErrorResponse: body{error.body[:500]}"
        worker = ("", "", error.status)
    else:
        worker = (str(body.get("detail") or ""), str(body.get("errorType") or ""), error.status)
        reason = f"worker API error, status:{error.status}, errorType:{worker[1]}"
    return ApiError(api.LONG_POLL_OR_WORKER_STATUS, reason, api.WORKER_API_ERROR, worker)
