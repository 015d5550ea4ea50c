"""Cancel and "not yet" as numbered states, undo, and back to a numbered draft.

What the owner stopped stays stopped: going back to a text brings its time only where it undoes that very stop.
"""

from inbox_agent.conversation.revisions import find_revision, undo_base, undo_target, with_state
from inbox_agent.conversation.state import Turn
from inbox_agent.conversation.turn import answers
from inbox_agent.conversation.turn.open_questions import offer
from inbox_agent.conversation.when.times import describe_time, instant_of
from inbox_agent.models import Revision, Schedule


def stop(turn: Turn) -> None:
    """Cancel: the same draft without a time, as a state of its own, so that undo finds the one before."""
    stopped = with_state(turn.conversation, turn.conversation.draft, None, anyway=True)
    turn.conversation = stopped.model_copy(update={"held": False, "stopped": stopped.revision})


def restore(turn: Turn) -> None:
    """Undo, and back to a numbered draft: the old state becomes the newest revision."""
    target = _target(turn)
    if target is None:
        return
    schedule = _time_of(target, turn)
    turn.conversation = with_state(turn.conversation, target.draft, schedule, restored=target.number, anyway=True)
    turn.draft = target.draft
    time = ", with its time" if schedule and schedule == target.schedule else ""
    turn.notices.append(f"Draft {target.number} is back, as draft {turn.conversation.revision}{time}.")


def _target(turn: Turn) -> Revision | None:
    conversation, number = turn.conversation, turn.output.draft_number
    if turn.means("go_back") and number is not None:
        target = find_revision(conversation, number)
        if target is None:
            turn.questions.append(f"I have no draft {number} any more. {answers.numbers(conversation)}")
        elif number == conversation.revision:
            turn.notices.append(f"Draft {number} is the current one.")
            return None
        return target
    if not turn.means("undo"):
        return None
    target = undo_target(conversation)
    if target is None:
        turn.notices.append("There is nothing to undo.")
    return target


def _time_of(target: Revision, turn: Turn) -> Schedule | None:
    """The time that the state had, as far as it may count again; why it does not is told."""
    conversation, planned = turn.conversation, target.schedule
    if planned is None:
        return None
    if any(record.draft == target.draft for record in conversation.sent):
        # What went out before its time would go out a second time at it.
        turn.notices.append(f"{answers.sent_line(conversation)} So it has no time now.")
        return None
    if conversation.stopped and not _undoes_the_stop(turn):
        turn.notices.append("You had stopped it, so it has no time until you say when.")
        return None
    if instant_of(planned) <= turn.now.timestamp():
        turn.notices.append("The time of that draft has passed, so it has none now.")
        return None
    if planned != conversation.schedule and not turn.commanded:
        # A model may take other words for an undo; that must not arm what the owner has stopped or moved.
        offer(turn, planned)
        turn.hints.append("yes")
        turn.questions.append(f"Should it go out on {describe_time(planned)} again? Reply “yes”.")
        return conversation.schedule
    return planned


def _undoes_the_stop(turn: Turn) -> bool:
    return not turn.means("go_back") and undo_base(turn.conversation) == turn.conversation.stopped
