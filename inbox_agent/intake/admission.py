"""Which conversation a message is for and what that one is told, by what the conversations know of their people."""

from dataclasses import replace

from inbox_agent.errors import ConversationNotFound
from inbox_agent.intake.intake import (
    Intake,
    IntakePolicy,
    Reading,
    admit,
    as_new_conversation,
    as_senders_own,
    has_lost_its_conversation,
    is_from,
    with_checked_signatures,
)
from inbox_agent.mail.sender.trust import normalize_address
from inbox_agent.models import Folder
from inbox_agent.ports import Conversations


def receive(reading: Reading, policy: IntakePolicy, conversations: Conversations) -> tuple[str, Intake]:
    """The workflow id and the verdict.

    Args:
        reading: one without a folder, its signatures checked where its sender is on a list.

    Raises:
        TransientError: a conversation or DNS cannot be asked now.
    """
    owner = conversations.owner_of(reading.workflow_id)
    if has_lost_its_conversation(reading, policy, owner=owner):
        reading = as_new_conversation(reading, policy)
        owner = conversations.owner_of(reading.workflow_id) if reading.trust and reading.trust.identity else ""
        reading = replace(reading, starts_over=not owner)
    if not owner or is_from(reading, owner):
        return reading.workflow_id, _admit_own(reading, policy, owner)
    confirmed, others = _people(reading.workflow_id, owner, policy, conversations)
    if reading.unchecked and _claims_to_be(others, reading):
        reading = with_checked_signatures(reading, policy, known=True)
    own = as_senders_own(reading, policy, participants=others, confirmed=confirmed)
    if own is not None:
        return own.workflow_id, _admit_own(own, policy, conversations.owner_of(own.workflow_id))
    intake = admit(reading, policy, owner=owner, participants=others, confirmed=confirmed)
    return reading.workflow_id, intake


def _admit_own(reading: Reading, policy: IntakePolicy, owner: str) -> Intake:
    """A conversation knows what it was told, also across its runs. One that is not there cannot, but the mailbox does: anyone
    who has a mail of the owner's could have it carried out once more, in a conversation that is lost or that they chose."""
    if reading.worked_on and not owner:
        return Intake(Folder.PROCESSED, "it was worked on before, so it begins no conversation")
    return admit(reading, policy, owner=owner)


def addresses_in(participants: object) -> frozenset[str]:
    """The addresses, lower case, in what ``Conversations.describe`` says of participants: objects, mappings or text."""
    found = set()
    for one in participants if isinstance(participants, list | tuple) else ():
        address = one.get("address") if isinstance(one, dict) else getattr(one, "address", one)
        if isinstance(address, str) and address:
            found.add(address.lower())
    return frozenset(found)


def _claims_to_be(people: frozenset[str], reading: Reading) -> bool:
    """Whether the From field names one of these people, proven or not."""
    claimed = {normalize_address(one.address) for one in reading.message.from_} if reading.message else set()
    return bool(claimed & {normalize_address(address) for address in people})


def _people(
    workflow_id: str, owner: str, policy: IntakePolicy, conversations: Conversations
) -> tuple[bool, frozenset[str]]:
    """Whether the owner is vouched for, and whom they copied in."""
    try:
        described = conversations.describe(workflow_id)
    except ConversationNotFound:
        # It has ended: only signed ids and the allow-list tell who belongs to the thread then.
        return True, frozenset()
    confirmed = policy.trust.allows(owner) or not described.get("awaits_confirmation")
    return confirmed, addresses_in(described.get("participants")) if confirmed else frozenset()
