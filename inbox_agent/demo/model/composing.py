"""Reads an instruction to write a new mail: to whom, what about, and when to send; by patterns, mostly English.

Nothing is guessed: an address is taken only as written, and only before what the mail should say begins.
"""

import re
from dataclasses import dataclass, field

from inbox_agent.conversation.turn_output import Recipient, When
from inbox_agent.demo.model.phrases import NAMES
from inbox_agent.demo.model.when import read_when
from inbox_agent.demo.model.writing import (
    CLOSINGS_BY_LANGUAGE,
    GREETING,
    LABEL,
    Letter,
    first_name,
    greeting_for,
    sentences_of,
    subject_from,
)

ADDRESS = r"[^\s<>()\[\],;:\"“”]+@[^\s<>()\[\],;:\"“”@]+[^\s<>()\[\],;:\"“”@.!?]"
CAPITAL = r"[^\W\d_a-zß-ÿ][\w'’-]*"
PERSON = rf"(?:(?P<name>{CAPITAL}(?:\s+{CAPITAL}){{0,3}})\s*(?:[<(]|at\s|,\s)?\s*)?(?P<address>{ADDRESS})[>)]?"
VERB = (
    r"(?:(?:write|send|drop|draft|compose|prepare|schedule)(?:\s+(?:an?|the|another)\s+(?:short\s+|polite\s+|quick\s+)?"
    r"(?:e-?mail|mail|note|message|letter|reply|line))?|e-?mail|mail|message|tell|inform|notify|remind|let|ask|thank|invite"
    r"|answer|reply(?:\s+to)?|schreib\w*|sende?|schick\w*|informier\w*|escrib\w+|env[ií]a\w*|dile|écri\w+|ecri\w+|envoie\w*|dis)"
)
COURTESY = re.compile(
    r"^(?:(?:hi|hello|hey|hallo|hola|bonjour)\b[^.,!\n]{0,30}[,!.\n]\s*)?(?:(?:please|can you|could you|would you|i want you to"
    r"|i would like you to|i'd like you to|i need you to|bitte|por favor|s'il te plaît)[\s,]+)*",
    re.IGNORECASE,
)
# "send it to …" is about the draft that there is, not a new mail.
SAME = re.compile(
    r"(?:send|forward|mail|e-?mail|write)\s+(?:it|this|that|the same|the draft|them)\b(?!.*\bsaying\b)", re.IGNORECASE
)
START = re.compile(rf"^(?P<verb>{VERB})\b(?:\s+(?:to|an|a|à|al|the following to))?\s+", re.IGNORECASE)
SEND_TAIL = re.compile(
    r"(?:^|[,;.?!\n]|\b(?:and|then|und|dann|y|et|puis)\b)\s*(?:(?:then|please|also|bitte)\s+)*"
    r"(?:send|schedule|deliver|schicke?|sende|versende|env[íi]a(?:l[oae])?|mánda(?:l[oae])?|manda(?:l[oae])?|envoie)"
    r"(?:[-\s]+(?:it|this|that|the (?:e-?mail|mail|message)|es|ihn|das|die mail|l[eoa]))*(?:\s+(?:out|off|ab|for))?"
    r"(?P<rest>(?:[\s,][^;\n]*)?)$",
    re.IGNORECASE,
)
NOW = re.compile(
    r"^(?:right\s+)?(?:now|immediately|at once|straight away|jetzt|sofort|ahora|ya|maintenant)?$", re.IGNORECASE
)
SUBJECT = re.compile(
    r"[,;]?\s*(?:with\s+)?(?:the\s+)?(?:subject|betreff|asunto|objet)(?:\s+line)?\s*(?::|is)?\s*"
    r"(?:[\"“„«](?P<quoted>[^\"”“»]+)[\"”“»]|:?\s*(?P<plain>[^,.;\n]+?)(?=\s+(?:and|saying|that)\b|[,.;\n]|$))[,.]?",
    re.IGNORECASE,
)
TELL = re.compile(
    r"^[\s,.]*(?:an?\s+(?:short\s+|polite\s+)?(?:e-?mail|note|message|mail|letter|line)\b)?[\s,]*(?:and\s+)?"
    r"(?:(?:to\s+)?(?:tell(?:ing)?|let(?:ting)?|inform(?:ing)?)\s+(?:him|her|them)(?:\s+know)?|know|saying|to\s+say|say"
    r"|with the text|mit dem text)?[\s,]*(?:that\b|dass\b|que\b|qu'|:)?\s*",
    re.IGNORECASE,
)
YOU = ((r"\b(?:he|she|they|him|them)\b", "you"), (r"\b(?:his|their)\b", "your"), (r"\bher\b", "your"))
MODAL = re.compile(r"^(?:if|whether)\s+(?:he|she|they|you)\s+(can|could|will|would|may|might|should)\b", re.IGNORECASE)


