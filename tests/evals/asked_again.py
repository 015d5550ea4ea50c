"""How often an honest model is asked because of the rule that the owner's words must hold what cannot be taken back.

Each recorded turn is applied twice: by the rule, and as if no words had to be quoted. Where questions or step differ, the owner
was asked again because of it. ``ideal`` is a model that understands each turn as the case expects, and quotes as told.
"""

import re
from datetime import datetime
from typing import Any

from inbox_agent.conversation.turn.decision import decide
from inbox_agent.conversation.turn_output import Recipient, Remember, SaidDate, SaidOffset, SaidTime, TurnOutput, When
from inbox_agent.models import Conversation, Outcome, UserRequest
from inbox_agent.ports import ModelResult
from tests.evals.states import NOW, ZONE
from tests.honest_model import quoting

NUMBERS = {"lunch": 2, "invoice": 3}


def is_asked_again(conversation: Conversation, request: UserRequest, output: TurnOutput, outcome: Outcome) -> bool:
    """Whether the turn ended in another question or step than without the rule.

    A model that understood nothing, and says so itself, asks in any case: there the rule only keeps the mail.
    """
    free = decide(conversation, request, output, now=NOW, default_zone=ZONE, commanded=True)
    if free.questions and set(output.intents) <= {"question"}:
        return False
    return (free.questions, free.step) != (outcome.questions, outcome.step)


class IdealModel:
    """Understands what the case expects of the turn; it reads no words but to quote them."""

    def __init__(self, expected: dict[str, dict[str, Any]]) -> None:
        """
        Args:
            expected: Message-ID to the expectations of that turn.
        """
        self.expected = expected

    def take_turn(self, conversation: Conversation, request: UserRequest, now: datetime) -> ModelResult:
        """See ``ports.Model``."""
        expect = self.expected[request.message_id]
        output = ideal(expect, conversation, request.text)
        return ModelResult(quoting(output, request.text), f"response to {request.message_id}")


def ideal(expect: dict[str, Any], conversation: Conversation, text: str) -> TurnOutput:
    """An output that leads to what is expected."""
    fields: dict[str, Any] = {}
    intents = dict.fromkeys(expect.get("intents", ()))
    for group in ("to", "cc", "bcc"):
        now = [person.address for person in getattr(conversation.draft, group)]
        if group in expect and sorted(expect[group]) != sorted(now):
            fields[group] = tuple(Recipient(address=address) for address in expect[group])
    if fields or not conversation.revision:
        intents["revise" if conversation.revision else "compose"] = None
    if not conversation.revision and (fields or "body_has" in expect):
        fields |= {"body": "Hello,\n\n" + " ".join(expect.get("body_has", ())) + ".", "subject": "Hello"}
    intents |= dict.fromkeys(_time(expect, conversation, text, fields))
    intents |= dict.fromkeys(_others(expect, conversation, fields))
    if expect.get("asks"):
        fields["questions"] = ("Which one do you mean?",)
    return TurnOutput.model_validate({**fields, "intents": tuple(intents) or ("question",)})


def _time(expect: dict[str, Any], conversation: Conversation, text: str, fields: dict[str, Any]) -> list[str]:
    planned = conversation.schedule
    wanted = expect.get("local") or expect.get("date")
    if expect.get("step") == "cancel" or "cancels" in expect:
        return []
    if wanted and (planned is None or not planned.local.startswith(wanted)):
        fields["when"] = _when(wanted, text)
        return [] if "to" in fields else ["reschedule"]
    if planned is not None and (expect.get("unscheduled") or expect.get("step") == "wait") and not expect.get("asks"):
        return ["keep_draft"]
    if planned is None and expect.get("step") == "schedule" and not wanted:
        if "tomorrow at 9:00" not in text:
            return ["send_now"]
        fields["when"] = _when("2026-11-22T09:00", text)
    return []


def _when(wanted: str, text: str) -> When:
    local = datetime.fromisoformat(wanted)
    amounts = re.findall(r"(\d+) (second|minute|hour|day)", text)
    if amounts and "business" not in text:
        offset = tuple(SaidOffset(amount=float(amount), unit=unit) for amount, unit in amounts)
        return When(said=text, offset=offset)
    time = SaidTime(hour=local.hour, minute=local.minute, clock="24h") if "T" in wanted else None
    return When(said=text, date=SaidDate(kind="calendar", day=local.day, month=local.month, year=local.year), time=time)


def _others(expect: dict[str, Any], conversation: Conversation, fields: dict[str, Any]) -> list[str]:
    intents: list[str] = []
    if numbers := tuple(NUMBERS[name] for name in expect.get("cancels", ())):
        fields["pending_numbers"] = numbers
        intents.append("cancel_pending")
    elif expect.get("step") == "cancel":
        intents.append("cancel")
    if names := expect.get("attachments"):
        fields["attachments"] = tuple(names)
        intents.append("revise")
    remembered = {field: value for field, value in expect.get("remembers", {}).items() if field != "zone"}
    known = {field for field in remembered if getattr(conversation.memory, field)}
    if zone := expect.get("owner_zone"):
        fields["owner_zone"] = zone
    people = [one for one in conversation.memory.contacts if one.address not in expect.get("contacts", (one.address,))]
    forgotten = tuple(expect.get("forgets", ()))
    remember: dict[str, Any] = {
        field: " ".join(words) or "friendly" for field, words in remembered.items() if field not in known
    }
    if remember:
        intents.append("remember")
    if forgotten or people:
        remember["forget"] = ("everything",) if len(forgotten) > 3 else forgotten
        remember["forget_contacts"] = (
            tuple(one.display_name.split()[0] for one in people) if "contacts" in expect else ()
        )
        intents.append("forget")
    if remember:
        fields["remember"] = Remember.model_validate(remember)
    return intents
