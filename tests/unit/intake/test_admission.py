"""Which conversation a message reaches when the one it names is gone, or somebody else's; what is too old to be obeyed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from inbox_agent.intake.admission import receive
from inbox_agent.intake.intake import STARTS_OVER, IntakePolicy, read_message
from inbox_agent.mail.sender.trust import TrustPolicy
from inbox_agent.mail.threads import make_message_id, make_reply_address, workflow_id_of
from inbox_agent.models import FetchedMessage, Folder, UserRequest
from tests.fakes import FakeConversations

AGENT, ANN, EVE, SECRET = "agent@demo.test", "ann@demo.test", "eve@demo.test", b"secret"
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
POLICY = IntakePolicy(AGENT, SECRET, TrustPolicy(allow=("@demo.test",)), now=lambda: NOW)
ROOT = "<root@demo.test>"
WORKFLOW = workflow_id_of(ROOT, AGENT)
HERS = make_message_id(WORKFLOW, "n", secret=SECRET, domain="demo.test", owner=ANN, revision=1)
OLD = make_message_id(WORKFLOW, "n", secret=SECRET, domain="demo.test", revision=1)
TOKEN = make_reply_address(WORKFLOW, secret=SECRET, mailbox=AGENT, owner=ANN)
OLD_TOKEN = make_reply_address(WORKFLOW, secret=SECRET, mailbox=AGENT)
WAYS = {
    "id": {"References": f"{ROOT} {HERS}", "In-Reply-To": HERS},
    "id of version 1": {"References": f"{ROOT} {OLD}", "In-Reply-To": OLD},
    "token": {"References": ROOT, "To": TOKEN},
    "token of version 1": {"References": ROOT, "To": OLD_TOKEN},
}


def received(
    conversations: FakeConversations,
    sender: str,
    fields: dict[str, str],
    *,
    date: datetime | None = NOW,
    policy: IntakePolicy = POLICY,
) -> tuple[str, Folder, UserRequest | None]:
    header = {"From": sender, "To": AGENT, "Subject": "x", "Message-ID": "<1@demo.test>", **fields}
    if date:
        header["Date"] = date.strftime("%a, %d %b %Y %H:%M:%S +0000")
    raw = "".join(f"{name}: {value}\r\n" for name, value in header.items()).encode() + b"\r\nsend it now\r\n"
    reading = read_message(FetchedMessage(1, 1, len(raw), raw, raw), policy)
    assert reading.folder is None
    workflow_id, intake = receive(reading, policy, conversations)
    if intake.request is not None:
        conversations.hand_over(workflow_id, intake.request)
    return workflow_id, intake.folder, intake.request


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("sender", [ANN, EVE])
def test_an_id_whose_conversation_is_gone_begins_one_of_the_senders_own(way: dict[str, str], sender: str) -> None:
    conversations = FakeConversations()
    workflow_id, _, request = received(conversations, sender, way)
    assert workflow_id == workflow_id_of(ROOT, AGENT, sender=sender)
    assert request is not None
    assert (request.role, request.answers_ours, request.answers_revision) == ("owner", False, None)
    assert STARTS_OVER in request.notes
    assert conversations.owners == {workflow_id: sender}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_whoever_came_first_to_a_lost_conversation_gets_nothing_of_its_owners(way: dict[str, str]) -> None:
    conversations = FakeConversations()
    of_eve, _, _ = received(conversations, EVE, way)
    of_ann, _, request = received(conversations, ANN, way)
    assert of_ann != of_eve
    assert request is not None
    assert request.role == "owner"
    again, _, request = received(conversations, ANN, {**way, "Message-ID": "<2@demo.test>"})
    assert again == of_ann
    assert request is not None
    assert STARTS_OVER not in request.notes


@pytest.mark.parametrize("way", [WAYS["id"], WAYS["token"]], ids=["id", "token"])
def test_a_conversation_that_somebody_else_owns_by_now_is_not_the_one_that_the_id_means(way: dict[str, str]) -> None:
    conversations = FakeConversations(owners={WORKFLOW: EVE})
    workflow_id, _, request = received(conversations, ANN, way)
    assert workflow_id == workflow_id_of(ROOT, AGENT, sender=ANN)
    assert request is not None
    assert request.role == "owner"


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_running_conversation_is_found_as_before(way: dict[str, str]) -> None:
    conversations = FakeConversations(owners={WORKFLOW: ANN})
    workflow_id, _, request = received(conversations, ANN, way)
    assert workflow_id == WORKFLOW
    assert request is not None
    assert (request.role, request.answers_ours, request.notes) == ("owner", True, ())
    workflow_id, _, request = received(conversations, EVE, {**way, "Message-ID": "<2@demo.test>"})
    assert workflow_id == WORKFLOW
    assert request is not None
    assert request.role == "recipient"


@pytest.mark.parametrize("owners", [{}, {WORKFLOW: EVE}], ids=["gone", "somebody else's"])
def test_a_stranger_with_an_id_of_a_lost_conversation_reaches_nobody(owners: dict[str, str]) -> None:
    conversations = FakeConversations(owners=owners)
    _, folder, request = received(conversations, "sam@corp.test", WAYS["id"])
    assert (folder, request) == (Folder.QUARANTINE, None)


def test_a_confirmation_counts_only_in_the_conversation_that_asked_for_it() -> None:
    policy = replace(POLICY, trust=TrustPolicy(allow=(ANN,), confirm=("@demo.test",)))
    _, _, request = received(FakeConversations(), EVE, WAYS["id"], policy=policy)
    assert request is not None
    assert (request.unconfirmed, request.answers_ours) == (True, False)


@pytest.mark.parametrize("owners", [{}, {WORKFLOW: ANN}], ids=["new", "running"])
@pytest.mark.parametrize(
    ("age", "asked"),
    [
        (timedelta(0), False),
        (timedelta(days=6, hours=23), False),
        (timedelta(days=7, minutes=1), True),
        (timedelta(days=2500), True),
        (timedelta(days=-1), False),
    ],
)
def test_an_order_of_long_ago_is_asked_about(owners: dict[str, str], age: timedelta, asked: bool) -> None:
    _, folder, request = received(FakeConversations(owners=dict(owners)), ANN, {"In-Reply-To": HERS}, date=NOW - age)
    assert folder is Folder.PROCESSED
    assert request is not None
    assert bool(request.doubt) is asked
    if asked:
        assert f"{NOW - age:%Y}" in request.doubt


def test_the_limit_is_the_operators() -> None:
    policy = replace(POLICY, max_order_age=timedelta(hours=1))
    _, _, request = received(FakeConversations(), ANN, {}, date=NOW - timedelta(hours=2), policy=policy)
    assert request is not None
    assert request.doubt


def test_a_mail_without_a_date_is_as_old_as_its_arrival() -> None:
    _, _, request = received(FakeConversations(), ANN, {}, date=None)
    assert request is not None
    assert not request.doubt
