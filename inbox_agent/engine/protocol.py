"""The requests of iWF's client API: what each route takes, and the errors it answers with.

A body that is no JSON, or not of the route's shape, is a 400 with ``invalid request schema``, as the server says it.
"""

from typing import Any, Literal, TypeVar

from pydantic import Field, ValidationError

from inbox_agent.engine.wire import (
    ChannelMessage,
    EncodedObject,
    KeyValue,
    LoadingPolicy,
    SearchAttribute,
    SearchAttributeKey,
    StateOptions,
    Wire,
    WorkflowConfig,
    WorkflowRetryPolicy,
)

RequestT = TypeVar("RequestT", bound=Wire)

LONG_POLL_TIMEOUT = "LONG_POLL_TIME_OUT_SUB_STATUS"
UNCATEGORIZED = "UNCATEGORIZED_SUB_STATUS"
WORKER_API_ERROR = "WORKER_API_ERROR"
ALREADY_STARTED = "WORKFLOW_ALREADY_STARTED_SUB_STATUS"
NOT_EXISTS = "WORKFLOW_NOT_EXISTS_SUB_STATUS"
# iWF's own status codes: 420 for long polls that ended without an answer and for failed workers, 450 for a lock not got.
LONG_POLL_OR_WORKER_STATUS = 420
LOCK_STATUS = 450


class ApiError(Exception):
    """A refusal as the client sees it: HTTP status and iWF's error body.

    Args:
        status: HTTP status code.
        detail: one sentence for people.
        sub_status: iWF's ``ErrorSubStatus``, None to leave it out.
        worker: ``(detail, error type, status)`` of the worker's own error, for ``WORKER_API_ERROR``.
    """

    def __init__(
        self, status: int, detail: str, sub_status: str | None = None, worker: tuple[str, str, int] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.body: dict[str, Any] = {"detail": detail}
        if sub_status is not None:
            self.body["subStatus"] = sub_status
        if worker is not None:
            self.body["originalWorkerErrorDetail"], self.body["originalWorkerErrorType"] = worker[0], worker[1]
            self.body["originalWorkerErrorStatus"] = worker[2]


def workflow_not_found(workflow_id: str) -> ApiError:
    return ApiError(400, f"workflow not found for ID: {workflow_id}", NOT_EXISTS)


def workflow_completed() -> ApiError:
    return ApiError(400, "workflow execution already completed", NOT_EXISTS)


def invalid_request(reason: str) -> ApiError:
    return ApiError(400, f"invalid request - {reason}", UNCATEGORIZED)


class WorkflowRequest(Wire):
    """What all requests about one workflow have in common. An empty run id means the latest run."""

    workflow_id: str
    workflow_run_id: str | None = None


class AlreadyStartedOptions(Wire):
    ignore_already_started_error: bool = False
    request_id: str | None = None


class StartOptions(Wire):
    id_reuse_policy: (
        Literal[
            "DISALLOW_REUSE",
            "ALLOW_IF_NO_RUNNING",
            "ALLOW_IF_PREVIOUS_EXITS_ABNORMALLY",
            "ALLOW_TERMINATE_IF_RUNNING",
        ]
        | None
    ) = None
    cron_schedule: str | None = None
    workflow_start_delay_seconds: int | None = None
    retry_policy: WorkflowRetryPolicy | None = None
    search_attributes: list[SearchAttribute] | None = None
    data_attributes: list[KeyValue] | None = None
    workflow_config_override: WorkflowConfig | None = None
    use_memo_for_data_attributes: bool | None = None
    workflow_already_started_options: AlreadyStartedOptions | None = None


class StartRequest(Wire):
    workflow_id: str
    iwf_workflow_type: str
    workflow_timeout_seconds: int = Field(default=0, ge=0)
    iwf_worker_url: str
    start_state_id: str | None = None
    wait_for_completion_state_execution_ids: list[str] | None = None
    wait_for_completion_state_ids: list[str] | None = None
    state_input: EncodedObject | None = None
    state_options: StateOptions | None = None
    workflow_start_options: StartOptions | None = None


class SignalRequest(WorkflowRequest):
    signal_channel_name: str
    signal_value: EncodedObject | None = None


class PublishRequest(WorkflowRequest):
    messages: list[ChannelMessage] | None = None


class StopRequest(WorkflowRequest):
    reason: str | None = None
    stop_type: Literal["CANCEL", "TERMINATE", "FAIL"] | None = None


class GetRequest(WorkflowRequest):
    needs_results: bool | None = None
    wait_time_seconds: int | None = None


class WaitForStateRequest(Wire):
    workflow_id: str
    state_execution_id: str | None = None
    state_id: str | None = None
    wait_for_key: str | None = None
    wait_time_seconds: int | None = None


class GetDataRequest(WorkflowRequest):
    keys: list[str] | None = None
    use_memo_for_data_attributes: bool | None = None


class SetDataRequest(WorkflowRequest):
    objects: list[KeyValue] | None = None


class GetSearchAttributesRequest(WorkflowRequest):
    keys: list[SearchAttributeKey] | None = None


class SetSearchAttributesRequest(WorkflowRequest):
    search_attributes: list[SearchAttribute] | None = None


class SearchRequest(Wire):
    query: str
    page_size: int | None = None
    next_page_token: str | None = None


class RpcRequest(WorkflowRequest):
    rpc_name: str
    input: EncodedObject | None = None
    search_attributes_loading_policy: LoadingPolicy | None = None
    data_attributes_loading_policy: LoadingPolicy | None = None
    timeout_seconds: int | None = None
    use_memo_for_data_attributes: bool | None = None
    search_attributes: list[SearchAttributeKey] | None = None


class SkipTimerRequest(WorkflowRequest):
    workflow_state_execution_id: str
    timer_command_id: str | None = None
    timer_command_index: int | None = None


class ResetRequest(WorkflowRequest):
    reset_type: Literal["BEGINNING", "HISTORY_EVENT_ID", "HISTORY_EVENT_TIME", "STATE_ID", "STATE_EXECUTION_ID"]
    history_event_id: int | None = None
    history_event_time: str | None = None
    reason: str | None = None
    state_id: str | None = None
    state_execution_id: str | None = None
    skip_signal_reapply: bool | None = None
    skip_update_reapply: bool | None = None


class ConfigUpdateRequest(WorkflowRequest):
    workflow_config: WorkflowConfig


class DumpRequest(WorkflowRequest):
    page_num: int = 0
    page_size_in_bytes: int = 0


def parse(model: type[RequestT], body: bytes) -> RequestT:
    """Reads a request.

    Raises:
        ApiError: 400, the body is no JSON or lacks a field.
    """
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        if error.errors()[0]["type"] == "json_invalid":
            raise ApiError(400, "invalid request schema") from error
        places = ", ".join(".".join(map(str, problem["loc"])) or "body" for problem in error.errors()[:5])
        raise ApiError(400, f"invalid request schema: {places}") from error
