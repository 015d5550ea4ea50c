"""Where the mail of a conversation stands, in one word, so that every text of ours tells the same."""

from typing import Literal

from inbox_agent.conversation.recipients import canonical
from inbox_agent.conversation.state import already_sent, is_armed
from inbox_agent.models import Conversation, Status

Standing = Literal["none", "waiting", "held", "armed", "canceled", "kept", "sent", "returned"]


def standing_of(conversation: Conversation) -> Standing:
    """``held``: planned, but it waits for an answer. ``kept``: the owner said that it should not go out yet, or not at all.
    ``returned``: sent, and it came back from somebody.
    """
    if already_sent(conversation):
        return "returned" if came_back_from(conversation) else "sent"
    if is_armed(conversation):
        return "armed"
    if conversation.schedule is not None:
        return "held"
    if conversation.status == Status.CANCELED:
        return "canceled"
    if conversation.stopped and conversation.stopped == conversation.revision:
        return "kept"
    return "waiting" if conversation.revision else "none"


def came_back_from(conversation: Conversation) -> tuple[str, ...]:
    """Those recipients of the draft to whom mail could not be delivered."""
    draft, bounced = conversation.draft, {canonical(one) for one in (*conversation.bounced, *conversation.given_up)}
    everyone = dict.fromkeys(person.address for person in draft.everyone)
    return tuple(address for address in everyone if canonical(address) in bounced)
