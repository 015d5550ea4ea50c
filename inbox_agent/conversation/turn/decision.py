"""From what the person meant to the new state of the conversation: recipients checked, times resolved, gaps asked about.

Pure. The order in which one turn is applied: whose words they are, cancel, undo, the fields, the time, the approval, the
step. A schedule is armed only while nothing is in doubt; else it is held until the owner answers.
"""

from datetime import datetime, timedelta
from typing import Literal

from inbox_agent.conversation.hints import HELP_HINTS, memory_hints, with_named_draft
from inbox_agent.conversation.memory import settle_memory, show_memory, tell_new_contacts
from inbox_agent.conversation.others_words import named_address, quoted
from inbox_agent.conversation.planned import cancel_pending, show_pending
from inbox_agent.conversation.recipients import NOT_OWNER
from inbox_agent.conversation.revisions import is_empty
from inbox_agent.conversation.state import Turn, already_sent, is_armed, is_complete
from inbox_agent.conversation.turn import answers
from inbox_agent.conversation.turn.asked import settle_what_is_asked
from inbox_agent.conversation.turn.back_translation import bounded
from inbox_agent.conversation.turn.fields import change_fields
from inbox_agent.conversation.turn.free_text import shown
from inbox_agent.conversation.turn.holding import heed_a_hold
from inbox_agent.conversation.turn.new_mail import replaces
from inbox_agent.conversation.turn.open_questions import MAX_QUESTIONS, ask_one_thing, offer, remaining
from inbox_agent.conversation.turn.prompt import MAX_OWNER_TEXT, visible
from inbox_agent.conversation.turn.restoring import restore, stop
from inbox_agent.conversation.turn.scheduling import settle_time
from inbox_agent.conversation.turn.unchanged import tell_unchanged
from inbox_agent.conversation.turn_output import TurnOutput
from inbox_agent.conversation.when.times import at_instant, at_local, describe_instant, describe_time, instant_of
from inbox_agent.conversation.when.zones import find_zone
from inbox_agent.conversation.words.languages import language_tag
from inbox_agent.models import Conversation, Exchange, OpenQuestions, Outcome, Schedule, UserRequest

__all__ = ["decide", "is_armed"]

MAX_TEXT = 4000
EXCHANGES_KEPT = 12
# A time that passed while a turn or an answer was under way is still meant; one long gone is not.
GRACE = timedelta(minutes=15)

Step = Literal["wait", "schedule", "cancel"]


def decide(
    conversation: Conversation,
    request: UserRequest,
    output: TurnOutput,
    *,
    now: datetime,
    default_zone: str,
    send_pause_seconds: int = 0,
    commanded: bool = False,
) -> Outcome:
    """Apply one turn. Never raises for what a person or model wrote; what is wrong becomes a question or notice.

    Args:
        commanded: code itself read the output out of the owner's words, so none have to be quoted for it.
    """
    request = with_named_draft(request)
    turn = Turn(
        conversation, request, output, now, default_zone, send_pause_seconds, conversation.draft, commanded=commanded
    )
    turn.open = OpenQuestions(left_out=conversation.open.left_out)
    if request.role != "owner":
        return _suggestion(turn)
    turn.notices += request.notes
    _tell_unread(turn)
    settle_what_is_asked(turn)
    _settle_owner(turn)
    settle_memory(turn)
    if _cancels(turn) and not _writes_another(turn):
        if not (turn.changes_fields or turn.means("send_now")):
            return _cancel(turn)
        turn.questions.append("Should I cancel the mail altogether, or send it as shown here?")
    restore(turn)
    change_fields(turn)
    settle_time(turn)
    _answer(turn)
    tell_unchanged(turn, conversation)
    heed_a_hold(turn, conversation)
    step = _step(turn)
    if step == "schedule":
        tell_new_contacts(turn, conversation)
    return _finish(turn, step)


# --- whose words, and what is known of the owner -----------------------------------------------------------------


def _suggestion(turn: Turn) -> Outcome:
    """What somebody else says is shown to the owner and never carried out."""
    turn.answers.append(
        f"{named_address(turn.request.sender.address) or 'Somebody'} wrote:\n{quoted(turn.request.text[:MAX_TEXT])}"
    )
    turn.notices.append("Nothing was changed; tell me if you want me to do it.")
    return _finish(turn, "schedule" if is_armed(turn.conversation) else "wait")


def _tell_unread(turn: Turn) -> None:
    """What the model was not given of a very long message may be just what matters."""
    length = len(visible(turn.request.text).strip())
    if length > MAX_OWNER_TEXT:
        turn.questions.append(
            f"Your text is too long for me: I read {MAX_OWNER_TEXT} of its {length} characters, the rest is missing here. "
            "Is that enough? Else send it in parts, or as a file."
        )


