"""What a delivery failure leads to: what came back from whom, and a draft for those alone who did not get the mail. Pure."""

from inbox_agent.conversation import hints as possible_replies
from inbox_agent.conversation.events.undelivered import Outlook
from inbox_agent.conversation.hints import hints_for
from inbox_agent.conversation.others_words import named_address
from inbox_agent.conversation.recipients import canonical
from inbox_agent.conversation.refusals import CAME_BACK
from inbox_agent.conversation.revisions import with_state
from inbox_agent.conversation.state import already_sent, is_armed
from inbox_agent.models import Address, Bounce, Conversation, Draft, Reply, SentRecord, Status


def delayed(conversation: Conversation, outlook: Outlook) -> Reply:
    """The mail is still on its way: told, nothing changes."""
    return Reply(
        kind="notice",
        conversation=conversation,
        title="Your mail is delayed on its way",
        answer=_paragraphs(_still_tried(outlook.tried_on or ("a recipient",)), outlook.words),
    )


def about_strangers(conversation: Conversation, outlook: Outlook) -> Reply:
    """A report about people to whom no mail went from here: shown, nothing changes."""
    people = ", ".join(named_address(one) for one in outlook.strangers[:3])
    return Reply(
        kind="notice",
        conversation=conversation,
        title="A delivery report came that may be forged",
        notices=(
            f"It names only addresses that your mail was not sent to ({people}). It may be forged, or a recipient forwards "
            "mail to that address. Nothing was changed.",
        ),
        answer=outlook.words,
    )


def returned(conversation: Conversation, bounce: Bounce, outlook: Outlook) -> tuple[Conversation, Reply, bool]:
    """The mail came back from somebody, by a report: it is not tried again.

    Returns:
        The conversation, what its owner is told, and whether it is reopened for another attempt; it is not when the
        draft at hand is another mail than the one that came back.
    """
    record = _record_of(bounce, conversation)
    before = _not_reached(conversation)
    error = f"{CAME_BACK}: {_who(outlook)} {bounce.status}".strip()
    untouched = conversation.draft in (record.draft, _without_the_others(record.draft, before))
    planned_again = is_armed(conversation) and not already_sent(conversation)
    conversation = _noted(conversation, outlook).model_copy(update={"last_error": error})
    if planned_again or not untouched:
        return conversation, _of_another_mail(conversation, record, outlook), False
    return *_to_try_again(conversation, record, outlook), True


def _noted(conversation: Conversation, outlook: Outlook) -> Conversation:
    refused = tuple(one.lower() for one in outlook.refused)
    lost = tuple(one.lower() for one in outlook.given_up if one not in outlook.refused)
    changes: dict[str, object] = {
        "bounced": tuple(dict.fromkeys((*conversation.bounced, *refused))),
        "given_up": tuple(dict.fromkeys((*conversation.given_up, *lost))),
    }
    if refused:
        # A person who confirmed this address before has to confirm it again.
        changes["confirmed"] = ""
    return conversation.model_copy(update=changes)


def after_another_attempt(conversation: Conversation, draft: Draft) -> dict[str, object]:
    """What came back before from those to whom a mail was sent now says nothing of this one."""
    reached = {canonical(one.address) for one in draft.everyone}
    return {
        "bounced": tuple(one for one in conversation.bounced if canonical(one) not in reached),
        "given_up": tuple(one for one in conversation.given_up if canonical(one) not in reached),
    }


def _not_reached(conversation: Conversation) -> set[str]:
    return {canonical(one) for one in (*conversation.bounced, *conversation.given_up)}


def _to_try_again(conversation: Conversation, record: SentRecord, outlook: Outlook) -> tuple[Conversation, Reply]:
    """The same mail for those alone from whom it came back, so that a second attempt does not reach the others twice."""
    returned_from = _not_reached(conversation)
    everyone = record.draft.everyone
    failed = [one for one in everyone if canonical(one.address) in returned_from]
    draft = _without_the_others(record.draft, returned_from)
    conversation = conversation.model_copy(update={"schedule": None, "held": False, "status": Status.FAILED})
    if draft != conversation.draft:
        conversation = with_state(conversation, draft, None)
    told, advice = f"It could not be delivered to {_who(outlook)}, a delivery report says.", "The draft is kept."
    if draft == record.draft:
        title = "Your mail was not delivered"
        if len(everyone) > 1 and not failed:
            title += " to everyone"
            advice += " The report does not say which recipient that is."
    else:
        title = f"Your mail was not delivered to {len(failed)} of {len(everyone)} recipients"
        told += f" Nothing has come back from {_the_rest(everyone, failed)} so far."
        advice = f"Draft {conversation.revision} is the same mail, only for those who did not get it."
    next_step = "Correct the address and say when to send it."
    if outlook.given_up and not outlook.refused:
        next_step = "The mail servers have given up trying: say when to send it again, or correct the address."
    reply = Reply(
        kind="failed",
        conversation=conversation,
        title=title,
        answer=_paragraphs(told, _still_tried(outlook.tried_on), outlook.words),
        notices=(f"{advice} {next_step}",),
        hints=possible_replies.BOUNCED,
    )
    return conversation, reply


def _of_another_mail(conversation: Conversation, record: SentRecord, outlook: Outlook) -> Reply:
    """What came back went out before the draft at hand: that one stays as it is, planned or not."""
    armed = is_armed(conversation)
    stays = "What is planned now stays planned" if armed else "The current draft is a different mail and stays as it is"
    return Reply(
        kind="scheduled" if armed else "draft",
        conversation=conversation,
        title="An earlier mail of yours was not delivered",
        answer=_paragraphs(
            f"Your mail “{record.draft.subject}” could not be delivered to {_who(outlook)}, a delivery report says.",
            _still_tried(outlook.tried_on),
            outlook.words,
        ),
        notices=(f"{stays}: see below what it is.",),
        hints=hints_for(conversation),
    )


def _record_of(bounce: Bounce, conversation: Conversation) -> SentRecord:
    named = (one for one in conversation.sent if one.message_id == bounce.original_message_id)
    return next(named, conversation.sent[-1])


def _who(outlook: Outlook) -> str:
    return ", ".join(outlook.given_up) or "a recipient"


def _still_tried(addresses: tuple[str, ...]) -> str:
    if not addresses:
        return ""
    return f"It has not reached {', '.join(addresses)} yet; the mail servers keep trying. Nothing to do for now."


def _paragraphs(*texts: str) -> str:
    return "\n\n".join(filter(None, texts))


def _the_rest(everyone: tuple[Address, ...], failed: list[Address]) -> str:
    return ", ".join(one.address for one in everyone if one not in failed)


def _without_the_others(draft: Draft, addresses: set[str]) -> Draft:
    """The draft for those of its recipients with one of these addresses; as it is when nobody of them has one."""
    lists = {
        name: tuple(one for one in people if canonical(one.address) in addresses)
        for name, people in (("to", draft.to), ("cc", draft.cc), ("bcc", draft.bcc))
    }
    if draft.to and not lists["to"]:
        lists |= {"to": lists["cc"], "cc": ()}
    return draft.model_copy(update=lists) if any(lists.values()) else draft
