"""A turn beside the conversation, and every message that can cross it: answered at once, or kept in order; none lost."""

from collections.abc import Callable
from typing import Any

import pytest

from inbox_agent.conversation.turn_output import Recipient, SaidDate, SaidOffset, SaidTime, TurnOutput, When
from inbox_agent.errors import InvalidModelOutput, ModelUnavailable, SendUnavailable
from inbox_agent.models import Bounce, UserRequest
from tests.unit.workflows.driver import Run, begun
from tests.workflow_fakes import SAM, request
from workflows.conversation import schema as s
from workflows.conversation import turns
from workflows.conversation.turns import NO_RESULT


def scheduled() -> Run:
    return begun().say(request("in 3 all is well"))


def thinking(text: str = "subject Other") -> Run:
    """A run with a draft for in three days, and a turn under way that would change it."""
    run = scheduled()
    run.step(request(text))
    assert (run.here, len(run.thinking)) == ("AgentState", 1)
    return run


def texts(requests: tuple[UserRequest, ...]) -> list[str]:
    return [one.text for one in requests]


def settled(run: Run) -> Run:
    """Work off what waits: nothing more is written, and the model answers."""
    for _ in range(30):
        if run.thinking:
            run.answered()
        elif getattr(run.work, "waiting", ()):
            assert run.waits_for() == (False, None)
            run.step()
        else:
            return run
    raise AssertionError(f"still at work: {run.here} {run.work}")


# --- beside the conversation -------------------------------------------------------------------------------------


def test_while_a_turn_is_under_way_messages_are_taken_and_there_is_a_time_after_which_it_is_lost() -> None:
    run = thinking()
    assert run.waits_for() == (True, turns.LOST_AFTER_SECONDS)
    run.later(seconds=100)
    assert run.waits_for() == (True, turns.LOST_AFTER_SECONDS - 100)


def test_the_turn_writes_no_attribute() -> None:
    run = thinking()
    before = dict(run.attributes)
    done = run.think()
    assert run.attributes == before
    assert done is not None
    assert (done.output["subject"], done.response_id) == ("Other", "response-2")


def test_what_the_model_meant_comes_through_the_channel_unchanged() -> None:
    when = When(
        said="the first Monday of June, 9:30 in Madrid",
        date=SaidDate(kind="nth_weekday", nth=1, weekday="monday", month=6),
        time=SaidTime(hour=9, minute=30),
        zone="Europe/Madrid",
        offset=(SaidOffset(amount=-1.5, unit="hour"),),
    )
    meant = TurnOutput(intents=("revise",), to=(Recipient(name="Sam"),), cc=(), body="¡Olé!\n你好", when=when)
    run = thinking()
    run.model.answer = meant
    done = run.think()
    assert done is not None
    assert TurnOutput.model_validate(done.output) == meant


def test_what_came_of_a_turn_is_applied_to_the_conversation_as_it_is_by_then() -> None:
    run = thinking()
    run.step(request("we are closed", role="participant"))
    run.answered()
    assert run.here == "ScheduleState"
    assert run.value(s.DA_EMAIL_SUBJECT) == "Other"
    assert len(run.value(s.DA_SUGGESTIONS).items) == 1


def test_turns_are_numbered_and_only_the_newest_is_waited_for() -> None:
    run = thinking()
    [turn] = run.thinking
    assert run.work.turn == turn.turn == run.value(s.DA_TURN) == 2


# --- answered at once --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["status", "help", "drafts"])
def test_commands_that_change_nothing_are_answered_while_the_turn_goes_on(words: str) -> None:
    run = thinking()
    told = len(run.post.replies)
    run.step(request(words))
    assert len(run.post.replies) == told + 1
    assert "Your last message is still being worked on; nothing is sent before you have the answer." in run.reply()
    assert run.value(s.DA_STATUS) == "processing"
    run.answered()
    assert run.value(s.DA_EMAIL_SUBJECT) == "Other"
    assert run.here == "ScheduleState"


def held_up() -> Run:
    """A run with draft 1 for in three days, and a change of it that waits for a model that cannot be reached."""
    run = scheduled()
    run.model.errors = [ModelUnavailable("503")]
    run.say(request("subject Other")).step()
    assert (run.here, run.work.announced) == ("RecoverState", True)
    return run


def hanging() -> Run:
    """The same with a model that does not answer at all."""
    run = thinking()
    run.later(seconds=turns.HELD_UP_AFTER_SECONDS + 1)
    return run


