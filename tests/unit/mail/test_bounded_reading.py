"""Mails that are made to take long: each is read within the processor time that one mail may cost."""

import time

import pytest

from inbox_agent.mail.kind.bounce_report import Report, words_about
from tests.fuzz_mail.__main__ import SECONDS, read_one

PERSON = "From: Ada <ada@lace.example>\nTo: agent@corp.example\nSubject: Re: Report\nMessage-ID: <1@lace.example>\n"
SYSTEM = "From: MAILER-DAEMON@mx.example\nTo: agent@corp.example\nSubject: Undelivered\nMessage-ID: <1@mx.example>\n"
HTML = PERSON + "Content-Type: text/html\n\n"
EVERYONE = "To: " + ", ".join(f"person{number}@b.example" for number in range(3000))


def report(status: str, original: str = "", words: str = "It failed.") -> str:
    """A delivery status notification (RFC 3464)."""
    return (
        f"{SYSTEM}Content-Type: multipart/report; boundary=b\n\n--b\n\n{words}\n"
        f"--b\nContent-Type: message/delivery-status\n\n{status}\n"
        f"--b\nContent-Type: message/rfc822\n\n{original}\n\nHello\n--b--\n"
    )


MAILS = {
    "recipient field without an address": report("Final-Recipient: rfc822; " + "a" * 600_000),
    "field folded over very many lines": report("Final-Recipient: rfc822;a@b.example\nStatus: 5\n" + " a\n" * 300_000),
    "very many recipients of a mail to many": report(
        "Final-Recipient: rfc822;a@b.example\nOriginal-Recipient: rfc822;c@b.example\nAction: failed\n\n" * 10_000, EVERYONE
    ),
    "very many recipients without an action in long words": report(
        "Final-Recipient: rfc822;a@b.example\nStatus: 4.0.0\n\n" * 500, words="Deferred temporarily at mx.example\n" * 10_000
    ),
    "very long words of a server": report("Final-Recipient: rfc822;a@b.example\nDiagnostic-Code: " + "user" * 120_000),
    "address far behind its label": f"{SYSTEM}\nfailed\n" + ("to" + " " * 1900 + "x a@b.example\n") * 30,
    "lines full of words and addresses": f"{SYSTEM}\nfailed\n" + (("user " * 15 + "a@b.example ") * 24 + "\n") * 30,
    "lines that nearly introduce a quote": f"{PERSON}\n" + ("2024-01-01, 10:00 " + "a@" * 230 + "( ::\n") * 2400,
    "ids that are none": f"{PERSON}References: " + "a" * 64_000 + "\nIn-Reply-To: " + "a@" * 32_000 + "\n\nHello",
    "subject of spaces": PERSON.replace("Re: Report", "re" + " " * 60_000) + "\nHello",
    "long names in styles": HTML + ('<div style="' + "a-" * 900 + '">x</div>') * 500,
    "one line of spaces": f"{PERSON}\n" + " " * 900_000 + "Hello",
}  # fmt: skip


@pytest.mark.parametrize("mail", MAILS.values(), ids=MAILS.keys())
def test_mail_is_read_in_time(mail: str) -> None:
    started = time.process_time()
    kind = read_one(mail.encode())
    assert time.process_time() - started < SECONDS
    assert kind == ("bounce" if mail.startswith(SYSTEM) else "request")


def test_words_about_a_recipient_are_found_in_lines_without_end() -> None:
    started = time.process_time()
    found = words_about(Report("to" + " " * 30_000 + "x a@b.example\n" * 2, ""), "c@b.example")
    assert found.startswith("to")
    assert time.process_time() - started < SECONDS
