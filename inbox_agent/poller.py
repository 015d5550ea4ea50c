"""One look into the inbox: what is new is read, handed over to its conversation, and only then filed.

The mailbox is used by the caller's thread alone. Conversations run side by side in a bounded pool, each in the order of its
messages; one that does not answer is put off without holding up another. Mail of people who may command nothing has lanes
and a pool of its own, behind that of those who may. Nothing is kept between cycles that a restart would miss: a message that
was handed over but not filed is handed over again and answered as a duplicate.
"""

import logging
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue
from typing import Protocol

from inbox_agent.errors import CheckTakesLong, LookUpFailed, LookUpPending, PermanentError, TransientError
from inbox_agent.intake.admission import receive
from inbox_agent.intake.filing import filed_by, is_answered, log_verdict
from inbox_agent.intake.intake import (
    Intake,
    IntakePolicy,
    Reading,
    as_unreadable,
    may_command,
    read_message,
)
from inbox_agent.intake.proving import Proving
from inbox_agent.intake.turns import Key
from inbox_agent.models import FetchedMessage, Folder, HandOver, UserRequest
from inbox_agent.ports import Conversations, LookUps, Mailbox

logger = logging.getLogger(__name__)

BATCH = 100
WORKERS = 8
# For mail of those who may command nothing: so many of them keep no owner waiting.
WORKERS_FOR_OTHERS = 3
PATIENCE_SECONDS = 2.0
# After so long in one cycle large messages give way to small ones.
READING_SECONDS = 1.0
FIRST_RETRY_SECONDS = 1.0
LAST_RETRY_SECONDS = 15.0
# An error that nobody foresaw: after so many attempts the message is filed as failed, so that its thread goes on.
ATTEMPTS_AT_UNFORESEEN = 5
# A conversation gets its owner once.
ATTEMPTS_AT_OWNER = 3


class Gate(Protocol):
    """Caps over all conversations, see ``sender_gate``."""

    def refresh(self, mailbox: Mailbox) -> None:
        """Take in what was answered meanwhile; called by the poller's own thread before anything is handed over."""

    def check(self, key: Key, request: UserRequest) -> Intake | None:
        """None lets a message pass; else what is done instead. Called by several threads."""

    def filed(self, keys: set[Key], *, answered: bool) -> None:
        """Messages that were asked about are filed."""


@dataclass(frozen=True, slots=True)
class CycleReport:
    """Counts of one cycle. ``outcomes`` counts by folder and answer; ``again`` says that more may be there already."""

    fetched: int
    filed: int
    put_off: int
    under_way: int
    outcomes: dict[str, int]
    again: bool = False


@dataclass(frozen=True, slots=True)
class _LaneId:
    """Whose messages keep their order: those of people who may own the conversation, and apart those of all others."""

    workflow_id: str
    others: bool


@dataclass(frozen=True, slots=True)
class _Job:
    key: Key
    reading: Reading


@dataclass(slots=True)
class _Lane:
    """The messages of one conversation, oldest first, and when to try again after a failure."""

    waiting: deque[_Job] = field(default_factory=deque)
    running: bool = False
    failures: int = 0
    not_before: float = 0.0
    put_off: set[Key] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Result:
    """What came of a job. ``intake`` None: it is to be tried again, when ``look_up`` names what is missing."""

    lane: _LaneId | None
    job: _Job
    intake: Intake | None
    answer: HandOver | None = None
    look_up: TransientError | None = None


