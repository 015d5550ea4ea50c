"""SmtpTransport against a server that answers what the test wants."""

from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from inbox_agent.adapters.mail_account import MailAccount
from inbox_agent.adapters.smtp import SmtpTransport
from inbox_agent.errors import SendRejected, SendUnavailable

AGENT = "agent@demo.test"


class Handler:
    """Replies by address and at the end of the message; keeps what it took."""

    def __init__(self) -> None:
        self.replies: dict[str, str] = {}
        self.at_data = "250 OK"
        self.without: set[str] = set()
        self.resets = 0
        self.taken: list[Envelope] = []

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [line for line in responses if not any(name in line for name in self.without)]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.replies:
            return self.replies[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_RSET(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.resets += 1
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.at_data.startswith("2"):
            self.taken.append(envelope)
        return self.at_data


@pytest.fixture
def handler() -> Handler:
    return Handler()


Send = Callable[..., None]


@pytest.fixture
def send(handler: Handler, unused_port: int) -> Iterator[Send]:
    controller = Controller(handler, hostname="127.0.0.1", port=unused_port, enable_SMTPUTF8=True, ident="test")
    controller.start()
    transport = SmtpTransport(MailAccount("127.0.0.1", unused_port, AGENT, security="none"))

    def send(*recipients: str, text: str = "hello", **headers: str) -> None:
        message = EmailMessage(policy=SMTP_POLICY)
        for name, value in headers.items():
            message[name] = value
        message.set_content(text)
        transport.send(message, sender=AGENT, recipients=recipients)

    yield send
    controller.stop()


def content(envelope: Envelope) -> bytes:
    taken: Any = envelope.original_content
    return bytes(taken)


def test_every_refused_recipient_is_named_with_the_servers_words(handler: Handler, send: Send) -> None:
    handler.replies = {"a@x.test": "550 5.1.1 unknown", "b@x.test": "553 5.1.3 odd", "c@x.test": "451 later"}
    with pytest.raises(SendRejected) as refused:
        send("good@x.test", "a@x.test", "b@x.test", "c@x.test")
    assert refused.value.recipients == {"a@x.test": "550 5.1.1 unknown", "b@x.test": "553 5.1.3 odd"}
    assert (handler.resets, handler.taken) == (1, [])


def test_a_recipient_who_is_to_be_tried_later_holds_up_the_mail_for_all(handler: Handler, send: Send) -> None:
    handler.replies = {"c@x.test": "451 4.7.1 greylisted"}
    with pytest.raises(SendUnavailable) as later:
        send("good@x.test", "c@x.test")
    assert later.value.server_reply == "451 4.7.1 greylisted"
    assert not later.value.maybe_accepted
    assert handler.taken == []


@pytest.mark.parametrize(
    ("reply", "error"), [("554 5.7.1 spam", SendRejected), ("452 4.3.1 disk full", SendUnavailable)]
)
def test_a_refused_message_was_surely_not_accepted(
    handler: Handler, send: Send, reply: str, error: type[SendRejected | SendUnavailable]
) -> None:
    handler.at_data = reply
    with pytest.raises((SendRejected, SendUnavailable)) as refused:
        send("a@x.test")
    assert type(refused.value) is error
    assert refused.value.server_reply == reply
    assert not getattr(refused.value, "maybe_accepted", False)


def test_an_international_address_goes_out_as_it_is_where_the_server_takes_it(handler: Handler, send: Send) -> None:
    send("jörg@x.test", To="Jörg <jörg@x.test>")
    assert handler.taken[0].rcpt_tos == ["jörg@x.test"]
    assert "To: Jörg <jörg@x.test>".encode() in content(handler.taken[0])


def test_an_international_address_is_refused_in_clear_words_where_it_does_not(handler: Handler, send: Send) -> None:
    handler.without = {"SMTPUTF8"}
    with pytest.raises(SendRejected, match="SMTPUTF8") as refused:
        send("jörg@x.test", "a@x.test")
    assert list(refused.value.recipients) == ["jörg@x.test"]


def test_an_international_domain_needs_no_extension(handler: Handler, send: Send) -> None:
    handler.without = {"SMTPUTF8"}
    send("a@bücher.test")
    assert handler.taken[0].rcpt_tos == ["a@xn--bcher-kva.test"]


def test_text_stays_intact_with_and_without_8bitmime(handler: Handler, send: Send) -> None:
    send("a@x.test", text="Füße 👣\n.dot\n")
    handler.without = {"8BITMIME"}
    send("a@x.test", text="Füße 👣\n.dot\n")
    for envelope in handler.taken:
        assert message_from_bytes(content(envelope), policy=default).get_content().splitlines() == ["Füße 👣", ".dot"]
    assert content(handler.taken[1]).isascii()


def test_a_server_that_is_not_there_is_a_transient_failure(unused_port: int) -> None:
    with pytest.raises(SendUnavailable) as unavailable:
        SmtpTransport(MailAccount("127.0.0.1", unused_port, AGENT, security="none")).check()
    assert not unavailable.value.maybe_accepted
