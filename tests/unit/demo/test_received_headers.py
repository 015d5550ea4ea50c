"""Trace headers, and the results that are taken away."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_agent.demo.received_headers import trace_headers, without_results
from inbox_agent.mail.mime.parse import parse_message

US = "mail.demo.test"
OTHERS = b"Received: from a\r\nReceived-SPF: pass\r\n\tx-authentication-results: none\r\nSubject: x\r\n"


def test_the_trace_tells_the_tagged_recipient_and_the_login() -> None:
    headers = trace_headers(
        peer="127.0.0.1",
        helo="client\r\nX: y",
        server=US,
        protocol="ESMTPA",
        queue_name="q1",
        recipient="agent+token@demo.test",
        now=datetime(2026, 1, 5, tzinfo=UTC),
        login="alex@demo.test",
    ).decode()
    assert headers.splitlines() == [
        "Delivered-To: agent+token@demo.test",
        "Received: from client??X:?y ([127.0.0.1])",
        "\tby mail.demo.test (embedded mail server) with ESMTPA id q1",
        "\tfor <agent+token@demo.test>; Mon, 05 Jan 2026 00:00:00 +0000",
        "Authentication-Results: mail.demo.test; auth=pass smtp.auth=alex@demo.test",
    ]


@pytest.mark.parametrize(
    "forged",
    [
        b"Authentication-Results: mail.demo.test; auth=pass\r\n",
        b"authentication-results : MAIL.demo.test;\r\n dkim=pass\r\n\theader.d=x.test\r\n",
        b"Authentication-Results: (a comment) mail.demo.test 1; auth=pass\r\n",
        b'Authentication-Results: "mail.demo.test"; auth=pass\r\n',
        b"Authentication-Results:\r\n mail.demo.test; auth=pass\r\n",
        b"Authentication-Results: (a;b) mail.demo.test; auth=pass\r\n",
        b"Authentication-Results: mail.demo.test(;); auth=pass\r\n",
        b'Authentication-Results: "mail.de\\mo.test"; auth=pass demo.test\r\n',
        b"Authentication-Results: =?utf-8?q?mail.demo.test;_auth=3Dpass?=\r\n",
        b"X: y\r\r\nAuthentication-Results: mail.demo.test; auth=pass\r\n",
        b"X: y\r\r junk\r\nAuthentication-Results: mail.demo.test; auth=pass\r\n",
        b"X: y\nAuthentication-Results: mail.demo.test; auth=pass\n",
        b"X: y\rAuthentication-Results: mail.demo.test; auth=pass\r",
        b"Authentication-Results: mail.demo.test (c); auth=pass\r\nAuthentication-Results: mail.demo.test; none\r\n",
    ],
)
def test_results_that_a_mail_brings_are_taken_away_in_every_spelling(forged: bytes) -> None:
    cleaned = without_results(OTHERS + forged + b"To: y\r\n\r\nbody")
    assert b"demo.test" not in cleaned.lower()
    assert OTHERS in cleaned
    assert cleaned.endswith(b"To: y\r\n\r\nbody")


def test_the_body_is_left_alone() -> None:
    message = OTHERS + b"\r\nAuthentication-Results: mail.demo.test; auth=pass\r\n"
    assert without_results(message) == message


@given(
    st.lists(
        st.sampled_from(
            [b"Authentication-Results", b":", b" ", b"\t", b"\r\n", b"\n", b"\r", US.encode(), b";", b"(", b")", b"x"]
        )
    )
)
def test_no_parser_of_ours_sees_a_result_that_a_mail_brought(pieces: list[bytes]) -> None:
    ours = b"Authentication-Results: mx.demo.test; none\r\n"
    cleaned = ours + without_results(b"From: a@b.test\r\n" + b"".join(pieces))
    assert [value for value in parse_message(cleaned).header_all("Authentication-Results") if value] == [
        "mx.demo.test; none"
    ]
