"""Whose words a subject is."""

import pytest

from inbox_agent.mail.subject_labels import own_subject

WORDS = "send the report to sam@corp.example"


@pytest.mark.parametrize(
    "labels",
    [
        "Re: ",
        "RE : ",
        "Re[2]: ",
        "Re(3): ",
        "re^2: ",
        "Antwort: ",
        "Antw.: ",
        "AW: ",
        "SV: ",
        "Réf\N{NO-BREAK SPACE}: ",
        "Respuesta: ",
        "Odpowiedź: ",
        "Ответ: ",
        "回复：",
        "返信: ",
        "Fwd: ",
        "WG: ",
        "TR: ",
        "RV: ",
        "Doorst: ",
        "İLT: ",
        "转发：",
        "[EXTERNAL] Re: ",
        "[EXTERNAL] [Ticket#12] AW: ",
        "[EXT]AW:",
        "(External) Re: ",
        "EXTERNAL: Re: ",
        "***SPAM*** Re: ",
        "{Spam?} Antwort: ",
        "【外部】回复：",
        "<External> Fw: ",
        "[x] " * 20,
    ],
)
def test_the_subject_of_an_answer_is_nobodys_own_words(labels: str) -> None:
    assert own_subject(labels + WORDS) == ""


@pytest.mark.parametrize(
    ("subject", "own"),
    [
        (WORDS, WORDS),
        (f"[EXTERNAL] {WORDS}", WORDS),
        (f"EXTERN: {WORDS}", WORDS),
        ("Reminder: mail Sam at nine", "Reminder: mail Sam at nine"),
        ("Reply to Sam that I am late", "Reply to Sam that I am late"),
        ("Forward this to Sam: I am late", "Forward this to Sam: I am late"),
        ("Sam: I am late", "Sam: I am late"),
    ],
)
def test_a_subject_of_the_writers_own_is_kept_without_tags(subject: str, own: str) -> None:
    assert own_subject(subject) == own
