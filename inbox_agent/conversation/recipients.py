"""Who may be written to: addresses checked, names looked up, and nobody whom the owner did not name.

An address counts when the owner's own words want it (``mentions``), or when it belongs to the conversation already: its owner,
its participants, its drafts and what it sent. One that only stands in quoted text or in the model's answer is asked about.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from inbox_agent.conversation.mentions import Mentions, Stance
from inbox_agent.conversation.others_words import describe_person
from inbox_agent.conversation.quotes import without_quotes
from inbox_agent.conversation.turn_output import Recipient
from inbox_agent.models import Address, Conversation, UserRequest

MAX_RECIPIENTS = 50
MAX_ADDRESS = 320
# So many of one text are looked at.
MOST_ADDRESSES = 200
MAX_SHOWN = 100
# What can stand around an address in a text but not in it.
AROUND_ADDRESS = re.compile(r"[\s<>()\[\],;:\"“”„«»]+")
# Scripts without spaces, and suffixes, stand directly at an address; a letter that could be its own does not precede it.
PLAIN_ADDRESS = re.compile(
    r"(?<![\w.+%\-\u00aa-\u0dff\u1e00-\u1fff])[A-Za-z0-9][\w.+%-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,63}(?![\w-]|\.\w)",
    re.A,
)
# A subject that a client made from another mail is not the owner's own words.
DERIVED_SUBJECT = re.compile(r"^\s*[\w.]{1,5}(\[\d+\])?\s*[:：]")
WITHOUT_SPACES = re.compile("[぀-ヿ㐀-鿿豈-﫿฀-๿]")
# The owner, as models give the name in "cc me".
MYSELF = frozenset(
    "me|myself|i|mich|mir|ich|moi|mí|mi|yo|a mí|me stesso|eu|mim|mij|ik|mig|meg|mnie|меня|мне|我|私|自分|나|저|bana|beni".split(
        "|"
    )
)
TITLES = re.compile(
    r"^(?:(?:mr|mrs|ms|miss|mx|dr|prof|professor|sir|herr|herrn|frau|m|mme|mlle|monsieur|madame|señor|señora|sr|sra|srta"
    r"|signor|signora|sig|dott|dhr|mevr|pan|pani)\b\.?\s+)+"
)
# Begins the words of others in the compact history; whatever begins so names nobody.
NOT_OWNER = "[not the owner] "


@dataclass(frozen=True, slots=True)
class Known:
    """The people of a conversation, newest first, what its owner's own words say of people, and whom the owner wrote to before.

    ``remembered`` counts for names alone, and only for those that stand in ``words``, the owner's own. ``texts`` are those
    words, the newest message first.
    """

    contacts: tuple[Address, ...]
    texts: tuple[Mentions, ...]
    remembered: tuple[Address, ...] = ()
    words: str = ""
    owner: Address | None = None

    def stance(self, address: str) -> Stance | None:
        """What the owner's words say of an address, the newest that decide it; None if they do not hold it."""
        found = [text.addresses[address] for text in self.texts if address in text.addresses]
        return next((stance for stance in found if stance != Stance.MENTIONED), found[0] if found else None)


@dataclass(frozen=True, slots=True)
class Checked:
    """The recipients that hold, what must be asked about the others, and who they are."""

    addresses: tuple[Address, ...]
    questions: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()


def canonical(address: str) -> str:
    """The form in which two addresses are compared: composed, lower case, domain in Unicode."""
    try:
        return _validated(address).lower()
    except EmailNotValidError:
        return unicodedata.normalize("NFC", address.strip()).lower()


def _validated(address: str) -> str:
    """The normalized address (RFC 5321, 6531; domain by IDNA 2008).

    Raises:
        EmailNotValidError: no address, with the reason in words.
    """
    # The domains that RFC 2606 keeps for tests are addresses too: whether a mail arrives is the mail server's to say.
    checked = validate_email(address.strip(), check_deliverability=False, test_environment=True)
    return checked.normalized


def addresses_in(text: str) -> frozenset[str]:
    """All addresses that a text holds, in canonical form."""
    return frozenset(canonical(piece) for piece in _written_in(text))


