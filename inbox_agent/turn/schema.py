"""What the model returns: what the person meant, never arithmetic on times."""

from pydantic import BaseModel


class TurnOutput(BaseModel):
    """The structured output of one model turn."""
