"""Every state and RPC of the conversation, driven in process through the SDK's worker service."""

from datetime import timedelta

import pytest

from inbox_agent.errors import InvalidModelOutput, ModelUnavailable, SendRejected, SendUnavailable
from inbox_agent.models import AttachmentRef, Bounce
from tests.unit.workflows.driver import START, Run, begun
from tests.workflow_fakes import OWNER, SAM, request
from workflows.conversation import schema as s
from workflows.encoding import ENCODER


def scheduled() -> Run:
    run = begun().say(request("in 3 all is well"))
    assert run.here == "ScheduleState"
    return run


def due() -> Run:
    """A run whose mail is about to be sent."""
    run = scheduled()
    run.later(days=3)
    return run.step()


def late() -> Run:
    """A run whose mail could not be sent, transiently, and whose owner was told."""
    run = due()
    run.post.errors = [SendUnavailable("down", "421 busy")]
    return run.step(since=run.now - timedelta(seconds=50)).step()


def refused() -> Run:
    run = due()
    run.post.errors = [SendRejected("the server refused one", "550 no", {SAM: "550 5.1.1 no such user"})]
    return run.step().step()


# --- init, agent -------------------------------------------------------------------------------------------------


def test_a_new_conversation_waits_for_input_without_a_timer() -> None:
    run = begun()
    assert run.here == "AgentState"
    assert run.waits_for() == (True, None)
    assert run.value(s.DA_STATUS) == "waiting"


def test_an_instruction_is_taken_first_and_worked_on_second_so_that_no_failure_loses_it() -> None:
    run = begun().step(request("in 3 all is well"))
    assert [one.text for one in run.work.requests] == ["in 3 all is well"]
    assert run.value(s.DA_STATUS) == "processing"
    assert run.model.asked == []
    run.answered()
    assert run.here == "ScheduleState"
    assert run.value(s.DA_STATUS) == "scheduled"
    assert "all is well" in run.reply()


def test_a_question_leaves_the_conversation_waiting() -> None:
    run = begun().say(request("how are you"))
    assert run.here == "AgentState"
    assert "You wrote: how are you" in run.reply()


def test_an_unusable_answer_keeps_the_text_for_retry() -> None:
    run = begun()
    run.model.errors = [InvalidModelOutput("refusal")]
    run.say(request("in 3 all is well"))
    assert "text is kept" in run.reply()
    run.say(request("retry"))
    assert run.model.asked[-1].text == "in 3 all is well"
    assert run.here == "ScheduleState"


def test_retry_does_not_repeat_what_was_done() -> None:
    run = scheduled().say(request("retry"))
    assert all(one.text != "retry" for one in run.model.asked)
    assert len([one for one in run.model.asked if one.text == "in 3 all is well"]) == 1


# --- schedule ----------------------------------------------------------------------------------------------------


def test_a_schedule_waits_for_its_time_or_for_input() -> None:
    assert scheduled().waits_for() == (True, 3 * 86_400)


def test_a_schedule_that_fell_due_waits_only_a_second() -> None:
    run = scheduled()
    run.later(days=30)
    assert run.waits_for() == (True, 1)


def test_a_timer_that_fires_early_waits_on() -> None:
    assert scheduled().step().here == "ScheduleState"


def test_a_message_by_somebody_else_is_shown_and_not_obeyed() -> None:
    run = scheduled().step(request("cancel", role="recipient"))
    assert run.here == "ScheduleState"
    assert "I only take instructions from you" in run.reply()


def test_a_refused_message_is_told_in_its_thread() -> None:
    run = begun().step(request("Your text is too long.", "<refused@example.com>", kind="refused"))
    assert "Your text is too long." in run.reply()
    assert run.post.replies[-1]["In-Reply-To"] == "<refused@example.com>"
    assert run.here == "AgentState"


def test_status_does_not_move_the_schedule_but_a_turn_puts_it_off() -> None:
    run = scheduled()
    run.later(days=3)
    before = run.value(s.DA_SCHEDULED_TIME)
    run.step(request("status"))
    assert run.value(s.DA_SCHEDULED_TIME) == before
    run.step(request("subject Other"))
    assert run.value(s.DA_SCHEDULED_TIME) == before + 10


# --- sending -----------------------------------------------------------------------------------------------------


def test_the_mail_goes_out_and_the_receipt_ends_the_run_only_on_an_empty_channel() -> None:
    run = due().step()
    assert run.here == "ReceiptState"
    assert [str(mail["To"]) for mail in run.post.sent] == [SAM]
    run.step()
    assert run.closing == s.CH_USER_INPUT
    assert "WAS SENT" in run.reply()
    assert run.value(s.DA_OUTGOING).message_id == ""


