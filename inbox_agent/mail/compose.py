"""Values to ``email.message.EmailMessage``: no header from text that holds a line break; any script arrives intact."""

from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage

from inbox_agent.models import Address, Draft, OutgoingMail, ThreadHeaders


def compose_reply(mail: OutgoingMail, *, sender: Address, now: datetime) -> EmailMessage:
    """A mail of ours to the owner: threaded, Auto-Submitted: auto-replied (RFC 3834), text and HTML alternative."""
    raise NotImplementedError


def compose_outgoing(
    draft: Draft,
    *,
    message_id: str,
    sender: Address,
    reply_to: Address | None,
    now: datetime,
    files: Sequence[bytes] = (),
) -> EmailMessage:
    """The mail that the owner approved. Bcc never becomes a header; ``files`` are the contents of ``draft.attachments``."""
    raise NotImplementedError


def reply_subject(thread: ThreadHeaders) -> str:
    """The subject that keeps the thread together: "Re: " once before the thread's own subject."""
    raise NotImplementedError
