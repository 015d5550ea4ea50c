"""From what the person meant to the new state of the conversation: recipients checked, times resolved, gaps asked back."""

from datetime import datetime

from inbox_agent.models import Conversation, Outcome, UserRequest
from inbox_agent.turn.schema import TurnOutput


def decide(
    conversation: Conversation,
    request: UserRequest,
    output: TurnOutput,
    *,
    now: datetime,
    default_zone: str,
    send_pause_seconds: int = 0,
) -> Outcome:
    """Apply one turn. Never raises for what a person or model wrote; what is wrong becomes a question or notice."""
    raise NotImplementedError
