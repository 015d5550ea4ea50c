"""What a message is: a person's request, an auto-reply, a bounce, list mail, our own, … with the rule that decided it."""

import re

from inbox_agent.mail.html.lines import read_html
from inbox_agent.mail.kind.automatic import automatic_by_header, is_machine_address, list_by_header
from inbox_agent.mail.kind.automatic_subjects import automatic_by_subject
from inbox_agent.mail.kind.bounce_json import read_json_report, report_type
from inbox_agent.mail.kind.bounces import find_bounce
from inbox_agent.mail.mime.headers import parse_date
from inbox_agent.mail.outgoing.sent_mark import SentMark, read_mark
from inbox_agent.mail.own_addresses import OwnAddresses
from inbox_agent.mail.threads import ids_as_sent, looks_like_own_id, read_message_id
from inbox_agent.models import Classification, Message, MessageKind

# From the submission of a mail of ours to the arrival of its copy.
_LATEST_SECONDS = 24 * 3600
_COMPLAINT = re.compile(r"complaint about message from \S+$", re.IGNORECASE)


def classify(
    message: Message,
    own_address: str,
    *,
    people: frozenset[str] = frozenset(),
    secret: bytes = b"",
    aliases: tuple[str, ...] = (),
    proven: bool = False,
    disproven: bool = False,
) -> Classification:
    """Classify by headers first (RFC 3834, 3464, 2919, 2369), then localized subjects and legacy bounces.

    Args:
        own_address: the agent's address, without plus-tag.
        people: addresses (lower case) whose notification-like mail is still a person's, and domains (``@b.example``) of
            people. List mail and addresses that take no answers are told by the domain no less.
        secret: the key of our ids and marks; without it their form is all that tells our own mail.
        aliases: other addresses of the agent.
        proven: whether From is proven, or believed by the policy. disproven: whether our server says that it is forged.
    """
    listed = any(address.address.lower() in people for address in message.from_)
    known = listed or any(_is_colleague(address.address.lower(), people) for address in message.from_)
    return (
        _own(message, OwnAddresses((own_address, *aliases)), secret, proven=proven, disproven=disproven)
        or _feedback(message, known=known)
        or _bounce(message, known=known)
        or _automatic(message, known=known, listed=listed)
        or _empty(message)
        or Classification(MessageKind.REQUEST, "request", "nothing marks it as anything but a person's mail")
    )


def _is_colleague(address: str, people: frozenset[str]) -> bool:
    return f"@{address.rpartition('@')[2]}" in people and not is_machine_address(address)


def _own(message: Message, own: OwnAddresses, secret: bytes, *, proven: bool, disproven: bool) -> Classification | None:
    """Our own mail, by a mark that only our key can make, or by an id that we signed under a proven From of ours. Anybody can
    write our address, anyone who had a mail of ours, or an answer to one, knows a Message-ID that we signed, and a recipient
    can write the mark over another text: so a mark alone counts when the mail came about when it was sent."""
    ids = ids_as_sent(message)
    from_us = any(address.address in own for address in message.from_)
    if not secret:
        if any(map(looks_like_own_id, ids)):
            return Classification(MessageKind.OWN, "own-message-id", "its Message-ID is one of ours")
        return Classification(MessageKind.OWN, "own-address", "it is from our own address") if from_us else None
    mark = read_mark(message, secret=secret) if from_us and not disproven else None
    if mark is not None and (proven or _is_timely(mark, message)):
        return Classification(MessageKind.OWN, "own-mark", "it has the mark of a mail that we sent")
    signed = any(read_message_id(one, secret=secret) for one in ids)
    if from_us and signed and proven:
        return Classification(
            MessageKind.OWN, "own-message-id", "its Message-ID is one of ours, and so is its proven sender"
        )
    if from_us:
        return Classification(
            MessageKind.FORGED, "own-address", "it is from our own address and nothing proves it ours"
        )
    if signed:
        return Classification(MessageKind.FORGED, "own-message-id", "somebody else gave it a Message-ID of ours")
    if any(map(looks_like_own_id, ids)):
        return Classification(MessageKind.AUTO_REPLY, "agent-message-id", "another agent of this kind wrote it")
    return None


def _is_timely(mark: SentMark, message: Message) -> bool:
    """Whether the mail came at most a day after its mark was made.

    When it came stands in the topmost Received (RFC 5321, 4.4), which our server wrote: that stays true in a mailbox that was
    moved, or is read for the first time years later. A mail without one came by no server, so only Date can tell.
    """
    came = parse_date(message.header("Received").rpartition(";")[2]) or message.date
    return came is None or came.timestamp() - mark.at <= _LATEST_SECONDS


def _feedback(message: Message, *, known: bool) -> Classification | None:
    """People write about complaints, and attach or paste them: of them only a report as a whole is one."""
    reported = re.search(r"report-type=\"?feedback-report", message.header("Content-Type"), re.IGNORECASE)
    if known:
        return Classification(MessageKind.FEEDBACK, "rfc5965", "it is an abuse feedback report") if reported else None
    if reported or any(part.content_type == "message/feedback-report" and part.depth == 0 for part in message.parts):
        return Classification(MessageKind.FEEDBACK, "rfc5965", "it is an abuse feedback report")
    described = read_json_report(message.text)
    if described is not None and report_type(described) == "complaint":
        return Classification(MessageKind.FEEDBACK, "json-report", "a sending service reports a complaint")
    if message.header("X-HmXmrOriginalRecipient") or _COMPLAINT.match(message.subject):
        return Classification(MessageKind.FEEDBACK, "complaint", "a provider passes on a complaint about mail")
    return None


def _bounce(message: Message, *, known: bool) -> Classification | None:
    found = find_bounce(message, known=known)
    if not found:
        return None
    rule, bounce = found
    reached = ", ".join(bounce.recipients[:3]) or "a recipient that it does not name"
    lasting = "for good" if bounce.permanent else "for now"
    reason = f"it reports that mail could not be delivered to {reached} ({bounce.status or 'no status'}, {lasting})"
    return Classification(MessageKind.BOUNCE, rule, reason, bounce)


def _automatic(message: Message, *, known: bool, listed: bool) -> Classification | None:
    verdict = automatic_by_header(message, known=known)
    if verdict:
        return Classification(MessageKind.AUTO_REPLY, *verdict)
    verdict = None if listed else list_by_header(message, known=known)
    if verdict:
        return Classification(MessageKind.LIST, *verdict)
    verdict = automatic_by_subject(message, known=known)
    return Classification(MessageKind.AUTO_REPLY, *verdict) if verdict else None


def _empty(message: Message) -> Classification | None:
    if message.text.strip() or message.attachments or has_visible_html(message.html):
        return None
    return Classification(MessageKind.EMPTY, "empty", "it has neither text nor attachment")


def has_visible_html(html: str) -> bool:
    """Whether anything of the HTML would be seen: text that is not hidden, in linear time. An image counts too."""
    page = read_html(html)
    return page.images or any(not line.blank for line in page.lines)
