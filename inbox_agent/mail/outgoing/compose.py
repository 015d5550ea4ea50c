"""Values to ``email.message.EmailMessage``: no header from text that holds a line break; any script arrives intact."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8

from inbox_agent.mail.charset.clean_text import shown
from inbox_agent.mail.outgoing.owner_name import owner_name
from inbox_agent.mail.outgoing.sent_mark import FIELD as SENT_MARK
from inbox_agent.mail.outgoing.sent_mark import make_mark
from inbox_agent.mail.outgoing.wire_headers import address_header, clean_text, ids_header, needs_smtputf8, text_header
from inbox_agent.mail.subject_labels import REPLY_PREFIX
from inbox_agent.models import Address, AttachmentRef, Draft, FileContent, OutgoingMail, ThreadHeaders

NEWEST_REFERENCES = 20
"""How many ids References keeps after the first, which holds the thread together (RFC 5322, 3.6.4 sets no bound)."""

_CONTENT_TYPE = re.compile(r"([a-z0-9!#$&^_.+-]+)/([a-z0-9!#$&^_.+-]+)")
_ANY_FILE = ("application", "octet-stream")
# Charset (RFC 2046), format=flowed (RFC 3676), method and component of invitations (RFC 5545), header of CSV (RFC 4180).
_PARAMETERS = frozenset({"charset", "format", "delsp", "method", "component", "optinfo", "profile", "header"})
_PARAMETER_VALUE = re.compile(r"[A-Za-z0-9!#$&^_.+:-]{1,60}")
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def compose_reply(mail: OutgoingMail, *, sender: Address, now: datetime, secret: bytes = b"") -> EmailMessage:
    """A mail of ours to the owner: threaded, Auto-Submitted: auto-replied (RFC 3834), text and HTML alternative.

    Args:
        now: aware; becomes Date.
        secret: the key of the mark by which our mailbox knows the copy (``sent_mark``); without it there is none.

    Raises:
        SendRejected: an address cannot be written.
    """
    reply_to = Address(mail.reply_to) if mail.reply_to else None
    message = _message(mail.message_id, sender, reply_to, [mail.to], now)
    message["To"] = address_header("To", [mail.to])
    _mark(message, mail.message_id, sender, [mail.to], now, secret)
    message["Subject"] = text_header("Subject", mail.subject)
    if mail.in_reply_to:
        message["In-Reply-To"] = ids_header("In-Reply-To", [mail.in_reply_to])
    references = _bounded_references([*mail.references, mail.in_reply_to])
    if references:
        message["References"] = ids_header("References", references)
    message["Auto-Submitted"] = "auto-replied"
    # Exchange and Outlook ignore Auto-Submitted; this keeps their out-of-office and receipts away.
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(_body(mail.text), charset="utf-8")
    if mail.html:
        message.add_alternative(_body(mail.html), subtype="html", charset="utf-8")
    return _with_fixed_boundaries(message, mail.message_id)


def compose_outgoing(
    draft: Draft,
    *,
    message_id: str,
    sender: Address,
    reply_to: Address | None,
    now: datetime,
    files: Sequence[FileContent] = (),
    secret: bytes = b"",
) -> EmailMessage:
    """The mail that the owner approved. Bcc never becomes a header; ``files`` are the contents of ``draft.attachments``.

    It carries no Auto-Submitted: a person asked for it, read it and approved it, so it is not "automatically generated"
    (RFC 3834, 5), and a recipient's absence note is to be sent, for the owner wants to know.

    Raises:
        SendRejected: an address cannot be written.
    """
    visible = [*draft.to, *draft.cc]
    message = _message(message_id, sender, reply_to, visible, now)
    _mark(message, message_id, sender, visible, now, secret)
    if draft.to:
        message["To"] = address_header("To", draft.to)
    if draft.cc:
        message["Cc"] = address_header("Cc", draft.cc)
    if not visible:
        # A mail to hidden recipients only: an empty group says so (RFC 5322, 3.4), and spam filters expect a To.
        message["To"] = "undisclosed-recipients:;"
    message["Subject"] = text_header("Subject", draft.subject)
    if _LANGUAGE_TAG.fullmatch(draft.language):
        message["Content-Language"] = draft.language
    message.set_content(_body(draft.body), charset="utf-8")
    for attachment, content in zip(draft.attachments, files, strict=True):
        maintype, subtype = _attached_type(attachment)
        name = clean_text(attachment.name) or "attachment"
        kept = _kept_parameters(content) if (maintype, subtype) != _ANY_FILE else {}
        message.add_attachment(content.octets, maintype=maintype, subtype=subtype, filename=name, params=kept)
    return _with_fixed_boundaries(message, message_id)


def on_behalf_of(owner: Address, agent: Address, *, pattern: str = "{owner} via {agent}") -> Address:
    """The From of a mail to recipients: the agent's address, named after both, e.g. ``Ann Lee via Inbox Agent``."""
    name = pattern.replace("{owner}", owner_name(owner))
    return Address(agent.address, clean_text(name.replace("{agent}", agent.display_name or agent.address)))


