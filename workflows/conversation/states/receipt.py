"""The state that sends the last mail of a run and ends it."""

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
from workflows.conversation.state_ids import StateId
from workflows.services import Services


class ReceiptState(WorkflowState[s.Notification]):
    """The last mail of a run (sent, canceled); then the run ends, unless the owner wrote meanwhile."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def get_state_options(self) -> WorkflowStateOptions:
        return WorkflowStateOptions(
            execute_api_timeout_seconds=SMTP_TIMEOUT_SECONDS, execute_api_retry_policy=NOTIFY_RETRY
        )

    def wait_until(
        self, ctx: WorkflowContext, input: s.Notification, persistence: Persistence, communication: Communication
    ) -> CommandRequest:
        return steps.after_predecessor(input.number) if input.mail else CommandRequest.empty()

    def execute(
        self,
        ctx: WorkflowContext,
        input: s.Notification,
        command_results: CommandResults,
        persistence: Persistence,
        communication: Communication,
    ) -> StateDecision:
        deliver_to_owner(input, ctx, persistence, communication, self.services)
        if input.waiting:
            return StateDecision.single_next_state(StateId.AGENT, s.Work(waiting=input.waiting))
        if persistence.get_data_attribute(s.DA_TASK_COUNT):
            return StateDecision.single_next_state(StateId.CLOSE, s.Work())
        return steps.close_if_nothing_waits(persistence)