def _written_in(text: str) -> set[str]:
    pieces = {piece.strip(".!?*_'’`。！？、，") for piece in AROUND_ADDRESS.split(text) if "@" in piece}
    pieces |= {found for piece in pieces for found in PLAIN_ADDRESS.findall(piece)}
    return {piece for piece in pieces if 0 < piece.find("@") < len(piece) - 1 <= MAX_ADDRESS}


def mentions_in(text: str) -> Mentions:
    """What one text of the owner's says of people."""
    written = set(sorted(_written_in(text), key=text.find)[:MOST_ADDRESSES])
    # "neil@…" is no address of its own in "o'neil@…"; of "发给sam@…吧" the part that is one comes first.
    written = {one for one in written if not any(longer.endswith(f"'{one}") for longer in written)}
    parts = {
        found
        for one in written
        for found in PLAIN_ADDRESS.findall(one)
        if found != one and "'" not in one.partition("@")[0]
    }
    ordered = sorted(written, key=lambda one: (one in parts, len(one)), reverse=True)
    return Mentions(text, [(one, canonical(one)) for one in ordered])


def known_people(conversation: Conversation, request: UserRequest) -> Known:
    """Whom this turn may write to without asking."""
    drafts = [conversation.draft, *(record.draft for record in reversed(conversation.sent))]
    drafts += [revision.draft for revision in reversed(conversation.revisions)]
    people = [address for draft in drafts for address in draft.everyone]
    people += [*request.participants, *conversation.participants, conversation.owner]
    texts = own_texts(conversation, request)
    remembered = tuple(reversed(conversation.memory.contacts))
    return Known(
        _distinct(people),
        tuple(mentions_in(text) for text in reversed(texts)),
        remembered,
        "\n".join(texts),
        conversation.owner if conversation.owner.address else None,
    )


def own_words(conversation: Conversation, request: UserRequest) -> str:
    """What the owner wrote in this conversation, this message last, as far as the history keeps it."""
    return "\n".join(own_texts(conversation, request))


def own_texts(conversation: Conversation, request: UserRequest) -> list[str]:
    """The same message by message."""
    texts = [exchange.request for exchange in conversation.exchanges if not exchange.request.startswith(NOT_OWNER)]
    subject = "" if DERIVED_SUBJECT.match(request.subject) else request.subject
    return [*map(without_quotes, texts), f"{subject}\n{without_quotes(request.text)}"]


def named_in(name: str, words: str) -> bool:
    """Whether every word of a name stands in a text, if only with another ending ("Sams", "Сэму", "Анне")."""
    text = words.casefold()
    return all(_begins_a_word(word, text) for word in re.findall(r"\w+", name.casefold()))


def stands_in(text: str, source: str) -> bool:
    """Whether a name or signature stands in a text, its words in that order; more may stand between its lines and commas."""
    at = 0
    for line in re.split(r"[\n,;|/–—]", text.casefold()):
        called = re.findall(r"\w+", line)
        if not called:
            continue
        stems = [re.escape(word if len(word) <= 3 else word[:-1]) + r"\w*" for word in called]
        before = "" if WITHOUT_SPACES.match(called[0]) else r"(?<!\w)"
        found = re.compile(before + r"\W*".join(stems)).search(source.casefold(), at)
        if found is None:
            return False
        at = found.end()
    return True


def is_named(person: Address, known: Known) -> bool:
    """Whether the owner's own words want a person, by the address or a word of the name; they name themselves with "me"."""
    if known.owner and canonical(person.address) == canonical(known.owner.address):
        return True
    found = (stance_of(person, text) for text in known.texts)
    return next((one for one in found if one not in (None, Stance.MENTIONED)), None) == Stance.WANTED


def stance_of(person: Address, text: Mentions) -> Stance | None:
    """What one text says of a person, by the address or else by any word of the name."""
    address = canonical(person.address)
    if (stance := text.addresses.get(address)) is not None:
        return stance
    return text.of_names(re.findall(r"\w{3,}", f"{person.display_name} {person.address.partition('@')[0]}"))


def _begins_a_word(word: str, text: str) -> bool:
    """Scripts without spaces have no words that could begin."""
    if WITHOUT_SPACES.match(word):
        return word in text
    stem = word if len(word) <= 3 else word[:-1]
    return re.search(rf"(?<!\w){re.escape(stem)}", text) is not None


