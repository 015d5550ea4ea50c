"""What single clauses of a reply do to a draft: patterns and handlers, the first that fits counts.

A handler returns False when its pattern fitted but its meaning does not, so that the next one is tried.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from inbox_agent.conversation.turn_output import Recipient, When
from inbox_agent.conversation.when.zones import find_zone
from inbox_agent.demo.model.attaching import FILES, attach, detach, replace_files
from inbox_agent.demo.model.composing import ADDRESS, CAPITAL, split_send_clause
from inbox_agent.demo.model.phrases import LANGUAGES, NAMES, translate
from inbox_agent.demo.model.reading import Reading
from inbox_agent.demo.model.when import read_when
from inbox_agent.demo.model.writing import (
    CLOSINGS_BY_LANGUAGE,
    LABEL,
    Letter,
    formal,
    friendly,
    read_letter,
    sentence,
    shorter,
)

Handler = Callable[[re.Match[str], Reading], bool | None]


def _translate(match: re.Match[str], reading: Reading) -> bool | None:
    translate_draft(match["language"], reading)
    return None


def translate_draft(name: str, reading: Reading) -> None:
    """The text and subject in a language of the phrase book, with the way back; says what has no phrase."""
    language = NAMES.get(name.lower())
    reading.intend("translate")
    if language is None:
        known = ", ".join(LANGUAGES.values())
        reading.remarks.append(f"I have no phrases for {name}; I know {known}. The text is unchanged.")
        return
    result = translate(reading.body.replace(LABEL, "").strip(), language)
    subject = translate(str(reading.fields.get("subject") or reading.draft.get("subject") or ""), language)
    reading.fields |= {
        "body": f"{result.text}\n\n{LABEL}",
        "subject": subject.text.rstrip("."),
        "language": language,
        "back_translation": result.back,
    }
    if result.missing:
        kept = " ".join(f"“{text}”" for text in result.missing)[:600]
        reading.remarks.append(f"My phrase book has nothing for {kept}, so it stays as it was.")


def _rework(change: Callable[[Letter], Letter]) -> Handler:
    def handle(match: re.Match[str], reading: Reading) -> bool | None:
        reading.intend("revise")
        reading.fields["body"] = change(read_letter(reading.body)).text()
        return None

    return handle


def _add(match: re.Match[str], reading: Reading) -> bool | None:
    letter = read_letter(reading.body)
    added = tuple(filter(None, (sentence(match["words"].strip('"“”')),)))
    changed = replace(letter, sentences=(*letter.sentences, *added))
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
    reading.fields["body"] = replace(letter, sentences=kept).text()
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
    changed = replace(letter, sentences=(sentence(match["words"]),))
    reading.intend("revise")
    reading.fields["body"] = changed.text()
    return None


def _sign(match: re.Match[str], reading: Reading) -> bool | None:
    letter = read_letter(reading.body)
    reading.intend("revise")
    closing = letter.closing or CLOSINGS_BY_LANGUAGE["en"]
    reading.fields["body"] = replace(letter, closing=closing, signature=match["name"].strip()).text()
    return None


def _people(group: str, *, add: bool) -> Handler:
    def handle(match: re.Match[str], reading: Reading) -> bool | None:
        said, when, now = split_send_clause(match["who"])
        who = _recipients(said)
        if not who:
            return False
        more = add or bool(re.search(r"\b(?:too|as well|also)\b", said, re.IGNORECASE))
        kept = [
            person for person in reading.people(group) if more and person.address not in {new.address for new in who}
        ]
        reading.fields[group] = [*kept, *who]
        if re.search(r"\b(?:only|nobody else|alone)\b", said, re.IGNORECASE):
            reading.fields |= {other: [] for other in ("to", "cc", "bcc") if other != group and reading.people(other)}
        reading.intend("revise")
        left = re.sub(ADDRESS, "", said)
        when = when or read_when(left)[0]
        if when is not None:
            reading.fields["when"] = when
        elif now or AT_ONCE.search(left):
            reading.intend("send_now")
        return None

    return handle


# "send the same to lee@corp.example, now".
AT_ONCE = re.compile(
    r"(?:^|[\s,])(?:(?:right )?now|immediately|at once|straight away|sofort|jetzt|ahora|maintenant)\W*$", re.IGNORECASE
)


def _recipients(text: str) -> list[Recipient]:
    found = [Recipient(address=address) for address in re.findall(ADDRESS, text)]
    if found:
        return found
    name = re.match(rf"^({CAPITAL}(?:\s{CAPITAL})?)(?:\s+(?:instead|too|as well|only|alone))?(?:,.*)?$", text.strip())
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
    what, when, now = split_send_clause(match["what"])
    attach(what, reading, to_draft=True)
    _send(when, now, reading)
    return None


def _detach(match: re.Match[str], reading: Reading) -> bool | None:
    if not detach(match["files"], reading):
        reading.intend("question")
        reading.questions.append(f"The draft carries no {match['files'].strip()}; nothing was removed.")
    if match.groupdict().get("send"):
        _, when, now = split_send_clause(f"send it {match['time'] or ''}".strip())
        _send(when, now or not (match["time"] or "").strip(), reading)
    return None


def _replace_files(match: re.Match[str], reading: Reading) -> bool | None:
    replace_files(reading)
    return None


def _send(when: When | None, now: bool, reading: Reading) -> None:
    if when is not None:
        reading.fields["when"] = when
    elif now:
        reading.intend("send_now")


def _intent(intent: str) -> Handler:
    def handle(match: re.Match[str], reading: Reading) -> bool | None:
        reading.intend(intent)
        return None

    return handle


def _go_back(match: re.Match[str], reading: Reading) -> bool | None:
    reading.intend("go_back")
    reading.fields["draft_number"] = int(match["number"])
    return None


def _cancel_by_number(match: re.Match[str], reading: Reading) -> bool | None:
    reading.intend("cancel_pending")
    reading.fields["pending_numbers"] = [int(number) for number in re.findall(r"\d+", match["numbers"])]
    return None


def _own_zone(match: re.Match[str], reading: Reading) -> bool | None:
    zone = find_zone(match["zone"])
    if zone is None:
        return False
    reading.fields["owner_zone"] = zone
    reading.quote("zone")
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
         r"|not yet.*|hold (?:it|on|off).*|wait(?: with it)?$|noch nicht.*"
         r"|.*pas encore.*|todavía no.*|no lo envíes todavía.*"), _intent("keep_draft")),
    (_rx(r"(?:back|return|go back|revert) to (?:draft|version|revision) (?:no\.? |number |#)?(?P<number>\d{1,4})"), _go_back),
    (_rx(r"(?:use|take|restore) (?:draft|version|revision) (?:number |#)?(?P<number>\d{1,4})"), _go_back),
    (_rx(r"(?:show|list|send)(?: me)? (?:all |the )?(?:all )?(?:the )?(?:drafts|versions|revisions)"), _intent("show_drafts")),
    (_rx(r"(?:undo|revert)\b.*"), _intent("undo")),
    (_rx(r"(?:cancel|do not send|don't send|stop) (?:the |mail |mails )*(?:numbers?|no\.?|#) ?"
         r"(?P<numbers>\d+(?:(?:,| and|, and) \d+)*)(?: (?:of|from|in|on) .*)?$"), _cancel_by_number),
    (_rx(r"(?:cancel|forget it|vergiss es|olvídalo|laisse tomber|never ?mind|drop it|scrap it|do not send"
         r"|don't send)\b.*"), _intent("cancel")),
    (_rx(r"(?:no|no,? thanks?|leave it(?: as it is)?|leave everything as it is|nein|non)$"), _intent("as_is")),
    (_rx(r"(?:looks? (?:good|fine|great)|(?:that's |it's )?(?:fine|perfect|good|great|ok|okay|approved)|go ahead|yes|do it"
         r"|i agree|agreed|ja|sí|oui|passt)$"), _intent("approve")),
    (_rx(r"(?:i am|i'm|we are|we're) (?:now )?in (?P<zone>[\w /+:-]+?)(?: (?:now|today|this week|these days))?$"),
     _own_zone),
    (_rx(r"(?:use|my time zone is|my timezone is|set (?:my |the )?time ?zone to) (?P<zone>[\w /+:-]+?)(?: time)?$"), _own_zone),
    (_rx(r"(?:make (?:it|this|the (?:text|mail|email)) )?(?:a bit |much |a little )?(?:shorter|briefer|more concise)"
         r"|kürzer.*|.*más corto|.*plus court"
         r"|shorten.*"),
     _rework(shorter)),
    (_rx(r"(?:make (?:it|this) )?(?:a bit |much )?(?:more formal|more polite|politer|formal).*"), _rework(formal)),
    (_rx(r"(?:make (?:it|this) )?(?:a bit |much )?(?:friendlier|more friendly|less formal|more casual|warmer).*"),
     _rework(friendly)),
    (_rx(r"(?:(?:change|set|make) (?:the )?)?subject(?: line)?\s*(?:(?:to|is|should be)\s+:?|:)\s*(?P<subject>[^\n]+)"),
     _subject),
    (_rx(r"(?:please )?(?:add|put|set) (?P<who>\S+@\S+) (?:in|to|on|as) (?:the )?cc"), _people("cc", add=True)),
    (_rx(r"(?:please )?(?:add|put|set) (?P<who>\S+@\S+) (?:in|to|on|as) (?:the )?bcc"), _people("bcc", add=True)),
    (_rx(r"(?:also )?(?:add |put |with )?cc(?::| to)?\s+(?P<who>.+)"), _people("cc", add=True)),
    (_rx(r"copy (?P<who>\S+@.+)"), _people("cc", add=True)),
    (_rx(r"(?:add |put )?bcc(?::| to)?\s+(?P<who>.+)"), _people("bcc", add=True)),
    (_rx(r"(?:also (?:(?:send|write) (?:it |this )?)?to|add)\s+(?P<who>\S+@.+)"), _people("to", add=True)),
    (_rx(r"(?:(?:send|address|change) (?:it|this|that|the same|the recipient|the address)?\s*(?:rather |instead )?(?:to)"
         r"|(?:make|set) (?:the )?(?:recipient|to)|to\s*:?|the (?:recipient|address) is|it goes to)\s+(?P<who>.+)"),
     _people("to", add=False)),
    (_rx(rf"(?P<who>{ADDRESS})$"), _people("to", add=False)),
    (_rx(r"(?:remove|delete|drop|take out) (?P<who>\S+@\S+)(?: from .*)?$"), _remove_person),
    (_rx(r"(?:also )?attach (?P<what>.+)"), _attach),
    (_rx(rf"(?:also )?(?:add|include) (?P<what>(?:the |my |both )?(?:attached )?{FILES})(?: too| as well| as attachments?)?$"),
     _attach),
    (_rx(rf"(?:remove|delete|drop|detach|take off|leave out) (?P<files>{FILES})(?: again| from .*)?$"), _detach),
    (_rx(rf"(?P<send>send )?(?:it |this )?(?P<time>[\w: ]{{0,40}}?)\s*without (?:an? |any )?(?P<files>{FILES})$"), _detach),
    (_rx(rf"replace (?:the |my |both |all )?(?:old )?{FILES}(?: (?:with|by) (?:the|this|my) (?:new|attached|one).*)?$"),
     _replace_files),
    (_rx(r"sign (?:it |this |this one |this mail )?(?:as|with) (?P<name>.+)"), _sign),
    (_rx(r"(?:also )?(?:add|mention|say also|include|append)\b(?:\s+(?:a sentence|a line|something|the sentence))?"
         r"(?:\s+(?:saying|that says))?(?:\s+that\b|\s*:)?\s+(?P<words>.+)"), _add),
    (_rx(r"(?:remove|delete|drop|leave out) (?P<what>.+)"), _delete),
    (_rx(r"(?:replace|change) (?P<old>.+?) (?:with|by|to|into) (?P<new>.+)"), _replace),
    (_rx(r"(?:say|write|tell (?:him|her|them)) (?:that |instead that )(?P<words>.+)"), _say),
)  # fmt: skip
