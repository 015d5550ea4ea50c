"""The first state: checks what a conversation needs and fails early."""

from iwf.command_results import CommandResults
from iwf.communication import Communication
from iwf.persistence import Persistence
from iwf.state_decision import StateDecision
from iwf.workflow_context import WorkflowContext
from iwf.workflow_state import WorkflowState

from inbox_agent.models import Status
from workflows.conversation import schema as s
from workflows.conversation.state_ids import StateId
from workflows.services import Services


class InitState(WorkflowState[None]):
    """Checks what a conversation needs and fails early; a follow-up keeps what the conversation before it left."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def execute(
        self,
        ctx: WorkflowContext,
        input: None,
        command_results: CommandResults,
        persistence: Persistence,
        communication: Communication,
    ) -> StateDecision:
        identity = self.services.identity
        if "@" not in identity.address or not identity.secret:
            persistence.set_data_attribute(s.DA_STATUS, str(Status.FAILED))
            problem = (
                "the worker has no mail address or no secret key: set INBOX_AGENT_ADDRESS and INBOX_AGENT_SECRET_KEY"
            )
            persistence.set_data_attribute(s.DA_LAST_ERROR, problem)
            return StateDecision.force_fail_workflow(problem)
        if persistence.get_data_attribute(s.DA_STATUS) is None:
            persistence.set_data_attribute(s.DA_STATUS, str(Status.INITIALIZED))
        # The "notified" messages of an earlier run are gone with it, so the mails are counted from 0 again; so are tasks.
        persistence.set_data_attribute(s.DA_MAIL_COUNT, 0)
        persistence.set_data_attribute(s.DA_TASK_COUNT, 0)
        return StateDecision.single_next_state(StateId.AGENT, s.Work())
