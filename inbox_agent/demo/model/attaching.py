"""What is said about files: which of those that the input lists are meant by "the PDF", "report.pdf", "both", "it"."""

import re
from dataclasses import dataclass

from inbox_agent.demo.model.reading import Reading

_LISTED = re.compile(r"(?P<name>.*) \((?P<type>[^()]+), \d+ bytes(?P<inside>, inside a forwarded mail)?\)")
_COPY = re.compile(r" \(\d+\)$")
# Words for a kind of file, and the types or endings that it has.
_KINDS = (
    (r"pdfs?", r"application/pdf|\.pdf$"),
    (r"(?:photo|picture|image|screenshot)s?", r"image/|\.(?:jpe?g|png|gif|heic)$"),
    (r"(?:spreadsheet|excel(?: file)?|table)s?", r"spreadsheet|excel|csv|\.(?:xlsx?|ods|csv)$"),
    (r"(?:word (?:file|document)|word)s?", r"msword|wordprocessing|\.docx?$"),
    (r"(?:presentation|slide)s?", r"presentation|powerpoint|\.pptx?$"),
    (r"(?:invitation|invite|calendar(?: file)?|appointment)s?", r"calendar|\.ics$"),
    (r"(?:contact|vcard|business card)s?", r"vcard|\.vcf$"),
    (r"(?:archive|zip(?: file)?)s?", r"zip|\.(?:zip|gz)$"),
    (r"(?:text(?: file)?)s?", r"text/plain|\.txt$"),
    (r"(?:forwarded )?(?:mail|message)s?", r"message/rfc822|\.eml$"),
)
_NAMED_KIND = "|".join(words for words, _ in _KINDS)
_ANY = r"(?:files?|attachments?|documents?|everything|it|this|that|them|these|those|both|all)"
_FILE_NAME = r"[^\s\"“”]+\.[A-Za-z0-9]{1,5}"
# What can only be a file: the word, a kind with an article, a name with an ending, or words in quotation marks.
FILES = (
    rf"(?:(?:the|this|that|my|both|all|any|these|those|of|other|new|attached|first|second)\s+)*"
    rf"(?:\"[^\"]+\"|“[^”]+”|{_ANY}\b|(?:{_NAMED_KIND})\b|{_FILE_NAME}(?: \(\d+\))?)"
    rf"(?:\s*(?:,|and|&)\s*(?:the\s+|my\s+)?(?:{_FILE_NAME}(?: \(\d+\))?|(?:{_NAMED_KIND})\b))*"
)
_CLAUSE = re.compile(
    rf"(?:^|[.;,!?\n]|\band\b|\bthen\b)\s*(?:(?:and|then|please|also)\s+)*"
    rf"(?:attach\s+(?P<what>{FILES})|with\s+(?P<with>{FILES})\s+attached)(?P<mail>\s+to\s+(?:it|the mail|the e-?mail))?"
    rf"(?=\s*$|\s*[.;,!?\n]|\s+(?:and|then)\s)",
    re.IGNORECASE,
)

_JOINT_AT_START = re.compile(r"^[\s.,;!]*(?:(?:and|then)\b[\s,]*)*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Listed:
    """A file as the input lists it."""

    name: str
    content_type: str
    inside: bool


def files_listed(reading: Reading, heading: str) -> list[Listed]:
    lines = reading.given.sections.get(heading, "").splitlines()
    found = (_LISTED.fullmatch(line) for line in lines)
    return [Listed(match["name"], match["type"], bool(match["inside"])) for match in found if match]


def take_attach_clause(text: str) -> tuple[str, str]:
    """An instruction without its "and attach the PDF", and what is to be attached."""
    match = _CLAUSE.search(text)
    if match is None:
        return text, ""
    after = text[match.end() :]
    joint = "" if not after.strip(" .!") or after.lstrip()[:1] in ".;,!?\n" or after[:1] == "\n" else " "
    left = text[: match.start()] + joint + after.lstrip(" ")
    return _JOINT_AT_START.sub("", left), match["what"] or match["with"]


def attach(what: str, reading: Reading, *, to_draft: bool) -> None:
    """Attach what is meant; a file that is not there is asked for.

    Args:
        to_draft: whether what the draft carries stays with it.
    """
    reading.intend("revise")
    wanted = _meant(what, reading)
    if not wanted:
        reading.questions.append(f"I see no file “{what.strip()}” on your mail. Please attach it to your reply.")
        return
    held = _held(reading) if to_draft else []
    reading.fields["attachments"] = list(dict.fromkeys([*held, *wanted]))
    reading.quote("attach")


def detach(what: str, reading: Reading) -> bool:
    """Take off what is meant; False when the draft carries nothing like it."""
    held = [Listed(name, "", inside=False) for name in _held(reading)]
    gone = _chosen(what, held)
    if not gone:
        return False
    reading.intend("revise")
    reading.fields["attachments"] = [file.name for file in held if file.name not in gone]
    return True


def replace_files(reading: Reading) -> None:
    """The files on this mail instead of those that the draft carries under the same names, else instead of all."""
    new = [file.name for file in files_listed(reading, "Files on the owner's mail") if not file.inside]
    reading.intend("revise")
    if not new:
        reading.questions.append("I see no file on your mail. Please attach the new one to your reply.")
        return
    reading.quote("attach")
    names = {_COPY.sub("", name).lower() for name in new}
    held = _held(reading)
    kept = [name for name in held if _COPY.sub("", name).lower() not in names]
    reading.fields["attachments"] = [*(kept if len(kept) < len(held) else []), *new]


def _held(reading: Reading) -> list[str]:
    held = reading.fields.get("attachments", reading.draft.get("attachments"))
    return [str(name) for name in held] if isinstance(held, list) else []


def _meant(what: str, reading: Reading) -> list[str]:
    """The files on this mail that fit, else those of earlier mails."""
    for heading in ("Files on the owner's mail", "Files of the owner's earlier mails"):
        if chosen := _chosen(what, files_listed(reading, heading)):
            return chosen
    return []


def _chosen(what: str, files: list[Listed]) -> list[str]:
    said = what.lower()
    named = []
    for file in sorted(files, key=lambda one: -len(one.name)):
        if file.name.lower() in said:
            named.append(file.name)
            # "report.pdf (2)" does not also say "report.pdf".
            said = said.replace(file.name.lower(), " ")
    by_kind = [file.name for file in files if _is_of_kind(said, file)]
    if named or by_kind:
        return [file.name for file in files if file.name in (*named, *by_kind)]
    if re.search(rf"\b{_ANY}\b", said) and not re.search(rf"{_FILE_NAME}|[\"“]|\b(?:{_NAMED_KIND})\b", said):
        return [file.name for file in files if not file.inside]
    return []


def _is_of_kind(said: str, file: Listed) -> bool:
    return any(
        re.search(rf"\b{words}\b", said) and re.search(marks, f"{file.content_type} {_COPY.sub('', file.name)}", re.I)
        for words, marks in _KINDS
    )
