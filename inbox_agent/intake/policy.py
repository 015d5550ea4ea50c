"""From the settings of trust to what the verdicts on mail depend on; shared by the poller and ``explain``."""

import shlex
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from inbox_agent.intake.intake import EXPLAIN, IntakePolicy, SignatureCheck
from inbox_agent.mail.sender.trust import TrustPolicy
from inbox_agent.models import Folder
from inbox_agent.settings import TrustSettings
from inbox_agent.settings.env_file import env_file_in_use


def intake_policy(
    settings: TrustSettings,
    *,
    own_address: str,
    secret: bytes,
    check: SignatureCheck | None,
    check_at_length: SignatureCheck | None = None,
    now: Callable[[], datetime] | None = None,
) -> IntakePolicy:
    """Own address, key and policy as the intake takes them.

    Args:
        check, check_at_length: see ``IntakePolicy``.
        now: the present, for the age of an order; None where a mail is judged as of its own day.
    """
    return IntakePolicy(
        own_address=own_address,
        secret=secret,
        trust=TrustPolicy(
            allow=settings.allow, block=settings.block, authserv_id=settings.authserv_id, confirm=settings.confirm
        ),
        max_message_bytes=settings.max_message_bytes,
        check=check,
        check_at_length=check_at_length,
        aliases=settings.aliases,
        max_order_age=settings.oldest_order,
        now=now,
        explain_command=explain_command(env_file_in_use()),
    )


def explain_command(file: Path | None) -> str:
    """How to call ``inbox-agent explain`` with the settings of a file, from any folder; its arguments follow."""
    return f"{EXPLAIN} --env-file {shlex.quote(str(file))}" if file else EXPLAIN


def folders_of(settings: TrustSettings) -> dict[Folder, str]:
    """What the folders are called."""
    return {
        Folder.PROCESSED: settings.folder_processed,
        Folder.IGNORED: settings.folder_ignored,
        Folder.QUARANTINE: settings.folder_quarantine,
        Folder.FAILED: settings.folder_failed,
        Folder.SENT: settings.folder_sent or "Sent",
    }
