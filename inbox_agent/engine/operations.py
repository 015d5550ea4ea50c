"""What clients ask of the engine, one method a route. Each returns the response's body once what it says is on disk."""

import asyncio
import hashlib
import json
import logging
import os
import re
import time
from typing import Any

from inbox_agent.engine import events as ev
from inbox_agent.engine import listing, machine, policies, views
from inbox_agent.engine import protocol as api
from inbox_agent.engine.access import without_secrets
from inbox_agent.engine.engine import Engine, new_run_id
from inbox_agent.engine.protocol import ApiError
from inbox_agent.engine.runs import Run
from inbox_agent.engine.state import RunState
from inbox_agent.engine.wire import LoadingPolicy
from inbox_agent.engine.worker_requests import dump

log = logging.getLogger(__name__)

Body = dict[str, Any]


class Operations:
    """The client API on an engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    # start and end

    async def start(self, request: api.StartRequest) -> Body:
        engine, options = self._engine, request.workflow_start_options
        engine.check_load(request.iwf_worker_url.rstrip("/"))
        self._check_start(request)
        previous = engine.find(request.workflow_id)
        replaced: Run | None = None
        if previous is not None:
            refusal = _reuse_refusal(previous.state, options)
            if refusal is not None:
                return await self._already_started(previous, options, refusal)
            replaced = previous if previous.state.is_running else None
        now = engine.clock()
        state = machine.new_run(request, new_run_id(now), now)
        event = ev.Started(request=request)
        change = engine.begin(state, event, now)
        if replaced is None:
            await engine.commit(change)
        else:
            # One transaction: there is never a moment without, or with two, running runs.
            reason = "replaced by a new start of the same workflow id"
            stored = engine.apply(replaced, ev.Stopped(stop_type="TERMINATE", reason=reason), change)
            assert stored is not None, "a running run can be stopped"
            await stored
        return {"workflowRunId": state.run_id}

    def _check_start(self, request: api.StartRequest) -> None:
        options = request.workflow_start_options
        if not request.workflow_id or not request.iwf_workflow_type:
            raise api.invalid_request("workflowId and iwfWorkflowType must not be empty")
        if not re.match(r"https?://[^/\s]+", request.iwf_worker_url):
            raise api.invalid_request(f"iwfWorkerUrl must be an http or https URL, not {request.iwf_worker_url!r}")
        if self._engine.dispatcher.worker_urls.resolve(request.iwf_worker_url) is None:
            shown = without_secrets(request.iwf_worker_url)
            advice = f"start the engine with INBOX_AGENT_WORKER_URL={shown}"
            reason = f"iwfWorkerUrl: {shown} is not a worker of this engine; {advice}"
            log.warning("a start was refused: %s", reason)
            raise api.invalid_request(reason)
        if options is None:
            return
        if options.cron_schedule:
            if not 5 <= len(options.cron_schedule.split()) <= 7:
                detail = "Invalid schedule spec: CronString does not have 5-7 fields"
                raise ApiError(500, detail, api.UNCATEGORIZED)
            raise ApiError(501, "cron schedules are not supported by the embedded engine", api.UNCATEGORIZED)
        problem = listing.problem_with(options.search_attributes, self._engine.search_attributes)
        if problem is not None:
            raise ApiError(500, problem, api.UNCATEGORIZED)

    async def _already_started(self, run: Run, options: api.StartOptions | None, refusal: str) -> Body:
        again = None if options is None else options.workflow_already_started_options
        ignored = again is not None and again.ignore_already_started_error
        if again is not None and again.request_id is not None:
            ignored = ignored and again.request_id == run.state.request_id
        if not ignored:
            raise ApiError(400, refusal, api.ALREADY_STARTED)
        await run.settled()
        return {"workflowRunId": run.state.run_id}

    async def stop(self, request: api.StopRequest) -> Body:
        with self._engine.using(request.workflow_id, request.workflow_run_id) as run:
            event = ev.Stopped(stop_type=request.stop_type or "CANCEL", reason=request.reason)
            # Stopping what has ended already is no error.
            await self._done(run, event)
        return {}

    async def get(self, request: api.GetRequest) -> Body:
        with self._engine.using(request.workflow_id, request.workflow_run_id) as run:
            await run.settled()
            return views.described(run.state, bool(request.needs_results))

    async def get_with_wait(self, request: api.GetRequest) -> Body:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + (request.wait_time_seconds or self._engine.limits.longest_wait_seconds)
        run_id = request.workflow_run_id
        while True:
            with self._engine.using(request.workflow_id, run_id) as run:
                if run.state.is_running:
                    await self._wait(run.on_close, deadline - loop.time())
                await run.settled()
                if run.state.is_running:
                    detail = "workflow is still running, waiting has exceeded timeout limit, please retry"
                    raise ApiError(api.LONG_POLL_OR_WORKER_STATUS, detail, api.LONG_POLL_TIMEOUT)
                if run.state.next_run_id is None:
                    return views.described(run.state, needs_results=True)
                # It failed and is tried again: the result is that of the last try.
                run_id = run.state.next_run_id

    async def wait_for_state(self, request: api.WaitForStateRequest) -> Body:
        by_key = f"{request.state_id or ''}_{request.wait_for_key}"
        key = by_key if request.wait_for_key else request.state_execution_id or ""
        if not key:
            raise api.invalid_request("must provide either a stateExecutionId, or a stateId and a waitForKey")
        if not self._has_completed(request.workflow_id, key):
            place = (request.workflow_id, key)
            await self._wait(self._engine.state_waiters.setdefault(place, []), request.wait_time_seconds or None)
            if not self._engine.state_waiters.get(place, [None]):
                del self._engine.state_waiters[place]
        if not self._has_completed(request.workflow_id, key):
            detail = "waiting has exceeded timeout limit, please retry"
            raise ApiError(api.LONG_POLL_OR_WORKER_STATUS, detail, api.LONG_POLL_TIMEOUT)
        with self._engine.using(request.workflow_id) as run:
            await run.settled()
        return {"stateCompletionOutput": {"completedStateExecutionId": "", "completedStateId": ""}}

    def _has_completed(self, workflow_id: str, key: str) -> bool:
        run = self._engine.find(workflow_id)
        return run is not None and key in run.state.completed_keys

    async def _wait(self, waiting: "list[asyncio.Future[None]]", seconds: float | None) -> None:
        longest = self._engine.limits.longest_wait_seconds
        future = asyncio.get_running_loop().create_future()
        waiting.append(future)
        try:
            async with asyncio.timeout(longest if seconds is None else min(seconds, longest)):
                await future
        except TimeoutError:
            pass
        finally:
            if future in waiting:
                waiting.remove(future)

    # messages and attributes

    async def signal(self, request: api.SignalRequest) -> Body:
        with self._engine.using(request.workflow_id, request.workflow_run_id) as run:
            self._check_backlog(run)
            event = ev.Signaled(channel_name=request.signal_channel_name, value=request.signal_value)
            await self._done_on_running(run, event)
        return {}

    async def publish(self, request: api.PublishRequest) -> Body:
        with self._engine.using(request.workflow_id, request.workflow_run_id) as run:
            self._check_backlog(run)
            await self._done_on_running(run, ev.Published(messages=request.messages or []))
        return {}

    def _check_backlog(self, run: Run) -> None:
        self._engine.check_load(run.state.worker_url)
        waiting = sum(map(len, run.state.signals.values())) + sum(map(len, run.state.channels.values()))
        if waiting >= self._engine.limits.waiting_messages:
            raise ApiError(
                429, f"{waiting} messages of this workflow are undelivered; no more are taken until it reads them"
            )

    async def get_data(self, request: api.GetDataRequest) -> Body:
        with self._engine.using(request.workflow_id, request.workflow_run_id) as run:
            await run.settled()
            policy = LoadingPolicy(
                persistence_loading_type="LOAD_PARTIAL_WITHOUT_LOCKING" if request.keys else None,
                partial_loading_keys=request.keys,
            )
            found = [dump(item) for item in policies.load_data(run.state.data, policy)]
        return {"objects": found} if found else {}

    async def set_data(self, request: api.SetDataRequest) -> Body:
        with self._engine.using(request.workflow_id, request.workflow_run_id) as run:
            self._engine.check_load(run.state.worker_url)
            await self._done_on_running(run, ev.DataSet(objects=request.objects or []))
        return {}

    async def get_search_attributes(self, request: api.GetSearchAttributesRequest) -> Body:
        with self._engine.using(request.workflow_id, request.workflow_run_id) as run:
            await run.settled()
            attributes = run.state.search_attributes
            found = [listing.shown(attributes[wanted.key]) for wanted in request.keys or () if wanted.key in attributes]
        return {"searchAttributes": found} if found else {}

    async def set_search_attributes(self, request: api.SetSearchAttributesRequest) -> Body:
        problem = listing.problem_with(request.search_attributes, self._engine.search_attributes)
        if problem is not None:
            raise ApiError(500, problem, api.UNCATEGORIZED)
        with self._engine.using(request.workflow_id, request.workflow_run_id) as run:
            self._engine.check_load(run.state.worker_url)
            event = ev.SearchAttributesSet(attributes=request.search_attributes or [])
            await self._done_on_running(run, event)
        return {}

    # the rest

    async def skip_timer(self, request: api.SkipTimerRequest) -> Body:
        if not request.timer_command_id and request.timer_command_index is None:
            raise api.invalid_request("must provide either a timerCommandId or index")
        with self._engine.using(request.workflow_id, request.workflow_run_id) as run:
            index = _timer_index(run.state, request)
            if index is None:
                raise api.invalid_request("requested timer command doesn't exist")
            name = request.workflow_state_execution_id
            await self._done(run, ev.TimerSkipped(state_execution_id=name, index=index))
        return {}

    async def update_config(self, request: api.ConfigUpdateRequest) -> Body:
        with self._engine.using(request.workflow_id, request.workflow_run_id) as run:
            await self._done_on_running(run, ev.ConfigUpdated(config=request.workflow_config))
        return {}

    async def trigger_continue_as_new(self, request: api.WorkflowRequest) -> Body:
        """Nothing to do: history does not limit a run here, because it is bounded by dropping its oldest part."""
        with self._engine.using(request.workflow_id, request.workflow_run_id) as run:
            if not run.state.is_running:
                raise api.workflow_completed()
        return {}

    async def dump(self, request: api.DumpRequest) -> Body:
        with self._engine.using(request.workflow_id, request.workflow_run_id) as run:
            await run.settled()
            document = json.dumps(views.dumped(run.state), separators=(",", ":"))
        size = request.page_size_in_bytes if request.page_size_in_bytes > 0 else max(1, len(document))
        pages = max(1, -(-len(document) // size))
        if not 0 <= request.page_num < pages:
            raise api.invalid_request(f"wrong pageNum, max is {pages - 1}")
        start = request.page_num * size
        checksum = hashlib.sha256(document.encode()).hexdigest()
        return {"checksum": checksum, "totalPages": pages, "jsonData": document[start : start + size]}

    def health(self) -> Body:
        started = time.perf_counter()
        return {
            "condition": "OK",
            "hostname": os.uname().nodename,
            "duration": round((time.perf_counter() - started) * 1000),
        }

    async def _done(self, run: Run, event: ev.Event) -> bool:
        stored = self._engine.apply(run, event)
        if stored is None:
            await run.settled()
            return False
        await stored
        return True

    async def _done_on_running(self, run: Run, event: ev.Event) -> None:
        if not run.state.is_running:
            await run.settled()
            raise api.workflow_completed()
        await self._done(run, event)


def _reuse_refusal(state: RunState, options: api.StartOptions | None) -> str | None:
    """Why the id of an earlier run may not be used again, in the server's words; None when it may."""
    policy = (None if options is None else options.id_reuse_policy) or "ALLOW_IF_NO_RUNNING"
    names = f"WorkflowId: {state.workflow_id}, RunId: {state.run_id}."
    if state.is_running:
        running = f"Workflow execution is already running. {names}"
        return None if policy == "ALLOW_TERMINATE_IF_RUNNING" else running
    if policy == "DISALLOW_REUSE":
        return f"Workflow execution already finished. {names} Workflow Id reuse policy: reject duplicate workflow Id."
    if policy == "ALLOW_IF_PREVIOUS_EXITS_ABNORMALLY" and state.status == "COMPLETED":
        return (
            f"Workflow execution already finished successfully. {names} "
            "Workflow Id reuse policy: allow duplicate workflow Id if last run failed."
        )
    return None


def _timer_index(state: RunState, request: api.SkipTimerRequest) -> int | None:
    execution = state.executions.get(request.workflow_state_execution_id)
    if execution is None or execution.phase != "waiting" or execution.commands is None:
        return None
    timers = execution.commands.timer_commands or []
    if request.timer_command_id:
        ids = [timer.command_id for timer in timers]
        return ids.index(request.timer_command_id) if request.timer_command_id in ids else None
    index = request.timer_command_index or 0
    return index if 0 <= index < len(timers) else None