@pytest.mark.parametrize("away", [held_up, hanging])
def test_send_now_asks_whether_without_the_change_that_waits(away: Callable[[], Run]) -> None:
    run = away()
    run.step(request("send it now"))
    assert "“send it now (draft 1)”" in run.reply()
    assert run.value(s.DA_STATUS) != "sent"
    run.step(request("send it now (draft 1)"))
    assert run.here == "ScheduleState"
    assert "dropped" in run.reply()
    assert run.value(s.DA_EMAIL_SUBJECT) != "Other"
    assert run.value(s.DA_SCHEDULED_TIME) - run.now.timestamp() <= 15


@pytest.mark.parametrize("away", [held_up, hanging])
def test_undo_takes_back_the_message_that_waits(away: Callable[[], Run]) -> None:
    run = away()
    planned = run.value(s.DA_SCHEDULED_TIME)
    run.step(request("undo"))
    assert run.here == "ScheduleState"
    assert "dropped" in run.reply()
    assert (run.value(s.DA_SCHEDULED_TIME), run.value(s.DA_REVISION)) == (planned, 1)


def test_send_now_for_a_model_that_is_just_at_work_follows_its_answer() -> None:
    run = thinking()
    run.step(request("send it now"))
    assert texts(run.work.waiting) == ["send it now"]


def test_nothing_is_said_of_work_when_there_is_none() -> None:
    assert "worked on" not in scheduled().step(request("status")).reply()


def test_cancel_is_carried_out_at_once_and_the_late_answer_is_ignored() -> None:
    run = thinking("now all is well")
    [late] = run.thinking
    run.step(request("cancel"))
    assert run.here == "ReceiptState"
    run.step()
    assert "CANCELED" in run.reply().upper()
    assert "Your last message was still being worked on; it is dropped." in run.reply()
    assert run.closing == s.CH_USER_INPUT
    # Somebody wrote at the last moment, so the run goes on while the old turn is answered at last.
    run.think()
    run.step(request("subject Anew"))
    assert run.work.turn > late.turn
    assert texts(run.work.requests) == ["subject Anew"]
    run.answered()
    assert run.value(s.DA_EMAIL_BODY) == "all is well"
    assert run.post.sent == []


def test_a_turn_that_was_given_up_is_not_asked_again_when_its_worker_was_away() -> None:
    run = thinking().step(request("cancel"))
    asked = len(run.model.asked)
    assert run.think() is None
    assert len(run.model.asked) == asked


def test_a_canceled_message_is_not_brought_back_by_retry() -> None:
    run = thinking().step(request("cancel")).step()
    run.thinking.clear()
    run.say(request("retry"))
    assert "subject Other" not in [one.text for one in run.model.asked]


def test_cancel_before_there_is_any_draft_ends_the_conversation() -> None:
    run = begun().step(request("now all is well"))
    run.step(request("cancel")).step()
    assert run.value(s.DA_STATUS) == "canceled"
    assert "CANCELED" in run.reply().upper()
    assert "nothing to cancel" not in run.reply()
    assert run.post.sent == []


def test_cancel_drops_what_came_before_it_and_says_so() -> None:
    run = thinking().step(request("subject Third")).step(request("cancel"))
    assert run.work.waiting == ()
    run.step()
    assert "Your last 2 messages were still being worked on; they are dropped." in run.reply()
    assert run.rpc("describe")["pending_requests"] == 0


def test_too_late_to_cancel_gives_up_the_turn_all_the_same() -> None:
    run = scheduled()
    run.later(days=3)
    run.step().step().step()
    assert len(run.post.sent) == 1
    run.step(request("now once more"))
    run.step(request("cancel"))
    assert run.here == "AgentState"
    assert (run.work.turn, run.work.requests) == (0, ())
    assert "too late to cancel" in run.reply()
    assert "dropped" in run.reply()


def test_too_late_to_cancel_a_mail_that_was_accepted_unheard_is_told_while_a_turn_is_under_way() -> None:
    run = scheduled()
    run.later(days=3)
    run.step()
    run.post.errors = [SendUnavailable("broken", maybe_accepted=True)]
    run.step(since=run.now.replace(year=2025)).step()
    run.step(request("subject Second")).step(request("cancel"))
    assert run.here == "ReceiptState"
    run.step()
    assert "too late to cancel" in run.reply()
    assert "dropped" in run.reply()
    assert len(run.post.sent) == 1


def test_a_bounce_is_told_at_once_and_the_turn_goes_on() -> None:
    run = scheduled()
    run.later(days=3)
    run.step().step().step()
    run.step(request("subject Again"))
    bounce = Bounce(recipients=(SAM,), status="5.1.1", diagnostic="550 5.1.1 closed")
    run.step(request("", kind="bounce", role="recipient", bounce=bounce))
    assert "could not be delivered" in run.reply()
    assert texts(run.work.requests) == ["subject Again"]
    run.answered()
    assert run.value(s.DA_EMAIL_SUBJECT) == "Again"


