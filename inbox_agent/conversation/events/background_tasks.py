"""What a step leads to beside mail: notes for the owner's memory, and cancels for other conversations of theirs. Pure.

Each task is one execution of RememberState, beside everything else. Tasks of one run are numbered and done in order.
"""

from collections.abc import Callable

from inbox_agent.conversation.events.decisions import Step
from inbox_agent.conversation.memory import contacts_of
from inbox_agent.conversation.planned import planned_mail
from inbox_agent.conversation.recipients import canonical
from inbox_agent.conversation.when.times import instant_of
from inbox_agent.models import Address, BackgroundTask, Conversation, Draft, MemoryNote


def planned_until(conversation: Conversation) -> int:
    """The Unix time that a conversation's mail is armed for, 0 when none is."""
    planned = planned_mail(conversation)
    return instant_of(planned.schedule) if planned else 0


def tasks_of(
    step: Step, before: Conversation, *, noted: int, done: int, now: int, message_id: Callable[[], str]
) -> tuple[BackgroundTask, ...]:
    """The tasks that a step makes necessary; none for a conversation without an owner.

    Args:
        noted: the time of the planned mail as it was noted last, 0 for none.
        done: how many tasks this run had before.
        message_id: makes the id under which a cancel is handed over.
    """
    if not step.conversation.owner.address:
        return ()
    found = [BackgroundTask(number=0, cancels=workflow_id, message_id=message_id()) for workflow_id in step.cancels]
    note = note_of(step, before, noted=noted)
    if note is not None:
        found.append(BackgroundTask(number=0, note=note.model_copy(update={"at": now})))
    return tuple(task.model_copy(update={"number": done + number}) for number, task in enumerate(found, 1))


def note_of(step: Step, before: Conversation, *, noted: int) -> MemoryNote | None:
    """What is to be noted of a step: the owner's own words, who was written to or refused it, and what is planned now."""
    conversation, note = step.conversation, step.note
    if len(conversation.sent) > len(before.sent):
        people = _reached(conversation, conversation.sent[-1].draft)
        note = (note or MemoryNote()).model_copy(update={"contacts": people})
    if refused := conversation.bounced[len(before.bounced) :]:
        # A name must not lead to an address that does not exist.
        note = (note or MemoryNote()).model_copy(update={"forgotten": (*(note.forgotten if note else ()), *refused)})
    until = planned_until(conversation)
    if until != noted:
        changes = {"scheduled": conversation.workflow_id, "until": until}
        note = (note or MemoryNote()).model_copy(update=changes)
    return note


def _reached(conversation: Conversation, draft: Draft) -> tuple[Address, ...]:
    bounced = {canonical(address) for address in conversation.bounced}
    people = contacts_of(draft, conversation.owner)
    return tuple(person for person in people if canonical(person.address) not in bounced)
