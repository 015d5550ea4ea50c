"""An instruction to the structured output, by rules. It reads what a model would read and says that it is no model."""

import re
from collections.abc import Callable
from typing import Any

from inbox_agent.embedded.model.composing import ADDRESS, Composed, read_composition, split_send_clause
from inbox_agent.embedded.model.phrases import LANGUAGES, NAMES, translate
from inbox_agent.embedded.model.when import read_when
from inbox_agent.embedded.model.writing import (
    LABEL,
    formal,
    friendly,
    read_letter,
    sentence,
    shorter,
)
from inbox_agent.turn.commands import INTENTS, find_command
from inbox_agent.turn.prompt import TurnInput
from inbox_agent.turn.schema import Recipient, TurnOutput
from inbox_agent.turn.zones import find_zone

REMARK = "This answer comes from the stand-in of inbox-agent, which is no AI model: it works by simple rules."
HELP = "Try for example “make it shorter”, “add that I will call on Monday”, “translate to Spanish” or “Friday 15:00”."
NEXT_CLAUSE = re.compile(
    r"(?:(?<=[.!?])\s+|\s*[;\n]\s*|,?\s+(?:and|then|und|y|et)\s+(?:then\s+)?(?=(?:please\s+)?(?:send|schedule|translate|make|add"
    r"|change|cc|bcc|copy|remove|delete|replace|cancel|keep|attach|sign|use|set|say|move|undo|show|put)\b))",
    re.IGNORECASE,
)
COURTESY = re.compile(
    r"^(?:(?:please|ok(?:ay)?|yes|no|and|then|also|hi|hello|thanks|can you|could you)\b[\s,!.]*)+", re.IGNORECASE
)


class Reading:
    """The output while it grows, beside the draft that it changes."""

    def __init__(self, given: TurnInput) -> None:
        self.given = given
        self.draft = given.draft
        self.fields: dict[str, Any] = {}
        self.intents: list[str] = []
        self.remarks = [REMARK]
        self.questions: list[str] = []

    def intend(self, intent: str) -> None:
        if intent not in self.intents:
            self.intents.append(intent)

    @property
    def body(self) -> str:
        return str(self.fields.get("body") or self.draft.get("body") or "")

    def people(self, group: str) -> list[Recipient]:
        if group in self.fields:
            return list(self.fields[group])
        listed = self.draft.get(group)
        return [Recipient.model_validate(person) for person in listed] if isinstance(listed, list) else []

    def output(self) -> TurnOutput:
        return TurnOutput.model_validate(
            {**self.fields, "intents": self.intents, "questions": self.questions, "remark": " ".join(self.remarks)}
        )


Handler = Callable[[re.Match[str], Reading], bool | None]


def understand(given: TurnInput) -> TurnOutput:
    """What the owner's words mean, as far as the rules go; else a question."""
    reading = Reading(given)
    text = given.owner_text.strip()
    command = find_command(text)
    if command is not None:
        reading.intend(INTENTS[command])
        return reading.output()
    composed = read_composition(text)
    if composed is not None and (composed.to or not reading.draft):
        _compose(composed, reading)
    else:
        _revise(text, reading)
    return reading.output()


def _compose(composed: Composed, reading: Reading) -> None:
    reading.intend("compose")
    owner = reading.given.sections.get("The owner", "")
    name = owner.partition("<")[0].strip() if "<" in owner else ""
    for group, people in (("to", composed.to), ("cc", composed.cc), ("bcc", composed.bcc)):
        if people:
            reading.fields[group] = people
    if composed.words:
        reading.fields |= {"subject": composed.subject, "body": composed.body(name), "language": "en"}
    if composed.when is not None:
        reading.fields["when"] = composed.when
    if composed.send_now:
        reading.intend("send_now")


def _revise(text: str, reading: Reading) -> None:
    """Clause by clause; what no rule knows is said back."""
    unknown = []
    for clause in _clauses(text):
        if not _apply(clause, reading):
            unknown.append(clause)
    if unknown and (not reading.intents or reading.draft):
        said = "; ".join(unknown)[:300]
        reading.questions.append(f"I did not understand “{said}”. {HELP}")
    if not reading.intents:
        reading.intend("question")


def _clauses(text: str) -> list[str]:
    """Clauses by punctuation and by "and" before a verb that is known; "add …" takes the rest of its sentence."""
    found: list[str] = []
    for piece in NEXT_CLAUSE.split(text):
        clause = COURTESY.sub("", piece.strip()).strip()
        if clause:
            found.append(clause)
    return found or ([text.strip()] if text.strip() else [])


