"""When the poller looks into the inbox: IDLE wakes it, an interval job is the fallback, a watchdog tells when it stands still.

Two connections: the cycles' own, used by the thread that calls ``run_poller``, and one that does nothing but IDLE.
"""

import logging
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

from apscheduler.schedulers.background import BackgroundScheduler

from inbox_agent.errors import ConfigurationError, MailboxUnavailable
from inbox_agent.poller import CycleReport, Poller
from inbox_agent.ports import Mailbox

logger = logging.getLogger(__name__)

# RFC 2177: a client should leave IDLE at least every 29 minutes; routers forget silent connections much sooner.
IDLE_SECONDS = 300.0
STOP_CHECK_SECONDS = 0.2
STALE_AFTER_INTERVALS = 5
STALE_AFTER_SECONDS = 120.0
_CLOSING_SECONDS = 5.0


class Backoff:
    """Growing pauses with jitter, so that many pollers do not all connect to a recovering server at once.

    Args:
        jitter: uniform in [0, 1); the pause is between half and all of the current step.
    """

    def __init__(self, first: float = 0.5, last: float = 60.0, jitter: Callable[[], float] = random.random) -> None:
        self._first, self._last, self._jitter = first, last, jitter
        self._step = first

    def next_pause(self) -> float:
        """Seconds to wait now; the next time about twice as long."""
        pause = self._step * (0.5 + self._jitter() / 2)
        self._step = min(self._last, self._step * 2)
        return pause

    def reset(self) -> None:
        self._step = self._first


def stale_after_seconds(interval_seconds: float) -> float:
    """After how long without a success a poller with this interval is stuck or cut off."""
    return max(STALE_AFTER_SECONDS, STALE_AFTER_INTERVALS * interval_seconds)


class PollerHealth:
    """When the last cycle succeeded, for a health check: an attribute, and a file whose time and content say it.

    Raises:
        ConfigurationError: the file cannot be written.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        if file is not None:
            try:
                file.touch(mode=0o600)
                file.unlink()  # what an earlier start left there says nothing about this one
            except OSError as error:
                raise ConfigurationError(
                    f"INBOX_AGENT_POLLER_HEALTH_FILE: {file} cannot be written ({error.strerror}). "
                    "Example: INBOX_AGENT_POLLER_HEALTH_FILE=/run/inbox-agent/poller-health"
                ) from error
        self._started = time.monotonic()
        self._succeeded: float | None = None
        self.last_error = ""

    def success(self) -> None:
        """Note a cycle that reached the mailbox."""
        self._succeeded = time.monotonic()
        self.last_error = ""
        if self._file is not None:
            try:
                self._note(self._file)
            except OSError as error:
                # Mail is handed over all the same; the health check says that something is wrong.
                logger.error("%s cannot be written: %s", self._file, error)

    @staticmethod
    def _note(file: Path) -> None:
        replacement = file.with_suffix(".new")
        replacement.write_text(datetime.now(UTC).isoformat(timespec="seconds") + "\n", encoding="ascii")
        replacement.replace(file)

    def seconds_since_success(self) -> float:
        """Since the last success, or since the start when there was none."""
        return time.monotonic() - (self._started if self._succeeded is None else self._succeeded)


def run_poller(
    poller: Poller,
    idle_mailbox: Mailbox | None,
    *,
    interval_seconds: float,
    stop: Event,
    health: PollerHealth | None = None,
) -> None:
    """Poll until ``stop`` is set; closes the poller and both mailboxes' part in it, not the mailboxes themselves.

    Args:
        idle_mailbox: a mailbox of its own to wait on; None polls by the interval only.
    """
    health = health or PollerHealth()
    wake = Event()
    wake.set()
    poller.on_late_result = wake.set
    jobs = BackgroundScheduler(timezone=UTC)
    # One job waiting is enough: a missed beat is made up for by the next.
    jobs.add_job(
        wake.set, "interval", seconds=interval_seconds, coalesce=True, max_instances=1, misfire_grace_time=None
    )
    stale_after = stale_after_seconds(interval_seconds)
    jobs.add_job(_watch, "interval", args=[health, stale_after], seconds=stale_after / 2, coalesce=True)
    jobs.start()
    idler = Thread(target=_idle, args=[idle_mailbox, wake, stop], name="idle", daemon=True) if idle_mailbox else None
    if idler is not None:
        idler.start()
    try:
        _poll(poller, wake, stop, health)
    finally:
        if idle_mailbox is not None and idler is not None:
            idle_mailbox.interrupt()
            idler.join(_CLOSING_SECONDS)
        jobs.shutdown(wait=False)
        poller.close()


def _poll(poller: Poller, wake: Event, stop: Event, health: PollerHealth) -> None:
    backoff = Backoff()
    while _wait(wake, stop, poller.seconds_to_retry()):
        wake.clear()
        started = time.monotonic()
        try:
            report = poller.cycle()
        except MailboxUnavailable as error:
            health.last_error = str(error)
            pause = backoff.next_pause()
            logger.warning("the mailbox cannot be reached, next attempt in %.1f s: %s", pause, error)
            stop.wait(pause)
            wake.set()
            continue
        backoff.reset()
        health.success()
        _log(report, time.monotonic() - started)
        if report.again:
            wake.set()


def _wait(wake: Event, stop: Event, seconds_to_retry: float | None) -> bool:
    """Wait until there is something to do; False when it is time to stop."""
    deadline = None if seconds_to_retry is None else time.monotonic() + seconds_to_retry
    while not stop.is_set():
        remaining = STOP_CHECK_SECONDS
        if deadline is not None:
            remaining = min(remaining, max(0.0, deadline - time.monotonic()))
        if wake.wait(remaining) or (deadline is not None and time.monotonic() >= deadline):
            return not stop.is_set()
    return False


def _idle(mailbox: Mailbox, wake: Event, stop: Event) -> None:
    """In a thread of its own: wake the poller when mail arrives, reconnect when the connection breaks."""
    backoff = Backoff()
    while not stop.is_set():
        try:
            if mailbox.wait_for_new(IDLE_SECONDS):
                wake.set()
            backoff.reset()
        except MailboxUnavailable as error:
            logger.info("waiting for mail was interrupted, reconnecting: %s", error)
            wake.set()
            stop.wait(backoff.next_pause())


def _watch(health: PollerHealth, stale_after: float) -> None:
    silent = health.seconds_since_success()
    if silent > stale_after:
        logger.error("no successful look into the mailbox for %.0f s: %s", silent, health.last_error or "it is stuck")


def _log(report: CycleReport, seconds: float) -> None:
    level = logging.INFO if report.fetched or report.filed or report.put_off else logging.DEBUG
    logger.log(
        level,
        "cycle: fetched=%d filed=%d put_off=%d under_way=%d outcomes=%s seconds=%.3f",
        report.fetched,
        report.filed,
        report.put_off,
        report.under_way,
        ",".join(f"{name}={count}" for name, count in sorted(report.outcomes.items())) or "-",
        seconds,
    )
