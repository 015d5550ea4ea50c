"""What a message is, and the rule that decided it."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from inbox_agent.mail.kind.classify import classify
from inbox_agent.mail.mime.parse import parse_message
from inbox_agent.mail.outgoing.sent_mark import make_mark
from inbox_agent.mail.threads import make_message_id
from inbox_agent.models import Address, Classification, MessageKind

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
        ("Subject: Out of Office: Figures\nIn-Reply-To: <x@a.example>", MessageKind.AUTO_REPLY),
        ("Subject: Out of Office: tell Sam", MessageKind.REQUEST),
        ("X-Apple-Action: HIDEMYEMAIL", MessageKind.REQUEST),
        ("X-Autoreply: none", MessageKind.REQUEST),
        ("Auto-Submitted: (by hand) no", MessageKind.REQUEST),
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


def marked(sender: str = OWN, to: str = "sam@a.example", **changes: str) -> str:
    """The header of a mail of ours with its mark, or of one that somebody made of it."""
    mark = make_mark(OURS, sender=Address(OWN), visible=[Address("sam@a.example")], at=1_790_000_000, secret=b"s")
    fields = {"From": sender, "To": to, "Message-ID": OURS, "X-Inbox-Agent-Mark": str(mark)} | {
        name.replace("_", "-"): value for name, value in changes.items()
    }
    return "\n".join(f"{name}: {value}" for name, value in fields.items() if value)


OURS = make_message_id("mail-x", "1", secret=b"s", domain="inbox.example", owner="ann@a.example")


@pytest.mark.parametrize(
    "header",
    [
        marked(),
        marked(sender=f"Ann via Agent <{OWN}>"),
        marked(to='"Sam" <SAM@A.example>'),
        marked(Date="Thu, 1 Jan 1970 00:00:00 +0000", Subject="[EXT] Hello"),
        marked(Message_ID="<new-one@provider.example>", X_Microsoft_Original_Message_ID=OURS),
        marked(Message_ID="<kept-nowhere@ses.example>"),
    ],
    ids=["as sent", "display name", "spelling", "date and subject", "rewritten and kept", "rewritten and kept nowhere"],
)
def test_our_own_mail_is_known_by_its_mark_through_what_providers_change(header: str) -> None:
    assert verdict(header, secret=b"s").rule == "own-mark"
    assert verdict(header, secret=b"another").kind is MessageKind.FORGED


@pytest.mark.parametrize("name", ["Message-ID", "X-Microsoft-Original-Message-ID", "X-Google-Original-Message-ID"])
@pytest.mark.parametrize("sender", ["eve@a.example", OWN, f"Agent <{OWN}>"])
def test_an_id_that_we_signed_makes_nobodys_mail_ours(name: str, sender: str) -> None:
    found = verdict(f"From: {sender}\n{name}: {OURS}", secret=b"s")
    assert found.kind is MessageKind.FORGED
    assert verdict(f"From: {sender}\n{name}: {OURS}", secret=b"another").kind in (
        MessageKind.FORGED if "inbox.example" in sender else MessageKind.AUTO_REPLY,
    )


def test_our_own_id_under_our_own_proven_address_is_ours() -> None:
    header = f"From: {OWN}\nMessage-ID: {OURS}"
    assert verdict(header, secret=b"s", proven=True).kind is MessageKind.OWN
    assert verdict(f"From: eve@a.example\nMessage-ID: {OURS}", secret=b"s", proven=True).kind is MessageKind.FORGED
    assert verdict(f"From: {OWN}\nMessage-ID: <1@a.example>", secret=b"s", proven=True).kind is MessageKind.FORGED


@pytest.mark.parametrize(
    "header",
    [
        marked(sender="eve@a.example"),
        marked(to="eve@a.example"),
        marked(Cc="eve@a.example"),
        marked(To=""),
        marked(X_Inbox_Agent_Mark="t=1790000000; s=" + "a" * 32 + f"; id={OURS}"),
        marked(X_Inbox_Agent_Mark="nonsense"),
        marked().replace("t=1790000000", "t=1790000001"),
        marked().replace("id=<ia2.", "id=<ia2.x"),
        marked() + "\n" + marked().splitlines()[-1],
    ],
    ids=["From", "To", "Cc", "no To", "signature", "no mark", "time", "id", "twice"],
)
def test_a_mark_holds_for_the_mail_that_it_was_made_for(header: str) -> None:
    assert verdict(header, secret=b"s").kind is MessageKind.FORGED


MADE = datetime.fromtimestamp(1_790_000_000, UTC)
BY_US = "\nReceived: from a.example by mx.inbox.example; {}"


def came(after: timedelta, **changes: str) -> str:
    """The header of a mail with our mark that our server took in so long after the mark was made."""
    return marked(**changes) + "".join(BY_US.format(format_datetime(at)) for at in (MADE + after, MADE))


@pytest.mark.parametrize("after", [timedelta(hours=-1), timedelta(0), timedelta(hours=23)])
def test_a_copy_that_came_about_when_it_was_sent_is_ours_however_long_it_lay_there(after: timedelta) -> None:
    assert verdict(came(after), secret=b"s").rule == "own-mark"


@pytest.mark.parametrize("after", [timedelta(hours=25), timedelta(days=3000)])
@pytest.mark.parametrize("changes", [{}, {"Subject": "Contract"}, {"Message_ID": "<zzz@evil.example>"}])
def test_a_mark_over_a_mail_of_a_later_day_makes_it_nobodys(after: timedelta, changes: dict[str, str]) -> None:
    assert verdict(came(after, **changes), secret=b"s").kind is MessageKind.FORGED
    assert verdict(came(after, **changes), secret=b"s", proven=True).kind is MessageKind.OWN, (
        "a delayed copy that is proven to be ours"
    )
    dated = marked(Date=format_datetime(MADE + after), **changes)
    assert verdict(dated, secret=b"s").kind is MessageKind.FORGED, "it came by no server"


def test_a_mark_makes_nothing_ours_that_our_server_calls_forged() -> None:
    assert verdict(marked(), secret=b"s", disproven=True).kind is MessageKind.FORGED


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


COLLEAGUES = frozenset({"@a.example"})


@pytest.mark.parametrize(
    "header",
    [
        "List-Unsubscribe: <mailto:u@a.example>",
        "Precedence: bulk",
        "X-Auto-Response-Suppress: All",
        "Subject: Out of office: tell Sam",
        "Subject: Automatic reply: write one for me",
        'From: "Jo Doe, System Administrator" <jo@a.example>\nSubject: Mail status',
        "From: help-request@a.example\nSubject: Delivery failed",
        "Subject: Complaint about message from Sam",
    ],
)
def test_what_a_gateway_adds_or_a_name_says_makes_no_machine_of_a_colleague(header: str) -> None:
    words = "Please tell sam@corp.example that mail could not be delivered."
    assert verdict(header, words, people=COLLEAGUES).kind is MessageKind.REQUEST


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("List-Id: <team.a.example>", MessageKind.LIST),
        ("From: no-reply@a.example", MessageKind.AUTO_REPLY),
        ("From: bounces@a.example\nSubject: Undelivered Mail\nReturn-Path: <>", MessageKind.BOUNCE),
        ("Auto-Submitted: auto-generated", MessageKind.AUTO_REPLY),
        ("Subject: Automatic reply: Figures\nIn-Reply-To: <x@agent.example>", MessageKind.AUTO_REPLY),
        ("Subject: Automatic reply: Re: Figures", MessageKind.AUTO_REPLY),
    ],
)
def test_machines_of_an_allowed_domain_are_still_told(header: str, kind: MessageKind) -> None:
    words = "The mail could not be delivered to sam@corp.example: 550 5.1.1 user unknown"
    assert verdict(header, words, people=COLLEAGUES).kind is kind


def test_of_a_person_on_the_list_only_a_report_that_a_system_sent_is_a_bounce() -> None:
    people = frozenset({"postmaster@a.example"})
    report = (
        "From: postmaster@a.example\nSubject: Undelivered\n{auto}Content-Type: multipart/report; boundary=b\n\n"
        "--b\n\nnot delivered\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; a.example\n\n"
        "Final-Recipient: rfc822; sam@corp.example\nAction: failed\nStatus: 5.1.1\n\n--b--"
    )
    assert verdict(report.format(auto=""), people=people).kind is MessageKind.REQUEST
    assert verdict(report.format(auto="Auto-Submitted: auto-replied\n"), people=people).kind is MessageKind.BOUNCE
    assert verdict(report.format(auto="")).kind is MessageKind.BOUNCE


def test_a_json_report_with_words_below_it_is_a_question_about_it() -> None:
    report = '{"notificationType":"Bounce","bounce":{"bouncedRecipients":[{"emailAddress":"sam@corp.example"}]}}'
    assert verdict("Subject: x", report).kind is MessageKind.BOUNCE
    assert verdict("Subject: x", f"{report}\n\n--\nTo stop these, visit us").kind is MessageKind.BOUNCE
    assert verdict("Subject: x", f"{report}\n\nWhat does this mean?").kind is MessageKind.REQUEST
    assert verdict("Subject: x", report, people=COLLEAGUES).kind is MessageKind.REQUEST


@pytest.mark.parametrize(
    "subject",
    [
        "自动答复: 报告",
        "Автоматичен отговор: x",
        "Automatinis atsakymas: x",
        "رد تلقائي: x",
        "پاسخ خودکار: x",
        "स्वचालित उत्तर: x",
        "부재중 자동 응답: x",
        "EXTERNAL: Automatic reply: x",
        "**EXTERN** Automatische Antwort: x",
        "[Auto-Reply] x",
    ],
)
def test_automatic_replies_are_told_by_their_subject_in_any_language(subject: str) -> None:
    assert verdict(f"Subject: {subject}").kind is MessageKind.AUTO_REPLY


def test_neither_text_nor_attachment_is_empty() -> None:
    assert verdict("Subject: x", " \n\t\n").kind is MessageKind.EMPTY
    html = "Content-Type: text/html"
    assert (
        verdict(html, "<html><head><style>p{}</style></head><body><p>&nbsp;</p></body></html>").kind
        is MessageKind.EMPTY
    )
    assert verdict(html, "<p>hi</p>").kind is MessageKind.REQUEST
