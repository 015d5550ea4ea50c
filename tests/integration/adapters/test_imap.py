"""ImapMailbox against the real embedded Dovecot."""

import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from imapclient import IMAPClient

from inbox_agent.adapters.imap import ImapMailbox
from inbox_agent.errors import MailboxUnavailable, MalformedMessageError
from inbox_agent.mail.mime.parse import parse_message
from inbox_agent.mail.outgoing.compose import compose_outgoing
from inbox_agent.mail.threads import count_signed, make_message_id
from inbox_agent.models import Address, Draft, Folder
from tests.mail_server import Person

NewPerson = Callable[[str], Person]


def test_new_mail_is_fetched_in_uid_order_and_stays_unseen_until_it_is_moved(new_person: NewPerson) -> None:
    agent, alex = new_person("agent"), new_person("alex")
    sent = [alex.mail(agent.address, f"Mail {number}") for number in range(3)]

    fetched = agent.mailbox.fetch_new(2)
    assert [f"Mail {number}".encode() in message.header for number, message in enumerate(fetched)] == [True, True]
    assert all(message.raw and len(message.raw) == message.size for message in fetched)

    agent.mailbox.move([message.uid for message in fetched], Folder.PROCESSED, fetched[0].uid_validity)
    assert [sent[2].encode() in message.header for message in agent.mailbox.fetch_new(10)] == [True]


@pytest.mark.parametrize("missing", [frozenset[str](), frozenset({"MOVE"}), frozenset({"MOVE", "UIDPLUS"})])
def test_a_moved_message_is_not_new_any_more_whatever_the_server_offers(
    new_person: NewPerson, missing: frozenset[str]
) -> None:
    agent, alex = new_person("agent"), new_person("alex")
    message_id = alex.mail(agent.address)
    mailbox = ImapMailbox(agent.imap_account(), ignore_capabilities=missing)
    (new,) = mailbox.fetch_new(10)
    mailbox.move([new.uid], Folder.SENT, new.uid_validity)
    assert mailbox.fetch_new(10) == []
    assert mailbox.has_message_id(message_id)
    mailbox.close()


def test_of_an_oversize_message_only_the_header_is_read(new_person: NewPerson) -> None:
    agent, alex = new_person("agent"), new_person("alex")
    alex.mail(agent.address, "Big", "x" * 70 + "\n" + "y" * 5000)
    mailbox = ImapMailbox(agent.imap_account(), max_message_bytes=2000)
    (message,) = mailbox.fetch_new(10)
    mailbox.close()
    assert message.raw is None
    assert b"Subject: Big" in message.header
    assert message.size > 5000


def test_a_wait_ends_when_mail_arrives(new_person: NewPerson) -> None:
    agent, alex = new_person("agent"), new_person("alex")
    assert agent.mailbox.wait_for_new(0), "the first wait cannot know what came before"
    assert not agent.mailbox.wait_for_new(0.05)
    sender = threading.Timer(0.2, alex.mail, [agent.address])
    sender.start()
    started = time.monotonic()
    assert agent.mailbox.wait_for_new(20)
    assert time.monotonic() - started < 10
    sender.join()


def test_mail_that_came_between_two_waits_is_not_missed(new_person: NewPerson) -> None:
    agent, alex = new_person("agent"), new_person("alex")
    agent.mailbox.wait_for_new(0)
    alex.mail(agent.address)
    assert agent.mailbox.wait_for_new(20)
    assert not agent.mailbox.wait_for_new(0.05)


def test_a_wait_can_be_interrupted(new_person: NewPerson) -> None:
    agent = new_person("agent")
    agent.mailbox.wait_for_new(0)
    threading.Timer(0.1, agent.mailbox.interrupt).start()
    started = time.monotonic()
    assert not agent.mailbox.wait_for_new(20)
    assert time.monotonic() - started < 10


