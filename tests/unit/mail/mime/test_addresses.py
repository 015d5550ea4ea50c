"""Address fields as they are really written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_agent.mail.mime.addresses import base_address, decode_address_field, is_group, parse_addresses


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("ann@a.example", [("ann@a.example", "")]),
        ("Ann <ann@a.example>", [("ann@a.example", "Ann")]),
        ('"Doe, Ann" <ann@a.example>, bob@b.example', [("ann@a.example", "Doe, Ann"), ("bob@b.example", "")]),
        ("ann@a.example (Ann (the first))", [("ann@a.example", "Ann  the first")]),
        ("Ann <ann@a.example>; Bob <bob@b.example>", [("ann@a.example", "Ann"), ("bob@b.example", "Bob")]),
        ("friends: ann@a.example, Bob <bob@b.example>;", [("ann@a.example", ""), ("bob@b.example", "Bob")]),
        ("undisclosed-recipients:;", []),
        ('"Ann <ann@a.example>', [("ann@a.example", "Ann")]),
        ("=?utf-8?q?Zo=C3=AB=2C_X?= <zoe@a.example>", [("zoe@a.example", "Zoë, X")]),
        ("=?utf-8?q?=3Cboss=40b=2Eexample=3E?= <ann@a.example>", [("ann@a.example", "<boss@b.example>")]),
        ("<@relay.example:ann@a.example>", [("ann@a.example", "")]),
        ('"a b"@a.example', [('"a b"@a.example', "")]),
        ("用户@例子.example", [("用户@例子.example", "")]),
        ("MAILER-DAEMON", []),
        ("ann@[192.0.2.1]", [("ann@[192.0.2.1]", "")]),
    ],
)
def test_mailboxes_and_names_are_read(field: str, expected: list[tuple[str, str]]) -> None:
    assert [(one.address, one.display_name) for one in parse_addresses(field)] == expected


def test_a_decoded_name_cannot_pass_for_an_address() -> None:
    field = "=?utf-8?q?boss=40b=2Eexample=2C?= <ann@a.example>"
    assert [one.address for one in parse_addresses(decode_address_field(field))] == ["ann@a.example"]


def test_group_syntax_is_told() -> None:
    assert is_group("friends: a@x.example;")
    assert not is_group('"Re: x" <a@x.example>')
    assert not is_group("Ann <a@x.example>")


@given(st.text(alphabet='ab@.<>"\\(),:;[] =?', max_size=80))
def test_any_field_is_read(field: str) -> None:
    for one in parse_addresses(field):
        assert "@" in one.address
        assert not set(one.address) & {"\n", "\r"}


@pytest.mark.parametrize(
    ("written", "person"),
    [
        ("Ann@A.Example", "ann@a.example"),
        ("ann+news@a.example", "ann@a.example"),
        ("ann+a+b@a.example", "ann@a.example"),
        ('"ann"@a.example', "ann@a.example"),
        ('"ann+x"@a.example', "ann@a.example"),
        ("a\N{FULLWIDTH LATIN SMALL LETTER N}n@a.example", "ann@a.example"),
        ("ann@a.example.", "ann@a.example"),
        ("ann@xn--bcher-kva.example", "ann@bücher.example"),
        ("a.n.n@gmail.com", "ann@gmail.com"),
        ("A.nn+x@GoogleMail.com", "ann@gmail.com"),
        ("a.nn@a.example", "a.nn@a.example"),
        ("+tag@a.example", "+tag@a.example"),
    ],
)
def test_every_way_to_write_a_mailbox_is_one_person(written: str, person: str) -> None:
    assert base_address(written) == person
    assert base_address(base_address(written)) == person
