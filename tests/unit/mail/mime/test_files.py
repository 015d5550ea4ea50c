"""Names of files made safe, and the octets of a part as the mail server gives it."""

import base64
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_agent.mail.mime.files import MAX_NAME_BYTES, read_part, safe_name
from inbox_agent.mail.mime.parse import parse_message

HEAD = b"From: ann@corp.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\plan.pdf", "plan.pdf"),
        ("folder/", "folder"),
        ("..", ""),
        ("/", ""),
        (".htaccess", ".htaccess"),
        ("a\r\nBcc: x@evil.test\t.pdf", "a Bcc: x@evil.test .pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("Gro\u0308\u00dfe.txt", "Größe.txt"),
    ],
)
def test_a_name_is_one_line_without_a_path(name: str, expected: str) -> None:
    assert safe_name(name) == expected


@given(st.text(max_size=400))
def test_any_name_is_bounded_and_safe(name: str) -> None:
    safe = safe_name(name)
    assert len(safe.encode()) <= MAX_NAME_BYTES
    assert not set("/\\\r\n\x00") & set(safe)


def test_a_long_name_keeps_its_ending() -> None:
    assert safe_name("長" * 300 + ".pdf").endswith("….pdf")


@given(st.binary(max_size=300))
def test_every_octet_comes_back_from_base64_and_quoted_printable_and_binary(content: bytes) -> None:
    for encoding, encoded in (
        (b"base64", base64.encodebytes(content)),
        (b"quoted-printable", quopri.encodestring(content)),
        (b"binary", content),
    ):
        mime = b"Content-Type: application/x-any\r\nContent-Transfer-Encoding: " + encoding + b"\r\n\r\n"
        if encoding != b"quoted-printable" or b"\r" not in content:
            assert read_part(mime, encoded).octets == content


def test_the_parameters_of_the_type_are_kept() -> None:
    part = read_part(b'Content-Type: text/plain; charset="ISO-8859-1"; name="a.txt"\r\n\r\n', b"Gr\xf6\xdfe")
    assert part.octets == b"Gr\xf6\xdfe"
    assert dict(part.parameters) == {"charset": "ISO-8859-1", "name": "a.txt"}


def test_files_inside_a_forwarded_mail_have_the_part_numbers_of_imap() -> None:
    inner = (
        b"From: lee@corp.example\r\nSubject: a/b\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n"
        b"--i\r\n\r\ntext\r\n--i\r\nContent-Type: application/pdf; name=in.pdf\r\n\r\nx\r\n--i--\r\n"
    )
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n\r\nSee.\r\n--o\r\n"
    message = parse_message(raw + b"Content-Type: message/rfc822\r\n\r\n" + inner + b"--o--\r\n")
    assert [(file.part, file.name) for file in message.attachments] == [("2", "a-b.eml"), ("2.2", "in.pdf")]
    encoded = b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(inner)
    message = parse_message(raw + encoded + b"--o--\r\n")
    assert [file.part for file in message.attachments] == ["2"]


@pytest.mark.parametrize(
    ("encoding", "encoded"),
    [
        (b"7bit", b"one\r\ntwo\r\n"),
        (b"base64", base64.encodebytes(b"one\r\ntwo")),
        (b"quoted-printable", b"one=0D=0Atwo"),
    ],
)
def test_a_leaf_and_its_part_read_alone_have_one_digest_and_another_content_has_another(
    encoding: bytes, encoded: bytes
) -> None:
    mime = b"Content-Type: application/x-any; name=a\r\nContent-Transfer-Encoding: " + encoding + b"\r\n\r\n"
    head = HEAD + b"Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n\r\nSee.\r\n--o\r\n"
    (file,) = parse_message(head + mime + encoded + b"\r\n--o--\r\n").attachments
    assert file.sha256 == read_part(mime, encoded).sha256
    assert file.sha256 != read_part(mime, encoded.replace(b"one", b"two").replace(b"b25l", b"dHdv")).sha256


def test_line_ends_count_only_where_a_transfer_encoding_keeps_them() -> None:
    assert read_part(b"\r\n", b"a\r\nb\r\n").sha256 == read_part(b"\r\n", b"a\nb").sha256
    mime = b"Content-Transfer-Encoding: base64\r\n\r\n"
    digests = {read_part(mime, base64.b64encode(content)).sha256 for content in (b"a\r\nb", b"a\nb", b"a\nb\n")}
    assert len(digests) == 3
