"""Whether the owner's own words of a message ask for an act, or say a time of sending. Pure.

They do where a part of the message that a model quoted is the owner's wish: no negation, hold or condition stands with it,
it is not what the mail should say, and it either names the act in a language that is known or is too short to say more.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta

from inbox_agent.conversation.hints import without_named_draft
from inbox_agent.conversation.quotes import without_quotes
from inbox_agent.conversation.recipients import DERIVED_SUBJECT
from inbox_agent.conversation.turn_output import Act, Asked, TurnOutput, When
from inbox_agent.conversation.words import answer_words, hold_words
from inbox_agent.conversation.words import clause_words as words
from inbox_agent.conversation.words.clauses import Part
from inbox_agent.conversation.words.command_words import FORMS, Command
from inbox_agent.conversation.words.holds import Standing
from inbox_agent.conversation.words.plain_words import (
    begins,
    fully,
    is_agreement,
    plain,
    says,
    says_nothing,
    tokens,
    without,
    without_fillers,
)
from inbox_agent.conversation.words.salutations import CLOSING_LINE, GREETING_LINE
from inbox_agent.models import Conversation, UserRequest

# What the model may read of a message, see ``prompt.MAX_OWNER_TEXT``.
MAX_READ = 32_768
# A mail that goes out so soon is gone before anybody can read that it was planned.
SOON = timedelta(minutes=15)
FILE_NAME = re.compile(r"\w\.\w{2,5}(?!\w)")
IN_MINUTES = re.compile(r"\d\s*(?:s|m|secs?|mins?|sek)(?!\w)")
DRAFT_NUMBER = re.compile(
    r"\b(?:draft|version|revision|entwurf|borrador|brouillon|bozza|rascunho|number|nummer|numero|no\.?|nr\.?)\s*#?\d+"
)
EXACT_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
# Commands that mean something else than to send or to cancel.
OTHER_COMMANDS = frozenset(
    " ".join(tokens(plain(form)))
    for command, forms in FORMS.items()
    if command not in (Command.SEND_NOW, Command.CANCEL)
    for form in re.split(r"[|\n]", forms)
)
RETRIES = frozenset(" ".join(tokens(plain(form))) for form in re.split(r"[|\n]", FORMS[Command.RETRY]))
MOST_QUOTES, MOST_CORRECTED, LONGEST_TIME = 40, 2, 500
# A short answer to a question, of a few parts at most.
SHORT_ANSWER = 3


def own_words_of(conversation: Conversation, request: UserRequest, output: TurnOutput) -> Standing:
    """The owner's own new lines; of a first message also a subject that is theirs."""
    text = without_named_draft(without_quotes(request.text[:MAX_READ]))
    if not conversation.exchanges and request.subject and not DERIVED_SUBJECT.match(request.subject):
        text = f"{request.subject}\n{text}"
    return Standing(text, (output.body or "",))


class Held:
    """Whether the quoted words ask for an act, by act."""

    def __init__(self, own: Standing, asked: Iterable[Asked]) -> None:
        self.own = own
        self.quotes = tuple(asked)[:MOST_QUOTES]

    def parts(self, act: Act) -> tuple[Part, ...]:
        """The parts of the message that ask for it."""
        return tuple(part for part in self.quoted(act) if _CHECKS[act](self.own, part))

    def quoted(self, act: Act) -> tuple[Part, ...]:
        """Where the words stand that the model quoted for it; what it corrected of them is found as what it is like."""
        quotes = tuple(dict.fromkeys(without_named_draft(one.words) for one in self.quotes if one.act == act))
        found = tuple(part for quote in quotes for part in self.own.find(quote))
        return found or tuple(part for quote in quotes[:MOST_CORRECTED] for part in self.own.like(quote))


def only_sends(own: Standing, sending: Iterable[Part], body: str) -> bool:
    """Whether a message asks for nothing but the sending, and does not hold the text: then its owner has not seen that text."""
    if f" {' '.join(tokens_of(body))} " in f" {' '.join(tokens_of(own.text))} ":
        return False
    numbers = {part.number for part in sending}
    if any(part.dictated or says(words.CHANGING, part.text) for part in own.parts):
        return False
    rest = (part for part in own.parts if part.number not in numbers)
    return all(says_nothing(part.text) or is_agreement(part.text) or _is_idiom(part) for part in rest)


def _is_free(own: Standing, part: Part) -> bool:
    """Whether it is a wish that nothing contradicts."""
    free = not part.dictated and not own.is_negated(part)
    return free and not own.is_conditional(part) and not own.asks_about(part)


def _is_own_wish(own: Standing, part: Part) -> bool:
    """Whether it is neither about others nor uncertain: no "Bob wants to cancel it", "it was canceled", "maybe cancel it"."""
    text = own.whole_piece(part)
    return not (own.is_of_others(part) or begins(words.OF_OTHERS, without_fillers(text)) or says(words.UNSURE, text))


