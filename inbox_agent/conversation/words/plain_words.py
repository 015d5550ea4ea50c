"""Text in the form in which words are compared, and the lists of ``clause_words`` as patterns. Pure."""

import re
import unicodedata
from functools import lru_cache

from inbox_agent.conversation.words import clause_words as words

MARKS = re.compile("[\u0300-\u036f\u064b-\u0652\u0640]")
IGNORED = re.compile(
    "[\u00ad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\U0001f3fb-\U0001f3ff\U000e0000-\U000e007f]"
)
APOSTROPHES = str.maketrans("’‘ʼ´`‛", "''''''")
WORD = re.compile(r"\w+")


def plain(text: str) -> str:
    """Lower case, compatibility forms folded, without accents and what nobody sees; apostrophes straight."""
    folded = unicodedata.normalize("NFKC", IGNORED.sub("", text)).translate(APOSTROPHES).casefold()
    return unicodedata.normalize("NFC", MARKS.sub("", unicodedata.normalize("NFD", folded)))


@lru_cache(maxsize=64)
def pattern(entries: str) -> re.Pattern[str]:
    """A list of ``clause_words`` as one pattern."""
    whole, anywhere = [], []
    for entry in filter(None, (one.strip() for one in re.split(r"[|\n]", entries))):
        if entry.startswith("~"):
            anywhere.append(re.escape(plain(entry[1:])))
        else:
            whole.append(re.escape(plain(entry)).replace(r"\*", r"\w*"))
    parts = [rf"(?<!\w)(?:{'|'.join(sorted(whole, key=len, reverse=True))})(?!\w)", *anywhere]
    return re.compile("|".join(parts))


def says(entries: str, text: str) -> bool:
    """Whether a text in plain form holds one of these words."""
    return pattern(entries).search(text) is not None


def tokens(text: str) -> list[str]:
    """Words and pictures, without spaces and punctuation."""
    found, position = [], 0
    for match in WORD.finditer(text):
        found += [sign for sign in text[position : match.start()] if unicodedata.category(sign) == "So"]
        found.append(match[0])
        position = match.end()
    return found + [sign for sign in text[position:] if unicodedata.category(sign) == "So"]


def without_harmless(text: str) -> str:
    """The text without words that hold a negation and are none ("no problem", "no. 2")."""
    return re.sub(r"\bno\.?\s*#?\d+", "", pattern(words.HARMLESS).sub(" ", text))


def without_fillers(text: str) -> str:
    """The text without "and then please" before it."""
    filler = pattern(words.FILLERS + "|" + words.CONTRASTS)
    text = text.strip()
    while (match := filler.match(text)) and match.end() < len(text):
        text = text[match.end() :].lstrip(" ,.!")
    return text


def says_nothing(text: str) -> bool:
    """Whether a text is nothing but "please" or "and then"."""
    return pattern(words.FILLERS).fullmatch(without_fillers(text).strip(" ,.!?")) is not None


def without(entries: str, text: str) -> str:
    """A text in plain form without these words."""
    return pattern(entries).sub(" ", text)


def says_that(text: str) -> int:
    """Where "that", "dass" and the like begins what a mail shall say; -1 for nowhere."""
    found = pattern(words.SAYS_THAT).search(text)
    return found.start() if found else -1


def is_agreement(text: str) -> bool:
    """Whether a text says "yes" and nothing else."""
    said = " ".join(tokens(plain(text)))
    return bool(said) and pattern(words.AGREEMENTS).fullmatch(said) is not None


def begins(entries: str, text: str) -> bool:
    """Whether a text in plain form begins with one of these words."""
    return pattern(entries).match(text.strip()) is not None
