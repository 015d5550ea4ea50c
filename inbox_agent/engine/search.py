"""``/workflow/search``: visibility queries over the stored runs. Runs in a thread of its own: a query may scan all runs."""

import asyncio
import contextlib
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from inbox_agent.engine.listing import GLOBAL_WORKFLOW_VERSION
from inbox_agent.engine.protocol import UNCATEGORIZED, ApiError, SearchRequest
from inbox_agent.engine.storage import Storage
from inbox_agent.engine.visibility import (
    OPEN_CLOSE_TIME_MICROS,
    Attribute,
    PageToken,
    Paging,
    ValueType,
    VisibilityError,
    compile_query,
    register_functions,
)
from inbox_agent.engine.wire import SearchAttributeType

_DEFAULT_PAGE = 1000
_LARGEST_PAGE = 1000
_PAGING = Paging(close="close_us", start="start_us", run_id="run_id")
# What every run has. Temporal knows all iWF workflows under the one type of iWF's interpreter; the type that people mean
# is IwfWorkflowType, so here both give it.
_EVERY_RUN = {
    "WorkflowId": Attribute("workflow_id", ValueType.KEYWORD),
    "RunId": Attribute("run_id", ValueType.KEYWORD),
    "WorkflowType": Attribute("workflow_type", ValueType.KEYWORD),
    "IwfWorkflowType": Attribute("workflow_type", ValueType.KEYWORD),
    "IwfExecutingStateIds": Attribute("executing", ValueType.KEYWORD_ARRAY),
    "IwfGlobalWorkflowVersion": Attribute(str(GLOBAL_WORKFLOW_VERSION), ValueType.INT),
    "ExecutionStatus": Attribute("status", ValueType.STATUS),
    "StartTime": Attribute("start_us", ValueType.DATETIME),
    "ExecutionTime": Attribute("start_us", ValueType.DATETIME),
    "CloseTime": Attribute("close_us", ValueType.DATETIME, when_null=OPEN_CLOSE_TIME_MICROS),
    "ExecutionDuration": Attribute("(close_us - start_us) * 1000", ValueType.DURATION),
    "HistoryLength": Attribute("history_length", ValueType.INT),
}


class Search:
    """Answers queries, one at a time."""

    def __init__(self, store: Storage, search_attributes: dict[str, SearchAttributeType]) -> None:
        self._store = store
        self._attributes = {
            # Names are identifiers, as the registration checked.
            **{
                name: Attribute(f"json_extract(search, '$.{name}')", ValueType[kind])
                for name, kind in search_attributes.items()
            },
            **_EVERY_RUN,
        }
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="engine-search")

    async def search(self, request: SearchRequest) -> dict[str, Any]:
        """Raises ``ApiError`` (500, as the server) for a query that cannot be understood."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._search, request)
        except VisibilityError as error:
            raise ApiError(500, str(error), UNCATEGORIZED) from error

    def close(self) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _search(self, request: SearchRequest) -> dict[str, Any]:
        size = min(request.page_size, _LARGEST_PAGE) if request.page_size and request.page_size > 0 else _DEFAULT_PAGE
        where = compile_query(request.query, self._attributes)
        sql, parameters = where.sql, [*where.parameters]
        if request.next_page_token:
            after = _PAGING.after(PageToken.decode(request.next_page_token))
            sql, parameters = f"({sql}) AND {after.sql}", [*parameters, *after.parameters]
        with contextlib.closing(self._store.open_reader()) as connection:
            register_functions(connection)
            rows = self._rows(connection, sql, [*parameters, size])
        token = ""
        if len(rows) == size:
            # As the server: a full page has a token, even if it was the last.
            _, run_id, start, close = rows[-1]
            token = PageToken(OPEN_CLOSE_TIME_MICROS if close is None else close, start, run_id).encode()
        found = [{"workflowId": workflow_id, "workflowRunId": run_id} for workflow_id, run_id, _, _ in rows]
        return {**({"workflowExecutions": found} if found else {}), "nextPageToken": token}

    @staticmethod
    def _rows(
        connection: sqlite3.Connection, where: str, parameters: list[Any]
    ) -> list[tuple[str, str, int, int | None]]:
        sql = (
            f"SELECT workflow_id, run_id, start_us, close_us FROM runs WHERE {where} "  # noqa: S608 -- made by compile_query
            f"ORDER BY {_PAGING.order_by} LIMIT ?"
        )
        return connection.execute(sql, parameters).fetchall()
