"""What a proof covers: nothing of a mail that can be read in two ways, and of one handed on only what is signed."""

import pytest

from inbox_agent.mail.mime.parse import parse_message
from inbox_agent.mail.sender.authres import MethodResult, Property
from inbox_agent.mail.sender.dkim_fields import covered_fields
from inbox_agent.mail.sender.signed_fields import ENVELOPE, find_ambiguity, find_unsigned
from inbox_agent.mail.sender.trust import TrustPolicy, judge_sender

ANN = "ann@a.example"
HEADER = f"From: {ANN}\r\nTo: agent@inbox.example\r\nSubject: x\r\nDate: Mon, 2 Mar 2026 10:00:00 +0000\r\n"
THREAD = "Message-ID: <2@a.example>\r\nIn-Reply-To: <1@x.example>\r\nReferences: <1@x.example>\r\n"
DKIM = MethodResult("dkim", "pass", properties=(Property("header", "d", "a.example"),))
PROVEN = "Authentication-Results: mx.inbox.example; dmarc=pass header.from=a.example\r\n"


def spf(domain: str, result: str = "pass") -> MethodResult:
    return MethodResult("spf", result, properties=(Property("smtp", "mailfrom", f"bounce@{domain}"),))


def signature(fields: str, domain: str = "a.example", selector: str = "s", value: str = "AAAA", more: str = "") -> str:
    return f"DKIM-Signature: v=1; a=rsa-sha256; d={domain}; s={selector}; h={fields}; bh=AAAA; b={value}{more}\r\n"


def unsigned(header: str, *results: MethodResult, body: str = "Hello\r\n") -> set[str]:
    message = parse_message(f"{header}{HEADER}{THREAD}\r\n{body}".encode())
    return set(find_unsigned(message, results or (DKIM,), ANN))


def test_what_the_signature_covers_is_the_senders() -> None:
    assert unsigned(signature("From:To:Subject:Date:Message-ID:In-Reply-To:References:Content-Type")) == set()
    assert unsigned(signature("from : to :\r\n subject:date:message-id")) == {"in-reply-to", "references"}
    assert unsigned(signature("From:To:Date:Message-ID:In-Reply-To:References")) == {"subject"}


def test_mail_that_came_straight_from_the_senders_system_needs_no_signature() -> None:
    assert unsigned(signature("From"), DKIM, spf("mail.a.example")) == set()
    for handed_on in (spf("evil.example"), spf("a.example", "softfail"), spf("evil.example", "none")):
        assert unsigned(signature("From:Subject:Date:Message-ID"), DKIM, handed_on) == {
            "to",
            "in-reply-to",
            "references",
            ENVELOPE,
        }


def test_without_spf_a_system_that_never_signs_to_is_believed_about_it() -> None:
    assert unsigned(signature("From:Date:Subject:Message-ID:Content-Type:MIME-Version")) == set()


WIDE = "From:To:Subject:Date:Message-ID:In-Reply-To:References:Content-Type"
NARROW = "From:To:Subject:Date:Message-ID"
EVERYTHING = {"to", "subject", "date", "message-id", "in-reply-to", "references"}
THEIRS = {"in-reply-to", "references"}


def dkim(**stated: str) -> MethodResult:
    return MethodResult("dkim", "pass", properties=tuple(Property("header", *one) for one in stated.items()))


def test_the_signature_that_passed_says_what_is_covered() -> None:
    two = signature(WIDE, selector="w", value="WWWW1234") + signature(NARROW, selector="n", value="NNNN1234")
    assert unsigned(two, dkim(d="a.example", s="n")) == THEIRS
    assert unsigned(two, dkim(i="@a.example", b="NNNN")) == THEIRS
    assert unsigned(two, dkim(d="a.example", s="W", b="WWWW")) == set()
    assert unsigned(two, dkim(d="a.example", s="n"), dkim(d="a.example", s="w")) == set(), "both passed"
    assert unsigned(two, dkim(d="a.example")) == EVERYTHING, "nobody knows which"
    assert unsigned(two, dkim(d="a.example", s="n", b="WWWW")) == EVERYTHING, "none fits"
    assert unsigned(signature(WIDE, "b.example") + signature(NARROW), dkim(d="a.example")) == THEIRS


@pytest.mark.parametrize(
    "beside",
    [
        signature("From:Subject"),
        signature(WIDE, more="; d=b.example"),
        signature(WIDE, more="; D=b.example"),
        signature(WIDE, more="; \u00a0d=b.example"),
        signature(WIDE, more="; x\u200by=1"),
        signature(WIDE, value="A" * 70_000),
        signature(WIDE).replace("; d=", f";{' ' * 70_000}d="),
        signature(WIDE).replace("DKIM-Signature:", "DKIM-Signature :"),
        "DKIM-Signature: =?utf-8?q?v=3D1?=\r\n",
        "DKIM-Signature:\r\n",
    ],
    ids=["another", "twice", "capital", "no-break space", "zero width", "long", "padded", "blank", "encoded", "empty"],
)
@pytest.mark.parametrize("result", [dkim(d="a.example"), MethodResult("dmarc", "pass")])
def test_a_signature_field_beside_it_that_may_be_meant_leaves_nothing_covered(
    beside: str, result: MethodResult
) -> None:
    for header in (beside + signature(WIDE), signature(WIDE) + beside):
        assert unsigned(header, result) >= EVERYTHING
    assert unsigned(signature(WIDE), result) == set()


@pytest.mark.parametrize(
    "flawed",
    [
        signature(WIDE.removeprefix("From:")),
        signature(WIDE, more="; l=10"),
        signature(WIDE).replace("rsa-sha256", "rsa-sha1"),
    ],
    ids=["From", "length", "SHA-1"],
)
def test_a_signature_that_proves_nothing_covers_nothing(flawed: str) -> None:
    assert unsigned(flawed, dkim(d="a.example")) == EVERYTHING


def test_a_pass_without_its_signature_covers_nothing() -> None:
    assert unsigned("", dkim(d="a.example")) == EVERYTHING
    assert unsigned("", MethodResult("dmarc", "pass")) == set(), "SPF alone can have passed"


def test_a_field_that_is_there_more_often_than_it_was_signed_is_not_covered() -> None:
    message = parse_message(f"{signature('From:To:X-Note')}X-Note: a\r\nX-Note: b\r\n{HEADER}\r\n".encode())
    assert covered_fields(("from", "x-note"), (name for name, _ in message.headers)) == {"from"}
    assert covered_fields(("from", "x-note", "x-note"), (name for name, _ in message.headers)) == {"from", "x-note"}


SIGNED = signature(WIDE.removesuffix(":Content-Type"))


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
        "X-Words: a\x0bb\r\n",
        "X-Words: a\x1cb\r\n",
        f"X-Words:{' ' * 70_000}a\r\n",
        "X-Words: a\r\n" + " a\r\n" * 20_000,
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
