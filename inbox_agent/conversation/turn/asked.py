"""The model proposes, code decides: what cannot be undone happens only if the owner's own words ask for it. Pure.

The model quotes those words, ``owner_words`` looks for them in the owner's own lines of this message. Everything else is
removed from the output and asked about, once; "yes" does it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from inbox_agent.conversation.files import folded, known_files, labelled, labels_of
from inbox_agent.conversation.recipients import canonical, named_in
from inbox_agent.conversation.state import Turn, is_armed
from inbox_agent.conversation.turn.free_text import shown
from inbox_agent.conversation.turn.keeping import holds
from inbox_agent.conversation.turn.owner_words import Held, own_words_of, says_time, tokens_of
from inbox_agent.conversation.turn.proposed import SENDS, agreed, declined, propose, proposed
from inbox_agent.conversation.turn.unseen import sends_unseen
from inbox_agent.conversation.turn_output import Act, Remember, TurnOutput, When
from inbox_agent.conversation.when.times import describe_time
from inbox_agent.conversation.words import answer_words
from inbox_agent.conversation.words import clause_words as words
from inbox_agent.conversation.words.clauses import Part
from inbox_agent.conversation.words.holds import Standing
from inbox_agent.conversation.words.plain_words import says, tokens, without

ASIDES: frozenset[str] = frozenset(("remember", "forget", "zone", "cancel_pending"))


def settle_what_is_asked(turn: Turn) -> None:
    """Keep in the output what the owner's words support, and ask about the rest."""
    if turn.commanded:
        return
    given = turn.output
    if (meant := agreed(turn) or declined(turn)) is not None:
        turn.output, turn.commanded = meant, True
        return
    turn.own = own_words_of(turn.conversation, turn.request, given)
    held = Held(turn.own, given.asked)
    refused = _Refused()
    _intents(turn, held, refused)
    before = proposed(turn)
    if before is not None and turn.output.intents == ("approve",) and not turn.changes_fields:
        turn.output, turn.commanded = before, True
        return
    _keeping(turn)
    _memory(turn, held, refused)
    _zone(turn, held, refused)
    _files(turn, held, refused)
    if refused.told:
        _ask(turn, refused)


def time_is_said(turn: Turn, when: When, seconds_ahead: float) -> bool:
    """Whether the owner's words say this time of sending; what code read itself needs none."""
    if turn.commanded or turn.own is None:
        return True
    return says_time(turn.own, when, seconds_ahead, answers=bool(turn.conversation.open.questions))


# --- what is taken out -------------------------------------------------------------------------------------------

_WHAT: dict[Act, str] = {
    "send_now": "send it now",
    "retry": "try again to send it now",
    "approve": "send it as shown here",
    "as_is": "leave everything as it is",
    "cancel": "cancel it",
}

OTHER_SCRIPT = re.compile("[\u0370-\U0001ffff]")


@dataclass
class _Refused:
    """What the owner's words do not support: as an output that "yes" carries out, and as text."""

    intents: list[str] = field(default_factory=list)
    fields: dict[str, object] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)


def _intents(turn: Turn, held: Held, refused: _Refused) -> None:
    given = turn.output
    gone: list[Act] = [act for act in _WHAT if turn.means(act) and not _is_held(turn, held, act)]
    update: dict[str, object] = {}
    if turn.means("cancel_pending"):
        parts = held.parts("cancel_pending")
        kept = tuple(number for number in given.pending_numbers if parts and _is_numbered(turn, number))
        wrong = tuple(number for number in given.pending_numbers if number not in kept)
        if wrong or not parts:
            refused.fields["pending_numbers"] = wrong
            refused.intents.append("cancel_pending")
            refused.told.append(
                f"cancel number{'s' * (len(wrong) > 1)} {' and '.join(map(str, wrong))}"
                if wrong
                else "cancel other mails"
            )
        update["pending_numbers"] = kept
        if not kept and (wrong or not parts):
            gone.append("cancel_pending")
    lets_go: list[Act] = [act for act in gone if act in ("approve", "send_now")]
    turn.stays_in_doubt = any(held.own.is_a_no(part) for act in lets_go for part in held.quoted(act))
    idle = [act for act in gone if act in ("approve", "as_is") and _changes_nothing(turn, held, act)]
    refused.told += [_WHAT[act] for act in gone if act in _WHAT and act not in idle]
    refused.intents += [act for act in gone if act in _WHAT and act not in idle]
    left = tuple(one for one in given.intents if one not in gone)
    intents = left or (("question",) if idle and len(idle) == len(gone) else ())
    turn.output = given.model_copy(update={**update, "intents": intents})


def _changes_nothing(turn: Turn, held: Held, act: Act) -> bool:
    """Whether an agreement that the words do not hold makes no difference: what is planned goes out in any case."""
    if held.own.hold is not None or turn.changes_fields:
        return False
    if turn.stays_in_doubt:
        return False
    return is_armed(turn.conversation) and not turn.answers_outdated and not turn.conversation.open.offered_now


