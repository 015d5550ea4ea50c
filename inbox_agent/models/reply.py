"""What a turn comes to, and the mail of ours that tells it."""

from dataclasses import dataclass
from typing import Literal

from inbox_agent.models.conversation import Conversation, MemoryNote, PlannedMail, Revision, Stored
from inbox_agent.models.mail import Address


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a turn leads to; computed by pure code from what the person meant.

    Attributes:
        conversation: the new state (draft, revision, schedule, history, zone, language).
        step: ``wait`` for the person, ``schedule`` (send at ``conversation.schedule``) or ``cancel``.
        answer: a reply to a question, in the owner's language; "" if none.
        notices: what the person must know (zone used, what was left out, …), each a sentence.
        questions: what is missing or ambiguous, each with proposals.
        remark: what the model says about itself or its work, shown beside the draft (the stand-in's label, say).
        planned: the owner's planned mails, when they asked for them; None: they did not.
        cancels: workflow ids of other conversations whose planned mail the owner wants canceled.
        lists_drafts: the owner wants to see all drafts that are kept.
        note: what the owner said that changes their memory; None: nothing.
        hints: what can be replied, where the answer is about something else than the mail at hand.
    """

    conversation: Conversation
    step: Literal["wait", "schedule", "cancel"]
    answer: str = ""
    notices: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    remark: str = ""
    back_translation: str = ""
    planned: tuple[PlannedMail, ...] | None = None
    lists_drafts: bool = False
    cancels: tuple[str, ...] = ()
    note: MemoryNote | None = None
    hints: tuple[str, ...] = ()


ReplyKind = Literal["draft", "scheduled", "sent", "canceled", "failed", "late", "notice"]


class Reply(Stored):
    """What one mail of ours to the owner says, before it is rendered.

    Attributes:
        kind: ``draft`` (not scheduled), ``scheduled``, the receipts ``sent``, ``canceled``, ``failed``, ``late`` (will be
            tried again), or ``notice`` (an answer without a draft).
        seen: the revision that the owner saw last, to show what changed; None for the first.
        hints: what can be replied, in the owner's words ("send it now", "cancel").
        seconds_left: how long "cancel" works when the mail goes out within the minutes; 0 when it does not.
        title: the first line, where the kind alone does not say what the mail is about.
        lists_drafts: show all drafts that are kept, instead of the current one alone.
        planned: the owner's planned mails to list; their numbers are in ``conversation.listed``. None: no list.
    """

    kind: ReplyKind
    conversation: Conversation
    title: str = ""
    seconds_left: int = 0
    lists_drafts: bool = False
    seen: Revision | None = None
    answer: str = ""
    notices: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    remark: str = ""
    back_translation: str = ""
    detail: str = ""
    hints: tuple[str, ...] = ()
    planned: tuple[PlannedMail, ...] | None = None


@dataclass(frozen=True, slots=True)
class RenderedReply:
    """The two alternatives of one mail: plain text (RFC 3676 is not used; lines are short) and HTML."""

    text: str
    html: str


class OutgoingMail(Stored):
    """A mail of ours to the owner, complete but for MIME: fixed in the workflow before the first attempt to send it."""

    message_id: str
    to: Address
    subject: str
    text: str
    html: str
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    reply_to: str = ""
