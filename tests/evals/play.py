"""Plays scripted conversations through the real adapter and the real decision, many at once."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from inbox_agent.conversation.turn.decision import decide
from inbox_agent.errors import AgentError
from inbox_agent.models import AttachmentRef, UserRequest
from inbox_agent.ports import Model
from tests.evals.asked_again import IdealModel, is_asked_again
from tests.evals.scoring import CHECKS, Check, Turn, score
from tests.evals.states import NOW, STATES, ZONE

CASES = Path(__file__).parent / "cases"
TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg"}
KEYS = frozenset({"name", "start", "files", "answers_revision", "turns"})


@dataclass(frozen=True, slots=True)
class Case:
    """One scripted conversation; ``group`` is the file that it stands in."""

    group: str
    name: str
    start: str
    turns: list[dict[str, Any]]
    files: list[str] = field(default_factory=list)
    answers_revision: int | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """How a conversation went. ``error`` is set when the model could not be used; ``asked_again``: what the owner wrote
    in turns that led to a question only because their words did not hold what the model understood.
    """

    case: Case
    checks: list[Check]
    tokens: int
    error: str = ""
    asked_again: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        return not self.error and all(check.right for check in self.checks)


def load(folder: Path = CASES) -> list[Case]:
    """All conversations, checked for unknown keys so that a slip of the pen is no pass.

    Raises:
        ValueError: a key, state or expectation that is not known, or a name that is there twice.
    """
    cases: list[Case] = []
    for path in sorted(folder.glob("*.yaml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
            expected = {key for turn in entry["turns"] for key in turn["expect"]}
            unknown = (set(entry) - KEYS) | (expected - set(CHECKS))
            if unknown or entry.get("start", "new") not in STATES:
                raise ValueError(f"{path.name}, {entry['name']}: {sorted(unknown) or entry['start']} is not known")
            rest = {key: value for key, value in entry.items() if key not in ("name", "start", "turns")}
            cases.append(Case(path.stem, entry["name"], entry.get("start", "new"), entry["turns"], **rest))
    names = [(case.group, case.name) for case in cases]
    if len(set(names)) != len(names):
        raise ValueError("a name is there twice")
    return cases


def play(case: Case, model: Model) -> Result:
    """One conversation from its start, the provider's memory included."""
    conversation = start = STATES[case.start]
    checks: list[Check] = []
    again: list[str] = []
    tokens = 0
    for number, said in enumerate(case.turns, start=1):
        request = UserRequest(
            message_id=message_id(case, number),
            text=said["say"],
            quoted_text=said.get("quoted", ""),
            sender=start.owner,
            sent_at=NOW.isoformat(),
            answers_revision=case.answers_revision,
            attachments=tuple(
                AttachmentRef(
                    message_id="<files@corp.example>",
                    part=str(part),
                    name=name,
                    content_type=TYPES.get(name.rpartition(".")[2], "application/octet-stream"),
                    size=1000,
                )
                for part, name in enumerate(case.files, start=2)
            ),
        )
        try:
            result = model.take_turn(conversation, request, NOW)
        except AgentError as error:
            return Result(case, checks, tokens, f"turn {number}: {type(error).__name__}: {error}")
        tokens += result.input_tokens + result.output_tokens
        conversation = conversation.model_copy(update={"previous_response_id": result.response_id})
        outcome = decide(conversation, request, result.output, now=NOW, default_zone=ZONE)
        if is_asked_again(conversation, request, result.output, outcome):
            again.append(request.text)
        conversation = outcome.conversation
        checks += score(Turn(start, result.output, outcome), said["expect"])
    return Result(case, checks, tokens, asked_again=tuple(again))


def message_id(case: Case, turn: int) -> str:
    """Of the owner's mail of a turn, counted from 1."""
    return f"<{case.group}.{case.name}.{turn}@corp.example>"


def play_ideal(cases: Sequence[Case]) -> list[Result]:
    """All conversations with a model that understands every turn and quotes the owner."""
    expected = {
        message_id(case, number): said["expect"] for case in cases for number, said in enumerate(case.turns, start=1)
    }
    return play_all(cases, IdealModel(expected), 1)


def asked_again(results: Sequence[Result]) -> str:
    """One line of how often, and the words of those turns."""
    turns = sum(len(result.case.turns) for result in results)
    words = [text for result in results for text in result.asked_again]
    share = 100 * len(words) / turns if turns else 0.0
    heading = f"asked again because the owner's words did not hold it: {len(words)} of {turns} turns ({share:.1f} %)"
    return "\n".join([heading, *(f"- {text[:150]}" for text in words)])


def play_all(cases: Sequence[Case], model: Model, threads: int) -> list[Result]:
    """All conversations, ``threads`` at once, in the order of the cases."""
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda case: play(case, model), cases))


def table(results: Sequence[Result]) -> str:
    """The score by group, and each failure with what came instead."""
    lines = [f"{'group':<14}{'conversations':>16}{'checks':>14}{'tokens':>10}"]
    groups = [*dict.fromkeys(result.case.group for result in results), "all"]
    for group in groups:
        mine = [result for result in results if group in (result.case.group, "all")]
        checks = [check for result in mine for check in result.checks]
        right, passed = sum(result.right for result in mine), sum(check.right for check in checks)
        tokens = sum(result.tokens for result in mine)
        lines.append(f"{group:<14}{f'{right} of {len(mine)}':>16}{f'{passed} of {len(checks)}':>14}{tokens:>10}")
    failures = [result for result in results if not result.right]
    if failures:
        lines.append("\nfailures:")
    for result in failures:
        said = " / ".join(turn["say"] for turn in result.case.turns)
        lines.append(f"- {result.case.group}/{result.case.name}: {said[:150]}")
        if result.error:
            lines.append(f"    {result.error}")
        lines += [f"    {check.name}, got {check.got[:160]}" for check in result.checks if not check.right]
    return "\n".join(lines)
