"""The fields of the mail: recipients, subject, text and files, as far as a turn changes them.

null is unchanged. An empty text changes nothing either, and an empty list only when the owner revises: models fill what
was not said with empty values.
"""

from itertools import chain

from inbox_agent.conversation.files import folded, known_files, labelled, left_out
from inbox_agent.conversation.mentions import Stance
from inbox_agent.conversation.others_words import named
from inbox_agent.conversation.recipients import (
    Known,
    canonical,
    check_recipients,
    is_named,
    known_people,
    stance_of,
)
from inbox_agent.conversation.state import Turn
from inbox_agent.conversation.turn.back_translation import back_translation_for
from inbox_agent.conversation.turn.new_mail import start_anew
from inbox_agent.conversation.words.answer_words import EVERYONE
from inbox_agent.conversation.words.languages import language_tag
from inbox_agent.conversation.words.plain_words import plain, says
from inbox_agent.models import Address, AttachmentRef, Draft

MAX_BODY_BYTES = 32 * 1024
MAX_SUBJECT = 200


def change_fields(turn: Turn) -> None:
    """Put the changed fields into ``turn.draft``; what cannot be done becomes a question."""
    start_anew(turn)
    output, update = turn.output, dict[str, object]()
    known = known_people(turn.conversation, turn.request)
    unclear: list[tuple[str, ...]] = []
    for name, wanted in (("to", output.to), ("cc", output.cc), ("bcc", output.bcc)):
        if wanted or (wanted is not None and turn.means("revise")):
            checked = check_recipients(wanted, known)
            turn.questions += checked.questions
            unclear.append(checked.unclear)
            # An unclear recipient is left out and asked about, so that "send it" cannot go to those who were replaced.
            update[name] = _named_ones(turn, name, checked.addresses, known)
    if unclear:
        update |= _once_each(turn, update)
        turn.open = turn.open.model_copy(update={"left_out": tuple(dict.fromkeys(chain(*unclear)))})
    if output.subject and output.subject.strip():
        update["subject"] = _new_subject(turn, output.subject)
    if output.body and output.body.strip():
        update |= _new_body(turn, output.body)
    if output.attachments or (output.attachments is not None and turn.means("revise")):
        update["attachments"] = _attached(turn, output.attachments)
    changed = turn.draft.model_copy(update=update)
    _tell_what_is_left_out(turn, changed)
    if changed != turn.draft and turn.answers_outdated:
        answered, current = turn.request.answers_revision, turn.conversation.revision
        turn.notices.append(
            f"You answered draft {answered}; what you asked for was done to draft {current}, the current one."
        )
    turn.draft = changed


def _named_ones(turn: Turn, name: str, people: tuple[Address, ...], known: Known) -> tuple[Address, ...]:
    """Those whom the owner named, or who had the mail before; nobody else of the thread gets it unnoticed."""
    before = {canonical(person.address) for person in (*turn.draft.everyone, *turn.conversation.draft.everyone)}
    everyone = says(EVERYONE, plain(turn.request.text))
    if name == "to" and not before:
        # "Answer him that …": where the thread has only one other person, it can mean nobody else.
        before = _only_other(turn)
    kept = []
    for person in people:
        refused = stance_of(person, known.texts[0]) == Stance.KEPT_OUT
        known_well = everyone or canonical(person.address) in before
        if turn.commanded or (known_well and not refused) or is_named(person, known):
            kept.append(person)
        else:
            why = "Your words seem to keep them out." if refused else "You did not name them."
            turn.questions.append(f"Should {person} get it in {name.title()}? {why} If so, reply with the address.")
    return tuple(kept)


def _only_other(turn: Turn) -> set[str]:
    people = (*turn.request.participants, *turn.conversation.participants)
    others = {canonical(person.address) for person in people if person.address}
    if not turn.conversation.owner.address:
        return others  # whom a program named that has the token
    others.discard(canonical(turn.conversation.owner.address))
    return others if len(others) == 1 else set()


def _once_each(turn: Turn, lists: dict[str, object]) -> dict[str, object]:
    """The three lists with each address in the first one only that holds it."""
    seen: dict[str, str] = {}
    found: dict[str, object] = {}
    draft = turn.draft.model_copy(update=lists)
    for name, people in (("to", draft.to), ("cc", draft.cc), ("bcc", draft.bcc)):
        twice = [person for person in people if canonical(person.address) in seen]
        for person in twice:
            place = seen[canonical(person.address)].title()
            turn.notices.append(f"{person.address} stands in {place} already, so not in {name.title()} as well.")
        if twice:
            found[name] = tuple(person for person in people if person not in twice)
        seen |= {canonical(person.address): name for person in people if person not in twice}
    return found


def _new_subject(turn: Turn, subject: str) -> str:
    line = " ".join(subject.split())
    if len(line) > MAX_SUBJECT:
        turn.notices.append(f"The subject had {len(line)} characters; I cut it to {MAX_SUBJECT}.")
    return line[:MAX_SUBJECT]


def _new_body(turn: Turn, body: str) -> dict[str, object]:
    text = body.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()
    size = len(text.encode("utf-8", "replace"))
    if size > MAX_BODY_BYTES:
        turn.questions.append(
            f"The text is too long for me: {size // 1024} KB, at most {MAX_BODY_BYTES // 1024} KB. "
            "The draft is unchanged. Should I shorten it, or will you attach it as a file?"
        )
        turn.refused = True
        return {}
    update: dict[str, object] = {"body": text.encode("utf-8", "replace").decode()}
    language = language_tag(turn.output.language or "")
    if language:
        update["language"] = language
    if update["body"] != turn.draft.body or turn.output.back_translation.strip():
        update["back_translation"] = back_translation_for(turn, language or turn.draft.language)
    return update


def _attached(turn: Turn, names: tuple[str, ...]) -> tuple[AttachmentRef, ...]:
    """The files with these labels, from any mail of the owner here; what is not there is asked."""
    labels = labelled(known_files(turn.conversation, turn.request))
    files = {folded(label): file for label, file in labels.items()}
    found = []
    for name in dict.fromkeys(names):
        file = files.get(folded(name))
        if file is None:
            turn.questions.append(
                f"There is no file “{named(name, 120)}” on your mail (pictures inside the text do not count as files). "
                "Please send it with your reply."
            )
        elif file not in found:
            found.append(file)
    return tuple(found)


def _tell_what_is_left_out(turn: Turn, draft: Draft) -> None:
    """Files that came with this mail and are not sent along, so that nobody believes they were."""
    missing = left_out(turn.request, draft.attachments)
    if missing and not turn.asks_for_files:
        listed = ", ".join(f"“{named(file.name)}”" for file in missing[:5]) + (
            " and others" if len(missing) > 5 else ""
        )
        them = "it is" if len(missing) == 1 else "they are"
        turn.notices.append(f"Your mail came with {listed}; {them} not attached. Say “attach …” to add it to the mail.")
