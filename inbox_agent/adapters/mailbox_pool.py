"""A few mailboxes shared by many threads: each is used by one at a time, and their number is bounded."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, Semaphore

from inbox_agent.errors import MailboxUnavailable
from inbox_agent.ports import Mailbox


class MailboxPool:
    """Opens mailboxes when they are needed and keeps them.

    Args:
        open_mailbox: makes one; it connects on first use.
        size: the most connections at a time; providers allow some 10 to 15 for one account.
        wait_seconds: how long to wait for a free one.
    """

    def __init__(self, open_mailbox: Callable[[], Mailbox], *, size: int = 4, wait_seconds: float = 30.0) -> None:
        self._open = open_mailbox
        self._free: list[Mailbox] = []
        self._lock = Lock()
        self._places = Semaphore(size)
        self._wait_seconds = wait_seconds

    @contextmanager
    def mailbox(self) -> Iterator[Mailbox]:
        """A mailbox for this block alone.

        Raises:
            MailboxUnavailable: all are in use for too long.
        """
        if not self._places.acquire(timeout=self._wait_seconds):
            raise MailboxUnavailable("all connections to the mailbox are in use")
        try:
            with self._lock:
                mailbox = self._free.pop() if self._free else None
            mailbox = mailbox or self._open()
            try:
                yield mailbox
            finally:
                with self._lock:
                    self._free.append(mailbox)
        finally:
            self._places.release()

    def close(self) -> None:
        """Close those that are free."""
        with self._lock:
            free, self._free = self._free, []
        for mailbox in free:
            mailbox.close()
