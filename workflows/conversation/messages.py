"""What a message of a person leads to, wherever its conversation waits: answered at once if no model is needed, kept behind the
turn under way, or a turn of its own.
"""

from dataclasses import dataclass, replace

from iwf.persistence import Persistence
from iwf.state_decision import StateDecision
from iwf.workflow_context import WorkflowContext

from inbox_agent.conversation.commands import (
    READS_PLANNED,
    Command,
    applied_suggestion,
    apply_command,
    approve,
    find_command,
    is_confirmation,
)
from inbox_agent.conversation.events import decisions, outages
from inbox_agent.conversation.events import misaddressed as doubts
from inbox_agent.conversation.events.decisions import Next, Step
from inbox_agent.conversation.hints import with_named_draft
from inbox_agent.conversation.outbound import fingerprint, guard
from inbox_agent.conversation.state import is_armed
from inbox_agent.models import Conversation, Outcome, Status, UserRequest
from workflows.conversation import first_contact, memories, sending, steps, turns
from workflows.conversation import schema as s
from workflows.conversation.state_ids import StateId
from workflows.services import Services

NOTHING_TO_RETRY = UserRequest(message_id="")
# These answer without touching the draft, so they leave the conversation where it is.
QUIET_COMMANDS = frozenset({Command.STATUS, Command.HELP, Command.DRAFTS})
# These are about the owner and not about the draft at hand.
LOOKUPS = READS_PLANNED | {Command.MEMORY, Command.FORGET}
# What arms a mail tells who will be remembered by it, so it must be known who is already.
MAY_ARM = frozenset({Command.SEND_NOW, Command.UNDO})


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message where it arrived.

    Attributes:
        work: what the state at hand was about; text that waits for the model stays first in line.
        here: where the conversation waits, and stays if the message changes nothing.
        conversation: as it is with the message taken in; ``stored``: as the attributes hold it.
    """

    request: UserRequest
    work: s.Work
    here: Next
    conversation: Conversation
    stored: Conversation
    persistence: Persistence
    services: Services

    def knowing(self, conversation: Conversation) -> "Arrival":
        """The same with a conversation of which more is known."""
        return replace(self, conversation=conversation)

    def kept_alive(self) -> "Arrival":
        """The same with a schedule that does not fall due before the answer."""
        services = self.services
        alive = decisions.keep_schedule_alive(self.conversation, services.clock(), services.send_pause_seconds)
        return self.knowing(alive)

    def answered(self, step: Step) -> StateDecision:
        """What is told beside the work at hand, which goes on."""
        return steps.carry_out(step, self.stored, self.persistence, self.services, work=self.work)

    def carried_out(self, outcome: Outcome, left: s.Work) -> StateDecision:
        """The end of what the message asked for; ``left`` is worked on next."""
        steps.clear_trouble(self.persistence)
        after = _after(outcome, self.persistence, self.services)
        return steps.carry_out(after, self.stored, self.persistence, self.services, work=left)


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
        work, here: see ``Arrival``.
    """
    stored = steps.load(persistence, ctx)
    at = Arrival(request, work, here, decisions.absorb(stored, request), stored, persistence, services)
    admitted = _admitted(at)
    if isinstance(admitted, Step):
        return at.answered(admitted)
    as_written = request = admitted
    if (number := applied_suggestion(request.text, request.sender)) is not None and request.role == "owner":
        request = decisions.with_suggestion(at.conversation, request, number)
    at = replace(at, request=request)
    if (told := decisions.without_turn(at.conversation, request, here)) is not None:
        return at.answered(told)
    command = find_command(request.text, request.sender)
    at_once = _at_once(command, at)
    if at_once is not None:
        return at_once
    if work.turn:
        # As it was written: who says "apply suggestion 1" means the suggestion, whatever command its words are.
        return turns.keep(as_written, work, persistence)
    asked = at.conversation.asked == fingerprint(at.conversation.draft)
    if is_confirmation(request.text, request.sender) and asked and not work.requests:
        return _confirmed(at)
    if command is Command.RETRY and (found := _retry(at)):
        return found
    at = at.kept_alive()
    if command is not None and not work.requests:
        return at.carried_out(_by_command(command, at), turns.rest_of(work))
    return _to_turn((*work.requests, request), at)


def _admitted(at: Arrival) -> UserRequest | Step:
    """What may be worked on, or the step that asks the sender first."""
    if at.request.doubt and at.request.kind == "mail":
        return doubts.ask(at.conversation, at.request, at.here)
    if not at.request.unconfirmed:
        return at.request
    known = first_contact.admitted(at.request, at.persistence)
    return known or first_contact.ask(at.conversation, at.here, at.persistence)


def _at_once(command: Command | None, at: Arrival) -> StateDecision | None:
    """Commands that wait for nothing, whatever else is under way; None for all others."""
    if command in QUIET_COMMANDS:
        outcome = _by_command(command, at)
        outcome = replace(outcome, notices=(*outcome.notices, *turns.unanswered_notices(at.work)))
        return at.answered(decisions.stay(outcome, at.here))
    if command in LOOKUPS:
        return _look_up(command, at)
    if command is Command.CANCEL:
        return _cancel(at)
    overtaking = command in (Command.SEND_NOW, Command.UNDO) and at.conversation.revision
    if command is not None and overtaking and turns.is_held_up(at.work, at.services.clock()):
        return _ahead_of_what_waits(command, at)
    return None


