"""Drives the states of one conversation through the SDK's ``WorkerService`` as an iWF server would, without a server."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from iwf.iwf_api.models import (
    ChannelRequestStatus,
    CommandResults,
    Context,
    EncodedObject,
    InterStateChannelResult,
    KeyValue,
    WorkflowStateExecuteRequest,
    WorkflowStateWaitUntilRequest,
    WorkflowWorkerRpcRequest,
)

from inbox_agent.models import BackgroundTask, UserRequest
from tests.workflow_fakes import FakeMemories, FakeModel, FakePost, services, text_of
from workflows.conversation import schema as s
from workflows.encoding import ENCODER
from workflows.registry import build_worker_service

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
TYPES = {one.key: one.value_type for one in s.DATA_ATTRIBUTES}
INPUTS = {
    "NotifyState": s.Notification,
    "ReceiptState": s.Notification,
    "TurnState": s.TurnInput,
    "RememberState": BackgroundTask,
}
VALUES = {
    s.CH_USER_INPUT: UserRequest,
    s.CH_TURN_DONE_PREFIX: s.TurnDone,
    s.CH_NOTIFIED_PREFIX: int,
    s.CH_TASK_DONE_PREFIX: int,
}


@dataclass
class Run:
    """One run. ``here`` is the state that waits with its input; mails to the owner are sent at once.

    Attributes:
        decision: what the state that was executed last decided.
        thinking: turns that were begun and whose call of the model has not been made.
        closing: the channel whose emptiness the end depends on, "" while the run goes on.
        tasks: what RememberState could not do while the memory was down.
    """

    model: FakeModel = field(default_factory=FakeModel)
    post: FakePost = field(default_factory=FakePost)
    memories: FakeMemories = field(default_factory=FakeMemories)
    now: datetime = START
    here: str = "InitState"
    work: Any = None
    closing: str = ""
    decision: Any = None
    thinking: list[s.TurnInput] = field(default_factory=list)
    published: list[tuple[str, Any]] = field(default_factory=list)
    notified: list[int] = field(default_factory=list)
    tasks: list[BackgroundTask] = field(default_factory=list)
    attributes: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        made = services(self.model, self.post, lambda: self.now, pause=10, memories=self.memories)
        self._worker = build_worker_service(made)

    def later(self, **amount: float) -> None:
        self.now += timedelta(**amount)

    def value(self, key: str) -> Any:
        return ENCODER.decode(self.attributes[key], TYPES[key]) if key in self.attributes else None

    def waits_for(self) -> tuple[bool, int | None]:
        """Whether the state waits for messages, and the seconds of its timer (None: no timer)."""
        command = self._commands()
        timers = getattr(command, "timer_commands", None) or []
        channels = getattr(command, "inter_state_channel_commands", None) or []
        return bool(channels), int(timers[0].duration_seconds) if timers else None

    def channels(self) -> list[str]:
        """The channels that the state waits for."""
        return [one.channel_name for one in getattr(self._commands(), "inter_state_channel_commands", None) or []]

    def _commands(self) -> Any:
        request = WorkflowStateWaitUntilRequest(
            self._context(1, None), "EmailAgentWorkflow", self.here, ENCODER.encode(self.work), data_objects=self._all()
        )
        response = self._worker.handle_workflow_state_wait_until(request)
        self._store(response.upsert_data_objects)
        return response.command_request

    def step(
        self,
        message: UserRequest | None = None,
        *,
        done: s.TurnDone | None = None,
        attempt: int = 1,
        since: datetime | None = None,
    ) -> "Run":
        """Execute the state at hand with what ended its wait: this message, this end of the turn, both, or the timer."""
        results = CommandResults()
        received = [(s.CH_USER_INPUT, message), (f"{s.CH_TURN_DONE_PREFIX}{getattr(self.work, 'turn', 0)}", done)]
        results.inter_state_channel_results = [
            InterStateChannelResult(
                "0",
                ChannelRequestStatus.WAITING if value is None else ChannelRequestStatus.RECEIVED,
                channel,
                ENCODER.encode(value),
            )
            for channel, value in received
            if value is not None or channel == s.CH_USER_INPUT
        ]
        self._follow(self._execute(self.here, self.work, results, attempt, since))
        if self.here == "CloseState" and not self.tasks:
            self.tasks_done()
        return self

    def tasks_done(self, message: UserRequest | None = None) -> "Run":
        """Execute CloseState with the word that the last task is done, and with a message if one came at the same time."""
        count = self.value(s.DA_TASK_COUNT)
        received = [(f"{s.CH_TASK_DONE_PREFIX}{count}", count), (s.CH_USER_INPUT, message)]
        results = CommandResults()
        results.inter_state_channel_results = [
            InterStateChannelResult("0", ChannelRequestStatus.RECEIVED, channel, ENCODER.encode(value))
            for channel, value in received
            if value is not None
        ]
        self._follow(self._execute("CloseState", self.work, results, 1, None))
        return self

    def _follow(self, decision: Any) -> None:
        self.decision, self.closing = decision, ""
        if close := getattr(decision, "conditional_close", None):
            self.closing = close.channel_name
        for movement in decision.next_states or []:
            given = ENCODER.decode(movement.state_input, INPUTS.get(movement.state_id, s.Work))
            if movement.state_id == "NotifyState":
                self._execute("NotifyState", given, CommandResults(), 1, None)
                self.notified.append(given.number)
            elif movement.state_id == "TurnState":
                self.thinking.append(given)
            elif movement.state_id == "RememberState" and self.memories.down:
                self.tasks.append(given)
            elif movement.state_id == "RememberState":
                self._execute("RememberState", given, CommandResults(), 1, None)
            elif not movement.state_id.startswith("_SYS"):
                self.here, self.work = movement.state_id, given

    def task(self, *, since: datetime | None = None) -> "Run":
        """Another attempt at the oldest task that could not be done; ``since`` is the first one's time."""
        self._execute("RememberState", self.tasks[0], CommandResults(), 2, since)
        self.tasks.pop(0)
        return self

    def think(self, state: str = "TurnState") -> s.TurnDone | None:
        """Execute the oldest turn that is under way beside the rest; what it published, if anything."""
        given, before = self.thinking.pop(0), len(self.published)
        self._execute(state, given, CommandResults(), 1, None)
        found = [
            value for channel, value in self.published[before:] if channel == f"{s.CH_TURN_DONE_PREFIX}{given.turn}"
        ]
        return found[0] if found else None

    def answered(self) -> "Run":
        """The turn under way is done, and its end is what the state at hand waited for."""
        return self.step(done=self.think())

    def until(self, state: str, most: int = 6) -> "Run":
        """Execute states that wait for nothing until this one is at hand."""
        for _ in range(most):
            if self.here == state:
                return self
            self.step()
        raise AssertionError(f"{self.here} instead of {state}")

    def say(self, message: UserRequest) -> "Run":
        """A message for the waiting state, and the turn that follows if it needs one."""
        self.step(message)
        return self.answered() if self.thinking else self

    def rpc(self, name: str, given: Any = None) -> Any:
        request = WorkflowWorkerRpcRequest(
            self._context(1, None), "EmailAgentWorkflow", name, ENCODER.encode(given), data_attributes=self._all()
        )
        response = self._worker.handle_workflow_worker_rpc(request)
        self._store(response.upsert_data_attributes)
        self._publish(response.publish_to_inter_state_channel)
        return ENCODER.decode(response.output, None)

    def reply(self, number: int = -1) -> str:
        """The text of a mail to the owner."""
        return " ".join(text_of(self.post.replies[number]).split())

    def _execute(self, state: str, given: Any, results: CommandResults, attempt: int, since: datetime | None) -> Any:
        request = WorkflowStateExecuteRequest(
            self._context(attempt, since),
            "EmailAgentWorkflow",
            state,
            ENCODER.encode(given),
            data_objects=self._all(),
            command_results=results,
        )
        response = self._worker.handle_workflow_state_execute(request)
        self._store(response.upsert_data_objects)
        self._publish(response.publish_to_inter_state_channel)
        return response.state_decision

    def _context(self, attempt: int, since: datetime | None) -> Context:
        began = int((since or self.now).timestamp())
        return Context("mail-1", "run-1", began, "X-1", began, attempt)

    def _all(self) -> list[KeyValue]:
        return [KeyValue(key, value) for key, value in self.attributes.items()]

    def _store(self, values: Any) -> None:
        for one in values or []:
            self.attributes[one.key] = one.value

    def _publish(self, values: Any) -> None:
        for one in values or []:
            kind = next(kind for name, kind in VALUES.items() if one.channel_name.startswith(name))
            value = one.value if isinstance(one.value, EncodedObject) else None
            self.published.append((one.channel_name, ENCODER.decode(value, kind)))


def begun(**given: Any) -> Run:
    """A run whose AgentState waits."""
    return Run(**given).step()
