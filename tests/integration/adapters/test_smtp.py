"""SmtpTransport against the real SMTP front."""

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from inbox_agent.adapters.mail_account import MailAccount
from inbox_agent.adapters.smtp import SmtpTransport
from inbox_agent.demo.mail_server import AUTHSERV_ID, MailServer
from inbox_agent.demo.smtp_front import MAX_MESSAGE_BYTES
from inbox_agent.errors import SendRejected, SendUnavailable
from tests.mail_server import PASSWORD, Person

NewPerson = Callable[[str], Person]


def a_message(**headers: str) -> EmailMessage:
    message = EmailMessage()
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(".a line with a dot\nand Füße\n")
    return message


def test_a_message_arrives_as_it_was_sent(new_person: NewPerson) -> None:
    alex, sam = new_person("alex"), new_person("sam")
    alex.transport.send(a_message(Subject="Grüße 👋"), sender=alex.address, recipients=[sam.address])
    (received,) = sam.mailbox.fetch_new(10)
    assert received.raw is not None
    assert b"\r\n.a line with a dot\r\n" in received.raw
    assert f"Authentication-Results: {AUTHSERV_ID}; auth=pass smtp.auth={alex.address}\r\n".encode() in received.header


def test_one_refused_recipient_stops_the_mail_for_all(new_person: NewPerson) -> None:
    alex, sam = new_person("alex"), new_person("sam")
    with pytest.raises(SendRejected) as refused:
        alex.transport.send(a_message(), sender=alex.address, recipients=[sam.address, "nobody@mail.test"])
    assert list(refused.value.recipients) == ["nobody@mail.test"]
    assert refused.value.recipients["nobody@mail.test"].startswith("550 5.1.1")
    assert sam.mailbox.fetch_new(10) == []


def test_tls_is_verified_and_a_wrong_password_is_no_refusal_of_the_mail(
    mail_server: MailServer, new_person: NewPerson
) -> None:
    alex, sam = new_person("alex"), new_person("sam")
    trusted = str(mail_server.certificate)

    def transport(password: str, ca_file: str) -> SmtpTransport:
        return SmtpTransport(
            MailAccount("127.0.0.1", mail_server.smtp_port, alex.address, password, "starttls", ca_file=ca_file)
        )

    transport(PASSWORD, trusted).send(a_message(), sender=alex.address, recipients=[sam.address])
    with pytest.raises(SendUnavailable, match="CERTIFICATE_VERIFY_FAILED") as unproven:
        transport(PASSWORD, "").check()
    with pytest.raises(SendUnavailable, match="535") as refused:
        transport("wrong", trusted).check()
    assert unproven.value.server_reply == "", "no words of the server"
    assert refused.value.server_reply.startswith("535 ")
    (received,) = sam.mailbox.fetch_new(10)
    assert b"with ESMTPSA" in received.header


def test_a_plus_address_reaches_the_base_user_and_can_be_told(new_person: NewPerson) -> None:
    alex, sam = new_person("alex"), new_person("sam")
    tagged = sam.address.replace("@", "+token@")
    alex.transport.send(a_message(To="someone else <x@mail.test>"), sender=alex.address, recipients=[tagged])
    (received,) = sam.mailbox.fetch_new(10)
    assert f"Delivered-To: {tagged}".encode() in received.header


def test_forged_authentication_results_are_taken_away(new_person: NewPerson) -> None:
    alex, sam = new_person("alex"), new_person("sam")
    alex.transport.send(
        a_message(Authentication_Results=f"{AUTHSERV_ID}; auth=pass smtp.auth=boss@mail.test"),
        sender=alex.address,
        recipients=[sam.address],
    )
    (received,) = sam.mailbox.fetch_new(10)
    assert b"boss@mail.test" not in received.header


def test_an_internationalised_address_needs_smtputf8_and_is_refused_by_name(new_person: NewPerson) -> None:
    alex = new_person("alex")
    with pytest.raises(SendRejected) as refused:
        alex.transport.send(a_message(), sender=alex.address, recipients=["jörg@mail.test"])
    assert list(refused.value.recipients) == ["jörg@mail.test"]


def test_the_servers_size_limit_is_known_before_anything_is_sent(new_person: NewPerson) -> None:
    assert new_person("alex").transport.size_limit() == MAX_MESSAGE_BYTES
