"""Where a message is filed by what its conversation said, whether as answered, and the line about it in the log."""

import logging
import shlex

from inbox_agent.intake.intake import Intake, Reading
from inbox_agent.models import Folder, HandOver

logger = logging.getLogger(__name__)


def filed_by(answer: HandOver, intake: Intake) -> Intake:
    """The verdict after a message was handed over."""
    if answer is HandOver.CONFLICT:
        # Beside the first one its files could be taken for that one's.
        return Intake(Folder.QUARANTINE, "another message came under its Message-ID before")
    if answer in (HandOver.IGNORED, HandOver.TOLD):
        return Intake(Folder.IGNORED, f"over the rate limit of its conversation, {answer}", intake.request)
    return intake


def is_answered(intake: Intake, answer: HandOver | None) -> bool:
    """Whether an owner's message was handed over, so that it counts for the caps of its sender."""
    request = intake.request
    if request is None or request.role != "owner" or request.kind == "bounce" or request.doubt:
        return False
    return answer in (HandOver.ACCEPTED, HandOver.DUPLICATE, HandOver.TOLD)


def log_verdict(reading: Reading, intake: Intake, explain_command: str) -> None:
    """Why a message is filed where it is, for an admin: ids and the rule, no addresses and nobody's words.

    Args:
        explain_command: of the policy.
    """
    message_id = reading.message.message_id if reading.message is not None else ""
    explain = ""
    if intake.folder is Folder.QUARANTINE and message_id:
        explain = f"; the whole verdict: {explain_command} --message-id {shlex.quote(message_id)}"
    logger.info(
        "filed as %s: %s (Message-ID %s, conversation %s)%s",
        intake.folder,
        intake.reason,
        message_id or "none",
        reading.workflow_id or "none",
        explain,
    )
