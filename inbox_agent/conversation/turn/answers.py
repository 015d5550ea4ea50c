"""What code itself answers, without a model: help, status, the list of drafts, what was sent."""

from datetime import datetime

from inbox_agent.conversation.others_words import describe_person
from inbox_agent.conversation.refusals import tell_problem
from inbox_agent.conversation.revisions import find_revision
from inbox_agent.conversation.standing import came_back_from, standing_of
from inbox_agent.conversation.when.times import describe_instant, describe_time, instant_of
from inbox_agent.models import Conversation, Draft, Revision, Status

OVERDUE_SECONDS = 60
NO_DRAFT = "There is no draft yet."
NOT_SCHEDULED = "is not scheduled; it goes out when you say so."
ASK_WHEN = "When should I send it? For example “send it now”, “tomorrow 9:00” or “in 2 hours”."
HELP = """To begin, write whom to mail, what, and when: “Write to sam@company.com that I am late, and send it tomorrow at 9”.
Then reply in your own words, in any language. For example:
- “make it shorter”, “add that I will call on Monday”, “subject: Report delayed”
- “cc lee@company.com”, “translate to Spanish”
- “tomorrow 9:00”, “Friday 15:00 New York time”, “in 2 hours”, “send it now”
- “cancel”, “keep it as a draft”, “undo”, “back to draft 2”, “show me all drafts”, “status”
- “what is pending?” lists your planned mails of all conversations, “cancel 2” cancels one of them
- “use Europe/Madrid time”, “sign my mails as Ann Lee, Sales”, “always write in a friendly tone”: remembered for all mails
- “what do you remember about me?”, “forget my signature”, “forget everything”"""


def sent_line(conversation: Conversation) -> str:
    """When and to whom the last mail went out; "" when none did."""
    if not conversation.sent:
        return ""
    record = conversation.sent[-1]
    planned = conversation.schedule.zone if conversation.schedule else ""
    zone = record.zone or planned or conversation.zone or "UTC"
    return f"It was sent on {describe_instant(record.sent_at, zone)} to {_people(record.draft)}."


def status(conversation: Conversation, now: datetime) -> str:
    """Where the conversation stands, in a few sentences."""
    lines = [_standing(conversation, now)]
    if conversation.last_error:
        lines.append(f"The last problem was: {tell_problem(conversation.last_error)}")
    return "\n".join(lines)


def _standing(conversation: Conversation, now: datetime) -> str:
    draft, planned = f"Draft {conversation.revision}", conversation.schedule
    time = describe_time(planned) if planned else ""
    match standing_of(conversation):
        case "none":
            return NO_DRAFT
        case "sent":
            return sent_line(conversation)
        case "returned":
            return f"{sent_line(conversation)} It came back from {', '.join(came_back_from(conversation))}."
        case "armed" if conversation.status == Status.PROCESSING:
            return f"{draft}, planned for {time}, waits for your last message, which is still being worked on."
        case "armed" if planned and now.timestamp() - instant_of(planned) > OVERDUE_SECONDS:
            return f"{draft} was due on {time} and has not gone out yet."
        case "armed":
            return f"{draft} goes out on {time}."
        case "held":
            return f"{draft} is planned for {time}, but will not go out before my question is answered."
        case "canceled":
            return f"{draft} is canceled; nothing goes out until you say when."
        case "kept":
            return f"{draft} is kept; nothing goes out until you say when."
        case "waiting":
            return f"{draft} {NOT_SCHEDULED}"


def numbers(conversation: Conversation) -> str:
    """Which drafts can be brought back."""
    known = [str(revision.number) for revision in conversation.revisions] + [str(conversation.revision)]
    return f"There are: {', '.join(known)}."


def kept_drafts(conversation: Conversation) -> tuple[Revision, ...]:
    """All drafts that are kept, the current one first."""
    known = {*(revision.number for revision in conversation.revisions), conversation.revision}
    found = (find_revision(conversation, number) for number in sorted(known, reverse=True))
    return tuple(revision for revision in found if revision is not None)


def _people(draft: Draft) -> str:
    """Everybody with the list that they are on: who is copied, and who is hidden, must not look like the others."""
    lists = (("", draft.to), ("Cc ", draft.cc), ("Bcc ", draft.bcc))
    return (
        "; ".join(f"{label}{', '.join(map(describe_person, people))}" for label, people in lists if people) or "nobody"
    )
