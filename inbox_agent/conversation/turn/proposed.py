"""What the owner's "yes" to the question of the last turn does, and their "no" to "should I still send it?". Pure."""

from pydantic import ValidationError

from inbox_agent.conversation.hints import without_named_draft
from inbox_agent.conversation.quotes import without_quotes
from inbox_agent.conversation.state import Turn
from inbox_agent.conversation.turn_output import TurnOutput
from inbox_agent.conversation.words import answer_words, hold_words
from inbox_agent.conversation.words import clause_words as words
from inbox_agent.conversation.words.plain_words import fully, is_yes, plain, says, without
from inbox_agent.conversation.words.salutations import without_courtesy_lines

SENDS: frozenset[str] = frozenset(("send_now", "retry", "approve", "as_is"))
GOES_ON = TurnOutput(intents=("as_is",))


def propose(turn: Turn, output: TurnOutput) -> TurnOutput:
    """Remember what the owner's "yes" to this turn's question does, and return it.

    A question about the sending that is open already stays: another "yes" than the one that was offered would surprise.
    """
    before = proposed(turn)
    if before is not None and SENDS & set(before.intents) and set(output.intents) <= SENDS and output.intents:
        output = before
    turn.open = turn.open.model_copy(update={"proposed": output.model_dump_json(exclude_defaults=True)})
    return output


def proposed(turn: Turn) -> TurnOutput | None:
    """What the last question proposed; None when none is open, or another version kept it."""
    kept = turn.conversation.open.proposed
    try:
        return TurnOutput.model_validate_json(kept) if kept else None
    except ValidationError:  # what cannot be read is asked again
        return None


def goes_on_is_open(turn: Turn) -> bool:
    """Whether the owner was asked whether a planned mail is still to go out, and it waits for that."""
    return turn.conversation.held and proposed(turn) == GOES_ON


def agreed(turn: Turn) -> TurnOutput | None:
    """What was asked about last and the owner agrees to now, by nothing but "yes" whatever the model makes of it."""
    opened, before, text = turn.conversation.open, proposed(turn), _own_text(turn)
    if opened.proposed:
        sends = before is not None and "send_now" in before.intents
        now_instead = before == GOES_ON and says(words.NOW, without(answer_words.AGREEMENTS, plain(text)))
        return before if is_yes(text, sends=sends) and not now_instead else None
    offered = len(opened.questions) == 1 and (opened.offered or opened.offered_now)
    return TurnOutput(intents=("approve",)) if offered and is_yes(text, sends=opened.offered_now) else None


def declined(turn: Turn) -> TurnOutput | None:
    """ "No" to "should I still send it?": it is kept, and not sent."""
    if not goes_on_is_open(turn):
        return None
    no = (turn.means("as_is") and not turn.changes_fields) or fully(hold_words.NEGATORS, plain(_own_text(turn)))
    return TurnOutput(intents=("keep_draft",)) if no else None


def _own_text(turn: Turn) -> str:
    return without_named_draft(without_courtesy_lines(without_quotes(turn.request.text), turn.request.sender))
