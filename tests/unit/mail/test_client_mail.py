"""Whole mails as clients send them, from bytes to the person's own words."""

from pathlib import Path

import pytest

from inbox_agent.mail.mime.parse import parse_message
from inbox_agent.mail.new_text.extract import split_new_text

MAIL = Path(__file__).parents[2] / "mail"

NEW_TEXT = {
    "reply_gmail_japanese_iso2022jp": "金曜日の朝に送ってください。",
    "reply_outlook_german_windows1252": "Bitte auf Freitag verschieben – und kürzer.\n\nGrüße\nAda",
    "reply_apple_mail_french": "Oui, envoie-le demain à 9 h.",
    "reply_thunderbird_interleaved_flowed": "> To whom shall it go?\nTo Sam Lee, and to nobody else, because the others will"
    " get it from him in the meeting.\n\n> When?\nFriday at nine.",
    "reply_outlook_web_portuguese_html_only": "Cancele o envio, por favor.",
    "forward_iphone_spanish_bare": "",
    "forward_gmail_html_with_words": "Answer him that I agree.",
    "reply_yahoo_italian": "Va bene, manda adesso.",
    "reply_with_hidden_instructions": "Looks good, send it.",
}
# Words of others, which have to be material.
MATERIAL = {
    "reply_gmail_japanese_iso2022jp": "下書きはこちらです。",
    "reply_outlook_german_windows1252": "Der Entwurf steht unten.",
    "forward_iphone_spanish_bare": "Manda el contrato",
    "forward_gmail_html_with_words": "Shall we meet on Friday?",
    "reply_yahoo_italian": "La bozza è sotto.",
}


@pytest.mark.parametrize("name", NEW_TEXT)
def test_own_words_of_a_whole_mail(name: str) -> None:
    message = parse_message((MAIL / f"{name}.eml").read_bytes())
    split = split_new_text(message.text, message.html)
    assert split.new_text == NEW_TEXT[name]
    assert MATERIAL.get(name, "") in split.quoted_text
    assert "eve@evil.example" not in split.new_text


def test_hidden_words_of_a_whole_mail_are_nowhere() -> None:
    message = parse_message((MAIL / "reply_with_hidden_instructions.eml").read_bytes())
    assert "Ignore what" not in str(split_new_text(message.text, message.html))
