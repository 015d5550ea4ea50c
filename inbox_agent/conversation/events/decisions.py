"""The pure decisions of the conversation workflow: conversation and event in, new conversation, reply and next step out.

No clock, no I/O, no iWF: the states pass everything in and carry the result out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from inbox_agent.conversation import hints as possible_replies
from inbox_agent.conversation.events import bounces
from inbox_agent.conversation.events.undelivered import outlook_of
from inbox_agent.conversation.hints import hints_for, with_cancel
from inbox_agent.conversation.others_words import named, named_address, quoted
from inbox_agent.conversation.refusals import (
    CAME_BACK,
    read_problem,
)
from inbox_agent.conversation.turn.prompt import visible
from inbox_agent.conversation.when.times import at_instant, instant_of
from inbox_agent.models import (
    Address,
    AttachmentRef,
    Conversation,
    MemoryNote,
    Outcome,
    Reply,
    ReplyKind,
    Revision,
    SentRecord,
    Status,
    Suggestion,
    ThreadHeaders,
    UserRequest,
)

Next = Literal["agent", "schedule", "recover", "receipt"]

REFERENCES_KEPT = 50
FILES_KEPT = 50
SUGGESTIONS_KEPT = 20
MAX_SUGGESTION = 4_000
MAX_NAME_SHOWN = 40
LATE_SECONDS = 60
SOON_SECONDS = 120
NOT_CARRIED_OUT = "Your message was not carried out"


@dataclass(frozen=True, slots=True)
class Step:
    """What follows: the conversation to store, the mail to the owner (None: none), and the state to go to.

    ``note`` and ``cancels`` are those of ``Outcome``.
    """

    conversation: Conversation
    reply: Reply | None
    next: Next
    note: MemoryNote | None = None
    cancels: tuple[str, ...] = ()


def absorb(conversation: Conversation, request: UserRequest) -> Conversation:
    """Take over what every message brings: owner (if there is none yet), thread headers, the owner's participants.

    After the end of a conversation (sent, canceled) its schedule is over: what comes now is a follow-up.
    """
    changes: dict[str, object] = {}
    if not conversation.owner.address and request.role == "owner" and request.kind in ("mail", "refused"):
        changes["owner"] = request.sender
    # A mail that had to be refused is answered in its thread, too.
    if request.kind in ("mail", "refused") and request.message_id:
        changes["thread"] = extend_thread(
            conversation.thread, (*request.references, request.message_id), request.subject
        )
    known = {entry.address.lower() for entry in conversation.participants}
    if request.role == "owner" and (files := new_files(conversation, request)):
        changes["files"] = (*conversation.files, *files)[-FILES_KEPT:]
    # Whom somebody else copies in is a stranger: as a participant they could be written to by name, unasked.
    named = request.participants if request.role == "owner" else ()
    new = tuple(entry for entry in named if entry.address.lower() not in known)
    if new:
        changes["participants"] = (*conversation.participants, *new)
    if conversation.status in (Status.SENT, Status.CANCELED):
        changes["schedule"] = None
    return conversation.model_copy(update=changes) if changes else conversation


def new_files(conversation: Conversation, request: UserRequest) -> tuple[AttachmentRef, ...]:
    """The files of a message that the conversation does not know yet."""
    known = {(file.message_id, file.part) for file in conversation.files}
    return tuple(file for file in request.attachments if (file.message_id, file.part) not in known)


def extend_thread(thread: ThreadHeaders, ids: Sequence[str], subject: str = "") -> ThreadHeaders:
    """Add ids to the thread, each once, the newest last; the root and the newest are kept.

    Args:
        ids: oldest first. What stands before one that is known is older than it, so it was seen and dropped, or is an
            aside that the thread holds together without.
    """
    references = list(thread.references)
    known = max((index for index, message_id in enumerate(ids) if message_id in references), default=-1)
    references += [message_id for message_id in dict.fromkeys(ids[known + 1 :]) if message_id]
    root = thread.root or (references[0] if references else "")
    if len(references) > REFERENCES_KEPT:
        references = [root, *(kept for kept in references[-REFERENCES_KEPT + 1 :] if kept != root)]
    return ThreadHeaders(root=root, references=tuple(references), subject=thread.subject or subject or "")


def merge_requests(requests: Sequence[UserRequest]) -> UserRequest:
    """Several unanswered messages as one request, in order; the last one's headers count."""
    last = requests[-1]
    if len(requests) == 1:
        return last
    attachments = tuple(item for request in requests for item in request.attachments)
    quoted = next((request.quoted_text for request in requests if request.quoted_text), "")
    text = "\n\n".join(request.text for request in requests if request.text)
    notes = tuple(dict.fromkeys(note for request in requests for note in request.notes))
    return last.model_copy(update={"text": text, "quoted_text": quoted, "attachments": attachments, "notes": notes})


