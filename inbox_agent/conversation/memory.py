"""What is remembered of an owner over all their conversations: taken from their words, told, shown, forgotten.

Pure. Only what the owner's own words say is kept: a name or signature that does not stand there, but in quoted text, say,
is asked about instead. Every change becomes a ``MemoryNote``, which the workflow has noted.
"""

import re
from collections.abc import Iterable

from inbox_agent.conversation.others_words import describe_person
from inbox_agent.conversation.quotes import without_quotes
from inbox_agent.conversation.recipients import canonical, own_words, stands_in
from inbox_agent.conversation.state import Turn, is_armed
from inbox_agent.conversation.when.zones import find_zone
from inbox_agent.conversation.words.clauses import OwnWords
from inbox_agent.conversation.words.languages import language_tag
from inbox_agent.models import Address, Conversation, Draft, MemoryNote, OwnerMemory

FIELDS = {
    "name": "your name",
    "signature": "your signature",
    "zone": "your time zone",
    "language": "the language for my answers",
    "tone": "the tone of your mails",
}
LIMITS = {"name": 100, "signature": 500, "tone": 100}
MAX_SIGNATURE_LINES = 8
TONES = frozenset(
    """friendly formal informal polite casual neutral brief concise short detailed warm cordial professional businesslike
    direct clear simple plain confident humorous respectful serious cheerful relaxed personal kind gentle modest""".split()
)
AROUND_TONES = frozenset("a an and but very more less rather slightly bit not too in the always tone style".split())
SEE_AND_DELETE = "See all with “what do you remember about me?”; delete with “forget {what}” or “forget everything”."
NOTHING = "I remember nothing about you."
NO_OWNER = "Only conversations by mail have a memory, so nothing was remembered or forgotten."


def settle_memory(turn: Turn) -> None:
    """Apply what should be remembered and what forgotten; report both, once."""
    if not turn.means("remember", "forget") and not turn.output.owner_zone:
        return
    if not turn.conversation.owner.address:
        if turn.means("remember", "forget"):
            turn.notices.append(NO_OWNER)
        return
    if turn.means("forget"):
        _forget(turn)
    profile = _remembered(turn)
    new = {field: value for field, value in profile.items() if value != getattr(turn.conversation.memory, field)}
    if new:
        _remember(turn, new)


def settled_zone(turn: Turn) -> str:
    """The zone that the owner said to use from now on, as it is stored, or ""."""
    return (find_zone(turn.output.owner_zone) or "") if turn.output.owner_zone else ""


def contacts_of(draft: Draft, owner: Address) -> tuple[Address, ...]:
    """Whom a mail makes known: its recipients but the owner, each once."""
    mine = canonical(owner.address) if owner.address else ""
    found = {canonical(person.address): person for person in draft.everyone}
    return tuple(person for key, person in found.items() if key != mine)


def tell_new_contacts(turn: Turn, before: Conversation) -> None:
    """Somebody who will be remembered once the mail is out is told of, unless that was said when it was armed before."""
    conversation = turn.conversation
    if not conversation.owner.address:
        return
    told = [record.draft for record in before.sent] + ([before.draft] if is_armed(before) else [])
    known = {canonical(person.address) for draft in told for person in contacts_of(draft, before.owner)}
    known |= {canonical(person.address) for person in conversation.memory.contacts}
    new = [
        person
        for person in contacts_of(conversation.draft, conversation.owner)
        if canonical(person.address) not in known
    ]
    if not new:
        return
    people, first = ", ".join(map(describe_person, new[:10])), _short(new[0])
    more = f" and {len(new) - 10} more" if len(new) > 10 else ""
    turn.notices.append(
        f"When this mail is sent I will remember {people}{more}, so that the name is enough next time. "
        f"“forget {first}” or “forget my contacts” undoes it."
    )


