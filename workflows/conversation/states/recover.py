"""The state that waits for a model or a mail server that does not work, and tries again."""

from iwf.command_request import CommandRequest
from iwf.command_results import CommandResults
from iwf.communication import Communication
from iwf.persistence import Persistence
from iwf.state_decision import StateDecision
from iwf.workflow_context import WorkflowContext
from iwf.workflow_state import WorkflowState

from inbox_agent.conversation.events import outages
from inbox_agent.models import Outage
from workflows.conversation import messages, sending, steps, turns
from workflows.conversation import schema as s
from workflows.conversation.state_ids import StateId
from workflows.services import Services


class RecoverState(WorkflowState[s.Work]):
    """What to do when the model or the mail server does not work: tell the owner once, wait with growing pauses or for the
    owner, try again. Text that waits for the model travels in the input.
    """

    def __init__(self, services: Services) -> None:
        self.services = services

    def wait_until(
        self, ctx: WorkflowContext, input: s.Work, persistence: Persistence, communication: Communication
    ) -> CommandRequest:
        if not input.announced:
            return CommandRequest.empty()
        if input.permanent:
            return steps.wait_for_input_or(None, input)
        trouble, now = steps.trouble(persistence), self.services.clock()
        pause = outages.pause_seconds(trouble, now, sending=not input.requests, retry_after=input.retry_after)
        return steps.wait_for_input_or(pause, input)

    def execute(
        self,
        ctx: WorkflowContext,
        input: s.Work,
        command_results: CommandResults,
        persistence: Persistence,
        communication: Communication,
    ) -> StateDecision:
        if not input.announced:
            return self._announce(ctx, input, persistence)
        message, work = steps.next_message(command_results, input, persistence)
        if message is not None:
            return messages.take_message(message, work, "recover", ctx, persistence, self.services)
        if input.requests:
            return turns.begin(input.requests, persistence, self.services.clock(), memory=input.memory)
        sending.begin_sending(steps.load(persistence, ctx), persistence, self.services)
        return StateDecision.single_next_state(StateId.SENDING, s.Work())

    def _announce(self, ctx: WorkflowContext, work: s.Work, persistence: Persistence) -> StateDecision:
        stored, now = steps.load(persistence, ctx), self.services.clock()
        before = steps.trouble(persistence)
        trouble = Outage(since=before.since or int(now.timestamp()), tried=int(now.timestamp()), told=before.told)
        if work.requests and outages.given_up(trouble, now):
            steps.clear_trouble(persistence)
            given_up = outages.on_model_given_up(stored, work.reason, now)
            return steps.carry_out(given_up, stored, persistence, self.services, work=turns.rest_of(work))
        permanent = work.permanent or (not work.requests and outages.given_up(trouble, now))
        if work.requests:
            step = outages.on_model_failure(stored, work.reason, now=now, trouble=trouble)
        else:
            step = outages.on_send_failure(stored, work.reason, permanent=permanent, trouble=trouble)
        if step.reply is not None:
            trouble = trouble.model_copy(update={"told": True})
        persistence.set_data_attribute(s.DA_TROUBLE, Outage() if permanent else trouble)
        waiting = work.model_copy(update={"announced": True, "permanent": permanent})
        return steps.carry_out(step, stored, persistence, self.services, work=waiting)