def keep_schedule_alive(conversation: Conversation, now: datetime, pause_seconds: int) -> Conversation:
    """A schedule that fell due while the owner's message is worked on is put off until just after the answer.

    One that is held was not going out, so it must not be brought back when its time has passed. The time that was planned
    stays known: what is long overdue is asked about, and a time that was put off is told.
    """
    schedule, earliest = conversation.schedule, int(now.timestamp()) + max(pause_seconds, 5)
    if schedule is None or conversation.held or schedule.instant >= earliest:
        return conversation
    put_off = at_instant(earliest, schedule.zone).model_copy(update={"due": schedule.due or schedule.instant})
    return conversation.model_copy(update={"schedule": put_off})


def seen_revision(conversation: Conversation, number: int) -> Revision | None:
    """The draft that the owner saw last, by its number."""
    return next((revision for revision in conversation.revisions if revision.number == number), None)


def after_turn(outcome: Outcome, seen: Revision | None, now: datetime) -> Step:
    """From what a turn came to, to the reply and the next state."""
    conversation = outcome.conversation
    kind: ReplyKind
    hints = outcome.hints or hints_for(conversation)
    following: Next
    if outcome.step == "cancel":
        conversation = conversation.model_copy(update={"status": Status.CANCELED, "schedule": None})
        kind, hints, following = "canceled", (), "receipt"
    elif outcome.step == "schedule" and conversation.schedule is not None:
        conversation = conversation.model_copy(update={"status": Status.SCHEDULED})
        kind, following = "scheduled", "schedule"
    else:
        conversation = conversation.model_copy(update={"status": Status.WAITING})
        kind, following = ("draft" if conversation.draft.body else "notice"), "agent"
    reply = Reply(
        kind=kind,
        conversation=conversation,
        seconds_left=_seconds_left(conversation, now) if kind == "scheduled" else 0,
        seen=seen,
        answer=outcome.answer,
        notices=outcome.notices,
        questions=outcome.questions,
        remark=outcome.remark,
        back_translation=outcome.back_translation,
        hints=hints,
        planned=outcome.planned,
        lists_drafts=outcome.lists_drafts,
    )
    return Step(conversation, reply, following)


def _seconds_left(conversation: Conversation, now: datetime) -> int:
    """Until the mail goes out, when that is so soon that a weekday and a date say too little; else 0."""
    if conversation.schedule is None:
        return 0
    left = instant_of(conversation.schedule) - int(now.timestamp())
    return max(left, 1) if left <= SOON_SECONDS else 0


def stay(outcome: Outcome, here: Next) -> Step:
    """A command that changes nothing (status, help, what is planned): answer it and remain where the conversation is."""
    conversation = outcome.conversation
    about_this_mail = outcome.planned is None and not outcome.hints
    hints = hints_for(conversation) if about_this_mail else outcome.hints
    reply = Reply(
        kind="scheduled" if here == "schedule" and about_this_mail else "notice",
        conversation=conversation,
        answer=outcome.answer,
        notices=outcome.notices,
        questions=outcome.questions,
        hints=hints,
        planned=outcome.planned,
        lists_drafts=outcome.lists_drafts,
    )
    return Step(conversation, reply, here)


def without_turn(conversation: Conversation, request: UserRequest, here: Next) -> Step | None:
    """What a message leads to that holds no instruction of the owner; None: it is to be worked on."""
    if request.kind == "bounce":
        return on_bounce(conversation, request, here)
    if request.kind == "refused":
        return on_refused(conversation, request, here)
    return on_outsider(conversation, request, here) if request.role != "owner" else None


def on_outsider(conversation: Conversation, request: UserRequest, here: Next) -> Step:
    """Mail by somebody else in the thread: shown to the owner as quoted text, never obeyed.

    What a participant wants is kept as a numbered suggestion, which the owner can have carried out in its very words.
    """
    who = shown_person(request.sender) or "Somebody else"
    words = visible(request.text).strip()
    possible = hints_for(conversation)
    notices = ["I only take instructions from you, so nothing was changed.", *request.notes]
    if request.role == "participant" and 0 < len(words) <= MAX_SUGGESTION:
        conversation, number = keep_suggestion(conversation, request, words)
        possible = (f"apply suggestion {number}", *possible)
        notices.append(
            f"This is suggestion {number}: reply “apply suggestion {number}” to have it done as if you said it."
        )
    reply = Reply(
        kind="notice",
        conversation=conversation,
        title="Somebody else wrote in this thread",
        notices=tuple(notices),
        answer=f"{who} wrote:\n" + quoted(words or "(no text)"),
        hints=possible,
    )
    return Step(conversation, reply, here)


def shown_person(person: Address) -> str:
    """Who wrote, for a sentence of ours: the address first, and the name that they gave themselves short and in quotes."""
    name, address = named(person.display_name, MAX_NAME_SHOWN), named_address(person.address)
    return f"{address} (“{name}”)" if name else address


