"""A model that quotes: what one that does as it is told adds to an output, the owner's words for what cannot be taken back."""

from typing import get_args

from inbox_agent.conversation.turn_output import Act, Asked, TurnOutput

ACTS: tuple[Act, ...] = get_args(Act)


def quoting(output: TurnOutput, text: str) -> TurnOutput:
    """The output with all of the text as the words that ask for each act in it, and for its time."""
    wanted: set[str] = set(output.intents)
    wanted |= {act for act, there in (("attach", output.attachments), ("zone", output.owner_zone)) if there}
    given = {one.act for one in output.asked}
    added = tuple(Asked(act=act, words=text) for act in ACTS if act in wanted and act not in given)
    update: dict[str, object] = {"asked": (*output.asked, *added)}
    if output.when is not None and output.when.said in ("", "said", "after"):
        update["when"] = output.when.model_copy(update={"said": text})
    return output.model_copy(update=update)
