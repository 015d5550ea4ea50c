"""The state that ends a run once its background tasks are done."""

from iwf.command_request import CommandRequest, InternalChannelCommand
from iwf.command_results import CommandResults
from iwf.communication import Communication
from iwf.iwf_api.models import ChannelRequestStatus
from iwf.persistence import Persistence
from iwf.state_decision import StateDecision
from iwf.workflow_context import WorkflowContext
from iwf.workflow_state import WorkflowState

from workflows.conversation import messages, steps
from workflows.conversation import schema as s
from workflows.conversation.tasks import last_channel
from workflows.services import Services


class CloseState(WorkflowState[s.Work]):
    """After the receipt: ends the run when its tasks are done. A message that comes before that is worked on as ever."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def wait_until(
        self, ctx: WorkflowContext, input: s.Work, persistence: Persistence, communication: Communication
    ) -> CommandRequest:
        return CommandRequest.for_any_command_completed(
            InternalChannelCommand.by_name(last_channel(persistence)), steps.input_command()
        )

    def execute(
        self,
        ctx: WorkflowContext,
        input: s.Work,
        command_results: CommandResults,
        persistence: Persistence,
        communication: Communication,
    ) -> StateDecision:
        last = last_channel(persistence)
        for result in command_results.internal_channel_commands:
            if result.channel_name == last and result.status == ChannelRequestStatus.RECEIVED:
                # Taken off the channel here, but the next task of the run waits for it.
                communication.publish_to_internal_channel(last, result.value)
        message = steps.received(command_results)
        if message is not None:
            return messages.take_message(message, input, "agent", ctx, persistence, self.services)
        return steps.close_if_nothing_waits(persistence)
