"""From what the person meant to the new state of the conversation: recipients checked, times resolved, gaps asked back.

Pure. The order in which one turn is applied: whose words they are, cancel, undo, the fields, the time, the approval, the
step. A schedule is armed only while nothing is in doubt; else it is held until the owner answers.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from inbox_agent.models import AttachmentRef, Conversation, Draft, Exchange, Outcome, UserRequest
from inbox_agent.turn import answers
from inbox_agent.turn.recipients import NOT_OWNER, check_recipients, known_people
from inbox_agent.turn.revisions import find_revision, is_empty, undo_target, with_state
from inbox_agent.turn.schema import TurnOutput
from inbox_agent.turn.times import Ask, at_instant, describe_time, instant_of, resolve
from inbox_agent.turn.zones import ZoneChoice, choose_zone, find_zone, zone_notice

MAX_BODY_BYTES = 32 * 1024
MAX_SUBJECT = 200
MAX_QUESTIONS = 10
MAX_TEXT = 4000
EXCHANGES_KEPT = 12
# A time that passed while a turn or an answer was under way is still meant; one long gone is not.
GRACE = timedelta(minutes=15)

Step = Literal["wait", "schedule", "cancel"]


@dataclass
class _Turn:
    """One turn while it is applied: the state so far, and what will be told."""

    conversation: Conversation
    request: UserRequest
    output: TurnOutput
    now: datetime
    default_zone: str
    pause: int
    draft: Draft
    notices: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    refused: bool = False
    # How many of the questions leave an armed schedule as it is.
    asides: int = 0

    def means(self, *intents: str) -> bool:
        return any(intent in self.output.intents for intent in intents)


def decide(
    conversation: Conversation,
    request: UserRequest,
    output: TurnOutput,
    *,
    now: datetime,
    default_zone: str,
    send_pause_seconds: int = 0,
) -> Outcome:
    """Apply one turn. Never raises for what a person or model wrote; what is wrong becomes a question or notice."""
    turn = _Turn(conversation, request, output, now, default_zone, send_pause_seconds, conversation.draft)
    if request.role != "owner":
        return _suggestion(turn)
    _settle_owner(turn)
    if turn.means("cancel"):
        return _cancel(turn)
    _restore(turn)
    _change_fields(turn)
    _settle_time(turn)
    _answer(turn)
    return _finish(turn, _step(turn))


def is_armed(conversation: Conversation) -> bool:
    """Whether the draft goes out at its time unless someone says otherwise."""
    return conversation.schedule is not None and not conversation.held and _complete(conversation.draft)


def _complete(draft: Draft) -> bool:
    return bool((draft.to or draft.cc or draft.bcc) and draft.body.strip())


def already_sent(conversation: Conversation) -> bool:
    """Whether the current draft is what went out last, with nothing planned after it."""
    if not conversation.sent or conversation.sent[-1].draft != conversation.draft:
        return False
    planned = conversation.schedule
    return planned is None or instant_of(planned) <= conversation.sent[-1].sent_at


# --- whose words, and what is known of the owner -----------------------------------------------------------------


def _suggestion(turn: _Turn) -> Outcome:
    """What somebody else says is shown to the owner and never carried out."""
    who = str(turn.request.sender) or "Somebody"
    words = turn.request.text.strip()[:MAX_TEXT]
    turn.notices.append(f"{who} wrote: “{words}”. Nothing was changed; tell me if you want it done.")
    return _finish(turn, "schedule" if is_armed(turn.conversation) else "wait")


def _settle_owner(turn: _Turn) -> None:
    """Language and time zone, as far as this message tells them."""
    output = turn.output
    update: dict[str, object] = {}
    if output.owner_language:
        update["language"] = output.owner_language[:35]
    if output.owner_zone:
        zone = find_zone(output.owner_zone)
        if zone is None:
            turn.questions.append(f"I do not know the time zone “{output.owner_zone[:80]}”. Which city's time is it?")
        else:
            update |= {"zone": zone, "zone_source": "words"}
            planned = turn.conversation.schedule
            if planned is not None:
                update["schedule"] = at_instant(instant_of(planned), zone, wall_clock=planned.wall_clock)
            turn.notices.append(f"From now on your times are in {zone}.")
    turn.conversation = turn.conversation.model_copy(update=update)


# --- cancel, undo ------------------------------------------------------------------------------------------------


def _cancel(turn: _Turn) -> Outcome:
    conversation = turn.conversation
    if already_sent(conversation):
        turn.notices.append(f"It is too late to cancel: {answers.sent_line(conversation)}")
        return _finish(turn, "wait")
    if conversation.schedule is not None:
        turn.notices.append(f"It was to go out on {describe_time(conversation.schedule)}.")
    turn.conversation = conversation.model_copy(update={"schedule": None, "held": False})
    return _finish(turn, "cancel")


def _restore(turn: _Turn) -> None:
    """Undo, and back to a numbered draft: the old state becomes the newest revision."""
    if turn.means("go_back") and turn.output.draft_number is not None:
        target = find_revision(turn.conversation, turn.output.draft_number)
        if target is None:
            turn.questions.append(
                f"I have no draft {turn.output.draft_number} any more. {answers.numbers(turn.conversation)}"
            )
            return
    elif turn.means("undo"):
        target = undo_target(turn.conversation)
        if target is None:
            turn.notices.append("There is nothing to undo.")
            return
    else:
        return
    schedule = target.schedule if target.schedule and instant_of(target.schedule) > turn.now.timestamp() else None
    if target.schedule and not schedule:
        turn.notices.append("The time of that draft has passed, so it has none now.")
    before = turn.conversation.revision
    turn.conversation = with_state(turn.conversation, target.draft, schedule, restored=target.number)
    turn.draft = target.draft
    if turn.conversation.revision != before:
        turn.notices.append(f"Draft {target.number} is back, as draft {turn.conversation.revision}.")


# --- the fields of the mail --------------------------------------------------------------------------------------


def _change_fields(turn: _Turn) -> None:
    if turn.means("compose") and already_sent(turn.conversation):
        turn.draft = Draft()
    output, draft = turn.output, turn.draft
    update: dict[str, object] = {}
    known = known_people(turn.conversation, turn.request)
    for name, wanted in (("to", output.to), ("cc", output.cc), ("bcc", output.bcc)):
        if wanted is not None:
            checked = check_recipients(wanted, known)
            turn.questions += checked.questions
            # Whoever is unclear is left out and asked about, so that "send it" cannot go to those who were replaced.
            update[name] = checked.addresses
    if output.subject is not None:
        update["subject"] = " ".join(output.subject.split())[:MAX_SUBJECT]
    if output.body is not None:
        update |= _new_body(turn, output.body)
    if output.attachments is not None:
        update["attachments"] = _attached(turn, output.attachments)
    turn.draft = draft.model_copy(update=update)


def _new_body(turn: _Turn, body: str) -> dict[str, object]:
    text = body.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()
    size = len(text.encode("utf-8", "replace"))
    if size > MAX_BODY_BYTES:
        turn.questions.append(
            f"The text is too long for me: {size // 1024} KB, at most {MAX_BODY_BYTES // 1024} KB. "
            "The draft is unchanged. Shall I shorten it, or will you attach it as a file?"
        )
        turn.refused = True
        return {}
    update: dict[str, object] = {"body": text.encode("utf-8", "replace").decode()}
    if turn.output.language:
        update["language"] = turn.output.language[:35]
    return update


def _attached(turn: _Turn, names: tuple[str, ...]) -> tuple[AttachmentRef, ...]:
    """The files with these names, from this mail or already on a draft; what is not there is asked."""
    older = [file for revision in turn.conversation.revisions for file in revision.draft.attachments]
    files = {file.name.casefold(): file for file in (*older, *turn.draft.attachments, *turn.request.attachments)}
    found = []
    for name in dict.fromkeys(names):
        file = files.get(name.strip().casefold())
        if file is None:
            turn.questions.append(f"There is no file “{name[:200]}” on your mail. Please send it with your reply.")
        elif file not in found:
            found.append(file)
    return tuple(found)


# --- the time ----------------------------------------------------------------------------------------------------


def _settle_time(turn: _Turn) -> None:
    """The new schedule, when one was said and nothing speaks against it; puts draft and schedule into the history."""
    schedule = turn.conversation.schedule
    if already_sent(turn.conversation):
        schedule = None
    if turn.means("keep_draft"):
        schedule = None
    elif turn.output.when is not None:
        choice = _zone_choice(turn)
        found = resolve(turn.output.when, turn.now, choice.zone, schedule)
        if isinstance(found, Ask):
            turn.questions += found.questions
        elif not _stale(turn, describe_time(found.schedule)):
            schedule = found.schedule
            turn.notices += found.notices
            if not turn.output.when.zone:
                _tell_zone(turn, choice)
    elif turn.means("send_now") and not _sent_again(turn) and not _stale(turn, "now"):
        choice = choose_zone(turn.conversation, turn.request, turn.default_zone)
        schedule = at_instant(int(turn.now.timestamp()) + turn.pause, choice.zone)
    elif turn.means("approve"):
        _stale(turn, describe_time(schedule) if schedule else "")
    turn.conversation = with_state(turn.conversation, turn.draft, schedule)


def _zone_choice(turn: _Turn) -> ZoneChoice:
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


def _tell_zone(turn: _Turn, choice: ZoneChoice) -> None:
    """Remember the zone; say which was used and how to change it, once."""
    conversation = turn.conversation
    if choice.source == "words" or (conversation.zone, conversation.zone_source) == (choice.zone, choice.source):
        return
    turn.notices.append(zone_notice(choice))
    turn.conversation = conversation.model_copy(update={"zone": choice.zone, "zone_source": choice.source})


def _stale(turn: _Turn, when: str) -> bool:
    """Whether this approves a draft that is not the current one any more; then the current one is asked about."""
    answered, current = turn.request.answers_revision, turn.conversation.revision
    if answered is None or answered >= current:
        return False
    seen = find_revision(turn.conversation, answered)
    if seen is not None and seen.draft == turn.conversation.draft and turn.draft == turn.conversation.draft:
        return False
    time = f" ({when})" if when else ""
    turn.asides += 1
    turn.questions.append(
        f"You answered draft {answered}, but draft {current} is the current one, shown here. "
        f"Shall draft {current} go out{time}? Please reply to this mail."
    )
    return True


def _sent_again(turn: _Turn) -> bool:
    """Whether "send it" comes for what has gone out already, as replies that cross the timer do."""
    if not already_sent(turn.conversation) or turn.draft != turn.conversation.draft:
        return False
    turn.asides += 1
    turn.questions.append(
        f"{answers.sent_line(turn.conversation)} "
        "To send it once more, say to whom or when, for example “send it again in 5 minutes”."
    )
    return True


# --- what is told, and what follows ------------------------------------------------------------------------------


def _answer(turn: _Turn) -> None:
    conversation = turn.conversation
    if turn.means("show_drafts"):
        turn.answers.append(answers.drafts(conversation))
    if turn.means("status"):
        turn.answers.append(answers.status(conversation, is_armed(conversation), already_sent(conversation)))
    if turn.means("help"):
        turn.answers.append(answers.HELP)
    if turn.means("retry"):
        _retry(turn)
    if turn.output.answer.strip():
        turn.answers.append(turn.output.answer.strip()[:MAX_TEXT])
    turn.questions += [question.strip()[:1000] for question in turn.output.questions if question.strip()]


def _retry(turn: _Turn) -> None:
    """ "retry" after a failure: the same draft once more, now."""
    if already_sent(turn.conversation):
        turn.notices.append(answers.sent_line(turn.conversation))
    elif not _complete(turn.draft):
        turn.notices.append("There is no finished draft that could be sent.")
    elif not _stale(turn, "now"):
        zone = choose_zone(turn.conversation, turn.request, turn.default_zone).zone
        schedule = at_instant(int(turn.now.timestamp()) + turn.pause, zone)
        turn.conversation = with_state(turn.conversation, turn.draft, schedule)


def _step(turn: _Turn) -> Step:
    """Armed only when recipient, text and time are known and nothing is in doubt."""
    conversation, changed = turn.conversation, _changes_something(turn)
    if changed:
        _ask_for_missing(turn)
    held = conversation.held if not changed and not turn.questions else len(turn.questions) > turn.asides
    if conversation.schedule is not None and held and not conversation.held:
        turn.notices.append("It will not go out before you have answered.")
    turn.conversation = conversation = conversation.model_copy(
        update={"held": held and conversation.schedule is not None}
    )
    if not is_armed(conversation) or already_sent(conversation):
        return "wait"
    assert conversation.schedule is not None
    late = turn.now.timestamp() - instant_of(conversation.schedule)
    if late > GRACE.total_seconds():
        turn.questions.append(f"{describe_time(conversation.schedule)} has passed meanwhile. When shall it go out now?")
        turn.conversation = conversation.model_copy(update={"schedule": None})
        return "wait"
    return "schedule"


def _changes_something(turn: _Turn) -> bool:
    """Whether the owner asked for more than to be told something."""
    output = turn.output
    fields = (output.when, output.to, output.cc, output.bcc, output.subject, output.body, output.attachments)
    only_told = set(output.intents) <= {"question", "show_drafts", "status", "help"}
    return not only_told or any(value is not None for value in fields)


def _ask_for_missing(turn: _Turn) -> None:
    draft = turn.conversation.draft
    if is_empty(draft) and not turn.means("compose", "send_now", "approve"):
        return
    if not (draft.to or draft.cc or draft.bcc) and not turn.questions:
        turn.questions.append("Who shall get it? Please reply with the address, for example “to sam@company.com”.")
    if not draft.body.strip() and not turn.refused:
        turn.questions.append("What shall the mail say?")
    wanted = turn.conversation.schedule is None and not turn.means("keep_draft") and not already_sent(turn.conversation)
    if wanted and not turn.questions:
        turn.questions.append("When shall it go out? For example “send it now”, “tomorrow 9:00” or “in 2 hours”.")


def _finish(turn: _Turn, step: Step) -> Outcome:
    questions = tuple(dict.fromkeys(turn.questions))[:MAX_QUESTIONS]
    conversation = turn.conversation
    conversation = conversation.model_copy(update={"exchanges": _exchanges(turn, step, questions)})
    return Outcome(
        conversation=conversation,
        step=step,
        answer="\n\n".join(turn.answers),
        notices=tuple(dict.fromkeys(turn.notices)),
        questions=questions,
        remark=turn.output.remark.strip()[:1000],
        back_translation=turn.output.back_translation.strip()[:MAX_BODY_BYTES],
    )


def _exchanges(turn: _Turn, step: Step, questions: tuple[str, ...]) -> tuple[Exchange, ...]:
    """The compact history with this turn: what was written, and in a line what came of it."""
    words = turn.request.text.strip()[:1000]
    if turn.request.role != "owner":
        words = f"{NOT_OWNER}{turn.request.role} {turn.request.sender.address}: {words}"
    done = [f"draft {turn.conversation.revision}"]
    if step == "cancel":
        done.append("canceled")
    elif step == "schedule" and turn.conversation.schedule:
        done.append(f"scheduled for {describe_time(turn.conversation.schedule)}")
    if turn.answers:
        done.append(f"answered: {turn.answers[0][:200]}")
    if questions:
        done.append(f"asked: {' '.join(questions)[:300]}")
    return (*turn.conversation.exchanges, Exchange(request=words, outcome="; ".join(done)))[-EXCHANGES_KEPT:]