def keep_suggestion(conversation: Conversation, request: UserRequest, words: str) -> tuple[Conversation, int]:
    """The words under a number by which the owner can have them carried out, with the files that are the owner's."""
    number = conversation.suggestions[-1].number + 1 if conversation.suggestions else 1
    files = request.attachments if request.role == "owner" else ()
    suggestion = Suggestion(number=number, sender=request.sender, text=words, attachments=files)
    kept = (*conversation.suggestions, suggestion)[-SUGGESTIONS_KEPT:]
    return conversation.model_copy(update={"suggestions": kept}), number


def with_suggestion(conversation: Conversation, request: UserRequest, number: int) -> UserRequest:
    """The owner's "apply suggestion" as the words of the suggestion, or why there is none, as a refused message."""
    found = next((one for one in conversation.suggestions if one.number == number), None)
    if found is not None:
        files = (*found.attachments, *request.attachments)
        return request.model_copy(update={"text": found.text, "attachments": files})
    known = ", ".join(str(one.number) for one in conversation.suggestions) or "none"
    reason = f"There is no suggestion {number} here (there is: {known}). Nothing was changed."
    return request.model_copy(update={"kind": "refused", "text": reason})


def ask_to_confirm(conversation: Conversation, here: Next) -> Step:
    """First contact: the sender is asked to show that they read this mailbox; their instruction waits."""
    notice = (
        "You have not written to me before, so I first make sure that it was you. Your message is kept and nothing is done "
        "yet: reply “confirm” to this mail and I start. If you did not write to me, ignore this mail."
    )
    reply = Reply(
        kind="notice",
        conversation=conversation,
        title="Please confirm that you wrote to me",
        notices=(notice,),
        hints=("confirm",),
    )
    return Step(conversation, reply, here)


def on_refused(conversation: Conversation, request: UserRequest, here: Next) -> Step:
    """A message that could not be taken; ``request.text`` says why and what to do."""
    reply = Reply(
        kind="notice",
        conversation=conversation,
        title=NOT_CARRIED_OUT,
        notices=(request.text,),
        hints=with_cancel(conversation, "help"),
    )
    return Step(conversation, reply, here)


def on_bounce(conversation: Conversation, request: UserRequest, here: Next) -> Step:
    """A delivery failure of a mail that we sent reopens the conversation, unless another mail is under way by now."""
    bounce = request.bounce
    if bounce is None or not conversation.sent:
        return Step(conversation, None, here)
    outlook = outlook_of(bounce, conversation.sent)
    if outlook.strangers and not (outlook.given_up or outlook.tried_on):
        return Step(conversation, bounces.about_strangers(conversation, outlook), here)
    if not outlook.given_up and (outlook.tried_on or not bounce.permanent):
        return Step(conversation, bounces.delayed(conversation, outlook), here)
    conversation, reply, reopened = bounces.returned(conversation, bounce, outlook)
    return Step(conversation, reply, "agent" if reopened else here)


def on_sent(
    conversation: Conversation, *, message_id: str, revision: int, now: datetime, lead: Sequence[str] = ()
) -> Step:
    """The mail was accepted: the record, the status and the receipt, led by ``lead``."""
    sent_at, schedule = int(now.timestamp()), conversation.schedule
    went_out = conversation.draft
    if revision != conversation.revision and (earlier := seen_revision(conversation, revision)) is not None:
        went_out = earlier.draft
    record = SentRecord(message_id=message_id, sent_at=sent_at, draft=went_out, zone=schedule.zone if schedule else "")
    notices = list(lead)
    if schedule is not None and sent_at - schedule.instant > LATE_SECONDS:
        notices.append(_lateness(sent_at - schedule.instant, conversation.last_error))
    if revision != conversation.revision:
        notices.append(
            f"What went out is draft {revision}: an earlier attempt had been accepted before draft "
            f"{conversation.revision} was made."
        )
    conversation = conversation.model_copy(
        update={
            "status": Status.SENT,
            "sent": (*conversation.sent, record),
            "last_error": "",
            **bounces.after_another_attempt(conversation, went_out),
        }
    )
    reply = Reply(kind="sent", conversation=conversation, notices=tuple(notices), hints=possible_replies.SENT)
    return Step(conversation, reply, "receipt")


def _lateness(seconds: int, last_error: str) -> str:
    """By how much the mail was late. Why is not known; which problem there was is told."""
    minutes = round(seconds / 60)
    late = f"{minutes} min" if minutes < 120 else f"{round(minutes / 60)} hours"
    told = f"It went out {late} later than planned."
    if not last_error or last_error.startswith(CAME_BACK):
        return told
    plain = read_problem(last_error).plain
    return f"{told} The last problem before was: {plain}" if plain else told


def recipients_of(conversation: Conversation) -> tuple[Address, ...]:
    draft = conversation.draft
    return draft.everyone