@dataclass
class Composed:
    """What an instruction to write says; ``words`` is the content as the owner put it."""

    to: list[Recipient] = field(default_factory=list)
    cc: list[Recipient] = field(default_factory=list)
    bcc: list[Recipient] = field(default_factory=list)
    subject: str = ""
    words: str = ""
    language: str = "en"
    translate_to: str = ""
    when: When | None = None
    send_now: bool = False

    def body(self, signature: str) -> str:
        """The mail in full, or "" while nothing is said that it could say."""
        if not self.words:
            return ""
        first_line = self.words.partition("\n")[0].strip()
        if "\n" in self.words and GREETING.match(first_line):
            return f"{self.words}\n\n{LABEL}"
        names = [first_name(person.name, person.address) for person in self.to]
        closing = CLOSINGS_BY_LANGUAGE[self.language]
        return Letter(greeting_for(names, self.language), sentences_of(self.words), closing, signature).text()


def split_send_clause(text: str) -> tuple[str, When | None, bool]:
    """The text without its closing "and send it tomorrow at 9", the time it names, and whether it means now."""
    stripped = text.rstrip(" .!?\n")
    starts = [match.start() for match in re.finditer(r"[,;.?!\n]|\b(?:and|then|und|dann|y|et|puis)\b|^", stripped)]
    for start in reversed(starts):
        match = SEND_TAIL.match(stripped, start)
        if match is None:
            continue
        rest = match["rest"].strip(" ,.")
        if NOW.match(rest):
            return stripped[:start].rstrip(" ,;."), None, True
        when, left = read_when(rest)
        if when is not None and len(left) <= 12:
            return stripped[:start].rstrip(" ,;."), when, False
    return text, None, False


def read_composition(text: str) -> Composed | None:
    """The instruction to write a mail that a text is; None when it is something else."""
    text = text.strip()
    body_text, when, now = split_send_clause(text)
    composed = Composed(when=when, send_now=now)
    courtesy = COURTESY.match(body_text)
    instruction = body_text[courtesy.end() :].strip() if courtesy else body_text
    if courtesy and re.search(r"\b(?:can|could|would) you\b", courtesy[0], re.IGNORECASE):
        instruction = instruction.rstrip("? ")
    if SAME.match(instruction):
        return None
    instruction = _leading_time(instruction, composed)
    start = START.match(instruction)
    if start is None:
        return None
    verb = start["verb"].lower()
    rest = _take_subject(instruction[start.end() :], composed)
    tail = _take_people(rest, composed)
    if tail is None:
        tail = _take_names(rest, composed)
    if tail is None:
        tail = _take_word(rest, composed)
    if tail is None:
        return None
    tail = _take_language(tail, composed)
    composed.language = _language(verb)
    composed.words = _content(verb, _take_middle_time(tail, composed))
    _take_only_time(composed)
    content = composed.words.partition("\n")[2] if GREETING.match(composed.words.partition("\n")[0]) else composed.words
    composed.subject = composed.subject or subject_from(content)
    return composed


def _language(verb: str) -> str:
    """The language of the mail: that of the instruction, by its verb."""
    starts = {
        "de": ("schr", "send", "schick", "inf"),
        "es": ("escr", "env", "dile"),
        "fr": ("écri", "ecri", "envo", "dis"),
    }
    english = verb.startswith(("send ", "inform")) or verb == "send"
    return next((language for language, stems in starts.items() if verb.startswith(stems) and not english), "en")


def _take_only_time(composed: Composed) -> None:
    """ "Send a mail to … tomorrow at 9:00" says a time and no content."""
    when, left = read_when(composed.words)
    if composed.when is None and when is not None and not left.strip(" .,"):
        composed.when, composed.words, composed.subject = when, "", composed.subject


def _leading_time(text: str, composed: Composed) -> str:
    """ "Tomorrow at 9, write to …"."""
    match = re.match(rf"^(?P<time>.{{2,60}}?)[,:]?\s+(?={VERB}\b)", text, re.IGNORECASE)
    if match is None:
        return text
    when, left = read_when(match["time"])
    if when is None or left.strip(" ,"):
        return text
    composed.when = composed.when or when
    return text[match.end() :]


def _take_subject(text: str, composed: Composed) -> str:
    match = SUBJECT.search(text)
    if match is None:
        return text
    composed.subject = (match["quoted"] or match["plain"]).strip()
    return f"{text[: match.start()]} {text[match.end() :]}"


def _take_people(text: str, composed: Composed) -> str | None:
    """Fill in the recipients that stand before the content; what follows them, or None without any address."""
    joint = re.compile(r"[\s,;&]*(?:\b(?:and|und|y|et|to|with|in|put|copy|also)\b[\s,:]*)*(?P<kind>b?cc)?[\s,:]*(?:to\b\s*)?",
                       re.IGNORECASE)  # fmt: skip
    first = re.search(PERSON, text)
    if first is None or re.search(r"\b(?:that|saying|dass|que)\b|:", text[: first.start()]):
        return None
    group, position = composed.to, 0
    while True:
        separator = joint.match(text, position)
        assert separator is not None
        at = separator.end() if position else first.start()
        person = re.compile(PERSON).match(text, at)
        if person is None:
            return text[position:]
        if separator["kind"] and position:
            group = composed.cc if separator["kind"].lower() == "cc" else composed.bcc
        group.append(Recipient(name=_name(person["name"]), address=person["address"]))
        position = person.end()


