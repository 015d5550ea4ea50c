"""Whom the owner's words want in a mail, and whom they keep out."""

import time

import pytest

from inbox_agent.conversation.mentions import Stance
from inbox_agent.conversation.recipients import mentions_in

WANTED = [
    "send it to lee@x.example",
    "Write to lee@x.example that I am late",
    "Write to lee@x.example: I can't come, and never will.",
    "Tell lee@x.example I can't come",
    "Tell lee@x.example that he should not ask sam@x.example",
    "cc lee@x.example and send it now",
    "Write to sam@x.example that I'm late and cc lee@x.example",
    "Write to sam@x.example and lee@x.example that I'm late",
    "to sam@x.example, cc: lee@x.example",
    "lee@x.example",
    "To: sam@x.example; lee@x.example",
    "no, lee@x.example",
    "not sam@x.example but lee@x.example",
    "send it to lee@x.example instead of sam@x.example",
    "replace sam@x.example with lee@x.example",
    "take sam@x.example out and put lee@x.example in",
    "send it to lee@x.example, not to sam@x.example",
    "send it to lee@x.example and not to sam@x.example",
    "Never send to lee@x.example. Well, do send it to lee@x.example now.",
    "send it to lee@x.example without the photo",
    "drop lee@x.example a line that I'm late",
    "Sam's address is lee@x.example",
    "can you send it to lee@x.example?",
    "schick es an lee@x.example, nicht an sam@x.example",
    "Schreib an lee@x.example, dass ich nicht kommen kann",
    "发给lee@x.example吧",
    "don't forget to cc lee@x.example",
    "send it to “lee@x.example” please",
]
KEPT_OUT = [
    "great, send it now. But not to lee@x.example",
    "But not to lee@x.example!",
    "Never send anything to lee@x.example, they are crooks",
    "Take lee@x.example out and send it now",
    "leave lee@x.example out of it",
    "send it to everyone except lee@x.example",
    "send it without lee@x.example",
    "remove lee@x.example",
    "drop lee@x.example",
    "send it to sam@x.example instead of lee@x.example",
    "replace lee@x.example with sam@x.example",
    "send it to sam@x.example and not to lee@x.example",
    "Don't write to lee@x.example",
    "lee@x.example must not get it",
    "nicht an lee@x.example",
    "lee@x.example bitte nicht anschreiben",
    "alle außer lee@x.example",
    "no se lo mandes a lee@x.example",
    "pas à lee@x.example",
    "a tutti tranne lee@x.example",
    "lee@x.exampleには送らないで",
    "不要发给lee@x.example",
    "lee@x.example'e gönderme",
    "не отправляй lee@x.example",
    "Write to lee@x.example. No, don't write to lee@x.example.",
]
MENTIONED = [
    "Write to sam@x.example that he should contact lee@x.example",
    "Write to sam@x.example that he should contact kim@x.example and lee@x.example",
    "Write to sam@x.example that I'm late. He should contact lee@x.example.",
    "Tell sam@x.example to contact lee@x.example",
    "Tell him to contact lee@x.example",
    "Schreib an sam@x.example, er soll lee@x.example fragen",
    "Schreib an sam@x.example, dass er lee@x.example fragen soll",
    "Dile a sam@x.example que escriba a lee@x.example",
    "is lee@x.example in copy?",
    "who is lee@x.example?",
    "if he agrees, cc lee@x.example",
    'Add the sentence "please ask lee@x.example".',
    "Don't send it to lee@x.example before Friday",
]


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        *((text, Stance.WANTED) for text in WANTED),
        *((text, Stance.KEPT_OUT) for text in KEPT_OUT),
        *((text, Stance.MENTIONED) for text in MENTIONED),
    ],
)
def test_an_address_is_wanted_kept_out_or_only_mentioned(text: str, stance: Stance) -> None:
    assert mentions_in(text).addresses["lee@x.example"] == stance


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("cc Lee and send it now", Stance.WANTED),
        ("Tell Lee I can't come", Stance.WANTED),
        ("Write to Sam that Lee is ill", Stance.MENTIONED),
        ("send it now, but not to Lee", Stance.KEPT_OUT),
        ("everyone except Lee", Stance.KEPT_OUT),
        ("Lees Kopie bitte nicht", Stance.KEPT_OUT),
        ("send it now", None),
        ("cc lee@other.example", None),
    ],
)
def test_a_name_is_wanted_kept_out_or_only_mentioned(text: str, stance: Stance | None) -> None:
    assert mentions_in(text).of_names(["Lee"]) == stance


@pytest.mark.parametrize("address", ["no-reply@x.example", "nie@x.example", "don't@x.example", "ohne-chef@x.example"])
def test_an_address_that_looks_like_a_negation_is_none(address: str) -> None:
    assert mentions_in(f"send it to {address}").addresses[address] == Stance.WANTED


def test_many_addresses_are_read_in_bounded_time() -> None:
    begun = time.process_time()
    for text in (", not ".join(f"p{number}@x.example" for number in range(1500)), "not to lee, " * 2700):
        mentions = mentions_in(text[:32_768])
        assert mentions.addresses or mentions.of_names(["lee"])
    assert time.process_time() - begun < 6
