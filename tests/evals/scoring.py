"""What a turn was expected to lead to, check by check. A check is right or wrong; a conversation is right when all are.

Keys of ``expect``:
    step                  wait, schedule or cancel
    to, cc, bcc           the addresses, in any order
    never                 addresses that no recipient list may hold
    local, date, zone     the schedule's wall-clock time (to the minute unless seconds are given), day, zone
    unscheduled           there is no schedule
    intents               what the model has to have meant, at least
    language              primary language of the draft
    subject_has, body_has, body_lacks, answer_has, answer_lacks   words, case ignored
    body_same, body_changed, body_shorter   against the draft that the conversation began with
    attachments           names
    asks, answers, back   whether there is a question, an answer, a back-translation
    owner_zone            the zone that is remembered
    remembers             field of the memory to words in it (none: it is not empty)
    forgets               fields of the memory that are empty now
    contacts              addresses that are remembered
    memory_same           nothing is remembered or forgotten
    lists                 how many planned mails are listed
    cancels               other conversations that the cancel is passed on to
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from inbox_agent.conversation.turn_output import TurnOutput
from inbox_agent.models import Address, Conversation, Outcome


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn as it went."""

    start: Conversation
    output: TurnOutput
    outcome: Outcome

    @property
    def now(self) -> Conversation:
        return self.outcome.conversation


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation and what came instead; ``got`` is for the table of failures."""

    name: str
    right: bool
    got: str


def _addresses(people: tuple[Address, ...]) -> list[str]:
    return sorted(person.address.lower() for person in people)


def _everyone(turn: Turn) -> list[str]:
    draft = turn.now.draft
    return _addresses((*draft.to, *draft.cc, *draft.bcc))


def _holds(text: str, words: list[str]) -> tuple[bool, str]:
    return all(word.casefold() in text.casefold() for word in words), text


def _lacks(text: str, words: list[str]) -> tuple[bool, str]:
    return not any(word.casefold() in text.casefold() for word in words), text


def _local(turn: Turn, expected: str) -> tuple[bool, str]:
    got = turn.now.schedule.local if turn.now.schedule else "no schedule"
    return got == (expected if expected.count(":") == 2 else f"{expected}:00"), got


def _equal(got: Any, expected: Any) -> tuple[bool, str]:
    return got == expected, repr(got)


def _remembers(turn: Turn, wanted: dict[str, list[str]]) -> tuple[bool, str]:
    memory = turn.now.memory
    found = {field: str(getattr(memory, field)) for field in wanted}
    return all(found[field] and _holds(found[field], words)[0] for field, words in wanted.items()), repr(memory)


CHECKS: dict[str, Callable[[Turn, Any], tuple[bool, str]]] = {
    "step": lambda turn, want: _equal(turn.outcome.step, want),
    "to": lambda turn, want: _equal(_addresses(turn.now.draft.to), sorted(want)),
    "cc": lambda turn, want: _equal(_addresses(turn.now.draft.cc), sorted(want)),
    "bcc": lambda turn, want: _equal(_addresses(turn.now.draft.bcc), sorted(want)),
    "never": lambda turn, want: (not set(want) & set(_everyone(turn)), repr(_everyone(turn))),
    "local": _local,
    "date": lambda turn, want: _equal(turn.now.schedule.local[:10] if turn.now.schedule else None, want),
    "zone": lambda turn, want: _equal(turn.now.schedule.zone if turn.now.schedule else None, want),
    "unscheduled": lambda turn, want: _equal(turn.now.schedule is None, want),
    "intents": lambda turn, want: (set(want) <= set(turn.output.intents), repr(turn.output.intents)),
    "language": lambda turn, want: _equal(turn.now.draft.language.partition("-")[0].lower(), want),
    "subject_has": lambda turn, want: _holds(turn.now.draft.subject, want),
    "body_has": lambda turn, want: _holds(turn.now.draft.body, want),
    "body_lacks": lambda turn, want: _lacks(turn.now.draft.body, want),
    "answer_has": lambda turn, want: _holds(turn.outcome.answer, want),
    "answer_lacks": lambda turn, want: _lacks(turn.outcome.answer, want),
    "body_same": lambda turn, want: _equal(turn.now.draft.body == turn.start.draft.body, want),
    "body_changed": lambda turn, want: _equal(turn.now.draft.body != turn.start.draft.body, want),
    "body_shorter": lambda turn, want: _equal(len(turn.now.draft.body) < len(turn.start.draft.body), want),
    "attachments": lambda turn, want: _equal([file.name for file in turn.now.draft.attachments], want),
    "asks": lambda turn, want: (bool(turn.outcome.questions) == want, repr(turn.outcome.questions)),
    "answers": lambda turn, want: (bool(turn.outcome.answer) == want, repr(turn.outcome.answer)),
    "back": lambda turn, want: (bool(turn.outcome.back_translation) == want, repr(turn.outcome.back_translation)),
    "owner_zone": lambda turn, want: _equal(turn.now.zone, want),
    "remembers": _remembers,
    "forgets": lambda turn, want: (not any(getattr(turn.now.memory, field) for field in want), repr(turn.now.memory)),
    "contacts": lambda turn, want: _equal(_addresses(turn.now.memory.contacts), sorted(want)),
    "memory_same": lambda turn, want: (
        (turn.outcome.note is None and turn.now.memory == turn.start.memory) == want,
        repr(turn.outcome.note),
    ),
    "lists": lambda turn, want: _equal(len(turn.outcome.planned or ()), want),
    "cancels": lambda turn, want: _equal(sorted(turn.outcome.cancels), sorted(want)),
}


def score(turn: Turn, expect: dict[str, Any]) -> list[Check]:
    """All checks of one turn.

    Raises:
        KeyError: an expectation of an unknown name.
    """
    checks = []
    for name, want in expect.items():
        right, got = CHECKS[name](turn, want)
        checks.append(Check(f"{name} = {want}", right, got))
    return checks
