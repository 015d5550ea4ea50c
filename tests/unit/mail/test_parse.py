"""Bytes to Message: what real clients send wrong, and what that is read as."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_agent.errors import MalformedMessageError
from inbox_agent.mail.parse import parse_message


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