class Poller:
    """Reads, hands over and files.

    Args:
        look_ups: what ``policy.check`` asks the DNS with, when it does not wait for answers itself.
        patience_seconds: how long a cycle waits for the conversations it handed something to.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        mailbox: Mailbox,
        conversations: Conversations,
        policy: IntakePolicy,
        *,
        gate: Gate | None = None,
        look_ups: LookUps | None = None,
        batch: int = BATCH,
        patience_seconds: float = PATIENCE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._mailbox = mailbox
        self._conversations = conversations
        self._policy = policy
        self._gate = gate
        self._batch = batch
        self._patience = patience_seconds
        self._clock = clock
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="hand-over")
        self._pool_for_others = ThreadPoolExecutor(WORKERS_FOR_OTHERS, thread_name_prefix="others")
        self._proving = Proving(policy, look_ups, clock)
        self._lanes: dict[_LaneId, _Lane] = {}
        self._under_way: set[Key] = set()
        self._results: SimpleQueue[_Result] = SimpleQueue()
        self._in_cycle = False
        # Called by another thread when a result comes after the cycle that asked for it: time for the next one.
        self.on_late_result: Callable[[], None] = lambda: None
        if look_ups is not None:
            look_ups.on_settled = self._wake

    def cycle(self) -> CycleReport:
        """Fetch what is new, hand it over, file what was handed over (also of earlier cycles).

        Raises:
            MailboxUnavailable: nothing is lost, the next cycle goes on.
        """
        self._in_cycle = True
        try:
            report = self._cycle()
        finally:
            self._in_cycle = False
        # One that came between the last look and the line above called nobody.
        return report if self._results.empty() else replace(report, again=True)

    def _cycle(self) -> CycleReport:
        results = self._collect(wait_for=set())
        self._proving.begin_cycle()
        held_back = self._under_way | self._still_put_off() | self._proving.held_back
        fetched = self._mailbox.fetch_new(self._batch, held_back)
        costly = {one.uid for one in fetched if self._proving.takes_long((one.uid_validity, one.uid))}
        self._start([one for one in fetched if one.uid not in costly])
        self._start([one for one in fetched if one.uid in costly])
        results += self._collect(wait_for={(one.uid_validity, one.uid) for one in fetched})
        outcomes = self._file(results)
        still_put_off = sum(len(lane.put_off) for lane in self._lanes.values()) + len(self._proving.held_back)
        filed = sum(outcomes.values())
        return CycleReport(len(fetched), filed, still_put_off, len(self._under_way), dict(outcomes), again=filed > 0)

    def _start(self, messages: list[FetchedMessage]) -> None:
        late = self._clock() + READING_SECONDS
        for message in messages:
            key = (message.uid_validity, message.uid)
            if not self._proving.put_off(key, message.size, late=self._clock() >= late):
                self._enqueue(message)
        if self._gate is not None and any(lane.waiting for lane in self._lanes.values()):
            self._gate.refresh(self._mailbox)
        for lane_id in list(self._lanes):
            self._run_next(lane_id)

    def seconds_to_retry(self) -> float | None:
        """How long until something that was put off is to be tried again; None when there is no such thing."""
        due = [max(0.0, lane.not_before - self._clock()) for lane in self._lanes.values() if lane.put_off]
        proving = self._proving.seconds_to_retry()
        return min([*due, proving] if proving is not None else due, default=None)

    def _wake(self) -> None:
        self.on_late_result()

    def close(self) -> None:
        """Stop handing over; what is under way is not waited for, and is done again by the next start."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool_for_others.shutdown(wait=False, cancel_futures=True)

    def _still_put_off(self) -> set[Key]:
        """What is not to be fetched yet. Lanes whose time has come forget: what still lies in the inbox is fetched again."""
        now = self._clock()
        for lane in self._lanes.values():
            if lane.not_before <= now:
                lane.put_off.clear()
        return {key for lane in self._lanes.values() for key in lane.put_off}

    def _enqueue(self, fetched: FetchedMessage) -> None:
        key = (fetched.uid_validity, fetched.uid)
        try:
            reading = read_message(fetched, self._policy)
        except Exception as error:
            logger.exception("a message could not be read (UID %d)", fetched.uid)
            reading = self._read_headers(fetched, error)
        if reading.folder is not None:
            # What no conversation is told of may pass by.
            self._under_way.add(key)
            self._results.put(_Result(None, _Job(key, reading), Intake(reading.folder, reading.reason)))
            return
        proven = self._proving.prove(key, reading)
        if proven is None:
            return
        others = not may_command(proven, self._policy)
        if not others and proven.message is not None and proven.trust is not None:
            known = self._mailbox.was_worked_on(proven.message.message_id, proven.trust.identity)
            proven = replace(proven, worked_on=known)
        lane_id = _LaneId(proven.workflow_id, others=others)
        lane = self._lanes.setdefault(lane_id, _Lane())
        if lane.not_before > self._clock():
            lane.put_off.add(key)
        else:
            self._under_way.add(key)
            lane.waiting.append(_Job(key, proven))

    def _read_headers(self, fetched: FetchedMessage, cause: Exception) -> Reading:
        """What is left of a message whose content trips the parser: enough to tell the person."""
        try:
            return read_message(fetched, self._policy, headers_only=True)
        except Exception:  # noqa: BLE001 — the headers trip it as well; the first error is logged
            return Reading(Folder.FAILED, f"unforeseen: {type(cause).__name__}")

    def _run_next(self, lane_id: _LaneId) -> None:
        lane = self._lanes[lane_id]
        if lane.waiting and not lane.running:
            # Others come behind those whose conversation it is or will be: who they are in it is known only then.
            if lane_id.others and _LaneId(lane_id.workflow_id, others=False) in self._lanes:
                return
            lane.running = True
            pool = self._pool_for_others if lane_id.others else self._pool
            pool.submit(self._work, lane_id, lane.waiting.popleft())
        elif not lane.running and not lane.put_off:
            del self._lanes[lane_id]
            behind = _LaneId(lane_id.workflow_id, others=True)
            if behind in self._lanes:
                self._run_next(behind)

    def _work(self, lane_id: _LaneId, job: _Job) -> None:
        """In a thread of the pool: ask and hand over. Whatever happens there is a result, else the lane would stand still."""
        try:
            intake, answer = self._hand_over(job.key, job.reading)
            self._results.put(_Result(lane_id, job, intake, answer))
        except (LookUpPending, LookUpFailed, CheckTakesLong) as error:
            self._results.put(_Result(lane_id, job, None, look_up=error))
        except TransientError as error:
            logger.warning("cannot reach a conversation, retrying: %s", error)
            self._results.put(_Result(lane_id, job, None))
        except PermanentError as error:
            logger.error("a message was refused for good and is filed as failed: %s", error)
            self._results.put(_Result(lane_id, job, Intake(Folder.FAILED, "refused by the engine")))
        except Exception:
            logger.exception("unexpected error while handing over to %s", lane_id.workflow_id)
            self._results.put(_Result(lane_id, job, self._after_unforeseen(lane_id, job)))
        if not self._in_cycle:
            self.on_late_result()

    def _after_unforeseen(self, lane_id: _LaneId, job: _Job) -> Intake | None:
        """None while it is worth trying again; then the message is filed as failed, and the person is informed if possible."""
        if self._lanes[lane_id].failures + 1 < ATTEMPTS_AT_UNFORESEEN:
            return None
        try:
            self._hand_over(job.key, as_unreadable(job.reading))
        except Exception:
            logger.exception("the sender of a failed message could not be told either")
        return Intake(Folder.FAILED, "unforeseen error")

    def _hand_over(self, key: Key, reading: Reading) -> tuple[Intake, HandOver | None]:
        for _ in range(ATTEMPTS_AT_OWNER):
            workflow_id, intake = receive(reading, self._policy, self._conversations)
            if intake.request is not None and self._gate is not None:
                intake = self._gate.check(key, intake.request) or intake
            if intake.request is None:
                return intake, None
            answer = self._conversations.hand_over(workflow_id, intake.request)
            if answer is not HandOver.ELSEWHERE:
                return filed_by(answer, intake), answer
        raise TransientError("the conversation got another owner each time before the message was handed over")

    def _collect(self, *, wait_for: set[Key]) -> list[_Result]:
        """The results there are, waiting for those of ``wait_for`` as long as patience lasts."""
        results: list[_Result] = []
        deadline = self._clock() + self._patience
        while True:
            remaining = deadline - self._clock() if wait_for & self._under_way else 0.0
            try:
                result = self._results.get(timeout=remaining) if remaining > 0 else self._results.get_nowait()
            except Empty:
                return results
            results.append(result)
            self._under_way.discard(result.job.key)
            if result.lane is not None:
                self._settle(result.lane, result)

    def _settle(self, lane_id: _LaneId, result: _Result) -> None:
        lane = self._lanes[lane_id]
        lane.running = False
        if result.look_up is not None:
            self._proving.wait(result.job.key, result.job.reading, result.look_up)
        elif result.intake is None:
            # The rest of the thread waits with the one that failed, so that the order holds.
            lane.failures += 1
            pause = FIRST_RETRY_SECONDS * 2 ** (lane.failures - 1)
            lane.not_before = self._clock() + min(LAST_RETRY_SECONDS, pause)
            keys = {result.job.key, *(job.key for job in lane.waiting)}
            lane.waiting.clear()
            self._under_way -= keys
            lane.put_off |= keys
            return
        lane.failures, lane.not_before = 0, 0.0
        lane.put_off.clear()
        self._run_next(lane_id)

    def _file(self, results: list[_Result]) -> Counter[str]:
        by_folder: defaultdict[tuple[int, Folder, bool], list[int]] = defaultdict(list)
        outcomes: Counter[str] = Counter()
        for result in results:
            if result.intake is None:
                continue
            validity, uid = result.job.key
            answered = is_answered(result.intake, result.answer)
            by_folder[validity, result.intake.folder, answered].append(uid)
            log_verdict(result.job.reading, result.intake, self._policy.explain_command)
            outcomes[f"{result.intake.folder}:{result.answer}" if result.answer else str(result.intake.folder)] += 1
        for (validity, folder, answered), uids in by_folder.items():
            self._mailbox.move(sorted(uids), folder, validity, answered=answered)
            if self._gate is not None:
                self._gate.filed({(validity, uid) for uid in uids}, answered=answered)
        return outcomes
