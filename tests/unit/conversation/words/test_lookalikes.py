"""Words that need a confirmation are found however they are written, and nothing else is."""

import time

import pytest

from inbox_agent.conversation.outbound import OutboundPolicy, words_to_confirm
from inbox_agent.conversation.words.lookalikes import stands_in
from inbox_agent.models import AttachmentRef, Draft

WAYS = {
    "plain": "The contract is signed.",
    "capitals": "THE CONTRACT",
    "zero-width space": "con\u200btract",
    "word joiner": "con\u2060tract",
    "soft hyphen": "con\u00adtract",
    "byte order mark": "con\ufefftract",
    "combining grapheme joiner": "con\u034ftract",
    "variation selector": "con\ufe0ftract",
    "tag characters": "con\U000e0061tract",
    "Hangul filler": "con\u3164tract",
    "combining below": "co\u0332ntract",
    "combining overlay": "c\u0336o\u0336n\u0336t\u0336r\u0336a\u0336c\u0336t\u0336",
    "enclosing circle": "c\u20ddontract",
    "composed accents": "c\u00f3ntr\u00e1ct",
    "Cyrillic letters": "с\u043entrасt",
    "Cyrillic small letters": "с\u043eптга\u0441т",
    "Greek letters": "c\u03bfntr\u03b1c\u03c4",
    "Armenian and Cherokee": "c\u0585ntra\u13dft",
    "full width": "ｃｏｎｔｒａｃｔ",
    "mathematical": "𝐜𝐨𝐧𝐭𝐫𝐚𝐜𝐭",
    "double-struck": "𝕔𝕠𝕟𝕥𝕣𝕒𝕔𝕥",
    "circled": "ⓒⓞⓝⓣⓡⓐⓒⓣ",
    "negative squared": "🅲🅾🅽🆃🆁🅰🅲🆃",
    "regional indicators": "🇨🇴🇳🇹🇷🇦🇨🇹",
    "small capitals": "ᴄᴏɴᴛʀᴀᴄᴛ",
    "strokes": "cøntraȼŧ",
    "a zero": "c0ntract",
    "hyphen": "con-tract",
    "no-break hyphen": "con\u2011tract",
    "dash": "con–tract",
    "at a line's end": "a con-\ntract",
    "spaces": "c o n t r a c t",
    "dots": "c.o.n.t.r.a.c.t",
    "underscores": "_contract_v2",
    "turned around": "see \u202etcartnoc\u202c",
    "in brackets": "[contract]",
    "between bars": "a|contract|b",
    "between box lines": "│contract│",
}


@pytest.mark.parametrize("text", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("place", ["subject", "body", "file"])
def test_a_word_is_found_however_it_is_written(text: str, place: str) -> None:
    file = AttachmentRef(message_id="<1@x>", part="2", name=f"{text}.pdf", content_type="application/pdf", size=1)
    drafts = {"subject": Draft(subject=text), "body": Draft(body=text), "file": Draft(attachments=(file,))}
    assert words_to_confirm(drafts[place], OutboundPolicy(confirm_words=("contract",))) == ("contract",)


@pytest.mark.parametrize(
    "text",
    [
        "the wire transfer",
        "the wire\ntransfer",
        "the wire-transfer",
        "the wiretransfer",
        "a wire\u00a0transfer",
        "a wire,\u2028transfer",
        "a vvire transfer",
        "a wіre trаnsfer",
        "wire / transfer",
    ],
)
def test_a_phrase_is_found_over_line_ends_and_hyphens(text: str) -> None:
    assert stands_in("wire transfer", text)
    assert stands_in("wire-transfer", text)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("contract", "The contractor is here."),
        ("contract", "a subcontract"),
        ("contract", "contact, contrast, con tractor"),
        ("wire transfer", "hardwire transferred"),
        ("nda", "on Sunday and again"),
        ("", "anything"),
        ("-", "a - b"),
    ],
)
def test_other_words_are_not(word: str, text: str) -> None:
    assert not stands_in(word, text)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("合同", "合\u200b同已签"),
        ("договор", "Наш договор подписан"),
        ("договор", "Наши договоры"),
        ("Überweisung", "eine U\u0308berweisung"),
        ("Überweisung", "die Uberweisungen"),
        ("payment", "payrnent"),
        ("invoice", "lnvoice"),
        ("legal", "|egal"),
        ("अनुबंध", "यह अनुबंध है"),
        ("עסקה", "זו עסקה"),
    ],
)
def test_words_of_every_script_are_found(word: str, text: str) -> None:
    assert stands_in(word, text)


def test_marks_that_make_another_word_are_told_apart() -> None:
    assert not stands_in("काम", "कम")


def test_a_long_text_is_read_in_time_in_proportion_to_its_length() -> None:
    begun = time.process_time()
    assert not stands_in("contract", "c\u0336o\u200bntrac " * 4_000)
    assert not stands_in("aaab", "a" * 32_000)
    assert time.process_time() - begun < 2
