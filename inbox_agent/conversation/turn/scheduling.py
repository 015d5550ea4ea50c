"""The time of one turn: what was said becomes the schedule, unless it approves a draft that is out of date or was sent."""

from inbox_agent.conversation.revisions import with_state
from inbox_agent.conversation.state import Turn, already_sent, is_armed, is_complete
from inbox_agent.conversation.turn import answers
from inbox_agent.conversation.turn.asked import time_is_said
from inbox_agent.conversation.turn.open_questions import completed, keep_time_open, offer, open_time
from inbox_agent.conversation.turn_output import When
from inbox_agent.conversation.when.times import Ask, at_instant, describe_time, instant_of, resolve
from inbox_agent.conversation.when.zones import ZoneChoice, choose_zone, tzinfo_of, zone_notice
from inbox_agent.models import Schedule, Status


def settle_time(turn: Turn) -> None:
    """The new schedule, when one was said and nothing speaks against it; puts draft and schedule into the history."""
    schedule = None if turn.anew or already_sent(turn.conversation) else turn.conversation.schedule
    if turn.means("keep_draft"):
        schedule = None
    elif turn.when is not None:
        schedule = _at_time(turn, completed(turn.when, open_time(turn)), schedule)
    elif turn.means("send_now"):
        schedule = schedule if _sent_again(turn) else _sent_now(turn, schedule)
    elif turn.means("approve"):
        schedule = _agreed(turn, schedule)
    elif turn.means("retry"):
        schedule = _retry(turn, schedule)
    elif turn.changes_something and not turn.means("as_is") and (before := open_time(turn)) is not None:
        # A time that was asked about and not answered is asked about again, however else the mail is changed.
        schedule = _at_time(turn, before, schedule)
    turn.conversation = with_state(turn.conversation, turn.draft, schedule)
    if turn.means("keep_draft"):
        turn.conversation = turn.conversation.model_copy(update={"stopped": turn.conversation.revision})


def _at_time(turn: Turn, when: When, schedule: Schedule | None) -> Schedule | None:
    choice = _zone_choice(turn)
    found = resolve(when, turn.now, choice.zone, schedule)
    if isinstance(found, Ask):
        turn.questions += found.questions
        turn.hints += found.proposals
        keep_time_open(turn, when, turn.now.astimezone(tzinfo_of(choice.zone)).date())
        return schedule
    if not time_is_said(turn, when, found.schedule.instant - turn.now.timestamp()):
        offer(turn, found.schedule)
        turn.unapproved = True
        turn.questions.append(f"Should I send it on {describe_time(found.schedule)}? Reply “yes”, or say when.")
        turn.hints.append("yes")
        return schedule
    # Putting off what goes out anyway approves nothing.
    put_off = schedule is not None and is_armed(turn.conversation) and found.schedule.instant >= instant_of(schedule)
    if not put_off and _stale(turn, found.schedule):
        return schedule
    turn.notices += found.notices
    if not when.zone:
        _tell_zone(turn, choice)
    return found.schedule


def _sent_now(turn: Turn, schedule: Schedule | None) -> Schedule | None:
    return schedule if _stale(turn, None, now=True) else _now(turn)


def _agreed(turn: Turn, schedule: Schedule | None) -> Schedule | None:
    """ "yes": to what the last question offered, else to the draft at the time that it has."""
    offered = turn.conversation.open
    if turn.draft == turn.conversation.draft and not already_sent(turn.conversation):
        if offered.offered_now:
            return _sent_now(turn, schedule)
        if offered.offered and instant_of(offered.offered) > turn.now.timestamp():
            return schedule if _stale(turn, offered.offered) else offered.offered
    _stale(turn, schedule)
    return schedule


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
        turn.unapproved = True
        turn.ask_aside(
            f"What should I try again? To have draft {turn.conversation.revision} sent now, reply “send it now”."
        )
    else:
        return _sent_now(turn, schedule)
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


def _stale(turn: Turn, schedule: Schedule | None, *, now: bool = False) -> bool:
    """Whether this approves a draft that is not the current one any more; then the current one is asked about."""
    if not turn.answers_outdated:
        return False
    answered, current = turn.request.answers_revision, turn.conversation.revision
    when = "now" if now else describe_time(schedule) if schedule else ""
    time = f" ({when})" if when else ""
    offer(turn, schedule, now=now)
    turn.unapproved = True
    turn.ask_aside(
        f"You answered draft {answered}, but draft {current} is the current one, shown here. "
        f"Should I send draft {current}{time}? Please reply “yes” to this mail."
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
