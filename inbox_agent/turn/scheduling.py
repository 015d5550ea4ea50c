"""The time of one turn: what was said becomes the schedule, unless it approves a draft that is out of date or was sent."""

from inbox_agent.models import Schedule, Status
from inbox_agent.turn import answers
from inbox_agent.turn.revisions import with_state
from inbox_agent.turn.schema import When
from inbox_agent.turn.state import Turn, already_sent, is_armed, is_complete
from inbox_agent.turn.times import Ask, at_instant, describe_time, instant_of, resolve
from inbox_agent.turn.zones import ZoneChoice, choose_zone, zone_notice


def settle_time(turn: Turn) -> None:
    """The new schedule, when one was said and nothing speaks against it; puts draft and schedule into the history."""
    schedule = None if turn.anew or already_sent(turn.conversation) else turn.conversation.schedule
    if turn.means("keep_draft"):
        schedule = None
    elif turn.when is not None:
        schedule = _at_time(turn, turn.when, schedule)
    elif turn.means("send_now"):
        if not _sent_again(turn) and not _stale(turn, "now"):
            schedule = _now(turn)
    elif turn.means("approve"):
        _stale(turn, describe_time(schedule) if schedule else "")
    elif turn.means("retry"):
        schedule = _retry(turn, schedule)
    turn.conversation = with_state(turn.conversation, turn.draft, schedule)
    if turn.means("keep_draft"):
        turn.conversation = turn.conversation.model_copy(update={"stopped": turn.conversation.revision})


def _at_time(turn: Turn, when: When, schedule: Schedule | None) -> Schedule | None:
    choice = _zone_choice(turn)
    found = resolve(when, turn.now, choice.zone, schedule)
    if isinstance(found, Ask):
        turn.questions += found.questions
        return schedule
    # Putting off what goes out anyway approves nothing.
    put_off = schedule is not None and is_armed(turn.conversation) and found.schedule.instant >= instant_of(schedule)
    if not put_off and _stale(turn, describe_time(found.schedule)):
        return schedule
    turn.notices += found.notices
    if not when.zone:
        _tell_zone(turn, choice)
    return found.schedule


def _now(turn: Turn) -> Schedule:
    """Now and the pause in which "cancel" still works."""
    zone = choose_zone(turn.conversation, turn.request, turn.default_zone).zone
    return at_instant(int(turn.now.timestamp()) + turn.pause, zone)


def _retry(turn: Turn, schedule: Schedule | None) -> Schedule | None:
    """ "retry" after a failure: the same draft once more, now."""
    if already_sent(turn.conversation) and turn.conversation.status != Status.FAILED:
        turn.notices.append(answers.sent_line(turn.conversation))
    elif not is_complete(turn.draft):
        turn.notices.append("There is no finished draft that could be sent.")
    elif turn.conversation.status != Status.FAILED:
        # "Try again" may mean the wording: nothing goes out at once that nobody has seen fail.
        turn.asides += 1
        turn.questions.append(
            f"Nothing has failed that I know of. Shall draft {turn.conversation.revision} go out now? "
            "Then reply “send it now”."
        )
    elif not _stale(turn, "now"):
        return _now(turn)
    return schedule


def _zone_choice(turn: Turn) -> ZoneChoice:
    """The owner's zone, or the zone that was named for the current schedule alone."""
    planned = turn.conversation.schedule
    if (
        planned is not None
        and planned.wall_clock
        and planned.zone != turn.conversation.zone
        and not turn.output.owner_zone
    ):
        return ZoneChoice(planned.zone, "words")
    return choose_zone(turn.conversation, turn.request, turn.default_zone)


def _tell_zone(turn: Turn, choice: ZoneChoice) -> None:
    """Remember the zone; say which was used and how to change it, once."""
    conversation = turn.conversation
    if choice.source == "words" or (conversation.zone, conversation.zone_source) == (choice.zone, choice.source):
        return
    turn.notices.append(zone_notice(choice))
    turn.conversation = conversation.model_copy(update={"zone": choice.zone, "zone_source": choice.source})


def _stale(turn: Turn, when: str) -> bool:
    """Whether this approves a draft that is not the current one any more; then the current one is asked about."""
    if not turn.answers_outdated:
        return False
    answered, current = turn.request.answers_revision, turn.conversation.revision
    time = f" ({when})" if when else ""
    turn.unapproved = True
    turn.ask_aside(
        f"You answered draft {answered}, but draft {current} is the current one, shown here. "
        f"Shall draft {current} go out{time}? Please reply to this mail."
    )
    return True


def _sent_again(turn: Turn) -> bool:
    """Whether "send it" comes for what has gone out already, as replies that cross the timer do."""
    if not already_sent(turn.conversation) or turn.draft != turn.conversation.draft:
        return False
    turn.ask_aside(
        f"{answers.sent_line(turn.conversation)} "
        "To send it once more, say to whom or when, for example “send it again in 5 minutes”."
    )
    return True
