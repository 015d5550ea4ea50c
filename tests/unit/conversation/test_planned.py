"""What is planned over all conversations, under numbers that stay, and canceling by number."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_agent.conversation.commands import Command, apply_command, canceled_numbers, find_command
from inbox_agent.conversation.planned import CANNOT_TELL, MAX_NUMBERED, number_of, planned_mail
from inbox_agent.conversation.when.times import at_instant
from inbox_agent.models import Address, Conversation, Draft, Outcome, PlannedMail, Schedule, SentRecord, Status
from tests.unit.conversation.turn.test_decision import DRAFT, MARIA, NOW, SAM, TOMORROW_9, asked, known, turn

LEE = Address("lee@corp.example", "Lee")


def mail(name: str, hours: int = 1, *, subject: str = "", to: tuple[Address, ...] = (LEE,)) -> PlannedMail:
    schedule = at_instant(int(NOW.timestamp()) + hours * 3600, "Europe/Berlin")
    return PlannedMail(workflow_id=name, subject=subject or f"About {name}", to=to, schedule=schedule)


def here(**fields: Any) -> Conversation:
    return known(**{"workflow_id": "here", "schedule": TOMORROW_9} | fields)


def pending(conversation: Conversation, *planned: PlannedMail) -> Outcome:
    return turn(conversation.model_copy(update={"planned": planned}), "what is pending?", intents=("show_pending",))


def cancel(conversation: Conversation, *numbers: int, planned: tuple[PlannedMail, ...] | None = ()) -> Outcome:
    conversation = conversation.model_copy(update={"planned": planned})
    return turn(conversation, "cancel", intents=("cancel_pending",), pending_numbers=numbers)


def numbers(outcome: Outcome) -> dict[str, int]:
    assert outcome.planned is not None
    return {one.workflow_id: number_of(outcome.conversation, one) for one in outcome.planned}


def test_all_planned_mails_are_listed_the_next_one_first_with_the_one_at_hand() -> None:
    outcome = pending(here(), mail("late", 90), mail("soon", 2))
    assert numbers(outcome) == {"soon": 1, "here": 2, "late": 3}
    assert (outcome.step, outcome.conversation.schedule) == ("schedule", TOMORROW_9)
    assert outcome.questions == outcome.notices == ()


def test_the_conversation_at_hand_is_listed_as_it_is_now_not_as_it_was_read() -> None:
    outcome = pending(here(), mail("here", 1, subject="Old"))
    assert outcome.planned is not None
    assert [(one.subject, one.schedule) for one in outcome.planned] == [("Report", TOMORROW_9)]
    assert pending(known(workflow_id="here"), mail("here")).planned == ()


def test_a_mail_keeps_its_number_and_no_other_mail_gets_it() -> None:
    first = pending(here(), mail("a", 1), mail("b", 2))
    assert numbers(first) == {"a": 1, "b": 2, "here": 3}
    # "a" went out, "b" was put off, "c" is new and comes first.
    second = pending(first.conversation, mail("b", 9), mail("c", 0))
    assert numbers(second) == {"c": 4, "b": 2, "here": 3}


def test_another_mail_of_the_same_conversation_gets_another_number() -> None:
    first = pending(here(), mail("a", subject="Report", to=(LEE,)))
    assert numbers(first)["a"] == 1
    second = pending(first.conversation, mail("a", subject="Report", to=(SAM,)))
    assert numbers(second)["a"] == 3
    outcome = cancel(first.conversation, 1, planned=(mail("a", subject="Report", to=(SAM,)),))
    assert outcome.cancels == ()
    assert "not planned any more as it was shown" in outcome.notices[0]


def test_numbers_of_a_very_long_list_stay_those_of_what_is_shown() -> None:
    conversation = here()
    seen: dict[str, int] = {}
    for start in range(0, 300, 25):
        outcome = pending(conversation, *(mail(f"w{number}", 1) for number in range(start, start + 50)))
        shown = numbers(outcome)
        assert all(seen.get(name, number) == number for name, number in shown.items() if name in list(shown)[:40])
        conversation = outcome.conversation
        assert len(conversation.listed) <= MAX_NUMBERED
        assert len(set(shown.values())) == len(shown)
        assert 0 not in shown.values()
        seen |= shown


def test_a_list_that_is_too_long_says_so() -> None:
    outcome = pending(here(), *(mail(f"w{number:03}") for number in range(80)))
    assert outcome.planned is not None
    assert len(outcome.planned) == 50
    assert "50 of 81" in outcome.notices[0]


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8), max_size=8))
def test_a_number_never_passes_to_another_mail(rounds: list[list[str]]) -> None:
    conversation, seen = here(), dict[int, str]()
    for names in rounds:
        outcome = pending(conversation, *map(mail, names))
        for name, number in numbers(outcome).items():
            assert seen.setdefault(number, name) == name
        conversation = outcome.conversation


def test_canceling_by_number_hands_the_cancel_to_that_conversation_only() -> None:
    listed = pending(here(), mail("a", 1), mail("b", 2)).conversation
    outcome = cancel(listed, 2, planned=(mail("a", 1), mail("b", 2)))
    assert outcome.cancels == ("b",)
    assert (outcome.step, outcome.conversation.schedule) == ("schedule", TOMORROW_9)
    assert "“About b” to Lee" in outcome.notices[0]
    assert cancel(listed, 2, 1, 2, planned=(mail("a", 1), mail("b", 2))).cancels == ("b", "a")


def test_the_number_of_the_mail_at_hand_is_a_plain_cancel() -> None:
    listed = pending(here(), mail("a", 1)).conversation
    outcome = cancel(listed, 2, planned=(mail("a", 1),))
    assert (outcome.step, outcome.cancels, outcome.conversation.schedule) == ("cancel", (), None)
    both = cancel(listed, 1, 2, planned=(mail("a", 1),))
    assert (both.step, both.cancels) == ("cancel", ("a",))


def test_a_number_that_was_never_shown_cancels_nothing_and_shows_the_list() -> None:
    outcome = cancel(here(), 2, planned=(mail("a", 1),))
    assert (outcome.step, outcome.cancels) == ("schedule", ())
    assert "No planned mail was shown here under number 2" in outcome.notices[0]
    assert numbers(outcome) == {"a": 1, "here": 2}


def test_a_mail_that_is_being_canceled_is_listed_no_more() -> None:
    listed = pending(here(), mail("a", 1), mail("b", 2)).conversation
    outcome = cancel(listed, 2, 9, planned=(mail("a", 1), mail("b", 2)))
    assert outcome.cancels == ("b",)
    assert numbers(outcome) == {"a": 1, "here": 3}


def test_what_went_out_meanwhile_is_said_to_be_planned_no_more() -> None:
    listed = pending(here(), mail("a", 1)).conversation
    outcome = cancel(listed, 1, planned=())
    assert outcome.cancels == ()
    assert "Number 1 (“About a”) is not planned any more" in outcome.notices[0]


def test_without_a_number_it_is_asked_and_an_armed_mail_stays_armed() -> None:
    outcome = cancel(here())
    assert (outcome.step, outcome.cancels) == ("schedule", ())
    assert "Which planned mail" in outcome.questions[0]


def test_when_the_planned_mails_cannot_be_read_that_is_said_and_nothing_guessed() -> None:
    outcome = turn(here(), "what is pending?", intents=("show_pending",))
    assert CANNOT_TELL in outcome.notices
    assert numbers(outcome) == {"here": 1}
    listed = pending(here(), mail("a", 1)).conversation
    tried = cancel(listed, 1, planned=None)
    assert tried.cancels == ()
    assert any("Number 1 was not canceled" in notice for notice in tried.notices)
    own = cancel(listed, 2, planned=None)
    assert own.step == "cancel"


def test_a_conversation_without_an_owner_lists_itself() -> None:
    outcome = turn(here(owner=Address("")), "what is pending?", intents=("show_pending",))
    assert numbers(outcome) == {"here": 1}
    assert outcome.notices == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"schedule": None},
        {"held": True},
        {"draft": Draft(to=(SAM,))},
        {"status": Status.SENT},
        {"status": Status.CANCELED},
        {"status": Status.FAILED},
        {"sent": (SentRecord(message_id="<1@x>", sent_at=TOMORROW_9.instant + 1, draft=DRAFT),)},
    ],
)
def test_only_what_is_armed_is_planned(changes: dict[str, Any]) -> None:
    assert planned_mail(here()) is not None
    assert planned_mail(here(**changes)) is None


def test_hidden_recipients_belong_to_a_planned_mail() -> None:
    found = planned_mail(here(draft=DRAFT.model_copy(update={"bcc": (LEE,)})))
    assert found is not None
    assert found.to == (SAM, LEE)
    assert isinstance(found.schedule, Schedule)


# --- without a model


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cancel 2", (2,)),
        ("Cancel 1 and 3.", (1, 3)),
        ("please cancel no. 2, thanks", (2,)),
        ("cancel #1, #2 & 12", (1, 2, 12)),
        ("cancel 1, 2, and 3", (1, 2, 3)),
        ("cancel the mails 1 and 2", (1, 2)),
        ("storniere 2 und 3", (2, 3)),
        ("2 stornieren", (2,)),
        ("abbrechen Nr. 4", (4,)),
        ("cancela el 2", (2,)),
        ("annule le numéro 2 et 3", (2, 3)),
        ("annulla 2 e 3", (2, 3)),
        ("отмени 2 и 3", (2, 3)),
        ("2をキャンセル", (2,)),
        ("取消2和3", (2, 3)),
        ("취소 2", (2,)),
        ("إلغاء 2 و 3", (2, 3)),
        ("2 रद्द करें", (2,)),
        ("ｃａｎｃｅｌ　２", (2,)),
        ("cancel 2 (draft 3)", (2,)),
        ("cancel", ()),
        ("cancel it", ()),
        ("cancel 2 pm", ()),
        ("cancel at 2", ()),
        ("cancel 2:30", ()),
        ("cancel 12345", ()),
        ("cancel 1-3", ()),
        ("do not cancel 2", ()),
        ("cancelled 2", ()),
        ("cancel draft 2", ()),
        ("cancel 2 and write to Sam", ()),
        ("2", ()),
    ],
)
def test_numbers_of_a_bare_cancel(text: str, expected: tuple[int, ...]) -> None:
    assert canceled_numbers(text) == expected
    if expected:
        assert find_command(text) is Command.CANCEL_PENDING


@pytest.mark.parametrize(
    "text",
    ["What is pending?", "¿Qué está pendiente?", "Was ist geplant?", "qu’est-ce qui est prévu ?", "Что запланировано?"],
)
def test_the_list_needs_no_model_and_no_draft(text: str) -> None:
    assert find_command(text) is Command.PENDING
    empty = Conversation(owner=MARIA, workflow_id="here", planned=(mail("a", 1),))
    outcome = apply_command(empty, asked(text), Command.PENDING, now=NOW, default_zone="UTC")
    assert (outcome.step, numbers(outcome)) == ("wait", {"a": 1})
    assert outcome.questions == ()


def test_canceling_by_number_needs_no_model() -> None:
    listed = pending(here(), mail("a", 1)).conversation.model_copy(update={"planned": (mail("a", 1),)})
    outcome = apply_command(listed, asked("cancel 1"), Command.CANCEL_PENDING, now=NOW, default_zone="UTC")
    assert (outcome.step, outcome.cancels) == ("schedule", ("a",))
