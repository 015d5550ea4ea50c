"""What follows when the model or the mail server does not do its part: what the owner is told, how long is waited. Pure."""

from dataclasses import replace
from datetime import datetime

from inbox_agent.conversation import hints as possible_replies
from inbox_agent.conversation.events.decisions import LATE_SECONDS, NOT_CARRIED_OUT, Next, Step
from inbox_agent.conversation.hints import with_cancel
from inbox_agent.conversation.refusals import (
    MAIL_SERVER_AWAY,
    MODEL_AWAY,
    MODEL_UNUSABLE,
    NOT_HANDED_OVER,
    NOT_KNOWN_YET,
)
from inbox_agent.conversation.state import is_armed
from inbox_agent.conversation.turn.decision import put_off_notice
from inbox_agent.conversation.when.times import instant_of
from inbox_agent.errors import SendRejected, SendUnavailable
from inbox_agent.models import Conversation, Outage, Outcome, Reply, ReplyKind, Status

TELL_MODEL_TROUBLE_AFTER_SECONDS = 120
GIVE_UP_AFTER_SECONDS = 86_400


def on_unusable_answer(conversation: Conversation, error: str) -> Step:
    """The model answered, but not usably: the text is kept, the owner may ask for another try, and sees what goes out."""
    conversation = conversation.model_copy(update={"last_error": f"{MODEL_UNUSABLE}: {error}"})
    again = 'Your text is kept: reply "retry" to have it tried again, or say it in other words.'
    kind: ReplyKind
    following: Next
    if is_armed(conversation):
        conversation = conversation.model_copy(update={"status": Status.SCHEDULED})
        kind, following, stays = "scheduled", "schedule", "Nothing was changed: this mail still goes out as shown here."
    else:
        conversation = conversation.model_copy(update={"status": Status.WAITING})
        kind, following, stays = "notice", "agent", "Nothing was changed or sent."
    reply = Reply(
        kind=kind,
        conversation=conversation,
        title=NOT_CARRIED_OUT,
        notices=("I could not work out an answer to your last message.", stays, again),
        hints=with_cancel(conversation, "retry"),
    )
    return Step(conversation, reply, following)


def send_without_what_waits(conversation: Conversation, here: Next) -> Step:
    """ "Send it now" while a message of the owner waits for the model: the draft does not hold yet what it asks for."""
    number = conversation.revision
    question = (
        f"Your last message is still being worked on, so draft {number} does not hold it yet. To have draft {number} sent "
        f"without it, reply “send it now (draft {number})”; “undo” takes your last message back."
    )
    reply = Reply(
        kind="notice", conversation=conversation, questions=(question,), hints=("send it now", "undo", "cancel")
    )
    return Step(conversation, reply, here)


def on_send_failure(conversation: Conversation, reason: str, *, permanent: bool, trouble: Outage) -> Step:
    """The mail could not be sent: refused for good (or given up), or tried again later; the owner is told once."""
    reason = reason or NOT_HANDED_OVER
    if permanent:
        return _on_final_failure(conversation, reason)
    conversation = conversation.model_copy(update={"last_error": reason})
    if trouble.told:
        return Step(conversation, None, "recover")
    notice = "I'll keep trying for 24 hours and send it only once; you will get a receipt."
    return Step(
        conversation,
        Reply(kind="late", conversation=conversation, notices=(notice,), detail=reason, hints=possible_replies.LATE),
        "recover",
    )


def _on_final_failure(conversation: Conversation, reason: str) -> Step:
    conversation = conversation.model_copy(update={"status": Status.FAILED, "schedule": None, "last_error": reason})
    unknown = reason.startswith(NOT_KNOWN_YET)
    reply = Reply(
        kind="failed",
        conversation=conversation,
        title="Your mail may not have been sent" if unknown else "",
        notices=("It is not tried any more. The draft is kept exactly as it is: correct it and say when to send it.",),
        detail=reason,
        hints=possible_replies.FAILED,
    )
    return Step(conversation, reply, "recover")


def trouble_words(error: SendUnavailable) -> str:
    """Why the mail is late: the server's words if it said any, else a phrase of ours with the technical reason behind it."""
    if error.server_reply:
        return error.server_reply[:2_000]
    return f"{NOT_KNOWN_YET if error.maybe_accepted else MAIL_SERVER_AWAY}: {error}"[:2_000]


