"""Bare commands that need no model: cancel, send now, status, help, retry, drafts, undo, what is planned or remembered.

Only a text that is nothing but the command counts; anything more is a request for the model.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime

from inbox_agent.conversation.hints import with_named_draft, without_named_draft
from inbox_agent.conversation.state import answers_outdated
from inbox_agent.conversation.turn.decision import decide
from inbox_agent.conversation.turn_output import Intent, Remember, TurnOutput
from inbox_agent.conversation.words.command_words import (
    AROUND_NUMBERS,
    CANCEL_VERBS,
    CONFIRMATIONS,
    FORMS,
    POLITE,
    Command,
)
from inbox_agent.conversation.words.salutations import without_courtesy_lines
from inbox_agent.models import Address, Conversation, Outcome, UserRequest

__all__ = ["FORMS", "Command", "apply_command", "approve", "find_command"]

INTENTS: dict[Command, Intent] = {
    Command.CANCEL: "cancel",
    Command.SEND_NOW: "send_now",
    Command.STATUS: "status",
    Command.HELP: "help",
    Command.RETRY: "retry",
    Command.DRAFTS: "show_drafts",
    Command.UNDO: "undo",
    Command.PENDING: "show_pending",
    Command.CANCEL_PENDING: "cancel_pending",
    Command.MEMORY: "show_memory",
    Command.FORGET: "forget",
}
# These answer by the owner's planned mails of all conversations.
READS_PLANNED = frozenset({Command.PENDING, Command.CANCEL_PENDING})
MOST_NUMBERS = 20
NUMBER = re.compile(r"\d{1,4}")


def _plain(text: str) -> str:
    """Lower case, straight apostrophes, no punctuation or emoji around, one space between words."""
    return re.sub(r"^[^\w]+|[^\w]+$", "", " ".join(_folded(text).split()))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold()).replace("’", "'")


def _forms(words: str) -> list[str]:
    return [form.strip() for form in re.split(r"[|\n]", words) if form.strip()]


def _table() -> dict[str, Command]:
    table: dict[str, Command] = {}
    for command, forms in FORMS.items():
        for form in _forms(forms):
            table.setdefault(_plain(form), command)
    return table


TABLE = _table()
# As they stand within a text and, without the signs that end it, at its end; the longest first.
VERBS = sorted({form for verb in _forms(CANCEL_VERBS) for form in (_folded(verb), _plain(verb))}, key=len, reverse=True)
LONGEST = max(map(len, TABLE)) + 120
CONFIRMED = frozenset(map(_plain, _forms(CONFIRMATIONS)))
APPLY = re.compile(r"apply (?:the )?suggestion (?:no\.? ?|number )?([0-9]{1,4})")


def find_command(text: str, sender: Address | None = None) -> Command | None:
    """The command that a text is, when it is nothing else but courtesy around it.

    Args:
        sender: whose name may stand below it.
    """
    for words in without_courtesy(text, sender):
        if words in TABLE:
            return TABLE[words]
        if _numbers_in(words):
            return Command.CANCEL_PENDING
    return None


def takes_back(request: UserRequest) -> bool:
    """Whether a message only cancels, this conversation's mail or planned ones by their numbers."""
    return find_command(request.text, request.sender) in (Command.CANCEL, Command.CANCEL_PENDING)


def canceled_numbers(text: str, sender: Address | None = None) -> tuple[int, ...]:
    """The numbers in "cancel 1 and 3", when the text is nothing else; () when it is something else."""
    return next((found for words in without_courtesy(text, sender) if (found := _numbers_in(words))), ())


def _numbers_in(words: str) -> tuple[int, ...]:
    verb = next((verb for verb in VERBS if words.startswith(verb) or words.endswith(verb)), "")
    if not verb:
        return ()
    rest = words.removeprefix(verb) if words.startswith(verb) else words.removesuffix(verb)
    pieces = re.findall(r"\d+|[^\W\d]+|[^\w\s]", re.sub(r"\b(no|nr|num|n)\.", r"\1", rest))
    numbers = [piece for piece in pieces if NUMBER.fullmatch(piece)]
    others = [piece for piece in pieces if not NUMBER.fullmatch(piece)]
    if len(numbers) > MOST_NUMBERS or not all(piece in AROUND_NUMBERS or piece in ",;&+#、№º" for piece in others):
        return ()
    return tuple(dict.fromkeys(map(int, numbers)))


def is_confirmation(text: str, sender: Address | None = None) -> bool:
    """Whether a text says nothing but that something is confirmed; an "ok" is too little for what needs a confirmation."""
    return any(words in CONFIRMED for words in without_courtesy(text, sender))


def applied_suggestion(text: str, sender: Address | None = None) -> int | None:
    """The number in "apply suggestion 1", when the text is nothing else."""
    found = (APPLY.fullmatch(words) for words in without_courtesy(text, sender))
    return next((int(match[1]) for match in found if match), None)


def without_courtesy(text: str, sender: Address | None = None) -> Iterator[str]:
    """The text in plain form, as it is and with less and less courtesy around it; nothing for what is too long."""
    if len(text.strip()) > LONGEST:
        return
    plain = _plain(without_named_draft(without_courtesy_lines(text, sender)))
    for _ in range(4):
        yield plain
        shorter = _plain(POLITE.sub("", plain))
        if shorter == plain:
            return
        plain = shorter


def apply_command(
    conversation: Conversation,
    request: UserRequest,
    command: Command,
    *,
    now: datetime,
    default_zone: str,
    send_pause_seconds: int = 0,
) -> Outcome:
    """Carry out a bare command, by the same rules as if a model had understood it."""
    return decide(
        conversation,
        request,
        TurnOutput(
            intents=(INTENTS[command],),
            pending_numbers=canceled_numbers(request.text, request.sender) if command is Command.CANCEL_PENDING else (),
            remember=Remember(forget=("everything",)) if command is Command.FORGET else None,
        ),
        now=now,
        default_zone=default_zone,
        send_pause_seconds=send_pause_seconds,
        commanded=True,
    )


def approve(
    conversation: Conversation,
    request: UserRequest,
    *,
    now: datetime,
    default_zone: str,
    send_pause_seconds: int = 0,
) -> Outcome:
    """Carry out the owner's approval of the draft as it was shown; one of an older draft confirms nothing."""
    if answers_outdated(conversation, with_named_draft(request)):
        conversation = conversation.model_copy(update={"confirmed": ""})
    return decide(
        conversation,
        request,
        TurnOutput(intents=("approve",)),
        now=now,
        default_zone=default_zone,
        send_pause_seconds=send_pause_seconds,
        commanded=True,
    )
