"""The name of the receiving server is found in mail that it took in, and nobody who sends a mail can plant another."""

import pytest

from inbox_agent.mail.sender.receiving_server import find_receiving_server

GMAIL = """Delivered-To: agent@gmail.com
Received: by 2002:a05:6a10:1234:b0:1 with SMTP id x1; Mon, 2 Nov 2026 10:00:02 -0800 (PST)
Return-Path: <ann@corp.example>
Received: from mail.corp.example (mail.corp.example. [198.51.100.7])
        by mx.google.com with ESMTPS id y2; Mon, 2 Nov 2026 10:00:01 -0800 (PST)
Authentication-Results: mx.google.com;
       dkim=pass header.i=@corp.example header.s=a header.b=abc;
       dmarc=pass (p=REJECT) header.from=corp.example
"""
OWN = """Received: from mail.corp.example (mail.corp.example [198.51.100.7])
\tby mx.own.example (Postfix) with ESMTPS id 1; Mon, 2 Nov 2026 10:00:01 +0000
Authentication-Results: {name}; dmarc=pass header.from=corp.example
"""
EXCHANGE = """Received: from AM1.eurprd.prod.outlook.com (2603::1) by AM2.eurprd.prod.outlook.com
 with HTTPS; Mon, 2 Nov 2026 10:00:03 +0000
Received: from mail.corp.example (198.51.100.7) by AM1.mail.protection.outlook.com
 with Microsoft SMTP Server; Mon, 2 Nov 2026 10:00:01 +0000
Authentication-Results: spf=pass (sender IP is 198.51.100.7) smtp.mailfrom=corp.example;
 dkim=pass header.d=corp.example;dmarc=pass action=none header.from=corp.example;
"""
NONE = """Received: from mail.corp.example (mail.corp.example [198.51.100.7])
\tby mx.own.example with ESMTPS id 1; Mon, 2 Nov 2026 10:00:01 +0000
"""
REST = "From: ann@corp.example\nMessage-ID: <1@corp.example>\nDate: Mon, 2 Nov 2026 10:00:00 +0000\n\n"


def mail(trace: str) -> bytes:
    return (trace + REST).replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    ("traces", "name", "seen"),
    [
        ([OWN.format(name="mx.own.example")], "mx.own.example", 1),
        ([OWN.format(name="own.example")] * 3, "own.example", 3),
        ([OWN.format(name="mx.own.example"), NONE], "mx.own.example", 1),
        ([OWN.format(name="mx1.own.example"), OWN.format(name="mx2.own.example")], "*.own.example", 2),
        ([GMAIL, GMAIL], "mx.google.com", 2),
        ([EXCHANGE], "outlook.com", 1),
        ([NONE], "", 0),
        ([], "", 0),
    ],
)
def test_the_name_on_most_mails_is_found(traces: list[str], name: str, seen: int) -> None:
    found = find_receiving_server(map(mail, traces))
    assert (found.authserv_id, found.seen, found.looked_at) == (name, seen, len(traces))


@pytest.mark.parametrize("planted", ["evil.example", "corp.example", "mx.evil.example"])
def test_a_name_that_a_sender_brought_along_is_never_proposed(planted: str) -> None:
    brought = f"Authentication-Results: {planted}; dmarc=pass header.from=corp.example\n"
    own_hop = f"Received: from x ([198.51.100.9]) by {planted} with SMTP; Mon, 2 Nov 2026 09:00:00 +0000\n"
    for trace in (brought, NONE + brought, NONE + own_hop + brought):
        assert find_receiving_server([mail(trace)]).authserv_id == ""


def test_what_is_no_mail_is_left_out() -> None:
    assert find_receiving_server([b"\x00\x01", mail(OWN.format(name="mx.own.example"))]).looked_at == 1
