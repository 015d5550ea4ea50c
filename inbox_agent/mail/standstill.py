"""Messages of an owner's side that change nothing, one after the other: two machines that answer each other.

A responder without any mark, or another agent, answers each of our mails and gets nowhere. What answers us writes
only when we do, so a while of silence ends it; whoever writes after that has something new to say.
"""

from collections import OrderedDict
from dataclasses import dataclass

from inbox_agent.mail.intake import Intake
from inbox_agent.models import Folder, UserRequest

MOST_WITHOUT_CHANGE = 10
# A person who asks again after this time does not answer us by reflex.
SOON_SECONDS = 600.0
SILENCE_SECONDS = 600.0
MOST_COUNTED = 10_000


@dataclass(slots=True)
class _Run:
    """Messages in a row that found the conversation in the same state; while it lasts, nobody is answered."""

    state: str = ""
    count: int = 0
    last: float = float("-inf")
    silent_until: float = float("-inf")


class Standstill:
    """Counts in memory, for each conversation."""

    def __init__(self) -> None:
        self._runs: OrderedDict[str, _Run] = OrderedDict()

    def check(self, workflow_id: str, request: UserRequest, now: float, state: str) -> Intake | None:
        """None lets the message pass; the first one too many is answered with the reason.

        Args:
            state: of the conversation when the message came; "" counts as changing, since it is at work on something.
        """
        run = self._runs.setdefault(workflow_id, _Run())
        self._runs.move_to_end(workflow_id)
        while len(self._runs) > MOST_COUNTED:
            self._runs.popitem(last=False)
        if now < run.silent_until:
            return Intake(Folder.IGNORED, "a conversation that stands still")
        again = bool(state) and state == run.state and now - run.last < SOON_SECONDS and request.answers_ours
        run.state, run.count, run.last = state, run.count + 1 if again else 1, now
        if run.count <= MOST_WITHOUT_CHANGE:
            return None
        run.count, run.silent_until = 0, now + SILENCE_SECONDS
        text = (
            f"{MOST_WITHOUT_CHANGE} messages in a row in this conversation changed nothing, as when two machines answer each "
            f"other. So I am silent here for {SILENCE_SECONDS / 60:.0f} minutes; only “cancel” is worked on. Then please write "
            "what should be done. Whatever is scheduled already stays scheduled."
        )
        told = request.model_copy(update={"kind": "refused", "text": text, "quoted_text": "", "attachments": ()})
        return Intake(Folder.IGNORED, "a conversation that stands still, told", told)
