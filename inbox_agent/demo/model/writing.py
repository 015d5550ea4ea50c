"""Words a mail from what the owner said, in polite business form, by templates; and revises it by simple rules."""

import re
from dataclasses import dataclass, replace

LABEL = "(Worded by the stand-in of inbox-agent, which is no AI model.)"
GREETINGS_BY_LANGUAGE = {
    "en": ("Hello {},", "Hello,", "and"),
    "es": ("Hola, {}:", "Hola:", "y"),
    "fr": ("Bonjour {},", "Bonjour,", "et"),
    "de": ("Hallo {},", "Guten Tag,", "und"),
}
CLOSINGS_BY_LANGUAGE = {
    "en": "Kind regards,",
    "es": "Saludos cordiales,",
    "fr": "Cordialement,",
    "de": "Mit freundlichen Grüßen",
}
CLOSINGS = re.compile(
    r"^(?:kind regards|best regards|regards|best|cheers|sincerely|yours sincerely|saludos cordiales|un cordial saludo|"
    r"cordialement|bien cordialement|mit freundlichen grüßen|beste grüße),?$",
    re.IGNORECASE,
)
GREETING = re.compile(
    r"^(?:hello|hi|dear|hola|estimad[oa/]+|bonjour|salut|cher\S*|hallo|guten tag|lieber?\S*|sehr geehrte\S*)\b.{0,80}[,:!]$",
    re.IGNORECASE,
)
OPENING = re.compile(
    r"^(?:that\s+)?(?:i am writing to you about|i'm|i am|we're|we are|there is|it is|it's|please)\s+", re.IGNORECASE
)
LONGEST_SIGNATURE = 12
GENERIC = frozenset("info sales office support team contact hello mail admin service billing hr news".split())
FORMAL = {
    "i'm": "I am", "i'll": "I will", "i've": "I have", "can't": "cannot", "won't": "will not", "don't": "do not",
    "we're": "we are", "we'll": "we will", "it's": "it is", "that's": "that is", "isn't": "is not", "thanks": "thank you",
    "you're": "you are", "asap": "as soon as possible",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Letter:
    """A body taken apart, so that a revision touches only what it is about."""

    greeting: str
    sentences: tuple[str, ...]
    closing: str
    signature: str

    def text(self) -> str:
        """The whole body with the label that says who worded it."""
        paragraphs = [self.greeting, " ".join(self.sentences), f"{self.closing}\n{self.signature}".strip(), LABEL]
        return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def first_name(name: str, address: str) -> str:
    """How to address somebody: the first name, or what stands before the @ when it looks like a name; else ""."""
    if name.strip():
        return name.split(maxsplit=1)[0].strip(",")
    if "@" not in address:
        return ""
    local = re.split(r"[._+\-\d]", address.partition("@")[0])[0]
    return local.capitalize() if len(local) > 1 and local.isalpha() and local.lower() not in GENERIC else ""


def greeting_for(names: list[str], language: str = "en") -> str:
    """The greeting of up to three people whose names are known, else of nobody in particular."""
    named, general, conjunction = GREETINGS_BY_LANGUAGE[language]
    known = [name for name in names if name]
    if not known or len(known) > 3:
        return general
    return named.format(f" {conjunction} ".join(filter(None, [", ".join(known[:-1]), known[-1]])))


def sentence(words: str) -> str:
    """A sentence with a capital and a full stop."""
    text = " ".join(words.split()).strip(" ,;")
    text = re.sub(r"(?<![\w'])i(?=\b(?:'|\s|$))", "I", text)
    if not text:
        return ""
    text = text[0].upper() + text[1:]
    return text if text[-1] in ".!?…。！？" else text + "."


def sentences_of(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (sentence(piece) for piece in re.split(r"(?<=[.!?])\s+|\n+", text))))


def subject_from(content: str) -> str:
    """A few words that say what it is about."""
    words = OPENING.sub("", content.strip())
    first = re.split(r"(?<=[.!?])\s|[\n;]", words)[0].rstrip(".!?")
    pieces = first.split()
    short = " ".join(pieces[:8]) + (" …" if len(pieces) > 8 else "")
    return short[:1].upper() + short[1:] if short else ""


def read_letter(body: str) -> Letter:
    """A body back into its parts; what has no such form is all sentences."""
    lines = body.replace(LABEL, "").strip().split("\n")
    greeting = lines.pop(0) if lines and GREETING.match(lines[0].strip()) else ""
    closing, signature = "", ""
    for index in range(len(lines) - 1, max(-1, len(lines) - LONGEST_SIGNATURE), -1):
        if CLOSINGS.match(lines[index].strip()):
            closing, signature = lines[index].strip(), "\n".join(lines[index + 1 :]).strip()
            lines = lines[:index]
            break
    return Letter(greeting, sentences_of("\n".join(lines).strip()), closing, signature)


def shorter(letter: Letter) -> Letter:
    """The first half of the sentences, the first one at least; a single one loses its subordinate clause."""
    if len(letter.sentences) > 1:
        return replace(letter, sentences=letter.sentences[: (len(letter.sentences) + 1) // 2])
    cut = tuple(sentence(re.split(r",|\s(?:because|since|as|and|but|so)\s", text)[0]) for text in letter.sentences)
    return replace(letter, sentences=cut)


def formal(letter: Letter) -> Letter:
    """Contractions written out, "Dear" for "Hello"."""

    def full(text: str) -> str:
        for short, written in FORMAL.items():
            text = re.sub(rf"(?<!\w){re.escape(short)}(?!\w)", written, text.replace("’", "'"), flags=re.IGNORECASE)
        return text[:1].upper() + text[1:]

    greeting = re.sub(r"^(?:Hello|Hi)(?= )", "Dear", letter.greeting)
    return replace(letter, greeting=greeting, sentences=tuple(full(text) for text in letter.sentences))


def friendly(letter: Letter) -> Letter:
    greeting = re.sub(r"^(?:Hello|Dear)(?= )", "Hi", letter.greeting)
    return replace(letter, greeting=greeting, closing="Best," if letter.closing else "")