def _apply(clause: str, reading: Reading) -> bool:
    bare = clause.rstrip(" .!")
    command = find_command(bare)
    if command is not None:
        reading.intend(INTENTS[command])
        return True
    for pattern, handle in HANDLERS:
        match = pattern.match(bare)
        if match and handle(match, reading) is not False:
            return True
    return _time(bare, reading) or _answer(clause, reading)


# --- what single clauses do ----------------------------------------------------------------------------------------


def _time(clause: str, reading: Reading) -> bool:
    """A clause that is about the time of sending and little else."""
    _, when, now = split_send_clause(clause)
    if now:
        reading.intend("send_now")
        return True
    if when is None:
        when, left = read_when(clause)
        words = re.sub(
            r"\b(?:make|send|it|that|this|schedule|move|postpone|reschedule|set|change|to|for|out|instead|rather|better|at|on"
            r"|the|time|mail|email|deliver|bring|push|delay|by|please|let's|again|same|es|schick|sende|ab|envíalo|envoie-le)\b|[\s,-]",
            "", left, flags=re.IGNORECASE)  # fmt: skip
        if when is None or len(words) > 3:
            return False
    reading.fields["when"] = when
    reading.intend("reschedule")
    return True


def _answer(clause: str, reading: Reading) -> bool:
    """A question about the draft, answered from the draft."""
    if not clause.endswith("?"):
        return False
    reading.intend("question")
    draft, low = reading.draft, clause.lower()
    if not draft:
        answer = "There is no draft yet."
    elif re.search(r"\bwho|whom|recipient|address", low):
        answer = "It goes to " + (", ".join(person.address for person in reading.people("to")) or "nobody yet") + "."
    elif re.search(r"\bwhen|what time|scheduled", low):
        goes_out = draft.get("goes_out")
        answer = f"It goes out on {goes_out}." if goes_out else "It is not scheduled."
    elif "subject" in low:
        answer = f"The subject is “{draft.get('subject')}”."
    elif re.search(r"\battach|\bfile", low):
        names = draft.get("attachments")
        answer = (
            f"Attached: {', '.join(map(str, names))}." if isinstance(names, list) and names else "Nothing is attached."
        )
    else:
        answer = "I am no AI model and cannot answer that. " + HELP
    reading.fields["answer"] = answer
    return True


def _translate(match: re.Match[str], reading: Reading) -> bool | None:
    language = NAMES.get(match["language"].lower())
    reading.intend("translate")
    if language is None:
        known = ", ".join(LANGUAGES.values())
        reading.remarks.append(f"I have no phrases for {match['language']}; I know {known}. The text is unchanged.")
        return None
    result = translate(reading.body.replace(LABEL, "").strip(), language)
    subject = translate(str(reading.fields.get("subject") or reading.draft.get("subject") or ""), language)
    reading.fields |= {
        "body": f"{result.text}\n\n{LABEL}",
        "subject": subject.text,
        "language": language,
        "back_translation": result.back,
    }
    if result.missing:
        kept = " ".join(f"“{text}”" for text in result.missing)[:600]
        reading.remarks.append(f"My phrase book has nothing for {kept}, so it stays as it was.")
    return None


def _rework(change: Callable[[Any], Any]) -> Handler:
    def handle(match: re.Match[str], reading: Reading) -> bool | None:
        reading.intend("revise")
        reading.fields["body"] = change(read_letter(reading.body)).text()
        return None

    return handle


def _add(match: re.Match[str], reading: Reading) -> bool | None:
    letter = read_letter(reading.body)
    added = tuple(filter(None, (sentence(match["words"].strip('"“”')),)))
    changed = type(letter)(letter.greeting, (*letter.sentences, *added), letter.closing, letter.signature)
    reading.intend("revise")
    reading.fields["body"] = changed.text()
    return None


def _delete(match: re.Match[str], reading: Reading) -> bool | None:
    letter = read_letter(reading.body)
    what = match["what"].strip('"“” ').lower()
    if what in ("the last sentence", "last sentence"):
        kept = letter.sentences[:-1]
    else:
        about = re.sub(r"^(?:the )?(?:sentence|part|line)s? (?:about|with|on) ", "", what)
        kept = tuple(text for text in letter.sentences if about not in text.lower())
    if kept == letter.sentences:
        return False
    reading.intend("revise")
    reading.fields["body"] = type(letter)(letter.greeting, kept, letter.closing, letter.signature).text()
    return None