def test_a_part_is_read_again_wherever_the_message_lies(new_person: NewPerson) -> None:
    agent, alex = new_person("agent"), new_person("alex")
    message_id = alex.mail(agent.address, text="Füße\n")
    assert agent.mailbox.fetch_part(message_id, "1").octets.decode() == "Füße\r\n"
    (new,) = agent.mailbox.fetch_new(10)
    agent.mailbox.move([new.uid], Folder.PROCESSED, new.uid_validity)
    assert agent.mailbox.fetch_part(message_id, "1").octets.decode() == "Füße\r\n"
    with pytest.raises(MalformedMessageError):
        agent.mailbox.fetch_part(message_id, "7")
    with pytest.raises(MalformedMessageError):
        agent.mailbox.fetch_part("<none@people.test>", "1")


def mail_with_file(sender: Person, recipient: str, message_id: str, content: bytes) -> None:
    message = EmailMessage()
    message["Message-ID"] = message_id
    message.set_content("See the file.")
    message.add_attachment(content, maintype="application", subtype="pdf", filename="contract.pdf")
    sender.transport.send(message, sender=sender.address, recipients=[recipient])


def test_of_several_messages_with_one_id_the_file_is_read_that_was_meant(new_person: NewPerson) -> None:
    agent, alex, mallory = new_person("agent"), new_person("alex"), new_person("mallory")
    message_id = "<one-id@people.test>"
    mail_with_file(mallory, agent.address, message_id, b"evil, before")
    mail_with_file(alex, agent.address, message_id, b"genuine")
    before, genuine = agent.mailbox.fetch_new(10)
    mail_with_file(mallory, agent.address, message_id, b"evil, after")
    assert genuine.raw is not None
    (file,) = parse_message(genuine.raw).attachments
    assert agent.mailbox.fetch_part(message_id, file.part, file.sha256).octets == b"genuine"
    agent.mailbox.move([before.uid], Folder.PROCESSED, before.uid_validity)
    agent.mailbox.move([genuine.uid], Folder.QUARANTINE, before.uid_validity)
    assert agent.mailbox.fetch_part(message_id, file.part, file.sha256).octets == b"genuine"
    with pytest.raises(MalformedMessageError):
        agent.mailbox.fetch_part(message_id, file.part, "0" * 64)


def test_a_whole_message_is_read_wherever_it_lies(new_person: NewPerson) -> None:
    agent, alex = new_person("agent"), new_person("alex")
    message_id = alex.mail(agent.address, text="Hello\n")
    assert b"Hello" in agent.mailbox.fetch_message(message_id)
    (new,) = agent.mailbox.fetch_new(10)
    agent.mailbox.move([new.uid], Folder.QUARANTINE, new.uid_validity)
    assert message_id.encode() in agent.mailbox.fetch_message(message_id)
    with pytest.raises(MalformedMessageError):
        agent.mailbox.fetch_message("<none@people.test>")


def test_the_ids_sent_for_an_owner_are_told_by_reply_to_and_time(new_person: NewPerson) -> None:
    agent, alex = new_person("agent"), new_person("alex")
    owners = (alex.address, f"Alex <{alex.address.upper()}>", f"not-{alex.address}", "lee@people.test")
    for number, owner in enumerate(owners):
        message = EmailMessage()
        message["Reply-To"], message["Message-ID"] = owner, f"<{number}@people.test>"
        if owner == "lee@people.test":
            message["X-Google-Original-Message-ID"] = "<as-submitted@people.test>"
        message.set_content("Hello")
        alex.transport.send(message, sender=alex.address, recipients=[agent.address])
    fetched = agent.mailbox.fetch_new(10)
    agent.mailbox.move([one.uid for one in fetched], Folder.SENT, fetched[0].uid_validity)
    now = datetime.now(UTC)
    yesterday = now - timedelta(days=1)
    assert sorted(agent.mailbox.ids_sent(alex.address, yesterday)) == ["<0@people.test>", "<1@people.test>"]
    assert agent.mailbox.ids_sent("lee@people.test", yesterday) == ["<3@people.test>", "<as-submitted@people.test>"]
    assert agent.mailbox.ids_sent(alex.address, now + timedelta(hours=1)) == []


