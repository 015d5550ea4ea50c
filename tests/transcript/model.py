"""The model of the transcript: the stand-in, but for messages whose answer is scripted and conversations it fails for."""

import json
import threading
from typing import Any

from inbox_agent.conversation.turn.prompt import TurnInput, read_input
from inbox_agent.conversation.turn_output import TurnOutput
from tests.e2e.slow_model import SlowModel


class TranscriptModel(SlowModel):
    """Every request reaches the stand-in, so that the chain of responses holds; a scripted answer replaces only its words.

    Attributes:
        away_for: subjects of the conversations for which the model answers 503.
    """

    def __init__(self, target_port: int) -> None:
        super().__init__(target_port)
        self.away_for: set[str] = set()
        self._scripted: dict[str, TurnOutput] = {}
        self._lock = threading.Lock()

    def script(self, words: str, output: TurnOutput) -> None:
        """From now on the owner's message of these words is answered so, once."""
        with self._lock:
            self._scripted[words] = output

    def is_waiting_for(self, words: str) -> bool:
        """Whether the scripted answer to these words was not asked for yet."""
        with self._lock:
            return words in self._scripted

    def fails(self, body: bytes) -> bool:
        subject = asked(body).sections.get("Subject of the owner's mail", "")
        return self.failing or subject.removeprefix("Re: ") in self.away_for

    def answered(self, body: bytes, answer: bytes) -> bytes:
        with self._lock:
            output = self._scripted.pop(asked(body).owner_text.strip(), None)
        if output is None:
            return answer
        response: dict[str, Any] = json.loads(answer)
        response["output"][0]["content"][0]["text"] = output.model_dump_json()
        return json.dumps(response).encode()


def asked(body: bytes) -> TurnInput:
    """The input of the turn that a request of the Responses API holds."""
    given = json.loads(body)["input"]
    content = given if isinstance(given, str) else given[-1]["content"]
    text = content if isinstance(content, str) else "\n".join(str(part["text"]) for part in content)
    return read_input(text)
