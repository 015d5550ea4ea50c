"""Every kind of security of both protocols, with the certificate verified."""

import threading
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage

import pytest

from inbox_agent.adapters.imap import ImapMailbox
from inbox_agent.adapters.mail_account import MailAccount, Security
from inbox_agent.adapters.smtp import SmtpTransport
from inbox_agent.demo.mail_server import MailServer
from inbox_agent.errors import MailboxUnavailable, SendUnavailable
from tests.mail_server import Person
from tests.tls_proxy import tls_in_front_of

NewPerson = Callable[[str], Person]


def secured(account: MailAccount, security: Security, port: int, ca_file: str) -> MailAccount:
    return replace(account, security=security, port=port, ca_file=ca_file)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_mail_goes_out_and_comes_in_over_tls_and_a_wait_sees_it(
    mail_server: MailServer, new_person: NewPerson, security: Security
) -> None:
    agent, ca_file, key = new_person("agent"), str(mail_server.certificate), mail_server.data / "certificate.key"
    with (
        tls_in_front_of(mail_server.imap_port, mail_server.certificate, key) as imaps,
        tls_in_front_of(mail_server.smtp_port, mail_server.certificate, key) as smtps,
    ):
        imap_port = imaps if security == "tls" else mail_server.imap_port
        smtp_port = smtps if security == "tls" else mail_server.smtp_port
        mailbox = ImapMailbox(secured(agent.imap_account(), security, imap_port, ca_file))
        transport = SmtpTransport(secured(agent.smtp_account(), security, smtp_port, ca_file))
        assert mailbox.wait_for_new(0)
        message = EmailMessage()
        message.set_content("hello")
        sender = threading.Timer(
            0.1, transport.send, [message], {"sender": agent.address, "recipients": [agent.address]}
        )
        sender.start()
        assert mailbox.wait_for_new(20)
        sender.join()
        assert len(mailbox.fetch_new(10)) == 1
        mailbox.close()


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_nobody_vouches_for_is_refused(
    mail_server: MailServer, new_person: NewPerson, security: Security
) -> None:
    agent, key = new_person("agent"), mail_server.data / "certificate.key"
    with (
        tls_in_front_of(mail_server.imap_port, mail_server.certificate, key) as imaps,
        tls_in_front_of(mail_server.smtp_port, mail_server.certificate, key) as smtps,
    ):
        imap_port = imaps if security == "tls" else mail_server.imap_port
        smtp_port = smtps if security == "tls" else mail_server.smtp_port
        mailbox = ImapMailbox(secured(agent.imap_account(), security, imap_port, ""))
        with pytest.raises(MailboxUnavailable, match="CERTIFICATE_VERIFY_FAILED"):
            mailbox.fetch_new(1)
        mailbox.close()
        with pytest.raises(SendUnavailable, match="CERTIFICATE_VERIFY_FAILED"):
            SmtpTransport(secured(agent.smtp_account(), security, smtp_port, "")).check()