def test_a_message_that_came_while_the_receipt_was_sent_is_a_follow_up() -> None:
    run = due().step().step()
    assert run.here == "AgentState"
    run.say(request("subject Once more"))
    assert run.value(s.DA_EMAIL_BODY) == "all is well"
    assert len(run.post.sent) == 1


def test_a_failure_is_raised_for_the_engine_to_retry_at_first() -> None:
    run = due()
    run.post.errors = [SendUnavailable("down")]
    with pytest.raises(SendUnavailable):
        run.step()
    run.step(attempt=2)
    assert run.post.attempts == [True, False]
    assert len(run.post.sent) == 1


def test_a_late_mail_is_told_once_and_tried_with_growing_pauses_then_sent() -> None:
    run = late()
    told = len(run.post.replies)
    assert "IS LATE" in run.reply()
    pauses = []
    for _ in range(3):
        pauses.append(run.waits_for()[1])
        run.later(seconds=pauses[-1] or 0)
        run.post.errors = [SendUnavailable("down")]
        run.step().step(since=run.now - timedelta(seconds=50)).step()
    assert pauses == [30, 30, 60]
    assert len(run.post.replies) == told
    run.step().step()
    assert run.post.attempts[-1] is False
    run.step()
    assert "later than planned" in run.reply()
    assert len(run.post.sent) == 1


def test_a_late_mail_can_be_cancelled_and_asked_about() -> None:
    run = late().step(request("status"))
    assert run.here == "RecoverState"
    run.step(request("cancel")).step()
    assert run.closing == s.CH_USER_INPUT
    assert "CANCELED" in run.reply().upper()
    assert run.post.sent == []


def test_cancelling_a_late_mail_that_was_accepted_unheard_says_that_it_is_too_late() -> None:
    run = due()
    run.post.errors = [SendUnavailable("broken", maybe_accepted=True)]
    run.step(since=run.now - timedelta(seconds=50)).step()
    run.step(request("cancel")).step()
    assert run.closing == s.CH_USER_INPUT
    assert run.value(s.DA_STATUS) == "sent"
    assert "too late to cancel" in " ".join(run.reply().split())
    assert len(run.post.sent) == 1


def test_after_a_day_it_is_given_up_and_the_draft_kept() -> None:
    run = late()
    run.later(days=1, seconds=60)
    run.post.errors = [SendUnavailable("down")]
    run.step().step(since=run.now - timedelta(seconds=50)).step()
    assert run.value(s.DA_STATUS) == "failed"
    assert "NOT SENT" in run.reply()
    assert "all is well" in run.reply()
    assert run.waits_for() == (True, None)


def test_a_draft_changed_after_a_failed_attempt_goes_out_under_an_id_of_its_own() -> None:
    run = late()
    first = run.value(s.DA_OUTGOING).message_id
    run.say(request("subject Second"))
    run.later(seconds=30)
    run.until("SendingState").step().step()
    [mail] = run.post.sent
    assert mail["Subject"] == "Second"
    assert mail["Message-ID"] != first
    assert "What went out is draft" not in run.reply()


def test_a_draft_changed_after_an_attempt_that_was_accepted_unheard_does_not_go_out_again() -> None:
    run = due()
    run.post.errors = [SendUnavailable("broken", maybe_accepted=True)]
    run.step(since=run.now - timedelta(seconds=50)).step()
    run.say(request("subject Second"))
    run.later(seconds=30)
    run.until("SendingState").step().step()
    [mail] = run.post.sent
    assert mail["Subject"] == "Report"
    assert "What went out is draft 1" in run.reply()
    assert run.value(s.DA_SENT_MAILS).items[-1].draft.subject == "Report"


def test_a_refusal_is_told_with_the_servers_words_and_the_draft_intact() -> None:
    run = refused()
    assert run.here == "RecoverState"
    assert "550 5.1.1 no such user" in run.reply()
    assert "all is well" in run.reply()
    assert run.waits_for() == (True, None)
    run.step(request("retry"))
    assert run.here == "SendingState"
    run.step().step()
    assert len(run.post.sent) == 1


def test_an_attachment_that_is_gone_is_told() -> None:
    run = due()
    gone = AttachmentRef(message_id="<m@x>", part="2", name="plan.pdf", content_type="application/pdf", size=4)
    run.attributes[s.DA_DRAFT_DETAILS] = ENCODER.encode(s.DraftDetails(attachments=(gone,)))
    run.step().step()
    assert "“plan.pdf” is no longer in my mailbox" in run.reply()
    assert run.post.sent == []


def test_a_file_that_was_swapped_under_its_message_id_is_not_sent() -> None:
    run = due()
    run.post.files["2"] = b"swapped"
    shown = AttachmentRef(
        message_id="<m@x>", part="2", name="plan.pdf", content_type="application/pdf", size=4, sha256="of another"
    )
    run.attributes[s.DA_DRAFT_DETAILS] = ENCODER.encode(s.DraftDetails(attachments=(shown,)))
    run.step().step()
    assert "“plan.pdf” is no longer in my mailbox" in run.reply()
    assert run.post.sent == []


