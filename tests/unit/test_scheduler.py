"""Waking, backing off, stopping, telling the health, over fakes."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from inbox_agent.errors import ConfigurationError
from inbox_agent.intake.intake import IntakePolicy
from inbox_agent.mail.sender.trust import TrustPolicy
from inbox_agent.poller import Poller
from inbox_agent.ports import Mailbox
from inbox_agent.scheduler import Backoff, PollerHealth, run_poller
from tests.fakes import FakeConversations, FakeMailbox

MAIL = b"From: alex@demo.test\r\nMessage-ID: <%d@demo.test>\r\n\r\nhello\r\n"


class WaitingMailbox(FakeMailbox):
    """IDLE over an event."""

    def __init__(self) -> None:
        super().__init__()
        self.news = threading.Event()

    def wait_for_new(self, seconds: float) -> bool:
        self._may_fail()
        arrived = self.news.wait(seconds)
        self.news.clear()
        return arrived

    def interrupt(self) -> None:
        self.news.set()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@contextmanager
def running(
    mailbox: FakeMailbox, idle: Mailbox | None, interval: float, health: PollerHealth
) -> Iterator[FakeConversations]:
    conversations, stop = FakeConversations(), threading.Event()
    poller = Poller(mailbox, conversations, IntakePolicy("agent@demo.test", b"s", TrustPolicy(allow=("*",))))
    thread = threading.Thread(
        target=run_poller, args=[poller, idle], kwargs={"interval_seconds": interval, "stop": stop, "health": health}
    )
    thread.start()
    try:
        yield conversations
    finally:
        stop.set()
        thread.join(10)
        assert not thread.is_alive()


def test_mail_that_lies_there_at_the_start_is_handed_over_and_the_health_file_says_so(tmp_path: Path) -> None:
    mailbox, health = FakeMailbox(), PollerHealth(tmp_path / "health")
    mailbox.put(MAIL % 1)
    with running(mailbox, None, 3600, health) as conversations:
        wait_until(lambda: len(conversations.all_requests()) == 1)
        wait_until((tmp_path / "health").exists)
    assert health.seconds_since_success() < 10


def test_the_health_of_an_earlier_start_does_not_count(tmp_path: Path) -> None:
    file = tmp_path / "health"
    PollerHealth(file).success()
    assert file.exists()
    PollerHealth(file)
    assert not file.exists()


def test_a_health_file_that_cannot_be_written_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"INBOX_AGENT_POLLER_HEALTH_FILE: .*/none/health cannot be written"):
        PollerHealth(tmp_path / "none" / "health")


def test_a_health_file_that_cannot_be_written_later_does_not_stop_the_poller(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "health"
    folder.mkdir()
    health = PollerHealth(folder / "file")
    folder.rmdir()
    health.success()
    assert health.seconds_since_success() < 10
    assert "cannot be written" in caplog.text


def test_idle_wakes_the_poller(tmp_path: Path) -> None:
    mailbox, idle = FakeMailbox(), WaitingMailbox()
    with running(mailbox, idle, 3600, PollerHealth()) as conversations:
        mailbox.put(MAIL % 1)
        idle.news.set()
        wait_until(lambda: len(conversations.all_requests()) == 1)


def test_without_idle_the_interval_does() -> None:
    mailbox = FakeMailbox()
    with running(mailbox, None, 0.05, PollerHealth()) as conversations:
        mailbox.put(MAIL % 1)
        wait_until(lambda: len(conversations.all_requests()) == 1)


def test_a_mailbox_that_fails_is_tried_again_and_so_is_a_broken_idle() -> None:
    mailbox, idle = FakeMailbox(), WaitingMailbox()
    mailbox.fail, idle.fail = 2, 1
    mailbox.put(MAIL % 1)
    health = PollerHealth()
    with running(mailbox, idle, 3600, health) as conversations:
        wait_until(lambda: len(conversations.all_requests()) == 1)
        mailbox.put(MAIL % 2)
        idle.news.set()
        wait_until(lambda: len(conversations.all_requests()) == 2)
    assert health.last_error == ""


def test_pauses_grow_with_jitter_to_a_bound_and_start_anew() -> None:
    backoff = Backoff(first=1, last=5, jitter=lambda: 0.0)
    assert [backoff.next_pause() for _ in range(5)] == [0.5, 1, 2, 2.5, 2.5]
    backoff.reset()
    assert backoff.next_pause() == 0.5
    assert Backoff(first=1, jitter=lambda: 0.999).next_pause() > 0.99
