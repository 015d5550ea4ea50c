"""Carries a pure ``Step`` out: attributes written, the reply fixed with its Message-ID, the next states named.

Shared by the states. Mails of ours in one run are numbered; each waits for its predecessor's "notified" message, so that
replies arrive in order and none is cut off by the end of the workflow.
"""

from dataclasses import replace
from typing import Any

from iwf.command_request import CommandRequest, InternalChannelCommand, TimerCommand
from iwf.command_results import CommandResults
from iwf.iwf_api.models import ChannelRequestStatus
from iwf.persistence import Persistence
from iwf.state_decision import StateDecision
from iwf.state_movement import StateMovement
from iwf.workflow_context import WorkflowContext

from inbox_agent.conversation.events import decisions
from inbox_agent.conversation.events.background_tasks import planned_until, tasks_of
from inbox_agent.conversation.events.decisions import Next, Step
from inbox_agent.mail.outgoing.compose import reply_subject
from inbox_agent.mail.threads import make_message_id, make_reply_address
from inbox_agent.models import Conversation, Outage, OutgoingMail, Reply, UserRequest
from inbox_agent.reply.render import render_reply
from workflows.conversation import schema as s
from workflows.conversation import turns
from workflows.conversation.attributes import changed_attributes, read_conversation
from workflows.conversation.state_ids import StateId
from workflows.services import Services

STATE_IDS: dict[Next, StateId] = {
    "agent": StateId.AGENT,
    "schedule": StateId.SCHEDULE,
    "recover": StateId.RECOVER,
    "receipt": StateId.RECEIPT,
}


def load(persistence: Persistence, ctx: WorkflowContext) -> Conversation:
    return read_conversation(persistence.get_data_attribute, ctx.workflow_id)


def save(persistence: Persistence, before: Conversation, after: Conversation) -> None:
    for key, value in changed_attributes(before, after).items():
        persistence.set_data_attribute(key, value)


def input_command() -> InternalChannelCommand:
    return InternalChannelCommand.by_name(s.CH_USER_INPUT)


def wait_for_input_or(seconds: int | None, work: s.Work) -> CommandRequest:
    """The next message of the person, or (unless None) a durable timer; nothing when a message waits already."""
    if work.waiting:
        return CommandRequest.empty()
    commands: list[Any] = [input_command()]
    if seconds is not None:
        commands.append(TimerCommand.by_seconds(max(1, seconds)))
    return CommandRequest.for_any_command_completed(*commands)


def received(results: CommandResults) -> UserRequest | None:
    """The message that ended the wait, if one did."""
    for result in results.internal_channel_commands:
        if result.status == ChannelRequestStatus.RECEIVED and isinstance(result.value, UserRequest):
            return result.value
    return None


def next_message(results: CommandResults, work: s.Work, persistence: Persistence) -> tuple[UserRequest | None, s.Work]:
    """The message to look at now, if there is one, and what is left of the work: one that waited comes first."""
    message = received(results)
    return (message, work) if message is not None else turns.next_waiting(work, persistence)


def after_predecessor(number: int) -> CommandRequest:
    """Wait until the mail before this one is out."""
    if number <= 1:
        return CommandRequest.empty()
    return CommandRequest.for_any_command_completed(
        InternalChannelCommand.by_name(f"{s.CH_NOTIFIED_PREFIX}{number - 1}")
    )


def outgoing_mail(reply: Reply, services: Services) -> OutgoingMail:
    """The complete mail to the owner, its Message-ID fixed."""
    conversation, identity = reply.conversation, services.identity
    reply_address = identity.address
    if identity.plus_addresses:
        reply_address = make_reply_address(
            conversation.workflow_id,
            secret=identity.secret,
            mailbox=identity.address,
            owner=conversation.owner.address,
        )
    rendered = render_reply(reply, reply_address=reply_address)
    references = conversation.thread.references
    return OutgoingMail(
        message_id=make_message_id(
            conversation.workflow_id,
            services.nonce(),
            secret=identity.secret,
            domain=identity.domain,
            owner=conversation.owner.address,
            revision=conversation.revision,
        ),
        to=conversation.owner,
        subject=reply_subject(conversation.thread),
        text=rendered.text,
        html=rendered.html,
        in_reply_to=references[-1] if references else "",
        references=references,
        reply_to=reply_address,
    )


def carry_out(
    step: Step, before: Conversation, persistence: Persistence, services: Services, *, work: s.Work | None = None
) -> StateDecision:
    """Store the step's conversation and go on: the reply beside the next state, or as the receipt that ends the run.

    Args:
        work: the input of the next state, by default nothing to do but wait.
    """
    conversation, mail = step.conversation, None
    number = persistence.get_data_attribute(s.DA_MAIL_COUNT) or 0
    if step.reply is not None and conversation.owner.address:
        mail = outgoing_mail(step.reply, services)
        number += 1
        persistence.set_data_attribute(s.DA_MAIL_COUNT, number)
        persistence.set_data_attribute(s.DA_SEEN_REVISION, conversation.revision)
        thread = decisions.extend_thread(conversation.thread, (mail.message_id,))
        conversation = conversation.model_copy(update={"thread": thread})
    save(persistence, before, conversation)
    notification = s.Notification(number=number, mail=mail)
    beside = _tasks(replace(step, conversation=conversation), before, persistence, services)
    if step.next == "receipt":
        waiting = work.waiting if work is not None else ()
        receipt = notification.model_copy(update={"waiting": waiting})
        return StateDecision.multi_next_states(*beside, StateMovement.create(StateId.RECEIPT, receipt))
    if mail is not None:
        beside.append(StateMovement.create(StateId.NOTIFY, notification))
    return StateDecision.multi_next_states(*beside, StateMovement.create(STATE_IDS[step.next], work or s.Work()))


def _tasks(step: Step, before: Conversation, persistence: Persistence, services: Services) -> list[StateMovement]:
    """The movements to the step's tasks, which are counted here, and what is noted as planned by them."""
    done = persistence.get_data_attribute(s.DA_TASK_COUNT) or 0
    found = tasks_of(
        step,
        before,
        noted=persistence.get_data_attribute(s.DA_PLANNED_NOTED) or 0,
        done=done,
        now=int(services.clock().timestamp()),
        message_id=lambda: f"<cancel.{services.nonce()}@{services.identity.domain}>",
    )
    if found:
        persistence.set_data_attribute(s.DA_TASK_COUNT, done + len(found))
        persistence.set_data_attribute(s.DA_PLANNED_NOTED, planned_until(step.conversation))
    return [StateMovement.create(StateId.REMEMBER, task) for task in found]


def close_if_nothing_waits(persistence: Persistence) -> StateDecision:
    """End the run, unless a message came meanwhile: then it goes on."""
    return StateDecision.force_complete_if_internal_channel_empty_or_else(
        s.CH_USER_INPUT, persistence.get_data_attribute(s.DA_STATUS), StateId.AGENT, s.Work()
    )


def trouble(persistence: Persistence) -> Outage:
    stored = persistence.get_data_attribute(s.DA_TROUBLE)
    return stored if isinstance(stored, Outage) else Outage()


def clear_trouble(persistence: Persistence) -> None:
    # Empty values rather than None: what an iWF server makes of a missing value is not defined.
    if trouble(persistence).since:
        persistence.set_data_attribute(s.DA_TROUBLE, Outage())
