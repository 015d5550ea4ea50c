"""The states of a conversation. Each reads attributes, calls one pure decision, makes at most one port call, writes
attributes, and returns; what they decide lives in ``decisions``, what they share in ``steps``.
"""

from datetime import timedelta

from iwf.command_request import CommandRequest
from iwf.command_results import CommandResults
from iwf.communication import Communication
from iwf.iwf_api.models import RetryPolicy
from iwf.persistence import Persistence
from iwf.state_decision import StateDecision
from iwf.workflow_context import WorkflowContext
from iwf.workflow_state import WorkflowState
from iwf.workflow_state_options import WorkflowStateOptions

from inbox_agent.conversation.events import decisions, outages
from inbox_agent.conversation.outbound import refusal
from inbox_agent.conversation.when.times import instant_of
from inbox_agent.errors import (
    MalformedMessageError,
    SendRejected,
    SendUnavailable,
)
from inbox_agent.mail.outgoing.compose import answered_by, compose_outgoing, on_behalf_of
from inbox_agent.mail.threads import count_signed
from inbox_agent.models import Address, Conversation, Outage, Status
from workflows import messages, sending, steps, turns
from workflows import schema as s
from workflows.files import read_files
from workflows.mail_states import SMTP_TIMEOUT_SECONDS
from workflows.services import AgentIdentity, Services
from workflows.turn_states import AgentState

SENDING_RETRIES_SECONDS = 60
# A sending attempt that fails this late is handed to RecoverState with the server's words, before iWF ends the retries.
LAST_SENDING_ATTEMPT_SECONDS = 40


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
        # The "notified" messages of an earlier run are gone with it, so the mails are counted anew; errands likewise.
        persistence.set_data_attribute(s.DA_MAIL_COUNT, 0)
        persistence.set_data_attribute(s.DA_ERRAND_COUNT, 0)
        return StateDecision.single_next_state(AgentState, s.Work())


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
            return StateDecision.single_next_state(ScheduleState, s.Work())
        sending.begin_sending(conversation, persistence, self.services)
        return StateDecision.single_next_state(SendingState, s.Work())


class SendingState(WorkflowState[s.Work]):
    """Sends the mail under the Message-ID that was fixed before. Retried for 60 s, then RecoverState takes over."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def get_state_options(self) -> WorkflowStateOptions:
        return WorkflowStateOptions(
            execute_api_timeout_seconds=SMTP_TIMEOUT_SECONDS,
            execute_api_retry_policy=RetryPolicy(
                initial_interval_seconds=1,
                backoff_coefficient=2,
                maximum_interval_seconds=20,
                maximum_attempts_duration_seconds=SENDING_RETRIES_SECONDS,
            ),
            proceed_to_state_when_execute_retry_exhausted=RecoverState,
        )

    def execute(
        self,
        ctx: WorkflowContext,
        input: s.Work,
        command_results: CommandResults,
        persistence: Persistence,
        communication: Communication,
    ) -> StateDecision:
        services, stored = self.services, steps.load(persistence, ctx)
        under_way = sending.outgoing(persistence)
        first = (ctx.attempt or 1) == 1 and not under_way.tried
        try:
            for earlier in under_way.earlier:
                if services.post.was_accepted(earlier.message_id):
                    return sending.finish_sending(earlier, input, stored, stored, persistence, services)
            if reason := refusal(stored, services.outbound, sent_today=self._sent_today(stored)):
                # What an earlier attempt may have sent already is told as it is, policy or not.
                if not first and services.post.was_accepted(under_way.message_id):
                    return sending.finish_sending(under_way, input, stored, stored, persistence, services)
                sending.end_sending(persistence)
                return self._recover(input, reason, permanent=True)
            files = read_files(stored.draft, services.post)
            message = compose_outgoing(
                stored.draft,
                message_id=under_way.message_id,
                sender=sender_for(stored.owner, services.identity),
                reply_to=answered_by(stored.owner) if stored.owner.address else None,
                now=services.clock(),
                files=files,
                secret=services.identity.secret,
            )
            recipients = [entry.address for entry in decisions.recipients_of(stored)]
            services.post.deliver(message, recipients=recipients, first_attempt=first)
        except SendRejected as error:
            sending.end_sending(persistence)
            return self._recover(input, outages.refusal_words(error), permanent=True)
        except MalformedMessageError as error:
            sending.end_sending(persistence)
            return self._recover(input, str(error), permanent=True)
        except SendUnavailable as error:
            began = ctx.first_attempt_timestamp_seconds or 0
            if services.clock().timestamp() - began < LAST_SENDING_ATTEMPT_SECONDS:
                raise
            return self._recover(input, outages.trouble_words(error), permanent=False)
        return sending.finish_sending(under_way, input, stored, stored, persistence, services)

    def _sent_today(self, conversation: Conversation) -> int:
        """How many mails went out for the owner within 24 hours; asked only where there is a limit."""
        services, owner = self.services, conversation.owner.address
        if not (services.outbound.max_mails_per_day and owner):
            return 0
        ids = services.post.ids_sent(owner, services.clock() - timedelta(days=1))
        return count_signed(ids, secret=services.identity.secret)

    @staticmethod
    def _recover(work: s.Work, reason: str, *, permanent: bool) -> StateDecision:
        failed = s.Work(reason=reason, permanent=permanent, waiting=work.waiting)
        return StateDecision.single_next_state(RecoverState, failed)


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
        return StateDecision.single_next_state(SendingState, s.Work())

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


def sender_for(owner: Address, identity: AgentIdentity) -> Address:
    """The From of a mail for this owner; a conversation without one (the HTTP API's) writes in the agent's own name."""
    if not owner.address:
        return identity.mailbox
    return on_behalf_of(owner, identity.mailbox, pattern=identity.from_name)
