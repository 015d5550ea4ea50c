"""The states beside a conversation's mail: errands for the owner's memory, and the end of a run that had some."""

from iwf.command_request import CommandRequest, InternalChannelCommand
from iwf.command_results import CommandResults
from iwf.communication import Communication
from iwf.iwf_api.models import ChannelRequestStatus, RetryPolicy
from iwf.persistence import Persistence
from iwf.state_decision import StateDecision
from iwf.workflow_context import WorkflowContext
from iwf.workflow_state import WorkflowState
from iwf.workflow_state_options import WorkflowStateOptions

from inbox_agent.errors import EngineUnavailable
from inbox_agent.models import Address, BackgroundTask
from workflows import messages, steps
from workflows import schema as s
from workflows.services import Services

ERRAND_TIMEOUT_SECONDS = 60
# Without end: a note is given up below, and a cancel that the owner was promised must arrive.
ERRAND_RETRY = RetryPolicy(initial_interval_seconds=1, backoff_coefficient=2, maximum_interval_seconds=20)
GIVE_UP_NOTING_SECONDS = 600


class RememberState(WorkflowState[BackgroundTask]):
    """Does one errand, after its predecessor, with retries of its own, beside everything else."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def get_state_options(self) -> WorkflowStateOptions:
        return WorkflowStateOptions(
            execute_api_timeout_seconds=ERRAND_TIMEOUT_SECONDS, execute_api_retry_policy=ERRAND_RETRY
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

    def _do(self, errand: BackgroundTask, owner: Address) -> None:
        if errand.cancels:
            self.services.memories.cancel(errand.cancels, owner=owner, message_id=errand.message_id)
        if errand.note is not None:
            self.services.memories.note(owner.address, errand.note)


class CloseState(WorkflowState[s.Work]):
    """After the receipt: ends the run when its errands are done. A message that comes before that is worked on as ever."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def wait_until(
        self, ctx: WorkflowContext, input: s.Work, persistence: Persistence, communication: Communication
    ) -> CommandRequest:
        return CommandRequest.for_any_command_completed(
            InternalChannelCommand.by_name(_last_channel(persistence)), steps.input_command()
        )

    def execute(
        self,
        ctx: WorkflowContext,
        input: s.Work,
        command_results: CommandResults,
        persistence: Persistence,
        communication: Communication,
    ) -> StateDecision:
        last = _last_channel(persistence)
        for result in command_results.internal_channel_commands:
            if result.channel_name == last and result.status == ChannelRequestStatus.RECEIVED:
                # Taken off the channel here, but the next errand of the run waits for it.
                communication.publish_to_internal_channel(last, result.value)
        message = steps.received(command_results)
        if message is not None:
            return messages.take_message(message, input, "agent", ctx, persistence, self.services)
        return steps.close_if_nothing_waits(persistence)


def done_channel(number: int) -> str:
    return f"{s.CH_ERRAND_DONE_PREFIX}{number}"


def _last_channel(persistence: Persistence) -> str:
    return done_channel(persistence.get_data_attribute(s.DA_ERRAND_COUNT) or 0)
