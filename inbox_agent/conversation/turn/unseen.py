"""What nobody has seen is shown before it goes out. Pure.

"Send it now" approves the draft that was shown. When text, subject, recipients or files change in the same turn, though the
message asks for none of it, the new draft is shown and asked about instead of sent.
"""

from dataclasses import replace

from inbox_agent.conversation.mentions import Mentions, Stance
from inbox_agent.conversation.recipients import MYSELF, canonical, is_named, known_people, stance_of
from inbox_agent.conversation.state import Turn
from inbox_agent.conversation.turn.fields import change_fields
from inbox_agent.conversation.turn.owner_words import only_sends, speaks_of_files
from inbox_agent.conversation.turn.restoring import restore
from inbox_agent.conversation.words.answer_words import EVERYONE
from inbox_agent.conversation.words.clause_words import CHANGING
from inbox_agent.conversation.words.clauses import Part
from inbox_agent.conversation.words.plain_words import is_agreement, says, says_nothing, tokens
from inbox_agent.models import Address, Conversation, Draft


def sends_unseen(turn: Turn, sending: tuple[Part, ...]) -> bool:
    """Whether the turn changes something that neither its owner has seen nor the words of this message ask for."""
    before = turn.conversation.draft
    if turn.own is None or not turn.conversation.revision:
        return False
    after, asks = _changed_draft(turn)
    if asks:
        return False  # it waits for that answer anyway
    for old, new in ((before.body, after.body), (before.subject, after.subject)):
        if old.strip() != new.strip() and only_sends(turn.own, sending, new):
            return True
    dropped = set(before.attachments) - set(after.attachments)
    if dropped and only_sends(turn.own, sending, "") and not any(speaks_of_files(part) for part in turn.own.parts):
        return True
    return _reaches_others(turn, before, after, sending)


def changes_unasked(turn: Turn, before: Conversation) -> bool:
    """Whether the draft was changed though the message only thanks, agrees or asks something."""
    own = turn.own
    if own is None or turn.commanded or not before.revision or not _differs(before.draft, turn.draft):
        return False
    return all(
        says_nothing(part.text) or is_agreement(part.text) or (own.asks_about(part) and not says(CHANGING, part.text))
        for part in own.parts
    )


def _differs(before: Draft, after: Draft) -> bool:
    """Whether somebody would get something else."""
    return _visible(before) != _visible(after)


def _visible(draft: Draft) -> tuple[object, ...]:
    return (*_people(draft), draft.subject, draft.body.strip(), draft.attachments)


def _people(draft: Draft) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(canonical(one.address) for one in people) for people in (draft.to, draft.cc, draft.bcc))


def _changed_draft(turn: Turn) -> tuple[Draft, bool]:
    """The draft as this turn will make it, and whether something must be asked about it."""
    trial = replace(turn, notices=[], questions=[], hints=[], answers=[])
    restore(trial)
    change_fields(trial)
    return trial.draft, bool(trial.questions)


def _reaches_others(turn: Turn, before: Draft, after: Draft, sending: tuple[Part, ...]) -> bool:
    if _people(before) == _people(after):
        return False
    assert turn.own is not None
    if says(EVERYONE, turn.own.plain):
        return False
    known = known_people(turn.conversation, turn.request)
    this = known.texts[0]
    had = {canonical(one.address) for one in before.everyone}
    new = [one for one in after.everyone if canonical(one.address) not in had]
    # "The first" says whom only beside the question.
    answers = bool(turn.conversation.open.questions or turn.conversation.open.left_out)
    if any(not (_is_meant(turn, one, this) or (answers and is_named(one, known))) for one in new):
        return True
    if new or not only_sends(turn.own, sending, ""):
        return False
    return not any(stance_of(one, this) for one in before.everyone)


def _is_meant(turn: Turn, person: Address, text: Mentions) -> bool:
    if canonical(person.address) == canonical(turn.conversation.owner.address):
        return turn.own is not None and bool(MYSELF & set(tokens(turn.own.plain)))
    return stance_of(person, text) == Stance.WANTED