def _distinct(people: Iterable[Address]) -> tuple[Address, ...]:
    """One entry per address, keeping the first name that was given."""
    found: dict[str, Address] = {}
    for person in people:
        if not person.address:
            continue
        key = canonical(person.address)
        if key not in found:
            found[key] = person
        elif not found[key].display_name:
            found[key] = Address(found[key].address, person.display_name)
    return tuple(found.values())


def check_recipients(wanted: Sequence[Recipient], known: Known) -> Checked:
    """Validate, look up, and refuse whom nobody named. Every recipient ends in exactly one of the two lists."""
    addresses: list[Address] = []
    questions: list[str] = []
    unclear: list[str] = []
    several = {(canonical(one.address.strip()), one.name.strip()): one for one in wanted}
    for recipient in list(several.values())[:MAX_RECIPIENTS]:
        found = _check(recipient, known)
        if isinstance(found, Address):
            addresses.append(found)
        else:
            questions.append(found)
            unclear.append(" ".join((recipient.name or recipient.address).split())[:MAX_SHOWN])
    if len(several) > MAX_RECIPIENTS:
        questions.append(f"I write to at most {MAX_RECIPIENTS} people at once. Who should I leave out?")
    return Checked(_distinct(addresses), tuple(questions), tuple(filter(None, unclear)))


def _check(recipient: Recipient, known: Known) -> Address | str:
    name = " ".join(recipient.name.split())[:200]
    if not recipient.address.strip():
        return _look_up(name, known)
    shown = " ".join(recipient.address.split())[:MAX_ADDRESS]
    try:
        address = _validated(shown)
    except EmailNotValidError as error:
        return f"“{shown}” is no mail address ({str(error).rstrip('.')}). What is the right one?"
    key = address.lower()
    contact = next((person for person in known.contacts if canonical(person.address) == key), None)
    # What the mail calls somebody is theirs or the owner's word, not the model's.
    called = name if stands_in(name, known.words) else ""
    if contact is not None:
        return Address(contact.address, called or contact.display_name)
    stance = known.stance(key)
    if stance == Stance.WANTED:
        before = next((person for person in known.remembered if canonical(person.address) == key), Address(""))
        return Address(address, called or before.display_name)
    if stance is not None:
        return f"Should the mail go to {address}? Your words do not say so clearly. If so, reply with the address."
    return (
        f"You did not write the address {address} yourself; it stands only in quoted text or was guessed. "
        f"Should I send the mail there? If so, reply with the address."
    )


def _look_up(name: str, known: Known) -> Address | str:
    """Among the people of the conversation; only if nobody there is called so, among those of earlier ones."""
    if not name:
        return "To which address should I send it?"
    best = _called(name, known.contacts)
    if not best and name.casefold() in MYSELF and known.owner:
        return known.owner
    if not best:
        best = _called(name, known.remembered)
        if len(best) == 1 and not named_in(name, known.words):
            return f"Do you mean {best[0]}? You did not write that name yourself; if so, reply with the address."
    if len(best) == 1:
        return best[0]
    if best:
        return f"Which {name} do you mean: {' or '.join(map(describe_person, best[:5]))}?"
    return f"What is the mail address of {name}?"


def _called(name: str, people: Sequence[Address]) -> list[Address]:
    """Those whose whole name it is; if there are none, those of whose name it is a part."""
    for matches in (_same_name, _part_of_name):
        if best := [person for person in people if matches(name.casefold(), person)]:
            return best
    return []


def _same_name(name: str, person: Address) -> bool:
    return _without_titles(name) in (person.display_name.casefold(), person.address.casefold().partition("@")[0])


def _part_of_name(name: str, person: Address) -> bool:
    local = person.address.casefold().partition("@")[0]
    words = set(re.findall(r"\w+", person.display_name.casefold())) | set(re.split(r"[._+\-\d]+", local))
    wanted = set(re.findall(r"\w+", _without_titles(name)))
    return bool(wanted) and wanted <= words


def _without_titles(name: str) -> str:
    """ "Dr. Hans Müller" is known as "Hans Müller"; a name that is nothing but a title stays."""
    return TITLES.sub("", name).strip() or name
