"""Whether a planned mail stays planned when the model says "keep it as a draft". Pure.

Holding is the safe side, but a mail that misses its time because of a "thanks" is a loss. So words that may hold it do, words
that cannot (thanks, agreement, a question, a change of the text) do not, and after any others it waits and its owner is asked.
"""

from typing import Literal

from inbox_agent.conversation.words import clause_words as words
from inbox_agent.conversation.words import hold_words
from inbox_agent.conversation.words.clauses import Part
from inbox_agent.conversation.words.holds import Standing
from inbox_agent.conversation.words.plain_words import is_agreement, says, says_nothing, without_harmless

KEEPING = """
    draft*|keep|save|hold|holding|park|postpone|shelve|pause*|suspend|stop|later|entwurf*|behalt*|speicher*|zurück*
    liegen lassen|aufschieben|verschieb*|stopp*|borrador*|guarda*|pausa*|detén|deten|brouillon*|garde|gardez|bozza|bozze|salva
    suspend*|tieni|ferma|rascunho*|segura|concept|bewaar|stop*|szkic*|wstrzym*|utkast*|kladde*|spara|gem|behold|luonnos*|taslak*
    чернов*|сохрани*|чернет*|koncept*|ulož*|~下書き|~保存|~草稿|~초안|~임시|مسودة|~ड्राफ्ट"""


def holds(own: Standing) -> Literal["yes", "no", "unclear"]:
    """What the owner's words say of holding what is planned."""
    parts = [part for part in own.parts if not part.dictated]
    told = [part for part in parts if not own.asks_about(part)]
    stops = any(says(words.CANCELING, part.text) and not own.is_negated(part) for part in told)
    if own.hold or stops or any(says(KEEPING, part.text) for part in told):
        return "yes"
    return "no" if all(_leaves_the_plan(own, part) for part in parts) else "unclear"


def _leaves_the_plan(own: Standing, part: Part) -> bool:
    if says_nothing(part.text) or is_agreement(part.text) or own.asks_about(part):
        return True
    return says(words.CHANGING, part.text) and not says(hold_words.NEGATORS, without_harmless(part.text))
