"""Mail of the owner's that may not be meant for the agent: shown to them, and done only when they say so in a mail to it."""

from inbox_agent.conversation.events.decisions import MAX_SUGGESTION, Next, Step, keep_suggestion
from inbox_agent.conversation.hints import hints_for
from inbox_agent.conversation.others_words import quoted
from inbox_agent.conversation.turn.prompt import visible
from inbox_agent.models import Conversation, Reply, UserRequest


def ask(conversation: Conversation, request: UserRequest, here: Next) -> Step:
    """Anybody who got a mail of the owner's can hand it on, so its words are kept as a suggestion until the owner takes it."""
    words = visible(request.text).strip()
    possible = hints_for(conversation)
    notices = [f"A mail of yours reached me, but {request.doubt}. Was this for me? I have not done anything yet."]
    if len(words) <= MAX_SUGGESTION:
        conversation, number = keep_suggestion(conversation, request, words)
        possible = (f"apply suggestion {number}", *possible)
        notices.append(f"If it was, reply “apply suggestion {number}” and I do what it says; if not, ignore this mail.")
    else:
        notices.append("If it was, please write it to me again; if not, ignore this mail.")
    answer = "You wrote:\n" + quoted(words or "(no text)")
    reply = Reply(kind="notice", conversation=conversation, notices=tuple(notices), answer=answer, hints=possible)
    return Step(conversation, reply, here)