def test_a_bounce_reopens_the_conversation_with_its_draft() -> None:
    run = due().step().step()
    bounce = Bounce(recipients=(SAM,), status="5.1.1", diagnostic="550 5.1.1 closed")
    run.step(request("", kind="bounce", role="recipient", bounce=bounce))
    assert run.value(s.DA_STATUS) == "failed"
    assert "could not be delivered" in run.reply()
    assert "all is well" in run.reply()


# --- the model is down -------------------------------------------------------------------------------------------


def test_text_that_waits_for_the_model_is_kept_with_what_comes_after_it_and_told_once() -> None:
    run = begun()
    run.model.errors = [ModelUnavailable("503")] * 8
    run.say(request("in 3 all is well")).step()
    assert run.here == "RecoverState"
    assert run.post.replies == []
    run.step(request("subject Later")).answered().step()
    for _ in range(6):
        run.later(seconds=run.waits_for()[1] or 0)
        run.step().answered().step()
    assert len(run.post.replies) == 1
    assert "cannot be reached" in run.reply()
    run.step().answered()
    assert run.model.asked[-1].text == "in 3 all is well\n\nsubject Later"


def test_the_models_own_pause_is_respected() -> None:
    run = begun()
    run.model.errors = [ModelUnavailable("429", retry_after_seconds=77)]
    run.say(request("in 3 all is well")).step()
    assert run.waits_for() == (True, 77)


@pytest.mark.parametrize("words", ["status", "help", "drafts"])
def test_bare_commands_need_no_model_and_keep_what_waits(words: str) -> None:
    run = begun()
    run.model.errors = [ModelUnavailable("503")]
    run.say(request("in 3 all is well")).step().step(request(words))
    assert len(run.post.replies) == 1
    assert [one.text for one in run.work.requests] == ["in 3 all is well"]
    assert len(run.model.asked) == 1


# --- mails of ours -----------------------------------------------------------------------------------------------


def test_mails_are_numbered_and_each_waits_for_the_one_before() -> None:
    run = begun().say(request("one")).say(request("two"))
    assert run.notified == [1, 2]
    run.here, run.work = "NotifyState", s.Notification(number=2)
    assert run.waits_for() == (True, None)
    run.work = s.Notification(number=1)
    assert run.waits_for() == (False, None)


def test_a_refused_reply_is_noted_and_holds_up_nothing() -> None:
    run = begun()
    run.post.reply_errors = [SendRejected("no such owner")]
    run.say(request("one"))
    assert "refused" in run.value(s.DA_LAST_ERROR)
    assert (f"{s.CH_NOTIFIED_PREFIX}1", 1) in run.published


# --- RPCs --------------------------------------------------------------------------------------------------------


def test_a_request_is_queued_once_per_message_id() -> None:
    run = begun()
    mail = request("hello", "<one@example.com>")
    assert run.rpc("send_request", mail) == "accepted"
    assert run.rpc("send_request", mail) == "duplicate"
    assert [value.text for channel, value in run.published if channel == s.CH_USER_INPUT] == ["hello"]


def test_another_message_under_a_known_message_id_is_told_from_a_second_delivery() -> None:
    run = begun()
    first = request("hello", "<one@example.com>", digest="a" * 16)
    assert run.rpc("send_request", first) == "accepted"
    assert run.rpc("send_request", first) == "duplicate"
    assert run.rpc("send_request", request("bye", "<one@example.com>", digest="b" * 16)) == "conflict"
    assert run.rpc("send_request", request("hello", "<one@example.com>")) == "duplicate"
    assert [value.text for channel, value in run.published if channel == s.CH_USER_INPUT] == ["hello"]


def test_describe_tells_whether_the_owner_has_to_confirm_first() -> None:
    run = begun()
    assert run.rpc("describe")["awaits_confirmation"] is False
    run.say(request("Write to Sam.", unconfirmed=True))
    assert run.rpc("describe")["awaits_confirmation"] is True
    run.say(request("confirm", unconfirmed=True, answers_ours=True))
    assert run.rpc("describe")["awaits_confirmation"] is False


def test_describe_and_save_draft() -> None:
    run = scheduled()
    run.rpc("save_draft", "unsent")
    described = run.rpc("describe")
    assert described["current_request_draft"] == "unsent"
    assert described["email_recipient"] == SAM
    assert described["send_time_seconds"] == int((START + timedelta(days=3)).timestamp())
    assert {"address": OWNER.address, "display_name": "Ann"} in described["participants"]


def test_a_sent_record_is_of_the_draft_that_went_out() -> None:
    run = due().step()
    [record] = run.value(s.DA_SENT_MAILS).items
    assert record.draft.body == "all is well"