def refusal_words(error: SendRejected) -> str:
    """Who was refused and the server's words for each, which tell the owner what to do."""
    named = "; ".join(f"{address}: {words}" for address, words in error.recipients.items())
    return (named or str(error))[:2_000]


def on_model_failure(conversation: Conversation, reason: str, *, now: datetime, trouble: Outage) -> Step:
    """The model cannot be reached: after some minutes the owner is told once that the text is kept."""
    conversation = conversation.model_copy(update={"last_error": f"{MODEL_AWAY}: {reason}"})
    armed = is_armed(conversation) and conversation.schedule is not None
    fell_due = armed and conversation.schedule is not None and instant_of(conversation.schedule) <= now.timestamp()
    waited = now.timestamp() - trouble.since >= TELL_MODEL_TROUBLE_AFTER_SECONDS
    if trouble.told or not (waited or fell_due):
        return Step(conversation, None, "recover")
    notices = [
        "The language model cannot be reached just now. Your text is kept and will be worked on as soon as it answers; "
        "you need not write again."
    ]
    hints: tuple[str, ...] = ("retry",)
    if armed:
        number = conversation.revision
        notices.append(
            f"Your mail (draft {number}) waits with it and does not go out before. “undo” takes your last message back, "
            f"“send it now (draft {number})” sends the mail without it."
        )
        hints = ("retry", "undo", "send it now")
    reply = Reply(
        kind="notice",
        conversation=conversation,
        title="Your message waits for the language model",
        notices=tuple(notices),
        hints=with_cancel(conversation, *hints),
    )
    return Step(conversation, reply, "recover")


def ask_if_late(outcome: Outcome, before: Conversation, now: datetime) -> Outcome:
    """After the model was away: a text that the owner sees for the first time after its time asks for their word."""
    after = outcome.conversation
    passed = before.schedule is not None and instant_of(before.schedule) <= now.timestamp()
    if outcome.step != "schedule" or not passed or after.draft == before.draft or after.revision == before.revision:
        return outcome
    planned = after.schedule and after.schedule.instant - now.timestamp() > LATE_SECONDS
    if planned:
        return outcome
    question = (
        f"The time of the mail passed while the language model could not be reached. Should I send draft {after.revision} "
        "now? Then reply “send it now”."
    )
    waiting = after.model_copy(update={"schedule": None})
    notices = outcome.notices
    if after.schedule is not None:
        notices = tuple(notice for notice in notices if notice != put_off_notice(after.schedule))
    return replace(
        outcome, conversation=waiting, step="wait", notices=notices, questions=(*outcome.questions, question)
    )


def on_model_given_up(conversation: Conversation, reason: str, now: datetime) -> Step:
    """The model was away for a day. What fell due meanwhile does not go out unasked: the owner wanted something else of it."""
    passed = conversation.schedule is not None and instant_of(conversation.schedule) <= now.timestamp()
    if passed:
        conversation = conversation.model_copy(update={"schedule": None})
    step = on_unusable_answer(conversation, reason)
    if step.reply is None or not passed:
        return step
    notice = "Your mail was not sent at its time, because your last message changed it or could have."
    reply = step.reply.model_copy(update={"notices": (*step.reply.notices, notice)})
    return Step(step.conversation, reply, step.next)


def pause_seconds(trouble: Outage, now: datetime, *, sending: bool, retry_after: float | None = None) -> int:
    """How long to wait before the next attempt: after the last one as long as the trouble had lasted then, so that pauses
    double, within bounds; a server's own Retry-After is respected. What the owner writes meanwhile makes no pause longer.
    """
    shortest, longest = (30, 3_600) if sending else (5, 300)
    pause = max(shortest, min(trouble.tried - trouble.since, longest), min(retry_after or 0, 3_600))
    return max(1, int(trouble.tried + pause - now.timestamp()))


def given_up(trouble: Outage, now: datetime) -> bool:
    """Whether it has been tried for long enough, sending and asking the model alike."""
    return now.timestamp() - trouble.since > GIVE_UP_AFTER_SECONDS
