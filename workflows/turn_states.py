"""The states of a turn: the one that takes the owner's messages, and beside it the one that asks the model."""

from typing import Any

from iwf.command_request import CommandRequest
from iwf.command_results import CommandResults
from iwf.communication import Communication
from iwf.iwf_api.models import RetryPolicy
from iwf.persistence import Persistence
from iwf.state_decision import StateDecision
from iwf.workflow_context import WorkflowContext
from iwf.workflow_state import WorkflowState
from iwf.workflow_state_options import WorkflowStateOptions
from pydantic import ValidationError

from inbox_agent.conversation.events import decisions, outages
from inbox_agent.conversation.turn.decision import decide
from inbox_agent.conversation.turn_output import TurnOutput
from inbox_agent.errors import InvalidModelOutput, ModelUnavailable
from inbox_agent.models import Status
from workflows import memories, messages, steps, turns
from workflows import schema as s
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
# Without end, for only this ends the wait of the conversation.
LOST_RETRY = RetryPolicy(initial_interval_seconds=1, backoff_coefficient=2, maximum_interval_seconds=20)
UNREADABLE = "the answer of the model was read by another version of the worker"
NO_RESULT = "no answer of the model came back from the worker"


class AgentState(WorkflowState[s.Work]):
    """Takes the person's messages, one at a time, also while a turn is under way.

    Then bare commands that need no model are answered at once, "cancel" gives the turn up, and the rest waits in the
    state's own input, where no failure can lose it.
    """

    def __init__(self, services: Services) -> None:
        self.services = services

    def wait_until(
        self, ctx: WorkflowContext, input: s.Work, persistence: Persistence, communication: Communication
    ) -> CommandRequest:
        if input.turn and input.done is None:
            return turns.wait(input, self.services.clock())
        if input.requests:
            return CommandRequest.empty()
        status = persistence.get_data_attribute(s.DA_STATUS)
        if status in (None, str(Status.INITIALIZED)):
            persistence.set_data_attribute(s.DA_STATUS, str(Status.WAITING))
        return steps.wait_for_input_or(None, input)

    def execute(
        self,
        ctx: WorkflowContext,
        input: s.Work,
        command_results: CommandResults,
        persistence: Persistence,
        communication: Communication,
    ) -> StateDecision:
        work = turns.with_result(command_results, input)
        message, work = steps.next_message(command_results, work, persistence)
        if message is not None:
            return messages.take_message(message, work, "agent", ctx, persistence, self.services)
        if work.done is not None:
            return self._finish(work, work.done, ctx, persistence)
        if work.turn:
            return self._recover(work, s.TurnDone(failure="unavailable", reason=NO_RESULT))
        if work.requests:
            return turns.begin(
                work.requests, persistence, self.services.clock(), memory=work.memory, waiting=work.waiting
            )
        return StateDecision.single_next_state(AgentState, work)

    def _finish(self, work: s.Work, done: s.TurnDone, ctx: WorkflowContext, persistence: Persistence) -> StateDecision:
        """Apply what came of the turn to the conversation as it is now."""
        if done.failure == "unavailable":
            return self._recover(work, done)
        services, now = self.services, self.services.clock()
        stored = memories.knowing(steps.load(persistence, ctx), work.memory)
        # Whatever the owner wanted, they need the time to say more before a schedule that fell due goes out.
        conversation = decisions.keep_schedule_alive(stored, now, services.send_pause_seconds)
        output = _output_of(done)
        if output is None:
            steps.clear_trouble(persistence)
            unusable = outages.on_unusable_answer(conversation, done.reason or UNREADABLE)
            return steps.carry_out(unusable, stored, persistence, services, work=turns.rest_of(work))
        conversation, output = memories.looked_up(conversation, output, work.memory, services)
        outcome = decide(
            conversation.model_copy(update={"previous_response_id": done.response_id, "last_error": ""}),
            memories.telling(decisions.merge_requests(work.requests), work.memory),
            output,
            now=now,
            default_zone=services.default_zone,
            send_pause_seconds=services.send_pause_seconds,
        )
        if steps.trouble(persistence).since:
            outcome = outages.ask_if_late(outcome, stored, now)
        return messages.finish_turn(outcome, stored, persistence, services, work)

    @staticmethod
    def _recover(work: s.Work, failed: s.TurnDone) -> StateDecision:
        waiting = s.Work(
            requests=work.requests,
            waiting=work.waiting,
            memory=work.memory,
            reason=failed.reason,
            retry_after=failed.retry_after,
        )
        return StateDecision.single_next_state("RecoverState", waiting)


def _output_of(done: s.TurnDone) -> TurnOutput | None:
    """What the person meant; None when there is no usable answer, be it that a worker of another version wrote it."""
    if done.failure:
        return None
    try:
        return TurnOutput.model_validate(done.output)
    except ValidationError:
        return None


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
        lost = s.TurnDone(failure="unavailable", reason=NO_RESULT)
        communication.publish_to_internal_channel(turns.channel_of(input.turn), lost)
        return StateDecision.dead_end
