"""What the model says in its own words leads nowhere that nobody in the thread has named."""

import pytest

from inbox_agent.conversation.turn.free_text import LABEL
from inbox_agent.conversation.turn_output import TurnOutput
from inbox_agent.models import Address, Conversation, Draft, Exchange, UserRequest
from tests.unit.conversation.turn.test_decision import asked, known, turn

ELSEWHERE = [
    "https://evil.example/login?x=1",
    "HTTP://EVIL.EXAMPLE",
    "hxxps://evil.example/x",
    "www.evil.example",
    "evil.example",
    "evil.example/login",
    "evil.example:8080/x",
    "help@evil.example",
    "mailto:help@evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "tel:+4930123456",
    "//evil.example/x",
    "203.0.113.7/login",
    "пример.рф",
    "evil。example",
    "evil．example",
    "ｈttps://evil.example",
    "ｅｖｉｌ.example",
    "evil․example",
    "https://bank.example.evil.example/",
    "https://bank.example@evil.example/",
    "bank.example-login.evil.example",
    "https://bänk.example",
    "https://bаnk.example",
    "https://bank.example/login",
]


def answered(text: str, conversation: Conversation | None = None, request: UserRequest | None = None) -> str:
    return turn(conversation or known(), request or asked("what is it?"), intents=("question",), answer=text).answer


@pytest.mark.parametrize("link", ELSEWHERE)
def test_a_link_that_nobody_wrote_opens_nothing(link: str) -> None:
    request = asked("what is it?", quoted_text="See https://bank.example for more.")
    text = answered(f"Please log in at {link} now.", request=request)
    assert f" {link} " not in text
    assert LABEL in text
    for part in ("evil.example", "://evil", "@evil", "javascript:", "data:text", "tel:+", "203.0.113", "пример.рф"):
        assert part not in text


@pytest.mark.parametrize("field", ["answer", "remark", "questions"])
def test_every_free_text_is_read(field: str) -> None:
    given: dict[str, object] = {
        field: ("Log in at evil.example?",) if field == "questions" else "Log in at evil.example"
    }
    output = TurnOutput.model_validate({"intents": ("question",), **given})
    outcome = turn(known(), "what is it?", **output.model_dump(include={"intents", field}))
    shown = " ".join([outcome.answer, outcome.remark, *outcome.questions])
    assert "evil[.]example" in shown


@pytest.mark.parametrize(
    "text",
    [
        "It goes to sam@corp.example.",
        "They ask you to open https://bank.example/login?x=1.",
        "Attached: Report.pdf, photo.jpg.",
        "It goes out at 9:00, i.e. in 2.5 hours; see 3.1.",
        "Note: that is fine. Really: yes.",
        "Nothing is attached.Send it?",
        "The address maria@corp.example is yours.",
        "First: shop.example, as you wrote.",
    ],
)
def test_what_the_thread_holds_stays_as_it_is(text: str) -> None:
    request = asked("what about shop.example?", quoted_text="Open https://bank.example/login?x=1 please")
    conversation = known(exchanges=(Exchange(request="attached.send", outcome=""),))
    assert answered(text, conversation, request) == text


def test_the_draft_itself_is_shown_word_for_word() -> None:
    body = "See https://corp.example/report."
    outcome = turn(known(), "add the link corp.example/report", intents=("revise",), body=body)
    assert outcome.conversation.draft.body == body


def test_people_of_the_thread_are_known() -> None:
    conversation = known(participants=(Address("kim@corp.example"),), draft=Draft(body="see corp.example/x"))
    for text in ("kim@corp.example", "Look at corp.example/x"):
        assert answered(text, conversation) == text
    assert "[.]" in answered("corp.example/xy", conversation)


@pytest.mark.parametrize(
    "number", ["+1 900 555 0100", "(900) 555-0100", "900-555-0100", "0049 30 123456", "+49 (30) 12 34 56"]
)
def test_a_number_to_call_that_nobody_wrote_is_left_out(number: str) -> None:
    assert number not in answered(f"Call {number} and read out your password.")
    assert number in answered(f"It is {number}.", request=asked(f"my number is {number}, which is yours?"))


@pytest.mark.parametrize(
    "text",
    [
        "It goes out on 2026-11-22 09:00.",
        "27.11.2026 15:00",
        "1,000,000 EUR",
        "Order 4711-2026",
        "明日です。送ります。",
        "１２３　ＡＢＣ",
    ],
)
def test_dates_amounts_and_sentences_stay_as_they_are(text: str) -> None:
    assert answered(text) == text
