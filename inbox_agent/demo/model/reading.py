"""The output of one turn while the rules fill it in, beside the draft that it changes."""

from typing import Any, get_args

from inbox_agent.conversation.turn.prompt import TurnInput
from inbox_agent.conversation.turn_output import Act, Recipient, TurnOutput

REMARK = "This answer comes from the stand-in of inbox-agent, which is no AI model: it works by simple rules."
HELP = "Try for example “make it shorter”, “add that I will call on Monday”, “translate to Spanish” or “Friday 15:00”."


class Reading:
    """The output while it grows, beside the draft that it changes."""

    def __init__(self, given: TurnInput) -> None:
        self.given = given
        self.draft = given.draft
        self.fields: dict[str, Any] = {}
        self.intents: list[str] = []
        self.remarks = [REMARK]
        self.questions: list[str] = []
        # What is being read: the words of the owner for what is found in it.
        self.clause = given.owner_text
        self.asked: dict[str, str] = {}

    def intend(self, intent: str) -> None:
        if intent not in self.intents:
            self.intents.append(intent)
        self.quote(intent)

    def quote(self, act: str) -> None:
        """Keep the words that ask for what cannot be taken back."""
        if act in get_args(Act):
            self.asked.setdefault(act, self.clause)

    @property
    def body(self) -> str:
        return str(self.fields.get("body") or self.draft.get("body") or "")

    def people(self, group: str) -> list[Recipient]:
        if group in self.fields:
            return list(self.fields[group])
        listed = self.draft.get(group)
        return [Recipient.model_validate(person) for person in listed] if isinstance(listed, list) else []

    def output(self) -> TurnOutput:
        asked = [{"act": act, "words": words} for act, words in self.asked.items()]
        return TurnOutput.model_validate(
            {
                **self.fields,
                "intents": self.intents,
                "asked": asked,
                "questions": self.questions,
                "remark": " ".join(self.remarks),
            }
        )
