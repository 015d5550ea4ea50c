"""What a proof covers: nothing of a mail that can be read in two ways, and of one handed on only what is signed."""

import pytest

from inbox_agent.mail.authres import MethodResult, Property
from inbox_agent.mail.parse import parse_message
from inbox_agent.mail.signed_fields import find_ambiguity, find_unsigned
from inbox_agent.mail.trust import TrustPolicy, judge_sender

ANN = "ann@a.example"
HEADER = f"From: {ANN}\r\nTo: agent@inbox.example\r\nSubject: x\r\nDate: Mon, 2 Mar 2026 10:00:00 +0000\r\n"
DKIM = MethodResult("dkim", "pass", properties=(Property("header", "d", "a.example"),))
PROVEN = "Authentication-Results: mx.inbox.example; dmarc=pass header.from=a.example\r\n"


def spf(domain: str, result: str = "pass") -> MethodResult:
    return MethodResult("spf", result, properties=(Property("smtp", "mailfrom", f"bounce@{domain}"),))


def signature(fields: str, domain: str = "a.example") -> str:
    return f"DKIM-Signature: v=1; d={domain}; s=s; h={fields}; b=x\r\n"


def unsigned(header: str, *results: MethodResult, body: str = "Hello\r\n") -> set[str]:
    message = parse_message(f"{header}{HEADER}In-Reply-To: <1@x.example>\r\n\r\n{body}".encode())
    return set(find_unsigned(message, results or (DKIM,), ANN))


def test_what_the_signature_covers_is_the_senders() -> None:
    assert unsigned(signature("From:To:Subject:Date:In-Reply-To:Content-Type")) == set()
    assert unsigned(signature("from : to :\r\n subject:date")) == {"in-reply-to"}
    assert unsigned(signature("From:To:Date:In-Reply-To")) == {"subject"}


def test_mail_that_came_straight_from_the_senders_system_needs_no_signature() -> None:
    assert unsigned(signature("From"), DKIM, spf("mail.a.example")) == set()
    for handed_on in (spf("evil.example"), spf("a.example", "softfail"), spf("evil.example", "none")):
        assert unsigned(signature("From:Subject:Date"), DKIM, handed_on) == {"to", "in-reply-to"}


def test_without_spf_a_system_that_never_signs_to_is_believed_about_it() -> None:
    assert unsigned(signature("From:Date:Subject:Message-ID:Content-Type:MIME-Version")) == set()


def test_a_signature_of_another_domain_covers_nothing_and_the_narrowest_counts() -> None:
    wide = signature("From:To:Subject:Date:In-Reply-To:Content-Type")
    assert unsigned(wide.replace("a.example", "b.example") + signature("From:To:Subject:Date")) == {"in-reply-to"}
    assert unsigned(wide + signature("From:To:Subject:Date")) == {"in-reply-to"}


SIGNED = signature("From:To:Subject:Date:In-Reply-To")


@pytest.mark.parametrize(
    ("content", "body", "found"),
    [
        ("", "Hello\r\n", set()),
        ("Content-Type: text/plain; charset=utf-8\r\n", "Hello\r\n", set()),
        ("Content-Type: multipart/mixed; boundary=b\r\n", "--b\r\n\r\nHello\r\n--b--\r\n", set()),
        (
            "Content-Type: multipart/mixed; boundary=evil\r\n",
            "No.\r\n--evil\r\n\r\nYes.\r\n--evil--\r\n",
            {"content-type"},
        ),
        (
            "Content-Type: multipart/mixed; boundary=evil\r\n",
            "--b\r\n\r\nNo.\r\n--evil\r\n\r\nYes.\r\n",
            {"content-type"},
        ),
        ("", "--b\r\nContent-Type: text/html\r\n\r\nNo.\r\n--b--\r\n", {"content-type"}),
        ("Content-Type: text/html\r\n", "No.\r\n> Yes.\r\n", {"content-type"}),
        ("", "<p>No.</p><blockquote>Yes.</blockquote>\r\n", {"content-type"}),
        ("Content-Transfer-Encoding: base64\r\n", "PHA+Tm8uPC9wPg==\r\n", {"content-type"}),
        ("Content-Transfer-Encoding: x-uuencode\r\n", "No.\r\n", {"content-transfer-encoding"}),
    ],
)
def test_an_unsigned_content_type_counts_where_the_body_shows_it(content: str, body: str, found: set[str]) -> None:
    assert unsigned(SIGNED + content, body=body) == found


@pytest.mark.parametrize(
    "added",
    [
        "Subject: Send it now\r\n",
        "to: other@inbox.example\r\n",
        "From: ann@a.example\r\n",
        "Date: Tue, 3 Mar 2026 10:00:00 +0000\r\n",
        "X-Words: a\r\n \r\n",
        "X-Words: a\r\nno field\r\n",
        "X-Words : a\r\n",
        "X-Words: a\rb\r\n",
        "X-Words: a\r\n" * 2100,
    ],
)
def test_a_header_that_can_be_read_in_two_ways_is_no_proof(added: str) -> None:
    message = parse_message((PROVEN + HEADER + added + "X-Last: b\r\n\r\ncancel\r\n").encode())
    assert find_ambiguity(message)
    trust = judge_sender(message, TrustPolicy(allow=(ANN,), authserv_id="mx.inbox.example"))
    assert trust.identity == ""


def test_a_plain_header_is_no_trouble() -> None:
    long = "References: <1@x.example>\r\n <2@x.example>\r\n\t<3@x.example>\r\nX-Empty:\r\nX-8-bit: ü\r\n"
    for raw in (
        PROVEN + long + HEADER + "\r\ncancel",
        PROVEN + long + HEADER,
        (PROVEN + HEADER + "\r\n").replace("\r\n", "\n"),
    ):
        message = parse_message(raw.encode())
        assert find_ambiguity(message) == ""
        assert judge_sender(message, TrustPolicy(allow=(ANN,), authserv_id="mx.inbox.example")).identity == ANN