def _settle_owner(turn: Turn) -> None:
    """Language and time zone, as far as this message tells them."""
    output = turn.output
    update: dict[str, object] = {}
    if language := language_tag(output.owner_language):
        update["language"] = language
    if output.owner_zone:
        zone = find_zone(output.owner_zone)
        if zone is None:
            turn.questions.append(f"I do not know the time zone “{output.owner_zone[:80]}”. Which city's time is it?")
        else:
            turn.notices.append(f"From now on your times are in {zone}.")
            update |= {"zone": zone, "zone_source": "words", "schedule": _in_zone(turn, zone)}
    turn.conversation = turn.conversation.model_copy(update=update)


def _in_zone(turn: Turn, zone: str) -> Schedule | None:
    """The planned time under the zone that the owner names: what they said of a day and an hour was meant in that zone when
    the other one was only our guess; a time in a zone that they had named stays the same moment.
    """
    planned, guess = turn.conversation.schedule, turn.conversation
    if planned is None:
        return None
    if planned.wall_clock and guess.zone_source in ("memory", "date", "default") and planned.zone == guess.zone:
        found = at_local(datetime.fromisoformat(planned.local), zone)
        if found.schedule.instant > turn.now.timestamp():
            turn.notices += found.notices
            return found.schedule
        turn.questions.append(f"{describe_time(found.schedule)} has passed already. When should I send it?")
    return at_instant(instant_of(planned), zone, wall_clock=planned.wall_clock)


# --- cancel ------------------------------------------------------------------------------------------------------


def _cancels(turn: Turn) -> bool:
    """Whether the mail of this conversation should not go out; passes the cancel of others on, by their numbers."""
    by_number = turn.means("cancel_pending") and cancel_pending(turn)
    return by_number or turn.means("cancel")


def _writes_another(turn: Turn) -> bool:
    """ "Cancel that and write to Lee instead": the draft goes, and what is said besides is of the new mail."""
    if already_sent(turn.conversation) and turn.means("compose"):
        turn.notices.append(f"It is too late to cancel: {answers.sent_line(turn.conversation)}")
        return True
    return replaces(turn)


def _cancel(turn: Turn) -> Outcome:
    conversation = turn.conversation
    _answer(turn)
    if already_sent(conversation):
        turn.notices.append(f"It is too late to cancel: {answers.sent_line(conversation)}")
        return _finish(turn, "wait")
    if not conversation.revision:
        turn.notices.append(
            "There is nothing to cancel here. “what is pending?” lists your planned mails in all threads."
        )
        return _finish(turn, "wait")
    if conversation.schedule is not None:
        turn.notices.append(f"It was to go out on {describe_time(conversation.schedule)}.")
    stop(turn)
    return _finish(turn, "cancel")


# --- what is told, and what follows ------------------------------------------------------------------------------


def _answer(turn: Turn) -> None:
    conversation = turn.conversation
    if turn.means("show_drafts") and not conversation.revision:
        turn.answers.append(answers.NO_DRAFT)
    if turn.means("status"):
        turn.answers.append(answers.status(conversation, turn.now))
    if turn.means("help"):
        turn.answers.append(answers.HELP)
    if turn.means("show_memory"):
        turn.answers.append(show_memory(conversation.memory))
    if turn.means("show_pending"):
        show_pending(turn)
    if turn.output.answer.strip():
        turn.answers.append(shown(turn.output.answer.strip()[:MAX_TEXT], turn))
        turn.spoken.append(turn.answers[-1])
    questions = [shown(question.strip()[:1000], turn) for question in turn.output.questions if question.strip()]
    turn.questions += questions
    turn.spoken += questions
    if turn.output.intents and not turn.changes_something:
        # A question alone does not put the plan in doubt.
        turn.asides += len(questions)


def _step(turn: Turn) -> Step:
    """Armed only when recipient, text and time are known and nothing is in doubt."""
    conversation, changed = turn.conversation, turn.changes_something
    if changed:
        _ask_for_missing(turn)
    held = _held(turn, changed)
    turn.conversation = conversation = conversation.model_copy(
        update={"held": held and conversation.schedule is not None}
    )
    if not is_armed(conversation) or already_sent(conversation):
        return "wait"
    assert conversation.schedule is not None
    if changed:
        _tell_left_out(turn)
    return _in_time(turn, conversation.schedule)


def _in_time(turn: Turn, schedule: Schedule) -> Step:
    """What is long overdue is asked about; a time that came while the owner's message was worked on is told."""
    due = schedule.due or instant_of(schedule)
    planned = describe_instant(due, schedule.zone)
    if turn.now.timestamp() - due > GRACE.total_seconds():
        turn.questions.append(f"{planned} has passed meanwhile. Should I send it now, or at another time?")
        turn.conversation = turn.conversation.model_copy(update={"schedule": None})
        offer(turn, None, now=True)
        return "wait"
    if schedule.due:
        turn.notices.append(put_off_notice(schedule))
    return "schedule"


