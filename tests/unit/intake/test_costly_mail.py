"""Real signatures, real bodies: what is worked through before an owner is heard, behind 200 mails in their name."""

from dataclasses import dataclass

import pytest

from inbox_agent.intake.intake import IntakePolicy
from inbox_agent.mail.sender.authres import MethodResult
from inbox_agent.mail.sender.dkim_check import check_signatures
from inbox_agent.mail.sender.trust import TrustPolicy
from inbox_agent.models import Folder, Message
from inbox_agent.poller import Poller
from tests.fakes import FakeConversations, FakeMailbox
from tests.signed_mail import Field, as_bytes, dkim_signature, key_record, own_fields, rsa_key

FLOOD = 200
TAGS = "v=1; a=rsa-sha256; c=relaxed/relaxed; d=bank.example; s=s1"
# About 0.02 s of work for each signature that works through it.
LINES = b"\r\n" * 90_000 + b"x\r\n"
LOOKUP = {"s1._domainkey.bank.example": key_record()}.get


@dataclass
class Checks:
    """Counts what is checked, at once and at length."""

    at_once: int = 0
    at_length: int = 0

    def check(self, raw: bytes, message: Message) -> tuple[MethodResult, ...]:
        self.at_once += 1
        return check_signatures(raw, message, LOOKUP, at_length=False)

    def check_at_length(self, raw: bytes, message: Message) -> tuple[MethodResult, ...]:
        self.at_length += 1
        return check_signatures(raw, message, LOOKUP)


def signatures(fields: list[Field], count: int, *, genuine: bool) -> list[Field]:
    key = rsa_key() if genuine else rsa_key(1025)
    return [dkim_signature(fields, tags=f"{TAGS}; n={number}", key=key) for number in range(count)]


@pytest.mark.parametrize("genuine", [True, False], ids=["a signed header of the owner's", "a forged header"])
def test_little_is_worked_through_before_an_owner_behind_200_costly_mails(genuine: bool) -> None:
    mailbox, conversations, checks = FakeMailbox(), FakeConversations(), Checks()
    mailbox.max_message_bytes = 1_000_000
    policy = IntakePolicy(
        own_address="agent@inbox.example",
        secret=b"k" * 32,
        trust=TrustPolicy(allow=("ann@bank.example",)),
        check=checks.check,
        check_at_length=checks.check_at_length,
    )
    fields = own_fields()
    costly = as_bytes([*signatures(fields, 5, genuine=genuine), *fields], LINES)
    for _ in range(FLOOD):
        mailbox.put(costly)
    own = own_fields(Message_ID="<owner@bank.example>")
    mailbox.put(as_bytes([dkim_signature(own), *own]))
    poller = Poller(mailbox, conversations, policy, clock=lambda: 100.0)
    for _ in range(3):
        poller.cycle()
    poller.close()
    assert [one.message_id for one in conversations.all_requests()] == ["<owner@bank.example>"]
    assert checks.at_length <= 70 if genuine else checks.at_length == 0
    assert len(mailbox.folders[Folder.QUARANTINE]) == (checks.at_length if genuine else FLOOD)
