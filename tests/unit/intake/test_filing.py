"""The line about a filed message: what an admin has to type next works as it stands."""

import logging
import shlex
from pathlib import Path

import pytest

from inbox_agent.intake.filing import log_verdict
from inbox_agent.intake.intake import Intake, IntakePolicy, read_message
from inbox_agent.intake.policy import explain_command
from inbox_agent.models import FetchedMessage, Folder

RAW = b"From: eve@corp.example\r\nTo: agent@demo.example\r\nMessage-ID: <it's me@corp.example>\r\n\r\nHello\r\n"
QUARANTINED = Intake(Folder.QUARANTINE, "nothing proves the sender")


@pytest.mark.parametrize("file", [None, Path("/etc/inbox-agent.env"), Path("/srv/my agent/$HOME;x.env")])
def test_the_hint_names_the_settings_file_in_use(file: Path | None, caplog: pytest.LogCaptureFixture) -> None:
    policy = IntakePolicy("agent@demo.example", b"k" * 32, explain_command=explain_command(file))
    reading = read_message(FetchedMessage(1, 1, len(RAW), RAW, RAW), policy)
    with caplog.at_level(logging.INFO):
        log_verdict(reading, QUARANTINED, policy.explain_command)
    hint = shlex.split(caplog.messages[0].partition("the whole verdict: ")[2])
    assert hint[:2] == ["inbox-agent", "explain"]
    assert hint[2:-2] == (["--env-file", str(file)] if file else [])
    assert hint[-2] == "--message-id"
