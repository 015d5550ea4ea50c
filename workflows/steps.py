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

from inbox_agent.mail.compose import reply_subject
from inbox_agent.mail.render import render_reply
from inbox_agent.mail.threads import make_message_id, make_reply_address
from inbox_agent.models import Conversation, Outcome, OutgoingMail, Reply, Status, UserRequest
from inbox_agent.turn.commands import (
    READS_PLANNED,
    Command,
    applied_suggestion,
    apply_command,
    approve,
    find_command,
    is_confirmation,
)
from inbox_agent.turn.outbound import fingerprint, guard
from workflows import decisions, doubts, memories, newcomers, turns
from workflows import schema as s
from workflows.attributes import changed_attributes, read_conversation
from workflows.decisions import Next, Step
from workflows.errands import errands_of, planned_until
from workflows.services import Services

STATE_IDS: dict[Next, str] = {
    "agent": "AgentState",
    "schedule": "ScheduleState",
    "recover": "RecoverState",
    "receipt": "ReceiptState",
}
NOTHING_TO_RETRY = UserRequest(message_id="")
# These answer without touching the draft, so they leave the conversation where it is.
QUIET_COMMANDS = frozenset({Command.STATUS, Command.HELP, Command.DRAFTS})
# These are about the owner and not about the draft at hand.
LOOKUPS = READS_PLANNED | {Command.MEMORY, Command.FORGET}
# What arms a mail tells who will be remembered by it, so it must be known who is already.
MAY_ARM = frozenset({Command.SEND_NOW, Command.UNDO})


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
        reply_address = make_reply_address(conversation.workflow_id, secret=identity.secret, mailbox=identity.address)
    rendered = render_reply(reply, reply_address=reply_address)
    references = conversation.thread.references
    return OutgoingMail(
        message_id=make_message_id(
            conversation.workflow_id,
            services.nonce(),
            secret=identity.secret,
            domain=identity.domain,
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
    beside = _errands(replace(step, conversation=conversation), before, persistence, services)
    if step.next == "receipt":
        waiting = work.waiting if work is not None else ()
        receipt = notification.model_copy(update={"waiting": waiting})
        return StateDecision.multi_next_states(*beside, StateMovement.create("ReceiptState", receipt))
    if mail is not None:
        beside.append(StateMovement.create("NotifyState", notification))
    return StateDecision.multi_next_states(*beside, StateMovement.create(STATE_IDS[step.next], work or s.Work()))


def _errands(step: Step, before: Conversation, persistence: Persistence, services: Services) -> list[StateMovement]:
    """The movements to the step's errands, which are counted here, and what is noted as planned by them."""
    done = persistence.get_data_attribute(s.DA_ERRAND_COUNT) or 0
    found = errands_of(
        step,
        before,
        noted=persistence.get_data_attribute(s.DA_PLANNED_NOTED) or 0,
        done=done,
        now=int(services.clock().timestamp()),
        message_id=lambda: f"<cancel.{services.nonce()}@{services.identity.domain}>",
    )
    if found:
        persistence.set_data_attribute(s.DA_ERRAND_COUNT, done + len(found))
        persistence.set_data_attribute(s.DA_PLANNED_NOTED, planned_until(step.conversation))
    return [StateMovement.create("RememberState", errand) for errand in found]


def close_if_nothing_waits(persistence: Persistence) -> StateDecision:
    """End the run, unless a message came meanwhile: then it goes on."""
    return StateDecision.force_complete_if_internal_channel_empty_or_else(
        s.CH_USER_INPUT, persistence.get_data_attribute(s.DA_STATUS), "AgentState", s.Work()
    )


def take_message(
    request: UserRequest,
    work: s.Work,
    here: Next,
    ctx: WorkflowContext,
    persistence: Persistence,
    services: Services,
) -> StateDecision:
    """What a message leads to, wherever the conversation waits: answered at once if no model is needed, else a turn.

    Args:
        work: what the state at hand was about; text that waits for the model stays first in line.
        here: where the conversation waits, and stays if the message changes nothing.
    """
    stored = load(persistence, ctx)
    conversation = decisions.absorb(stored, request)
    admitted = _admitted(conversation, request, here, persistence)
    if isinstance(admitted, Step):
        return carry_out(admitted, stored, persistence, services, work=work)
    request = admitted
    as_written = request
    if (number := applied_suggestion(request.text)) is not None and request.role == "owner":
        request = decisions.with_suggestion(conversation, request, number)
    if (told := decisions.without_turn(conversation, request, here)) is not None:
        return carry_out(told, stored, persistence, services, work=work)
    command = find_command(request.text)
    if command in QUIET_COMMANDS:
        outcome = _by_command(command, request, conversation, services)
        outcome = replace(outcome, notices=(*outcome.notices, *turns.unanswered_notices(work)))
        return carry_out(decisions.stay(outcome, here), stored, persistence, services, work=work)
    if command in LOOKUPS:
        return _look_up(command, request, work, here, conversation, stored, persistence, services)
    if command is Command.CANCEL:
        return _cancel(request, work, conversation, stored, persistence, services)
    if work.turn:
        # As it was written: who says "apply suggestion 1" means the suggestion, whatever command its words are.
        return turns.keep(as_written, work, persistence)
    if is_confirmation(request.text) and conversation.asked == fingerprint(conversation.draft) and not work.requests:
        return _confirmed(request, work, conversation, stored, persistence, services)
    if command is Command.RETRY and (found := _retry(work, here, conversation, stored, persistence, services)):
        return found
    conversation = decisions.keep_schedule_alive(conversation, services.clock(), services.send_pause_seconds)
    if command is not None and not work.requests:
        outcome = _by_command(command, request, conversation, services)
        clear_trouble(persistence)
        after = _after(outcome, persistence, services)
        return carry_out(after, stored, persistence, services, work=turns.rest_of(work))
    return _to_turn((*work.requests, request), work, conversation, stored, persistence, services)


def _admitted(
    conversation: Conversation, request: UserRequest, here: Next, persistence: Persistence
) -> UserRequest | Step:
    """What may be worked on, or the step that asks the sender first."""
    if request.doubt and request.kind == "mail":
        return doubts.ask(conversation, request, here)
    if not request.unconfirmed:
        return request
    return newcomers.admitted(request, persistence) or newcomers.ask(conversation, here, persistence)


def _by_command(command: Command, request: UserRequest, conversation: Conversation, services: Services) -> Outcome:
    if command in MAY_ARM:
        conversation = memories.knowing(conversation, memories.recall(conversation, services))
    return apply_command(
        conversation,
        request,
        command,
        now=services.clock(),
        default_zone=services.default_zone,
        send_pause_seconds=services.send_pause_seconds,
    )


def _cancel(
    request: UserRequest,
    work: s.Work,
    conversation: Conversation,
    stored: Conversation,
    persistence: Persistence,
    services: Services,
    command: Command = Command.CANCEL,
) -> StateDecision:
    """At once, whatever is under way: a turn and what waits for its end came before and are given up with the mail."""
    left = s.Work() if work.turn else turns.rest_of(work)
    dropped = turns.dropped_notices(work)
    accepted = accepted_attempt(persistence, services)
    turns.give_up(work, persistence)
    if accepted is not None:
        too_late = "It is too late to cancel: an earlier attempt to send it had been accepted."
        others = _by_command(command, request, conversation, services).cancels
        notices = (too_late, *dropped)
        return finish_sending(
            accepted, left, conversation, stored, persistence, services, notices=notices, cancels=others
        )
    conversation = decisions.keep_schedule_alive(conversation, services.clock(), services.send_pause_seconds)
    if dropped and not conversation.revision:
        # No draft yet, but there is something to cancel: the message that would have led to the first one.
        outcome = Outcome(conversation, "cancel", notices=dropped)
    else:
        outcome = _by_command(command, request, conversation, services)
        outcome = replace(outcome, notices=(*outcome.notices, *dropped))
    clear_trouble(persistence)
    if dropped:
        persistence.set_data_attribute(s.DA_RETRY_REQUEST, NOTHING_TO_RETRY)
    return carry_out(_after(outcome, persistence, services), stored, persistence, services, work=left)


def _look_up(
    command: Command,
    request: UserRequest,
    work: s.Work,
    here: Next,
    conversation: Conversation,
    stored: Conversation,
    persistence: Persistence,
    services: Services,
) -> StateDecision:
    """Commands about what is known of the owner and what they have planned; the conversation stays where it is, unless its
    own mail is canceled by its number.
    """
    if command in READS_PLANNED:
        conversation = memories.with_planned(conversation, services)
    else:
        memory = memories.recall(conversation, services)
        if memory is None and command is Command.MEMORY:
            return carry_out(memories.cannot_tell(conversation, here), stored, persistence, services, work=work)
        conversation = memories.knowing(conversation, memory)
    outcome = _by_command(command, request, conversation, services)
    if outcome.step == "cancel":
        return _cancel(request, work, conversation, stored, persistence, services, command)
    outcome = replace(outcome, notices=(*outcome.notices, *turns.unanswered_notices(work)))
    step = replace(decisions.stay(outcome, here), note=outcome.note, cancels=outcome.cancels)
    return carry_out(step, stored, persistence, services, work=work)


def _confirmed(
    request: UserRequest,
    work: s.Work,
    conversation: Conversation,
    stored: Conversation,
    persistence: Persistence,
    services: Services,
) -> StateDecision:
    """The owner's word for a draft that needs it: the same as an approval of the draft that was shown."""
    conversation = conversation.model_copy(update={"confirmed": conversation.asked})
    conversation = memories.knowing(conversation, memories.recall(conversation, services))
    outcome = approve(
        conversation,
        request,
        now=services.clock(),
        default_zone=services.default_zone,
        send_pause_seconds=services.send_pause_seconds,
    )
    clear_trouble(persistence)
    after = _after(outcome, persistence, services)
    return carry_out(after, stored, persistence, services, work=turns.rest_of(work))


def _after(outcome: Outcome, persistence: Persistence, services: Services) -> Step:
    outcome = guard(outcome, services.outbound)
    seen = persistence.get_data_attribute(s.DA_SEEN_REVISION) or 0
    step = decisions.after_turn(outcome, decisions.seen_revision(outcome.conversation, seen))
    return replace(step, note=outcome.note, cancels=outcome.cancels)


def finish_turn(
    outcome: Outcome, before: Conversation, persistence: Persistence, services: Services, work: s.Work
) -> StateDecision:
    """The end of a turn that needed the model; what was written meanwhile follows."""
    clear_trouble(persistence)
    persistence.set_data_attribute(s.DA_RETRY_REQUEST, NOTHING_TO_RETRY)
    after = _after(outcome, persistence, services)
    return carry_out(after, before, persistence, services, work=turns.rest_of(work))


def _to_turn(
    requests: tuple[UserRequest, ...],
    work: s.Work,
    conversation: Conversation,
    stored: Conversation,
    persistence: Persistence,
    services: Services,
) -> StateDecision:
    conversation = conversation.model_copy(update={"status": Status.PROCESSING})
    save(persistence, stored, conversation)
    persistence.set_data_attribute(s.DA_CURRENT_REQUEST, requests[-1].text)
    merged = decisions.merge_requests(requests)
    fits = len(merged.model_dump_json().encode()) < s.ATTRIBUTE_LIMIT
    persistence.set_data_attribute(s.DA_RETRY_REQUEST, merged if fits else requests[-1])
    memory = memories.recall(conversation, services)
    return turns.begin(requests, persistence, services.clock(), memory=memory, waiting=work.waiting)


def _retry(
    work: s.Work,
    here: Next,
    conversation: Conversation,
    stored: Conversation,
    persistence: Persistence,
    services: Services,
) -> StateDecision | None:
    """Try again what failed last: the sending, or the message that no answer could be worked out for; None if nothing did."""
    if here == "recover" and not work.requests:
        save(persistence, stored, conversation)
        begin_sending(conversation, persistence, services)
        return StateDecision.single_next_state("SendingState", turns.rest_of(work))
    last = persistence.get_data_attribute(s.DA_RETRY_REQUEST)
    requests = work.requests or ((last,) if isinstance(last, UserRequest) and last.message_id else ())
    if not requests:
        return None
    conversation = decisions.keep_schedule_alive(conversation, services.clock(), services.send_pause_seconds)
    return _to_turn(requests, work, conversation, stored, persistence, services)


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
    clear_trouble(persistence)
    step = decisions.on_sent(
        conversation,
        message_id=accepted.message_id,
        revision=accepted.revision,
        now=services.clock(),
        lead=notices,
    )
    return carry_out(replace(step, cancels=cancels), stored, persistence, services, work=turns.rest_of(work))


def trouble(persistence: Persistence) -> s.Trouble:
    stored = persistence.get_data_attribute(s.DA_TROUBLE)
    return stored if isinstance(stored, s.Trouble) else s.Trouble()


def clear_trouble(persistence: Persistence) -> None:
    # Empty values rather than None: what an iWF server makes of a missing value is not defined.
    if trouble(persistence).since:
        persistence.set_data_attribute(s.DA_TROUBLE, s.Trouble())