def test_only_marks_of_ours_count_each_once_and_at_its_own_time(new_person: NewPerson) -> None:
    agent, alex = new_person("agent"), new_person("alex")
    now = datetime.now(UTC)
    sent = our_mail("new", now, alex.address)
    old = our_mail("old", now - timedelta(days=3), alex.address)
    planted = EmailMessage()
    planted["From"], planted["Reply-To"], planted["Message-ID"] = agent.address, alex.address, sent["Message-ID"]
    planted["X-Microsoft-Original-Message-ID"] = old["Message-ID"]
    for message in (sent, sent, old, planted):
        alex.transport.send(message, sender=alex.address, recipients=[agent.address])
    fetched = agent.mailbox.fetch_new(10)
    agent.mailbox.move([one.uid for one in fetched], Folder.SENT, fetched[0].uid_validity)
    with closing(ImapMailbox(agent.imap_account(), secret=b"secret")) as mailbox:
        found = mailbox.ids_sent(alex.address, now - timedelta(days=1))
    assert set(found) == {sent["Message-ID"]}
    assert count_signed(found, secret=b"secret") == 1


def test_a_mail_of_others_under_our_id_is_no_proof_that_ours_was_accepted(new_person: NewPerson) -> None:
    agent, alex = new_person("agent"), new_person("alex")
    ours = our_mail("new", datetime.now(UTC), alex.address)
    message_id = ours["Message-ID"]
    planted = EmailMessage()
    planted["From"], planted["Message-ID"] = alex.address, message_id
    forged = EmailMessage()
    forged["From"], forged["Message-ID"] = "agent@mail.test", message_id
    forged["X-Inbox-Agent-Mark"] = f"t=1; s={'a' * 32}; id={message_id}"
    with closing(ImapMailbox(agent.imap_account(), secret=b"secret", own_address="agent@mail.test")) as mailbox:
        for message in (planted, forged):
            alex.transport.send(message, sender=alex.address, recipients=[agent.address])
        assert not mailbox.has_message_id(message_id)
        alex.transport.send(ours, sender=alex.address, recipients=[agent.address])
        assert mailbox.has_message_id(message_id)


def test_what_was_worked_on_is_known_by_its_id_and_its_sender(new_person: NewPerson) -> None:
    agent, alex = new_person("agent"), new_person("alex")
    for message_id in ("<1@people.test>", "<10@people.test>", None):
        message = EmailMessage()
        message["From"], message["To"], message["Date"] = (
            f"Alex <{alex.address}>",
            agent.address,
            datetime(2026, 3, 2, 10, tzinfo=UTC),
        )
        if message_id:
            message["Message-ID"] = message_id
        alex.transport.send(message, sender=alex.address, recipients=[agent.address])
    fetched = agent.mailbox.fetch_new(10)
    ids = [parse_message(one.raw or b"").message_id for one in fetched]
    assert not any(agent.mailbox.was_worked_on(one, alex.address) for one in ids), "they are new"
    agent.mailbox.move([one.uid for one in fetched], Folder.PROCESSED, fetched[0].uid_validity)
    assert all(agent.mailbox.was_worked_on(one, alex.address.upper()) for one in ids)
    assert not any(agent.mailbox.was_worked_on(one, "lee@people.test") for one in ids)
    for other in (
        "<0@people.test>",
        "1@people.test",
        "<2@people.test>",
        "<1@people.test>\r\nx",
        ids[-1].replace(".", ".0", 1),
    ):
        assert not agent.mailbox.was_worked_on(other, alex.address)


def our_mail(nonce: str, when: datetime, owner: str) -> EmailMessage:
    return compose_outgoing(
        Draft(to=(Address("sam@corp.test"),), subject="Hello", body="Hello"),
        message_id=make_message_id("mail-x", nonce, secret=b"secret", domain="mail.test", owner=owner),
        sender=Address("agent@mail.test"),
        reply_to=Address(owner),
        now=when,
        secret=b"secret",
    )


