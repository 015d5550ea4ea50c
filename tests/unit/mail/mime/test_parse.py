"""Bytes to Message: what real clients send wrong, and what that is read as."""

import base64
import struct
import time
from collections.abc import Callable
from email import policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_agent.errors import MalformedMessageError
from inbox_agent.mail.kind.classify import classify
from inbox_agent.mail.mime.parse import parse_message
from inbox_agent.mail.mime.tnef import read_tnef
from inbox_agent.models import Address
from tests.unit.mail.fixtures import FOLDER, raw_mail


def crlf(text: str, encoding: str = "utf-8") -> bytes:
    return text.replace("\n", "\r\n").encode(encoding)


@pytest.mark.parametrize("raw", [b"", b"\n\n\n", b"hello", b"\x00\xff" * 500, b"http://x: y\n\nz", b"just\ntext\n"])
def test_what_is_no_mail_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedMessageError):
        parse_message(raw)


def test_a_mail_without_id_gets_a_stable_derived_one() -> None:
    raw = crlf("From: a@x.example\nDate: Mon, 2 Mar 2026 10:00:00 +0100\n\nhi\n")
    first = parse_message(raw)
    assert first.message_id_derived
    assert first.message_id.startswith("<derived.")
    assert parse_message(crlf("Received: from elsewhere\n") + raw).message_id == first.message_id
    assert parse_message(raw.replace(b"hi", b"ho")).message_id != first.message_id


def test_equal_mails_without_id_and_date_are_told_apart_by_their_trace() -> None:
    raw = crlf("From: a@x.example\n\nsend it now\n")
    one = parse_message(crlf("Received: by mx; Mon, 2 Mar 2026 10:00:00 +0100\n") + raw)
    two = parse_message(crlf("Received: by mx; Mon, 2 Mar 2026 10:05:00 +0100\n") + raw)
    assert one.message_id != two.message_id


def test_nested_mime_deeper_than_the_bound_ends() -> None:
    pieces = ["From: a@x.example"]
    for level in range(3000):
        pieces.append(f'Content-Type: multipart/mixed; boundary="b{level}"\n\n--b{level}')
    message = parse_message(crlf("\n".join(pieces)))
    assert any("deeper" in defect for defect in message.defects)


def test_an_embedded_message_is_deeper_and_an_attachment() -> None:
    raw = crlf(
        "From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nLook at this.\n--b\n"
        "Content-Type: message/rfc822\n\nSubject: Inner =?utf-8?q?mail_=C3=A9?=\nFrom: c@y.example\n\ninner text\n--b--\n"
    )
    message = parse_message(raw)
    assert message.text == "Look at this."
    assert [(part.part, part.content_type, part.depth) for part in message.parts] == [
        ("1", "text/plain", 0),
        ("2", "message/rfc822", 0),
        ("2.1", "text/plain", 1),
    ]
    assert message.parts[2].text == "inner text"
    assert [file.name for file in message.attachments] == ["Inner mail é.eml"]


@given(st.binary(max_size=400))
def test_any_body_and_any_header_bytes_are_read(noise: bytes) -> None:
    parse_message(b"From: a@x.example\r\nSubject: " + noise + b"\r\n\r\n" + noise)


def text_of(name: str) -> str:
    return parse_message(raw_mail(name)).text.strip()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("charset_unknown", "Zoë writes"),
        ("charset_latin1_declared_utf8_sent", "Zoë writes to Łódź"),
        ("charset_utf8_declared_latin1_sent", "Zoë writes at noon"),
        ("charset_missing_shift_jis", "会議は明日の午後です。よろしくお願いします。"),
        ("base64_with_a_list_footer", "Write to Sam."),
        ("pgp_clear_signed", "Write to Sam.\n--\nAnn"),
        ("uuencoded_file_in_text", "Here is the file. We begin tomorrow.\nBye"),
        ("smime_clear_signed", "Write to Sam."),
        ("calendar_invitation", "Lunch on Friday?"),
        ("flowed", "A line that goes on and on.\n> quoted and going on\nFrom here\n-- \nAnn"),
        ("multipart_not_closed_and_no_boundary_declared", "plain words"),
    ],
)
def test_the_text_is_read_in_spite_of_the_defect(name: str, text: str) -> None:
    assert text_of(name) == text


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("charset_unknown", "charset"),
        ("pgp_clear_signed", "not checked"),
        ("smime_clear_signed", "not checked"),
        ("uuencoded_file_in_text", "notes.txt"),
        ("calendar_invitation", "invitation"),
        ("multipart_not_closed_and_no_boundary_declared", "boundary"),
    ],
)
def test_what_was_wrong_is_said(name: str, word: str) -> None:
    assert any(word in defect for defect in parse_message(raw_mail(name)).defects)