def answered_by(owner: Address) -> Address:
    """The Reply-To of a mail to recipients."""
    return Address(owner.address, owner_name(owner) if owner.display_name else "")


def reply_subject(thread: ThreadHeaders) -> str:
    """The subject that keeps the thread together: "Re: " once before the thread's own subject.

    Clients that also look at the subject (Gmail, Outlook) compare it without such prefixes, so the rest stays untouched.
    """
    subject = clean_text(thread.subject)
    while (prefix := REPLY_PREFIX.match(subject)) is not None:
        subject = subject[prefix.end() :]
    return f"Re: {subject}".rstrip()


def _message(
    message_id: str, sender: Address, reply_to: Address | None, visible: Sequence[Address], now: datetime
) -> EmailMessage:
    everyone = [sender, *visible, *([reply_to] if reply_to else [])]
    # 7bit: not every relay offers 8BITMIME, and quoted-printable survives all of them.
    policy = SMTPUTF8 if needs_smtputf8(everyone) else SMTP
    message = EmailMessage(policy=policy.clone(cte_type="7bit"))
    message["Date"] = now
    message["Message-ID"] = ids_header("Message-ID", [message_id])
    message["From"] = address_header("From", [sender])
    if reply_to is not None:
        message["Reply-To"] = address_header("Reply-To", [reply_to])
    return message


def _mark(
    message: EmailMessage, message_id: str, sender: Address, visible: Sequence[Address], now: datetime, secret: bytes
) -> None:
    if secret:
        mark = make_mark(message_id, sender=sender, visible=visible, at=int(now.timestamp()), secret=secret)
        message[SENT_MARK] = mark


def _bounded_references(message_ids: Iterable[str]) -> list[str]:
    """Each id once, the newest mention counting; the first and the newest are kept."""
    newest_first = list(dict.fromkeys(reversed([message_id for message_id in message_ids if message_id])))
    in_order = newest_first[::-1]
    if len(in_order) <= NEWEST_REFERENCES + 1:
        return in_order
    return [in_order[0], *in_order[-NEWEST_REFERENCES:]]


def _body(text: str) -> str:
    """What a body may hold: no NUL (RFC 5322, 4.1), no lone surrogates, nothing that acts on a reader's screen unseen."""
    return shown(text)


def _attached_type(attachment: AttachmentRef) -> tuple[str, str]:
    found = _CONTENT_TYPE.fullmatch(attachment.content_type.strip().lower())
    # A message/* or multipart/* must not be base64 (RFC 2045, 6.4): it travels as a plain file, unchanged.
    if found is None or found[1] in ("message", "multipart"):
        return _ANY_FILE
    return found[1], found[2]


def _kept_parameters(content: FileContent) -> dict[str, str]:
    """What a reader needs of Content-Type beside the type, where it is plain enough to be written as it is."""
    return {
        name: value for name, value in content.parameters if name in _PARAMETERS and _PARAMETER_VALUE.fullmatch(value)
    }


def _with_fixed_boundaries(message: EmailMessage, message_id: str) -> EmailMessage:
    """The same values give the same bytes: boundaries come from the Message-ID, not from chance."""
    digest = hashlib.sha256(message_id.encode("utf-8", "replace")).hexdigest()[:24]
    containers = [part for part in message.walk() if part.is_multipart()]
    for number, part in enumerate(containers):
        part.set_boundary(f"=_{number}_{digest}")
    return message