def _replace(match: re.Match[str], reading: Reading) -> bool | None:
    old, new = match["old"].strip("\"“”' "), match["new"].strip("\"“”' ")
    pattern = re.compile(re.escape(old), re.IGNORECASE)
    if not pattern.search(reading.body):
        return False
    reading.intend("revise")
    reading.fields["body"] = pattern.sub(lambda _: new, reading.body)
    return None


def _subject(match: re.Match[str], reading: Reading) -> bool | None:
    reading.intend("revise")
    reading.fields["subject"] = match["subject"].strip('"“” ')
    return None


def _say(match: re.Match[str], reading: Reading) -> bool | None:
    letter = read_letter(reading.body)
    changed = type(letter)(letter.greeting, (sentence(match["words"]),), letter.closing, letter.signature)
    reading.intend("revise")
    reading.fields["body"] = changed.text()
    return None


def _sign(match: re.Match[str], reading: Reading) -> bool | None:
    letter = read_letter(reading.body)
    reading.intend("revise")
    closing = letter.closing or "Kind regards,"
    reading.fields["body"] = type(letter)(letter.greeting, letter.sentences, closing, match["name"].strip()).text()
    return None


def _people(group: str, *, add: bool) -> Handler:
    def handle(match: re.Match[str], reading: Reading) -> bool | None:
        said, when, now = split_send_clause(match["who"])
        who = _recipients(said)
        if not who:
            return False
        kept = [
            person for person in reading.people(group) if add and person.address not in {new.address for new in who}
        ]
        reading.fields[group] = [*kept, *who]
        reading.intend("revise")
        left = re.sub(ADDRESS, "", said)
        when = when or read_when(left)[0]
        if when is not None:
            reading.fields["when"] = when
        elif now:
            reading.intend("send_now")
        return None

    return handle


def _recipients(text: str) -> list[Recipient]:
    found = [Recipient(address=address) for address in re.findall(ADDRESS, text)]
    if found:
        return found
    name = re.match(
        r"^([^\W\d_a-zß-ÿ][\w'’-]*(?:\s[^\W\d_a-zß-ÿ][\w'’-]*)?)(?:\s+(?:instead|too|as well))?$", text.strip()
    )
    return [Recipient(name=name[1])] if name else []


def _remove_person(match: re.Match[str], reading: Reading) -> bool | None:
    who = match["who"].strip().lower()
    for group in ("to", "cc", "bcc"):
        people = reading.people(group)
        kept = [person for person in people if who not in (person.address.lower(), person.name.lower())]
        if kept != people:
            reading.fields[group] = kept
            reading.intend("revise")
            return None
    return False


def _attach(match: re.Match[str], reading: Reading) -> bool | None:
    listed = reading.given.sections.get("Files on the owner's mail", "")
    files = [line.rpartition(" (")[0] for line in listed.splitlines() if " (" in line]
    what = match["what"].lower().strip()
    wanted = [name for name in files if name.lower() in what or name.lower().rpartition(".")[2] in what.split()]
    if not wanted and re.search(r"\b(?:files?|it|this|attachments?|everything|them|all)\b", what):
        wanted = files
    held = reading.draft.get("attachments")
    reading.intend("revise")
    if not wanted:
        reading.questions.append(
            f"I see no file “{match['what'].strip()}” on your mail. Please attach it to your reply."
        )
        return None
    reading.fields["attachments"] = [*(held if isinstance(held, list) else []), *wanted]
    return None


def _intent(intent: str) -> Handler:
    def handle(match: re.Match[str], reading: Reading) -> bool | None:
        reading.intend(intent)
        return None

    return handle


def _go_back(match: re.Match[str], reading: Reading) -> bool | None:
    reading.intend("go_back")
    reading.fields["draft_number"] = int(match["number"])
    return None


def _own_zone(match: re.Match[str], reading: Reading) -> bool | None:
    zone = find_zone(match["zone"])
    if zone is None:
        return False
    reading.fields["owner_zone"] = zone
    reading.intend("question")
    return None


