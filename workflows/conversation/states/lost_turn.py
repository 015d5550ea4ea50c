"""The state that ends the wait for a turn whose calls all failed."""

from iwf.command_results import CommandResults
from iwf.communication import Communication
from iwf.iwf_api.models import RetryPolicy
from iwf.persistence import Persistence
from iwf.state_decision import StateDecision
from iwf.workflow_context import WorkflowContext
from iwf.workflow_state import WorkflowState
from iwf.workflow_state_options import WorkflowStateOptions

from workflows.conversation import schema as s
from workflows.conversation import turns
from workflows.services import Services

# Without end, for only this ends the wait of the conversation.
LOST_RETRY = RetryPolicy(initial_interval_seconds=1, backoff_coefficient=2, maximum_interval_seconds=20)


class LostTurnState(WorkflowState[s.TurnInput]):
    """Ends the wait for a turn whose calls all failed in a way that nobody foresaw."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def get_state_options(self) -> WorkflowStateOptions:
        return WorkflowStateOptions(execute_api_retry_policy=LOST_RETRY)

    def execute(
        self,
        ctx: WorkflowContext,
        input: s.TurnInput,
        command_results: CommandResults,
        persistence: Persistence,
        communication: Communication,
    ) -> StateDecision:
        lost = s.TurnDone(failure="unavailable", reason=turns.NO_RESULT)
        communication.publish_to_internal_channel(turns.channel_of(input.turn), lost)
        return StateDecision.dead_end
