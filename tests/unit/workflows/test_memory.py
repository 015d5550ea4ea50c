"""What a conversation notes of its owner, what it knows of them, and that trouble with either holds nothing up."""

from datetime import timedelta

import pytest

from inbox_agent.errors import ModelUnavailable
from inbox_agent.models import Address, BackgroundTask, Bounce, MemoryNote, OwnerMemory, PlannedMail, Schedule, Status
from tests.unit.workflows.driver import START, Run, begun
from tests.workflow_fakes import OWNER, SAM, FakeMemories, FakeModel, request
from workflows.conversation import schema as s
from workflows.conversation.memories import CANNOT_TELL, NO_MEMORY

TOMORROW = int((START + timedelta(days=1)).timestamp())
ELSEWHERE = PlannedMail(
    workflow_id="mail-2",
    subject="Invoice",
    to=(Address("lee@example.com", "Lee"),),
    schedule=Schedule(instant=TOMORROW, zone="UTC", local="2026-03-03T10:00:00"),
    revision=1,
)


def knowing(**profile: str) -> FakeMemories:
    return FakeMemories(notes=[(OWNER.address, MemoryNote(profile=profile))])


def scheduled(memories: FakeMemories | None = None) -> Run:
    return begun(memories=memories or FakeMemories()).say(request("in 1 the text"))


def test_a_planned_mail_is_noted_with_its_time_and_no_more_when_it_is_canceled() -> None:
    run = scheduled()
    assert run.memories.scheduled() == {"mail-1": TOMORROW}
    run.say(request("in 2 the text"))
    assert run.memories.scheduled() == {"mail-1": TOMORROW + 86_400}
    run.later(seconds=1)
    run.step(request("cancel"))
    assert run.memories.scheduled() == {}


def test_a_step_that_changes_nothing_of_it_notes_nothing() -> None:
    run = scheduled()
    before = len(run.memories.notes)
    run.step(request("status")).say(request("what else?"))
    assert len(run.memories.notes) == before


def test_after_the_sending_its_people_are_known_and_it_is_planned_no_more() -> None:
    run = scheduled()
    run.later(days=1, seconds=1)
    run.step().until("ReceiptState")
    assert run.memories.scheduled() == {}
    assert [one.address for one in run.memories.recall(OWNER.address).contacts] == [SAM]


def test_an_address_that_refuses_mail_for_good_is_forgotten() -> None:
    run = scheduled()
    run.later(days=1, seconds=1)
    run.step().until("ReceiptState").step()
    bounce = Bounce(recipients=(SAM,), status="5.1.1", permanent=True)
    again = Run(attributes=dict(run.attributes), memories=run.memories, now=run.now).step()
    again.later(seconds=5)
    again.step(request("", kind="bounce", bounce=bounce))
    assert run.memories.recall(OWNER.address).contacts == ()


def test_a_conversation_without_an_owner_has_no_memory() -> None:
    run = begun()
    run.say(request("in 1 the text", kind="api", sender=Address("")))
    assert run.here == "ScheduleState"
    run.later(days=1, seconds=1)
    run.step().until("ReceiptState").step()
    assert run.closing == s.CH_USER_INPUT
    assert run.memories.notes == []


def test_what_the_owner_said_is_noted_and_the_next_conversation_knows_it() -> None:
    memories = FakeMemories()
    begun(memories=memories).say(request("My name is Ann Lee"))
    assert memories.recall(OWNER.address).name == "Ann Lee"
    model = FakeModel()
    begun(memories=memories, model=model).say(request("what?"))
    assert model.given[0].memory.name == "Ann Lee"


def test_a_turn_knows_the_owner_after_the_model_failed_as_before() -> None:
    run = begun(memories=knowing(name="Ann Lee"), model=FakeModel(errors=[ModelUnavailable("away")]))
    run.say(request("what?")).until("RecoverState").step()
    run.memories.down = True
    run.step().answered()
    assert [one.memory.name for one in run.model.given] == ["Ann Lee", "Ann Lee"]
    assert NO_MEMORY[:60] not in run.reply()


