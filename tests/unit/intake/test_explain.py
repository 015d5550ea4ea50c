"""The pure part of ``inbox-agent explain``."""

import json
from dataclasses import replace

import pytest

from inbox_agent.errors import TransientError
from inbox_agent.intake.explain import Explanation, explain_message
from inbox_agent.intake.intake import IntakePolicy
from inbox_agent.mail.sender.authres import MethodResult, Property
from inbox_agent.mail.sender.trust import TrustPolicy
from inbox_agent.mail.threads import make_message_id
from inbox_agent.models import Folder, Message

OWN = "agent@inbox.example"
FIELDS = (
    "file message_id from kind reason new_text quoted_text thread_root workflow_id bounce"
    " sender proven_by verdict attachments notes outcome"
).split()
UNJUDGED = IntakePolicy(OWN, b"secret")


def test_a_request_has_all_fields_in_order() -> None:
    raw = b"From: Ann <ann@a.example>\r\nMessage-ID: <1@a.example>\r\nSubject: Report\r\n\r\nWrite to Sam.\r\n"
    explanation = explain_message(raw, file="one.eml", policy=UNJUDGED)
    fields = explanation.as_json()
    assert list(fields) == FIELDS
    assert fields["kind"] == "request"
    assert fields["from"] == "ann@a.example"
    assert fields["new_text"] == "Write to Sam."
    assert fields["thread_root"] == "<1@a.example>"
    assert fields["bounce"] is None
    json.dumps(fields)
    assert "Write to Sam." in explanation.as_text()


def test_what_cannot_be_read_is_malformed_and_no_exception() -> None:
    explanation = explain_message(b"\x00\x01", file="-", policy=UNJUDGED)
    assert explanation.as_json()["kind"] == "malformed"
    assert "not readable" in explanation.as_text()


# --- what follows for the sender ---------------------------------------------------------------------------------

NAMES = {Folder.PROCESSED: "Agent/Processed", Folder.IGNORED: "Agent/Ignored", Folder.QUARANTINE: "Agent/Quarantine"}
TRUST = TrustPolicy(
    allow=("ann@a.example",), block=("@spam.example",), confirm=("@new.example",), authserv_id="mx.inbox.example"
)
POLICY = IntakePolicy(OWN, b"secret", TRUST)
OUR_ID = make_message_id("mail-conversation", "n", secret=b"secret", domain="inbox.example")


def explained(sender: str, *, proven: bool = True, policy: IntakePolicy = POLICY, **headers: str) -> Explanation:
    domain = sender.rpartition("@")[2]
    proof = f"Authentication-Results: mx.inbox.example; dmarc=pass header.from={domain}\r\n" if proven else ""
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    raw = f"{proof}From: {sender}\r\nTo: {OWN}\r\nMessage-ID: <1@a.example>\r\nSubject: Report\r\n{more}\r\nWrite to Sam.\r\n"
    return explain_message(raw.encode(), file="one.eml", policy=policy, folders=NAMES)


@pytest.mark.parametrize(
    ("sender", "proven", "decision", "rule", "folder", "role"),
    [
        (
            "ann@a.example",
            True,
            "allowed",
            "ann@a.example is on the allow list; dmarc=pass",
            "Agent/Processed",
            "owner",
        ),
        ("kim@new.example", True, "confirm", "is not on the allow list yet; dmarc=pass", "Agent/Processed", "owner"),
        ("x@else.example", True, "quarantined", "is not on the allow list yet; dmarc=pass", "Agent/Quarantine", None),
        ("ann@a.example", False, "quarantined", "is not proven to be the sender", "Agent/Quarantine", None),
        ("x@mx.spam.example", True, "blocked", "is on the block list", "Agent/Quarantine", None),
    ],
)
def test_the_sender_is_judged_by_the_policy(
    sender: str, proven: bool, decision: str, rule: str, folder: str, role: str | None
) -> None:
    explanation = explained(sender, proven=proven)
    found = explanation.as_json()["outcome"]
    assert isinstance(found, dict)
    assert (found["decision"], found["folder"], found["role"]) == (decision, folder, role)
    assert found["request"] == ("mail" if role else None)
    assert rule in found["rule"]
    text = explanation.as_text()
    assert rule in text
    assert f"filed in {folder}" in text
    assert ("owner: it opens a conversation" in text) == bool(role)


def test_within_a_thread_both_answers_are_given_since_the_engine_alone_knows_the_owner() -> None:
    text = explained("ann@a.example", In_Reply_To=OUR_ID).as_text()
    assert (
        "if the conversation is the sender's: handed to its conversation as a request; filed in Agent/Processed" in text
    )
    assert "if it is somebody else's: shown to its owner and never obeyed; filed in Agent/Processed" in text
    by_root = explained("ann@a.example", References="<other@else.example>").as_text()
    assert "if it is somebody else's: it opens a conversation of the sender's own; filed in Agent/Processed" in by_root
    stranger = explained("x@else.example", In_Reply_To="<other@else.example>").as_text()
    assert "if the conversation is the sender's: no request; filed in Agent/Quarantine" in stranger
    assert "if it is somebody else's: filed in Agent/Quarantine (a stranger in a known thread" in stranger


