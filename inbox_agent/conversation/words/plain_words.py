"""Text in the form in which words are compared, and the lists of ``clause_words`` as patterns. Pure."""

import re
import unicodedata
from functools import lru_cache

from inbox_agent.conversation.words import answer_words, hold_words
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
            anywhere.append(re.escape(plain(entry[1:])).replace(r"\*", r"\w*"))
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
    text = re.sub(r"\bno\.?\s*#?\d+", "", pattern(hold_words.HARMLESS).sub(" ", text))
    text = _no_objections().sub(" ", text)
    return _not_later().sub(" ", text) if says(words.NOW, text) else text


@lru_cache(maxsize=1)
def _no_objections() -> re.Pattern[str]:
    return re.compile(
        rf"(?:{pattern(hold_words.NO_WORDS).pattern})(?:\s+(?:{pattern(hold_words.OBJECTIONS).pattern}))+"
    )


@lru_cache(maxsize=1)
def _not_later() -> re.Pattern[str]:
    """ "Now, not tomorrow"."""
    return re.compile(
        rf"(?<!\w)(?:not|nicht|pas|no|non|nao|niet|nie|не|inte|ikke)\s+(?:{pattern(words.TIMES).pattern})"
    )


def without_fillers(text: str) -> str:
    """The text without "and then please" before it."""
    filler = pattern(words.FILLERS + "|" + words.CONTRASTS)
    text = text.strip()
    while (match := filler.match(text)) and match.end() < len(text) and text[match.end()] != "'":
        text = text[match.end() :].lstrip(" ,.!")
    return text


def says_nothing(text: str) -> bool:
    """Whether a text is nothing but "please" or "and then"."""
    return pattern(words.FILLERS).fullmatch(without_fillers(text).strip(" ,.!?")) is not None


def without(entries: str, text: str) -> str:
    """A text in plain form without these words."""
    return pattern(entries).sub(" ", text)


def fully(entries: str, text: str) -> bool:
    """Whether a text in plain form is one of these words and nothing else."""
    return pattern(entries).fullmatch(" ".join(tokens(text))) is not None


def is_agreement(text: str) -> bool:
    """Whether a text says "yes" and nothing else."""
    said = " ".join(tokens(plain(text)))
    return bool(said) and pattern(answer_words.AGREEMENTS).fullmatch(said) is not None


def is_yes(text: str, *, sends: bool) -> bool:
    """Whether a text agrees to a question, in a row of words of which each agrees or thanks: "ok thanks", "yes yes, please".

    Args:
        sends: whether the question was about sending, which "send it" answers as well.
    """
    agreeing = answer_words.AGREEMENTS + "|" + answer_words.GO + ("|" + answer_words.SEND_IT if sends else "")
    rest, agreed = " ".join(tokens(plain(text))), False
    while rest:
        if found := pattern(agreeing).match(rest):
            agreed = True
        elif not (found := pattern(answer_words.BESIDE_YES).match(rest)):
            return False
        rest = rest[found.end() :].lstrip()
    return agreed


def begins(entries: str, text: str) -> bool:
    """Whether a text in plain form begins with one of these words."""
    return pattern(entries).match(text.strip()) is not None
