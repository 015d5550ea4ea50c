"""A text taken apart: sentences, pieces of a sentence, parts in a row, and where the text of a mail begins. Pure."""

import re
from itertools import pairwise

from inbox_agent.conversation.words import clause_words as words
from inbox_agent.conversation.words import hold_words
from inbox_agent.conversation.words.plain_words import begins, pattern, plain, says, tokens, without_fillers

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
SIGNS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0e7f]")
# Languages whose verb stands last join clauses at the end of the first: "不要なので送って", "바꾸지 말고 보내".
AFTER_CLAUSE = re.compile(r"(?<=ので)(?=\S)|(?<=말고)\s+|(?<=않고)\s+|(?<=じゃなくて)(?=\S)|(?<=ではなくて)(?=\S)")
# "And" before a verb of sending in Arabic, Polish and Dutch, where it is part of the word or another word elsewhere.
JOINED_VERB = re.compile(
    r"(?<=\s)(?=[وف][اأ]?رسل)|(?<=\s)(?=i\s+(?:wysl|wysył))|(?<=\s)(?=en\s+(?:nu\s+)?(?:verst|verz|stuur))"
)


def dictates(text: str) -> bool:
    """Whether it begins what the mail should say ("write to Sam that …"), or, in Turkish, ends it."""
    first = " ".join(text.split()[:2])
    wanted = pattern(words.WRITING)
    if begins(words.OF_OWN, text) or (SIGNS.search(text) and says(hold_words.WITHIN, text)):
        return False
    found = wanted.search(text if SIGNS.search(text) or re.search("[\u0900-\u097f\uac00-\ud7af]", text) else first)
    if found is None or says(words.SENDING, text[: found.start()]) or says(words.CANCELING, text[: found.start()]):
        return re.search(rf"(?:{words.WRITING_AT_END})$", text.strip()) is not None and "@" in text
    return True


def ends_open(text: str) -> bool:
    last = " ".join(text.split()[-2:])
    found = list(pattern(hold_words.UNFINISHED).finditer(last))
    return bool(found) and found[-1].end() == len(last)


def without_quotations(text: str) -> str:
    """The text without what stands between quotation marks, unless that is all of it."""
    rest = QUOTED.sub(" ", text)
    return rest if tokens(plain(rest)) else text


def sentences(text: str) -> list[tuple[str, str]]:
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
        goes_on = line[:1].islower() or len(before) >= WRAPPED_FROM or ends_open(plain(before))
        joined += " " if before.strip() and goes_on and not BULLET.match(line) else "\n"
        joined += line
    return joined


def pieces(sentence: str) -> list[tuple[str, bool]]:
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
    found = (match.start() for match in pattern(entries).finditer(text))
    starts = [0, *(start for start in found if text[start - 1 : start] != "'"), len(text)]
    return [part for start, end in pairwise(starts) if tokens(part := text[start:end].strip())]


def in_a_row(piece: str) -> list[str]:
    """What the piece says one after the other."""
    joined = JOINED_VERB.sub("\u2063", piece)
    joined = AFTER_CLAUSE.sub("\u2063", joined)
    rows = [part for row in joined.split("\u2063") for part in _split_before(words.JOINTS, row)] or [piece]
    return [part for row in rows for part in _head_and_text(row)]


def _head_and_text(row: str) -> list[str]:
    """ "Tell Sam tomorrow at 9 that I am late": whom and when, and what the mail should say."""
    said = without_fillers(row)
    tells = dictates(said)
    entries = f"{words.TEXT_BEGINS}|{words.ASKED_BEGINS}" if tells else words.TEXT_BEGINS
    found = pattern(entries).search(row) if tells or "@" in row or says(words.MAIL, row) else None
    if found is None or not tokens(row[: found.start()]):
        return [row]
    return [row[: found.start()].strip(), row[found.start() :].strip()]
