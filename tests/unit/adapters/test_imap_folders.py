"""What the folders are called on servers of different habits."""

from types import SimpleNamespace

from imapclient.exceptions import IMAPClientError

from inbox_agent.adapters.imap_folders import Folders, ensure_folders
from inbox_agent.models import Folder

Listed = tuple[tuple[bytes, ...], bytes, str]


class FakeClient:
    """The calls of IMAPClient that are used, over a dictionary."""

    def __init__(self, *names: str, separator: str = "/", prefix: str | None = "", sent: str | None = None) -> None:
        self.names = list(names)
        self.separator, self.prefix, self.sent = separator, prefix, sent
        self.subscribed: list[str] = []
        self.made_by_another: set[str] = set()

    def list_folders(self, directory: str = "", pattern: str = "*") -> list[Listed]:
        names = [""] if pattern == "" else self.names
        return [((), self.separator.encode(), name) for name in names]

    def has_capability(self, name: str) -> bool:
        return name == "NAMESPACE" and self.prefix is not None

    def namespace(self) -> SimpleNamespace:
        return SimpleNamespace(personal=((self.prefix, self.separator),))

    def find_special_folder(self, flag: bytes) -> str | None:
        return self.sent

    def create_folder(self, name: str) -> None:
        if name in self.made_by_another:
            self.names.append(name)
            raise IMAPClientError("[ALREADYEXISTS]")
        self.names.append(name)

    def folder_exists(self, name: str) -> bool:
        return name in self.names

    def subscribe_folder(self, name: str) -> None:
        self.subscribed.append(name)


def test_missing_folders_are_made_and_subscribed_to_and_the_servers_sent_folder_is_used() -> None:
    client = FakeClient("INBOX", "Gesendet", sent="Gesendet")
    names = ensure_folders(client, Folders())
    assert names[Folder.SENT] == "Gesendet"
    assert names[Folder.PROCESSED] == "Agent/Processed"
    assert client.subscribed == ["Agent/Processed", "Agent/Ignored", "Agent/Quarantine", "Agent/Failed"]
    again = FakeClient(*client.names, sent="Gesendet")
    ensure_folders(again, Folders())
    assert again.subscribed == []


def test_prefix_and_separator_of_the_server_are_used() -> None:
    client = FakeClient("INBOX", separator=".", prefix="INBOX.")
    names = ensure_folders(client, Folders(sent="Sent"))
    assert names[Folder.PROCESSED] == "INBOX.Agent.Processed"
    assert names[Folder.SENT] == "INBOX.Sent"


def test_without_namespace_the_separator_is_asked_for() -> None:
    names = ensure_folders(FakeClient("INBOX", separator=".", prefix=None), Folders())
    assert names[Folder.FAILED] == "Agent.Failed"
    assert names[Folder.SENT] == "Sent"


def test_another_poller_may_make_a_folder_first() -> None:
    client = FakeClient("INBOX")
    client.made_by_another = {"Agent/Failed"}
    assert ensure_folders(client, Folders())[Folder.FAILED] == "Agent/Failed"
