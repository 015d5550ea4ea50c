"""Carrying a step out: the mail to the owner, complete before it is sent."""

from dataclasses import replace

import pytest

from inbox_agent.models import Address, Conversation, Reply
from tests.workflow_fakes import FakeModel, FakePost, services
from workflows.conversation.steps import outgoing_mail

CONVERSATION = Conversation(workflow_id="mail-abc", owner=Address("ann@example.com", "Ann"))


@pytest.mark.parametrize("plus_addresses", [True, False])
def test_replies_go_to_a_tagged_address_only_where_the_provider_delivers_it(plus_addresses: bool) -> None:
    made = services(FakeModel(), FakePost())
    identity = replace(made.identity, plus_addresses=plus_addresses)
    mail = outgoing_mail(Reply(kind="notice", conversation=CONVERSATION), replace(made, identity=identity))
    assert (mail.reply_to == identity.address) is not plus_addresses
    assert mail.reply_to.endswith("@" + identity.domain)
