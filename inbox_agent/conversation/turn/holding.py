"""Nothing goes out as planned after words that stop it, whatever the model made of them, until the owner agrees. Pure."""

from inbox_agent.conversation.state import Turn, already_sent
from inbox_agent.conversation.turn.proposed import GOES_ON, goes_on_is_open, propose
from inbox_agent.conversation.turn.unseen import changes_unasked
from inbox_agent.conversation.when.times import describe_time
from inbox_agent.models import Conversation

STILL = "Should I still send it on"
# A reading that does nothing to the mail: then the words themselves decide.
DOES_NOTHING = frozenset(("question", "compose", "revise", "translate"))


def heed_a_hold(turn: Turn, before: Conversation) -> None:
    """Hold what is planned, with one question, where the owner's words hold it and the model did not understand that.

    They do when the model understood that it may go; when the message says little else; and when the model understood nothing
    to be done. What it understood as a question, thanks or a change of the text stops nothing that is planned.
    """
    conversation, own = turn.conversation, turn.own
    planned = conversation.schedule
    if turn.commanded or own is None or planned is None or already_sent(conversation):
        return
    unasked = changes_unasked(turn, before)
    if not unasked and (turn.when is not None or turn.means("keep_draft", "cancel", "cancel_pending")):
        return
    waits = goes_on_is_open(turn)
    nothing = set(turn.output.intents) <= DOES_NOTHING and not turn.changes_fields and not turn.refused
    holds = own.hold is not None and (turn.unapproved or own.only_holds or (own.stops and nothing))
    if not (holds or waits or turn.stays_in_doubt or turn.unsure or unasked):
        return
    turn.stays = True
    if len(turn.questions) == turn.asides:
        # Of several questions the one is asked that keeps the mail.
        turn.questions, turn.asides = [], 0
    if len(turn.questions) > turn.asides:
        return
    propose(turn, GOES_ON)
    turn.hints += ("yes", "not yet")
    changed = "The draft has changed. " if unasked else ""
    question = f"{changed}{STILL} {describe_time(planned)}, or wait? Reply “yes”, “not yet” or “cancel”."
    if waits or before.open.proposed:
        turn.notices.append(question)
    else:
        turn.questions.append(question)
