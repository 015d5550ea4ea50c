"""The state that asks the model, beside everything else."""

from typing import Any

from iwf.command_results import CommandResults
from iwf.communication import Communication
from iwf.iwf_api.models import RetryPolicy
from iwf.persistence import Persistence
from iwf.state_decision import StateDecision
from iwf.workflow_context import WorkflowContext
from iwf.workflow_state import WorkflowState
from iwf.workflow_state_options import WorkflowStateOptions

from inbox_agent.conversation.events import decisions
from inbox_agent.errors import InvalidModelOutput, ModelUnavailable
from workflows.conversation import memories, steps, turns
from workflows.conversation import schema as s
from workflows.conversation.states.lost_turn import LostTurnState
from workflows.services import Services

MODEL_TIMEOUT_SECONDS = 90
# A worker that is restarted in the middle of a call, or makes too many calls to take one more, is asked again; after that,
# RecoverState has the longer breath.
TURN_RETRY = RetryPolicy(
    initial_interval_seconds=1,
    backoff_coefficient=2,
    maximum_interval_seconds=10,
    maximum_attempts_duration_seconds=180,
)


class TurnState(WorkflowState[s.TurnInput]):
    """Makes exactly one model turn, beside everything else, and publishes what came of it. Writes no attribute."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def get_state_options(self) -> WorkflowStateOptions:
        return WorkflowStateOptions(
            execute_api_timeout_seconds=MODEL_TIMEOUT_SECONDS,
            execute_api_retry_policy=TURN_RETRY,
            proceed_to_state_when_execute_retry_exhausted=LostTurnState,
        )

    def execute(
        self,
        ctx: WorkflowContext,
        input: s.TurnInput,
        command_results: CommandResults,
        persistence: Persistence,
        communication: Communication,
    ) -> StateDecision:
        if turns.current(persistence) == input.turn:  # else it was given up while no worker was there
            done = self._ask(input, ctx, persistence)
            communication.publish_to_internal_channel(turns.channel_of(input.turn), done)
        return StateDecision.dead_end

    def _ask(self, turn: s.TurnInput, ctx: WorkflowContext, persistence: Persistence) -> s.TurnDone:
        request = decisions.merge_requests(turn.requests)
        conversation = memories.knowing(steps.load(persistence, ctx), turn.memory)
        try:
            result = self.services.model.take_turn(conversation, request, self.services.clock())
        except ModelUnavailable as error:
            pause = int(error.retry_after_seconds or 0)
            return s.TurnDone(failure="unavailable", reason=str(error), retry_after=pause)
        except InvalidModelOutput as error:
            return s.TurnDone(failure="unusable", reason=str(error))
        output: dict[str, Any] = result.output.model_dump(mode="json", exclude_defaults=True)
        return s.TurnDone(output=output, response_id=result.response_id)
