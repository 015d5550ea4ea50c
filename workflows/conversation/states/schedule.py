"""The state that waits for the time of sending or the owner's next message."""

from iwf.command_request import CommandRequest
from iwf.command_results import CommandResults
from iwf.communication import Communication
from iwf.persistence import Persistence
from iwf.state_decision import StateDecision
from iwf.workflow_context import WorkflowContext
from iwf.workflow_state import WorkflowState

from inbox_agent.conversation.when.times import instant_of
from inbox_agent.models import Conversation
from workflows.conversation import messages, sending, steps
from workflows.conversation import schema as s
from workflows.conversation.state_ids import StateId
from workflows.services import Services


class ScheduleState(WorkflowState[s.Work]):
    """Any of the durable timer and the person's input. The schedule may lie a year ahead."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def wait_until(
        self, ctx: WorkflowContext, input: s.Work, persistence: Persistence, communication: Communication
    ) -> CommandRequest:
        return steps.wait_for_input_or(self._seconds_left(steps.load(persistence, ctx)), input)

    def _seconds_left(self, conversation: Conversation) -> int:
        if conversation.schedule is None:
            return 0
        left = instant_of(conversation.schedule) - self.services.clock().timestamp()
        return int(-(-left // 1))

    def execute(
        self,
        ctx: WorkflowContext,
        input: s.Work,
        command_results: CommandResults,
        persistence: Persistence,
        communication: Communication,
    ) -> StateDecision:
        message, work = steps.next_message(command_results, input, persistence)
        if message is not None:
            return messages.take_message(message, work, "schedule", ctx, persistence, self.services)
        conversation = steps.load(persistence, ctx)
        if self._seconds_left(conversation) > 1:
            # The rules of the zone changed meanwhile, or the timer was skipped by an admin only in part: wait on.
            return StateDecision.single_next_state(StateId.SCHEDULE, s.Work())
        sending.begin_sending(conversation, persistence, self.services)
        return StateDecision.single_next_state(StateId.SENDING, s.Work())