def show_memory(memory: OwnerMemory) -> str:
    """All that is remembered, and how to delete it."""
    lines = [
        f"- {label.removeprefix('the ').removeprefix('your ').capitalize()}: {_indented(getattr(memory, field))}"
        for field, label in FIELDS.items()
        if getattr(memory, field)
    ]
    if memory.contacts:
        lines.append("- People you had mail sent to, the newest first:")
        lines += [f"  {person}" for person in reversed(memory.contacts)]
    if not lines:
        return NOTHING
    how = "“forget my signature”, “forget my contacts” or “forget everything” deletes it"
    if memory.contacts:
        how = how.replace("“forget my contacts”", f"“forget {_short(memory.contacts[-1])}”, “forget my contacts”")
    return "\n".join(["This is what I remember about you, in all our conversations:", *lines, f"{how}."])


def forget_hints(memory: OwnerMemory) -> tuple[str, ...]:
    """What can be deleted, in words to reply."""
    hints = [f"forget my {_possession(field)}" for field in FIELDS if getattr(memory, field)]
    if memory.contacts:
        hints.append("forget my contacts")
    return (*hints, "forget everything") if hints else ()


# --- remembering -------------------------------------------------------------------------------------------------


def _remembered(turn: Turn) -> dict[str, str]:
    """The fields that this message sets, checked; what cannot be taken becomes a question."""
    said, found = turn.output.remember, dict[str, str]()
    if zone := settled_zone(turn):
        found["zone"] = zone
    if said is None or not turn.means("remember"):
        return found
    words = own_words(turn.conversation, turn.request)
    for field, wanted in (("name", said.name), ("signature", said.signature)):
        text = _tidy(field, wanted or "")
        if text and stands_in(text, f"{turn.conversation.owner}\n{turn.conversation.memory.name}\n{words}"):
            found[field] = text
        elif text:
            turn.ask_aside(
                f"You did not write “{text}” yourself, so I did not save it as {FIELDS[field]}. What should it be?"
            )
    if tone := _tone(turn, _tidy("tone", said.tone or "")):
        found["tone"] = tone
    if language := language_tag(said.language or ""):
        found["language"] = language
    return found


def _tone(turn: Turn, wanted: str) -> str:
    """A tone in words of the list, or in the owner's own: it goes to the model with each of their mails, so it says no more."""
    said = re.findall(r"\w+", wanted.casefold())
    known = [word for word in said if word in TONES]
    if not wanted or turn.commanded or (known and set(said) <= TONES | AROUND_TONES):
        return wanted
    if OwnWords(without_quotes(turn.request.text)).find(wanted):
        return wanted
    if known:
        return " and ".join(dict.fromkeys(known))
    turn.ask_aside("In which tone should I write your mails? For example friendly, formal or brief.")
    return ""


def _tidy(field: str, text: str) -> str:
    """One line of bounded length; a signature keeps its lines."""
    lines = [" ".join(line.split()) for line in text.replace("\x00", "").splitlines()]
    kept = [line for line in lines if line][: MAX_SIGNATURE_LINES if field == "signature" else None]
    return ("\n" if field == "signature" else " ").join(kept)[: LIMITS[field]].strip()


def _remember(turn: Turn, new: dict[str, str]) -> None:
    memory = turn.conversation.memory.model_copy(update=new)
    turn.conversation = turn.conversation.model_copy(update={"memory": memory})
    turn.note = _joined(turn.note, MemoryNote(profile=new))
    facts = "; ".join(f"{FIELDS[field]}: “{_in_line(value)}”" for field, value in new.items())
    how = SEE_AND_DELETE.format(what=f"my {_possession(next(iter(new)))}")
    turn.notices.append(f"From now on I remember, for all our conversations, {facts}. {how}")


# --- forgetting --------------------------------------------------------------------------------------------------


