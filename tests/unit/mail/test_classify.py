"""What a message is, and the rule that decided it."""

from typing import Any

import pytest

from inbox_agent.mail.classify import classify
from inbox_agent.mail.parse import parse_message
from inbox_agent.mail.threads import make_message_id
from inbox_agent.models import Classification, MessageKind

OWN = "agent@inbox.example"


def verdict(header: str, body: str = "Hello", **options: Any) -> Classification:
    base = "" if header.lower().startswith("from:") else "From: Ann <ann@a.example>\n"
    raw = f"{base}{header}\n\n{body}\n".replace("\n", "\r\n").encode()
    return classify(parse_message(raw), OWN, **options)


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Subject: Hello", MessageKind.REQUEST),
        ("Auto-Submitted: no", MessageKind.REQUEST),
        ("X-Auto-Response-Suppress: DR, NDR, RN", MessageKind.REQUEST),
        ("Subject: Out of office next week", MessageKind.REQUEST),
        ("Subject: Automatic door is broken", MessageKind.REQUEST),
        ("Auto-Submitted: auto-replied (vacation)", MessageKind.AUTO_REPLY),
        ("X-Auto-Response-Suppress: DR, OOF", MessageKind.AUTO_REPLY),
        ("Precedence: bulk", MessageKind.AUTO_REPLY),
        ("Return-Path: <>", MessageKind.AUTO_REPLY),
        ("Subject: Automatische Antwort: Termin", MessageKind.AUTO_REPLY),
        ("Subject: 自動返信：会議", MessageKind.AUTO_REPLY),
        ("Subject: Automatic reply", MessageKind.AUTO_REPLY),
        ("Subject: Out of Office: Figures", MessageKind.AUTO_REPLY),
        ("Subject: Automatic reply to all new leads, please set up", MessageKind.REQUEST),
        ("Subject: Abwesend am Montag", MessageKind.REQUEST),
        ("X-Apple-Action: VACATION", MessageKind.AUTO_REPLY),
        ("From: MAILER-DAEMON", MessageKind.AUTO_REPLY),
        ("Sender: owner-talk@lists.example\nPrecedence: bulk", MessageKind.LIST),
        ("From: no-reply@shop.example", MessageKind.AUTO_REPLY),
        ("List-Id: <talk.lists.example>", MessageKind.LIST),
        ("Precedence: list", MessageKind.LIST),
        (f"From: Agent <{OWN}>", MessageKind.OWN),
        ("From: agent+tag@inbox.example", MessageKind.OWN),
    ],
)
def test_headers_decide(header: str, kind: MessageKind) -> None:
    assert verdict(header).kind is kind


def test_our_own_id_is_known_under_any_sender_and_by_its_signature() -> None:
    message_id = make_message_id("mail-x", "1", secret=b"s", domain="inbox.example")
    for name in ("Message-ID", "X-Google-Original-Message-ID"):
        assert verdict(f"{name}: {message_id}").kind is MessageKind.OWN
        assert verdict(f"{name}: {message_id}", secret=b"s").kind is MessageKind.OWN
        assert verdict(f"{name}: {message_id}", secret=b"another").rule == "agent-message-id"


@pytest.mark.parametrize(
    "message_id", ["<1@a.example>", make_message_id("mail-x", "1", secret=b"?", domain="a.example")]
)
def test_mail_that_poses_as_ours_is_neither_ours_nor_a_persons(message_id: str) -> None:
    for sender in (OWN, "Agent+x@inbox.example", "assistant@inbox.example"):
        found = verdict(f"From: {sender}\nMessage-ID: {message_id}", secret=b"s", aliases=("assistant@inbox.example",))
        assert (found.kind, found.rule) == (MessageKind.FORGED, "own-address")


def test_allow_listed_notifications_pass_but_not_what_calls_itself_automatic() -> None:
    people = frozenset({"no-reply@shop.example", "ann@a.example"})
    assert verdict("From: no-reply@shop.example", people=people).kind is MessageKind.REQUEST
    assert verdict("List-Id: <team.a.example>", people=people).kind is MessageKind.REQUEST
    assert verdict("Auto-Submitted: auto-generated", people=people).kind is MessageKind.AUTO_REPLY


def test_neither_text_nor_attachment_is_empty() -> None:
    assert verdict("Subject: x", " \n\t\n").kind is MessageKind.EMPTY
    html = "Content-Type: text/html"
    assert (
        verdict(html, "<html><head><style>p{}</style></head><body><p>&nbsp;</p></body></html>").kind
        is MessageKind.EMPTY
    )
    assert verdict(html, "<p>hi</p>").kind is MessageKind.REQUEST
