"""What the owner was asked and has not answered: a time that was said in part, people without an address, an offer to send.

A message that answers only in part ("15:00") is completed by what was said before; agreement carries out what was offered.
A reply asks at most one thing that "yes" answers, and "yes" answers the last reply alone.
"""

from datetime import date

from pydantic import ValidationError

from inbox_agent.conversation.state import Turn, already_sent
from inbox_agent.conversation.turn_output import SaidDate, When
from inbox_agent.conversation.when.dates import Day, find_day
from inbox_agent.conversation.words.answer_words import AGREEMENTS
from inbox_agent.conversation.words.plain_words import plain, says
from inbox_agent.models import OpenQuestions, Schedule

MAX_QUESTIONS = 10
LEFT_OUT = "I left out my answer, so that your “yes” can only mean the question above; please ask again after it."
EXACT_UNITS = ("second", "minute", "hour")


def open_time(turn: Turn) -> When | None:
    """What was said of the time of this mail and could not be settled; None when nothing is open."""
    kept = turn.conversation.open.when
    if not kept or turn.anew or already_sent(turn.conversation):
        return None
    try:
        return When.model_validate_json(kept)
    except ValidationError:  # kept by another version: what cannot be read is asked again
        return None


def completed(when: When, before: When | None) -> When:
    """What is said now, with what it leaves open taken from what was said before: "15:00" after "Friday at 3"."""
    if before is None or when.offset or when.repeats:
        return when
    return when.model_copy(
        update={
            "offset": () if when.date else before.offset,
            "offset_from": before.offset_from,
            "date": when.date or before.date,
            "time": when.time or before.time,
            "zone": when.zone or before.zone,
        }
    )


def keep_time_open(turn: Turn, when: When, today: date) -> None:
    """Remember a time that had to be asked about. Its day is kept as a date, for "tomorrow" is another day by then."""
    day = find_day(when.date, today) if when.date else None
    update: dict[str, object] = {"repeats": False}
    if isinstance(day, Day):
        found = day.date
        update["date"] = SaidDate(kind="calendar", day=found.day, month=found.month, year=found.year)
    if any(offset.unit in EXACT_UNITS for offset in when.offset):
        update["offset"] = ()
    turn.open = turn.open.model_copy(update={"when": when.model_copy(update=update).model_dump_json()})


def offer(turn: Turn, schedule: Schedule | None, *, now: bool = False) -> None:
    """Remember what the owner's agreement to this turn's question does."""
    turn.open = turn.open.model_copy(update={"offered": schedule, "offered_now": now})


def ask_one_thing(turn: Turn) -> None:
    """Leave one question at most that "yes" answers: where code asks one, the model asks nothing and speaks of no "yes".

    An offer of before that this turn neither changes nor puts another question beside is repeated, else it is over.
    """
    repeated = _repeat_offer(turn)
    if not (repeated or _offers(turn.open)):
        return
    confusing = [said for said in turn.spoken if said in turn.questions or _speaks_of_yes(said)]
    turn.questions = [question for question in turn.questions if question not in confusing]
    answers = [answer for answer in turn.answers if answer not in confusing]
    if len(answers) < len(turn.answers):
        turn.answers = answers
        turn.notices.append(LEFT_OUT)
    if turn.output.remark and _speaks_of_yes(turn.output.remark):
        turn.output = turn.output.model_copy(update={"remark": ""})
    if len(dict.fromkeys(turn.questions)) > 1:
        # "Yes" could answer any of them, so it carries out nothing.
        turn.open = _without_offers(turn.open)


def _repeat_offer(turn: Turn) -> bool:
    before = turn.conversation.open
    if _is_settled(turn) or turn.questions or not _offers(before) or len(before.questions) != 1:
        return False
    turn.ask_aside(before.questions[0])
    return True


def _is_settled(turn: Turn) -> bool:
    """Whether what was open before is not open any more, whatever this turn asks."""
    return turn.changes_something or turn.means("cancel") or _offers(turn.open)


def _offers(opened: OpenQuestions) -> bool:
    return bool(opened.proposed or opened.offered or opened.offered_now)


def _without_offers(opened: OpenQuestions) -> OpenQuestions:
    return opened.model_copy(update={"proposed": "", "offered": None, "offered_now": False})


def _speaks_of_yes(text: str) -> bool:
    said = plain(text)
    return "?" in said or "؟" in said or says(AGREEMENTS, said)


def remaining(turn: Turn, questions: tuple[str, ...]) -> OpenQuestions:
    """What is open after the turn. A turn that changes nothing leaves open what was, and offers only if they are repeated."""
    if _is_settled(turn):
        return turn.open.model_copy(update={"questions": questions})
    before = turn.conversation.open
    asked = tuple(dict.fromkeys((*before.questions, *questions)))[-MAX_QUESTIONS:]
    kept = before if _offers(before) and questions == before.questions else _without_offers(before)
    return kept.model_copy(update={"questions": asked})
