"""Footers by their words: a person's own words beside them stay."""

import pytest

from inbox_agent.mail.new_text.extract import split_new_text
from inbox_agent.mail.new_text.footers import footer_start
from inbox_agent.mail.new_text.line_roles import NOTE_BELOW_RULE, NOTE_FOOTER_KEPT

DISCLAIMER = (
    "This email is confidential and intended only for the addressee; if you received it in error delete it, its "
    "dissemination is strictly prohibited."
)


@pytest.mark.parametrize("between", [" ", "\n"])
def test_words_before_a_disclaimer_in_the_same_paragraph_stay(between: str) -> None:
    split = split_new_text(f"Cancel it.{between}{DISCLAIMER}")
    assert split.new_text == "Cancel it."
    assert split.signature == DISCLAIMER


def test_a_short_line_without_a_full_stop_ends_before_a_disclaimer() -> None:
    assert split_new_text(f"Cancel it\n{DISCLAIMER}").new_text == "Cancel it"


def test_a_wrapped_disclaimer_is_cut_where_its_sentence_begins() -> None:
    text = (
        "Please send it now. This message contains\nconfidential information for the intended recipient only. "
        + "x" * 60
    )
    assert split_new_text(text).new_text == "Please send it now."


@pytest.mark.parametrize(
    "words",
    [
        "Add at the end: please consider the environment before printing this mail.",
        "Tell HR to manage your subscription list better.",
        f"Write to Sam: {DISCLAIMER}",
        "Confidentiality notice: add one",
    ],
)
def test_an_instruction_with_a_footers_words_is_kept(words: str) -> None:
    assert split_new_text(words).new_text == words


def test_what_would_leave_nothing_is_kept_with_a_note() -> None:
    split = split_new_text("Please consider the environment before printing this.")
    assert (split.new_text, split.notes) == (
        "Please consider the environment before printing this.",
        (NOTE_FOOTER_KEPT,),
    )


@pytest.mark.parametrize(
    "footer",
    [
        "Please consider the environment before printing this e-mail.",
        "This email has been checked for viruses by Avast.\nwww.avast.com",
        "Virus-free. www.avast.com",
        "____________________\nTalk mailing list\nTalk@lists.example\nhttps://lists.example/mailman/listinfo/talk",
        f"Confidentiality notice: {DISCLAIMER}",
        f"Disclaimer\n{DISCLAIMER}",
    ],
)
def test_footers_of_their_own_paragraph_go_as_a_whole(footer: str) -> None:
    assert split_new_text(f"Cancel it.\n\n{footer}").new_text == "Cancel it."


def test_a_place_is_given_in_the_characters_of_the_line() -> None:
    assert footer_start(["Weiß İ. " + DISCLAIMER]) == (0, 8)


def test_a_sentence_below_a_row_of_dashes_is_noted() -> None:
    assert NOTE_BELOW_RULE in split_new_text("Write to Sam: Hi\n--\nSend it at 9").notes
    assert NOTE_BELOW_RULE not in split_new_text("Write to Sam: Hi\n--\nAnn Smith\nHead of Sales").notes
    assert NOTE_BELOW_RULE not in split_new_text("Write to Sam: Hi\n-- \nsent with love and care.").notes


@pytest.mark.parametrize(
    "words",
    [
        "Book and tell sam@corp.example:\nFrom: Madrid\nTo: Paris\nDate: 12/06/2026\n\nSend it tomorrow at 9.",
        "Bitte schick das:\n\nVon: Berlin\nDatum: 02.06.2026\nAn: Hamburg\n\nTicket buchen",
        "Forwarded message:\nplease write one to sam@corp.example",
        "Tell Sam\n\nOriginal message:\nHi Sam\nChange it to: Hello Sam",
    ],
)
def test_a_journey_or_a_lead_in_is_no_header_of_quoted_mail(words: str) -> None:
    assert split_new_text(words).new_text == words


@pytest.mark.parametrize(
    "header",
    [
        "From: Sam\nSent: 12/06/2026 10:15\nTo: Ann\nSubject: Trip",
        "From: Sam <sam@corp.example>\nDate: 12/06/2026\nTo: Ann",
        "_____\nFrom: Sam\nDate: 12/06/2026\nTo: Ann",
        "发件人: 山姆\n发送时间: 2026年6月12日 10时15分\n收件人: 安",
        "Forwarded message:\nFrom: Sam\nSubject: Trip",
    ],
)
def test_headers_of_quoted_mail_are_told_by_an_address_an_hour_or_a_rule(header: str) -> None:
    split = split_new_text(f"Cancel it.\n\n{header}\n\nHistory")
    assert split.new_text == "Cancel it."
