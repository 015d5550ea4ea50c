"""What the agent's folders are called on a server, and making those that are missing."""

from collections.abc import Iterable
from dataclasses import dataclass

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError
from imapclient.imapclient import SENT

from inbox_agent.models import Folder


@dataclass(frozen=True, slots=True)
class Folders:
    """The names in the settings, with ``/`` between levels whatever the server uses.

    ``sent`` empty: the folder that the server marks as \\Sent (SPECIAL-USE, RFC 6154), else ``Sent``.
    """

    inbox: str = "INBOX"
    processed: str = "Agent/Processed"
    ignored: str = "Agent/Ignored"
    quarantine: str = "Agent/Quarantine"
    failed: str = "Agent/Failed"
    sent: str = ""


def ensure_folders(client: IMAPClient, folders: Folders) -> dict[Folder, str]:
    """The server's names of all folders; missing ones are made and subscribed to."""
    present = {name for _, _, name in client.list_folders()}
    prefix, separator = _personal_namespace(client)
    sent = folders.sent or client.find_special_folder(SENT) or "Sent"
    wanted = {
        Folder.PROCESSED: folders.processed,
        Folder.IGNORED: folders.ignored,
        Folder.QUARANTINE: folders.quarantine,
        Folder.FAILED: folders.failed,
        Folder.SENT: sent,
    }
    names = {folder: _server_name(name, prefix, separator, present) for folder, name in wanted.items()}
    for name in names.values():
        if name not in present:
            _create(client, name)
    return names


def server_names(client: IMAPClient, names: Iterable[str]) -> list[str]:
    """The server's names of folders that the settings name, whether or not they are there."""
    present = {name for _, _, name in client.list_folders()}
    prefix, separator = _personal_namespace(client)
    return [_server_name(name, prefix, separator, present) for name in names]


def _personal_namespace(client: IMAPClient) -> tuple[str, str]:
    """Prefix and hierarchy separator of the user's own folders (RFC 2342): ``INBOX.`` and ``.`` on some servers."""
    if client.has_capability("NAMESPACE"):
        personal = client.namespace().personal
        if personal:
            prefix, separator = personal[0]
            return _text(prefix), _text(separator)
    for _, separator, _ in client.list_folders("", ""):
        return "", _text(separator)
    return "", "/"


def _server_name(name: str, prefix: str, separator: str, present: set[str]) -> str:
    if name in present:
        return name
    translated = name.replace("/", separator) if separator else name.replace("/", "-")
    return translated if translated.startswith(prefix) else prefix + translated


def _create(client: IMAPClient, name: str) -> None:
    try:
        client.create_folder(name)
    except IMAPClientAbortError:
        raise
    except IMAPClientError:
        # Another poller may have been first.
        if not client.folder_exists(name):
            raise
    client.subscribe_folder(name)


def _text(value: bytes | str | None) -> str:
    return value.decode() if isinstance(value, bytes) else value or ""
