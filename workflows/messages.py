"""What a message of a person leads to, wherever its conversation waits: answered at once if no model is needed, kept behind the
turn under way, or a turn of its own.
"""

from dataclasses import replace

from iwf.persistence import Persistence
from iwf.state_decision import StateDecision
from iwf.workflow_context import WorkflowContext

from inbox_agent.models import Conversation, Outcome, Status, UserRequest
from inbox_agent.turn.commands import (
    READS_PLANNED,
    Command,
    applied_suggestion,
    apply_command,
    approve,
    find_command,
    is_confirmation,
)
from inbox_agent.turn.hints import with_named_draft
from inbox_agent.turn.outbound import fingerprint, guard
from inbox_agent.turn.state import is_armed
from workflows import decisions, doubts, memories, newcomers, outages, sending, steps, turns
from workflows import schema as s
from workflows.decisions import Next, Step
from workflows.services import Services

NOTHING_TO_RETRY = UserRequest(message_id="")
# These answer without touching the draft, so they leave the conversation where it is.
QUIET_COMMANDS = frozenset({Command.STATUS, Command.HELP, Command.DRAFTS})
# These are about the owner and not about the draft at hand.
LOOKUPS = READS_PLANNED | {Command.MEMORY, Command.FORGET}
# What arms a mail tells who will be remembered by it, so it must be known who is already.
MAY_ARM = frozenset({Command.SEND_NOW, Command.UNDO})


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
    stored = steps.load(persistence, ctx)
    conversation = decisions.absorb(stored, request)
    admitted = _admitted(conversation, request, here, persistence)
    if isinstance(admitted, Step):
        return steps.carry_out(admitted, stored, persistence, services, work=work)
    request = admitted
    as_written = request
    if (number := applied_suggestion(request.text, request.sender)) is not None and request.role == "owner":
        request = decisions.with_suggestion(conversation, request, number)
    if (told := decisions.without_turn(conversation, request, here)) is not None:
        return steps.carry_out(told, stored, persistence, services, work=work)
    command = find_command(request.text, request.sender)
    at_once = _at_once(command, request, work, here, conversation, stored, persistence, services)
    if at_once is not None:
        return at_once
    if work.turn:
        # As it was written: who says "apply suggestion 1" means the suggestion, whatever command its words are.
        return turns.keep(as_written, work, persistence)
    confirms = is_confirmation(request.text, request.sender) and conversation.asked == fingerprint(conversation.draft)
    if confirms and not work.requests:
        return _confirmed(request, work, conversation, stored, persistence, services)
    if command is Command.RETRY and (found := _retry(work, here, conversation, stored, persistence, services)):
        return found
    conversation = decisions.keep_schedule_alive(conversation, services.clock(), services.send_pause_seconds)
    if command is not None and not work.requests:
        outcome = _by_command(command, request, conversation, services)
        steps.clear_trouble(persistence)
        after = _after(outcome, persistence, services)
        return steps.carry_out(after, stored, persistence, services, work=turns.rest_of(work))
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


def _at_once(
    command: Command | None,
    request: UserRequest,
    work: s.Work,
    here: Next,
    conversation: Conversation,
    stored: Conversation,
    persistence: Persistence,
    services: Services,
) -> StateDecision | None:
    """Commands that wait for nothing, whatever else is under way; None for all others."""
    if command in QUIET_COMMANDS:
        outcome = _by_command(command, request, conversation, services)
        outcome = replace(outcome, notices=(*outcome.notices, *turns.unanswered_notices(work)))
        return steps.carry_out(decisions.stay(outcome, here), stored, persistence, services, work=work)
    if command in LOOKUPS:
        return _look_up(command, request, work, here, conversation, stored, persistence, services)
    if command is Command.CANCEL:
        return _cancel(request, work, conversation, stored, persistence, services)
    overtaking = command in (Command.SEND_NOW, Command.UNDO) and conversation.revision
    if command is not None and overtaking and turns.is_held_up(work, services.clock()):
        return _ahead_of_what_waits(command, request, work, here, conversation, stored, persistence, services)
    return None


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
    accepted = sending.accepted_attempt(persistence, services)
    turns.give_up(work, persistence)
    if accepted is not None:
        too_late = "It is too late to cancel: an earlier attempt to send it had been accepted."
        others = _by_command(command, request, conversation, services).cancels
        notices = (too_late, *dropped)
        return sending.finish_sending(
            accepted, left, conversation, stored, persistence, services, notices=notices, cancels=others
        )
    if dropped and not conversation.revision:
        # No draft yet, but there is something to cancel: the message that would have led to the first one.
        outcome = Outcome(conversation, "cancel", notices=dropped)
    else:
        outcome = _by_command(command, request, conversation, services)
        outcome = replace(outcome, notices=(*outcome.notices, *dropped))
    steps.clear_trouble(persistence)
    if dropped:
        persistence.set_data_attribute(s.DA_RETRY_REQUEST, NOTHING_TO_RETRY)
    return steps.carry_out(_after(outcome, persistence, services), stored, persistence, services, work=left)


