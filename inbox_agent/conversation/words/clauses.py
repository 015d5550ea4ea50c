"""The owner's own lines of one message, part by part: where a quote stands, and what stands with it. Pure.

A message is sentences, a sentence is pieces (by commas, "but"), a piece is parts in a row (by "and"). A negation counts for
its piece, a condition for its sentence, a hold for the message. What the mail should say is the owner's text, not a wish.
"""

from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cached_property

from inbox_agent.conversation.words import clause_words as words
from inbox_agent.conversation.words.plain_words import (
    begins,
    plain,
    says,
    tokens,
    without_fillers,
    without_harmless,
)
from inbox_agent.conversation.words.splitting import (
    SIGNS,
    dictates,
    in_a_row,
    pieces,
    sentences,
    without_quotations,
)

# More than a model needs to quote of one message.
MOST_PARTS, LONGEST_QUOTE = 20, 4_000
LONGEST_IDIOM, LONGEST_IDIOM_IN_SIGNS = 8, 14
# A model writes "send it" for "snd it": so much of the quote must stand there all the same.
LIKE, LONGEST_LIKE, MOST_LIKE, PARTS_OF_A_QUOTE = 0.65, 120, 12, 3


@dataclass(frozen=True, slots=True)
class Part:
    """What a sentence says for itself.

    ``dictated``: it is what the mail should say, or asks for it; ``head``: it says to whom and when, before that text begins.
    """

    text: str
    number: int = 0
    sentence: int = 0
    piece: int = 0
    question: bool = False
    dictated: bool = False
    head: bool = False

    @property
    def words(self) -> list[str]:
        return tokens(self.text)

    @property
    def is_short(self) -> bool:
        """Whether it could be an idiom that stands for the whole wish."""
        signs = len(SIGNS.findall(self.text))
        return (
            len(self.words) <= LONGEST_IDIOM if not signs else len(self.text.replace(" ", "")) <= LONGEST_IDIOM_IN_SIGNS
        )


class OwnWords:
    """The owner's own lines of one message.

    Args:
        text: their new lines, without those of others.
        bodies: the texts that the mail has or gets: what the owner dictates stands there as well.
    """

    def __init__(self, text: str, bodies: tuple[str, ...] = ()) -> None:
        self.text = without_quotations(text)
        self._bodies = tuple(f" {' '.join(tokens(plain(body)))} " for body in bodies)
        self.parts = self._split()

    def find(self, quote: str) -> tuple[Part, ...]:
        """The parts in which the quote stands, whatever its case, spaces and punctuation; () if it stands nowhere."""
        wanted = "".join(tokens(plain(quote[:LONGEST_QUOTE])))
        if not wanted:
            return ()
        key, begins, places = self._key
        found: dict[int, None] = {}
        at = key.find(wanted)
        while at >= 0 and len(found) < MOST_PARTS:
            end = at + len(wanted)
            if at in begins and end in begins:
                found.update(dict.fromkeys(places[at:end]))
            at = key.find(wanted, at + 1)
        return tuple(self.parts[number] for number in found)

    def like(self, quote: str) -> tuple[Part, ...]:
        """The parts that a quote means in which the model corrected the owner's spelling; () if none is like it."""
        wanted = "".join(tokens(plain(quote[:LONGEST_LIKE])))
        best: tuple[float, tuple[Part, ...]] = (LIKE, ())
        for first in range(len(self.parts) if wanted and len(self.parts) <= MOST_LIKE else 0):
            for count in range(1, PARTS_OF_A_QUOTE + 1):
                row = self.parts[first : first + count]
                there = "".join(word for part in row for word in part.words)[:LONGEST_LIKE]
                compared = SequenceMatcher(None, wanted, there, autojunk=False)
                if compared.quick_ratio() > best[0] and (ratio := compared.ratio()) > best[0]:
                    best = (ratio, row)
        return best[1]

    @cached_property
    def _key(self) -> tuple[str, set[int], list[int]]:
        """All letters in a row, where words begin or end, and of each letter the number of its part."""
        letters, begins, places = list[str](), {0}, list[int]()
        for part in self.parts:
            for word in part.words:
                begins |= set(range(len(letters), len(letters) + len(word))) if SIGNS.search(word) else {len(letters)}
                letters += word
                places += [part.number] * len(word)
                begins.add(len(letters))
        return "".join(letters), begins, places

    @cached_property
    def plain(self) -> str:
        """All of it in plain form."""
        return " ".join(part.text for part in self.parts)

    def whole_piece(self, part: Part) -> str:
        """The part with what stands beside it, as far as that is no text for the mail."""
        beside = (one for one in self.sentence_of(part) if one.piece == part.piece)
        return without_harmless(" ".join(one.text for one in beside if one.number == part.number or not one.dictated))

    def whole_sentence(self, part: Part) -> str:
        """Its sentence, as far as that is no text for the mail."""
        beside = (one for one in self.sentence_of(part) if one.number == part.number or not one.dictated)
        return without_harmless(" ".join(one.text for one in beside))

    def sentence_of(self, part: Part) -> list[Part]:
        """All parts of its sentence."""
        return self._by_sentence[part.sentence]

    @cached_property
    def _by_sentence(self) -> dict[int, list[Part]]:
        found: dict[int, list[Part]] = {}
        for part in self.parts:
            found.setdefault(part.sentence, []).append(part)
        return found

    def _split(self) -> tuple[Part, ...]:
        parts: list[Part] = []
        for number, (sentence, end) in enumerate(sentences(self.text)):
            dictating = False
            for piece, (text, after_colon) in enumerate(pieces(sentence)):
                for row in in_a_row(text):
                    before = dictating
                    dictating, dictated = self._dictation(row, dictating, after_colon, parts)
                    if dictated and before and _begins_the_text(row) and not after_colon:
                        parts[-1] = replace(parts[-1], head=True)
                    parts.append(Part(row, len(parts), number, piece, "?" in end or "؟" in end, dictated))
        if len(parts) == 1:
            return tuple(parts)
        return tuple(
            replace(part, dictated=True) if not part.dictated and self._is_in_a_body(part) else part for part in parts
        )

    def _dictation(self, text: str, before: bool, after_colon: bool, parts: list[Part]) -> tuple[bool, bool]:
        """Whether what follows in the sentence may be text of the mail, and whether this is."""
        if after_colon and before:
            return True, True
        said = without_fillers(text)
        if before and (begins(words.GOES_ON, said) or begins(words.TEXT_BEGINS, text)):
            return True, True
        if before and parts[-1].dictated and begins(words.ASKED_BEGINS, text):
            return True, True
        if dictates(said):
            return True, True
        return before or "@" in text or says(words.MAIL, text), False

    def _is_in_a_body(self, part: Part) -> bool:
        found = part.words
        return len(found) > 1 and any(f" {' '.join(found)} " in body for body in self._bodies)


def _begins_the_text(row: str) -> bool:
    return begins(words.TEXT_BEGINS, row) or begins(words.ASKED_BEGINS, row)
