"""Two lists of messages under a planned draft: honest ones of owners in a hurry, and holds that a model understands wrongly.

``busy.txt`` must be asked about in less than 2 % of its messages; of ``holds.txt`` nothing may go out.
"""

from dataclasses import dataclass
from pathlib import Path

from inbox_agent.conversation.commands import apply_command, find_command
from inbox_agent.conversation.turn.decision import decide
from inbox_agent.conversation.turn_output import Act, Asked, TurnOutput
from inbox_agent.models import Conversation, Exchange, Outcome, UserRequest
from tests.evals.asked_again import is_asked_again
from tests.evals.states import NOW, STATES, ZONE
from tests.honest_model import quoting

HERE = Path(__file__).parent
CHANGED = "Hello Sam,\n\nThe report is late.\n\nKind regards,\nMaria Lopez"
READINGS = {
    "send": TurnOutput(intents=("send_now",)),
    "ok": TurnOutput(intents=("approve",)),
    "ask": TurnOutput(intents=("question",), answer="It goes out tomorrow at 9."),
    "change": TurnOutput(intents=("revise",), body=CHANGED),
    "cancel": TurnOutput(intents=("cancel",)),
}
# How a model gets a hold wrong: it sends, or it agrees.
WRONG: tuple[TurnOutput, ...] = (READINGS["send"], READINGS["ok"])


@dataclass(frozen=True, slots=True)
class Said:
    """One message; ``reading`` is how a model that understands it reads it, "" for a hold."""

    language: str
    reading: str
    text: str


def busy() -> list[Said]:
    """Honest messages of owners in a hurry."""
    return [Said(*row) for row in _rows("busy.txt")]


def holds() -> list[Said]:
    """Messages after which nothing may go out."""
    return [Said(language, "", text) for language, text in _rows("holds.txt")]


def _rows(name: str) -> list[list[str]]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [[field.strip() for field in line.split("|")] for line in lines if line and not line.startswith("#")]


def planned(state: str = "scheduled") -> Conversation:
    """A draft that was written in an earlier turn."""
    return STATES[state].model_copy(update={"exchanges": (Exchange(request="write to Sam", outcome="draft 1"),)})


def is_asked(said: Said) -> bool:
    """Whether a model that understands an honest message, and quotes it, has its owner asked."""
    conversation = planned()
    request = _request(conversation, said.text)
    if find_command(said.text, conversation.owner) is not None:
        return False
    output = quoting(READINGS[said.reading], said.text)
    return is_asked_again(conversation, request, output, _decide(conversation, request, output))


def leaks(said: Said) -> bool:
    """Whether a hold that was understood as "send it" or "yes" lets a mail go out, at once or as planned."""
    return any(_goes(said, output, state) for output in WRONG for state in ("scheduled", "drafted"))


def _goes(said: Said, wrong: TurnOutput, state: str) -> bool:
    conversation = planned(state)
    request = _request(conversation, said.text)
    command = find_command(said.text, conversation.owner)
    if command is not None:
        outcome = apply_command(conversation, request, command, now=NOW, default_zone=ZONE)
        return outcome.step == "schedule"
    quotes = (said.text, *said.text.replace(".", ",").split(","))
    return any(
        _decide(conversation, request, _quoting(wrong, quote)).step == "schedule" for quote in quotes if quote.strip()
    )


def _quoting(output: TurnOutput, quote: str) -> TurnOutput:
    acts: tuple[Act, ...] = ("send_now", "approve")
    return output.model_copy(update={"asked": tuple(Asked(act=act, words=quote) for act in acts)})


def _request(conversation: Conversation, text: str) -> UserRequest:
    return UserRequest(message_id="<m@corp.example>", text=text, sender=conversation.owner, sent_at=NOW.isoformat())


def _decide(conversation: Conversation, request: UserRequest, output: TurnOutput) -> Outcome:
    return decide(conversation, request, output, now=NOW, default_zone=ZONE)
