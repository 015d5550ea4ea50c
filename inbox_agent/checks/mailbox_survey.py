"""A look at a mailbox for ``setup`` and ``check``: the headers of its newest mail, and how many lie in folders. Only reads."""

from contextlib import closing
from dataclasses import dataclass

from inbox_agent.adapters.imap_connection import ImapConnection
from inbox_agent.adapters.imap_folders import server_names
from inbox_agent.adapters.mail_account import MailAccount

NEWEST = 30


@dataclass(frozen=True, slots=True)
class Survey:
    """``headers`` of the newest mails, newest first; ``counts``: messages by folder, for the folders that were there."""

    headers: tuple[bytes, ...]
    counts: dict[str, int]


def survey_mailbox(account: MailAccount, *folders: str, newest: int = NEWEST) -> Survey:
    """Look at the inbox and at these folders, which need not exist and are named as in the settings; ``newest`` mails of
    each, at most.

    Raises:
        MailboxUnavailable: the mailbox cannot be read; the library's error is its cause.
    """
    headers: list[bytes] = []
    counts: dict[str, int] = {}
    with closing(ImapConnection(account)) as connection, connection.client() as client:
        present = {name for _, _, name in client.list_folders()}
        for folder, name in (("INBOX", "INBOX"), *zip(folders, server_names(client, folders), strict=True)):
            if folder != "INBOX" and name not in present:
                continue
            counts[folder] = int(client.select_folder(name, readonly=True).get(b"EXISTS", 0))
            if not counts[folder] or not newest:
                continue
            uids = sorted(client.search(["ALL"]), reverse=True)[:newest]
            fetched = client.fetch(uids, ["BODY.PEEK[HEADER]"])
            headers += [fetched[uid][b"BODY[HEADER]"] for uid in uids if b"BODY[HEADER]" in fetched.get(uid, {})]
    return Survey(tuple(headers), counts)