@pytest.mark.parametrize(
    "message",
    [
        request("cancel", role="recipient"),
        request("Your text is too long.", kind="refused"),
        request("I am new", unconfirmed=True),
        request("apply suggestion 7"),
    ],
)
def test_what_needs_no_turn_is_told_at_once_and_the_turn_goes_on(message: UserRequest) -> None:
    run = thinking()
    told = len(run.post.replies)
    run.step(message)
    assert len(run.post.replies) == told + 1
    assert texts(run.work.requests) == ["subject Other"]
    run.answered()
    assert run.value(s.DA_EMAIL_SUBJECT) == "Other"


def test_a_suggestion_to_cancel_that_the_owner_applies_is_carried_out_at_once() -> None:
    run = thinking().step(request("cancel", role="participant"))
    run.step(request("apply suggestion 1"))
    assert run.here == "ReceiptState"
    assert run.value(s.DA_STATUS) == "canceled"


# --- kept for after the turn -------------------------------------------------------------------------------------


def test_what_is_written_meanwhile_is_worked_on_afterwards_in_order_each_in_its_own_turn() -> None:
    run = thinking("subject 1")
    told = len(run.post.replies)
    for number in (2, 3):
        run.step(request(f"subject {number}"))
    assert len(run.post.replies) == told
    assert run.rpc("describe")["pending_requests"] == 2
    assert run.rpc("describe")["status"] == "processing"
    settled(run)
    assert run.value(s.DA_EMAIL_SUBJECT) == "3"
    assert [one.text for one in run.model.asked[1:]] == ["subject 1", "subject 2", "subject 3"]
    assert len(run.post.replies) == told + 3
    assert run.here == "ScheduleState"
    assert run.rpc("describe")["pending_requests"] == 0


@pytest.mark.parametrize("words", ["send now", "undo", "retry", "confirm"])
def test_commands_that_change_the_draft_wait_for_the_turn(words: str) -> None:
    run = thinking()
    told = len(run.post.replies)
    run.step(request(words))
    assert len(run.post.replies) == told
    assert texts(run.work.waiting) == [words]
    run.answered()
    assert run.value(s.DA_EMAIL_SUBJECT) == "Other"
    settled(run)
    assert run.here == "ScheduleState"
    assert len(run.post.replies) == told + 2
    assert run.value(s.DA_EMAIL_SUBJECT) == ("Report" if words == "undo" else "Other")


def test_send_now_after_a_turn_sends_what_the_turn_made() -> None:
    run = settled(thinking().step(request("send now")))
    run.later(seconds=10)
    run.step().step()
    [mail] = run.post.sent
    assert mail["Subject"] == "Other"


def test_a_confirmation_while_a_turn_is_under_way_waits_for_what_it_may_change() -> None:
    run = thinking()
    run.step(request("confirm"))
    assert texts(run.work.waiting) == ["confirm"]


def test_a_suggestion_is_kept_as_the_owner_named_it() -> None:
    run = (
        thinking()
        .step(request("apply suggestion 2", role="participant"))
        .step(request("subject Theirs", role="participant"))
    )
    run.step(request("apply suggestion 2"))
    assert texts(run.work.waiting) == ["apply suggestion 2"]
    settled(run)
    assert run.value(s.DA_EMAIL_SUBJECT) == "Theirs"


def test_what_waits_behind_the_end_of_a_run_is_a_follow_up() -> None:
    run = scheduled()
    run.step(request("please drop the whole thing"))
    run.step(request("subject Once more"))
    canceled = {"intents": ["cancel"], "asked": [{"act": "cancel", "words": "drop the whole thing"}]}
    run.step(done=s.TurnDone(output=canceled, response_id="r"))
    assert run.here == "ReceiptState"
    run.step()
    assert run.closing == ""
    assert texts(run.work.waiting) == ["subject Once more"]
    settled(run)
    assert run.value(s.DA_EMAIL_SUBJECT) == "Once more"


