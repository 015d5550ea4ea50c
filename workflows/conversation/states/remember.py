"""The state that carries out one background task: a note for the owner's memory, or a cancel of another mail."""

from iwf.command_request import CommandRequest, InternalChannelCommand
from iwf.command_results import CommandResults
from iwf.communication import Communication
from iwf.iwf_api.models import RetryPolicy
from iwf.persistence import Persistence
from iwf.state_decision import StateDecision
from iwf.workflow_context import WorkflowContext
from iwf.workflow_state import WorkflowState
from iwf.workflow_state_options import WorkflowStateOptions

from inbox_agent.errors import EngineUnavailable
from inbox_agent.models import Address, BackgroundTask
from workflows.conversation import schema as s
from workflows.conversation.tasks import done_channel
from workflows.services import Services

TASK_TIMEOUT_SECONDS = 60
# Without end: a note is given up below, and a cancel that the owner was promised must arrive.
TASK_RETRY = RetryPolicy(initial_interval_seconds=1, backoff_coefficient=2, maximum_interval_seconds=20)
GIVE_UP_NOTING_SECONDS = 600


class RememberState(WorkflowState[BackgroundTask]):
    """Does one task, after its predecessor, with retries of its own, beside everything else."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def get_state_options(self) -> WorkflowStateOptions:
        return WorkflowStateOptions(
            execute_api_timeout_seconds=TASK_TIMEOUT_SECONDS, execute_api_retry_policy=TASK_RETRY
        )

    def wait_until(
        self, ctx: WorkflowContext, input: BackgroundTask, persistence: Persistence, communication: Communication
    ) -> CommandRequest:
        if input.number <= 1:
            return CommandRequest.empty()
        return CommandRequest.for_any_command_completed(InternalChannelCommand.by_name(done_channel(input.number - 1)))

    def execute(
        self,
        ctx: WorkflowContext,
        input: BackgroundTask,
        command_results: CommandResults,
        persistence: Persistence,
        communication: Communication,
    ) -> StateDecision:
        owner = Address(
            persistence.get_data_attribute(s.DA_OWNER) or "", persistence.get_data_attribute(s.DA_OWNER_NAME) or ""
        )
        try:
            self._do(input, owner)
        except EngineUnavailable as error:
            began = ctx.first_attempt_timestamp_seconds or 0
            if input.cancels or self.services.clock().timestamp() - began < GIVE_UP_NOTING_SECONDS:
                raise
            problem = f"what is remembered of the owner could not be noted: {error}"
            persistence.set_data_attribute(s.DA_LAST_ERROR, problem[:2_000])
        communication.publish_to_internal_channel(done_channel(input.number), input.number)
        return StateDecision.dead_end

    def _do(self, task: BackgroundTask, owner: Address) -> None:
        if task.cancels:
            self.services.memories.cancel(task.cancels, owner=owner, message_id=task.message_id)
        if task.note is not None:
            self.services.memories.note(owner.address, task.note)