def test_8_bit_headers_are_read() -> None:
    message = parse_message(raw_mail("headers_8bit"))
    assert message.subject == "café at noon"
    assert message.from_[0].display_name == "Zoë"


def test_encoded_words_that_split_a_character_are_joined() -> None:
    assert parse_message(raw_mail("subject_split_within_a_character")).subject == "こんにちは"


def test_an_attachment_name_in_pieces_is_joined() -> None:
    (file,) = parse_message(raw_mail("attachment_name_rfc2231")).attachments
    assert (file.name, file.part, file.size) == ("résumé.pdf", "2", 5)


def test_an_image_shown_in_the_html_is_no_attachment() -> None:
    message = parse_message(raw_mail("html_only_with_inline_image"))
    assert (message.text, message.attachments) == ("", ())
    assert "Hello" in message.html


def test_a_plain_footer_beside_html_does_not_pass_for_the_text() -> None:
    message = parse_message(raw_mail("html_then_plain_footer"))
    assert message.text == ""
    assert "Write to Sam" in message.html
    assert "footer" in message.html


def test_repeated_headers_junk_and_unusable_ids() -> None:
    message = parse_message(raw_mail("headers_repeated_and_junk_between"))
    assert message.header_all("Received") == ("one", "two")
    assert message.header("subject").startswith("first")
    assert message.message_id_derived
    assert message.date is None
    assert message.text.strip() == "hi"


def test_winmail_dat_gives_its_text_and_file_names() -> None:
    def attribute(level: int, number: int, value: bytes) -> bytes:
        return struct.pack("<BII", level, number, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)

    tnef = struct.pack("<IH", 0x223E9F78, 1)
    tnef += attribute(1, 0x0002800C, b"Write to Sam.\r\n\x00") + attribute(2, 0x00018010, b"plan.pdf\x00")
    head = "From: a@x.example\nContent-Type: application/ms-tnef\nContent-Transfer-Encoding: base64\n\n"
    message = parse_message(crlf(head) + base64.b64encode(tnef))
    assert message.text == "Write to Sam."
    assert any("plan.pdf" in defect for defect in message.defects)


@given(st.binary(max_size=200))
def test_any_winmail_dat_is_read(noise: bytes) -> None:
    read_tnef(struct.pack("<IH", 0x223E9F78, 1) + noise)


