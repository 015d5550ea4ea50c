"""What stands against an act in the owner's own lines: a negation, a condition, a question, a hold. Pure.

``Standing.hold`` is what refuses an act that sends. ``Standing.stops`` is stricter: a message that says little else stops what
is planned, whatever the model understood.
"""

import re
from functools import cached_property

from inbox_agent.conversation.words import answer_words, hold_words
from inbox_agent.conversation.words import clause_words as words
from inbox_agent.conversation.words.clauses import OwnWords, Part
from inbox_agent.conversation.words.plain_words import (
    begins,
    fully,
    is_agreement,
    says,
    says_nothing,
    tokens,
    without,
    without_fillers,
    without_harmless,
)
from inbox_agent.conversation.words.splitting import SIGNS, ends_open

# "Send it? Rather not": an answer is short.
SHORT_ANSWER, SHORT_NO = 4, 6
HANGUL = re.compile("[\uac00-\ud7af]")
# Questions of these languages that ask for something to be done.
ASKS_FOR = re.compile(
    r"(?:もらえますか|くれますか|いただけますか|줄래|줄래요|주시겠어요|好吗|好嗎|行吗|行嗎|可以吗|可以嗎)$"
)
STARTS = re.compile(
    r"^(?:(?:ok|okay|yes|and|but|so|well|thanks|no|und|aber|ja|nein|oui|et|mais|y|pero|si|ma|но|и)\b(?!')[\s,]*)+(?=\w)"
)
CLAUSE_ENDS = re.compile(
    r"(?:たら|れば|なら|てから|まで|以后|以後|之后|之後|[^\W\d_](?:后|後)|지 않으면|으면|하면|되면|오면|하고|다음에|전까지)$"
)


