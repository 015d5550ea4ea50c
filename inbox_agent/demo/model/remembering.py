"""What an instruction says of all mails to come: "sign my mails as …", "forget my signature"; in English, by patterns."""

import re
from typing import Any

from inbox_agent.demo.model.phrases import NAMES
from inbox_agent.demo.model.reading import Reading
from inbox_agent.demo.model.writing import formal, friendly, read_letter

ALWAYS = r"(?:please )?(?:always |from now on,? |in future,? )"
REMEMBER = r"(?:please )?(?:always )?(?:remember|note|keep in mind)(?: that)?:? "
FOR_GOOD = r"(?: from now on| always| in future)?"


def _rx(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


# The first line, or sentence, that a pattern fits is taken out of the text; a signature that begins so takes the rest.
SIGNATURE = _rx(
    rf"^(?:{REMEMBER}|{ALWAYS})?(?:my signature (?:is|shall be|should be)|my signature|(?:use|take) the signature|"
    rf"sign (?:all )?my (?:e-?)?mails with)\s*:\s*(?P<value>\S.*)$"
)
SENTENCES = (
    ("name", _rx(rf"(?:{REMEMBER}|{ALWAYS})?my name is (?P<value>[^.!?\n]+?){FOR_GOOD}")),
    ("name", _rx(r"call me (?P<value>[^.!?\n]+?) from now on")),
    ("signature", _rx(rf"(?:{ALWAYS}|{REMEMBER})?sign (?:all )?(?:of )?my (?:e-?)?mails (?:as|with) (?P<value>.+?){FOR_GOOD}")),
    ("signature", _rx(r"(?:please )?always sign (?:as|with) (?P<value>.+)")),
    ("signature", _rx(rf"(?:{REMEMBER})?my signature (?:is|shall be|should be) (?P<value>.+)")),
    ("tone", _rx(r"(?:please )?(?:always|from now on,?) (?:write|use|be|sound) (?:in )?(?:an? |the )?(?P<value>[\w ,-]+?)"
                 r"(?: tone| style| way)?(?: in (?:all )?my (?:e-?)?mails)?")),
    ("tone", _rx(rf"(?:{REMEMBER})i (?:like|want|prefer) (?:an? )?(?P<value>[\w ,-]+?) (?:tone|style)")),
    ("language", _rx(r"(?:please )?(?:always|from now on,?) (?:answer|reply|write to me|talk to me)(?: me)?(?: to me)? in "
                     r"(?P<value>\w+)")),
)  # fmt: skip
FORGET = _rx(r"(?:please )?(?:forget|delete|remove) (?P<what>.+)")
# A person who is deleted or removed is a recipient of the mail.
FORGETS = _rx(r"(?:please )?forget\b")
FORGET_MY = _rx(r"my (?P<what>name|signature|time ?zone|zone|language|tone|contacts)(?: and (?P<more>.+))?")
FIELDS = {"timezone": "zone", "time zone": "zone"}
NEVER_MIND = _rx(
    r"(?:it|that|this|about it|the .*|draft .*|everything|all|me|my (?!name|sig|time|zone|lang|tone|cont).*)"
)
PIECES = re.compile(r"(?<=[.!?])[^\S\n]+(?=[A-Z])|\n+")


def take_standing_wishes(text: str, reading: Reading) -> str:
    """Fill in what the text says of all mails; what is left of it."""
    if match := re.compile(SIGNATURE.pattern, re.IGNORECASE | re.DOTALL).match(text):
        _remember(reading, "signature", match["value"])
        return ""
    pieces, left = PIECES.split(text), list[str]()
    for number, piece in enumerate(pieces):
        bare = piece.strip().rstrip(".!")
        if bare.endswith(":"):
            # What follows is the text of a mail.
            return text if number == len(left) else "\n".join([*left, *pieces[number:]])
        if not (_standing(bare, reading) or _forgetting(bare, reading)):
            left.append(piece)
    return text if len(left) == len(pieces) else "\n".join(left).strip()


def _standing(sentence: str, reading: Reading) -> bool:
    for field, pattern in SENTENCES:
        match = pattern.fullmatch(sentence)
        if match is None:
            continue
        value = match["value"].strip(" ,\"“”'")
        if field == "language":
            value = NAMES.get(value.lower(), "")
        if value:
            _remember(reading, field, value)
            return True
    return False


def _remember(reading: Reading, field: str, value: str) -> None:
    if field == "signature":
        value = "\n".join(line.strip() for line in re.split(r"\n|,\s", value) if line.strip())
    reading.intend("remember")
    reading.fields["remember"] = {**_so_far(reading), field: value}


def _forgetting(sentence: str, reading: Reading) -> bool:
    found = FORGET.fullmatch(sentence)
    if found is None:
        return False
    what = found["what"].strip()
    mine = FORGET_MY.fullmatch(what)
    if mine:
        field = mine["what"].lower()
        _forget(reading, "forget", FIELDS.get(field, field))
        return mine["more"] is None or _forgetting(f"forget {mine['more']}", reading)
    if not FORGETS.match(sentence) or NEVER_MIND.fullmatch(what) or len(what.split()) > 3:
        return False
    _forget(reading, "forget_contacts", what)
    return True


def _forget(reading: Reading, kind: str, what: str) -> None:
    reading.intend("forget")
    so_far = _so_far(reading)
    reading.fields["remember"] = {**so_far, kind: [*so_far.get(kind, []), what]}


def _so_far(reading: Reading) -> dict[str, Any]:
    found = reading.fields.get("remember")
    return dict(found) if isinstance(found, dict) else {}


def signature_of(reading: Reading, owner_name: str) -> str:
    """What stands below the closing: the remembered name, else that of the mailbox, and the remembered signature."""
    known = {**reading.given.remembered, **_so_far(reading)}
    name, more = str(known.get("name") or owner_name), str(known.get("signature") or "")
    if not more or more.casefold().startswith(name.casefold()):
        return more or name
    return f"{name}\n{more}".strip()


def in_tone(body: str, reading: Reading) -> str:
    """The text in the remembered tone, as far as there is a rule for it."""
    tone = str({**reading.given.remembered, **_so_far(reading)}.get("tone") or "").lower()
    if body and re.search(r"friendly|casual|warm|informal", tone):
        return friendly(read_letter(body)).text()
    if body and re.search(r"formal|polite", tone):
        return formal(read_letter(body)).text()
    return body
