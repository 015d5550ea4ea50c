"""Hostile mail, from the raw message to the model's input: foreign words never stand among the owner's.

The mails lie in ``tests/injection`` with the required outcome of each in ``outcomes.csv``: ``owner`` (handed over, only the
owner's own words instruct), ``refused`` (the owner is told that there are no words of theirs), ``shown`` (to the owner, as
somebody else's), or the folder it goes to. All of them try to have mail sent to one address, which must stay unknown.
"""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inbox_agent.conversation.commands import applied_suggestion, find_command, is_confirmation
from inbox_agent.conversation.recipients import known_people
from inbox_agent.conversation.turn.prompt import DATA_MARK, OWNER_MARK, build_input, read_input
from inbox_agent.intake.intake import Intake, IntakePolicy, admit, read_message
from inbox_agent.mail.sender.trust import TrustPolicy
from inbox_agent.mail.threads import make_message_id
from inbox_agent.models import Address, Conversation, FetchedMessage, Folder, UserRequest

MAILS = Path(__file__).parents[1] / "injection"
TABLE = (MAILS / "outcomes.csv").read_text(encoding="utf-8")
OUTCOMES = {row["mail"]: row["outcome"] for row in csv.DictReader(TABLE.splitlines())}
HOSTILE = "attacker.test"
WANTED = "Please translate the draft to Spanish."
POLICY = IntakePolicy("agent@demo.test", b"secret", TrustPolicy(allow=("@demo.test",), authserv_id="mx.demo.test"))
OUR_ID = make_message_id("mail-conversation", "n", secret=b"secret", domain="demo.test", revision=1)
FOLDERS = {"quarantine": Folder.QUARANTINE, "ignored": Folder.IGNORED}
NOW = datetime(2026, 1, 16, 10, tzinfo=UTC)


def play(name: str) -> Intake:
    """The verdict on one mail, as an answer to a mail of ours in the conversation of alex@demo.test."""
    raw = (MAILS / f"{name}.eml").read_bytes().replace(b"@@OUR_ID@@", OUR_ID.encode())
    reading = read_message(FetchedMessage(1, 1, len(raw), raw.partition(b"\r\n\r\n")[0] + b"\r\n", raw), POLICY)
    if reading.folder is not None:
        return Intake(reading.folder, reading.reason)
    return admit(reading, POLICY, owner="alex@demo.test")


def model_input(request: UserRequest) -> str:
    conversation = Conversation(workflow_id="mail-conversation", owner=Address("alex@demo.test", "Alex"))
    return build_input(conversation, request, NOW, default_zone="UTC", replay=True)


def test_the_table_names_every_mail() -> None:
    assert set(OUTCOMES) == {path.stem for path in MAILS.glob("*.eml")}
    assert len(OUTCOMES) >= 40


@pytest.mark.parametrize(("name", "outcome"), OUTCOMES.items())
def test_hostile_mail_comes_to_what_it_must(name: str, outcome: str) -> None:
    intake = play(name)
    if outcome in FOLDERS:
        assert (intake.folder, intake.request) == (FOLDERS[outcome], None)
        return
    request = intake.request
    assert request is not None
    if outcome == "shown":
        assert request.role != "owner"
        return
    assert (request.role, request.kind) == ("owner", "mail" if outcome == "owner" else "refused")
    assert HOSTILE not in request.text
    if outcome == "owner":
        assert request.text == WANTED


@pytest.mark.parametrize("name", [name for name, outcome in OUTCOMES.items() if outcome == "owner"])
def test_hostile_text_never_stands_in_the_part_that_instructs(name: str) -> None:
    request = play(name).request
    assert request is not None
    text = model_input(request)
    assert read_input(text).owner_text == WANTED
    for line in text.splitlines():
        if HOSTILE in line:
            assert line.startswith(DATA_MARK), line
    assert [line for line in text.splitlines() if line.startswith(OWNER_MARK)] == [OWNER_MARK + WANTED]
    known = known_people(Conversation(owner=Address("alex@demo.test")), request)
    assert not any(HOSTILE in address for text in known.texts for address in text.addresses)
    assert not any(HOSTILE in person.address for person in known.contacts)
    acts = (find_command(request.text), applied_suggestion(request.text), is_confirmation(request.text))
    assert not any(acts)
