"""The agent's mailbox over IMAP (RFC 9051/3501) by IMAPClient: fetch, file, wait, look up. Decides nothing about mail."""

import re
import select
import socket
import ssl
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.utils import getaddresses
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from inbox_agent.adapters.imap_batch import choose_batch
from inbox_agent.adapters.imap_connection import LIBRARY_ERRORS, ImapConnection
from inbox_agent.adapters.imap_folders import Folders, ensure_folders
from inbox_agent.adapters.mail_account import MailAccount
from inbox_agent.adapters.unreadable_messages import UnreadableMessages
from inbox_agent.errors import MailboxUnavailable, MalformedMessageError
from inbox_agent.mail.mime.addresses import base_address
from inbox_agent.mail.mime.files import read_part
from inbox_agent.mail.mime.parse import is_derived_id, parse_message
from inbox_agent.mail.outgoing.sent_mark import FIELD as SENT_MARK
from inbox_agent.mail.outgoing.sent_mark import read_mark
from inbox_agent.mail.own_addresses import OwnAddresses
from inbox_agent.mail.sender.trust import normalize_address
from inbox_agent.mail.threads import ORIGINAL_ID_FIELDS
from inbox_agent.models import AnsweredMail, FetchedMessage, FileContent, Folder, Message

MAX_MESSAGE_BYTES = 25 * 1024 * 1024
# Messages whose sizes are compared.
MOST_COMPARED = 1000
UIDS_PER_COMMAND = 200
MOST_READ_FOR_DERIVED_ID = 200
_ID_FIELDS = (
    f"BODY.PEEK[HEADER.FIELDS (FROM TO CC REPLY-TO MESSAGE-ID {' '.join((SENT_MARK, *ORIGINAL_ID_FIELDS)).upper()})]"
)
_SENDER_FIELDS = "BODY.PEEK[HEADER.FIELDS (FROM TO CC MESSAGE-ID IN-REPLY-TO REFERENCES)]"
MOST_ANSWERED = 5000
# Messages in a folder under one Message-ID that are looked at for a file.
MOST_WITH_ONE_ID = 20
# A mail may wait for its submission after it was made.
MARK_LEEWAY_SECONDS = 300
_PART = re.compile(r"[1-9]\d{0,3}(?:\.[1-9]\d{0,3}){0,30}")
_SEARCHED_FOR_PARTS = (Folder.PROCESSED, None, Folder.FAILED, Folder.QUARANTINE, Folder.IGNORED, Folder.SENT)


@dataclass(frozen=True, slots=True)
class _Inbox:
    """What SELECT said: enough to see whether anything arrived since."""

    uid_validity: int
    next_uid: int
    messages: int