class Standing(OwnWords):
    """The owner's own lines, and what in them stands against a part."""

    def is_negated(self, part: Part) -> bool:
        """Whether a negation stands with it: in its piece, left open before it, or after it ("send it? no")."""
        if any(self._negates(one, part) for one in self._beside(part)):
            return True
        sentence = [one for one in self.sentence_of(part) if not one.dictated]
        if any(says(hold_words.EMPHATIC, one.text) for one in sentence):
            return True
        if any(ends_open(one.text) and not _is_stop(one.text) for one in sentence if one.piece < part.piece):
            return True
        if begins(words.SAYS_THAT, part.text) and any(says(hold_words.NEGATORS, one.text) for one in sentence):
            return True
        after = self.parts[part.number + 1 : part.number + 4]
        if part.question and any(_is_no(one) for one in after if one.sentence == part.sentence + 1):
            return True
        return any(_takes_back(one.text) for one in after if not one.dictated and one.sentence <= part.sentence + 1)

    def _beside(self, part: Part) -> list[Part]:
        beside = (one for one in self.sentence_of(part) if one.piece == part.piece)
        return [one for one in beside if one.number == part.number or not one.dictated]

    def _negates(self, one: Part, part: Part) -> bool:
        """Whether a negation in one part is about the other: not in "change nothing and send it", "don't wait and send it"."""
        text = without_harmless(one.text)
        if not says(hold_words.NEGATORS, text):
            return False
        if one.number == part.number or says(words.SENDING, text):
            return True
        return not (
            text.endswith(("ので", "じゃなくて", "ではなくて")) or any(says(entries, text) for entries in EXCUSED)
        )

    def is_a_no(self, part: Part) -> bool:
        """Whether it is a short "no": "rather not", "I don't like it"; not "nothing to change"."""
        text = without_harmless(part.text)
        excused = says(hold_words.TOUCHING, part.text) or begins(hold_words.OWN_DOING, _from_the_owner(text))
        lists = (hold_words.NEGATORS, hold_words.WONDERING, words.WRONG, words.UNSURE, words.CANCELING)
        return len(part.words) <= SHORT_NO and not excused and any(says(entries, text) for entries in lists)

    def is_conditional(self, part: Part) -> bool:
        """Whether it depends on something that has not happened."""
        if says(hold_words.WITHIN, without_harmless(part.text)) and not self.tells_me(part):
            return True
        return any(self._is_condition(one, part) for one in self.sentence_of(part) if not one.dictated)

    def _is_condition(self, one: Part, part: Part) -> bool:
        if self.tells_me(one) or (one.question and not part.question):
            return False
        text = without_fillers(without_harmless(one.text))
        if not text or (len(tokens(text)) < 2 and not SIGNS.search(text)):
            return False
        return (
            _is_if(one.text.strip())
            or begins(hold_words.CONDITIONS, text)
            or (one.number < part.number and CLAUSE_ENDS.search(text.strip()) is not None)
        )

    def tells_me(self, part: Part) -> bool:
        """Whether the owner asks in it, or in the clause beside it, to be told of the sending."""
        if says(hold_words.TELLING_ME, part.text):
            return True
        beside = (one for one in self.sentence_of(part) if abs(one.number - part.number) == 1)
        hangs = begins(hold_words.CONDITIONS, without_fillers(part.text)) or CLAUSE_ENDS.search(part.text)
        return bool(hangs) and any(says(hold_words.TELLING_ME, one.text) for one in beside)

    def is_of_others(self, part: Part) -> bool:
        """Whether somebody else says or wants it: "Sam said: send it"; not after "Sam said he needs it"."""
        if says(words.OWN_SAYING, part.text):
            return False
        if says(words.SAID_BY, part.text):
            return True
        before = (one.text for one in self.sentence_of(part) if one.number < part.number)
        return any(_leaves_open_what_is_said(text) for text in before if not says(words.OWN_SAYING, text))

    def asks_about(self, part: Part) -> bool:
        """Whether it is a question about it: "did you send it?", not "can you send it?"."""
        text = without_harmless(part.text)
        if begins(hold_words.WONDERING, text):
            return True
        return part.question and begins(words.QUESTION_WORDS, without_fillers(text))

    @cached_property
    def hold(self) -> Part | None:
        """What in the message says that the mail should not go out, or not yet."""
        return next((part for part in self.parts if self._is_hold(part)), None)

    def _is_hold(self, part: Part) -> bool:
        if any(sign in hold_words.STOP_SIGNS for sign in part.text):
            return True
        if not part.dictated and says(hold_words.UNDECIDED, part.text):
            return True
        if part.dictated or begins(hold_words.OWN_DOING, _from_the_owner(part.text)):
            return False
        if self.tells_me(part) or (self.asks_about(part) and not says(hold_words.WONDERING, part.text)):
            return False
        if says(hold_words.OF_ANOTHER, part.text) or says(hold_words.DONT_FORGET, part.text):
            return False
        return self._says_hold(part, without_harmless(part.text))

    def _says_hold(self, part: Part, text: str) -> bool:
        sends, negated = says(words.SENDING, text), says(hold_words.NEGATORS, text)
        if says(hold_words.NO_WAIT, text):
            return True
        if negated and not sends and says(hold_words.WAITING, text) and not says(hold_words.YET, text):
            return False
        if (
            _is_stop(text)
            or says(hold_words.HOLDS, text)
            or says(hold_words.TAKEN_BACK, text)
            or says(hold_words.FIRST, text)
        ):
            return True
        if sends and says(hold_words.MYSELF, text):
            return True
        if negated and says(hold_words.BEFORE, text) and not begins(words.OF_OWN, _from_the_owner(text)):
            return True
        if sends and self._is_put_off_for_now(part, text):
            return False
        return sends and (self.is_negated(part) or self.is_conditional(part))

    def _is_put_off_for_now(self, part: Part, text: str) -> bool:
        """Whether "don't send it tomorrow" only says that it is to go now."""
        if not says(words.TIMES, without(words.TODAY, text)):
            return False
        others = (one for one in self.parts if one.number != part.number and not one.dictated)
        return any(says(words.NOW, one.text) and says(words.SENDING, one.text) for one in others)

    def is_for_now(self, hold: Part) -> bool:
        """Whether a hold leaves room for a later time: "not yet", "don't send it now", "not before Friday"."""
        text = self.whole_piece(hold)
        lists = (hold_words.HOLDS, words.NOW, hold_words.YET, hold_words.BEFORE, words.TIMES)
        return any(says(entries, text) for entries in lists)

    @cached_property
    def stops(self) -> bool:
        """Whether the message says that the mail should wait, and asks nothing."""
        asks = any(part.question and self._asks_really(part) for part in self.parts)
        return self.hold is not None and not asks

    def _asks_really(self, part: Part) -> bool:
        text = part.text.strip()
        if SIGNS.search(text) or HANGUL.search(text):
            return not ASKS_FOR.search(text)
        if begins(words.QUESTION_WORDS, text):
            return True
        wants = (hold_words.REQUESTS, hold_words.NEGATORS, words.SENDING, answer_words.AGREEMENTS)
        short = len(part.words) <= SHORT_ANSWER and says(words.SENDING, text)
        return not (short or any(begins(entries, text) for entries in wants))

    @cached_property
    def only_holds(self) -> bool:
        """Whether the message says little else than a hold: nothing to be changed, nothing asked."""
        if not self.stops:
            return False
        rest = (part for part in self.parts if not self._is_hold(part))
        return all(_says_little(part) for part in rest)


