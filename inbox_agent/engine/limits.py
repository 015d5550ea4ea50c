"""Bounds on what the engine takes in at once, so that load ends in refusals with a reason and not in memory growth."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """
    Attributes:
        calls_per_worker: worker calls in flight to one worker URL; RPCs have as many again, so that states that hang cannot
            keep them waiting.
        waiting_calls: worker calls that wait for their turn at one worker URL before new work for it is refused with 429,
            and its due timers are put off.
        waiting_calls_in_all: the same for all workers together.
        waiting_changes: changes not yet on disk before new work is refused with 503.
        payload_bytes: a request or a worker's response.
        state_bytes: one run's state without its data attributes; beyond it the run fails.
        waiting_messages: undelivered messages of one run before more are refused with 429.
        history_events: recorded events of one run before the oldest half is dropped (the first is always kept).
        cached_runs: runs kept in memory although nothing of theirs is going on.
        longest_wait_seconds: of a long poll. A second less than the 60 of clients, who would give up at the same moment.
        head_seconds: from a connection to the end of its first request's header.
        body_seconds: from there to the end of the request.
        waiting_connections: connections without a request before the oldest are closed.
        retention_seconds: how long closed runs are kept.
    """

    calls_per_worker: int = 128
    waiting_calls: int = 5_000
    waiting_calls_in_all: int = 20_000
    waiting_changes: int = 20_000
    payload_bytes: int = 4 * 1024 * 1024
    state_bytes: int = 16 * 1024 * 1024
    waiting_messages: int = 10_000
    history_events: int = 10_000
    cached_runs: int = 256
    longest_wait_seconds: float = 59.0
    head_seconds: float = 10.0
    body_seconds: float = 60.0
    waiting_connections: int = 400
    retention_seconds: int = 30 * 86400
