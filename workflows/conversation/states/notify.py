"""The state that sends one reply to the owner, with retries of its own."""

from iwf.command_request import CommandRequest
from iwf.command_results import CommandResults
from iwf.communication import Communication
from iwf.persistence import Persistence
from iwf.state_decision import StateDecision
from iwf.workflow_context import WorkflowContext
from iwf.workflow_state import WorkflowState
from iwf.workflow_state_options import WorkflowStateOptions

from workflows.conversation import schema as s
from workflows.conversation import steps
from workflows.conversation.owner_mail import NOTIFY_RETRY, SMTP_TIMEOUT_SECONDS, deliver_to_owner
from workflows.services import Services


class NotifyState(WorkflowState[s.Notification]):
    """Sends one mail of ours to the owner, after its predecessor, with retries of its own, beside everything else."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def get_state_options(self) -> WorkflowStateOptions:
        return WorkflowStateOptions(
            execute_api_timeout_seconds=SMTP_TIMEOUT_SECONDS, execute_api_retry_policy=NOTIFY_RETRY
        )

    def wait_until(
        self, ctx: WorkflowContext, input: s.Notification, persistence: Persistence, communication: Communication
    ) -> CommandRequest:
        return steps.after_predecessor(input.number)

    def execute(
        self,
        ctx: WorkflowContext,
        input: s.Notification,
        command_results: CommandResults,
        persistence: Persistence,
        communication: Communication,
    ) -> StateDecision:
        deliver_to_owner(input, ctx, persistence, communication, self.services)
        return StateDecision.dead_end
