import pytest

from inbox_agent.conversation.refusals import (
    CAME_BACK,
    MAIL_SERVER_AWAY,
    MODEL_AWAY,
    Problem,
    explain_refusal,
    read_problem,
    tell_problem,
)


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


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (f"{MAIL_SERVER_AWAY}: [Errno 111] Connection refused", Problem("The mail server could not be reached.")),
        (f"{MODEL_AWAY}: Error code: 503 - {{'error': 1}}", Problem("The language model cannot be reached.")),
        ("421 4.3.2 busy", Problem("The recipient's mail system cannot take the mail.", "421 4.3.2 busy")),
        ("555 syntax", Problem("", "555 syntax")),
        (
            "a@x.example: 550 5.1.1 unknown; b@x.example: 551 moved",
            Problem(
                "There is no mailbox with this address. It may be misspelt, or the person may have left.",
                "a@x.example: 550 5.1.1 unknown; b@x.example: 551 moved",
            ),
        ),
        ("the server refused the message: 555 no", Problem("", "the server refused the message: 555 no")),
        (f"{CAME_BACK}: user over quota", Problem("", "user over quota")),
        (f"{CAME_BACK}: 5.2.2", Problem("The recipient's mailbox is full.", "5.2.2")),
        (f"{CAME_BACK}: ", Problem("")),
        ("I am not allowed to write to a@x.example.", Problem("I am not allowed to write to a@x.example.")),
        ("", Problem("")),
    ],
)
def test_of_a_problem_only_plain_words_and_a_servers_own_are_shown(stored: str, expected: Problem) -> None:
    assert read_problem(stored) == expected


def test_within_a_text_the_servers_words_are_quoted_below_ours() -> None:
    assert tell_problem("421 busy") == "The server is busy or going down.\nThe mail server's words:\n> 421 busy"
    assert tell_problem(f"{MAIL_SERVER_AWAY}: [Errno 111]") == "The mail server could not be reached."