@given(st.sampled_from([path.stem for path in FOLDER.glob("*.eml")]), st.data())
def test_mutated_mails_are_read_or_refused_and_no_value_holds_a_line_break(name: str, data: st.DataObject) -> None:
    raw = bytearray(raw_mail(name))
    for _ in range(data.draw(st.integers(1, 8))):
        position = data.draw(st.integers(0, len(raw) - 1))
        raw[position : position + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    try:
        message = parse_message(bytes(raw))
    except MalformedMessageError:
        return
    classify(message, "agent@inbox.example")
    values = [message.subject, message.message_id, *(value for _, value in message.headers)]
    values += [str(one) for one in (*message.from_, *message.to, *message.cc, *message.reply_to)]
    values += [file.name for file in message.attachments]
    assert not any(char in value for value in values for char in "\r\n\0\u2028\u2029\x85")


@given(st.text(max_size=60))
def test_no_encoded_word_can_start_a_header(text: str) -> None:
    word = base64.b64encode(text.encode("utf-8", errors="replace")).decode()
    message = parse_message(f"From: =?utf-8?b?{word}?= <a@x.example>\r\nSubject: =?utf-8?b?{word}?=\r\n\r\nhi".encode())
    assert len(f"{message.subject}|{message.from_[0]}|{message.header('From')}".splitlines()) == 1
    assert message.from_[0].address == "a@x.example"


def test_no_half_of_a_character_comes_out_of_utf_7() -> None:
    message = parse_message(b"From: a@x.example\r\nContent-Type: text/plain; charset=utf-7\r\n\r\n+2AA-x\r\n")
    assert message.text.encode().decode() == message.text


LONG_ID = f"<{'x' * 40}.{'y' * 40}@corp.example>"


def ids_as_encoded_words() -> bytes:
    """As Python's email package wrote long words of any header until 3.13.17, and so do programs built on it."""
    pieces = [f"=?utf-8?q?=3C{'x' * 40}=2E?=", f"=?utf-8?q?{'y' * 40}=40corp=2Eexample=3E?="]
    return crlf(
        "From: ann@corp.example\n"
        f"In-Reply-To: {pieces[0]}\n {pieces[1]}\n"
        f"References: <root@corp.example>\n {pieces[0]}\n {pieces[1]}\n\nHello\n"
    )


def ids_as_this_python_folds_them() -> bytes:
    message = EmailMessage()
    message["From"] = "ann@corp.example"
    message["In-Reply-To"] = LONG_ID
    message["References"] = f"<root@corp.example> {LONG_ID}"
    message.set_content("Hello")
    return message.as_bytes(policy=policy.SMTP)


@pytest.mark.parametrize("written", [ids_as_encoded_words, ids_as_this_python_folds_them])
def test_long_ids_are_read_however_they_are_folded(written: Callable[[], bytes]) -> None:
    read = parse_message(written())
    assert read.in_reply_to == (LONG_ID,)
    assert read.references == ("<root@corp.example>", LONG_ID)


def test_enriched_text_loses_its_commands_only() -> None:
    body = "<bold>Now</bold> <color><param>red</param>a << b</color> <<tag>"
    message = parse_message(crlf(f"From: a@x.example\nContent-Type: text/enriched\n\n{body}\n"))
    assert message.text.strip() == "Now a < b <tag>"


def test_line_ends_of_every_kind_are_read_in_linear_time() -> None:
    head = b"From: a@x.example\r\n\r\n"
    assert parse_message(head + b"one\r\r\ntwo\r\nthree\rfour\n").text == "one\ntwo\nthree\nfour\n"
    started = time.process_time()
    parse_message(head + b"\r" * 300_000 + b"x")
    assert time.process_time() - started < 1


def told(content_type: str, body: bytes) -> tuple[str, ...]:
    return parse_message(b"From: a@b.example\r\nContent-Type: " + content_type.encode() + b"\r\n\r\n" + body).told


def test_what_changes_the_words_is_told_to_their_sender() -> None:
    assert "which letters" in told("text/plain; charset=x-unknown", "Привет, Сэм".encode("cp1251"))[0]
    assert told("text/plain; charset=windows-1251", "Привет, Сэм".encode("cp1251")) == ()
    assert told("text/plain; charset=iso-8859-1", "Grüße".encode()) == ()
    assert "encrypted" in told("application/pkcs7-mime; name=smime.p7m", b"MIAGCSqGSIb3DQEHA6CA")[0]
    assert "encrypted" in told("text/plain", b"-----BEGIN PGP MESSAGE-----\r\n\r\nabcd\r\n-----END PGP MESSAGE-----")[0]
    assert "beginning" in told("text/plain", b"word " * 300_000)[0]
    assert "winmail.dat" in told("application/ms-tnef; name=winmail.dat", b"no such thing")[0]


def test_of_a_file_nothing_is_told() -> None:
    assert told("text/plain; charset=x-unknown; name=a.txt", "Привет, Сэм".encode("cp1251")) == ()


def test_a_page_may_say_itself_what_it_is_written_in() -> None:
    page = '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r"><p>да'
    raw = b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n" + page.encode("koi8-r")
    assert parse_message(raw).html.endswith("да")


def test_names_and_subject_lose_what_nobody_sees_and_addresses_stay_as_they_are() -> None:
    header = "From: =?utf-8?q?Sam=E2=80=AE_evil=F3=A0=81=81?= <sa\u200bm@a.example>\nSubject: Vi\u202esit\n"
    message = parse_message(f'{header}Cc: "Le\u2066e" <lee@a.example>\n\nHello\n'.encode())
    assert message.from_ == (Address("sa\u200bm@a.example", "Sam evil"),)
    assert message.cc == (Address("lee@a.example", "Lee"),)
    assert message.subject == "Visit"


SIGNATURE = "-----BEGIN PGP SIGNATURE-----\n\niQEzBAEBCAAdFiEEabcdefghijklmnopqrstuvwxyz\n=abcd\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"Hash: SHA256\n\nCancel it.\n{SIGNATURE}\nSend it now.", "Cancel it.\n\nSend it now."),
        (f"Hash: SHA256\nCancel it.\n{SIGNATURE}-----END PGP SIGNATURE-----", "Cancel it."),
        (f"\nNote: cancel it.\n{SIGNATURE}-----END PGP SIGNATURE-----\nBye", "Note: cancel it.\nBye"),
    ],
    ids=["signature not closed", "no blank line", "whole"],
)
def test_words_in_broken_armor_are_kept(text: str, words: str) -> None:
    raw = f"From: a@b.example\n\n-----BEGIN PGP SIGNED MESSAGE-----\n{text}\n"
    assert parse_message(raw.encode()).text.strip() == words


def test_a_byte_order_mark_before_the_header_is_none_of_it() -> None:
    message = parse_message(b"\xef\xbb\xbfFrom: a@b.example\r\nSubject: Hi\r\n\r\nSend it.\r\n")
    assert message.from_ == (Address("a@b.example"),)
    assert message.text.strip() == "Send it."


@pytest.mark.parametrize("encoding", ["base64 (as usual)", "(as usual) BASE64", "x-base64"])
def test_a_transfer_encoding_is_known_behind_a_comment(encoding: str) -> None:
    raw = f"From: a@b.example\r\nContent-Transfer-Encoding: {encoding}\r\n\r\nU2VuZCBpdC4=\r\n"
    assert parse_message(raw.encode()).text.strip() == "Send it."
