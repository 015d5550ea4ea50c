"""What one mail to the owner says, part by part, before it becomes text or HTML. Both alternatives are made from this."""

from dataclasses import dataclass
from urllib.parse import quote

from inbox_agent.conversation.files import describe_files
from inbox_agent.conversation.hints import link_words
from inbox_agent.conversation.planned import number_of
from inbox_agent.conversation.refusals import read_problem
from inbox_agent.conversation.turn.answers import kept_drafts
from inbox_agent.conversation.when.times import describe_time
from inbox_agent.mail.outgoing.compose import reply_subject
from inbox_agent.models import Address, Conversation, Draft, Reply
from inbox_agent.reply.changes import Change, changes_since, describe_people
from inbox_agent.reply.headline import Tone, title_of, tone_of, when_of

MOST_PEOPLE = 5
LISTED_TEXT = 1_500
NO_SUBJECT = "(none: reply “subject: …” to give it one)"


@dataclass(frozen=True, slots=True)
class Hint:
    """Words to reply, and the link that starts such a reply with one tap."""

    words: str
    link: str


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """A planned mail in the list of all of them; ``here``: it is the one of this conversation."""

    number: int
    subject: str
    people: str
    when: str
    here: bool
    cancel: Hint


@dataclass(frozen=True, slots=True)
class DraftCard:
    """One of several drafts that are shown: its number and time in ``heading``, envelope and text as they would go out."""

    heading: str
    fields: tuple[tuple[str, str], ...]
    body: str


@dataclass(frozen=True, slots=True)
class ReplyView:
    """The parts in reading order; an empty one is left out.

    Attributes:
        said: paragraphs: the answer, and what went wrong in plain words.
        fields: (label, value) of the draft's envelope.
        body: None when the mail shows no draft; "" is a draft without text.
        planned: None when no list was asked for.
        drafts: all drafts that are kept, when they were asked for; then the current one is not shown once more.
    """

    title: str
    tone: Tone
    when: str = ""
    said: tuple[str, ...] = ()
    server_words: str = ""
    questions: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    planned: tuple[PlannedLine, ...] | None = None
    drafts: tuple[DraftCard, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    back_translation: str = ""
    changes_since: int = 0
    changes: tuple[Change, ...] = ()
    remark: str = ""
    hints: tuple[Hint, ...] = ()


def view_reply(reply: Reply, *, reply_address: str) -> ReplyView:
    """Arrange a reply for reading."""
    conversation = reply.conversation
    record = conversation.sent[-1] if reply.kind == "sent" and conversation.sent else None
    draft = record.draft if record else conversation.draft
    shows_draft = reply.kind != "notice" and not reply.lists_drafts and _has_content(draft)
    subject, problem = reply_subject(conversation.thread), read_problem(reply.detail)
    changes = changes_since(reply.seen, conversation) if reply.kind in ("draft", "scheduled") and reply.seen else ()
    return ReplyView(
        title=title_of(reply),
        tone=tone_of(reply),
        when=when_of(reply),
        said=tuple(part for part in (reply.answer, problem.plain) if part.strip()),
        server_words=problem.server_words,
        questions=reply.questions,
        notices=reply.notices,
        planned=_planned(reply, reply_address, subject),
        drafts=_drafts(conversation) if reply.lists_drafts else (),
        fields=_fields(draft, record.message_id if record else "", conversation) if shows_draft else (),
        body=draft.body if shows_draft else None,
        back_translation=reply.back_translation,
        changes_since=reply.seen.number if reply.seen else 0,
        changes=changes,
        remark=reply.remark,
        hints=tuple(
            Hint(words, _link(reply_address, subject, link_words(words, conversation))) for words in reply.hints
        ),
    )


def _planned(reply: Reply, reply_address: str, subject: str) -> tuple[PlannedLine, ...] | None:
    if reply.planned is None:
        return None
    conversation = reply.conversation
    lines = []
    for mail in reply.planned:
        words = f"cancel {number_of(conversation, mail)}"
        lines.append(
            PlannedLine(
                number=number_of(conversation, mail),
                subject=mail.subject or "(no subject)",
                people=_some_people(mail.to),
                when=describe_time(mail.schedule),
                here=mail.workflow_id == conversation.workflow_id,
                cancel=Hint(words, _link(reply_address, subject, words)),
            )
        )
    return tuple(lines)


def _some_people(people: tuple[Address, ...]) -> str:
    more = f" and {len(people) - MOST_PEOPLE} more" if len(people) > MOST_PEOPLE else ""
    return describe_people(people[:MOST_PEOPLE]) + more


def _drafts(conversation: Conversation) -> tuple[DraftCard, ...]:
    cards = []
    for revision in kept_drafts(conversation):
        heading, body = f"Draft {revision.number}", revision.draft.body
        if revision.number == conversation.revision:
            heading += " (the current one)"
        fields = _fields(revision.draft, "", conversation)
        if revision.schedule:
            fields = (*fields, ("Time", describe_time(revision.schedule)))
        short = body if len(body) <= LISTED_TEXT else body[:LISTED_TEXT] + " [… the rest is not shown here]"
        cards.append(DraftCard(heading, fields, short))
    return tuple(cards)


def _has_content(draft: Draft) -> bool:
    return bool(draft.to or draft.cc or draft.bcc or draft.subject or draft.body or draft.attachments)


def _fields(draft: Draft, message_id: str, conversation: Conversation) -> tuple[tuple[str, str], ...]:
    everyone = (("To", draft.to), ("Cc", draft.cc), ("Bcc", draft.bcc))
    rows = [(label, describe_people(people)) for label, people in everyone if people or label == "To"]
    rows.append(("Subject", draft.subject or ("(none)" if message_id else NO_SUBJECT)))
    if draft.attachments:
        rows.append(("Attached", describe_files(draft.attachments, conversation)))
    if message_id:
        rows.append(("Message-ID", message_id))
    return tuple(rows)


def _link(reply_address: str, subject: str, words: str) -> str:
    """A mailto URI (RFC 6068). Everything reserved is encoded: a bare "+" would be read as a space by some clients."""
    address = quote(reply_address, safe="@")
    return f"mailto:{address}?subject={_quoted(subject)}&body={_quoted(words)}"


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "replace").decode("utf-8"), safe="")
