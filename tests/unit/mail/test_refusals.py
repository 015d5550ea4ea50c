import pytest

from inbox_agent.mail.refusals import explain_refusal


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("550 5.1.1 <x@y.example>: User unknown", "no mailbox"),
        ("552 5.2.2 Mailbox full", "is full"),
        ("550-5.7.26 This mail is unauthenticated", "proof of who sent"),
        ("550 5.7.999 policy", "by its rules"),
        ("450 4.2.0 greylisted", "cannot take the mail"),
        ("554 Message refused", "refuses the mail"),
        ("553", "does not accept the address"),
        ("550 5.9.9 odd", "knows no such mailbox"),
    ],
)
def test_known_codes_are_told_in_plain_words(words: str, expected: str) -> None:
    assert expected in explain_refusal(words)


@pytest.mark.parametrize("words", ["", "connection to 10.5.1.1 timed out", "the year 2550", "version 5.1.1.2"])
def test_other_numbers_are_no_codes(words: str) -> None:
    assert explain_refusal(words) == ""
