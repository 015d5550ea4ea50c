"""The owner's own lines of one message, part by part: where a quote stands, and what stands with it. Pure.

A message is sentences, a sentence is pieces (by commas, "but"), a piece is parts in a row (by "and"). A negation counts for
its piece, a condition for its sentence, a hold for the message. What the mail shall say is the owner's text, no wish of theirs.
"""

import re
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from inbox_agent.conversation.words import clause_words as words
from inbox_agent.conversation.words.plain_words import (
    begins,
    pattern,
    plain,
    says,
    tokens,
    without_fillers,
    without_harmless,
)

# Between quotation marks stand somebody's words, or those of the mail.
QUOTED = re.compile(
    r"“[^“”]*”|„[^„“”]*[“”]|«[^«»]*»|»[^«»]*«|「[^「」]*」|『[^『』]*』|\"[^\"]*\"|(?<!\w)['‘‚][^'’‘]{2,}['’‘](?!\w)"
)
MONTH = r"(?:jan|feb|mar|apr|abr|avr|mai|may|jun|jul|jui|ago|aug|aou|sep|set|okt|oct|out|ott|nov|dez|dec|dic|ene|gen)"
SENTENCE_END = re.compile(rf"(?:(?<!\d)\.|(?<=\d)\.(?!\s*{MONTH}))+(?=\s|$)|[!?]+|[。！？؟।;\n]+")
PIECE_END = re.compile(r",(?!\d)|[、،()\[\]]|\s[-–—]+\s|—|:(?=\s|$)|:(?=[^\W\d])")
BULLET = re.compile(r"\s*(?:[-*•]|\d+[.)])\s")
# A line at least so long was wrapped by a mail program, and the sentence goes on.
WRAPPED_FROM = 60
# More than a model needs to quote of one message.
MOST_PARTS, LONGEST_QUOTE = 20, 4_000
LONGEST_IDIOM, LONGEST_IDIOM_IN_SIGNS = 8, 14
SIGNS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0e7f]")


@dataclass(frozen=True, slots=True)
class Part:
    """What a sentence says for itself; ``dictated``: it is what the mail shall say."""

    text: str
    number: int = 0
    sentence: int = 0
    piece: int = 0
    question: bool = False
    dictated: bool = False

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
        self.text = _without_quotations(text)
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
        beside = (one for one in self._sentence(part) if one.piece == part.piece)
        return without_harmless(" ".join(one.text for one in beside if one.number == part.number or not one.dictated))

    def _sentence(self, part: Part) -> list[Part]:
        return self._by_sentence[part.sentence]

    @cached_property
    def _by_sentence(self) -> dict[int, list[Part]]:
        found: dict[int, list[Part]] = {}
        for part in self.parts:
            found.setdefault(part.sentence, []).append(part)
        return found

    def is_negated(self, part: Part) -> bool:
        """Whether a negation stands with it: in its piece, left open before it, or after it ("send it? no")."""
        if says(words.NEGATORS, self.whole_piece(part)):
            return True
        sentence = [one for one in self._sentence(part) if not one.dictated]
        if any(says(words.EMPHATIC, one.text) for one in sentence):
            return True
        if any(_ends_open(one.text) for one in sentence if one.piece < part.piece):
            return True
        if begins(words.SAYS_THAT, part.text) and any(says(words.NEGATORS, one.text) for one in sentence):
            return True
        after = self.parts[part.number + 1 : part.number + 4]
        if part.question and any(
            says(words.NEGATORS, without_harmless(one.text)) for one in after if one.sentence == part.sentence + 1
        ):
            return True
        return any(_takes_back(one.text) for one in after if not one.dictated and one.sentence <= part.sentence + 1)

    def is_conditional(self, part: Part) -> bool:
        """Whether it hangs on something that has not happened."""
        if says(words.WITHIN, without_harmless(part.text)):
            return True
        sentence = (one for one in self._sentence(part) if not one.dictated)
        return any(begins(words.CONDITIONS, without_fillers(one.text)) for one in sentence if len(one.words) > 1)

    def is_of_others(self, part: Part) -> bool:
        """Whether somebody else says or wants it: "Sam said: send it"."""
        upto = (one.text for one in self._sentence(part) if one.number <= part.number)
        return any(says(words.SAID_BY, one) and not says(words.OWN_SAYING, one) for one in upto)

    def asks_about(self, part: Part) -> bool:
        """Whether it is a question about it: "did you send it?", not "can you send it?"."""
        return part.question and begins(words.QUESTION_WORDS, without_fillers(part.text))

    @cached_property
    def hold(self) -> Part | None:
        """What says anywhere that the mail is not to go out, or not yet."""
        return next((part for part in self.parts if self._is_hold(part)), None)

    def _is_hold(self, part: Part) -> bool:
        if part.dictated or begins(words.OWN_DOING, part.text):
            return False
        text = without_harmless(part.text)
        if says(words.HOLDS, text):
            return True
        negated = says(words.NEGATORS, self.whole_piece(part))
        return says(words.SENDING, text) and (negated or self.is_conditional(part))

    def is_for_now(self, hold: Part) -> bool:
        """Whether a hold leaves room for a later time: "not yet", "don't send it now", "not before Friday"."""
        text = self.whole_piece(hold)
        return any(says(entries, text) for entries in (words.HOLDS, words.NOW, words.YET, words.BEFORE))

    def _split(self) -> tuple[Part, ...]:
        parts: list[Part] = []
        for number, (sentence, end) in enumerate(_sentences(self.text)):
            dictates = False
            for piece, (text, after_colon) in enumerate(_pieces(sentence)):
                for row in _in_a_row(text):
                    dictates, dictated = self._dictation(row, dictates, after_colon)
                    parts.append(Part(row, len(parts), number, piece, "?" in end or "؟" in end, dictated))
        if len(parts) == 1:
            return tuple(parts)
        return tuple(
            replace(part, dictated=True) if not part.dictated and self._is_in_a_body(part) else part for part in parts
        )

    def _dictation(self, text: str, before: bool, after_colon: bool) -> tuple[bool, bool]:
        """Whether what follows in the sentence may be text of the mail, and whether this is."""
        if after_colon and before:
            return True, True
        said = without_fillers(text)
        if before and begins(words.GOES_ON, said):
            return True, True
        if _dictates(said):
            return True, True
        return before or "@" in text, False

    def _is_in_a_body(self, part: Part) -> bool:
        found = part.words
        return len(found) > 1 and any(f" {' '.join(found)} " in body for body in self._bodies)


