"""A message as what its conversation is told of it: bounded, so that it fits into the workflow's attributes (64 KB each)."""

import hashlib
from dataclasses import replace
from typing import Literal

from inbox_agent.conversation.others_words import named
from inbox_agent.mail.new_text.extract import NOTE_HIDDEN, NOTE_INVISIBLE, NOTE_PAGE_CUT, split_new_text
from inbox_agent.mail.new_text.line_roles import NOTE_BELOW_RULE
from inbox_agent.mail.own_addresses import OwnAddresses
from inbox_agent.mail.subject_labels import own_subject
from inbox_agent.models import Address, AttachmentRef, Bounce, Message, NewText, ThreadMatch, UserRequest

MAX_NEW_TEXT_BYTES = 32 * 1024
MAX_QUOTED_TEXT_BYTES = 16 * 1024
MAX_SUBJECT_BYTES = 998
MAX_PEOPLE = 50
MAX_ATTACHMENTS = 50
MAX_REFERENCES = 20
_MAX_NAME_BYTES = 255
# What a person must know of how their words were read; the rest is for ``explain``.
_TOLD = {
    NOTE_INVISIBLE: "Your message contained invisible characters, which can hide words. I left them out.",
    NOTE_HIDDEN: "Your message contained hidden text. I left it out.",
    NOTE_BELOW_RULE: "I took the text below the line of dashes as your signature and ignored it.",
    NOTE_PAGE_CUT: "Your message is very large; I read only its beginning.",
}


def from_owner(message: Message, match: ThreadMatch, people: tuple[Address, ...], *, trouble: str = "") -> UserRequest:
    """The owner's words, or a refusal that says what to do about a message that cannot be taken."""
    text = split_new_text(message.text, message.html) if not trouble else NewText("")
    if not text.new_text.strip() and not text.quoted_text.strip():
        text = replace(text, new_text=_instruction_in_subject(message))
    trouble = trouble or _trouble_with(message, text)
    if trouble:
        return refused_request(message, match, people, trouble)
    return _request(message, match, people).model_copy(
        update={
            "text": text.new_text,
            "quoted_text": bounded(text.quoted_text, MAX_QUOTED_TEXT_BYTES),
            "notes": (
                *message.told,
                *(_TOLD[note] for note in dict.fromkeys(text.notes) if note in _TOLD),
                *_note_of_files(message),
            ),
        }
    )


def from_other(
    message: Message,
    match: ThreadMatch,
    people: tuple[Address, ...],
    *,
    role: Literal["participant", "recipient"],
    trouble: str = "",
) -> UserRequest:
    """Mail that the owner is shown. Nobody is refused here: what is too long is cut, and the message stays in the mailbox."""
    text = split_new_text(message.text, message.html) if not trouble else NewText("")
    shown = bounded(text.new_text, MAX_NEW_TEXT_BYTES) or ("(This message could not be read.)" if trouble else "")
    return _request(message, match, people).model_copy(
        update={"role": role, "text": shown, "quoted_text": bounded(text.quoted_text, MAX_QUOTED_TEXT_BYTES)}
    )


def bounce_request(message: Message, bounce: Bounce) -> UserRequest:
    """A delivery failure of a mail of ours."""
    sender = _sender_of(message)
    diagnostic = bounded(bounce.diagnostic, 2000)
    verdicts = tuple(
        one.model_copy(update={"diagnostic": bounded(one.diagnostic, 300)}) for one in bounce.verdicts[:MAX_PEOPLE]
    )
    return UserRequest(
        message_id=message.message_id,
        kind="bounce",
        role="recipient",
        sender=sender,
        subject=bounded(message.subject, MAX_SUBJECT_BYTES),
        sent_at=message.date.isoformat() if message.date else "",
        digest=_digest(message),
        bounce=bounce.model_copy(
            update={"diagnostic": diagnostic, "recipients": bounce.recipients[:MAX_PEOPLE], "verdicts": verdicts}
        ),
    )


def refused_request(message: Message, match: ThreadMatch, people: tuple[Address, ...], reason: str) -> UserRequest:
    """The conversation tells the person why the message itself could not be taken."""
    return _request(message, match, people).model_copy(update={"kind": "refused", "text": reason})


