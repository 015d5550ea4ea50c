"""The resolver against a scripted server: answers, none, silence, and answers that are too long."""

import asyncio

import pytest

from inbox_agent.adapters.dns_questions import MAX_ANSWER_BYTES, dns_server
from inbox_agent.errors import TransientError
from tests.dns_server import DnsServer

RECORDS = {
    "s1._domainkey.a.example": b"v=DKIM1; p=" + b"A" * 400,
    "long._domainkey.a.example": b"v=DKIM1; p=" + b"A" * 3500 + b"=" * (MAX_ANSWER_BYTES - 3000),
    "none._domainkey.a.example": None,
}


def ask(server: DnsServer, name: str, seconds: float = 5.0) -> bytes | None:
    record, _ = asyncio.run(dns_server(("127.0.0.1", server.port))(name, seconds))
    return record


@pytest.mark.parametrize(
    ("name", "record"),
    [
        ("s1._domainkey.a.example", RECORDS["s1._domainkey.a.example"]),
        ("none._domainkey.a.example", None),
        ("long._domainkey.a.example", None),
        ("a..b._domainkey.a.example", None),
        (f"{'x' * 64}._domainkey.a.example", None),
        (f"{'x.' * 200}_domainkey.a.example", None),
        ("\N{SNOWMAN}\udcff._domainkey.a.example", None),
    ],
    ids=["answered", "does not exist", "too long", "empty label", "long label", "long name", "no text"],
)
def test_a_name_has_a_record_or_none(name: str, record: bytes | None) -> None:
    with DnsServer(RECORDS) as server:
        assert ask(server, name) == record


def test_silence_is_no_answer() -> None:
    with DnsServer({}) as server, pytest.raises(TransientError):
        ask(server, "s1._domainkey.silent.example", 0.3)
