"""Poller, post and adapters together on the real mail server; only the workflow engine is a fake."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from email.message import EmailMessage

import pytest
from imapclient import IMAPClient

from inbox_agent.adapters.imap import ImapMailbox
from inbox_agent.adapters.mailbox_pool import MailboxPool
from inbox_agent.adapters.once_only_sender import OnceOnlySender
from inbox_agent.adapters.smtp import SmtpTransport
from inbox_agent.demo.mail_server import AUTHSERV_ID, MailServer
from inbox_agent.errors import MailboxUnavailable, SendUnavailable
from inbox_agent.intake.intake import IntakePolicy
from inbox_agent.mail.sender.trust import TrustPolicy
from inbox_agent.mail.threads import make_message_id
from inbox_agent.poller import Poller
from inbox_agent.scheduler import run_poller
from tests.cutting_proxy import CuttingProxy
from tests.fakes import FakeConversations
from tests.mail_server import Person

NewPerson = Callable[[str], Person]
SECRET = b"secret"


def policy_of(agent: Person) -> IntakePolicy:
    return IntakePolicy(agent.address, SECRET, TrustPolicy(allow=("@mail.test",), authserv_id=AUTHSERV_ID))


def our_mail(agent: Person, nonce: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["Subject"] = agent.address, "Draft"
    message["Message-ID"] = make_message_id("mail-x", nonce, secret=SECRET, domain="mail.test")
    message.set_content("A draft.\n")
    return message


def post_of(agent: Person, smtp_port: int) -> tuple[OnceOnlySender, MailboxPool]:
    pool = MailboxPool(lambda: ImapMailbox(agent.imap_account()))
    transport = SmtpTransport(replace(agent.smtp_account(), port=smtp_port))
    return OnceOnlySender(transport, pool, address=agent.address, look_for_seconds=1, look_every_seconds=0.05), pool


def test_ten_replies_of_one_second_are_handed_over_in_order_while_idle_waits(new_person: NewPerson) -> None:
    agent, alex = new_person("agent"), new_person("alex")
    conversations, stop = FakeConversations(), threading.Event()
    poller = Poller(agent.mailbox, conversations, policy_of(agent))
    idle = ImapMailbox(agent.imap_account())
    thread = threading.Thread(
        target=run_poller, args=[poller, idle], kwargs={"interval_seconds": 3600, "stop": stop}, name="poller"
    )
    thread.start()
    ids = [alex.mail(agent.address, text=f"reply {number}\n", References="<root@mail.test>") for number in range(10)]
    deadline = time.monotonic() + 20
    while len(conversations.all_requests()) < 10 and time.monotonic() < deadline:
        time.sleep(0.02)
    stop.set()
    thread.join(20)
    idle.close()
    (requests,) = conversations.requests.values()
    assert [request.message_id for request in requests] == ids
    assert [request.text.strip() for request in requests] == [f"reply {number}" for number in range(10)]
    assert {request.role for request in requests} == {"owner"}


def test_two_pollers_on_one_mailbox_hand_over_everything_once_and_in_order_and_lose_nothing(
    new_person: NewPerson,
) -> None:
    agent, alex = new_person("agent"), new_person("alex")
    ids = [alex.mail(agent.address, References=f"<root{number % 3}@mail.test>") for number in range(60)]
    conversations, mailboxes = FakeConversations(), [agent.mailbox, ImapMailbox(agent.imap_account())]

    def poll(mailbox: ImapMailbox) -> None:
        poller = Poller(mailbox, conversations, policy_of(agent), batch=7)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            # Both file the same message at times: the slower one finds it gone, or has to read the inbox again.
            with suppress(MailboxUnavailable):
                if not poller.cycle().again and not mailbox.fetch_new(1):
                    break
        poller.close()

    threads = [threading.Thread(target=poll, args=[mailbox]) for mailbox in mailboxes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    handed_over = [[request.message_id for request in requests] for requests in conversations.requests.values()]
    assert sorted(handed_over) == sorted(ids[start::3] for start in range(3))
    with IMAPClient("127.0.0.1", agent.imap_account().port, ssl=False) as client:
        client.login(agent.address, agent.imap_account().password)
        client.select_folder("Agent/Processed", readonly=True)
        filed = client.fetch(client.search(), ["BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"]).values()
    headers = b"".join(answer[b"BODY[HEADER.FIELDS (MESSAGE-ID)]"] for answer in filed)
    # Dovecot copies a message twice when two sessions MOVE it at the same moment: harmless, handed over it was once.
    assert all(headers.count(message_id.encode()) >= 1 for message_id in ids)
    mailboxes[1].close()


def test_a_forged_from_is_quarantined(new_person: NewPerson) -> None:
    agent, alex, mallory = new_person("agent"), new_person("alex"), new_person("mallory")
    message = EmailMessage()
    message["From"], message["To"], message["Message-ID"] = alex.address, agent.address, "<forged@mail.test>"
    message.set_content("cancel\n")
    mallory.transport.send(message, sender=alex.address, recipients=[agent.address])
    poller = Poller(agent.mailbox, FakeConversations(), policy_of(agent))
    assert poller.cycle().outcomes == {"quarantine": 1}
    poller.close()


def test_our_copy_proves_the_sending_and_is_filed_as_sent(mail_server: MailServer, new_person: NewPerson) -> None:
    agent, sam = new_person("agent"), new_person("sam")
    post, pool = post_of(agent, mail_server.smtp_port)
    message = our_mail(agent, "1")
    post.deliver(message, recipients=[sam.address], first_attempt=True)
    poller = Poller(agent.mailbox, FakeConversations(), policy_of(agent))
    assert poller.cycle().outcomes == {"sent": 1}
    another_process, other_pool = post_of(agent, mail_server.smtp_port)
    another_process.deliver(message, recipients=[sam.address], first_attempt=False)
    assert len(sam.mailbox.fetch_new(10)) == 1
    for one in (poller, pool, other_pool):
        one.close()


def test_an_answer_that_is_lost_after_the_acceptance_leads_to_no_second_copy(
    mail_server: MailServer, new_person: NewPerson
) -> None:
    agent, sam = new_person("agent"), new_person("sam")
    with CuttingProxy(mail_server.smtp_port, b"250 2.0.0") as proxy:
        post, pool = post_of(agent, proxy.port)
        post.deliver(our_mail(agent, "2"), recipients=[sam.address], first_attempt=True)
        assert proxy.cuts_left == 0
    assert len(sam.mailbox.fetch_new(10)) == 1
    pool.close()


def test_a_line_cut_before_the_message_is_a_failure_and_the_repetition_sends_it(
    mail_server: MailServer, new_person: NewPerson
) -> None:
    agent, sam = new_person("agent"), new_person("sam")
    message = our_mail(agent, "3")
    with CuttingProxy(mail_server.smtp_port, b"354 ") as proxy:
        post, pool = post_of(agent, proxy.port)
        with pytest.raises(SendUnavailable) as unavailable:
            post.deliver(message, recipients=[sam.address], first_attempt=True)
        assert not unavailable.value.maybe_accepted
        assert sam.mailbox.fetch_new(10) == []
        post.deliver(message, recipients=[sam.address], first_attempt=False)
    assert len(sam.mailbox.fetch_new(10)) == 1
    pool.close()


def test_many_workers_send_at_once_through_a_bounded_number_of_connections(
    mail_server: MailServer, new_person: NewPerson
) -> None:
    agent, sam = new_person("agent"), new_person("sam")
    post, pool = post_of(agent, mail_server.smtp_port)
    mails = [our_mail(agent, f"many {number}") for number in range(12)]

    def deliver(message: EmailMessage) -> None:
        post.deliver(message, recipients=[sam.address], first_attempt=False)

    threads = [threading.Thread(target=deliver, args=[message]) for message in mails]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    headers = b"".join(one.header for one in sam.mailbox.fetch_new(50))
    assert [headers.count(str(message["Message-ID"]).encode()) for message in mails] == [1] * 12
    pool.close()
