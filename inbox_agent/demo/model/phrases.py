"""A small phrase book of business sentences in English, Spanish, French and German. No model: what it lacks stays as it is.

A phrase holds slots: ``{name}`` is kept as it is, ``{day}`` is a weekday and is translated.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

LANGUAGES = {"en": "English", "es": "Spanish", "fr": "French", "de": "German"}
NAMES = {
    "english": "en", "englisch": "en", "inglés": "en", "ingles": "en", "anglais": "en",
    "spanish": "es", "spanisch": "es", "español": "es", "espanol": "es", "castellano": "es", "espagnol": "es",
    "french": "fr", "französisch": "fr", "francés": "fr", "français": "fr", "francais": "fr",
    "german": "de", "deutsch": "de", "alemán": "de", "aleman": "de", "allemand": "de",
}  # fmt: skip
_ORDER = ("en", "es", "fr", "de")
DAYS = [
    ("Monday", "lunes", "lundi", "Montag"),
    ("Tuesday", "martes", "mardi", "Dienstag"),
    ("Wednesday", "miércoles", "mercredi", "Mittwoch"),
    ("Thursday", "jueves", "jeudi", "Donnerstag"),
    ("Friday", "viernes", "vendredi", "Freitag"),
    ("Saturday", "sábado", "samedi", "Samstag"),
    ("Sunday", "domingo", "dimanche", "Sonntag"),
]
CONTRACTIONS = {
    "i'm": "i am", "i'll": "i will", "can't": "cannot", "we're": "we are", "we'll": "we will", "it's": "it is",
    "won't": "will not", "don't": "do not", "isn't": "is not", "that's": "that is", "you're": "you are",
}  # fmt: skip
SLOT = re.compile(r"\{(\w+)\}")
PATTERNS = {"name": r"[^,:]{1,60}", "n": r"\d{1,4}", "time": r"\d{1,2}(?:[:.]\d\d)?(?: ?[ap]m)?"}


@dataclass(frozen=True, slots=True)
class Translation:
    """A text in another language, the way back, and the sentences for which there was no phrase (they stay)."""

    text: str
    back: str
    missing: tuple[str, ...]


def _normal(sentence: str) -> str:
    words = " ".join(sentence.replace("’", "'").split()).lower()
    for short, full in CONTRACTIONS.items():
        words = re.sub(rf"(?<!\w){re.escape(short)}(?!\w)", full, words)
    return words.rstrip(".").strip()


def _pattern(phrase: str, column: int) -> re.Pattern[str]:
    days = "|".join(re.escape(day[column]) for day in DAYS)
    pieces = SLOT.split(_normal(phrase))
    pattern = "".join(
        re.escape(piece) if index % 2 == 0 else f"(?P<{piece}>{days if piece == 'day' else PATTERNS[piece]})"
        for index, piece in enumerate(pieces)
    )
    return re.compile(pattern, re.IGNORECASE)


@lru_cache(maxsize=1)
def rows() -> list[tuple[str, ...]]:
    """The phrase book, a tuple of the four languages a row."""
    text = resources.files(__package__).joinpath("phrases.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [tuple(cell.strip() for cell in line.split("|")) for line in lines]


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[re.Pattern[str], ...]]:
    return [tuple(_pattern(cell, column) for column, cell in enumerate(row)) for row in rows()]


def find_phrase(sentence: str) -> tuple[int, int, dict[str, str]] | None:
    """Row, column and slots of the phrase that a sentence is, in any of the languages."""
    normal = _normal(sentence)
    for row, patterns in enumerate(_patterns()):
        for column, pattern in enumerate(patterns):
            if match := pattern.fullmatch(normal):
                start = {name: _as_written(sentence, value) for name, value in match.groupdict().items()}
                return row, column, start
    return None


def _as_written(sentence: str, value: str) -> str:
    """The slot's text with the capitals that it had."""
    index = sentence.lower().find(value)
    return sentence[index : index + len(value)] if index >= 0 else value


def _fill(row: int, source: int, target: int, slots: dict[str, str]) -> str:
    text = rows()[row][target]
    for name, value in slots.items():
        days = {day[source].lower(): day[target] for day in DAYS} if name == "day" else {}
        text = text.replace("{" + name + "}", days.get(value.lower(), value))
    return text


def translate(text: str, target: str, owner_language: str = "en") -> Translation:
    """Sentence by sentence; layout, signature and what has no phrase stay as they are."""
    column, home = _ORDER.index(target), _ORDER.index(owner_language if owner_language in _ORDER else "en")
    missing: list[str] = []
    lines, back = [], []
    for line in text.split("\n"):
        forth_pieces, back_pieces = [], []
        for piece in re.split(r"((?<=[.!?])\s+)", line):
            found = find_phrase(piece) if piece.strip() else None
            if found is None:
                forth_pieces.append(piece)
                back_pieces.append(piece)
                if len(piece.split()) > 2:
                    missing.append(piece.strip())
            else:
                row, source, slots = found
                forth = _fill(row, source, column, slots)
                forth_pieces.append(forth)
                # The way back starts from what was written, as a reader of that language would.
                again = find_phrase(forth) or found
                back_pieces.append(_fill(again[0], column, home, again[2]) if again is not found else piece)
        lines.append("".join(forth_pieces))
        back.append("".join(back_pieces))
    return Translation("\n".join(lines), "\n".join(back), tuple(missing))
