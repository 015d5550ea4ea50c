"""Answers to what was asked: a time in parts, agreement, refusal, people without an address."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from inbox_agent.conversation.turn.prompt import DATA_MARK, build_input
from inbox_agent.conversation.turn_output import Act, Recipient, SaidOffset, TurnOutput, When
from inbox_agent.conversation.when.times import at_instant, at_local
from inbox_agent.models import Conversation, OpenQuestions
from tests.unit.conversation.said import at, h24, named, on, weekday, when
from tests.unit.conversation.turn.test_asked import done, proposed, say, state
from tests.unit.conversation.turn.test_decision import MARIA, NOW, TOMORROW_9, asked, compose, history, known, to, turn


def local(conversation: Conversation) -> str:
    return conversation.schedule.local if conversation.schedule else ""


def unsettled(said: When, **fields: Any) -> Conversation:
    outcome = turn(known(**fields), "said", intents=("reschedule",), when=said)
    assert outcome.step == "wait"
    assert outcome.questions
    return outcome.conversation


# --- a time in parts


@pytest.mark.parametrize("schedule", [None, TOMORROW_9])
def test_an_hour_answers_for_the_day_that_was_asked_about(schedule: Any) -> None:
    before = unsettled(when(weekday("friday"), at(3)), schedule=schedule)
    outcome = turn(before, "15:00", intents=("reschedule",), when=when(None, h24(15)))
    assert (outcome.step, local(outcome.conversation)) == ("schedule", "2026-11-27T15:00:00")
    assert outcome.conversation.open == OpenQuestions()


@pytest.mark.parametrize(
    ("said", "answer", "expected"),
    [
        (when(on(3, 4, unclear=True), h24(15)), when(on(4, 3)), "2027-03-04T15:00:00"),
        (when(on(31, 4), h24(8)), when(on(30, 4)), "2027-04-30T08:00:00"),
        (when(named("today"), h24(8)), when(named("tomorrow")), "2026-11-22T08:00:00"),
        (when(named("tomorrow"), h24(9), zone="IST"), When(said="India", zone="Asia/Kolkata"), "2026-11-22T09:00:00"),
        (
            When(said="x", offset=(SaidOffset(amount=3, unit="day"),), time=at(3)),
            when(None, h24(15)),
            "2026-11-24T15:00:00",
        ),
        (when(weekday("friday"), at(3)), when(named("tomorrow"), h24(11)), "2026-11-22T11:00:00"),
        (when(None, h24(9), repeats=True), when(weekday("monday")), "2026-11-23T09:00:00"),
    ],
)
def test_what_an_answer_leaves_open_is_as_it_was_said(said: When, answer: When, expected: str) -> None:
    outcome = turn(unsettled(said), "answer", intents=("reschedule",), when=answer)
    assert (outcome.step, local(outcome.conversation)) == ("schedule", expected)


def test_tomorrow_stays_the_day_that_it_was_when_it_was_said() -> None:
    before = unsettled(when(named("tomorrow"), at(3)))
    outcome = turn(before, "15:00", NOW + timedelta(hours=20), intents=("reschedule",), when=when(None, h24(15)))
    assert local(outcome.conversation) == "2026-11-22T15:00:00"


def test_a_time_that_was_not_answered_is_asked_about_again_when_the_text_changes() -> None:
    before = unsettled(when(weekday("friday"), at(3)), schedule=TOMORROW_9)
    outcome = turn(before, "make it shorter", intents=("revise",), body="Late.")
    assert (outcome.step, outcome.conversation.held) == ("wait", True)
    assert "Friday 27 November 2026, 15:00" in outcome.questions[0]
    now = turn(outcome.conversation, "send it now", intents=("send_now",))
    assert (now.step, now.conversation.open) == ("schedule", OpenQuestions())


def test_a_relative_time_in_the_past_is_not_kept() -> None:
    before = unsettled(When(said="x", offset=(SaidOffset(amount=-2, unit="hour"),)))
    outcome = turn(before, "15:00", intents=("reschedule",), when=when(None, h24(15)))
    assert local(outcome.conversation) == "2026-11-21T15:00:00"


def test_a_time_of_another_version_is_asked_anew() -> None:
    before = known(open=OpenQuestions(when='{"said": "x", "unknown": 1}'))
    outcome = turn(before, "15:00", intents=("reschedule",), when=when(None, h24(15)))
    assert local(outcome.conversation) == "2026-11-21T15:00:00"


def test_the_proposals_can_be_answered_with_one_tap() -> None:
    ambiguous = turn(
        known(schedule=TOMORROW_9), "Friday at 3", intents=("reschedule",), when=when(weekday("friday"), at(3))
    )
    assert ambiguous.hints == ("make it 27 November 2026 15:00", "make it 27 November 2026 03:00", "cancel")
    passed = turn(known(), "today at 8:00", intents=("reschedule",), when=when(named("today"), h24(8)))
    assert passed.hints == ("make it 22 November 2026 08:00", "make it 23 November 2026 08:00", "cancel")
    assert turn(known(), "make it shorter", intents=("revise",), body="Late.").hints == ()


# --- yes


def test_yes_does_what_the_question_offered() -> None:
    stale = turn(history(), asked("send it now", answers_revision=1), intents=("send_now",))
    assert "send draft 2 (now)" in stale.questions[0]
    outcome = turn(stale.conversation, asked("yes", answers_revision=2), intents=("approve",))
    assert outcome.step == "schedule"
    assert outcome.conversation.schedule == at_instant(int(NOW.timestamp()) + 10, "Europe/Berlin")


def test_yes_to_an_offered_time_takes_it() -> None:
    friday = when(weekday("friday"), h24(15))
    stale = turn(history(schedule=None), asked("Friday", answers_revision=1), intents=("reschedule",), when=friday)
    outcome = turn(stale.conversation, asked("yes", answers_revision=2), intents=("approve",))
    assert (
        outcome.conversation.schedule == at_local(datetime.fromisoformat("2026-11-27T15:00"), "Europe/Berlin").schedule
    )


def test_an_offer_is_over_once_the_draft_has_changed() -> None:
    stale = turn(history(), asked("send it now", answers_revision=1), intents=("send_now",))
    changed = turn(stale.conversation, "make it shorter", intents=("revise",), body="Late.")
    outcome = turn(changed.conversation, "yes", intents=("approve",))
    assert outcome.conversation.schedule == TOMORROW_9
    at_once = turn(stale.conversation, "yes, but shorter", intents=("approve", "revise"), body="Late.")
    assert at_once.conversation.schedule == TOMORROW_9


def test_a_question_in_between_leaves_the_offer_open() -> None:
    stale = turn(history(), asked("send it now", answers_revision=1), intents=("send_now",)).conversation
    told = turn(stale, "what is the subject?", intents=("question",), answer="Report").conversation
    assert told.open == stale.open
    assert turn(told, "yes", intents=("approve",)).conversation.schedule != TOMORROW_9


@pytest.mark.parametrize("act", ["send_now", "forget", "attach", "zone", "cancel"])
def test_one_yes_answers_one_question(act: Act) -> None:
    before = state(act)
    first = say(before, "make it shorter", proposed(act))
    assert len(first.questions) == 1
    told = TurnOutput(intents=("question",), answer="Sam.", questions=("Is that the right Sam?",))
    between = say(first.conversation, "who is the recipient?", told)
    assert between.questions == ("Is that the right Sam?",)
    outcome = say(between.conversation, "yes", TurnOutput())
    assert done(act, before, outcome) == done(act, before, say(before, "who?", TurnOutput()))


@pytest.mark.parametrize("act", ["send_now", "forget", "attach", "zone", "cancel"])
def test_an_offer_that_stays_open_is_repeated(act: Act) -> None:
    before = state(act)
    first = say(before, "make it shorter", proposed(act))
    between = say(first.conversation, "who is the recipient?", TurnOutput(intents=("question",), answer="Sam."))
    assert between.questions == first.questions
    assert done(act, before, say(between.conversation, "yes", TurnOutput()))


@pytest.mark.parametrize("act", ["send_now", "forget", "attach", "zone", "cancel"])
def test_beside_a_question_that_yes_answers_the_model_asks_nothing(act: Act) -> None:
    misleading = "Reply “yes” to keep it as a draft; nothing will be sent."
    output = proposed(act).model_copy(
        update={"questions": ("Is this better?",), "answer": misleading, "remark": "Reply yes if you like it"}
    )
    outcome = say(state(act), "make it shorter", output)
    assert len(outcome.questions) == 1
    assert "better" not in outcome.questions[0]
    assert misleading not in outcome.answer
    assert not outcome.remark


# --- no


def test_no_frees_what_waited_for_an_answer() -> None:
    held = turn(known(schedule=TOMORROW_9), "hm", intents=("revise",), questions=("Shall I add Bob?",))
    assert (held.step, held.conversation.held) == ("wait", True)
    outcome = turn(held.conversation, "no", intents=("as_is",))
    assert (outcome.step, outcome.conversation.schedule, outcome.questions) == ("schedule", TOMORROW_9, ())


def test_no_to_a_draft_without_a_time_asks_nothing_more() -> None:
    outcome = turn(known(), "no", intents=("as_is",))
    assert (outcome.step, outcome.questions) == ("wait", ())


def test_a_question_of_the_model_holds_nothing_when_the_owner_only_asked() -> None:
    outcome = turn(
        known(schedule=TOMORROW_9), "who gets it?", intents=("question",), answer="Sam", questions=("Shall I add Bob?",)
    )
    assert (outcome.step, outcome.questions) == ("schedule", ("Shall I add Bob?",))
    held = known(schedule=TOMORROW_9, held=True)
    asking = turn(held, "who gets it?", intents=("question",), answer="Sam", questions=("Shall I add Bob?",))
    assert asking.step == "wait"


def test_retry_where_nothing_failed_frees_nothing() -> None:
    assert turn(known(schedule=TOMORROW_9, held=True), "try again", intents=("retry",)).step == "wait"


# --- people without an address


def both() -> Conversation:
    people = (*to("sam@corp.example"), Recipient(name="Bob"))
    return compose("Write to sam@corp.example and Bob", to=people).conversation


def test_who_is_left_out_is_told_when_the_mail_goes_out_all_the_same() -> None:
    outcome = turn(both(), "send it", intents=("send_now",))
    assert outcome.step == "schedule"
    assert "It does not go to Bob" in outcome.notices[0]
    again = turn(outcome.conversation, "at 11", intents=("reschedule",), when=when(None, at(11)))
    assert not any("Bob" in notice for notice in again.notices), "once is enough"


def test_who_got_an_address_is_not_left_out() -> None:
    people = (*to("sam@corp.example"), *to("bob@corp.example", "Bob"))
    named_now = turn(both(), "bob@corp.example", intents=("revise",), to=people).conversation
    outcome = turn(named_now, "send it", intents=("send_now",))
    assert not any("does not go to" in notice for notice in outcome.notices)


# --- what the model is told


def test_the_model_sees_the_whole_question() -> None:
    question = "Shall it be this? " + "x" * 900
    before = Conversation(owner=MARIA, open=OpenQuestions(questions=(question, "Or that?")))
    given = build_input(before, asked("the first"), NOW, default_zone="UTC", replay=False)
    assert f"Questions that wait for the owner's answer:\n{DATA_MARK}{question}\n{DATA_MARK}Or that?" in given