class ImapMailbox:
    """``ports.Mailbox`` over one connection, opened when needed and reopened after a failure.

    Args:
        max_message_bytes: of larger messages only the header section is read.
        ignore_capabilities: extensions not to use though the server offers them, e.g. ``{"MOVE"}``.
        secret: the key of the marks on our mails (``mail.sent_mark``); without it every mail counts by its ids.
        own_address: the agent's, from which a mail under our id counts as ours too where a provider took the mark away.
    """

    def __init__(
        self,
        account: MailAccount,
        folders: Folders | None = None,
        *,
        max_message_bytes: int = MAX_MESSAGE_BYTES,
        ignore_capabilities: frozenset[str] = frozenset(),
        secret: bytes = b"",
        own_address: str = "",
    ) -> None:
        self._connection = ImapConnection(account, ignore_capabilities=ignore_capabilities)
        self._folders = folders or Folders()
        self._names: dict[Folder, str] = {}
        self._names_of_generation = 0
        self._max_message_bytes = max_message_bytes
        self._unreadable = UnreadableMessages()
        self._waited_from: _Inbox | None = None
        self._secret = secret
        self._own = OwnAddresses((own_address,))
        self._woken, self._waker = socket.socketpair()

    def fetch_new(self, limit: int, exclude: Collection[tuple[int, int]] = ()) -> list[FetchedMessage]:
        """See ``ports.Mailbox.fetch_new``. A message that another poller files meanwhile is left out."""
        with self._connection.client() as client:
            inbox = self._select_inbox(client)
            under_way = {uid for validity, uid in exclude if validity == inbox.uid_validity}
            under_way |= self._unreadable.passed_over(inbox.uid_validity)
            uids = [uid for uid in sorted(client.search(["UNDELETED"])) if uid not in under_way]
            found = _fetch(client, uids[: max(limit, MOST_COMPARED)], "RFC822.SIZE")
            sizes = {uid: int(item[b"RFC822.SIZE"]) for uid, item in found}
            chosen = choose_batch(sizes, limit, self._max_message_bytes)
            return list(self._read(client, inbox.uid_validity, {uid: sizes[uid] for uid in chosen}))

    def move(self, uids: Sequence[int], folder: Folder, uid_validity: int, *, answered: bool = False) -> None:
        """See ``ports.Mailbox.move``. A missing folder is made; a UID that is gone is no error."""
        if not uids:
            return
        with self._connection.client() as client:
            target = self._name(client, folder)
            if self._select_inbox(client).uid_validity != uid_validity:
                raise MailboxUnavailable("the inbox was replaced (UIDVALIDITY changed); its messages are read again")
            for start in range(0, len(uids), UIDS_PER_COMMAND):
                self._move_some(client, list(uids[start : start + UIDS_PER_COMMAND]), target, answered=answered)

    def answered(self, folder: Folder, since: datetime, after: tuple[int, int]) -> list[AnsweredMail]:
        """See ``ports.Mailbox.answered``. Of very many the newest are read."""
        with self._connection.client() as client:
            said = self._select(client, folder)
            if said is None:
                return []
            validity = int(said[b"UIDVALIDITY"])
            newest = after[1] if after[0] == validity else 0
            # A day earlier: the server's day may begin hours after ours.
            days = (since - timedelta(days=1)).date()
            found = client.search(["ANSWERED", "SINCE", days, "UID", f"{newest + 1}:*"])
            uids = [uid for uid in sorted(found) if uid > newest][-MOST_ANSWERED:]
            return [
                AnsweredMail(uid, validity, item[b"INTERNALDATE"].astimezone(UTC), _header_in(item))
                for uid, item in _fetch(client, uids, "INTERNALDATE", _SENDER_FIELDS)
                if _came_since(since, item)
            ]

    def wait_for_new(self, seconds: float) -> bool:
        """See ``ports.Mailbox.wait_for_new``. The first call after a start returns True: nobody knows what came before."""
        with self._connection.client() as client:
            inbox = self._select_inbox(client)
            before, self._waited_from = self._waited_from, inbox
            if inbox != before:
                return before is None or _has_arrived(before, inbox)
            if self._connection.offers("IDLE"):
                spoke = self._idle(client, seconds)
            else:
                select.select([self._woken], [], [], seconds)
                spoke = True
            self._drain()
            if not spoke:
                return False
            self._waited_from = self._select_inbox(client)
            return _has_arrived(inbox, self._waited_from)

    def interrupt(self) -> None:
        """See ``ports.Mailbox.interrupt``."""
        with suppress(OSError):  # closed meanwhile
            self._waker.send(b"!")

    def has_message_id(self, message_id: str) -> bool:
        """See ``ports.Mailbox.has_message_id``. The inbox comes first: a copy being filed meanwhile moves that way."""
        if not message_id.isprintable():
            return False
        with self._connection.client() as client:
            return any(
                self._holds_ours(client, self._search_id(client, folder, message_id), message_id)
                for folder in (None, Folder.SENT)
            )

    def was_worked_on(self, message_id: str, sender: str) -> bool:
        """See ``ports.Mailbox.was_worked_on``."""
        if not message_id.isprintable():
            return False
        with self._connection.client() as client:
            uids = self._search_id(client, Folder.PROCESSED, message_id)[:MOST_WITH_ONE_ID]
            found = [_parsed(_header_in(item)) for _, item in _fetch(client, uids, _SENDER_FIELDS)]
        return any(
            {normalize_address(one.address) for one in message.from_} == {normalize_address(sender)}
            # The server looks for a part of the field.
            and (message.message_id == message_id or is_derived_id(message_id))
            for message in found
            if message
        )

    def fetch_message(self, message_id: str) -> bytes:
        """A whole message, as it lies in the inbox or one of the agent's folders; nothing in the mailbox changes.

        Raises:
            MalformedMessageError: there is no such message.
        """
        if message_id.isprintable():
            with self._connection.client() as client:
                for folder in _SEARCHED_FOR_PARTS:
                    for _, found in _fetch(client, self._search_id(client, folder, message_id)[:1], "BODY.PEEK[]"):
                        if found.get(b"BODY[]"):
                            return bytes(found[b"BODY[]"])
        raise MalformedMessageError(f"there is no message {message_id} in the mailbox")

    def ids_sent(self, reply_to: str, since: datetime) -> list[str]:
        """See ``ports.Mailbox.ids_sent``. The server searches by day (RFC 3501, 6.4.4), the rest is told by INTERNALDATE."""
        if not reply_to.isprintable():
            return []
        with self._connection.client() as client:
            if not self._selected(client, Folder.SENT):
                return []
            # A day earlier: the server's day may begin hours after ours.
            days = (since - timedelta(days=1)).date()
            uids = client.search(["SINCE", days, "HEADER", "Reply-To", _in_every_spelling(reply_to)])
            fetched = [found for _, found in _fetch(client, uids, "INTERNALDATE", _ID_FIELDS)]
        return [one for found in fetched if _came_since(since, found) for one in self._ids_in(reply_to, found, since)]

    def _holds_ours(self, client: IMAPClient, uids: list[int], message_id: str) -> bool:
        """Whether one of these mails is the one that we sent: others can write its id into a mail of theirs."""
        if not self._secret:
            return bool(uids)
        headers = (_header_in(found) for _, found in _fetch(client, uids[:MOST_WITH_ONE_ID], _ID_FIELDS))
        return any(self._is_ours(header, message_id) for header in headers)

    def _is_ours(self, header: bytes, message_id: str) -> bool:
        message = _parsed(header)
        if message is None:
            return False
        if message.header(SENT_MARK):
            mark = read_mark(message, secret=self._secret)
            return mark is not None and mark.message_id == message_id
        return len(message.from_) == 1 and message.from_[0].address in self._own

    def _ids_in(self, reply_to: str, found: dict[bytes, Any], since: datetime) -> list[str]:
        """The ids of a mail whose Reply-To is this person's, however written; the server's search also finds others.

        With our key only the id that the mark of the mail names, if it went out since then: anyone with an old mail of ours can
        send it here again, and anybody can write an id of ours.
        """
        fields = _header_in(found)
        header = message_from_bytes(fields)
        named = getaddresses([str(value) for value in header.get_all("Reply-To", [])])
        person = base_address(reply_to)
        if all(base_address(one) != person for _, one in named):
            return []
        if self._secret:
            message = _parsed(fields)
            mark = read_mark(message, secret=self._secret) if message else None
            return [mark.message_id] if mark and mark.at >= since.timestamp() - MARK_LEEWAY_SECONDS else []
        return [str(header[name]).strip() for name in ("Message-ID", *ORIGINAL_ID_FIELDS) if header[name]]

    def fetch_part(self, message_id: str, part: str, sha256: str = "") -> FileContent:
        """See ``ports.Mailbox.fetch_part``. The agent's own folders come first, then all others of the account."""
        if not message_id.isprintable() or not _PART.fullmatch(part):
            raise MalformedMessageError(f"no part {part!r} of {message_id!r} can be asked for")
        with self._connection.client() as client:
            for folder in (*_SEARCHED_FOR_PARTS, *self._other_folders(client)):
                # The oldest first: what came later under the same Message-ID is not what the owner saw.
                for uid in self._search_id(client, folder, message_id)[:MOST_WITH_ONE_ID]:
                    content = _content_of(client, uid, part)
                    if content is not None and sha256 in ("", content.sha256):
                        return content
        raise MalformedMessageError(f"part {part} of {message_id} is no longer in the mailbox as it came")

    def close(self) -> None:
        """See ``ports.Mailbox.close``."""
        self._connection.close()
        self._woken.close()
        self._waker.close()

    def _read(self, client: IMAPClient, validity: int, sizes: dict[int, int]) -> Iterator[FetchedMessage]:
        for uid, size in sizes.items():
            whole = size <= self._max_message_bytes
            for found in self._fetch_one(client, validity, uid, "BODY.PEEK[]" if whole else "BODY.PEEK[HEADER]"):
                content = found.get(b"BODY[]" if whole else b"BODY[HEADER]") or b""
                yield FetchedMessage(
                    uid=uid,
                    uid_validity=validity,
                    size=size,
                    header=content if not whole else header_section(content),
                    raw=content if whole else None,
                )

    def _fetch_one(self, client: IMAPClient, validity: int, uid: int, item: str) -> list[dict[bytes, Any]]:
        try:
            return [found for _, found in _fetch(client, [uid], item)]
        except LIBRARY_ERRORS as error:
            self._unreadable.note(validity, uid)
            if isinstance(error, IMAPClientError) and not isinstance(error, IMAPClientAbortError):
                return []  # The server said NO to this one only.
            raise

    def _move_some(self, client: IMAPClient, uids: list[int], target: str, *, answered: bool) -> None:
        client.add_flags(uids, [b"\\Seen", b"\\Answered"] if answered else [b"\\Seen"], silent=True)
        if self._connection.offers("MOVE"):
            client.move(uids, target)
            return
        client.copy(uids, target)
        client.add_flags(uids, [b"\\Deleted"], silent=True)
        # Without UIDPLUS an EXPUNGE would take other clients' deletions along: the flag must do, fetch_new passes it over.
        if self._connection.offers("UIDPLUS"):
            client.uid_expunge(uids)

    def _idle(self, client: IMAPClient, seconds: float) -> bool:
        """IDLE until the server says anything (True), or the time is over or ``interrupt`` was called (False).

        What it said is read by ``idle_done`` alone, which waits for whole lines; ``idle_check`` gives up on a split one.
        """
        client.idle()
        sock = client.socket()
        # TLS may hold decrypted bytes that no poll of the socket shows.
        if not (isinstance(sock, ssl.SSLSocket) and sock.pending()):
            poll = select.poll()
            poll.register(sock.fileno(), select.POLLIN)
            poll.register(self._woken.fileno(), select.POLLIN)
            poll.poll(seconds * 1000)
        _, said = client.idle_done()
        return bool(said)

    def _select_inbox(self, client: IMAPClient) -> _Inbox:
        said = client.select_folder(self._folders.inbox)
        return _Inbox(int(said[b"UIDVALIDITY"]), int(said.get(b"UIDNEXT", 0)), int(said.get(b"EXISTS", 0)))

    def _drain(self) -> None:
        while select.select([self._woken], [], [], 0)[0]:
            self._woken.recv(64)

    def _name(self, client: IMAPClient, folder: Folder) -> str:
        if self._names_of_generation != self._connection.generation:
            self._names = ensure_folders(client, self._folders)
            self._names_of_generation = self._connection.generation
        return self._names[folder]

    def _other_folders(self, client: IMAPClient) -> Iterator[str]:
        """Folders that are not the agent's, where somebody may have moved a message to."""
        own = {self._folders.inbox.upper(), *(self._name(client, folder).upper() for folder in Folder)}
        for flags, _, name in client.list_folders():
            if b"\\noselect" not in {flag.lower() for flag in flags} and name.upper() not in own:
                yield name

    def _selected(self, client: IMAPClient, folder: Folder | str | None) -> bool:
        """Select a folder, the inbox for None, for reading only; False when it is not there."""
        return self._select(client, folder) is not None

    def _select(self, client: IMAPClient, folder: Folder | str | None) -> dict[bytes, Any] | None:
        name = folder if isinstance(folder, str) and not isinstance(folder, Folder) else None
        if name is None:
            name = self._name(client, Folder(folder)) if folder else self._folders.inbox
        try:
            said: dict[bytes, Any] = client.select_folder(name, readonly=True)
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            # Removed by someone since it was looked up; it is made again with the next connection.
            return None
        return said

    def _search_id(self, client: IMAPClient, folder: Folder | str | None, message_id: str) -> list[int]:
        if not self._selected(client, folder):
            return []
        charset = None if message_id.isascii() else "UTF-8"
        found = sorted(client.search(["HEADER", "Message-ID", message_id], charset))
        return found or (self._search_derived(client, message_id) if is_derived_id(message_id) else [])

    def _search_derived(self, client: IMAPClient, message_id: str) -> list[int]:
        """A message without a Message-ID is known by one derived from its content: only reading it shows which."""
        without = sorted(client.search(["NOT", "HEADER", "Message-ID", ""]), reverse=True)[:MOST_READ_FOR_DERIVED_ID]
        for uid in without:
            for _, found in _fetch(client, [uid], "BODY.PEEK[]"):
                with suppress(MalformedMessageError):
                    if parse_message(found[b"BODY[]"] or b"").message_id == message_id:
                        return [uid]
        return []


