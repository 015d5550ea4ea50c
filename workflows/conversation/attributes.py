"""Between data attributes and the ``Conversation`` that the pure code works on. Pure: a reader or writer is passed in."""

from collections.abc import Callable, Mapping, Sequence
from email.utils import getaddresses
from typing import Any, TypeVar

from inbox_agent.models import Address, Conversation, Draft, OpenQuestions, Status, Stored, ThreadHeaders
from workflows.conversation import schema as s

Read = Callable[[str], Any]
T = TypeVar("T", bound=Stored)


def _addresses(text: str, names: Mapping[str, str]) -> tuple[Address, ...]:
    return tuple(Address(address, names.get(address, "")) for _, address in getaddresses([text]) if address)


def _joined(addresses: Sequence[Address]) -> str:
    return ", ".join(entry.address for entry in addresses)


def read_conversation(read: Read, workflow_id: str) -> Conversation:
    """Assemble the conversation from its data attributes.

    Args:
        read: gives an attribute's decoded value, or None when it was never set.
    """
    details: s.DraftDetails = read(s.DA_DRAFT_DETAILS) or s.DraftDetails()
    outbound: s.Outbound = read(s.DA_OUTBOUND) or s.Outbound()
    draft = Draft(
        to=_addresses(read(s.DA_EMAIL_RECIPIENT) or "", details.names),
        cc=_addresses(read(s.DA_EMAIL_CC) or "", details.names),
        bcc=_addresses(read(s.DA_EMAIL_BCC) or "", details.names),
        subject=read(s.DA_EMAIL_SUBJECT) or "",
        body=read(s.DA_EMAIL_BODY) or "",
        language=details.language,
        back_translation=details.back_translation,
        attachments=details.attachments,
    )
    return Conversation(
        workflow_id=workflow_id,
        status=Status(read(s.DA_STATUS) or Status.INITIALIZED),
        owner=Address(read(s.DA_OWNER) or "", read(s.DA_OWNER_NAME) or ""),
        zone=read(s.DA_TIME_ZONE) or "",
        zone_source=read(s.DA_TIME_ZONE_SOURCE) or "",
        language=read(s.DA_LANGUAGE) or "",
        draft=draft,
        revision=read(s.DA_REVISION) or 0,
        held=details.held,
        restored=details.restored,
        stopped=details.stopped,
        open=read(s.DA_OPEN_QUESTIONS) or OpenQuestions(),
        schedule=read(s.DA_SCHEDULE) if read(s.DA_SCHEDULED_TIME) else None,
        revisions=(read(s.DA_REVISIONS) or s.Revisions()).items,
        exchanges=(read(s.DA_EXCHANGES) or s.Exchanges()).items,
        previous_response_id=read(s.DA_PREVIOUS_RESPONSE_ID) or "",
        thread=read(s.DA_THREAD) or ThreadHeaders(),
        sent=(read(s.DA_SENT_MAILS) or s.SentMails()).items,
        participants=(read(s.DA_PARTICIPANTS) or s.Participants()).items,
        suggestions=(read(s.DA_SUGGESTIONS) or s.Suggestions()).items,
        bounced=outbound.bounced,
        given_up=outbound.given_up,
        asked=outbound.asked,
        confirmed=outbound.confirmed,
        last_error=read(s.DA_LAST_ERROR) or "",
        files=(read(s.DA_FILES) or s.Files()).items,
        listed=(read(s.DA_LISTED) or s.ListedMails()).items,
    )