EXCUSED = (hold_words.TOUCHING, hold_words.WAITING)


def _is_if(text: str) -> bool:
    """ "Si Kim acepta", and no "sí, perfecto": what agrees, sends or says "all" is no condition."""
    first, _, rest = text.partition(" ")
    lists = (
        answer_words.AGREEMENTS,
        answer_words.BESIDE_YES,
        words.FILLERS,
        words.SENDING,
        words.CHANGING,
        answer_words.EVERYTHING,
        words.NOW,
    )
    agrees = any(begins(entries, rest) for entries in lists)
    return fully(hold_words.IF_OR_YES, first) and bool(rest.strip()) and not agrees


def _says_little(part: Part) -> bool:
    """Whether it is "please", "yes", or what the owner does meanwhile: "I'll come back to you"."""
    if says_nothing(part.text) or is_agreement(part.text) or fully(answer_words.BESIDE_YES, part.text):
        return True
    if ends_open(part.text) or says(hold_words.EMPHATIC, part.text):
        return True
    return (
        not part.dictated and begins(words.OF_OWN, _from_the_owner(part.text)) and not says(words.CHANGING, part.text)
    )


def _is_stop(text: str) -> bool:
    """Whether a part is nothing but "halt", "one moment please"."""
    said = re.sub(r"\s+(?:please|pls|bitte|s'il te plait|por favor|per favore|graag|prosze|lutfen)$", "", text.strip())
    said = " ".join(tokens(said))
    return bool(said) and (fully(hold_words.STOPS, said) or fully(hold_words.STOPS, without_fillers(said)))


def _is_no(part: Part) -> bool:
    text = without_harmless(part.text)
    if not says(hold_words.NEGATORS, text) or begins(hold_words.OWN_DOING, _from_the_owner(text)):
        return False
    return says(words.SENDING, text) or len(part.words) <= SHORT_ANSWER or begins(words.OF_OWN, text)


def _from_the_owner(text: str) -> str:
    """The text without what stands before "I" and says nothing: "ok I'll wait"."""
    return STARTS.sub("", text.strip())


def _takes_back(text: str) -> bool:
    """Whether it is nothing but "no", "not yet", "or no, wait"."""
    rest = re.sub(r"^(?:or|oder|o|ou|of|lub|eller|или|veya|actually|eigentlich)\s+", "", text.strip())
    said = " ".join(tokens(rest))
    return bool(said) and any(fully(entries, said) for entries in (hold_words.NEGATORS, hold_words.HOLDS))


def _leaves_open_what_is_said(text: str) -> bool:
    """Whether nothing stands behind "Sam said": then what follows is what Sam said."""
    rest = re.split("\u2063", re.sub(r"\s+", " ", text.strip()))[0]
    ending = re.sub(r"\s(?:to me|me|that|mir|dass|que|che|dat|ze|ins|gestern|yesterday|today|just now)$", "", rest)
    return fully(words.SAID_BY, ending.split(" ")[-1]) or bool(
        SIGNS.search(ending) and says(words.SAID_BY, ending[-3:])
    )