def _forget(turn: Turn) -> None:
    said = turn.output.remember
    what = set(said.forget) if said else set()
    if "everything" in what:
        _forget_everything(turn)
        return
    people = _people_to_forget(turn, said.forget_contacts if said else (), everyone="contacts" in what)
    fields = [field for field in FIELDS if field in what]
    memory = turn.conversation.memory
    if not fields and not people:
        if not turn.questions:
            turn.ask_aside(f"What should I forget? {show_memory(memory)}")
        return
    gone = [FIELDS[field] + ("" if getattr(memory, field) else " (there was none)") for field in fields]
    forgotten = {canonical(person.address) for person in people}
    kept = tuple(person for person in memory.contacts if canonical(person.address) not in forgotten)
    note = MemoryNote(profile=dict.fromkeys(fields, ""), forgotten=tuple(person.address for person in people))
    _replace(turn, memory.model_copy(update={**dict.fromkeys(fields, ""), "contacts": kept}), note)
    if "zone" in fields:
        _forget_zone(turn)
    more = f" and {len(people) - 20} more" if len(people) > 20 else ""
    told = ", ".join([*gone, *map(describe_person, people[:20])]) + more
    turn.notices.append(f"I have forgotten {told}.")


def _forget_everything(turn: Turn) -> None:
    memory = turn.conversation.memory
    gone = [label for field, label in FIELDS.items() if getattr(memory, field)]
    if memory.contacts:
        people = len(memory.contacts)
        gone.append("one person" if people == 1 else f"{people} people")
    _replace(turn, OwnerMemory(), MemoryNote(everything=True))
    _forget_zone(turn)
    what = f"everything: {', '.join(gone)}" if gone else "everything that I may have remembered about you"
    turn.notices.append(f"I have forgotten {what}. Drafts and planned mails of our conversations stay as they are.")


def _replace(turn: Turn, memory: OwnerMemory, note: MemoryNote) -> None:
    turn.conversation = turn.conversation.model_copy(update={"memory": memory})
    turn.note = _joined(turn.note, note)


def _forget_zone(turn: Turn) -> None:
    """The zone of this conversation, too; a schedule keeps its own."""
    turn.conversation = turn.conversation.model_copy(update={"zone": "", "zone_source": ""})


def _people_to_forget(turn: Turn, wanted: Iterable[str], *, everyone: bool) -> list[Address]:
    contacts = turn.conversation.memory.contacts
    if everyone:
        return list(contacts)
    found: dict[str, Address] = {}
    for said in wanted:
        name = " ".join(said.split())[:320]
        matching = [person for person in contacts if _is_called(person, name)]
        if not matching and "@" in name:
            # Noted all the same: what was recalled may not be all that is kept.
            matching = [Address(name)]
        if len(matching) == 1:
            found[canonical(matching[0].address)] = matching[0]
        elif matching:
            listed = " or ".join(map(describe_person, matching[:5]))
            turn.ask_aside(f"Which {name} should I forget: {listed}? Please reply with the address.")
        elif name:
            turn.ask_aside(f"I remember nobody called “{name}”. Who should I forget?")
    return list(found.values())


def _is_called(person: Address, said: str) -> bool:
    if "@" in said:
        return canonical(person.address) == canonical(said)
    words = set(re.findall(r"\w+", f"{person.display_name} {person.address.partition('@')[0]}".casefold()))
    return bool(wanted := set(re.findall(r"\w+", said.casefold()))) and wanted <= words


# --- words -------------------------------------------------------------------------------------------------------


def _joined(before: MemoryNote | None, after: MemoryNote) -> MemoryNote:
    """Both as one: what is forgotten first, then what is new."""
    if before is None:
        return after
    return before.model_copy(update={"profile": {**before.profile, **after.profile}})


def _possession(field: str) -> str:
    return {"zone": "time zone"}.get(field, field)


def _short(person: Address) -> str:
    return person.display_name or person.address


def _in_line(text: str) -> str:
    return " / ".join(text.splitlines())


def _indented(text: str) -> str:
    """Lines after the first stand below it, so that a signature reads as what it is."""
    return text.replace("\n", "\n  ")