def _name(said: str | None) -> str:
    name = re.sub(r"^(?:To|An|A|Cc|And)\s+", "", (said or "").strip())
    return "" if name.lower() in ("to", "an", "cc", "bcc", "and", "him", "her") else name


def _take_names(text: str, composed: Composed) -> str | None:
    """ "tell Sam and Lee that …": names without an address."""
    name = rf"{CAPITAL}(?:\s{CAPITAL})?"
    match = re.match(rf"(?P<names>{name}(?:\s*(?:,|and|&|und|y|et)\s*{name})*)(?=\s|:|,|$)", text)
    if match is None or match["names"].lower() in ("i", "it", "that", "this", "we"):
        return None
    names = re.split(r"\s*(?:,|&|\b(?:and|und|y|et)\b)\s*", match["names"])
    composed.to += [Recipient(name=name) for name in names if name]
    return text[match.end() :]


def _take_language(tail: str, composed: Composed) -> str:
    """ "… in Spanish that …"."""
    match = re.match(r"\s*in (?P<language>[^\W\d_]+)\b,?", tail)
    if match is None or match["language"].lower() not in NAMES:
        return tail
    composed.translate_to = match["language"]
    return tail[match.end() :]


def _take_word(text: str, composed: Composed) -> str | None:
    """ "write to not-an-address that …": what was said goes on as it is, and code says what is wrong with it."""
    match = re.match(r"(?P<who>\S+(?: at \S+)?)\s*(?=\s(?:that|saying|dass|que)\b|:)", text)
    if match is None or match["who"].lower() in ("me", "him", "her", "them", "it", "a", "an", "the"):
        return None
    composed.to.append(Recipient(address=match["who"]))
    return text[match.end() :]


def _take_middle_time(tail: str, composed: Composed) -> str:
    """ "… an email tomorrow at 9 saying …"."""
    match = re.match(r"(?P<time>.{3,60}?)(?=\s(?:saying|that|to say|to tell)\b|:(?!\d))", tail)
    if match is None or composed.when is not None:
        return tail
    when, left = read_when(match["time"])
    if when is None or re.sub(
        r"\b(?:an?|the following|e-?mail|note|message|mail|and|for)\b|[\s,]", "", left, flags=re.IGNORECASE
    ):
        return tail
    composed.when = when
    return tail[match.end() :]


def _content(verb: str, tail: str) -> str:
    """What the mail says, in the first person to its recipient."""
    tail = tail.strip(" ,\n")
    if verb.startswith("ask"):
        return _question(tail)
    for pattern, wording in (
        (r"^(?:and\s+)?thank(?:\s+(?:him|her|them))?\s+for\s+(.*)", "Thank you for {}"),
        (r"^for\s+(.*)", "Thank you for {}" if verb.startswith("thank") else "This is for {}"),
        (
            r"^(?:of|about)\s+(.*)",
            "This is a reminder of {}" if verb.startswith("remind") else "I am writing to you about {}",
        ),
        (
            r"^to\s+(?!say\b|tell\b|let\b)(.*)",
            "I would like to invite you to {}" if verb.startswith("invite") else "Please {}",
        ),
        (r"^(?:and\s+)?ask(?:ing)?\s+(?:him|her|them)?\s*(.*)", ""),
    ):
        match = re.match(pattern, tail, re.IGNORECASE | re.DOTALL)
        if match:
            return wording.format(_to_you(match[1])) if wording else _question(match[1])
    return TELL.sub("", tail, count=1).strip().strip('"“”')


def _question(tail: str) -> str:
    """ "if he can come" → "Can you come?", "to call me" → "Could you please call me?"."""
    said = tail.strip(" .?,")
    if match := MODAL.match(said):
        return f"{match[1].capitalize()} you {_to_you(said[match.end() :].strip())}?"
    for start, wording in (("to ", "Could you please {}?"), ("for ", "Could you please send me {}?"),
                           ("about ", "I have a question about {}.")):  # fmt: skip
        if said.lower().startswith(start):
            return wording.format(_to_you(said[len(start) :]))
    return f"Could you tell me {_to_you(said)}?" if said else ""


def _to_you(text: str) -> str:
    for pattern, word in YOU:
        text = re.sub(pattern, word, text, flags=re.IGNORECASE)
    return re.sub(r"\byou (is|has|was)\b", lambda m: "you " + {"is": "are", "has": "have", "was": "were"}[m[1]], text)
