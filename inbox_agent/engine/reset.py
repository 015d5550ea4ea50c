"""Resets: a new run that begins from a point in the history of an earlier one, which ends if it has not.

The history up to the point is applied to a new state; what came from outside after it (signals; RPCs and other updates) is
applied again, unless told not to. Event ids are those of the history page: the start counts for the first four, as on the
server (started, task scheduled, task started, task completed), so the first state begins at event 4.
"""

from datetime import UTC, datetime
from typing import Any

from inbox_agent.engine import events as ev
from inbox_agent.engine import machine
from inbox_agent.engine import protocol as api
from inbox_agent.engine.engine import Engine, new_run_id
from inbox_agent.engine.protocol import ApiError
from inbox_agent.engine.runs import Run
from inbox_agent.engine.state import RunState
from inbox_agent.engine.storage import PastEvent
from inbox_agent.engine.transition import Outcome

_NO_EVENT = "Get historyEventId failed, no historyEventId"
FIRST_EVENT_ID = 4


def event_id(sequence: int) -> int:
    """The id under which clients know the event of this sequence number."""
    return sequence + FIRST_EVENT_ID - 1


async def reset(engine: Engine, request: api.ResetRequest) -> dict[str, Any]:
    """Restarts a run from a point of its history.

    Raises:
        ApiError: 400 no such workflow, or an event id outside of its history; 500 (as the server) no such state or time.
    """
    with engine.using(request.workflow_id, request.workflow_run_id) as base:
        engine.check_load(base.state.worker_url)
        await base.settled()
        history = engine.store.history(base.rid)
        now = engine.clock()
        kept = _kept(history, request, base.state)
        started = history[0].event
        assert isinstance(started, ev.Started), "every history begins with the start"
        state = machine.new_run(
            started.request, new_run_id(now), base.state.started_at, first_run_id=base.state.first_run_id
        )
        machine.replay(state, [(past.at, past.event) for past in history[:kept]])
        state.sequence = kept
        events = history[:kept]
        seconds = started.request.workflow_timeout_seconds
        calls = machine.begin_again(state, now, now + seconds * 1000 if seconds > 0 else None)
        for event in _applied_again(history[kept:], request):
            again = machine.apply(state, event, now)
            if again.accepted:
                calls += again.calls
                events.append(PastEvent(state.sequence, now, event))
        return await _store(engine, base, state, events, calls, request)


async def _store(
    engine: Engine, base: Run, state: RunState, events: list[PastEvent], calls: list[str], request: api.ResetRequest
) -> dict[str, Any]:
    outcome = Outcome(calls=calls, timers=dict(state.timers), closed=not state.is_running)
    latest = engine.find(base.state.workflow_id)
    change = engine.add(state, outcome, engine.clock(), [(past.at, past.event) for past in events])
    if latest is not None and latest.state.is_running:
        # One transaction: there is never a moment with two running runs.
        reason = f"reset: {request.reason or request.reset_type}"
        stored = engine.apply(latest, ev.Stopped(stop_type="TERMINATE", reason=reason), change)
        assert stored is not None, "a running run can be stopped"
        await stored
    else:
        await engine.commit(change)
    return {"workflowRunId": state.run_id}


def _kept(history: list[PastEvent], request: api.ResetRequest, base: RunState) -> int:
    """How many events of the history the new run keeps: at least the start, never the end of the run."""
    if request.reset_type == "BEGINNING":
        return 1
    if len(history) != base.sequence:
        detail = "the history before the last events was dropped; only a reset to the beginning is possible"
        raise ApiError(400, detail, api.UNCATEGORIZED)
    last = len(history) if base.is_running else len(history) - 1
    if request.reset_type == "HISTORY_EVENT_ID":
        kept = (request.history_event_id or 0) - FIRST_EVENT_ID + 1
        if not 1 <= kept <= len(history):
            detail = f"historyEventId must be from {FIRST_EVENT_ID} to {event_id(len(history))}"
            raise ApiError(400, detail, api.UNCATEGORIZED)
    elif request.reset_type == "HISTORY_EVENT_TIME":
        kept = _first_at(history, _unix_milliseconds(request.history_event_time or ""))
    else:
        kept = _before_state(history, request, base)
    return max(1, min(kept, last))


def _first_at(history: list[PastEvent], at: int) -> int:
    for index, past in enumerate(history):
        if past.at >= at:
            return index + 1
    raise ApiError(500, _NO_EVENT, api.UNCATEGORIZED)


def _before_state(history: list[PastEvent], request: api.ResetRequest, base: RunState) -> int:
    """The number of events up to the one that began the state's (first) execution."""
    started = history[0].event
    assert isinstance(started, ev.Started), "every history begins with the start"
    state = machine.new_run(started.request, base.run_id, base.started_at)
    by_id = request.reset_type == "STATE_ID"
    for index, past in enumerate(history):
        counters = dict(state.counters)
        machine.replay(state, [(past.at, past.event)])
        for state_id, count in state.counters.items():
            began = range(counters.get(state_id, 0) + 1, count + 1)
            if (by_id and began and state_id == request.state_id) or (
                not by_id and any(f"{state_id}-{number}" == request.state_execution_id for number in began)
            ):
                return index + 1
    raise ApiError(500, _NO_EVENT, api.UNCATEGORIZED)


def _applied_again(dropped: list[PastEvent], request: api.ResetRequest) -> list[ev.RecordedEvent]:
    again: list[ev.RecordedEvent] = []
    for past in dropped:
        event = past.event
        is_update = isinstance(event, ev.RpcApplied) and event.locked
        is_signal = isinstance(event, ev.SIGNALS) or (isinstance(event, ev.RpcApplied) and not event.locked)
        if (is_signal and not request.skip_signal_reapply) or (is_update and not request.skip_update_reapply):
            again.append(event)
    return again


def _unix_milliseconds(text: str) -> int:
    """Reads RFC 3339, or Unix nanoseconds as a number."""
    try:
        if text.isdigit():
            return int(text) // 1_000_000
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ApiError(
            400, f"historyEventTime {text!r} is neither RFC 3339 nor nanoseconds", api.UNCATEGORIZED
        ) from error
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
