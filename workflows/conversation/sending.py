"""The sending under way: its Message-ID is fixed before the first attempt, and earlier attempts are asked about first."""

from dataclasses import replace

from iwf.persistence import Persistence
from iwf.state_decision import StateDecision

from inbox_agent.conversation.events import decisions
from inbox_agent.mail.threads import make_message_id
from inbox_agent.models import Conversation
from workflows.conversation import schema as s
from workflows.conversation import steps, turns
from workflows.services import Services


def begin_sending(conversation: Conversation, persistence: Persistence, services: Services) -> None:
    """Fix the Message-ID of the mail before its first attempt; a draft whose sending is under way keeps its own.

    Another draft gets another id, for under the old one it could not be told which of the two was accepted.
    """
    current = outgoing(persistence)
    earlier = current.earlier
    if current.message_id and current.revision == conversation.revision:
        persistence.set_data_attribute(s.DA_OUTGOING, current.model_copy(update={"tried": True}))
        return
    if current.message_id:
        earlier = (*earlier, s.Attempt(message_id=current.message_id, revision=current.revision))
    message_id = make_message_id(
        conversation.workflow_id,
        services.nonce(),
        secret=services.identity.secret,
        domain=services.identity.domain,
        owner=conversation.owner.address,
        revision=conversation.revision,
    )
    persistence.set_data_attribute(
        s.DA_OUTGOING, s.Outgoing(message_id=message_id, revision=conversation.revision, earlier=earlier)
    )


def outgoing(persistence: Persistence) -> s.Outgoing:
    """The sending under way; without a Message-ID when there is none."""
    stored = persistence.get_data_attribute(s.DA_OUTGOING)
    return stored if isinstance(stored, s.Outgoing) else s.Outgoing()


def end_sending(persistence: Persistence) -> None:
    """The mail is known to be accepted or refused: the next sending is another mail."""
    persistence.set_data_attribute(s.DA_OUTGOING, s.Outgoing())


def accepted_attempt(persistence: Persistence, services: Services) -> s.Attempt | None:
    """The attempt of a sending under way that turns out to have been accepted, if one was.

    Raises:
        SendUnavailable: the mailbox cannot tell just now.
    """
    current = outgoing(persistence)
    attempts = (*current.earlier, current) if current.message_id else current.earlier
    return next((attempt for attempt in attempts if services.post.was_accepted(attempt.message_id)), None)


def finish_sending(
    accepted: s.Attempt,
    work: s.Work,
    conversation: Conversation,
    stored: Conversation,
    persistence: Persistence,
    services: Services,
    *,
    notices: tuple[str, ...] = (),
    cancels: tuple[str, ...] = (),
) -> StateDecision:
    """The mail is out under this attempt's Message-ID: the record and the receipt."""
    end_sending(persistence)
    steps.clear_trouble(persistence)
    step = decisions.on_sent(
        conversation,
        message_id=accepted.message_id,
        revision=accepted.revision,
        now=services.clock(),
        lead=notices,
    )
    return steps.carry_out(replace(step, cancels=cancels), stored, persistence, services, work=turns.rest_of(work))
