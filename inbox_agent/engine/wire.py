"""The values of iWF's wire format that requests, worker responses and the stored state have in common.

Field names are the API's, in camelCase on the wire; unknown fields are ignored, so newer SDKs may send more. Names of older
SDKs (``startApi…``, ``decideApi…``, ``deciderTriggerType``) are understood and come out under today's names.
"""

from typing import Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

LoadingType = Literal[
    "LOAD_ALL_WITHOUT_LOCKING",
    "LOAD_ALL_WITH_PARTIAL_LOCK",
    "LOAD_NONE",
    "LOAD_PARTIAL_WITHOUT_LOCKING",
    "LOAD_PARTIAL_WITH_EXCLUSIVE_LOCK",
]
SearchAttributeType = Literal["KEYWORD", "TEXT", "DATETIME", "INT", "DOUBLE", "BOOL", "KEYWORD_ARRAY"]

GRACEFUL_COMPLETE = "_SYS_GRACEFUL_COMPLETING_WORKFLOW"
FORCE_COMPLETE = "_SYS_FORCE_COMPLETING_WORKFLOW"
FORCE_FAIL = "_SYS_FORCE_FAILING_WORKFLOW"
DEAD_END = "_SYS_DEAD_END"
CLOSING_STATE_IDS = frozenset({GRACEFUL_COMPLETE, FORCE_COMPLETE, FORCE_FAIL, DEAD_END})


class Wire(BaseModel):
    """Base of everything that crosses the wire."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore")


class EncodedObject(Wire):
    """A value as its SDK encoded it; never looked into."""

    encoding: str | None = None
    data: str | None = None


class KeyValue(Wire):
    key: str = ""
    value: EncodedObject | None = None


class SearchAttribute(Wire):
    key: str = ""
    value_type: SearchAttributeType | None = None
    string_value: str | None = None
    integer_value: int | None = None
    double_value: float | None = None
    bool_value: bool | None = None
    string_array_value: list[str] | None = None


class SearchAttributeKey(Wire):
    key: str = ""
    value_type: SearchAttributeType | None = None


class ChannelMessage(Wire):
    """A message to an internal channel."""

    channel_name: str
    value: EncodedObject | None = None


class LoadingPolicy(Wire):
    persistence_loading_type: LoadingType | None = None
    partial_loading_keys: list[str] | None = None
    locking_keys: list[str] | None = None
    use_key_as_prefix: bool | None = None


class RetryPolicy(Wire):
    """Of a worker call. Times in seconds; 0 attempts or duration means no limit."""

    initial_interval_seconds: int | None = None
    backoff_coefficient: float | None = None
    maximum_interval_seconds: int | None = None
    maximum_attempts: int | None = None
    maximum_attempts_duration_seconds: int | None = None


class WorkflowRetryPolicy(Wire):
    """Of the whole workflow: a failed run is started again."""

    initial_interval_seconds: int | None = None
    backoff_coefficient: float | None = None
    maximum_interval_seconds: int | None = None
    maximum_attempts: int | None = None


class StateOptions(Wire):
    search_attributes_loading_policy: LoadingPolicy | None = None
    wait_until_api_search_attributes_loading_policy: LoadingPolicy | None = None
    execute_api_search_attributes_loading_policy: LoadingPolicy | None = None
    data_attributes_loading_policy: LoadingPolicy | None = Field(
        default=None, validation_alias=AliasChoices("dataAttributesLoadingPolicy", "dataObjectsLoadingPolicy")
    )
    wait_until_api_data_attributes_loading_policy: LoadingPolicy | None = None
    execute_api_data_attributes_loading_policy: LoadingPolicy | None = None
    wait_until_api_timeout_seconds: int | None = Field(
        default=None, validation_alias=AliasChoices("startApiTimeoutSeconds", "waitUntilApiTimeoutSeconds")
    )
    execute_api_timeout_seconds: int | None = Field(
        default=None, validation_alias=AliasChoices("decideApiTimeoutSeconds", "executeApiTimeoutSeconds")
    )
    wait_until_api_retry_policy: RetryPolicy | None = Field(
        default=None, validation_alias=AliasChoices("startApiRetryPolicy", "waitUntilApiRetryPolicy")
    )
    execute_api_retry_policy: RetryPolicy | None = Field(
        default=None, validation_alias=AliasChoices("decideApiRetryPolicy", "executeApiRetryPolicy")
    )
    wait_until_api_failure_policy: (
        Literal[
            "FAIL_WORKFLOW_ON_FAILURE",
            "PROCEED_ON_FAILURE",
            "FAIL_WORKFLOW_ON_START_API_FAILURE",
            "PROCEED_TO_DECIDE_ON_START_API_FAILURE",
        ]
        | None
    ) = Field(default=None, validation_alias=AliasChoices("startApiFailurePolicy", "waitUntilApiFailurePolicy"))
    execute_api_failure_policy: (
        Literal["FAIL_WORKFLOW_ON_EXECUTE_API_FAILURE", "PROCEED_TO_CONFIGURED_STATE"] | None
    ) = None
    execute_api_failure_proceed_state_id: str | None = None
    execute_api_failure_proceed_state_options: "StateOptions | None" = None
    skip_wait_until: bool | None = Field(default=None, validation_alias=AliasChoices("skipStartApi", "skipWaitUntil"))


class StateMovement(Wire):
    state_id: str
    state_input: EncodedObject | None = None
    state_options: StateOptions | None = None
    wait_for_key: str | None = None


class ConditionalClose(Wire):
    conditional_close_type: str | None = None
    channel_name: str | None = None
    close_input: EncodedObject | None = None


class StateDecision(Wire):
    next_states: list[StateMovement] | None = None
    conditional_close: ConditionalClose | None = None


class TimerCommand(Wire):
    command_id: str | None = None
    duration_seconds: int | None = None
    firing_unix_timestamp_seconds: int | None = None


class SignalCommand(Wire):
    command_id: str | None = None
    signal_channel_name: str


class ChannelCommand(Wire):
    """``atLeast`` and ``atMost`` are not read: the server takes exactly one message per command whatever they say."""

    command_id: str | None = None
    channel_name: str


class CommandCombination(Wire):
    command_ids: list[str] | None = None


class CommandRequest(Wire):
    command_waiting_type: str | None = Field(
        default=None, validation_alias=AliasChoices("commandWaitingType", "deciderTriggerType")
    )
    timer_commands: list[TimerCommand] | None = None
    signal_commands: list[SignalCommand] | None = None
    inter_state_channel_commands: list[ChannelCommand] | None = None
    command_combinations: list[CommandCombination] | None = None


class WaitUntilResponse(Wire):
    """A worker's answer to ``workflowState/start``."""

    upsert_search_attributes: list[SearchAttribute] | None = None
    upsert_data_objects: list[KeyValue] | None = None
    command_request: CommandRequest | None = None
    upsert_state_locals: list[KeyValue] | None = None
    record_events: list[KeyValue] | None = None
    publish_to_inter_state_channel: list[ChannelMessage] | None = None


