"""What can be replied to a mail of ours, in the owner's words: only what can be done now and would change something.

A reply by a one-tap link (mailto) carries neither In-Reply-To nor References. So the link of a hint that acts on a draft
names the draft that its mail showed, "send it now (draft 2)", and a reply to an old mail is known as one.
"""

import re
from datetime import datetime

from inbox_agent.conversation.memory import forget_hints
from inbox_agent.conversation.outbound import fingerprint
from inbox_agent.conversation.state import already_sent, is_armed, is_complete
from inbox_agent.models import Conversation, UserRequest

# Stands for an address that the owner has to fill in: a link holds the words before it only, so that a tap sends nothing.
PLACEHOLDER = "someone@example.com"
FAILED = (f"send it to {PLACEHOLDER} instead and send it now", "retry", "cancel")
# Not "retry": an address that refused for good refuses again.
BOUNCED = (f"send it to {PLACEHOLDER} instead and send it now", "cancel")
LATE = ("retry", "status", "cancel")
SENT = (f"send the same to {PLACEHOLDER} tomorrow at 9:00",)
NOTHING_YET = ("help", "what is pending?")
HELP_HINTS = ("status", "what is pending?", "what do you remember about me?")
# What does the same whichever draft was seen; "cancel" must work from every mail.
ANY_DRAFT = re.compile(r"cancel\b.*|status|help|undo|what .*|forget .*|apply suggestion .*")
DRAFT_WORDS = (
    "draft|borrador|brouillon|entwurf|bozza|rascunho|concept|szkic|utkast|udkast|luonnos|taslak|черновик|чернетка"
    "|koncept|下書き|草稿|초안|المسودة|مسودة|ड्राफ्ट"
)
NAMED_DRAFT = re.compile(
    rf"[ \t]*[(（][ \t]*(?:{DRAFT_WORDS})[ \t]*([0-9]{{1,6}})[ \t]*[)）][ \t.!。！]*$", re.IGNORECASE
)
# A longer line tells more than what to do with a draft.
LONGEST_LINE = 100


def hints_for(conversation: Conversation) -> tuple[str, ...]:
    """What fits where a conversation stands, the likeliest first."""
    if already_sent(conversation):
        return SENT
    if not conversation.revision:
        return NOTHING_YET
    if not is_complete(conversation.draft):
        return (*_translation(conversation), "cancel")
    first: tuple[str, ...] = ("send it now",)
    if conversation.held and conversation.asked == fingerprint(conversation.draft) != conversation.confirmed:
        first = ("confirm",)
    when = _another_time(conversation) if is_armed(conversation) else "send it tomorrow at 9:00"
    return (*first, when, *_translation(conversation), "cancel")


def with_cancel(conversation: Conversation, *words: str) -> tuple[str, ...]:
    """These words, and "cancel" where there is something to cancel."""
    return (*words, "cancel") if conversation.revision and not already_sent(conversation) else words


def memory_hints(conversation: Conversation) -> tuple[str, ...]:
    """What can be deleted of what is remembered."""
    return forget_hints(conversation.memory)


def link_words(words: str, conversation: Conversation) -> str:
    """What the link of a hint writes into the reply."""
    if PLACEHOLDER in words:
        return words.partition(PLACEHOLDER)[0]
    if not conversation.revision or ANY_DRAFT.fullmatch(words):
        return words
    return f"{words} (draft {conversation.revision})"


def with_named_draft(request: UserRequest) -> UserRequest:
    """The request as an answer to the draft that its first line names, unless its headers tell which mail it answers."""
    if request.answers_revision is not None:
        return request
    line = request.text.strip().partition("\n")[0].rstrip()
    named = NAMED_DRAFT.search(line) if len(line) <= LONGEST_LINE else None
    return request.model_copy(update={"answers_revision": int(named[1])}) if named else request


def without_named_draft(text: str) -> str:
    """The text without "(draft 2)" at its end."""
    return NAMED_DRAFT.sub("", text.strip())


def _another_time(conversation: Conversation) -> str:
    """Friday afternoon, unless that is the time already."""
    local = conversation.schedule.local if conversation.schedule else ""
    return "make it Monday 9:00" if _is_friday_at_three(local) else "make it Friday 15:00"


def _is_friday_at_three(local: str) -> bool:
    return bool(local) and datetime.fromisoformat(local).strftime("%u %H:%M") == "5 15:00"


def _translation(conversation: Conversation) -> tuple[str, ...]:
    """Into another language than the text has."""
    draft = conversation.draft
    if not draft.body.strip():
        return ()
    spanish = draft.language.partition("-")[0].lower() == "es"
    return ("translate to English" if spanish else "translate to Spanish",)