def attributes_of(conversation: Conversation) -> dict[str, Any]:
    """The data attributes that hold a conversation, each below the size limit."""
    draft = conversation.draft
    people = draft.everyone
    details = s.DraftDetails(
        names={entry.address: entry.display_name for entry in people if entry.display_name},
        language=draft.language,
        back_translation=draft.back_translation,
        attachments=draft.attachments,
        held=conversation.held,
        restored=conversation.restored,
        stopped=conversation.stopped,
    )
    values: dict[str, Any] = {
        s.DA_STATUS: str(conversation.status),
        s.DA_OWNER: conversation.owner.address,
        s.DA_OWNER_NAME: conversation.owner.display_name,
        s.DA_TIME_ZONE: conversation.zone,
        s.DA_TIME_ZONE_SOURCE: conversation.zone_source,
        s.DA_LANGUAGE: conversation.language,
        s.DA_EMAIL_RECIPIENT: _joined(draft.to),
        s.DA_EMAIL_CC: _joined(draft.cc),
        s.DA_EMAIL_BCC: _joined(draft.bcc),
        s.DA_EMAIL_SUBJECT: draft.subject,
        s.DA_EMAIL_BODY: draft.body,
        s.DA_DRAFT_DETAILS: details,
        s.DA_OPEN_QUESTIONS: conversation.open,
        s.DA_REVISION: conversation.revision,
        s.DA_SCHEDULED_TIME: conversation.schedule.instant if conversation.schedule else 0,
        s.DA_REVISIONS: s.Revisions(items=newest_that_fit(conversation.revisions)),
        s.DA_EXCHANGES: s.Exchanges(items=newest_that_fit(conversation.exchanges)),
        s.DA_PREVIOUS_RESPONSE_ID: conversation.previous_response_id,
        s.DA_THREAD: conversation.thread,
        s.DA_SENT_MAILS: s.SentMails(items=newest_that_fit(conversation.sent)),
        s.DA_PARTICIPANTS: s.Participants(items=conversation.participants[-100:]),
        s.DA_SUGGESTIONS: s.Suggestions(items=newest_that_fit(conversation.suggestions)),
        s.DA_FILES: s.Files(items=newest_that_fit(conversation.files)),
        s.DA_OUTBOUND: s.Outbound(
            bounced=conversation.bounced[-100:],
            given_up=conversation.given_up[-100:],
            asked=conversation.asked,
            confirmed=conversation.confirmed,
        ),
        s.DA_LAST_ERROR: conversation.last_error[:2_000],
        s.DA_LISTED: s.ListedMails(items=conversation.listed[-100:]),
    }
    if conversation.schedule:
        values[s.DA_SCHEDULE] = conversation.schedule
    return values


def changed_attributes(before: Conversation, after: Conversation) -> dict[str, Any]:
    """Only the attributes that differ, so that a state writes no more than it changed."""
    old = attributes_of(before)
    return {key: value for key, value in attributes_of(after).items() if key not in old or old[key] != value}


def newest_that_fit(items: Sequence[T], limit: int = s.HISTORY_LIMIT) -> tuple[T, ...]:
    """The newest entries whose JSON stays within ``limit`` bytes together."""
    kept: list[T] = []
    size = 0
    for item in reversed(items):
        size += len(item.model_dump_json(exclude_defaults=True).encode())
        if size > limit:
            break
        kept.append(item)
    return tuple(reversed(kept))


def describe(read: Read, pending: int) -> dict[str, Any]:
    """What the ``describe`` RPC and API tell: the seeds' names first, then the rest.

    Args:
        pending: messages in the input channel that no state has taken yet.
    """
    pending += read(s.DA_WAITING) or 0
    status = read(s.DA_STATUS) or str(Status.INITIALIZED)
    schedule = read(s.DA_SCHEDULE) if read(s.DA_SCHEDULED_TIME) else None
    contact: s.FirstContact = read(s.DA_FIRST_CONTACT) or s.FirstContact()
    return {
        "status": str(Status.PROCESSING) if pending else status,
        "current_request": read(s.DA_CURRENT_REQUEST) or "",
        "current_request_draft": read(s.DA_REQUEST_DRAFT) or "",
        "response_id": read(s.DA_PREVIOUS_RESPONSE_ID) or "",
        "email_recipient": read(s.DA_EMAIL_RECIPIENT) or "",
        "email_subject": read(s.DA_EMAIL_SUBJECT) or "",
        "email_body": read(s.DA_EMAIL_BODY) or "",
        "send_time_seconds": read(s.DA_SCHEDULED_TIME) or 0,
        "email_cc": read(s.DA_EMAIL_CC) or "",
        "email_bcc": read(s.DA_EMAIL_BCC) or "",
        "owner": read(s.DA_OWNER) or "",
        "time_zone": schedule.zone if schedule else read(s.DA_TIME_ZONE) or "",
        "send_time_local": schedule.local if schedule else "",
        "revision": read(s.DA_REVISION) or 0,
        "participants": [
            {"address": one.address, "display_name": one.display_name}
            for one in (read(s.DA_PARTICIPANTS) or s.Participants()).items
        ],
        "awaits_confirmation": bool(contact.asked or contact.waiting) and not contact.confirmed,
        "pending_requests": pending,
        "sent": [
            record.model_dump(mode="json", exclude={"draft"})
            for record in (read(s.DA_SENT_MAILS) or s.SentMails()).items
        ],
        "last_error": read(s.DA_LAST_ERROR) or "",
    }