def test_the_ids_sent_for_an_owner_are_told_however_the_address_is_written(new_person: NewPerson) -> None:
    agent, alex = new_person("agent"), new_person("alex")
    owners = ("ann+1@people.test", "Ann+2@People.Test", '"ann"@people.test', "a.n.n@gmail.com", "ann+x@googlemail.com")
    for number, owner in enumerate(owners):
        message = EmailMessage()
        message["Reply-To"], message["Message-ID"] = owner, f"<{number}@people.test>"
        message.set_content("Hello")
        alex.transport.send(message, sender=alex.address, recipients=[agent.address])
    fetched = agent.mailbox.fetch_new(10)
    agent.mailbox.move([one.uid for one in fetched], Folder.SENT, fetched[0].uid_validity)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    assert len(agent.mailbox.ids_sent("ann@people.test", yesterday)) == 3
    assert len(agent.mailbox.ids_sent("ann+9@people.test", yesterday)) == 3
    assert len(agent.mailbox.ids_sent("an.n@gmail.com", yesterday)) == 2
    assert agent.mailbox.ids_sent("anna@people.test", yesterday) == []


def test_what_was_answered_is_read_on_from_where_it_was_known(new_person: NewPerson) -> None:
    agent, alex = new_person("agent"), new_person("alex")
    since = datetime.now(UTC) - timedelta(minutes=5)
    assert agent.mailbox.answered(Folder.PROCESSED, since, (0, 0)) == []
    for number in range(4):
        alex.mail(agent.address, f"Mail {number}")
    first, second, third, fourth = agent.mailbox.fetch_new(10)
    for one, answered in ((first, True), (second, False), (third, True)):
        agent.mailbox.move([one.uid], Folder.PROCESSED, one.uid_validity, answered=answered)
    known = agent.mailbox.answered(Folder.PROCESSED, since, (0, 0))
    assert [alex.address.encode() in one.header for one in known] == [True, True]
    assert all(one.came >= since for one in known)
    newest = (known[-1].uid_validity, known[-1].uid)
    assert agent.mailbox.answered(Folder.PROCESSED, since, newest) == []
    agent.mailbox.move([fourth.uid], Folder.PROCESSED, fourth.uid_validity, answered=True)
    assert len(agent.mailbox.answered(Folder.PROCESSED, since, newest)) == 1
    assert len(agent.mailbox.answered(Folder.PROCESSED, since, (newest[0] + 1, newest[1]))) == 3
    assert agent.mailbox.answered(Folder.PROCESSED, datetime.now(UTC) + timedelta(minutes=5), (0, 0)) == []
    assert agent.mailbox.answered(Folder.IGNORED, since, (0, 0)) == []


def test_a_server_that_is_not_there_is_a_transient_error(new_person: NewPerson, unused_port: int) -> None:
    account = new_person("agent").imap_account()
    gone = type(account)(account.host, unused_port, account.user, account.password, "none")
    mailbox = ImapMailbox(gone)
    with pytest.raises(MailboxUnavailable):
        mailbox.fetch_new(1)
    mailbox.close()


def test_a_part_of_a_message_without_a_message_id_is_found_by_the_derived_one(new_person: NewPerson) -> None:
    agent, alex = new_person("agent"), new_person("alex")
    for text in ("first", "second", "third"):
        message = EmailMessage()
        message["Subject"] = text
        message.set_content(text)
        alex.transport.send(message, sender=alex.address, recipients=[agent.address])
    second = agent.mailbox.fetch_new(10)[1]
    assert second.raw is not None
    assert agent.mailbox.fetch_part(parse_message(second.raw).message_id, "1").octets == b"second\r\n"


def test_an_inbox_with_another_uidvalidity_is_noticed_before_anything_is_moved(new_person: NewPerson) -> None:
    agent, alex = new_person("agent"), new_person("alex")
    alex.mail(agent.address)
    (before,) = agent.mailbox.fetch_new(10)
    # Renaming the inbox leaves a new, empty one behind (RFC 3501, 6.3.5).
    account = agent.imap_account()
    with IMAPClient(account.host, account.port, ssl=False) as client:
        client.login(account.user, account.password)
        client.rename_folder("INBOX", "Old")
    alex.mail(agent.address)
    mailbox = ImapMailbox(account)
    (after,) = mailbox.fetch_new(10)
    assert after.uid_validity != before.uid_validity
    with pytest.raises(MailboxUnavailable, match="UIDVALIDITY"):
        mailbox.move([before.uid], Folder.PROCESSED, before.uid_validity)
    mailbox.move([after.uid], Folder.PROCESSED, after.uid_validity)
    assert mailbox.fetch_new(10) == []
    mailbox.close()
