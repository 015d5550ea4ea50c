""" "What is pending?" and "cancel 2": the owner's planned mails of all conversations, each under a number of its own.

Pure. A mail keeps its number in a conversation for good, and a number never passes to another mail, so that a reply to an
old list cannot hit what it did not show. The conversation at hand counts as it is now, not as it was read.
"""

import hashlib
from collections.abc import Iterable

from inbox_agent.conversation.recipients import canonical
from inbox_agent.conversation.state import Turn, already_sent, is_armed
from inbox_agent.conversation.turn_output import TurnOutput
from inbox_agent.conversation.when.times import describe_time, instant_of
from inbox_agent.models import Conversation, Listed, PlannedMail, Status

# The schedule of these is still stored.
OVER = (Status.SENT, Status.CANCELED, Status.FAILED)
MAX_SHOWN = 50
MAX_NUMBERED = 100
CANNOT_TELL = (
    "I cannot see right now which mails are planned in your other conversations. Please ask again in a few minutes."
)
ASK_FOR_LIST = "Ask “what is pending?” to see what is planned."


def reads_planned(output: TurnOutput) -> bool:
    """Whether a turn needs the owner's planned mails, which are read only then."""
    return bool({"show_pending", "cancel_pending"} & set(output.intents))


def planned_mail(conversation: Conversation) -> PlannedMail | None:
    """What a conversation will send, unless nothing of it is armed."""
    if conversation.schedule is None or not is_armed(conversation) or already_sent(conversation):
        return None
    if conversation.status in OVER:
        return None
    draft = conversation.draft
    return PlannedMail(
        workflow_id=conversation.workflow_id,
        subject=draft.subject,
        to=draft.everyone,
        schedule=conversation.schedule,
        revision=conversation.revision,
    )


def number_of(conversation: Conversation, mail: PlannedMail) -> int:
    """The number under which a planned mail was shown in this conversation; 0 if it never was."""
    key = (mail.workflow_id, _mark(mail))
    return next((one.number for one in conversation.listed if (one.workflow_id, one.mark) == key), 0)


def show_pending(turn: Turn) -> None:
    """List what is planned, soonest first, with numbers; not what is being canceled by this very turn."""
    found = tuple(mail for mail in _all_planned(turn.conversation) if mail.workflow_id not in turn.cancels)
    if turn.conversation.planned is None and turn.conversation.owner.address and CANNOT_TELL not in turn.notices:
        turn.notices.append(CANNOT_TELL)
    if len(found) > MAX_SHOWN:
        turn.notices.append(f"These are the next {MAX_SHOWN} of {len(found)} planned mails.")
    turn.planned = found[:MAX_SHOWN]
    turn.conversation = turn.conversation.model_copy(
        update={"listed": _numbered(turn.conversation.listed, turn.planned)}
    )


def cancel_pending(turn: Turn) -> bool:
    """Pass the cancel on to the conversations whose mails were named by number.

    Returns:
        whether the mail of the conversation at hand is among them, which is a plain cancel.
    """
    numbers = tuple(dict.fromkeys(turn.output.pending_numbers))[:MAX_NUMBERED]
    here = turn.conversation
    planned = {(mail.workflow_id, _mark(mail)): mail for mail in _all_planned(here)}
    by_number = {one.number: one for one in here.listed}
    own = False
    missing: list[str] = []
    for number in numbers:
        listed = by_number.get(number)
        mail = planned.get((listed.workflow_id, listed.mark)) if listed else None
        if listed is None:
            missing.append(f"No planned mail was shown here under number {number}, so nothing was canceled for it.")
        elif mail is None and here.planned is None and listed.workflow_id != here.workflow_id:
            missing.append(f"{CANNOT_TELL} Number {number} was not canceled.")
        elif mail is None:
            missing.append(
                f"Number {number} (“{_subject(listed.subject)}”) is not planned any more as it was shown: it was sent, "
                "canceled or changed meanwhile."
            )
        elif listed.workflow_id == here.workflow_id:
            own = True
        else:
            turn.cancels = tuple(dict.fromkeys((*turn.cancels, listed.workflow_id)))
            turn.notices.append(
                f"I pass on your cancel of number {number}, “{_subject(mail.subject)}” to {_people(mail)}, planned for "
                f"{describe_time(mail.schedule)}. The confirmation comes in the conversation of that mail."
            )
    if not numbers:
        turn.ask_aside("Which planned mail should I cancel? Reply for example “cancel 1”.")
    turn.notices += missing
    if missing or not numbers:
        show_pending(turn)
    return own


def _all_planned(conversation: Conversation) -> tuple[PlannedMail, ...]:
    """The mails of all conversations, soonest first; of the one at hand, as it is now."""
    others = [mail for mail in conversation.planned or () if mail.workflow_id != conversation.workflow_id]
    own = planned_mail(conversation)
    return tuple(
        sorted([*others, *([own] if own else [])], key=lambda mail: (instant_of(mail.schedule), mail.workflow_id))
    )


def _numbered(listed: tuple[Listed, ...], shown: Iterable[PlannedMail]) -> tuple[Listed, ...]:
    """The numbers given so far with those for what is new; the oldest go when there are too many, never the shown ones."""
    known = {(one.workflow_id, one.mark): one for one in listed}
    number = max((one.number for one in listed), default=0)
    current: list[Listed] = []
    for mail in shown:
        key = (mail.workflow_id, _mark(mail))
        if key not in known:
            number += 1
            known[key] = Listed(number=number, workflow_id=mail.workflow_id, subject=mail.subject[:200], mark=key[1])
        current.append(known.pop(key))
    others = sorted(known.values(), key=lambda one: one.number)
    room = MAX_NUMBERED - len(current)
    return tuple(sorted([*others[max(0, len(others) - room) :], *current], key=lambda one: one.number))


def _mark(mail: PlannedMail) -> str:
    """What tells a mail from the next one of its conversation: subject and recipients, whatever its time."""
    people = sorted(canonical(person.address) for person in mail.to)
    return hashlib.sha256("\n".join([mail.subject, *people]).encode("utf-8", "replace")).hexdigest()[:12]


def _subject(subject: str) -> str:
    return subject or "no subject"


def _people(mail: PlannedMail) -> str:
    more = f" and {len(mail.to) - 3} more" if len(mail.to) > 3 else ""
    return ", ".join(person.display_name or person.address for person in mail.to[:3]) + more
