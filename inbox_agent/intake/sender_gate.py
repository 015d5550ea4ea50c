"""The caps over all conversations as the poller asks them: what was answered is read from the mailbox first."""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from threading import Lock

from inbox_agent.conversation.events.rate_limits import HOUR
from inbox_agent.errors import MalformedMessageError
from inbox_agent.intake.intake import Intake, IntakePolicy
from inbox_agent.intake.sender_limits import Answered, SenderCaps
from inbox_agent.intake.turns import Key
from inbox_agent.mail.mime.parse import parse_message
from inbox_agent.mail.threads import find_thread
from inbox_agent.models import AnsweredMail, Folder, UserRequest
from inbox_agent.ports import Mailbox

# What another poller has handed over since the last look is not seen: so many seconds of its work at most.
REFRESH_SECONDS = 10.0
_FOLDERS = (Folder.PROCESSED, Folder.IGNORED)


class SenderGate:
    """Asked by several threads about each message before it is handed over; reads the mailbox in the poller's own.

    Args:
        clock: Unix seconds.
    """

    def __init__(self, caps: SenderCaps, policy: IntakePolicy, *, clock: Callable[[], float] = time.time) -> None:
        self._caps, self._policy, self._clock = caps, policy, clock
        self._lock = Lock()
        self._read_up_to: dict[Folder, tuple[int, int]] = {}
        self._read_at = float("-inf")
        self._filed: set[Key] = set()

    def refresh(self, mailbox: Mailbox) -> None:
        """Count what was answered since the last look, by whatever poller.

        Raises:
            MailboxUnavailable: nothing can be said about caps now.
        """
        now = self._clock()
        if now - self._read_at < REFRESH_SECONDS:
            return
        since = datetime.fromtimestamp(now - HOUR, UTC)
        filed = set(self._filed)
        for folder in _FOLDERS:
            found = mailbox.answered(folder, since, self._read_up_to.get(folder, (0, 0)))
            with self._lock:
                self._caps.add(((folder, one.uid_validity, one.uid), self._read(one, folder)) for one in found)
            if found:
                self._read_up_to[folder] = max((one.uid_validity, one.uid) for one in found)
        with self._lock:
            self._caps.forget(filed)  # they lie in their folders, where they were counted just now
        self._filed -= filed
        self._read_at = now

    def check(self, key: Key, request: UserRequest) -> Intake | None:
        """See ``SenderCaps.check``."""
        with self._lock:
            return self._caps.check(key, request, self._clock())

    def filed(self, keys: set[Key], *, answered: bool) -> None:
        """What was asked about lies in its folder now. What was not answered does not count."""
        if answered:
            self._filed |= keys
        else:
            with self._lock:
                self._caps.forget(keys)

    def _read(self, one: AnsweredMail, folder: Folder) -> Answered:
        policy = self._policy
        address, first = "", False
        with suppress(MalformedMessageError):
            message = parse_message(one.header)
            address = message.from_[0].address if message.from_ else ""
            match = find_thread(
                message, mailbox=policy.own_address, secret=policy.secret, tag_separator=policy.tag_separator
            )
            first = not match.ours and not policy.trust.allows(address)
        return Answered(address, one.came.timestamp(), told=folder is Folder.IGNORED, first=first)