def own_addresses_left_out(message: Message, own: OwnAddresses) -> tuple[Address, ...]:
    """Everybody in From, To and Cc once, without the agent itself."""
    people: dict[str, Address] = {}
    for address in (*message.from_, *message.to, *message.cc):
        if address.address in own:
            continue
        shortened = Address(address.address, bounded(address.display_name, _MAX_NAME_BYTES))
        people.setdefault(address.address.lower(), shortened)
    return tuple(people.values())[:MAX_PEOPLE]


def bounded(text: str, limit: int) -> str:
    """At most ``limit`` bytes of UTF-8, cut between characters."""
    encoded = text.encode("utf-8", "replace")
    return encoded.decode() if len(encoded) <= limit else encoded[: limit - 3].decode("utf-8", "ignore") + "…"


def _trouble_with(message: Message, text: NewText) -> str:
    size = len(text.new_text.encode("utf-8", "replace"))
    if size > MAX_NEW_TEXT_BYTES:
        return (
            f"Your text is {size / 1024:.0f} KB long, and at most {MAX_NEW_TEXT_BYTES // 1024} KB can be taken. "
            "Please shorten it, or put the long part into an attachment."
        )
    if text.new_text.strip():
        return ""
    if text.quoted_text.strip():
        return "Your message holds only quoted or forwarded text. Please write above it what should be done with it."
    if message.told:
        return " ".join(message.told)
    if message.attachments:
        names = ", ".join(named(attachment.name) or "a file" for attachment in message.attachments[:5])
        return f"Your message holds no text, only attachments ({names}). Please write what should be done with them."
    return "Your message holds no text. Please write what should be mailed, to whom, and when."


def _note_of_files(message: Message) -> tuple[str, ...]:
    count = len(message.attachments)
    if count <= MAX_ATTACHMENTS:
        return ()
    return (f"Your mail holds {count} files, and I look at {MAX_ATTACHMENTS} at most: the rest cannot be attached.",)


def _instruction_in_subject(message: Message) -> str:
    """Short instructions are often put into the subject alone; one of a word or two is a title, that of an answer not the
    person's own words, whichever of the two tells: the fields of the thread, or the subject itself."""
    subject = own_subject(message.subject)
    says_something = len(subject.split()) > 2 or len(subject) > 20
    return subject if says_something and not (message.in_reply_to or message.references) else ""


def _sender_of(message: Message) -> Address:
    sender = message.from_[0] if message.from_ else Address("")
    return Address(sender.address, bounded(sender.display_name, _MAX_NAME_BYTES))


def _request(message: Message, match: ThreadMatch, people: tuple[Address, ...]) -> UserRequest:
    return UserRequest(
        message_id=message.message_id,
        sender=_sender_of(message),
        subject=bounded(message.subject, MAX_SUBJECT_BYTES),
        sent_at=message.date.isoformat() if message.date else "",
        references=_bounded_references(message),
        participants=people,
        attachments=tuple(
            AttachmentRef(
                message_id=message.message_id,
                part=attachment.part,
                name=bounded(attachment.name, _MAX_NAME_BYTES),
                content_type=attachment.content_type,
                size=attachment.size,
                sha256=attachment.sha256,
            )
            for attachment in message.attachments[:MAX_ATTACHMENTS]
        ),
        answers_revision=match.revision,
        digest=_digest(message),
    )


def _digest(message: Message) -> str:
    """Of what a message says and who says it, without what it gathers on its way."""
    said = [*(one.address.lower() for one in message.from_), message.text, message.html]
    said += [attachment.sha256 for attachment in message.attachments]
    return hashlib.sha256("\0".join(said).encode("utf-8", "replace")).hexdigest()[:16]


def _bounded_references(message: Message) -> tuple[str, ...]:
    """The ids of the thread so far, oldest first; of a long chain the root and the newest."""
    ids = message.references or message.in_reply_to
    return ids if len(ids) <= MAX_REFERENCES else (ids[0], *ids[-(MAX_REFERENCES - 1) :])