def _is_idiom(part: Part) -> bool:
    """Whether it is short and says nothing else that is known: "ship it", "raus damit", "👍"."""
    others = (words.CHANGING, words.WRONG, words.FORGETTING, words.DELETING, words.CANCELING, words.ATTACHING)
    if not part.is_short or "@" in part.text or says_nothing(part.text):
        return False
    if not any(word.isalnum() for word in part.words):
        return all(sign in hold_words.SENDING_SIGNS for sign in part.words)
    return not any(says(entries, part.text) for entries in others)


def _is_wanted_now(own: Standing, part: Part) -> bool:
    """Whether nothing says that the sending is somebody else's wish, uncertain, over, or comes after something else."""
    if own.is_of_others(part) or says(hold_words.FIRST, own.plain) or says(words.CANCELING, part.text):
        return False
    past = says(words.PAST, part.text) and not _commands(part)
    return not past and not any(says(entries, own.whole_piece(part)) for entries in (words.UNSURE, words.TO_ME))


def _commands(part: Part) -> bool:
    """Whether it begins with a verb of sending: "send it already", no "sent already"."""
    text = without_fillers(part.text)
    return begins(words.SENDING, text) and not begins("sent|gesendet|verschickt|enviado|envoyé|inviata|inviato", text)


def _is_order(part: Part) -> bool:
    """Whether it is an idiom, and neither a statement nor a greeting."""
    text = without_fillers(part.text)
    if begins(words.STATEMENT, text) or text in OTHER_COMMANDS or not part.words:
        return False
    said = " ".join(part.words)
    return _is_idiom(part) and not (GREETING_LINE.fullmatch(said) or CLOSING_LINE.fullmatch(said))


def _sends(own: Standing, part: Part) -> bool:
    text = DRAFT_NUMBER.sub("", own.whole_piece(part))
    later = re.search(r"\d", text) or says(words.TIMES, without(words.TODAY, text))
    if own.hold or (later and not says(words.NOW, text)) or _only_agrees(part):
        return False
    if not _is_free(own, replace(part, dictated=part.dictated and not part.head)) or not _is_wanted_now(own, part):
        return False
    if part.head or ("@" in part.text and begins(words.MAILING, without_fillers(part.text))):
        return says(words.NOW, part.text)
    return says(words.SENDING, part.text) or (_is_order(part) and not _says_anywhere(own, words.CANCELING))


def _says_anywhere(own: Standing, entries: str) -> bool:
    """Whether the owner says in so many words what an idiom elsewhere in the message can hardly be against."""
    return any(says(entries, part.text) for part in own.parts if not part.dictated)


def _only_agrees(part: Part) -> bool:
    return is_agreement(part.text) and not says(answer_words.GO, part.text)


def _retries(own: Standing, part: Part) -> bool:
    if not _is_free(own, part) or own.hold or not _is_wanted_now(own, part):
        return False
    return says(words.SENDING, part.text) or part.text in RETRIES or _is_order(part)


def _approves(own: Standing, part: Part) -> bool:
    agrees = says(words.SENDING, part.text) or is_agreement(part.text) or _is_idiom(part)
    return _is_free(own, part) and not own.hold and _is_wanted_now(own, part) and agrees


def _declines(own: Standing, part: Part) -> bool:
    return not part.dictated and not own.hold


def _cancels(own: Standing, part: Part) -> bool:
    if part.dictated or own.is_conditional(part) or own.asks_about(part) or is_agreement(part.text):
        return False
    if says(answer_words.NO_LONGER, part.text) or all(word in answer_words.CANCELING_SIGNS for word in part.words):
        return True
    negated, sending = own.is_negated(part), says(words.SENDING, own.whole_piece(part))
    if negated:
        lists = (hold_words.HOLDS, hold_words.YET, hold_words.BEFORE)
        for_now = any(says(entries, own.whole_piece(part)) for entries in lists)
        return sending and not for_now and not says(words.CANCELING, part.text)
    if not _is_own_wish(own, part):
        return False
    if says(words.CANCELING, part.text) or _deletes_the_mail(part):
        return True
    return not own.hold and _is_order(part) and not _says_anywhere(own, words.SENDING)


def _deletes_the_mail(part: Part) -> bool:
    """ "delete it", "supprime ce mail", and no "delete the last sentence"."""
    said = without_fillers(part.text)
    return begins(words.DELETING, said) and all(fully(answer_words.THE_MAIL, word) for word in tokens(said)[1:])


def _forgets(own: Standing, part: Part) -> bool:
    if not _is_free(own, part) or not _is_own_wish(own, part):
        return False
    text = own.whole_piece(part)
    return says(words.FORGETTING, part.text) or (says(words.DELETING, part.text) and says(words.KNOWN, text))