def _keeping(turn: Turn) -> None:
    """A plan is dropped only for words that may hold it."""
    if not turn.means("keep_draft") or not is_armed(turn.conversation) or turn.own is None:
        return
    if (said := holds(turn.own)) == "yes":
        return
    turn.output = turn.output.model_copy(
        update={"intents": tuple(intent for intent in turn.output.intents if intent != "keep_draft")}
    )
    turn.unsure = said == "unclear"
    planned = turn.conversation.schedule
    if said == "no" and planned is not None:
        turn.notices.append(f"It stays planned for {describe_time(planned)}. To stop it, reply “cancel”.")


def _is_held(turn: Turn, held: Held, act: Act) -> bool:
    parts = held.parts(act)
    if not parts or act not in SENDS or not sends_unseen(turn, parts):
        return bool(parts)
    # What was planned before waits as well: it would go out changed.
    turn.unsure = True
    return False


def _is_numbered(turn: Turn, number: int) -> bool:
    """Whether the owner's words name a listed mail by its number or a word of its subject."""
    assert turn.own is not None
    written = {token for part in turn.own.parts for token in part.words}
    text, listed = turn.own.plain, turn.conversation.listed
    if any(re.search(rf"(?<!\d){number}(?!\d)", token) for token in written):
        return True
    # "Never send anything to lee@…" is of one person, not of all mails.
    everything = says(answer_words.EVERYTHING, text) and "@" not in text
    if says(answer_words.ALL_OF_THEM, text) or everything:
        return True
    if number <= len(answer_words.ORDER_WORDS) and says(
        answer_words.ORDER_WORDS[number - 1], without("the other one|this one", text)
    ):
        return True
    if says(answer_words.LAST_WORDS, text) and number == max((one.number for one in listed), default=0):
        return True
    subject = next((one.subject for one in turn.conversation.listed if one.number == number), "")
    return any(len(word) > 3 and named_in(word, turn.own.plain) for word in tokens_of(subject))


def _memory(turn: Turn, held: Held, refused: _Refused) -> None:
    said = turn.output.remember or Remember()
    keep, wrong = dict[str, object](), dict[str, object]()
    if turn.means("forget"):
        text = " ".join(held.own.whole_piece(part) for part in held.parts("forget"))
        fields = [field for field in said.forget if text and _is_named(field, text)]
        people = [name for name in said.forget_contacts if text and _is_person_named(turn, name, held.own.plain)]
        keep |= {"forget": tuple(fields), "forget_contacts": tuple(people)}
        wrong |= {
            "forget": tuple(field for field in said.forget if field not in fields),
            "forget_contacts": tuple(name for name in said.forget_contacts if name not in people),
        }
    if turn.means("remember"):
        standing = bool(parts := held.parts("remember"))
        lasting = any(says(words.STANDING, held.own.whole_sentence(part)) for part in parts)
        text = " ".join(held.own.whole_piece(part) for part in parts)
        for field in ("name", "signature", "tone", "language"):
            value = getattr(said, field)
            holds = standing if field in ("name", "signature") else lasting
            (keep if holds and _is_about(field, value or "", text) else wrong)[field] = value
    wrong = {field: value for field, value in wrong.items() if value}
    if not wrong and (keep or not turn.means("remember", "forget")):
        return
    _take_out_memory(turn, keep, wrong, refused)


def _take_out_memory(turn: Turn, keep: dict[str, object], wrong: dict[str, object], refused: _Refused) -> None:
    intents = list(turn.output.intents)
    acts = {"forget" if field.startswith("forget") else "remember" for field in wrong}
    for act in acts:
        fields = ("forget", "forget_contacts") if act == "forget" else ("name", "signature", "tone", "language")
        if not any(keep.get(field) for field in fields) and act in intents:
            intents.remove(act)
    refused.intents += sorted(acts)
    refused.fields["remember"] = wrong
    refused.told += [_describe(field, value) for field, value in wrong.items()]
    turn.output = turn.output.model_copy(
        update={"intents": tuple(intents), "remember": Remember.model_validate({k: v for k, v in keep.items() if v})}
    )


def _describe(field: str, value: object) -> str:
    if field.startswith("forget"):
        assert isinstance(value, tuple)
        what = ", ".join(" ".join(str(one).split())[:100] for one in value[:10])
        return f"forget {'your ' if field == 'forget' and 'everything' not in value else ''}{what}"
    said = f"“{' '.join(str(value).split())[:100]}”"
    return {
        "language": f"always answer you in {said}",
        "tone": f"always write in this tone: {said}",
    }.get(field, f"use {said} as your {field} in all mails")


def _is_about(field: str, value: str, text: str) -> bool:
    """Whether words are about this field of the memory: they name it, tell how to write, or hold the tone itself."""
    if field == "name" and says(words.FIELD_WORDS["signature"], text):
        return True
    if says(words.FIELD_WORDS[field], text) or (field in ("name", "signature") and says(words.OF_THE_OWNER, text)):
        return True
    if field in ("name", "signature"):
        return False
    return says(words.WRITING, text) or bool(set(tokens_of(value)) & set(tokens_of(text)))


def _is_named(field: str, text: str) -> bool:
    return says(answer_words.EVERYTHING if field == "everything" else words.FIELD_WORDS[field], text)