def test_a_memory_that_cannot_be_read_is_told_and_holds_up_nothing() -> None:
    run = begun(memories=FakeMemories(down=True)).say(request("in 1 the text"))
    assert run.here == "ScheduleState"
    assert NO_MEMORY[:60] in run.reply()
    assert run.model.given[0].memory == OwnerMemory()


def test_a_note_that_fails_is_made_later_and_in_order() -> None:
    run = begun(memories=FakeMemories(down=True)).say(request("in 1 the text"))
    run.say(request("in 2 the text"))
    assert [task.number for task in run.tasks] == [1, 2]
    run.memories.down = False
    run.task(since=START).task(since=START)
    assert run.memories.scheduled() == {"mail-1": TOMORROW + 86_400}
    assert [name for name, _ in run.published if name.startswith(s.CH_TASK_DONE_PREFIX)] == [
        "ErrandDone-1",
        "ErrandDone-2",
    ]


def test_a_note_is_given_up_after_ten_minutes_and_its_successor_goes_on() -> None:
    run = begun(memories=FakeMemories(down=True)).say(request("in 1 the text"))
    run.later(minutes=9)
    with pytest.raises(Exception, match="the memory of the tests is down"):
        run.task(since=START)
    run.later(minutes=2)
    run.task(since=START)
    assert "could not be noted" in run.value(s.DA_LAST_ERROR)
    assert run.published[-1] == ("ErrandDone-1", 1)


def test_the_end_of_a_run_waits_for_its_tasks_and_a_message_meanwhile_is_worked_on() -> None:
    run = scheduled(FakeMemories(down=True))
    run.step(request("cancel"))
    assert run.here == "ReceiptState"
    run.step()
    assert (run.here, run.closing) == ("CloseState", "")
    assert "CANCELED" in run.reply().upper()
    run.step(request("status"))
    assert run.here == "AgentState"
    assert run.closing == ""


def test_a_message_with_the_last_tasks_word_is_worked_on_and_the_next_task_still_hears_of_it() -> None:
    run = scheduled(FakeMemories(down=True))
    run.step(request("cancel")).step()
    run.tasks.clear()
    run.tasks_done(request("status"))
    assert run.here == "AgentState"
    assert run.closing == ""
    assert ("ErrandDone-2", 2) in run.published


def test_the_run_ends_when_its_tasks_are_done() -> None:
    run = scheduled().step(request("cancel")).step()
    assert run.closing == s.CH_USER_INPUT


# --- what is planned ---------------------------------------------------------------------------------------------


def with_another() -> Run:
    return scheduled(FakeMemories(others=(ELSEWHERE,)))


def recovering() -> Run:
    """A conversation whose second message waits for the model."""
    run = with_another()
    run.model.errors = [ModelUnavailable("away")] * 9
    return run.say(request("subject New")).until("RecoverState").step()


def thinking() -> Run:
    """A conversation whose second message the model works on."""
    return with_another().step(request("subject New"))


@pytest.mark.parametrize("here", ["AgentState", "a turn", "ScheduleState", "RecoverState"])
def test_what_is_pending_is_listed_wherever_the_conversation_is_and_leaves_it_there(here: str) -> None:
    runs = {
        "AgentState": lambda: begun(memories=FakeMemories(others=(ELSEWHERE,))).say(request("what?")),
        "a turn": thinking,
        "ScheduleState": with_another,
        "RecoverState": recovering,
    }
    run = runs[here]()
    before, asked = (run.here, run.work), len(run.model.asked)
    run.step(request("what is pending?"))
    assert (run.here, run.work) == before
    assert len(run.model.asked) == asked
    assert "Invoice" in run.reply()
    assert run.value(s.DA_LISTED).items[-1].workflow_id in ("mail-1", "mail-2")


def test_the_model_may_understand_that_the_planned_mails_are_asked_for() -> None:
    run = with_another().say(request("plans"))
    assert run.here == "ScheduleState"
    assert "Invoice" in run.reply()


def test_a_number_cancels_the_mail_of_the_other_conversation_and_leaves_this_one() -> None:
    run = with_another().step(request("what is pending?"))
    numbers = {one.workflow_id: one.number for one in run.value(s.DA_LISTED).items}
    run.step(request(f"cancel {numbers['mail-2']}"))
    assert run.here == "ScheduleState"
    assert list(run.memories.canceled.values()) == ["mail-2"]
    assert run.value(s.DA_STATUS) == Status.SCHEDULED


