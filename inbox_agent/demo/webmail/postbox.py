"""A person's mailbox over IMAP and SMTP: list, read, send, and keep a copy in Sent. One connection a call."""

import email
import email.policy
import smtplib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime

from imapclient import SEEN, IMAPClient
from imapclient.exceptions import IMAPClientError

from inbox_agent.errors import MailboxUnavailable, SendRejected, SendUnavailable

_TIMEOUT_SECONDS = 10
_NEWEST = 200
"""Messages a folder that are listed; the demo's mailboxes are small."""
_HEADERS = b"BODY[HEADER]"
_WHOLE = b"BODY[]"


@dataclass(frozen=True, slots=True)
class MailServers:
    """Where the mail is. Loopback, so without TLS."""

    imap_host: str
    imap_port: int
    smtp_host: str
    smtp_port: int


@dataclass(frozen=True, slots=True)
class WebmailUser:
    """A person of the demo."""

    address: str
    password: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as listed: which folder and UID, and what its header says."""

    folder: str
    uid: int
    seen: bool
    header: EmailMessage
    date: datetime

    @property
    def message_id(self) -> str:
        return str(self.header["Message-ID"] or "").strip()

    @property
    def references(self) -> list[str]:
        """Ids that this message follows, oldest first."""
        named = f"{self.header['References'] or ''} {self.header['In-Reply-To'] or ''}".split()
        return list(dict.fromkeys(named))

    @property
    def root(self) -> str:
        """The thread's first id; a message without ids is a thread of its own."""
        return next(iter(self.references), "") or self.message_id or f"{self.folder}/{self.uid}"


class Postbox:
    """The mailbox of one person. Every call may raise ``MailboxUnavailable``."""

    def __init__(self, servers: MailServers, user: WebmailUser) -> None:
        self._servers = servers
        self._user = user

    def letters(self) -> list[Letter]:
        """The newest of INBOX and Sent, oldest first."""
        with self._imap() as client:
            found = [letter for folder in ("INBOX", _sent_folder(client)) for letter in _letters(client, folder)]
        # Within a second an answer comes after what it answers.
        return sorted(found, key=lambda letter: (letter.date, len(letter.references)))

    def read(self, letters: Sequence[Letter]) -> list[EmailMessage]:
        """The whole messages, in the order asked for; they count as seen from now on."""
        bodies: dict[tuple[str, int], EmailMessage] = {}
        with self._imap() as client:
            for folder in dict.fromkeys(letter.folder for letter in letters):
                client.select_folder(folder)
                uids = [letter.uid for letter in letters if letter.folder == folder]
                for uid, answer in client.fetch(uids, [_WHOLE]).items():
                    bodies[folder, uid] = _parsed(answer.get(_WHOLE, b""))
        return [bodies[letter.folder, letter.uid] for letter in letters if (letter.folder, letter.uid) in bodies]

    def newest_uid(self) -> int:
        """The next UID of INBOX: changes whenever mail arrives (RFC 3501, 2.3.1.1)."""
        with self._imap() as client:
            return int(client.folder_status("INBOX", ["UIDNEXT"])[b"UIDNEXT"])

    def send(self, message: EmailMessage) -> None:
        """Submit, then keep a copy in Sent.

        Raises:
            SendRejected, SendUnavailable: nothing was sent; the message says why.
        """
        recipients = [address for _, address in getaddresses([*message.get_all("To", []), *message.get_all("Cc", [])])]
        try:
            with smtplib.SMTP(self._servers.smtp_host, self._servers.smtp_port, timeout=_TIMEOUT_SECONDS) as smtp:
                smtp.login(self._user.address, self._user.password)
                smtp.send_message(message, self._user.address, recipients)
        except smtplib.SMTPRecipientsRefused as error:
            words = "; ".join(f"{address}: {_words(*reply)}" for address, reply in error.recipients.items())
            raise SendRejected(words, server_reply=words) from error
        except smtplib.SMTPResponseException as error:
            words = _words(error.smtp_code, error.smtp_error)
            raise SendRejected(words, server_reply=words) from error
        except (OSError, smtplib.SMTPException) as error:
            raise SendUnavailable(f"The mail server cannot be reached: {error}") from error
        with self._imap() as client:
            client.append(_sent_folder(client), message.as_bytes(), flags=[SEEN])

    @contextmanager
    def _imap(self) -> Iterator[IMAPClient]:
        try:
            with IMAPClient(
                self._servers.imap_host, self._servers.imap_port, ssl=False, timeout=_TIMEOUT_SECONDS
            ) as client:
                client.login(self._user.address, self._user.password)
                yield client
        except (OSError, IMAPClientError) as error:
            raise MailboxUnavailable(f"The mailbox cannot be reached: {error}") from error


def _sent_folder(client: IMAPClient) -> str:
    folder = client.find_special_folder(b"\\Sent") or "Sent"
    if not client.folder_exists(folder):
        client.create_folder(folder)
    return str(folder)


def _letters(client: IMAPClient, folder: str) -> Iterator[Letter]:
    client.select_folder(folder, readonly=True)
    uids = sorted(client.search())[-_NEWEST:]
    wanted = ["FLAGS", "INTERNALDATE", "BODY.PEEK[HEADER]"]
    for uid, answer in (client.fetch(uids, wanted) if uids else {}).items():
        header = _parsed(answer.get(_HEADERS, b""))
        yield Letter(folder, int(uid), SEEN in answer.get(b"FLAGS", ()), header, _date(header))


def _parsed(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def _date(header: EmailMessage) -> datetime:
    try:
        date = parsedate_to_datetime(str(header["Date"]))
    except (TypeError, ValueError):
        return datetime.fromtimestamp(0, UTC)
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _words(code: int, text: bytes | str) -> str:
    return f"{code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"
