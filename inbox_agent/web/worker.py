"""The iWF worker's side: the three routes that the engine calls, over the SDK's ``WorkerService``."""

import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Flask, Response, jsonify, make_response, request
from flask.typing import ResponseReturnValue
from iwf.iwf_api.models import (
    WorkerErrorResponse,
    WorkflowStateExecuteRequest,
    WorkflowStateWaitUntilRequest,
    WorkflowWorkerRpcRequest,
)
from iwf.worker_service import WorkerService
from werkzeug.exceptions import HTTPException

from inbox_agent.web.callers import ANYBODY, Callers, only
from inbox_agent.web.failures import describe_failure, failure_message

Call = TypeVar("Call")

log = logging.getLogger(__name__)

BODY_LIMIT = 16 * 1024 * 1024
"""Octets of one call: every data attribute that a state loads (64 KB each) and what waits in its channels."""


def create_worker_app(worker_service: WorkerService, callers: Callers = ANYBODY) -> Flask:
    """The application that the engine's calls reach.

    Args:
        callers: whose calls are served, besides ``/healthz``.
    """
    app = Flask("inbox_agent.web.worker", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT

    app.wsgi_app = only(callers, app.wsgi_app)  # type: ignore[method-assign, assignment] # Flask's documented way to wrap it

    @app.post(WorkerService.api_path_workflow_state_wait_until)
    def wait_until() -> ResponseReturnValue:
        return _handled(WorkflowStateWaitUntilRequest.from_dict, worker_service.handle_workflow_state_wait_until)

    @app.post(WorkerService.api_path_workflow_state_execute)
    def execute() -> ResponseReturnValue:
        return _handled(WorkflowStateExecuteRequest.from_dict, worker_service.handle_workflow_state_execute)

    @app.post(WorkerService.api_path_workflow_worker_rpc)
    def rpc() -> ResponseReturnValue:
        return _handled(WorkflowWorkerRpcRequest.from_dict, worker_service.handle_workflow_worker_rpc)

    @app.get("/healthz")
    def health() -> ResponseReturnValue:
        return jsonify(status="ok")

    @app.errorhandler(Exception)
    def failed(error: Exception) -> ResponseReturnValue:
        if isinstance(error, HTTPException):
            return _error(error.code or 500, error.name, "")
        # The engine tries again; its history gets one line, the log the places, neither of them anyone's mail.
        log.warning("worker call %s failed: %s", request.path, describe_failure(error))
        return _error(500, type(error).__name__, f"{failure_message(error)}; {describe_failure(error)}")

    return app


def _handled(parse: Callable[[Mapping[str, Any]], Call], handle: Callable[[Call], Any]) -> Response:
    return jsonify(handle(parse(request.get_json())).to_dict())


def _error(status: int, error_type: str, detail: str) -> Response:
    return make_response(jsonify(WorkerErrorResponse(detail=detail, error_type=error_type).to_dict()), status)