def test_a_number_that_names_the_mail_at_hand_gives_up_the_turn_under_way() -> None:
    run = thinking().step(request("what is pending?"))
    own = next(one.number for one in run.value(s.DA_LISTED).items if one.workflow_id == "mail-1")
    turn = run.work.turn
    run.step(request(f"cancel {own}"))
    assert run.here == "ReceiptState"
    assert run.value(s.DA_TURN) > turn
    assert "dropped" in run.work.mail.text


def test_a_number_of_another_mail_leaves_the_turn_under_way() -> None:
    run = thinking().step(request("what is pending?"))
    other = next(one.number for one in run.value(s.DA_LISTED).items if one.workflow_id == "mail-2")
    turn = run.work.turn
    run.step(request(f"cancel {other}"))
    assert (run.here, run.work.turn) == ("AgentState", turn)
    assert list(run.memories.canceled.values()) == ["mail-2"]


def test_the_number_of_the_mail_at_hand_is_a_plain_cancel_and_others_with_it_go_too() -> None:
    run = with_another().step(request("what is pending?"))
    run.step(request("cancel 1 and 2"))
    assert run.here == "ReceiptState"
    assert list(run.memories.canceled.values()) == ["mail-2"]
    assert run.value(s.DA_STATUS) == Status.CANCELED


def test_a_cancel_for_another_conversation_is_never_given_up_and_keeps_its_message_id() -> None:
    run = begun(memories=FakeMemories(down=True))
    run.tasks = [BackgroundTask(number=1, cancels="mail-2", message_id="<cancel.1@example.com>")]
    run.later(days=1)
    with pytest.raises(Exception, match="the memory of the tests is down"):
        run.task(since=START)
    run.memories.down = False
    run.task(since=START)
    assert run.memories.canceled == {"<cancel.1@example.com>": "mail-2"}


def test_planned_mails_that_cannot_be_read_are_told_to_be_unknown() -> None:
    run = with_another()
    run.memories.down = True
    run.step(request("what is pending?"))
    assert run.here == "ScheduleState"
    assert "I cannot see right now which mails are planned in your other conversations" in run.reply()


# --- shown and forgotten -----------------------------------------------------------------------------------------


def test_what_is_remembered_is_shown_and_the_conversation_stays_where_it_is() -> None:
    run = scheduled(knowing(name="Ann Lee", tone="friendly"))
    run.step(request("what do you remember about me?"))
    assert run.here == "ScheduleState"
    assert "friendly" in run.reply()


def test_a_memory_that_cannot_be_read_is_not_shown_as_empty() -> None:
    run = scheduled(FakeMemories(down=True))
    run.step(request("what do you remember about me?"))
    assert CANNOT_TELL in run.reply()
    assert run.here == "ScheduleState"


@pytest.mark.parametrize("down", [False, True])
def test_everything_is_forgotten_also_what_could_not_be_read(down: bool) -> None:
    run = scheduled(knowing(name="Ann Lee"))
    run.memories.down = down
    run.step(request("forget everything"))
    run.memories.down = False
    if down:
        run.task(since=run.now)
    assert run.memories.recall(OWNER.address) == OwnerMemory()
    assert run.here == "ScheduleState"
    assert run.memories.scheduled() == {"mail-1": TOMORROW}


def test_a_bare_send_now_knows_whom_the_owner_had_mail_sent_to() -> None:
    memories = FakeMemories(notes=[(OWNER.address, MemoryNote(contacts=(Address(SAM),)))])
    run = begun(memories=memories).say(request("subject New")).say(request("in 9 the text"))
    run.step(request("send now"))
    assert "I will remember" not in run.reply()


def test_the_tasks_of_a_follow_up_are_counted_anew() -> None:
    run = scheduled()
    again = Run(attributes=dict(run.attributes), memories=run.memories).step()
    assert run.value(s.DA_TASK_COUNT) == 1
    assert again.value(s.DA_TASK_COUNT) == 0