def test_too_much_that_waits_stays_in_the_channel() -> None:
    run = thinking()
    for number in range(s.WAITING_LIMIT // 30_000 + 1):
        assert _listens(run), f"after {number} messages"
        run.step(request("x" * 30_000))
    assert not _listens(run)
    run.answered()
    assert run.waits_for() == (False, None)
    run.step()
    assert _listens(run)


def _listens(run: Run) -> bool:
    return s.CH_USER_INPUT in run.channels()


# --- both at the same moment -------------------------------------------------------------------------------------


def test_a_cancel_that_comes_together_with_the_answer_wins() -> None:
    run = thinking("now all is well")
    run.step(request("cancel"), done=run.think())
    assert run.here == "ReceiptState"
    assert run.value(s.DA_STATUS) == "canceled"


def test_a_question_that_comes_together_with_the_answer_is_answered_first() -> None:
    run = thinking()
    told = len(run.post.replies)
    run.step(request("status"), done=run.think())
    assert run.waits_for() == (False, None)
    assert len(run.post.replies) == told + 1
    run.step()
    assert len(run.post.replies) == told + 2
    assert run.value(s.DA_EMAIL_SUBJECT) == "Other"
    assert run.here == "ScheduleState"


def test_an_instruction_that_comes_together_with_the_answer_follows_it() -> None:
    run = thinking().step(request("subject Second"))
    run.step(request("subject Third"), done=run.think())
    assert texts(run.work.waiting) == ["subject Second", "subject Third"]
    run.step()
    settled(run)
    assert [one.text for one in run.model.asked[1:]] == ["subject Other", "subject Second", "subject Third"]


# --- turns that fail ---------------------------------------------------------------------------------------------


def test_what_waits_is_kept_with_the_text_that_the_model_could_not_be_asked_about() -> None:
    run = thinking()
    run.step(request("subject Second"))
    run.model.errors = [ModelUnavailable("503")]
    run.answered().step()
    assert run.here == "RecoverState"
    assert run.waits_for() == (False, None)
    run.step()
    assert texts(run.work.requests) == ["subject Other", "subject Second"]
    assert run.rpc("describe")["pending_requests"] == 0
    settled(run)
    assert run.model.asked[-1].text == "subject Other\n\nsubject Second"


def test_what_waits_is_worked_on_after_an_unusable_answer() -> None:
    run = thinking()
    run.model.errors = [InvalidModelOutput("refusal")]
    settled(run.step(request("subject Second")))
    assert "text is kept" in run.reply(-2)
    assert run.value(s.DA_EMAIL_SUBJECT) == "Second"


def test_an_answer_that_this_version_cannot_read_is_unusable() -> None:
    run = thinking()
    run.step(done=s.TurnDone(output={"unheard": "of"}))
    assert "text is kept" in run.reply()
    assert run.here == "ScheduleState"


def test_a_turn_of_which_nothing_is_heard_is_begun_anew_under_another_number() -> None:
    run = thinking()
    run.later(seconds=turns.LOST_AFTER_SECONDS)
    assert run.waits_for() == (True, 1)
    run.step()
    assert (run.here, run.work.reason) == ("RecoverState", NO_RESULT)
    [lost] = run.thinking
    run.step().step()
    assert run.work.turn > lost.turn
    assert run.think() is None
    run.answered()
    assert run.value(s.DA_EMAIL_SUBJECT) == "Other"


def test_a_call_that_fails_for_no_known_reason_is_left_to_the_engine_and_then_ends_the_wait() -> None:
    run = thinking()
    run.model.errors = [RuntimeError("unforeseen")]
    [turn] = run.thinking
    with pytest.raises(RuntimeError):
        run.think()
    run.thinking.append(turn)
    lost = run.think("LostTurnState")
    assert lost == s.TurnDone(failure="unavailable", reason=NO_RESULT)
    run.step(done=lost)
    assert run.here == "RecoverState"
    assert texts(run.work.requests) == ["subject Other"]


def test_a_model_without_answer_may_be_retried_by_the_engine_but_never_fails_the_conversation() -> None:
    movements: list[Any] = thinking().decision.next_states
    [options] = [one.state_options for one in movements if one.state_id == "TurnState"]
    assert options.execute_api_failure_proceed_state_id == "LostTurnState"
    assert options.execute_api_timeout_seconds == 90
    longest = options.execute_api_retry_policy.maximum_attempts_duration_seconds + options.execute_api_timeout_seconds
    assert longest < turns.LOST_AFTER_SECONDS


def test_a_schedule_that_fell_due_during_a_turn_waits_for_the_owner_after_it() -> None:
    run = thinking()
    run.later(days=3)
    run.answered()
    assert run.here == "ScheduleState"
    assert run.waits_for() == (True, 10)


def test_requests_without_a_turn_get_one() -> None:
    run = begun()
    run.work = s.Work(requests=(request("in 3 all is well"),))
    assert run.waits_for() == (False, None)
    run.step().answered()
    assert run.here == "ScheduleState"