def _by_command(command: Command, at: Arrival) -> Outcome:
    if command in MAY_ARM:
        at = at.knowing(memories.knowing(at.conversation, memories.recall(at.conversation, at.services)))
    return apply_command(
        at.conversation,
        at.request,
        command,
        now=at.services.clock(),
        default_zone=at.services.default_zone,
        send_pause_seconds=at.services.send_pause_seconds,
    )


def _drop_what_waits(at: Arrival) -> tuple[tuple[str, ...], s.Work]:
    """Give up what no answer was worked out for yet: what is told of it, and what is left to work on."""
    dropped = turns.dropped_notices(at.work)
    turns.give_up(at.work, at.persistence)
    if dropped:
        at.persistence.set_data_attribute(s.DA_RETRY_REQUEST, NOTHING_TO_RETRY)
    return dropped, s.Work() if at.work.turn else turns.rest_of(at.work)


def _cancel(at: Arrival, command: Command = Command.CANCEL) -> StateDecision:
    """At once, whatever is under way: a turn and what waits for its end came before and are given up with the mail."""
    accepted = sending.accepted_attempt(at.persistence, at.services)
    dropped, left = _drop_what_waits(at)
    if accepted is not None:
        too_late = "It is too late to cancel: an earlier attempt to send it had been accepted."
        return sending.finish_sending(
            accepted,
            left,
            at.conversation,
            at.stored,
            at.persistence,
            at.services,
            notices=(too_late, *dropped),
            cancels=_by_command(command, at).cancels,
        )
    if dropped and not at.conversation.revision:
        # No draft yet, but there is something to cancel: the message that would have led to the first one.
        outcome = Outcome(at.conversation, "cancel", notices=dropped)
    else:
        outcome = _by_command(command, at)
        outcome = replace(outcome, notices=(*outcome.notices, *dropped))
    return at.carried_out(outcome, left)


def _ahead_of_what_waits(command: Command, at: Arrival) -> StateDecision:
    """What acts at once although a message waits for a model that does not answer.

    "undo" takes that message back. "send it now" could mean the draft with it or without it, so it is asked; naming the
    draft says which.
    """
    named = with_named_draft(at.request.model_copy(update={"answers_revision": None})).answers_revision
    if command is Command.SEND_NOW and named != at.conversation.revision:
        return at.answered(outages.send_without_what_waits(at.conversation, at.here))
    dropped, left = _drop_what_waits(at)
    at = at.kept_alive()
    if command is Command.UNDO:
        outcome = Outcome(at.conversation, "schedule" if is_armed(at.conversation) else "wait", notices=dropped)
    else:
        outcome = _by_command(command, at)
        outcome = replace(outcome, notices=(*dropped, *outcome.notices))
    return at.carried_out(outcome, left)


def _look_up(command: Command, at: Arrival) -> StateDecision:
    """Commands about what is known of the owner and what they have planned; the conversation stays where it is, unless its
    own mail is canceled by its number.
    """
    if command in READS_PLANNED:
        at = at.knowing(memories.with_planned(at.conversation, at.services))
    else:
        memory = memories.recall(at.conversation, at.services)
        if memory is None and command is Command.MEMORY:
            return at.answered(memories.cannot_tell(at.conversation, at.here))
        at = at.knowing(memories.knowing(at.conversation, memory))
    outcome = _by_command(command, at)
    if outcome.step == "cancel":
        return _cancel(at, command)
    outcome = replace(outcome, notices=(*outcome.notices, *turns.unanswered_notices(at.work)))
    return at.answered(replace(decisions.stay(outcome, at.here), note=outcome.note, cancels=outcome.cancels))


def _confirmed(at: Arrival) -> StateDecision:
    """The owner's word for a draft that needs it: the same as an approval of the draft that was shown."""
    conversation = at.conversation.model_copy(update={"confirmed": at.conversation.asked})
    outcome = approve(
        memories.knowing(conversation, memories.recall(conversation, at.services)),
        at.request,
        now=at.services.clock(),
        default_zone=at.services.default_zone,
        send_pause_seconds=at.services.send_pause_seconds,
    )
    return at.carried_out(outcome, turns.rest_of(at.work))


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


def _to_turn(requests: tuple[UserRequest, ...], at: Arrival) -> StateDecision:
    conversation, persistence = at.conversation.model_copy(update={"status": Status.PROCESSING}), at.persistence
    steps.save(persistence, at.stored, conversation)
    persistence.set_data_attribute(s.DA_CURRENT_REQUEST, requests[-1].text)
    merged = decisions.merge_requests(requests)
    fits = len(merged.model_dump_json().encode()) < s.ATTRIBUTE_LIMIT
    persistence.set_data_attribute(s.DA_RETRY_REQUEST, merged if fits else requests[-1])
    memory = memories.recall(conversation, at.services)
    return turns.begin(requests, persistence, at.services.clock(), memory=memory, waiting=at.work.waiting)


def _retry(at: Arrival) -> StateDecision | None:
    """Try again what failed last: the sending, or the message that no answer could be worked out for; None if nothing did."""
    if at.here == "recover" and not at.work.requests:
        steps.save(at.persistence, at.stored, at.conversation)
        sending.begin_sending(at.conversation, at.persistence, at.services)
        return StateDecision.single_next_state(StateId.SENDING, turns.rest_of(at.work))
    last = at.persistence.get_data_attribute(s.DA_RETRY_REQUEST)
    requests = at.work.requests or ((last,) if isinstance(last, UserRequest) and last.message_id else ())
    return _to_turn(requests, at.kept_alive()) if requests else None
