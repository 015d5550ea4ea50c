"""A new mail in a conversation that has one already: what it takes over, and what becomes of the one before."""

from inbox_agent.conversation.others_words import describe_person
from inbox_agent.conversation.recipients import canonical
from inbox_agent.conversation.state import Turn, already_sent, is_armed
from inbox_agent.conversation.turn_output import Recipient
from inbox_agent.conversation.when.times import describe_time
from inbox_agent.models import Draft


def start_anew(turn: Turn) -> None:
    """A new mail takes nothing over from one that went out, nor from one that was meant for others."""
    if not turn.means("compose"):
        return
    if already_sent(turn.conversation):
        _after_the_end(turn)
    elif replaces(turn):
        turn.notices.insert(0, _what_becomes_of_the_other(turn))
        turn.draft = Draft()
        turn.anew = True


def replaces(turn: Turn) -> bool:
    """Whether a complete new mail takes the place of the draft: for other people, or because that one is canceled."""
    output, draft = turn.output, turn.draft
    if not (turn.means("compose") and draft.body and output.body and output.body.strip() and output.to):
        return False
    return turn.means("cancel") or not _reaches(draft, output.to)


def _reaches(draft: Draft, people: tuple[Recipient, ...]) -> bool:
    """Whether any of these already is a recipient, or is named without an address."""
    known = {canonical(person.address) for person in draft.everyone}
    return not known or any(not person.address or canonical(person.address) in known for person in people)


def _what_becomes_of_the_other(turn: Turn) -> str:
    conversation, draft = turn.conversation, turn.draft
    number = conversation.revision
    if not is_armed(conversation) or conversation.schedule is None:
        return f"This takes the place of draft {number}; “undo” brings it back."
    people = ", ".join(map(describe_person, draft.everyone))
    planned = f"The mail to {people}, planned for {describe_time(conversation.schedule)}, will NOT go out"
    if turn.means("cancel"):
        return f"{planned}: it is canceled. “undo” brings it back."
    return (
        f"{planned}: a conversation holds one mail, and this one takes its place. “undo” brings draft {number} back; "
        "to have both, send me the second one as a new mail."
    )


def _after_the_end(turn: Turn) -> None:
    """What "the same" leaves unsaid is as it went out; a mail of which nothing was said may not be meant to say the same."""
    body, before = (turn.output.body or "").strip(), turn.draft
    if body and body != before.body.strip():
        turn.draft = Draft()
        return
    turn.draft = before.model_copy(update={"to": (), "cc": (), "bcc": ()})
    if not body:
        turn.questions.append("Should it say the same as the previous mail, as shown here?")
