"""Bare commands: only when they stand alone, in the main languages."""

from datetime import UTC, datetime

import pytest

from inbox_agent.conversation.commands import (
    FORMS,
    Command,
    applied_suggestion,
    apply_command,
    find_command,
    is_confirmation,
)
from inbox_agent.conversation.when.times import at_instant
from inbox_agent.models import Address, Conversation, Draft, MemoryNote, OwnerMemory, UserRequest

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("cancel", Command.CANCEL),
        ("Cancel!", Command.CANCEL),
        ("  STOP \n", Command.CANCEL),
        ("Please cancel it, thanks.", Command.CANCEL),
        ("Don’t send it", Command.CANCEL),
        ("abbrechen", Command.CANCEL),
        ("Annule", Command.CANCEL),
        ("cancélalo por favor", Command.CANCEL),
        ("annulla", Command.CANCEL),
        ("annuleren", Command.CANCEL),
        ("anuluj", Command.CANCEL),
        ("Отмена", Command.CANCEL),
        ("キャンセル", Command.CANCEL),
        ("取消", Command.CANCEL),
        ("취소", Command.CANCEL),
        ("إلغاء", Command.CANCEL),
        ("रद्द करें", Command.CANCEL),
        ("send it now", Command.SEND_NOW),
        ("Send now, please", Command.SEND_NOW),
        ("OK, send it!", Command.SEND_NOW),
        ("Jetzt senden", Command.SEND_NOW),
        ("envíalo ya", Command.SEND_NOW),
        ("Envoie-le maintenant", Command.SEND_NOW),
        ("enviar agora", Command.SEND_NOW),
        ("wyślij teraz", Command.SEND_NOW),
        ("status?", Command.STATUS),
        ("Hilfe", Command.HELP),
        ("help", Command.HELP),
        ("retry", Command.RETRY),
        ("Show me all drafts", Command.DRAFTS),
        ("Entwürfe", Command.DRAFTS),
        ("undo", Command.UNDO),
        ("rückgängig", Command.UNDO),
        ("What do you remember about me?", Command.MEMORY),
        ("Was weißt du über mich?", Command.MEMORY),
        ("¿Qué sabes de mí?", Command.MEMORY),
        ("forget everything", Command.FORGET),
        ("Forget me, please!", Command.FORGET),
        ("Vergiss alles", Command.FORGET),
        ("забудь меня", Command.FORGET),
        ("forget it", None),
        ("forget Sam", None),
        ("forget everything about the report", None),
        ("cancel\n\nBest regards,\nAnn", Command.CANCEL),
        ("cancel\n\nBest regards,\nAnn Lee\nSales\nCorp", Command.CANCEL),
        ("Hi,\ncancel\nThanks, Ann", Command.CANCEL),
        ("Hi agent, cancel", Command.CANCEL),
        ("Hello Inbox Agent,\n\nplease send it now.\n\nMit freundlichen Grüßen\nAnn Lee", Command.SEND_NOW),
        ("cancel the mail", Command.CANCEL),
        ("send it now\n\nTomorrow", None),
        ("send it now\n\nThanks,\nbut not before Monday", None),
        ("send it now\nThanks\nA\nB\nC\nD", None),
        ("cancel\nsend it now", None),
        ("Hi", None),
        ("Thanks,\nAnn", None),
        ("cancel the meeting with Sam", None),
        ("send it tomorrow", None),
        ("do not cancel", None),
        ("please", None),
        ("yes", None),
        ("", None),
        ("👍", None),
        ("cancel " * 100, None),
        ("Write to sam@corp.example that I cancel", None),
    ],
)
def test_a_command_is_found_only_when_it_stands_alone(text: str, command: Command | None) -> None:
    assert find_command(text) is command


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("cancel\n\nAnn", Command.CANCEL),
        ("cancel\n- ann lee", Command.CANCEL),
        ("cancel\nA. Lee", Command.CANCEL),
        ("cancel\n\nThanks!\nAnn", Command.CANCEL),
        ("send it now\n\nTomorrow", None),
        ("send it now\n\nThanks,\nTomorrow", None),
        ("Ann", None),
    ],
)
def test_the_name_below_a_command_is_the_senders(text: str, command: Command | None) -> None:
    assert find_command(text, Address("ann.lee@corp.example", "Ann Lee")) is command


def test_a_confirmation_and_a_suggestion_may_carry_the_senders_name() -> None:
    ann = Address("ann.lee@corp.example", "Ann Lee")
    assert is_confirmation("Confirm.\n\nAnn", ann)
    assert not is_confirmation("confirm\n\nTomorrow", ann)
    assert applied_suggestion("Hi,\napply suggestion 2\n\nThanks,\nAnn", ann) == 2


def test_no_form_belongs_to_two_commands() -> None:
    seen: dict[str, Command] = {}
    for command, forms in FORMS.items():
        for form in filter(None, (piece.strip() for line in forms.splitlines() for piece in line.split("|"))):
            assert seen.setdefault(form, command) is command, form
            assert find_command(form) is command


def drafted(**fields: object) -> Conversation:
    draft = Draft(to=(Address("sam@corp.example"),), subject="Report", body="I am late.")
    return Conversation(owner=Address("maria@corp.example"), draft=draft, revision=1).model_copy(update=fields)


@pytest.mark.parametrize(
    ("command", "step"),
    [
        (Command.CANCEL, "cancel"),
        (Command.SEND_NOW, "schedule"),
        (Command.STATUS, "wait"),
        (Command.HELP, "wait"),
        (Command.RETRY, "wait"),
        (Command.DRAFTS, "wait"),
        (Command.UNDO, "wait"),
    ],
)
def test_a_command_is_carried_out_without_a_model(command: Command, step: str) -> None:
    outcome = apply_command(
        drafted(),
        UserRequest(message_id="<1@x>", text=command),
        command,
        now=NOW,
        default_zone="UTC",
        send_pause_seconds=10,
    )
    assert outcome.step == step
    if step == "schedule":
        assert outcome.conversation.schedule == at_instant(int(NOW.timestamp()) + 10, "UTC")
    if command in (Command.STATUS, Command.HELP, Command.DRAFTS):
        assert outcome.answer or outcome.lists_drafts


def test_asking_for_the_status_leaves_an_armed_schedule_armed() -> None:
    planned = at_instant(int(NOW.timestamp()) + 3600, "UTC")
    outcome = apply_command(
        drafted(schedule=planned),
        UserRequest(message_id="<1@x>", text="status"),
        Command.STATUS,
        now=NOW,
        default_zone="UTC",
    )
    assert (outcome.step, outcome.conversation.schedule) == ("schedule", planned)
    assert "goes out on Saturday 21 November 2026, 10:00 (UTC+00:00)" in outcome.answer


def test_everything_is_forgotten_without_a_model() -> None:
    conversation = drafted(memory=OwnerMemory(name="Maria"))
    request = UserRequest(message_id="<1@x>", text="forget everything")
    outcome = apply_command(conversation, request, Command.FORGET, now=NOW, default_zone="UTC")
    assert (outcome.note, outcome.conversation.memory) == (MemoryNote(everything=True), OwnerMemory())
    assert "your name" in outcome.notices[0]


def test_what_is_remembered_is_shown_without_a_model() -> None:
    conversation = drafted(memory=OwnerMemory(name="Maria"))
    request = UserRequest(message_id="<1@x>", text="what do you remember?")
    assert "Maria" in apply_command(conversation, request, Command.MEMORY, now=NOW, default_zone="UTC").answer
