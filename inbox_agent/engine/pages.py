"""Read-only pages for people: what one run has been through. HTML, or JSON for ``Accept: application/json``."""

import json
from datetime import UTC, datetime
from html import escape
from typing import Any

from aiohttp import web

from inbox_agent.engine import events as ev
from inbox_agent.engine.access import without_secrets
from inbox_agent.engine.engine import Engine
from inbox_agent.engine.reset import event_id
from inbox_agent.engine.state import RunState
from inbox_agent.engine.storage import PastEvent

_STYLE = (
    "body{font:14px/1.5 system-ui,sans-serif;margin:1.5rem;color-scheme:light dark}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;"
    "border-bottom:1px solid #8884}pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;font-size:12px}"
)


def add_routes(app: web.Application, engine: Engine) -> None:
    """Adds ``GET /engine/runs/WORKFLOW_ID`` (``?run=RUN_ID`` for an earlier run)."""

    async def show(request: web.Request) -> web.Response:
        run = engine.find(request.match_info["workflow_id"], request.query.get("run"))
        if run is None:
            raise web.HTTPNotFound
        engine.runs.hold(run)
        try:
            await run.settled()
            described = describe(run.state, engine.store.history(run.rid))
        finally:
            engine.runs.release(run)
        if "application/json" in request.headers.get("Accept", ""):
            return web.Response(text=json.dumps(described, indent=1), content_type="application/json")
        return web.Response(
            text=render(described),
            content_type="text/html",
            headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"},
        )

    app.router.add_get("/engine/runs/{workflow_id:.+}", show)


def describe(state: RunState, history: list[PastEvent]) -> dict[str, Any]:
    """All there is to see of a run, as JSON values. Times are RFC 3339 in UTC."""
    summary = state.summary()
    for name in ("startedAt", "closedAt"):
        summary[name] = None if summary[name] is None else _time(summary[name])
    return {
        **summary,
        "states": [
            {
                "stateExecutionId": one.state_execution_id,
                "phase": one.phase,
                "attempt": None if one.call is None else one.call.attempt,
                "nextAttemptAt": _time(one.call.retry_at) if one.call is not None and one.call.retry_at else None,
                "waitsForLock": one.call is not None and one.call.blocked,
                "input": _plain(one.movement.state_input),
                "commands": _plain(one.commands),
            }
            for one in state.executions.values()
        ],
        "timers": {key: _time(due) for key, due in sorted(state.timers.items(), key=lambda item: item[1])},
        "signals": {name: [_plain(value) for value in values] for name, values in state.signals.items()},
        "internalChannels": {name: [_plain(value) for value in values] for name, values in state.channels.items()},
        "dataAttributes": {name: _plain(value) for name, value in sorted(state.data.items())},
        "searchAttributes": {name: _plain(value) for name, value in sorted(state.search_attributes.items())},
        "outputs": [_plain(output) for output in state.outputs],
        "history": [
            {
                "eventId": event_id(past.sequence),
                "at": _time(past.at),
                "kind": past.event.kind,
                **_content(past.event),
            }
            for past in history
        ],
    }


def _content(event: ev.RecordedEvent) -> dict[str, Any]:
    content = event.model_dump(exclude_defaults=True, exclude={"kind", "token"}, by_alias=False)
    if isinstance(event, ev.Started):
        content["request"]["iwf_worker_url"] = without_secrets(event.request.iwf_worker_url)
    return content


def render(described: dict[str, Any]) -> str:
    """The page of one run."""
    title = escape(f"{described['workflowType']} {described['workflowId']}")
    facts = {name: described[name] for name in described if name not in {"states", "history"}}
    parts = [
        f"<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>{title}</title><style>{_STYLE}</style><h1>{title}</h1>",
        _table(["", ""], [[name, value] for name, value in facts.items() if value not in (None, {}, [])]),
        "<h2>States</h2>",
        _table(
            ["Execution", "Phase", "Attempt", "Next attempt", "Waits for lock", "Input", "Commands"],
            [list(one.values()) for one in described["states"]],
        ),
        "<h2>History</h2>",
        _table(["Event", "At (UTC)", "What", "Content"], [_history_row(past) for past in described["history"]]),
    ]
    return "\n".join(parts)


def _history_row(past: dict[str, Any]) -> list[Any]:
    return [
        past["eventId"],
        past["at"],
        past["kind"],
        {k: v for k, v in past.items() if k not in {"eventId", "at", "kind"}},
    ]


def _table(heads: list[str], rows: list[list[Any]]) -> str:
    if not rows:
        return "<p>None.</p>"
    head = "".join(f"<th>{escape(text)}</th>" for text in heads)
    body = "".join("<tr>" + "".join(f"<td>{_cell(value)}</td>" for value in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        return f"<pre>{escape(json.dumps(value, indent=1, ensure_ascii=False))}</pre>"
    return escape(str(value))


def _plain(value: Any) -> Any:
    return None if value is None else value.model_dump(by_alias=True, exclude_none=True)


def _time(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
