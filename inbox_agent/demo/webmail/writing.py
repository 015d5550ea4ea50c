"""What a person types in the page's forms, as the message that a common mail client would make of it."""

import mimetypes
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import getaddresses, make_msgid

from inbox_agent.demo.webmail.postbox import Letter, WebmailUser
from inbox_agent.errors import SendRejected
from inbox_agent.mail.outgoing.wire_headers import address_header, clean_text, ids_header, needs_smtputf8, text_header
from inbox_agent.models import Address

_KEPT_REFERENCES = 20


def addresses_in(text: str) -> list[Address]:
    """The mailboxes of an address field.

    Raises:
        SendRejected: there is none.
    """
    found = [Address(address, name) for name, address in getaddresses([clean_text(text)]) if "@" in address]
    if not found:
        raise SendRejected("Please name at least one address, such as sam@example.com.")
    return found


def write_message(
    user: WebmailUser,
    to: Sequence[Address],
    subject: str,
    text: str,
    *,
    now: datetime,
    answered: Letter | None = None,
    files: Sequence[tuple[str, bytes]] = (),
) -> EmailMessage:
    """A message, threaded to the one that it answers (RFC 5322, 3.6.4).

    Args:
        now: aware; its offset goes into Date, as a client's clock does.
        files: (name, content).

    Raises:
        SendRejected: an address cannot be written.
    """
    sender = Address(user.address, user.name)
    policy = SMTPUTF8 if needs_smtputf8([sender, *to]) else SMTP
    message = EmailMessage(policy=policy.clone(cte_type="7bit"))
    message["Date"] = now
    message["Message-ID"] = ids_header("Message-ID", [make_msgid(domain=user.address.rpartition("@")[2])])
    message["From"] = address_header("From", [sender])
    message["To"] = address_header("To", to)
    message["Subject"] = text_header("Subject", subject)
    if answered is not None and answered.message_id:
        message["In-Reply-To"] = ids_header("In-Reply-To", [answered.message_id])
        references = [*answered.references, answered.message_id]
        message["References"] = ids_header("References", [*references[:1], *references[1:][-_KEPT_REFERENCES:]])
    message.set_content(text)
    for name, content in files:
        maintype, _, subtype = (mimetypes.guess_type(name)[0] or "application/octet-stream").partition("/")
        message.add_attachment(content, maintype=maintype, subtype=subtype, filename=clean_text(name))
    return message


def quoted(original: EmailMessage, text: str) -> str:
    """The history below an answer, as mail clients write it."""
    body = original.get_body(("plain",))
    lines = str(body.get_content()).rstrip().splitlines() if body is not None else []
    wrote = f"On {original['Date']}, {original['From']} wrote:"
    return "\n".join([text.rstrip(), "", wrote, *(f"> {line}".rstrip() for line in lines)]) + "\n"


def answer_addresses(original: EmailMessage, user: WebmailUser) -> list[Address]:
    """Whom an answer goes to: Reply-To, else From; for a mail of one's own, its recipients."""
    own = any(address == user.address for _, address in getaddresses([str(original["From"] or "")]))
    header = original["To"] if own else original["Reply-To"] or original["From"]
    return [Address(address, name) for name, address in getaddresses([str(header or "")]) if "@" in address]


def answer_subject(subject: str) -> str:
    return subject if re.match(r"\s*re:", subject, re.IGNORECASE) else f"Re: {subject}"


def local_now(offset_minutes: str) -> datetime:
    """Now, in the offset that the browser told (minutes to add to get to UTC, as JavaScript counts), else in UTC."""
    try:
        zone = timezone(timedelta(minutes=-int(offset_minutes)))
    except (ValueError, OverflowError):
        zone = UTC
    return datetime.now(zone).replace(microsecond=0)
