"""Who sent a message, and what follows: allowed, asked to confirm, quarantined or blocked."""

from dataclasses import dataclass

from inbox_agent.models import Message, Trust


@dataclass(frozen=True, slots=True)
class TrustPolicy:
    """Whom to believe.

    Attributes:
        allow, block: addresses (``a@b.example``) and domains (``@b.example``), lower case; ``*`` in allow means everyone.
        authserv_id: of the receiving server whose Authentication-Results count (RFC 8601); "" when there is none to ask,
            then From is taken as it is.
    """

    allow: tuple[str, ...] = ()
    block: tuple[str, ...] = ()
    authserv_id: str = ""


def judge_sender(message: Message, policy: TrustPolicy) -> Trust:
    """Decide by the From address, proven by aligned results of our own receiving server."""
    raise NotImplementedError
