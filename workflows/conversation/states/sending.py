"""The state that sends the mail itself, under a Message-ID that was fixed before."""

from datetime import timedelta

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
from inbox_agent.errors import (
    MalformedMessageError,
    SendRejected,
    SendUnavailable,
)
from inbox_agent.mail.outgoing.compose import answered_by, compose_outgoing, on_behalf_of
from inbox_agent.mail.threads import count_signed
from inbox_agent.models import Address, Conversation
from workflows.conversation import schema as s
from workflows.conversation import sending, steps
from workflows.conversation.files import read_files
from workflows.conversation.owner_mail import SMTP_TIMEOUT_SECONDS
from workflows.conversation.state_ids import StateId
from workflows.conversation.states.recover import RecoverState
from workflows.services import AgentIdentity, Services

SENDING_RETRIES_SECONDS = 60
# A sending attempt that fails this late is handed to RecoverState with the server's words, before iWF ends the retries.
LAST_SENDING_ATTEMPT_SECONDS = 40


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
        return StateDecision.single_next_state(StateId.RECOVER, failed)


def sender_for(owner: Address, identity: AgentIdentity) -> Address:
    """The From of a mail for this owner; a conversation without one (the HTTP API's) writes in the agent's own name."""
    if not owner.address:
        return identity.mailbox
    return on_behalf_of(owner, identity.mailbox, pattern=identity.from_name)