def _is_person_named(turn: Turn, name: str, text: str) -> bool:
    known = {canonical(one.address): one for one in turn.conversation.memory.contacts}
    person = known.get(canonical(name)) if "@" in name else None
    called = person.display_name if person else ""
    return named_in(name, text) or any(named_in(word, text) for word in called.split() if len(word) > 2)


def _zone(turn: Turn, held: Held, refused: _Refused) -> None:
    zone = turn.output.owner_zone
    if zone and not any(_names_zone(zone, held.own.whole_piece(part)) for part in held.parts("zone")):
        refused.fields["owner_zone"] = zone
        refused.told.append(f"use {zone[:80]} time from now on")
        turn.output = turn.output.model_copy(update={"owner_zone": None})


def _names_zone(zone: str, text: str) -> bool:
    """Whether words name the city of a zone, at least by its beginning ("Tokio"), or say that they are about a zone.

    A place in another script than the zone's name cannot be compared; there it is enough that they say where the owner is.
    """
    if OTHER_SCRIPT.search(text) and says(words.I_AM_IN, text):
        return True
    city = tokens_of(zone.rpartition("/")[2].replace("_", " "))
    written = tokens_of(text)
    return says(words.FIELD_WORDS["zone"], text) or any(
        len(name) > 2 and one.startswith(name[:3]) for name in city for one in written
    )


def _files(turn: Turn, held: Held, refused: _Refused) -> None:
    """Files that the draft does not carry yet need words that ask for them; what those name by name or kind alone counts."""
    wanted = turn.output.attachments
    if not wanted:
        return
    labels = labelled(known_files(turn.conversation, turn.request))
    carried = {folded(name) for name in labels_of(turn.conversation.draft.attachments, labels)}
    known = {folded(label) for label in labels}
    given = {folded(label) for label in labels_of(turn.request.attachments, labels)}
    # "Write that the report is attached" is text of the mail, and means a file that came along with it.
    parts = [part for part in held.parts("attach") if not part.dictated or given]
    new = [name for name in wanted if folded(name) not in carried and folded(name) in known]
    wanting = [part for part in parts if not part.dictated]
    wrong = [
        name
        for name in new
        if not (meant := parts if folded(name) in given else wanting)
        or not _file_is_meant(name, labels, held.own, meant)
    ]
    if not wrong:
        return
    kept = tuple(name for name in wanted if name not in wrong)
    refused.fields["attachments"] = wanted
    turn.asks_for_files = True
    refused.told.append("attach " + ", ".join(f"“{' '.join(name.split())[:100]}”" for name in wrong[:5]))
    changes = kept and {folded(name) for name in kept} != carried
    turn.output = turn.output.model_copy(update={"attachments": kept if changes else None})


def _file_is_meant(name: str, labels: Iterable[str], own: Standing, parts: Iterable[Part]) -> bool:
    """By its name, if the words name any file; by the ending, if they name one; else any file of the conversation."""
    text = " ".join(part.text for part in parts)
    if _in(name, text):
        return True
    rejected = any(_in(name, part.text) for part in own.parts if own.is_negated(part))
    if rejected or any(_in(label, text) for label in labels):
        return False
    endings = {folded(label).rpartition(".")[2] for label in labels if "." in label} & set(tokens(text))
    return not endings or folded(name).rpartition(".")[2] in endings


def _in(name: str, text: str) -> bool:
    """Whether a text names a file, with or without its ending."""
    said = f" {' '.join(tokens(text))} "
    stem = folded(name).rpartition(".")[0] or folded(name)
    return any(wanted and f" {' '.join(wanted)} " in said for wanted in (tokens_of(name), tokens_of(stem)))


# --- the one question --------------------------------------------------------------------------------------------


def _ask(turn: Turn, refused: _Refused) -> None:
    """One question for all of it, that "yes" answers; asked before without success, it only says how."""
    assert turn.own is not None
    sends = set(refused.intents) <= SENDS and not refused.fields
    turn.unapproved = turn.unapproved or bool(SENDS & set(refused.intents))
    turn.refused = True
    armed = is_armed(turn.conversation)
    holds = turn.own.hold is not None or turn.stays_in_doubt
    if sends and holds and turn.conversation.schedule is not None:
        return  # ``heed_a_hold`` asks whether it is to go out at all
    output = propose(turn, TurnOutput.model_validate({**refused.fields, "intents": refused.intents}))
    kept = sends and output.intents != tuple(refused.intents)
    told = [_WHAT[act] for act in output.intents if act in _WHAT] if kept else refused.told
    what = " and ".join(dict.fromkeys(told))
    turn.hints.append("yes")
    if turn.conversation.open.proposed:
        turn.notices.append(shown(f"I did not {what}.", turn) + " To do it, reply just “yes”.")
        turn.stays = turn.conversation.held
        return
    question = shown(f"Did you want me to {what}? Reply “yes”.", turn)
    aside = set(refused.intents) <= ASIDES and "attachments" not in refused.fields
    if aside or (sends and armed):
        turn.ask_aside(question)
    else:
        turn.questions.append(question)