def _rx(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


HANDLERS: tuple[tuple[re.Pattern[str], Handler], ...] = (
    (_rx(r"(?:translate|übersetze?|traduc\w*|tradui\w*)\b.*?\b(?:to|into|in|ins|al|en)\s+(?P<language>[^\W\d_]+)"
         r"(?:\s+(?:and|then|und|y|et)\b.*)?$"), _translate),
    (_rx(r"(?:put|say|write) (?:it|this) in (?P<language>[^\W\d_]+)$"), _translate),
    (_rx(r"in (?P<language>spanish|french|german|english)$"), _translate),
    (_rx(r"(?:keep|save|leave) (?:it|this)?\s*(?:as )?(?:a |the )?draft.*|(?:do not|don't) send (?:it )?(?:yet|for now).*"
         r"|not yet.*|hold (?:it|on|off).*|wait(?: with it)?$"), _intent("keep_draft")),
    (_rx(r"(?:back|return|go back|revert) to (?:draft|version|revision) (?:no\.? |number |#)?(?P<number>\d{1,4})"), _go_back),
    (_rx(r"(?:use|take|restore) (?:draft|version|revision) (?:number |#)?(?P<number>\d{1,4})"), _go_back),
    (_rx(r"(?:show|list|send)(?: me)? (?:all |the )?(?:all )?(?:the )?(?:drafts|versions|revisions)"), _intent("show_drafts")),
    (_rx(r"(?:undo|revert)\b.*"), _intent("undo")),
    (_rx(r"(?:cancel|forget it|never ?mind|drop it|scrap it|do not send|don't send)\b.*"), _intent("cancel")),
    (_rx(r"(?:looks? (?:good|fine|great)|(?:that's |it's )?(?:fine|perfect|good|great|ok|okay|approved)|go ahead|yes|do it"
         r"|i agree|agreed|ja|sí|oui|passt)$"), _intent("approve")),
    (_rx(r"(?:i am|i'm|we are|we're) (?:now )?in (?P<zone>[\w /+:-]+)$"), _own_zone),
    (_rx(r"(?:use|my time zone is|my timezone is|set (?:my |the )?time ?zone to) (?P<zone>[\w /+:-]+?)(?: time)?$"), _own_zone),
    (_rx(r"(?:make (?:it|this|the (?:text|mail|email)) )?(?:a bit |much |a little )?(?:shorter|briefer|more concise)"
         r"|shorten.*"),
     _rework(shorter)),
    (_rx(r"(?:make (?:it|this) )?(?:a bit |much )?(?:more formal|more polite|politer|formal).*"), _rework(formal)),
    (_rx(r"(?:make (?:it|this) )?(?:a bit |much )?(?:friendlier|more friendly|less formal|more casual|warmer).*"),
     _rework(friendly)),
    (_rx(r"(?:(?:change|set|make) (?:the )?)?subject(?: line)?\s*(?:(?:to|is|should be)\s+:?|:)\s*(?P<subject>[^\n]+)"),
     _subject),
    (_rx(r"(?:please )?(?:add|put|set) (?P<who>\S+@\S+) (?:in|to|on|as) (?:the )?cc"), _people("cc", add=True)),
    (_rx(r"(?:please )?(?:add|put|set) (?P<who>\S+@\S+) (?:in|to|on|as) (?:the )?bcc"), _people("bcc", add=True)),
    (_rx(r"(?:add |put |with )?cc(?::| to)?\s+(?P<who>.+)"), _people("cc", add=True)),
    (_rx(r"copy (?P<who>\S+@.+)"), _people("cc", add=True)),
    (_rx(r"(?:add |put )?bcc(?::| to)?\s+(?P<who>.+)"), _people("bcc", add=True)),
    (_rx(r"(?:also (?:send|write) (?:it |this )?to|add)\s+(?P<who>\S+@.+)"), _people("to", add=True)),
    (_rx(r"(?:(?:send|address|change) (?:it|this|that|the same|the recipient|the address)?\s*(?:rather |instead )?(?:to)"
         r"|(?:make|set) (?:the )?(?:recipient|to)|to\s*:?|the (?:recipient|address) is|it goes to)\s+(?P<who>.+)"),
     _people("to", add=False)),
    (_rx(rf"(?P<who>{ADDRESS})$"), _people("to", add=False)),
    (_rx(r"(?:remove|delete|drop|take out) (?P<who>\S+@\S+)(?: from .*)?$"), _remove_person),
    (_rx(r"attach (?P<what>.+)"), _attach),
    (_rx(r"sign (?:it )?(?:as|with) (?P<name>.+)"), _sign),
    (_rx(r"(?:add|mention|also say|include|append)\b(?:\s+(?:a sentence|a line|something|the sentence))?"
         r"(?:\s+(?:saying|that says))?(?:\s+that\b|\s*:)?\s+(?P<words>.+)"), _add),
    (_rx(r"(?:remove|delete|drop|leave out) (?P<what>.+)"), _delete),
    (_rx(r"(?:replace|change) (?P<old>.+?) (?:with|by|to|into) (?P<new>.+)"), _replace),
    (_rx(r"(?:say|write|tell (?:him|her|them)) (?:that |instead that )(?P<words>.+)"), _say),
)  # fmt: skip
