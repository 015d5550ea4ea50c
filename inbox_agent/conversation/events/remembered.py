"""What the owner's workflow keeps, and how a note changes it. Pure.

Notes are delivered at least once and in no particular order, so merging the same note twice, or two in another order, comes
to the same, but for the order of people: of two notes about one thing the later one counts, by the time at which it was
said. Everything is bounded.
"""

from collections.abc import Sequence
from typing import NamedTuple

from pydantic import Field

from inbox_agent.conversation.recipients import canonical
from inbox_agent.models import Address, MemoryNote, OwnerMemory, Stored

# Longer values are cut here, wherever they came from: what is remembered goes into every turn.
FIELD_LIMITS = {"name": 200, "signature": 2_000, "zone": 64, "language": 35, "tone": 500}
CONTACTS_LIMIT = 40_000
SCHEDULED_LIMIT = 56_000
MAX_NAME = 200
MAX_ADDRESS = 320
# A mail that is late by more than this is given up by its conversation long before.
KEEP_PAST_SECONDS = 7 * 86_400


class Profile(Stored):
    """Fields of ``OwnerMemory`` (contacts excepted) and the Unix times at which each was said, the forgotten ones included."""

    values: dict[str, str] = Field(default_factory=dict)
    said_at: dict[str, int] = Field(default_factory=dict)


class Contacts(Stored):
    """People the owner had mail sent to, the newest last. ``forgotten_at``: when some of them were forgotten, Unix time."""

    items: tuple[Address, ...] = ()
    forgotten_at: int = 0


class Scheduled(Stored):
    """Conversations with an armed mail: workflow id to [Unix time it is planned for, Unix time it was noted]."""

    items: dict[str, tuple[int, int]] = Field(default_factory=dict)


class Remembered(NamedTuple):
    """All that is kept of one owner."""

    profile: Profile = Profile()
    contacts: Contacts = Contacts()
    scheduled: Scheduled = Scheduled()


def merge(kept: Remembered, note: MemoryNote, now: int) -> Remembered:
    """What is kept after a note.

    Args:
        now: Unix time; what was planned long before it is dropped.
    """
    return Remembered(
        _merged_profile(kept.profile, note),
        _merged_contacts(kept.contacts, note),
        _merged_schedule(kept.scheduled, note, now),
    )


def memory_of(profile: Profile, contacts: Contacts) -> OwnerMemory:
    """What is kept, in the form in which turns use it."""
    known = {field: profile.values.get(field, "") for field in FIELD_LIMITS}
    return OwnerMemory(contacts=contacts.items, **known)


def planned_ids(scheduled: Scheduled, since: int) -> tuple[str, ...]:
    """Workflow ids of conversations that may have an armed mail for after ``since`` (Unix time), soonest first."""
    found = sorted((until, workflow_id) for workflow_id, (until, _) in scheduled.items.items() if until >= since)
    return tuple(workflow_id for _, workflow_id in found)


def _merged_profile(profile: Profile, note: MemoryNote) -> Profile:
    changes = dict.fromkeys(FIELD_LIMITS, "") if note.everything else {}
    changes |= {field: value[: FIELD_LIMITS[field]] for field, value in note.profile.items() if field in FIELD_LIMITS}
    newer = {field: value for field, value in changes.items() if note.at >= profile.said_at.get(field, 0)}
    if not newer:
        return profile
    values = {field: value for field, value in (profile.values | newer).items() if value}
    return Profile(values=values, said_at=profile.said_at | dict.fromkeys(newer, note.at))


def _merged_contacts(contacts: Contacts, note: MemoryNote) -> Contacts:
    kept = {canonical(person.address): person for person in contacts.items}
    forgotten_at = contacts.forgotten_at
    if note.everything or note.forgotten:
        gone = set(kept) if note.everything else {canonical(address) for address in note.forgotten}
        kept = {key: person for key, person in kept.items() if key not in gone}
        forgotten_at = max(forgotten_at, note.at)
    # Who was forgotten is kept nowhere, so a note from before that can add nobody: better one too few than one too many.
    if note.at >= forgotten_at:
        for person in note.contacts:
            key = canonical(person.address)
            before = kept.pop(key, None)
            if len(person.address) <= MAX_ADDRESS:
                name = person.display_name or (before.display_name if before else "")
                kept[key] = Address(person.address, name[:MAX_NAME])
    return Contacts(items=_newest_people(tuple(kept.values())), forgotten_at=forgotten_at)


def _newest_people(people: Sequence[Address]) -> tuple[Address, ...]:
    size, first = 0, len(people)
    for person in reversed(people):
        size += len(
            f'{{"address":"{person.address}","display_name":"{person.display_name}"}},'.encode(errors="replace")
        )
        if size > CONTACTS_LIMIT:
            break
        first -= 1
    return tuple(people[first:])


def _merged_schedule(scheduled: Scheduled, note: MemoryNote, now: int) -> Scheduled:
    items = {key: entry for key, entry in scheduled.items.items() if entry[0] > now - KEEP_PAST_SECONDS}
    if note.scheduled and note.at >= items.get(note.scheduled, (0, 0))[1]:
        items.pop(note.scheduled, None)
        if note.until:
            items[note.scheduled] = (note.until, note.at)
    size = sum(map(_entry_size, items.items()))
    # What has passed gives way first, then what is farthest ahead.
    for key in sorted(items, key=lambda key: (items[key][0] >= now, -items[key][0])):
        if size <= SCHEDULED_LIMIT:
            break
        size -= _entry_size((key, items.pop(key)))
    return Scheduled(items=items)


def _entry_size(item: tuple[str, tuple[int, int]]) -> int:
    workflow_id, (until, at) = item
    return len(f'"{workflow_id}":[{until},{at}],'.encode())