def _dictates(text: str) -> bool:
    """Whether it begins what the mail shall say ("write to Sam that …"), or, in Turkish, ends it."""
    first = " ".join(text.split()[:2])
    wanted = pattern(words.WRITING)
    found = wanted.search(text if SIGNS.search(text) or re.search("[\u0900-\u097f\uac00-\ud7af]", text) else first)
    if found is None or says(words.SENDING, text[: found.start()]) or says(words.CANCELING, text[: found.start()]):
        return re.search(rf"(?:{words.WRITING_AT_END})$", text.strip()) is not None and "@" in text
    return True


def _ends_open(text: str) -> bool:
    last = " ".join(text.split()[-2:])
    found = list(pattern(words.UNFINISHED).finditer(last))
    return bool(found) and found[-1].end() == len(last)


def _takes_back(text: str) -> bool:
    """Whether it is nothing but "no", "not yet", "or no, wait"."""
    rest = re.sub(r"^(?:or|oder|o|ou|of|lub|eller|или|veya|actually|eigentlich)\s+", "", text.strip())
    said = " ".join(tokens(rest))
    return bool(said) and any(pattern(entries).fullmatch(said) for entries in (words.NEGATORS, words.HOLDS))


def _without_quotations(text: str) -> str:
    """The text without what stands between quotation marks, unless that is all of it."""
    rest = QUOTED.sub(" ", text)
    return rest if tokens(plain(rest)) else text


def _sentences(text: str) -> list[tuple[str, str]]:
    """Sentences in plain form, each with the sign that ends it."""
    text, found, position = plain(_unwrapped(text)), list[tuple[str, str]](), 0
    for match in SENTENCE_END.finditer(text):
        found.append((text[position : match.start()], match[0]))
        position = match.end()
    found.append((text[position:], ""))
    return [(sentence, end) for sentence, end in found if tokens(sentence)]


def _unwrapped(text: str) -> str:
    """The text with a line that a mail program wrapped, or that stops in the middle, joined with the next."""
    lines = text.replace("\r\n", "\n").split("\n")
    joined = lines[0]
    for before, line in pairwise(lines):
        goes_on = line[:1].islower() or len(before) >= WRAPPED_FROM or _ends_open(plain(before))
        joined += " " if before.strip() and goes_on and not BULLET.match(line) else "\n"
        joined += line
    return joined


def _pieces(sentence: str) -> list[tuple[str, bool]]:
    """By commas and the like and by "but"; with each, whether it stands behind a colon."""
    found, position, colon = list[tuple[str, bool]](), 0, False
    for match in PIECE_END.finditer(sentence):
        found.append((sentence[position : match.start()], colon))
        colon = colon or match[0].startswith(":")
        position = match.end()
    found.append((sentence[position:], colon))
    return [(part, behind) for text, behind in found for part in _split_before(words.CONTRASTS, text)]


def _split_before(entries: str, text: str) -> list[str]:
    """The text in parts of which each but the first begins with one of these words."""
    starts = [0, *(match.start() for match in pattern(entries).finditer(text)), len(text)]
    return [part for start, end in pairwise(starts) if tokens(part := text[start:end].strip())]


def _in_a_row(piece: str) -> list[str]:
    """What the piece says one after the other: by "and", and where Arabic and Polish join a verb of sending."""
    joined = re.sub(r"(?<=\s)(?=[وف][اأ]?رسل)|(?<=\s)(?=i\s+(?:wysl|wysył))", "\u2063", piece)
    return [part for row in joined.split("\u2063") for part in _split_before(words.JOINTS, row)] or [piece]