def _ahead_of_what_waits(
    command: Command,
    request: UserRequest,
    work: s.Work,
    here: Next,
    conversation: Conversation,
    stored: Conversation,
    persistence: Persistence,
    services: Services,
) -> StateDecision:
    """What acts at once although a message waits for a model that does not answer.

    "undo" takes that message back. "send it now" could mean the draft with it or without it, so it is asked; naming the
    draft says which.
    """
    named = with_named_draft(request.model_copy(update={"answers_revision": None})).answers_revision
    if command is Command.SEND_NOW and named != conversation.revision:
        asked = outages.send_without_what_waits(conversation, here)
        return steps.carry_out(asked, stored, persistence, services, work=work)
    left = s.Work() if work.turn else turns.rest_of(work)
    dropped = turns.dropped_notices(work)
    turns.give_up(work, persistence)
    steps.clear_trouble(persistence)
    persistence.set_data_attribute(s.DA_RETRY_REQUEST, NOTHING_TO_RETRY)
    conversation = decisions.keep_schedule_alive(conversation, services.clock(), services.send_pause_seconds)
    if command is Command.UNDO:
        outcome = Outcome(conversation, "schedule" if is_armed(conversation) else "wait", notices=dropped)
    else:
        outcome = _by_command(command, request, conversation, services)
        outcome = replace(outcome, notices=(*dropped, *outcome.notices))
    return steps.carry_out(_after(outcome, persistence, services), stored, persistence, services, work=left)


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
            return steps.carry_out(memories.cannot_tell(conversation, here), stored, persistence, services, work=work)
        conversation = memories.knowing(conversation, memory)
    outcome = _by_command(command, request, conversation, services)
    if outcome.step == "cancel":
        return _cancel(request, work, conversation, stored, persistence, services, command)
    outcome = replace(outcome, notices=(*outcome.notices, *turns.unanswered_notices(work)))
    step = replace(decisions.stay(outcome, here), note=outcome.note, cancels=outcome.cancels)
    return steps.carry_out(step, stored, persistence, services, work=work)


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
    steps.clear_trouble(persistence)
    after = _after(outcome, persistence, services)
    return steps.carry_out(after, stored, persistence, services, work=turns.rest_of(work))


def _after(outcome: Outcome, persistence: Persistence, services: Services) -> Step:
    size_limit = services.post.size_limit() if outcome.conversation.draft.attachments else 0
    outcome = guard(outcome, services.outbound, size_limit=size_limit)
    seen = persistence.get_data_attribute(s.DA_SEEN_REVISION) or 0
    step = decisions.after_turn(outcome, decisions.seen_revision(outcome.conversation, seen), services.clock())
    return replace(step, note=outcome.note, cancels=outcome.cancels)


def finish_turn(
    outcome: Outcome, before: Conversation, persistence: Persistence, services: Services, work: s.Work
) -> StateDecision:
    """The end of a turn that needed the model; what was written meanwhile follows."""
    steps.clear_trouble(persistence)
    persistence.set_data_attribute(s.DA_RETRY_REQUEST, NOTHING_TO_RETRY)
    after = _after(outcome, persistence, services)
    return steps.carry_out(after, before, persistence, services, work=turns.rest_of(work))


def _to_turn(
    requests: tuple[UserRequest, ...],
    work: s.Work,
    conversation: Conversation,
    stored: Conversation,
    persistence: Persistence,
    services: Services,
) -> StateDecision:
    conversation = conversation.model_copy(update={"status": Status.PROCESSING})
    steps.save(persistence, stored, conversation)
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
        steps.save(persistence, stored, conversation)
        sending.begin_sending(conversation, persistence, services)
        return StateDecision.single_next_state("SendingState", turns.rest_of(work))
    last = persistence.get_data_attribute(s.DA_RETRY_REQUEST)
    requests = work.requests or ((last,) if isinstance(last, UserRequest) and last.message_id else ())
    if not requests:
        return None
    conversation = decisions.keep_schedule_alive(conversation, services.clock(), services.send_pause_seconds)
    return _to_turn(requests, work, conversation, stored, persistence, services)