def test_without_an_allow_list_it_says_that_it_does_not_judge() -> None:
    explanation = explained("ann@a.example", policy=UNJUDGED)
    assert "not judged: no allow list is set (INBOX_AGENT_ALLOW)" in explanation.as_text()
    found = explanation.as_json()["outcome"]
    assert isinstance(found, dict)
    assert (found["decision"], found["folder"], found["request"]) == ("not judged", None, None)


def test_what_decides_alone_needs_no_judgement_of_its_sender() -> None:
    explanation = explained("ann@a.example", policy=UNJUDGED, Auto_Submitted="auto-replied")
    assert "  then       no request; filed in Agent/Ignored" in explanation.as_text()
    assert "sender " not in explanation.as_text()


def test_signatures_that_cannot_be_checked_now_are_said_to_be_so() -> None:
    def check(raw: bytes, message: Message) -> tuple[MethodResult, ...]:
        raise TransientError("no answer from DNS")

    found = explained("ann@a.example", proven=False, policy=replace(POLICY, check=check)).as_text()
    assert "not judged: its signatures cannot be checked now" in found


def test_an_allowed_persons_mail_that_looks_like_a_machines_is_a_request() -> None:
    assert explained("ann@a.example", Precedence="bulk").as_json()["kind"] == "request"


# --- what the JSON says in fields of its own ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sender", "proven", "verdict", "proven_by"),
    [
        ("ann@a.example", True, "allowed", "dmarc=pass"),
        ("kim@new.example", True, "confirm", "dmarc=pass"),
        ("x@else.example", True, "quarantine", "dmarc=pass"),
        ("ann@a.example", False, "quarantine", None),
        ("x@mx.spam.example", True, "blocked", None),
    ],
)
def test_sender_proof_and_verdict_are_told(sender: str, proven: bool, verdict: str, proven_by: str | None) -> None:
    explanation = explained(sender, proven=proven)
    fields = explanation.as_json()
    assert (fields["sender"], fields["verdict"], fields["proven_by"]) == (sender, verdict, proven_by)
    assert f"  proven by  {proven_by or 'nothing'}\n" in explanation.as_text()


def test_where_from_is_believed_nothing_proves_it() -> None:
    policy = replace(POLICY, trust=replace(TRUST, authserv_id="", confirm=()))
    fields = explained("ann@a.example", proven=False, policy=policy).as_json()
    assert (fields["verdict"], fields["proven_by"]) == ("allowed", None)


def test_without_an_allow_list_the_proof_is_told_all_the_same() -> None:
    policy = replace(POLICY, trust=TrustPolicy(authserv_id="mx.inbox.example"))
    fields = explained("ann@a.example", policy=policy).as_json()
    assert (fields["verdict"], fields["proven_by"]) == (None, "dmarc=pass")


def test_our_own_check_of_the_signatures_is_named() -> None:
    def check(raw: bytes, message: Message) -> tuple[MethodResult, ...]:
        return (
            MethodResult("dkim", "pass", properties=(Property("header", "d", "a.example"),), covers=frozenset({"to"})),
        )

    policy = replace(POLICY, check=check, trust=replace(TRUST, authserv_id=""))
    fields = explained("ann@a.example", proven=False, policy=policy).as_json()
    assert (fields["verdict"], fields["proven_by"]) == ("allowed", "dkim=pass for a.example")


def test_files_and_what_the_owner_would_be_told_are_listed() -> None:
    raw = (
        b"Authentication-Results: mx.inbox.example; dmarc=pass\r\nFrom: ann@a.example\r\nTo: agent@inbox.example\r\n"
        b"Message-ID: <1@a.example>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nWrite to Sam.\xf3\xa0\x81\x81\r\n"
        b"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=plan.pdf\r\n\r\nabc\r\n--b--\r\n"
    )
    explanation = explain_message(raw, file="one.eml", policy=POLICY, folders=NAMES)
    fields = explanation.as_json()
    assert fields["attachments"] == [{"name": "plan.pdf", "content_type": "application/pdf", "size": 3, "part": "2"}]
    assert isinstance(fields["notes"], list)
    (note,) = fields["notes"]
    assert "invisible characters" in note
    assert f"  told       {note}\n" in explanation.as_text()
    unjudged = explain_message(raw, file="one.eml", policy=UNJUDGED).as_json()
    assert unjudged["notes"] == [note], "also where nobody's verdict is given"


def test_a_question_or_a_refusal_is_among_what_is_told() -> None:
    asked = explained("ann@a.example", Delivered_To="agent+x@inbox.example", Cc="x@y.example").as_json()
    assert asked["notes"] == []
    raw = b"Authentication-Results: mx.inbox.example; dmarc=pass\r\nFrom: ann@a.example\r\nTo: {}\r\n\r\n{}\r\n"
    elsewhere = explain_message(raw.replace(b"{}", b"sam@y.example", 1), file="-", policy=POLICY).as_json()
    assert elsewhere["notes"] == ["A mail of yours reached me, but it was not addressed to me. Was this for me?"]
    empty = explain_message(raw.replace(b"{}", OWN.encode(), 1).replace(b"{}", b" "), file="-", policy=POLICY).as_json()
    assert isinstance(empty["notes"], list)
    assert "holds no text" in empty["notes"][0]


def test_what_is_no_mail_has_all_fields_too() -> None:
    fields = explain_message(b"\x00\x01", file="-", policy=POLICY).as_json()
    assert list(fields) == FIELDS
    assert (fields["verdict"], fields["proven_by"], fields["attachments"], fields["notes"]) == (None, None, [], [])
