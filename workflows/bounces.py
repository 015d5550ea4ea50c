"""What a delivery failure leads to: what came back from whom, and a draft for those alone who did not get the mail. Pure."""

from inbox_agent.mail.refusals import CAME_BACK
from inbox_agent.models import Address, Bounce, Conversation, Draft, Reply, SentRecord, Status
from inbox_agent.turn import hints as possible_replies
from inbox_agent.turn.hints import hints_for
from inbox_agent.turn.recipients import canonical
from inbox_agent.turn.revisions import with_state
from inbox_agent.turn.state import already_sent, is_armed


def delayed(conversation: Conversation, bounce: Bounce) -> Reply:
    """The mail is still on its way: told, nothing changes."""
    return Reply(
        kind="notice",
        conversation=conversation,
        title="Your mail is delayed on its way",
        answer=f"It has not reached {_who(bounce)} yet; the mail servers keep trying. Nothing to do for now.",
        detail=f"{CAME_BACK}: {bounce.diagnostic}",
    )


def returned(conversation: Conversation, bounce: Bounce) -> tuple[Conversation, Reply, bool]:
    """The mail came back for good from somebody.

    Returns:
        The conversation, what its owner is told, and whether it is reopened for another attempt; it is not when the
        draft at hand is another mail than the one that came back.
    """
    record = _record_of(bounce, conversation)
    before = {canonical(one) for one in conversation.bounced}
    bounced = tuple(dict.fromkeys((*conversation.bounced, *(one.lower() for one in bounce.recipients))))
    error = f"{CAME_BACK}: {_who(bounce)} {bounce.status} {bounce.diagnostic}".strip()
    untouched = conversation.draft in (record.draft, _without_the_others(record.draft, before))
    planned_again = is_armed(conversation) and not already_sent(conversation)
    conversation = conversation.model_copy(update={"bounced": bounced, "last_error": error})
    if planned_again or not untouched:
        return conversation, _of_another_mail(conversation, record, bounce), False
    return *_to_try_again(conversation, record, bounce), True


def _to_try_again(conversation: Conversation, record: SentRecord, bounce: Bounce) -> tuple[Conversation, Reply]:
    """The same mail for those alone from whom it came back, so that a second attempt does not reach the others twice."""
    returned_from = {canonical(one) for one in conversation.bounced}
    everyone = _everyone(record.draft)
    failed = [one for one in everyone if canonical(one.address) in returned_from]
    draft = _without_the_others(record.draft, returned_from)
    conversation = conversation.model_copy(update={"schedule": None, "held": False, "status": Status.FAILED})
    if draft != conversation.draft:
        conversation = with_state(conversation, draft, None)
    told, advice = f"It could not be delivered to {_who(bounce)}.", "The draft is kept."
    if draft == record.draft:
        title = "Your mail was not delivered"
        if len(everyone) > 1 and not failed:
            title += " to everyone"
            advice += " Which of its recipients that is cannot be told."
    else:
        title = f"Your mail was not delivered to {len(failed)} of {len(everyone)} recipients"
        told += f" Nothing has come back from {_the_rest(everyone, failed)} so far."
        advice = f"Draft {conversation.revision} is the same mail for those alone who did not get it."
    reply = Reply(
        kind="failed",
        conversation=conversation,
        title=title,
        answer=told,
        notices=(f"{advice} Correct the address and say when to send it.",),
        detail=f"{CAME_BACK}: {bounce.diagnostic or bounce.status}",
        hints=possible_replies.BOUNCED,
    )
    return conversation, reply


def _of_another_mail(conversation: Conversation, record: SentRecord, bounce: Bounce) -> Reply:
    """What came back went out before the draft at hand: that one stays as it is, planned or not."""
    armed = is_armed(conversation)
    stays = "What is planned now stays planned" if armed else "The draft at hand is another mail and stays as it is"
    return Reply(
        kind="scheduled" if armed else "draft",
        conversation=conversation,
        title="An earlier mail of yours was not delivered",
        answer=f"Your mail “{record.draft.subject}” could not be delivered to {_who(bounce)}.",
        notices=(f"{stays}: see below what it is.",),
        detail=f"{CAME_BACK}: {bounce.diagnostic or bounce.status}",
        hints=hints_for(conversation),
    )


def _record_of(bounce: Bounce, conversation: Conversation) -> SentRecord:
    named = (one for one in conversation.sent if one.message_id == bounce.original_message_id)
    return next(named, conversation.sent[-1])


def _who(bounce: Bounce) -> str:
    return ", ".join(bounce.recipients) or "a recipient"


def _the_rest(everyone: tuple[Address, ...], failed: list[Address]) -> str:
    return ", ".join(one.address for one in everyone if one not in failed)


def _everyone(draft: Draft) -> tuple[Address, ...]:
    return (*draft.to, *draft.cc, *draft.bcc)


def _without_the_others(draft: Draft, addresses: set[str]) -> Draft:
    """The draft for those of its recipients with one of these addresses; as it is when nobody of them has one."""
    lists = {
        name: tuple(one for one in people if canonical(one.address) in addresses)
        for name, people in (("to", draft.to), ("cc", draft.cc), ("bcc", draft.bcc))
    }
    if draft.to and not lists["to"]:
        lists |= {"to": lists["cc"], "cc": ()}
    return draft.model_copy(update=lists) if any(lists.values()) else draft
