"""The states that send our own mail to the owner: replies beside everything else, and the receipt that ends a run."""

from iwf.command_request import CommandRequest
from iwf.command_results import CommandResults
from iwf.communication import Communication
from iwf.iwf_api.models import RetryPolicy
from iwf.persistence import Persistence
from iwf.state_decision import StateDecision
from iwf.workflow_context import WorkflowContext
from iwf.workflow_state import WorkflowState
from iwf.workflow_state_options import WorkflowStateOptions

from inbox_agent.errors import SendRejected
from inbox_agent.mail.outgoing.compose import compose_reply
from workflows import schema as s
from workflows import steps
from workflows.services import Services

SMTP_TIMEOUT_SECONDS = 60
# Without end: a reply that is late is better than one that is lost.
NOTIFY_RETRY = RetryPolicy(initial_interval_seconds=1, backoff_coefficient=2, maximum_interval_seconds=60)


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
            return StateDecision.single_next_state("AgentState", s.Work(waiting=input.waiting))
        if persistence.get_data_attribute(s.DA_ERRAND_COUNT):
            return StateDecision.single_next_state("CloseState", s.Work())
        return steps.close_if_nothing_waits(persistence)


def deliver_to_owner(
    notification: s.Notification,
    ctx: WorkflowContext,
    persistence: Persistence,
    communication: Communication,
    services: Services,
) -> None:
    """Send one mail of ours and let its successor go. A permanent refusal is noted: nobody is left to be told by mail."""
    mail = notification.mail
    if mail is None:
        return
    try:
        message = compose_reply(
            mail, sender=services.identity.mailbox, now=services.clock(), secret=services.identity.secret
        )
        services.post.deliver(message, recipients=[mail.to.address], first_attempt=(ctx.attempt or 1) == 1)
    except SendRejected as error:
        persistence.set_data_attribute(s.DA_LAST_ERROR, f"a reply to the owner was refused: {error}"[:2_000])
    communication.publish_to_internal_channel(f"{s.CH_NOTIFIED_PREFIX}{notification.number}", notification.number)