def put_off_notice(schedule: Schedule) -> str:
    """What is told of a time that came while the owner's message was worked on."""
    planned = describe_instant(schedule.due or instant_of(schedule), schedule.zone)
    return f"Your message came when it was due ({planned}), so it goes out a moment later than planned."


def _held(turn: Turn, changed: bool) -> bool:
    """Whether the schedule waits for an answer: doubt holds it; an answer, a change or an approval of this draft frees it."""
    if turn.stays or len(turn.questions) > turn.asides:
        return True
    return turn.conversation.held and (not changed or turn.unapproved)


def _tell_left_out(turn: Turn) -> None:
    """Whom a mail that goes out all the same does not reach."""
    if turn.open.left_out:
        names = ", ".join(turn.open.left_out)
        turn.notices.append(f"It does not go to {names}: I have no address that you named.")
        turn.open = turn.open.model_copy(update={"left_out": ()})


def _ask_for_missing(turn: Turn) -> None:
    draft = turn.conversation.draft
    if is_empty(draft) and turn.conversation.schedule is None and not turn.means("compose", "send_now", "approve"):
        return
    if not (draft.to or draft.cc or draft.bcc) and not turn.questions:
        turn.questions.append(
            "Who should I send it to? Please reply with the address, for example “to sam@company.com”."
        )
    if not draft.body.strip() and not turn.refused:
        turn.questions.append("What should it say?")
    wanted = (
        turn.conversation.schedule is None
        and not turn.means("keep_draft", "as_is")
        and not already_sent(turn.conversation)
    )
    if wanted and not turn.questions:
        _ask_when(turn)


def _ask_when(turn: Turn) -> None:
    """Ask for the time; of a draft that waited for the owner's "ok", whether that is now."""
    conversation = turn.conversation
    waited = conversation.revision and conversation.stopped == conversation.revision and is_complete(conversation.draft)
    if waited and set(turn.output.intents) == {"approve"}:
        offer(turn, None, now=True)
        turn.hints.append("yes")
        turn.questions.append("Should I send it now? Reply “yes”, or say when.")
    else:
        turn.questions.append(answers.ASK_WHEN)


def _finish(turn: Turn, step: Step) -> Outcome:
    ask_one_thing(turn)
    questions = tuple(dict.fromkeys(turn.questions))[:MAX_QUESTIONS]
    conversation = turn.conversation
    update = {"exchanges": _exchanges(turn, step, questions), "open": remaining(turn, questions)}
    conversation = conversation.model_copy(update=update)
    return Outcome(
        conversation=conversation,
        step=step,
        answer="\n\n".join(turn.answers),
        notices=tuple(dict.fromkeys(turn.notices)),
        questions=questions,
        remark=shown(turn.output.remark.strip()[:1000], turn),
        back_translation=conversation.draft.back_translation or bounded(turn.output.back_translation),
        planned=turn.planned,
        lists_drafts=turn.means("show_drafts") and bool(conversation.revision),
        cancels=turn.cancels,
        note=turn.note,
        hints=_hints(turn),
    )


def _hints(turn: Turn) -> tuple[str, ...]:
    """What can be replied where the question or answer says more than the state of the mail."""
    if set(turn.output.intents) == {"help"}:
        return HELP_HINTS
    if turn.means("show_memory"):
        return memory_hints(turn.conversation)
    return tuple(dict.fromkeys((*turn.hints, "cancel"))) if turn.hints else ()


def _exchanges(turn: Turn, step: Step, questions: tuple[str, ...]) -> tuple[Exchange, ...]:
    """The compact history with this turn: what was written, and in a line what came of it."""
    words = turn.request.text.strip()[:1000]
    if turn.request.role != "owner":
        words = f"{NOT_OWNER}{turn.request.role} {turn.request.sender.address}: {words}"
    done = [f"draft {turn.conversation.revision}"]
    if step == "cancel":
        done.append("canceled")
    elif step == "schedule" and turn.conversation.schedule:
        done.append(f"scheduled for {describe_time(turn.conversation.schedule)}")
    if turn.means("show_memory"):
        # What is remembered may be forgotten one day, so it must not live on in the history.
        done.append("showed what is remembered")
    elif turn.answers:
        done.append(f"answered: {turn.answers[0][:200]}")
    if questions:
        done.append(f"asked: {' '.join(questions)[:300]}")
    return (*turn.conversation.exchanges, Exchange(request=words, outcome="; ".join(done)))[-EXCHANGES_KEPT:]
