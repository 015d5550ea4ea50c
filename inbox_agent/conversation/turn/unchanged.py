"""A turn that was meant to change something and did not says so, instead of showing the same draft as if it had."""

from inbox_agent.conversation.state import Turn
from inbox_agent.conversation.turn import answers
from inbox_agent.conversation.when.times import WHEN_EXAMPLES
from inbox_agent.models import Conversation

CHANGES = frozenset(("compose", "revise", "translate", "reschedule"))


def tell_unchanged(turn: Turn, before: Conversation) -> None:
    """Ask for what is missing to do it, or tell that nothing was done.

    Args:
        before: the conversation as it was before the turn.
    """
    if turn.questions or turn.answers or turn.refused or turn.output.back_translation.strip():
        return
    output = turn.output
    if turn.means("translate") and not (output.body or "").strip():
        turn.questions.append(
            "I did not get a translation, so the text is as it was. Which language should I translate it into?"
        )
    elif turn.means("go_back") and output.draft_number is None:
        turn.questions.append(f"Which draft do you mean? {answers.numbers(before)}")
    elif turn.means("reschedule") and turn.when is None and not turn.means("send_now", "keep_draft", "undo", "go_back"):
        turn.questions.append(f"When should I send it, {WHEN_EXAMPLES}?")
    elif set(output.intents) <= CHANGES and not turn.note and _same(turn.conversation, before):
        turn.notices.append("Nothing was changed: I found nothing to change by your message.")


def _same(after: Conversation, before: Conversation) -> bool:
    return (after.draft, after.schedule, after.zone) == (before.draft, before.schedule, before.zone)
