import email
import email.policy
import re
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_agent.errors import SendRejected
from inbox_agent.mail.outgoing.wire_headers import (
    addr_spec,
    address_header,
    clean_text,
    ids_header,
    needs_smtputf8,
    text_header,
)
from inbox_agent.models import Address

ANY_TEXT = st.text(st.characters(), max_size=300)
HOSTILE = st.lists(
    st.sampled_from(
        ["\r\n", "\n", "\r", "\x00", "\u2028", "\x85", "Bcc: x@evil.example", ": ", "=?utf-8?q?=0A?=", '"', "\\", ","]
    )
    | st.text(max_size=20),
    max_size=12,
).map("".join)


def on_the_wire(message: EmailMessage) -> bytes:
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))


def with_header(header: str, name: str) -> bytes:
    message = EmailMessage(policy=email.policy.SMTP)
    message[name] = header
    return on_the_wire(message)


def decoded(wire: bytes, name: str) -> str:
    raw = email.message_from_bytes(wire, policy=email.policy.compat32)[name]
    return str(make_header(decode_header(re.sub(r"\r\n(?=[ \t])", "", raw))))


@given(ANY_TEXT | HOSTILE)
def test_any_subject_arrives_as_its_clean_text_in_one_header(text: str) -> None:
    wire = with_header(text_header("Subject", text), "Subject")
    parsed = email.message_from_bytes(wire, policy=email.policy.default)
    assert parsed.keys() == ["Subject"]
    assert decoded(wire, "Subject") == clean_text(text)
    assert wire.isascii()
    assert all(len(line) <= 998 for line in wire.split(b"\r\n"))
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)|\x00", wire)


@given(st.lists(ANY_TEXT | HOSTILE, min_size=1, max_size=5))
def test_any_display_names_arrive_beside_their_addresses(names: list[str]) -> None:
    people = [Address(f"p{number}@example.com", name) for number, name in enumerate(names)]
    wire = with_header(address_header("To", people), "To")
    assert email.message_from_bytes(wire).keys() == ["To"]
    raw = re.sub(r"\r\n(?=[ \t])", "", email.message_from_bytes(wire)["To"])
    found = [(str(make_header(decode_header(name))), address) for name, address in getaddresses([raw])]
    assert [address for _, address in found] == [person.address for person in people]
    assert [name for name, _ in found] == [clean_text(person.display_name) for person in people]


@given(ANY_TEXT | HOSTILE)
def test_any_address_is_written_on_one_line_or_refused(text: str) -> None:
    try:
        header = address_header("To", [Address(text)])
    except SendRejected:
        return
    message = EmailMessage(policy=email.policy.SMTPUTF8)
    message["To"] = header
    wire = on_the_wire(message)
    assert email.message_from_bytes(wire).keys() == ["To"]
    assert wire.count(b"\r\n") == 2
    assert wire.count(b"\n") == 2


@given(st.lists(ANY_TEXT | HOSTILE | st.just("<a.b@c.example>"), max_size=5))
def test_ids_hold_nothing_but_ids(values: list[str]) -> None:
    header = ids_header("References", values)
    assert re.fullmatch(r"(<[!-~]+>( <[!-~]+>)*)?", str(header))
    assert all(header_line.isascii() and header_line.count("<") <= 1 for header_line in header.lines)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("sam@corp.example", "sam@corp.example"),
        ("sam@Bücher.example", "sam@xn--bcher-kva.example"),
        ("用户@例子.example", "用户@xn--fsqu00a.example"),
        ("sam@[192.0.2.1]", "sam@[192.0.2.1]"),
        ("sam lee@corp.example", '"sam lee"@corp.example'),
        ('"sam lee"@corp.example', '"sam lee"@corp.example'),
        ("a@b@corp.example", '"a@b"@corp.example'),
        ("sam@intranet", "sam@intranet"),
    ],
)
def test_an_address_keeps_its_local_part_and_gets_an_idna_domain(written: str, expected: str) -> None:
    assert addr_spec(written) == expected


@pytest.mark.parametrize(
    "written", ["", "sam", "@corp.example", "sam@", "sam@a b.example", "s\nam@corp.example", "sam@a..b"]
)
def test_what_is_no_address_is_refused_by_name(written: str) -> None:
    with pytest.raises(SendRejected, match="no mail address"):
        addr_spec(written)


def test_a_subject_that_looks_encoded_is_not_decoded_on_the_way() -> None:
    header = text_header("Subject", "=?utf-8?q?hi?=")
    assert str(header) == "=?utf-8?q?hi?="
    assert decoded(with_header(header, "Subject"), "Subject") == "=?utf-8?q?hi?="


def test_long_address_lists_keep_their_commas_unencoded() -> None:
    people = [Address(f"someone{number}@example.com", "Größe, Übung") for number in range(20)]
    wire = with_header(address_header("Cc", people), "Cc")
    assert wire.count(b">,") == 19
    assert all(len(line) <= 78 for line in wire.split(b"\r\n"))


def test_only_local_parts_beyond_ascii_need_smtputf8() -> None:
    assert not needs_smtputf8([Address("sam@bücher.example", "Jörg")])
    assert needs_smtputf8([Address("sam@corp.example"), Address("jörg@corp.example")])
