"""Our outgoing mail, sent at most once for each Message-ID, also when it is asked for often and processes die in between.

SMTP alone cannot tell whether a message was accepted when the connection breaks before the answer. So the envelope names
our own address as well: the server takes the message for all its recipients or for none, and the copy in our mailbox is the
proof. The poller files that copy as sent. A provider that saves sent mail itself gives the same proof.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from email.message import EmailMessage
from threading import Lock

from inbox_agent.adapters.mailbox_pool import MailboxPool
from inbox_agent.errors import MailboxUnavailable, SendUnavailable
from inbox_agent.models import FileContent
from inbox_agent.ports import MailTransport

log = logging.getLogger(__name__)

# How long a copy may take from the SMTP server's acceptance to the mailbox before it is taken as not accepted. It is
# waited for only after an attempt that may have been accepted.
LOOK_FOR_SECONDS = 15.0
LOOK_EVERY_SECONDS = 0.5


class OnceOnlySender:
    """``ports.MailSender``; many threads may call at once.

    Args:
        address: the agent's own, which sends and receives the copy.
        look_for_seconds: see ``LOOK_FOR_SECONDS``.
    """

    def __init__(
        self,
        transport: MailTransport,
        mailboxes: MailboxPool,
        *,
        address: str,
        tag_separator: str = "+",
        look_for_seconds: float = LOOK_FOR_SECONDS,
        look_every_seconds: float = LOOK_EVERY_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._transport = transport
        self._mailboxes = mailboxes
        self._address = address
        self._tag_separator = tag_separator
        self._look_for_seconds = look_for_seconds
        self._look_every_seconds = look_every_seconds
        self._clock = clock
        self._sleep = sleep
        self._in_progress = _KeyedLocks()
        # Attempts of this process that surely failed: no copy can be on its way, one look is enough.
        self._surely_not_accepted = _RecentIds()
        self._accepted = _RecentIds()

    def deliver(self, message: EmailMessage, *, recipients: Sequence[str], first_attempt: bool) -> None:
        """See ``ports.MailSender.deliver``.

        A call that overlaps with another for the same Message-ID (a worker call that was given up and repeated) waits for
        it and looks into the mailbox, whatever ``first_attempt`` says.

        Raises:
            SendRejected, SendUnavailable: as ``MailTransport.send``; also SendUnavailable when the mailbox cannot tell.
        """
        message_id = str(message["Message-ID"] or "")
        if not message_id:
            raise ValueError("a mail without a Message-ID cannot be sent at most once")
        with self._in_progress.held(message_id) as waited:
            if message_id in self._accepted:
                return
            if not ((waited or not first_attempt) and self._was_accepted(message_id)):
                self._send(message, message_id, recipients)
            self._accepted.add(message_id)

    def was_accepted(self, message_id: str) -> bool:
        """See ``ports.MailSender.was_accepted``; an attempt of this process that is under way is waited for."""
        with self._in_progress.held(message_id):
            return message_id in self._accepted or self._was_accepted(message_id)

    def fetch_part(self, message_id: str, part: str, sha256: str = "") -> FileContent:
        """See ``ports.MailSender.fetch_part``."""
        try:
            with self._mailboxes.mailbox() as mailbox:
                return mailbox.fetch_part(message_id, part, sha256)
        except MailboxUnavailable as error:
            raise SendUnavailable(f"the attached files cannot be read, the mailbox is not reached: {error}") from error

    def size_limit(self) -> int:
        """See ``ports.MailSender.size_limit``. A server that is not reached says it at the latest when the mail is sent."""
        try:
            return self._transport.size_limit()
        except SendUnavailable as error:
            log.warning("the mail server's size limit is not known: %s", error)
            return 0

    def ids_sent(self, owner: str, since: datetime) -> list[str]:
        """See ``ports.MailSender.ids_sent``."""
        try:
            with self._mailboxes.mailbox() as mailbox:
                return mailbox.ids_sent(owner, since)
        except MailboxUnavailable as error:
            raise SendUnavailable(f"how much was sent today cannot be told: {error}") from error

    def _send(self, message: EmailMessage, message_id: str, recipients: Sequence[str]) -> None:
        self._surely_not_accepted.discard(message_id)
        try:
            self._transport.send(message, sender=self._address, recipients=self._with_own_copy(recipients))
        except SendUnavailable as error:
            if not error.maybe_accepted:
                self._surely_not_accepted.add(message_id)
                raise
            if not self._was_accepted(message_id):
                raise

    def _with_own_copy(self, recipients: Sequence[str]) -> list[str]:
        """Every recipient once, then ourselves unless we are one of them. The own copy comes last: a server that delivers in
        order and stops midway leaves no proof of what did not happen."""
        others: dict[str, str] = {}
        for recipient in recipients:
            others.setdefault(recipient.lower(), recipient)
        if all(self._base(recipient) != self._base(self._address) for recipient in others):
            return [*others.values(), self._address]
        return list(others.values())

    def _base(self, address: str) -> str:
        local, _, domain = address.lower().rpartition("@")
        return f"{local.split(self._tag_separator, 1)[0]}@{domain}"

    def _was_accepted(self, message_id: str) -> bool:
        patience = 0.0 if message_id in self._surely_not_accepted else self._look_for_seconds
        deadline = self._clock() + patience
        try:
            with self._mailboxes.mailbox() as mailbox:
                while not mailbox.has_message_id(message_id):
                    if self._clock() >= deadline:
                        return False
                    self._sleep(self._look_every_seconds)
                return True
        except MailboxUnavailable as error:
            reason = f"whether it was sent before cannot be told, the mailbox is not reached: {error}"
            raise SendUnavailable(reason, maybe_accepted=True) from error


class _RecentIds:
    """The newest ids, bounded. Single operations of a dict are atomic; no id is worked on by two threads."""

    def __init__(self, limit: int = 1000) -> None:
        self._limit = limit
        self._ids: dict[str, None] = {}

    def add(self, message_id: str) -> None:
        self._ids[message_id] = None
        if len(self._ids) > self._limit:
            for oldest in list(self._ids)[: self._limit // 10]:
                self._ids.pop(oldest, None)

    def discard(self, message_id: str) -> None:
        self._ids.pop(message_id, None)

    def __contains__(self, message_id: str) -> bool:
        return message_id in self._ids


class _KeyedLocks:
    """A lock for each key in use."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._locks: dict[str, tuple[Lock, int]] = {}

    @contextmanager
    def held(self, key: str) -> Iterator[bool]:
        """Hold the key's lock; True when somebody else held it before."""
        with self._lock:
            lock, users = self._locks.get(key, (Lock(), 0))
            self._locks[key] = lock, users + 1
        try:
            with lock:
                yield users > 0
        finally:
            with self._lock:
                _, users = self._locks.pop(key)
                if users > 1:
                    self._locks[key] = lock, users - 1
