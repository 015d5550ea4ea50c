"""An instruction to the structured output, by rules. It reads what a model would read and says that it is no model."""

import re

from inbox_agent.conversation.commands import INTENTS, Command, canceled_numbers, find_command
from inbox_agent.conversation.hints import without_named_draft
from inbox_agent.conversation.turn.prompt import TurnInput
from inbox_agent.conversation.turn_output import SaidTime, TurnOutput, When
from inbox_agent.demo.model.attaching import attach, take_attach_clause
from inbox_agent.demo.model.clauses import HANDLERS, translate_draft
from inbox_agent.demo.model.composing import Composed, read_composition, split_send_clause
from inbox_agent.demo.model.reading import HELP, Reading
from inbox_agent.demo.model.remembering import in_tone, signature_of, take_standing_wishes
from inbox_agent.demo.model.tidying import tidy
from inbox_agent.demo.model.when import read_when

NEXT_CLAUSE = re.compile(
    r"(?:(?<=[.!?])\s+|\s*[;\n]\s*|,?\s+(?:and|then|und|y|et)\s+(?:then\s+)?(?=(?:please\s+)?(?:send|schedule|translate|make|add"
    r"|change|cc|bcc|copy|remove|delete|replace|cancel|keep|attach|sign|use|set|say|move|undo|show|put)\b))",
    re.IGNORECASE,
)
COURTESY = re.compile(
    r"^(?:(?:please|ok(?:ay)?|yes|no|and|then|actually|well|hi|hello|thank you|thanks|can you|could you)\b[\s,!.]*)+",
    re.IGNORECASE,
)

# Words around a time that say nothing more: "please make it … instead".
FILLERS = re.compile(
    r"\b(?:make|send|it|that|this|schedule|move|postpone|reschedule|set|change|to|for|out|instead|rather|better|at|on|the|time"
    r"|mail|email|deliver|bring|push|delay|by|please|let's|again|wait|then|first thing|and|same|also|mejor|plutôt|lieber|es"
    r"|schick|sende|ab|envíalo|envoie-le)\b|[\s,-]",
    re.IGNORECASE,
)

TRANSLATE_TAIL = re.compile(
    r"(?:[,;.\n]|\band\b|\bthen\b)\s*(?:(?:and|then|please)\s+)*translate\s+(?:it|this|that|the (?:mail|text))?\s*(?:in)?to\s+"
    r"(?P<language>[^\W\d_]+)[.! ]*$",
    re.IGNORECASE,
)


def understand(given: TurnInput) -> TurnOutput:
    """What the owner's words mean, as far as the rules go; else a question."""
    reading = Reading(given)
    text = without_named_draft(tidy(given.owner_text, _owner_name(given)))
    if _command(text, reading):
        return reading.output()
    text = take_standing_wishes(text, reading)
    if not text:
        return reading.output()
    instruction, files = take_attach_clause(text)
    instruction, language = _translation_at_the_end(instruction)
    composed = read_composition(instruction)
    if composed is not None and (composed.to or not reading.draft):
        _compose(composed, reading)
        if files:
            attach(files, reading, to_draft=False)
        if (language := composed.translate_to or language) and composed.words:
            translate_draft(language, reading)
    else:
        _revise(text, reading)
    return reading.output()


def _command(text: str, reading: Reading) -> bool:
    """A text, or a clause, that is nothing but a command."""
    command = find_command(text)
    if command is None:
        return False
    reading.intend(INTENTS[command])
    if command is Command.CANCEL_PENDING:
        reading.fields["pending_numbers"] = canceled_numbers(text)
    elif command is Command.FORGET:
        reading.fields["remember"] = {"forget": ["everything"]}
    return True


def _owner_name(given: TurnInput) -> str:
    owner = given.sections.get("The owner", "")
    return owner.partition("<")[0].strip() if "<" in owner else ""


def _translation_at_the_end(text: str) -> tuple[str, str]:
    """ "Write to … . Translate it to Spanish.": the text without that sentence, and the language."""
    match = TRANSLATE_TAIL.search(text)
    return (text[: match.start()], match["language"]) if match else (text, "")


def _compose(composed: Composed, reading: Reading) -> None:
    reading.intend("compose")
    signature = signature_of(reading, _owner_name(reading.given))
    for group, people in (("to", composed.to), ("cc", composed.cc), ("bcc", composed.bcc)):
        if people:
            reading.fields[group] = people
    if composed.words:
        body = in_tone(composed.body(signature), reading)
        reading.fields |= {"subject": composed.subject, "body": body, "language": composed.language}
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
    reading.clause = clause
    if _command(bare, reading):
        return True
    for pattern, handle in HANDLERS:
        match = pattern.match(bare)
        if match and handle(match, reading) is not False:
            return True
    return _time(bare, reading) or _answer(clause, reading)


def _time(clause: str, reading: Reading) -> bool:
    """A clause that is about the time of sending and little else."""
    bare = re.fullmatch(r"(?:make (?:it|that)\s+)?(\d{1,2})", clause, re.IGNORECASE)
    if bare and reading.draft and int(bare[1]) <= 24:
        reading.fields["when"] = When(said=clause, time=SaidTime(hour=int(bare[1])))
        reading.intend("reschedule")
        return True
    _, when, now = split_send_clause(clause)
    if now:
        reading.intend("send_now")
        return True
    if when is None:
        when, left = read_when(clause)
        words = FILLERS.sub("", left)
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
