"""Waiting for mail on servers that split lines, hang up in IDLE, or have none."""

import socket
import time

import pytest

from inbox_agent.adapters.imap import ImapMailbox
from inbox_agent.adapters.mail_account import MailAccount
from inbox_agent.errors import MailboxUnavailable
from tests.scripted_imap import ScriptedImap


def mailbox_on(server: ScriptedImap) -> ImapMailbox:
    mailbox = ImapMailbox(MailAccount("127.0.0.1", server.port, "agent", "secret", "none", timeout_seconds=10))
    assert mailbox.wait_for_new(0)
    return mailbox


def test_a_line_split_over_packets_is_understood_and_keeps_the_connection() -> None:
    def split(client: socket.socket) -> None:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server.next_uid = 2
        client.sendall(b"* 1 EX")
        time.sleep(0.1)  # the gap between the packets is what is tested
        client.sendall(b"ISTS\r\n")

    with ScriptedImap([split]) as server:
        mailbox = mailbox_on(server)
        assert mailbox.wait_for_new(10)
        assert server.connections == 1
        mailbox.close()


def test_other_news_than_mail_is_none() -> None:
    with ScriptedImap([lambda client: client.sendall(b"* OK still here\r\n")]) as server:
        mailbox = mailbox_on(server)
        assert not mailbox.wait_for_new(10)
        mailbox.close()


def test_a_server_that_hangs_up_is_reported_and_what_came_meanwhile_is_seen_after_the_reconnect() -> None:
    def hang_up(client: socket.socket) -> None:
        client.sendall(b"* BYE too long\r\n")
        client.shutdown(socket.SHUT_RDWR)

    with ScriptedImap([hang_up]) as server:
        mailbox = mailbox_on(server)
        with pytest.raises(MailboxUnavailable):
            mailbox.wait_for_new(10)
        server.next_uid = 2
        assert mailbox.wait_for_new(10)
        assert server.connections == 2
        mailbox.close()


def test_without_idle_the_time_is_waited_and_news_are_seen_at_its_end() -> None:
    with ScriptedImap([lambda client: None], capabilities="IMAP4rev1") as server:
        mailbox = mailbox_on(server)
        assert not mailbox.wait_for_new(0.05)
        server.next_uid = 2
        assert mailbox.wait_for_new(10)
        mailbox.close()


@pytest.mark.parametrize("reaction", ["NO", "HANG UP"])
def test_a_message_that_the_server_cannot_hand_out_does_not_hold_up_the_others(reaction: str) -> None:
    def answer(command: str) -> str | None:
        if command.startswith("UID SEARCH"):
            return "* SEARCH 1 2\r\n"
        if command.startswith("UID FETCH") and "RFC822.SIZE" in command:
            return "".join(f"* {uid} FETCH (UID {uid} RFC822.SIZE 10)\r\n" for uid in (1, 2) if str(uid) in command)
        if command.startswith("UID FETCH 1"):
            return reaction
        return "* 2 FETCH (UID 2 BODY[] {6}\r\nA: b\r\n)\r\n" if command.startswith("UID FETCH 2") else None

    with ScriptedImap([lambda client: None], answer=answer) as server:
        mailbox = mailbox_on(server)
        seen = []
        for _ in range(4):
            try:
                seen = [message.uid for message in mailbox.fetch_new(10)]
            except MailboxUnavailable:
                assert reaction == "HANG UP"
        assert seen == [2]
        mailbox.close()
