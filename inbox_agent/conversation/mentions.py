"""Whom the owner's own words want to have a mail, and whom they keep out of it. Pure.

A text is read part by part (``words.clauses``). An address or a name in a part that says "not to", "without" or "take … out" is
kept out; one that hangs on a condition, stands in a question, or is text of the mail ("write to Sam that he should ask
lee@corp.example") is mentioned and nothing more; any other is wanted. Where a text names somebody twice, the last time counts.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import Enum
from functools import cached_property

from inbox_agent.conversation.words import clause_words as words
from inbox_agent.conversation.words import hold_words
from inbox_agent.conversation.words.clauses import Part
from inbox_agent.conversation.words.holds import Standing
from inbox_agent.conversation.words.plain_words import pattern, plain, says, tokens, without_harmless

# Keeps out whom the same part names after it …
OUT = """
    without|except|excluding|exclude|remove*|delete*|uncc|leave out|keep out|ohne|außer|entfern*|lösch*|streich*|sin
    excepto|menos|salvo|quita*|elimin*|sans|sauf|excepté|enlèv*|enlev*|retir*|supprim*|senza|tranne|eccetto|togli*
    rimuov*|sem|exceto|tire|tira|remov*|zonder|behalve|verwijder*|bez|oprócz|usuń|utan|utom|ta bort|uten
    unntatt|uden|undtagen|fjern*|ilman|paitsi|poista|hariç|çıkar*|без|кроме|удали*|убери|крім|kromě|odstraň*|~なし
    ~以外|~除い|~外して|~不带|~除了|~删|~刪|~없이|~제외|~빼|بدون|ما عدا|~बिना|~छोड़कर"""
# … on both sides of it …
OUT_AROUND = re.compile(
    r"\b(?:take|leave|keep|cut|kick|throw|get)\b.*\b(?:out|off|away)\b|\b(?:nimm|lass|streich\w*)\b.*\b(?:raus|heraus|weg|aus)\b"
    r"|\bhaal\b.*\b(?:weg|eruit)\b|\bdrop\b(?!.*\b(?:line|note|mail|email|message|word)\b)"
)
# … or the first one after it: "lee@corp.example instead of sam@corp.example".
OUT_NEXT = """
    instead of|rather than|other than|in place of|replac*|swap*|exchange|anstelle von|anstatt|statt|ersetz*|tausch*
    en vez de|en lugar de|reemplaz*|sustitu*|cambia*|au lieu de|à la place de|remplac*|invece di|al posto di|sostitu*
    em vez de|no lugar de|substitu*|in plaats van|vervang*|zamiast|zastąp*|i stället för|istället för|ersätt|i stedet for
    erstatt*|sijaan|yerine|вместо|замени*|замість|místo|nahraď"""
COPYING = """
    cc|bcc|copy|copies|blind|kopie|cc'd|copia|copie|cópia|kopia|kopię|kopi|kopio*|копи*|~抄送|~密送|~コピー|~写し|~참조
    ~نسخة"""
# What others should do stands in a sentence of its own, too: "He should contact boss@corp.example".
OTHERS_DUTY = re.compile(
    r"(?:he|she|they|er|sie|il|elle|él|ella|lui|lei|ele|ela|hij|zij|on|ona|han|hon|hun|он|она|они)\s+"
    r"(?:should|shall|must|can|could|may|will|would|has to|have to|needs? to|ought to|soll\w*|muss\w*|kann|doit|devrait|peut"
    r"|debe\w*|puede|deve\w*|può|pode|moet|kan|powin\w*|ska|skal|bör|bor|должн\w*|может)\s+"
    r"(?!(?:also )?(?:get|receive|have it|be in|bekommen|erhalten))"
)
# "Tell him to …": who is meant was said before, and what follows is text of the mail.
TELLS_THEM = re.compile(
    r"\b(?:tell|ask|remind|inform|invite|warn|let)\s+(?:him|her|them)\b"
    r"|\b(?:sag|sage|frag|frage|bitte)\s+(?:ihm|ihr|ihnen|ihn|sie)\b|\b(?:dile|diles|dis-lui|dis-leur|digli|dille|diga-lhe)\b"
)
TELLS_TO = re.compile(r"\b(?:tell|ask|remind|invite|inform|warn)\b.*?\S\s+to\s+")
# They hold a negation and ask for what follows.
REMINDERS = re.compile(
    r"\b(?:don['’]?t|do not|never) forget\b|\bvergiss (?:bitte )?nicht\b|\bno (?:te )?olvides\b|\bn['’]oublie[sz]? pas\b"
    r"|\bnon dimenticare\b|\bnão (?:se )?esqueça\b|\bvergeet niet\b|\bnie zapomnij\b|\bglöm inte\b|\bне забудь(?:те)?\b",
    re.I,
)
ADDRESS = re.compile(r"adr(\d+)@m(?![\w@])")
ONLY_ADDRESSES = re.compile(r"(?:and|und|y|et|e|en|i|och|og|ja|ve|и|та|a|&|\+|<|>|\s|,)*(?:adr\d+@m[\s<>,&+]*)+")
# More parts than that of one message are not looked at one by one: their people are mentioned, no more.
MOST_PARTS = 100


class Stance(Enum):
    """What a text says of somebody whom it names."""

    WANTED = "wanted"
    KEPT_OUT = "kept out"
    MENTIONED = "mentioned"


class Mentions:
    """One text of the owner's.

    Args:
        text: the owner's own words alone.
        addresses: all addresses of it as they are written there, the longer ones first, each with its canonical form.
    """

    def __init__(self, text: str, addresses: Sequence[tuple[str, str]]) -> None:
        self._addresses = addresses
        for number, (written, _) in enumerate(addresses):
            # A stand-in that no reading of words takes apart or takes for a negation ("no-reply@…").
            around = rf"(?<![A-Za-z0-9.+%_-]){re.escape(written)}(?![A-Za-z0-9-]|\.[A-Za-z0-9])"
            text = re.sub(rf"[\"'“„‘«]{around}[\"'”“’»]|{around}(?:['’]\w{{1,5}}(?!\w))?", f" adr{number}@m ", text)
        self._own = Standing(REMINDERS.sub(" ", text))
        self._conditional: dict[int, bool] = {}
        self._seen: dict[tuple[int, int, int], Stance] = {}

    @cached_property
    def addresses(self) -> dict[str, Stance]:
        """What it says of each address, by the canonical form."""
        found = dict.fromkeys((canonical for _, canonical in self._addresses), Stance.MENTIONED)
        for part in self._own.parts:
            for match in ADDRESS.finditer(part.text):
                stance = self._stance(part, match.start(), match.end())
                if stance != Stance.MENTIONED:
                    found[self._addresses[int(match[1])][1]] = stance
        return found

    def of_names(self, names: Iterable[str]) -> Stance | None:
        """What it says of somebody who is called by any of these words; None if it does not name them."""
        called = [re.escape(plain(name if len(name) <= 3 else name[:-1])) for name in names]
        if not called:
            return None
        wanted, last = re.compile("|".join(one if _is_within(one) else rf"(?<![\w@]){one}" for one in called)), None
        for part in self._own.parts:
            for match in wanted.finditer(ADDRESS.sub(lambda found: " " * len(found[0]), part.text)):
                stance = self._stance(part, match.start(), match.end())
                if last is None or stance != Stance.MENTIONED:
                    last = stance
        return last

    def _stance(self, part: Part, start: int, end: int) -> Stance:
        if (part.number, start, end) not in self._seen:
            few = len(self._seen) < MOST_PARTS
            self._seen[part.number, start, end] = self._read(part, start, end) if few else Stance.MENTIONED
        return self._seen[part.number, start, end]

    def _read(self, part: Part, start: int, end: int) -> Stance:
        if self._is_text_of_the_mail(part, start):
            return Stance.MENTIONED
        if _is_out(part.text, start):
            return Stance.KEPT_OUT
        if self._own.asks_about(part) or self._is_conditional(part):
            return Stance.MENTIONED
        if not self._is_negated(part, start, end):
            return Stance.WANTED
        # "Not to lee@corp.example before Friday" speaks of the time.
        return Stance.MENTIONED if self._own.is_for_now(part) else Stance.KEPT_OUT

    def _is_text_of_the_mail(self, part: Part, start: int) -> bool:
        before = [one for one in self._own.parts[: part.number] if one.sentence == part.sentence]
        if OTHERS_DUTY.match(part.text) or any(OTHERS_DUTY.match(one.text) for one in before):
            return True
        tells = TELLS_THEM.search(part.text)
        if tells and tells.start() < start:
            return True
        goes_on = any(one.dictated and _ends_to_whom(one.text) for one in before)
        if goes_on and not any(says(entries, part.text) for entries in (COPYING, words.SENDING)):
            return True
        if not part.dictated:
            return False
        if part.text.strip() and ONLY_ADDRESSES.fullmatch(part.text.strip()):
            return False
        first = ADDRESS.search(part.text)
        if not says(words.WRITING, part.text):
            return True
        return start >= _end_of_whom(part.text) or bool(
            first and start > first.start() and not _in_one_list(part.text, first.start(), start)
        )

    def _is_conditional(self, part: Part) -> bool:
        if part.sentence not in self._conditional:
            self._conditional[part.sentence] = self._own.is_conditional(replace(part, text=""))
        return self._conditional[part.sentence] or says(hold_words.WITHIN, without_harmless(part.text))

    def _is_negated(self, part: Part, start: int, end: int) -> bool:
        """Whether a negation before it counts for it, or one behind it that nobody else is named after."""
        piece = [one for one in self._own.parts if (one.sentence, one.piece) == (part.sentence, part.piece)]
        before = " ".join(
            [one.text for one in piece if one.number < part.number and not one.dictated] + [part.text[:start]]
        )
        if says(hold_words.NEGATORS, without_harmless(before)):
            return True
        if part.dictated:
            return False
        after = part.text[end:]
        if says(hold_words.NEGATORS, without_harmless(after)):
            return not ADDRESS.search(after)
        later = " ".join(one.text for one in piece if one.number > part.number)
        return not says(hold_words.NEGATORS, without_harmless(later)) and self._own.is_negated(part)


def _is_within(name: str) -> bool:
    """Scripts without spaces have no words that could begin."""
    return re.match("[぀-ヿ㐀-鿿豈-﫿฀-๿]", name) is not None


def _is_out(text: str, start: int) -> bool:
    if OUT_AROUND.search(text):
        return True
    before, after = text[:start], text[start:]
    if (found := pattern(OUT).search(before)) is not None:
        # "Send it without the photo to lee@corp.example" keeps nobody out.
        return re.search(r"\b(?:to|an|para|à|til|till)\s*$", before[found.end() :]) is None
    if says(OUT, after) and not any(says(entries, text) for entries in (words.SENDING, words.WRITING, COPYING)):
        return True
    return any(not ADDRESS.search(before[found.end() :]) for found in pattern(OUT_NEXT).finditer(before))


def _end_of_whom(text: str) -> int:
    """Where in "write to Sam that …" it is said whom to write to, and what begins."""
    that, told = pattern(words.SAYS_THAT).search(text), TELLS_TO.search(text)
    return min(that.start() if that else len(text), told.end() if told else len(text))


def _ends_to_whom(text: str) -> bool:
    return _end_of_whom(text) < len(text)


def _in_one_list(text: str, first: int, start: int) -> bool:
    """Whether only addresses and what joins them stand between the first one and this one."""
    return not tokens(re.sub(r"\b(?:and|or|cc|bcc|to|und|an|y|et|e)\b", " ", ADDRESS.sub(" ", text[first:start])))