def _remembers(own: Standing, part: Part) -> bool:
    if not _is_free(own, Part(part.text, part.number, part.sentence, part.piece, part.question)):
        return False
    if says(words.FORGETTING, part.text) or not _is_own_wish(own, part):
        return False
    if says(words.STANDING, own.whole_sentence(part)):
        return not part.dictated or not says(words.SAYS_THAT, part.text)
    return not part.dictated and (says(words.OF_THE_OWNER, own.whole_piece(part)) or _is_idiom(part))


def _names_zone(own: Standing, part: Part) -> bool:
    if not _is_free(own, part) or not _is_own_wish(own, part) or "@" in part.text or says(words.CHANGING, part.text):
        return False
    named = len(part.words) <= SHORT_ANSWER and not says_nothing(part.text)
    return named or says(words.FIELD_WORDS["zone"], part.text) or says(words.I_AM_IN, part.text)


def speaks_of_files(part: Part) -> bool:
    """Whether it has a word for files or attaching, or the name of a file."""
    return says(words.FILES, part.text) or says(words.ATTACHING, part.text) or FILE_NAME.search(part.text) is not None


def _attaches(own: Standing, part: Part) -> bool:
    negated = own.is_negated(part) and not says(hold_words.DONT_FORGET, part.text)
    if negated or own.is_conditional(part) or own.asks_about(part) or not _is_own_wish(own, part):
        return False
    if says(words.WITHOUT, part.text):
        return False
    if says(words.TAKING, part.text) and says(words.FILES, part.text):
        return True
    return says(words.ATTACHING, part.text) or FILE_NAME.search(part.text) is not None


_CHECKS: dict[Act, Callable[[Standing, Part], bool]] = {
    "send_now": _sends,
    "retry": _retries,
    "approve": _approves,
    "as_is": _declines,
    "cancel": _cancels,
    "cancel_pending": _cancels,
    "forget": _forgets,
    "remember": _remembers,
    "zone": _names_zone,
    "attach": _attaches,
}


def _tells_time(text: str) -> bool:
    return re.search(r"\d", text) is not None or any(says(one, text) for one in (words.TIMES, words.MINUTES))


def _says_time(own: Standing, part: Part, when: When, first: str, soon: bool) -> bool:
    """Whether a part of the message says this time of sending, and not one that the mail talks about."""
    text = own.whole_piece(part)
    if part.dictated and not (part.head and first in part.text):
        return False
    if not says(hold_words.BEFORE, text) and (own.is_negated(part) or own.is_conditional(part)):
        return False
    if own.hold and ((soon and not _tells_time(own.hold.text)) or not own.is_for_now(own.hold)):
        return False
    if own.asks_about(part) or not _tells_time(text) or not _numbers_fit(when, text):
        return False
    if soon and when.offset:
        return says(words.MINUTES, text) or IN_MINUTES.search(text) is not None
    return True


def _numbers_fit(when: When, text: str) -> bool:
    """Whether hours and minutes may be those that the words say in digits; words without any say nothing against it."""
    found = {int(digits[:9]) for digits in re.findall(r"\d+", text)}
    found |= {number // 100 for number in found if 100 <= number < 2400}
    if not found:
        return True
    for offset in when.offset:
        seconds = offset.amount * EXACT_SECONDS.get(offset.unit, 0)
        if (
            seconds
            and not any(int(seconds) in (number, number * 60, number * 3600) for number in found)
            and not (offset.amount != int(offset.amount) and int(offset.amount) in found)
        ):
            return False
    hour = when.time.hour if when.time else None
    return hour is None or any((number - hour) % 12 in (0, 1) for number in found)


def says_time(own: Standing, when: When, seconds_ahead: float, *, answers: bool) -> bool:
    """Whether the owner's words say this time of sending.

    Args:
        seconds_ahead: how far ahead of now the time is that it comes to.
        answers: whether a question is open, to which "the first" may be an answer.
    """
    said = when.said[:LONGEST_TIME]
    wanted = tokens_of(said)
    written = [token for part in own.parts for token in part.words]
    if not wanted or not all(any(one.startswith(token) for one in written) for token in wanted):
        return False
    parts = own.find(said) or tuple(
        part for part in own.parts if set(part.words) & set(wanted) and _tells_time(part.text)
    )
    if answers and len(own.parts) <= SHORT_ANSWER and not own.hold:
        proposed = (
            part for part in parts or own.parts if says(answer_words.ORDINALS, part.text) or _tells_time(part.text)
        )
        return any(_is_free(own, part) for part in proposed)
    return any(_says_time(own, part, when, wanted[0], seconds_ahead < SOON.total_seconds()) for part in parts)


def tokens_of(text: str) -> list[str]:
    """The words of a text as they are compared."""
    return tokens(plain(text))
