"""S/MIME with the text inside the signature."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from hypothesis import given
from hypothesis import strategies as st

from inbox_agent.mail.mime.parse import parse_message
from inbox_agent.mail.mime.smime import signed_content
from inbox_agent.models import Message

INNER = b"Content-Type: text/plain; charset=utf-8\r\n\r\nWrite to Zo\xc3\xab.\r\n"


def mail(octets: bytes) -> Message:
    head = b"From: a@x.example\r\nContent-Type: application/pkcs7-mime; name=smime.p7m\r\n"
    return parse_message(head + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(octets))


@pytest.fixture(scope="module")
def signed() -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a@x.example")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(start).not_valid_after(start + timedelta(days=1))
    certificate = builder.sign(key, hashes.SHA256())
    signature = pkcs7.PKCS7SignatureBuilder().set_data(INNER).add_signer(certificate, key, hashes.SHA256())
    return signature.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def test_the_text_is_read_and_that_it_is_unchecked_is_said(signed: bytes) -> None:
    message = mail(signed)
    assert message.text.strip() == "Write to Zoë."
    assert any("not checked" in defect for defect in message.defects)


def test_indefinite_lengths_and_strings_in_pieces_are_read() -> None:
    string = b"\x24\x80\x04\x05Write\x04\x05 now.\x00\x00"
    content = b"\x30\x80\x06\x09" + bytes.fromhex("2a864886f70d010701") + b"\xa0\x80" + string
    signed_data = b"\x30\x80\x02\x01\x01\x31\x00" + content
    outer = b"\x30\x80\x06\x09" + bytes.fromhex("2a864886f70d010702") + b"\xa0\x80" + signed_data
    assert signed_content(outer) == b"Write now."


def test_what_is_encrypted_is_said() -> None:
    message = mail(b"\x30\x0b\x06\x09" + bytes.fromhex("2a864886f70d010703"))
    assert message.text == ""
    assert any("encrypted" in defect for defect in message.defects)


@given(st.binary(max_size=120))
def test_any_bytes_are_read_or_not(noise: bytes) -> None:
    signed_content(noise)
    signed_content(b"\x30\x80\x06\x09" + bytes.fromhex("2a864886f70d010702") + b"\xa0\x80" + noise)
