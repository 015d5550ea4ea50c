"""Bare commands that need no model: cancel, send now, status, help, retry, drafts, undo, in the main languages."""

from datetime import datetime
from enum import StrEnum

from inbox_agent.models import Conversation, Outcome, UserRequest


class Command(StrEnum):
    CANCEL = "cancel"
    SEND_NOW = "send now"
    STATUS = "status"
    HELP = "help"
    RETRY = "retry"
    DRAFTS = "drafts"
    UNDO = "undo"


def find_command(text: str) -> Command | None:
    """The command that a text is, when it is nothing else."""
    raise NotImplementedError


def apply_command(
    conversation: Conversation,
    request: UserRequest,
    command: Command,
    *,
    now: datetime,
    default_zone: str,
    send_pause_seconds: int = 0,
) -> Outcome:
    """Carry out a bare command."""
    raise NotImplementedError