class ExecuteResponse(Wire):
    """A worker's answer to ``workflowState/decide``."""

    state_decision: StateDecision | None = None
    upsert_search_attributes: list[SearchAttribute] | None = None
    upsert_data_objects: list[KeyValue] | None = None
    record_events: list[KeyValue] | None = None
    upsert_state_locals: list[KeyValue] | None = None
    publish_to_inter_state_channel: list[ChannelMessage] | None = None


class WorkerRpcResponse(Wire):
    """A worker's answer to ``workflowWorker/rpc``."""

    output: EncodedObject | None = None
    state_decision: StateDecision | None = None
    upsert_search_attributes: list[SearchAttribute] | None = None
    upsert_data_attributes: list[KeyValue] | None = None
    record_events: list[KeyValue] | None = None
    upsert_state_locals: list[KeyValue] | None = None
    publish_to_inter_state_channel: list[ChannelMessage] | None = None


class StateCompletionOutput(Wire):
    completed_state_id: str
    completed_state_execution_id: str
    completed_state_output: EncodedObject | None = None


class WorkflowConfig(Wire):
    executing_state_id_mode: Literal["DISABLED", "ENABLED_FOR_ALL", "ENABLED_FOR_STATES_WITH_WAIT_UNTIL"] | None = None
    continue_as_new_threshold: int | None = None
    continue_as_new_page_size_in_bytes: int | None = None
    optimize_activity: bool | None = None
    optimize_timer: bool | None = None
