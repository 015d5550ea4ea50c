"""``inbox-agent explain --message-id``: a message of the real mailbox, found by the settings and only read."""

import json
import secrets
from collections.abc import Callable

import pytest

from inbox_agent.cli import main
from tests.mail_server import PASSWORD, Person


def test_a_message_of_the_mailbox_is_explained(
    new_person: Callable[[str], Person], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    agent, alex = new_person("agent"), new_person("alex")
    message_id = alex.mail(agent.address, text="Write to Sam.\n")
    account = agent.imap_account()
    settings = {
        "ADDRESS": agent.address,
        "ALLOW": "*",
        "API_TOKEN": secrets.token_hex(16),
        "SECRET_KEY": secrets.token_hex(16),
    }
    for service in ("IMAP", "SMTP"):
        settings |= {f"{service}_HOST": account.host, f"{service}_PASSWORD": PASSWORD, f"{service}_SECURITY": "none"}
        settings[f"{service}_PORT"] = str(account.port)
    for name, value in settings.items():
        monkeypatch.setenv(f"INBOX_AGENT_{name}", value)
    assert (
        main(["explain", "--json", "--message-id", message_id.strip("<>"), "--message-id", "<none@people.test>"]) == 1
    )
    out, err = capsys.readouterr()
    explained = json.loads(out)
    assert (explained["message_id"], explained["new_text"]) == (message_id, "Write to Sam.")
    assert explained["verdict"] == "allowed"
    assert explained["outcome"]["folder"] == "Agent/Processed"
    assert "no message <none@people.test>" in err
    assert [one.uid for one in agent.mailbox.fetch_new(10)], "it still waits in the inbox"
