"""A turn beside the conversation: begun under a number, waited for together with new messages, given up.

The states of a conversation stay the only consumer of its input; the model is asked in a side state (``turn_states``), so
that a call that hangs holds up no command. Nothing here decides what a message or a result leads to.
"""

from datetime import datetime
from typing import Any

from iwf.command_request import CommandRequest, InternalChannelCommand, TimerCommand
from iwf.command_results import CommandResults
from iwf.iwf_api.models import ChannelRequestStatus
from iwf.persistence import Persistence
from iwf.state_decision import StateDecision
from iwf.state_movement import StateMovement

from inbox_agent.models import OwnerMemory, UserRequest
from workflows.conversation import schema as s
from workflows.conversation.state_ids import StateId

# The calls of a turn are retried for 180 s and the last one may take 90: what is not there by then never comes.
NO_RESULT = "no answer of the model came back from the worker"
LOST_AFTER_SECONDS = 300
# A model that has not answered by then may be away: a command that arrives meanwhile does not wait for it.
HELD_UP_AFTER_SECONDS = 20


def channel_of(turn: int) -> str:
    """The internal channel that says what came of this turn."""
    return f"{s.CH_TURN_DONE_PREFIX}{turn}"


def begin(
    requests: tuple[UserRequest, ...],
    persistence: Persistence,
    now: datetime,
    *,
    memory: OwnerMemory | None,
    waiting: tuple[UserRequest, ...] = (),
) -> StateDecision:
    """Ask the model beside the conversation, which goes on taking messages."""
    number = current(persistence) + 1
    persistence.set_data_attribute(s.DA_TURN, number)
    work = s.Work(requests=requests, turn=number, since=int(now.timestamp()), waiting=waiting, memory=memory)
    return StateDecision.multi_next_states(
        StateMovement.create(StateId.TURN, s.TurnInput(turn=number, requests=requests, memory=memory)),
        StateMovement.create(StateId.AGENT, work),
    )


def current(persistence: Persistence) -> int:
    """The number of the newest turn; a turn of another number is not waited for any more."""
    number = persistence.get_data_attribute(s.DA_TURN)
    return number if isinstance(number, int) else 0


def give_up(work: s.Work, persistence: Persistence) -> None:
    """Nobody waits for this turn and what came after it any more; its number is not used again."""
    if work.turn:
        persistence.set_data_attribute(s.DA_TURN, work.turn + 1)
        count_waiting(persistence, ())


def wait(work: s.Work, now: datetime) -> CommandRequest:
    """Any of: what came of the turn, the next message (unless too many wait already), the time after which it is lost."""
    lost_in = work.since + LOST_AFTER_SECONDS - int(now.timestamp())
    commands: list[Any] = [InternalChannelCommand.by_name(channel_of(work.turn))]
    if sum(len(one.model_dump_json().encode()) for one in work.waiting) < s.WAITING_LIMIT:
        commands.append(InternalChannelCommand.by_name(s.CH_USER_INPUT))
    return CommandRequest.for_any_command_completed(*commands, TimerCommand.by_seconds(max(1, lost_in)))


def with_result(results: CommandResults, work: s.Work) -> s.Work:
    """The work with what came of its turn, if that ended the wait; a message may have come at the same moment."""
    for result in results.internal_channel_commands:
        received = result.status == ChannelRequestStatus.RECEIVED and result.channel_name == channel_of(work.turn)
        if received and isinstance(result.value, s.TurnDone):
            return work.model_copy(update={"done": result.value})
    return work


def is_held_up(work: s.Work, now: datetime) -> bool:
    """Whether a message waits for a model that cannot be reached, or has been at it for long."""
    if work.turn:
        return work.done is None and now.timestamp() - work.since > HELD_UP_AFTER_SECONDS
    return bool(work.requests)


def keep(request: UserRequest, work: s.Work, persistence: Persistence) -> StateDecision:
    """Have a message wait for the end of the turn, behind those that wait already."""
    waiting = (*work.waiting, request)
    count_waiting(persistence, waiting)
    return StateDecision.single_next_state(StateId.AGENT, work.model_copy(update={"waiting": waiting}))


def next_waiting(work: s.Work, persistence: Persistence) -> tuple[UserRequest | None, s.Work]:
    """The first message that waited, once no turn is under way, and the work without it."""
    if work.turn or not work.waiting:
        return None, work
    count_waiting(persistence, work.waiting[1:])
    return work.waiting[0], work.model_copy(update={"waiting": work.waiting[1:]})


def count_waiting(persistence: Persistence, waiting: tuple[UserRequest, ...]) -> None:
    """Let ``describe`` know how many messages wait: they have left the channel."""
    if (persistence.get_data_attribute(s.DA_WAITING) or 0) != len(waiting):
        persistence.set_data_attribute(s.DA_WAITING, len(waiting))


def rest_of(work: s.Work) -> s.Work:
    """What is left to do when the work at hand is done: the messages that came meanwhile."""
    return s.Work(waiting=work.waiting)


def unanswered_notices(work: s.Work) -> tuple[str, ...]:
    """What an answer that overtakes a turn says of it."""
    count = len(work.requests) + len(work.waiting)
    if not count:
        return ()
    what = "Your last message is" if count == 1 else f"Your last {count} messages are"
    return (f"{what} still being worked on; nothing is sent before you have the answer.",)


def dropped_notices(work: s.Work) -> tuple[str, ...]:
    """What the answer to "cancel" says of the messages that it overtakes."""
    count = len(work.requests) + (len(work.waiting) if work.turn else 0)
    if not count:
        return ()
    what, it = ("Your last message was", "it is") if count == 1 else (f"Your last {count} messages were", "they are")
    return (f"{what} still being worked on; {it} dropped.",)
