"""Reads what is known of the owner for the turn or command at hand. Trouble with that never holds up a conversation."""

from inbox_agent.conversation.events import decisions
from inbox_agent.conversation.events.decisions import Next, Step
from inbox_agent.conversation.planned import reads_planned
from inbox_agent.conversation.turn_output import TurnOutput
from inbox_agent.errors import EngineUnavailable
from inbox_agent.models import Conversation, Outcome, OwnerMemory, UserRequest
from workflows.services import Services

NO_MEMORY = (
    "I could not look up what I remember about you just now, so this was worked out without it: your usual name, signature, "
    "time zone and contacts are not taken into account."
)

CANNOT_TELL = "I cannot look up what I remember about you just now. Please ask again in a few minutes."


def recall(conversation: Conversation, services: Services) -> OwnerMemory | None:
    """What is known of the owner; nothing of a conversation without one; None when it cannot be read."""
    if not conversation.owner.address:
        return OwnerMemory()
    try:
        return services.memories.recall(conversation.owner.address)
    except EngineUnavailable:
        return None


def knowing(conversation: Conversation, memory: OwnerMemory | None) -> Conversation:
    """The conversation with what is known of its owner."""
    return conversation.model_copy(update={"memory": memory or OwnerMemory()})


def telling(request: UserRequest, memory: OwnerMemory | None) -> UserRequest:
    """The message; when nothing could be recalled, with a word on that for the owner."""
    return request if memory is not None else request.model_copy(update={"notes": (*request.notes, NO_MEMORY)})


def with_planned(conversation: Conversation, services: Services) -> Conversation:
    """The conversation with all planned mails of its owner; without, when they cannot be read."""
    if not conversation.owner.address:
        return conversation
    try:
        planned = services.memories.planned(conversation.owner.address)
    except EngineUnavailable:
        return conversation
    return conversation.model_copy(update={"planned": planned})


def looked_up(
    conversation: Conversation, output: TurnOutput, memory: OwnerMemory | None, services: Services
) -> tuple[Conversation, TurnOutput]:
    """Conversation and output of a turn with what the owner's words ask for; what cannot be read is not answered."""
    if reads_planned(output):
        conversation = with_planned(conversation, services)
    if memory is None and "show_memory" in output.intents:
        intents = tuple(intent for intent in output.intents if intent != "show_memory")
        output = output.model_copy(update={"intents": intents})
    return conversation, output


def cannot_tell(conversation: Conversation, here: Next) -> Step:
    """The answer when the owner asks what is remembered and it cannot be read."""
    return decisions.stay(Outcome(conversation, "wait", notices=(CANNOT_TELL,)), here)
