"""The state that takes the owner's messages, one at a time, also while a turn is under way."""

from iwf.command_request import CommandRequest
from iwf.command_results import CommandResults
from iwf.communication import Communication
from iwf.persistence import Persistence
from iwf.state_decision import StateDecision
from iwf.workflow_context import WorkflowContext
from iwf.workflow_state import WorkflowState
from pydantic import ValidationError

from inbox_agent.conversation.events import decisions, outages
from inbox_agent.conversation.turn.decision import decide
from inbox_agent.conversation.turn_output import TurnOutput
from inbox_agent.models import Status
from workflows.conversation import memories, messages, steps, turns
from workflows.conversation import schema as s
from workflows.conversation.state_ids import StateId
from workflows.services import Services

UNREADABLE = "the answer of the model was read by another version of the worker"


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
            return self._recover(work, s.TurnDone(failure="unavailable", reason=turns.NO_RESULT))
        if work.requests:
            return turns.begin(
                work.requests, persistence, self.services.clock(), memory=work.memory, waiting=work.waiting
            )
        return StateDecision.single_next_state(StateId.AGENT, work)

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
        return StateDecision.single_next_state(StateId.RECOVER, waiting)


def _output_of(done: s.TurnDone) -> TurnOutput | None:
    """What the person meant; None when there is no usable answer, be it that a worker of another version wrote it."""
    if done.failure:
        return None
    try:
        return TurnOutput.model_validate(done.output)
    except ValidationError:
        return None