def _came_since(since: datetime, found: dict[bytes, Any]) -> bool:
    date = found.get(b"INTERNALDATE")
    return isinstance(date, datetime) and date.astimezone(UTC) >= since


def _header_in(found: dict[bytes, Any]) -> bytes:
    return bytes(next((value for name, value in found.items() if name.startswith(b"BODY[HEADER.FIELDS")), b"") or b"")


def _parsed(header: bytes) -> Message | None:
    with suppress(MalformedMessageError):
        return parse_message(header.strip() + b"\r\n\r\n")
    return None


def _in_every_spelling(address: str) -> str:
    """What stands in an address however it is written: the server searches for a part of the field."""
    domain = base_address(address).rpartition("@")[2]
    return "mail.com" if domain == "gmail.com" else address.rpartition("@")[2]


def header_section(message: bytes) -> bytes:
    """Up to and with the first empty line (RFC 5322, 2.1)."""
    ends = [end for mark in (b"\r\n\r\n", b"\n\n") if (end := message.find(mark)) >= 0]
    return message[: min(ends) + 2] if ends else message


def _content_of(client: IMAPClient, uid: int, part: str) -> FileContent | None:
    for _, found in _fetch(client, [uid], f"BODY.PEEK[{part}.MIME]", f"BODY.PEEK[{part}]"):
        mime, body = found.get(f"BODY[{part}.MIME]".encode()), found.get(f"BODY[{part}]".encode())
        if mime:
            return read_part(mime, body or b"")
    return None


def _has_arrived(before: _Inbox, now: _Inbox) -> bool:
    if before.uid_validity != now.uid_validity or not now.next_uid:
        return before.uid_validity != now.uid_validity or now.messages > before.messages
    return now.next_uid > before.next_uid


def _fetch(client: IMAPClient, uids: Sequence[int], *items: str) -> Iterator[tuple[int, dict[bytes, Any]]]:
    """FETCH in bounded commands, the answers in UID order; a UID that is gone has none."""
    for start in range(0, len(uids), UIDS_PER_COMMAND):
        found = client.fetch(uids[start : start + UIDS_PER_COMMAND], list(items))
        wanted = {item.replace(".PEEK", "").encode() for item in items}
        yield from ((uid, answer) for uid, answer in sorted(found.items()) if wanted & answer.keys())
