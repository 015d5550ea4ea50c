"""What a message is: a person's request, an auto-reply, a bounce, list mail, our own, … with the rule that decided it."""

from inbox_agent.models import Classification, Message


def classify(message: Message, own_address: str, *, people: frozenset[str] = frozenset()) -> Classification:
    """Classify by headers first (RFC 3834, 3464, 2919, 2369), then localized subjects and legacy bounces.

    Args:
        own_address: the agent's address, without plus-tag.
        people: allow-listed addresses (lower case) whose notification-like mail is still a person's.
    """
    raise NotImplementedError
