"""What stops a planned mail and what does not: questions and changes of the text leave it, holds keep it with one question."""

from typing import Any

import pytest

from inbox_agent.conversation.turn.holding import STILL
from inbox_agent.conversation.turn_output import Asked, TurnOutput
from inbox_agent.models import Conversation, Outcome
from tests.evals.corpus import Said, busy, holds, is_asked, leaks, planned
from tests.honest_model import quoting
from tests.unit.conversation.turn.test_asked import say

ASKS = TurnOutput(intents=("question",), answer="Tomorrow at 9.")
CHANGES = TurnOutput(intents=("revise",), body="Hello Sam,\n\nLate.\n\nMaria")


def reads(act: Any, text: str) -> TurnOutput:
    """A reading that quotes all of the text for its act."""
    return quoting(TurnOutput(intents=(act,)), text)


def told(outcome: Outcome) -> str:
    return " ".join((*outcome.questions, *outcome.notices))


def still_asked() -> Conversation:
    return say(planned(), "please don't send it yet", ASKS).conversation


@pytest.mark.parametrize("said", busy(), ids=lambda said: said.text)
def test_an_honest_message_is_not_asked_about(said: Said) -> None:
    assert not is_asked(said)


@pytest.mark.parametrize("said", holds(), ids=lambda said: said.text)
def test_after_a_hold_nothing_goes_out(said: Said) -> None:
    assert not leaks(said)


@pytest.mark.parametrize(
    "text",
    [
        "why hasn't it gone out yet?",
        "tell me as soon as it has been sent",
        "once it is out, do I get a copy?",
        "does it wait for my answer?",
        "ok, I'll wait",
        "gib mir Bescheid, wenn es verschickt ist",
        "préviens-moi dès que c'est envoyé",
        "сообщи, когда отправишь",
        "送信できたら知らせて",
        "还没有发吗？",
    ],
)
def test_a_question_leaves_a_planned_mail(text: str) -> None:
    outcome = say(planned(), text, ASKS)
    assert (outcome.step, outcome.questions) == ("schedule", ())


@pytest.mark.parametrize(
    "text",
    [
        "Wait - write Hi, not Hello",
        "hold on, his name is Samuel",
        "don't send him my love, just my best",
        "the report was not sent, correct that",
        "Warte, das muss Dienstag heißen",
        "attends, mets mardi",
        "待って、名前はサムエルです",
    ],
)
def test_a_change_of_the_text_leaves_a_planned_mail(text: str) -> None:
    outcome = say(planned(), text, CHANGES)
    assert (outcome.step, outcome.questions) == ("schedule", ())


@pytest.mark.parametrize(
    "text", ["I have nothing to add", "nothing to change", "nichts zu ändern", "thank you!", "変更ありません"]
)
def test_an_agreement_leaves_a_planned_mail(text: str) -> None:
    outcome = say(planned(), text, reads("approve", text))
    assert (outcome.step, told(outcome).find("Did you want")) == ("schedule", -1)


@pytest.mark.parametrize(
    "text", ["erst wenn ich es sage", "pas avant vendredi", "non prima di venerdì", "не раньше пятницы"]
)
def test_a_bare_hold_keeps_a_mail_that_the_model_took_for_a_question(text: str) -> None:
    outcome = say(planned(), text, ASKS)
    assert (outcome.step, len(outcome.questions), outcome.hints) == ("wait", 1, ("yes", "not yet", "cancel"))
    assert outcome.questions[0].startswith(STILL)


@pytest.mark.parametrize("answer", ["no", "No!", "nein", "no, not really", "いいえ"])
def test_no_to_the_question_keeps_the_draft(answer: str) -> None:
    outcome = say(still_asked(), answer, reads("as_is", answer))
    assert (outcome.step, outcome.conversation.schedule, outcome.questions) == ("wait", None, ())


@pytest.mark.parametrize(
    "answer",
    [
        "ok thanks",
        "yes pls",
        "yes yes",
        "y",
        "correct",
        "ja graag",
        "oui merci",
        "sí, por favor",
        "да, спасибо",
        "はい、お願いします",
    ],
)
@pytest.mark.parametrize("read", ["approve", "send_now", "question"])
def test_each_kind_of_yes_lets_it_go(answer: str, read: str) -> None:
    outcome = say(still_asked(), answer, reads(read, answer))
    assert (outcome.step, outcome.questions) == ("schedule", ())
    assert outcome.conversation.schedule == planned().schedule


@pytest.mark.parametrize("answer", ["yes now", "do it already", "yes thanks", "of course", "ja, bitte senden"])
def test_yes_does_what_was_asked_first(answer: str) -> None:
    first = say(planned(), "make it nicer", TurnOutput(intents=("send_now",)))
    again = say(first.conversation, "hm, what do you mean", reads("approve", "hm, what do you mean"))
    outcome = say(again.conversation, answer, reads("approve", answer))
    assert (first.step, outcome.step) == ("schedule", "schedule")
    assert outcome.conversation.schedule != planned().schedule


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("send it once he agrees", reads("send_now", "send it once he agrees")),
        ("hm, let me see", TurnOutput(intents=("remember",))),
        ("don't send it", TurnOutput(intents=("question",), questions=("What do you mean?",))),
    ],
)
def test_there_is_never_a_second_question(text: str, output: TurnOutput) -> None:
    assert len(say(planned(), text, output).questions) == 1


def test_ok_after_waiting_for_it_offers_to_send() -> None:
    kept = say(planned(), "wait for my ok", TurnOutput(intents=("keep_draft",)))
    asked = say(kept.conversation, "ok", reads("approve", "ok"))
    assert asked.questions == ("Should I send it now? Reply “yes”, or say when.",)
    assert say(asked.conversation, "yes", reads("approve", "yes")).step == "schedule"


def test_words_about_another_mail_hold_nothing_here() -> None:
    output = TurnOutput(
        intents=("cancel_pending",),
        asked=(Asked(act="cancel_pending", words="cancel something"),),
        pending_numbers=(3,),
    )
    outcome = say(planned("pending"), "cancel something", output)
    assert (outcome.step, len(outcome.questions)) == ("schedule", 1)


@pytest.mark.parametrize(
    ("text", "number"),
    [("cancel the last one", 3), ("cancel number two", 2), ("storniere die zweite", 2), ("annule le deuxième", 2)],
)
def test_a_listed_mail_may_be_named_by_a_number_in_words(text: str, number: int) -> None:
    output = TurnOutput(
        intents=("cancel_pending",), asked=(Asked(act="cancel_pending", words=text),), pending_numbers=(number,)
    )
    assert say(planned("pending"), text, output).cancels == ({2: "lunch", 3: "invoice"}[number],)


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("snd it pls", "send it please"),
        ("I've read it, you can send it now", "I have read it, you can send it now"),
        ("今すぐ送って下さい", "今すぐ送ってください"),
        ("أرسلها الآن", "ارسلها الان"),
    ],
)
def test_a_quote_whose_spelling_the_model_corrected_counts(text: str, quote: str) -> None:
    outcome = say(planned("drafted"), text, reads("send_now", quote))
    assert (outcome.step, outcome.questions) == ("schedule", ())
