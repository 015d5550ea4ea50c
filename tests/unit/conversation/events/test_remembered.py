"""How notes change what is kept of an owner: any number of times, in any order, within bounds."""

from itertools import permutations

from inbox_agent.conversation.events.remembered import (
    CONTACTS_LIMIT,
    SCHEDULED_LIMIT,
    Contacts,
    Remembered,
    Scheduled,
    memory_of,
    merge,
    planned_ids,
)
from inbox_agent.models import Address, MemoryNote, OwnerMemory

NOW = 1_800_000_000
SAM = Address("sam@example.com", "Sam")
LEE = Address("lee@example.com", "Lee")


def kept_after(*notes: MemoryNote, now: int = NOW) -> Remembered:
    kept = Remembered()
    for note in notes:
        kept = merge(kept, note, now)
    return kept


def memory_after(*notes: MemoryNote) -> OwnerMemory:
    kept = kept_after(*notes)
    return memory_of(kept.profile, kept.contacts)


def said(at: int = NOW, **profile: str) -> MemoryNote:
    return MemoryNote(profile=profile, at=at)


def test_what_was_said_is_kept_field_by_field() -> None:
    memory = memory_after(said(name="Ann"), said(zone="Europe/Madrid", name="Anna"))
    assert memory == OwnerMemory(name="Anna", zone="Europe/Madrid")


def test_a_field_is_forgotten_alone() -> None:
    assert memory_after(said(name="Ann", tone="friendly"), said(NOW + 1, name="")) == OwnerMemory(tone="friendly")


def test_unknown_fields_are_left_out_and_long_values_cut() -> None:
    memory = memory_after(said(hair="red", signature="x" * 5_000))
    assert len(memory.signature) == 2_000
    assert "hair" not in kept_after(said(hair="red")).profile.values


ORDERLESS = [
    said(NOW, name="Ann", tone="short"),
    said(NOW + 5, name="Anna"),
    MemoryNote(everything=True, at=NOW + 3),
    MemoryNote(scheduled="mail-a", until=NOW + 60, at=NOW),
    MemoryNote(scheduled="mail-a", until=0, at=NOW + 4),
    MemoryNote(scheduled="mail-a", until=NOW + 99, at=NOW + 6),
]


def test_notes_come_to_the_same_in_any_order_and_twice() -> None:
    for notes in permutations(ORDERLESS):
        kept = kept_after(*notes, *notes)
        assert kept.profile.values == {"name": "Anna"}
        assert kept.scheduled.items == {"mail-a": (NOW + 99, NOW + 6)}


def test_people_are_kept_once_each_the_newest_last_with_the_name_they_had() -> None:
    memory = memory_after(
        MemoryNote(contacts=(SAM, LEE), at=NOW), MemoryNote(contacts=(Address("SAM@Example.com"),), at=NOW)
    )
    assert memory.contacts == (LEE, Address("SAM@Example.com", "Sam"))


def test_somebody_who_was_forgotten_comes_back_by_a_later_mail_only() -> None:
    added, gone = MemoryNote(contacts=(SAM, LEE), at=NOW), MemoryNote(forgotten=("sam@example.com",), at=NOW + 1)
    assert memory_after(added, gone).contacts == (LEE,)
    assert memory_after(added, gone, MemoryNote(contacts=(SAM,), at=NOW)).contacts == (LEE,), "a note delivered again"
    assert memory_after(added, gone, MemoryNote(contacts=(SAM,), at=NOW + 2)).contacts == (LEE, SAM)


def test_forgetting_everything_leaves_nobody_and_nothing_but_what_is_planned() -> None:
    notes = (
        said(name="Ann", zone="Europe/Rome"),
        MemoryNote(contacts=(SAM,), scheduled="mail-a", until=NOW + 60, at=NOW),
        MemoryNote(everything=True, at=NOW + 1),
    )
    kept = kept_after(*notes)
    assert memory_after(*notes) == OwnerMemory()
    assert not kept.profile.values
    assert kept.contacts.items == ()
    assert list(kept.scheduled.items) == ["mail-a"]


def test_what_is_new_in_the_same_note_is_kept() -> None:
    note = MemoryNote(everything=True, profile={"name": "Ann"}, contacts=(SAM,), at=NOW)
    assert memory_after(said(tone="short"), note) == OwnerMemory(name="Ann", contacts=(SAM,))


def test_contacts_are_bounded_in_bytes_and_the_newest_stay() -> None:
    people = tuple(Address(f"person-{number}@example.com", "名" * 60) for number in range(1_000))
    contacts = kept_after(*(MemoryNote(contacts=people[n : n + 50], at=NOW) for n in range(0, 1_000, 50))).contacts
    assert len(contacts.model_dump_json().encode()) < CONTACTS_LIMIT + 2_000
    assert contacts.items[-1].address == "person-999@example.com"
    assert 100 < len(contacts.items) < 1_000


def test_planned_mails_are_bounded_what_has_passed_gives_way_first_and_the_farthest_next() -> None:
    notes = [MemoryNote(scheduled=f"mail-{n:027}", until=NOW + n, at=NOW) for n in range(1_200)]
    passed = MemoryNote(scheduled="mail-passed", until=NOW - 60, at=NOW)
    scheduled = kept_after(passed, *notes).scheduled
    assert len(scheduled.model_dump_json().encode()) < SCHEDULED_LIMIT + 2_000
    assert "mail-passed" not in scheduled.items
    assert len(scheduled.items) > 800
    assert set(scheduled.items) == {f"mail-{n:027}" for n in range(len(scheduled.items))}


def test_what_passed_more_than_a_week_ago_is_dropped() -> None:
    long_ago = MemoryNote(scheduled="mail-old", until=NOW - 8 * 86_400, at=NOW - 9 * 86_400)
    late = MemoryNote(scheduled="mail-late", until=NOW - 3_600, at=NOW - 7_200)
    assert list(kept_after(long_ago, late, said(name="Ann")).scheduled.items) == ["mail-late"]


def test_planned_ids_are_the_soonest_first_without_what_has_passed() -> None:
    scheduled = Scheduled(items={"b": (NOW + 2, 0), "a": (NOW + 1, 0), "old": (NOW - 1, 0)})
    assert planned_ids(scheduled, NOW) == ("a", "b")


def test_an_address_beyond_all_measure_is_nobodys() -> None:
    assert kept_after(MemoryNote(contacts=(Address("x" * 400 + "@example.com"),), at=NOW)).contacts == Contacts()
