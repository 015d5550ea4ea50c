"""Caps per conversation and sender: told once, nobody else held up, over when the hour is."""

from inbox_agent.mail.caps import BY_OTHERS, HourlyCaps
from inbox_agent.mail.intake import Intake
from inbox_agent.mail.standstill import MOST_WITHOUT_CHANGE, SILENCE_SECONDS, SOON_SECONDS
from inbox_agent.models import Address, Folder, UserRequest
from inbox_agent.turn.commands import takes_back


def request(number: int, *, sender: str = "alex@demo.test", role: str = "owner") -> UserRequest:
    return UserRequest.model_validate(
        {"message_id": f"<{number}@demo.test>", "sender": Address(sender), "role": role, "text": "hello"}
    )


def test_the_person_over_a_cap_is_told_once_and_what_to_do() -> None:
    caps = HourlyCaps(per_conversation=3)
    assert [caps.check("w", request(number), 60.0 * number) for number in range(3)] == [None] * 3
    told = caps.check("w", request(3), 180.0)
    assert told is not None
    assert told.request is not None
    assert (told.folder, told.request.kind) == (Folder.IGNORED, "refused")
    assert "More than 3 messages" in told.request.text
    assert "in 57 minutes" in told.request.text
    assert caps.check("w", request(4), 181.0) == Intake(
        Folder.IGNORED, "over the cap of 3 an hour in this conversation"
    )


def test_when_the_hour_is_over_messages_pass_again() -> None:
    caps = HourlyCaps(per_conversation=1)
    assert caps.check("w", request(1), 0.0) is None
    assert caps.check("w", request(2), 3599.0) is not None
    assert caps.check("w", request(3), 3601.0) is None


def test_other_conversations_and_senders_are_not_held_up() -> None:
    caps = HourlyCaps(per_conversation=1, per_sender=2)
    assert caps.check("w1", request(1), 0.0) is None
    assert caps.check("w2", request(2), 0.0) is None
    assert caps.check("w3", request(3), 0.0) is not None, "the sender's own cap"
    assert caps.check("w3", request(4, sender="lee@demo.test"), 0.0) is None


def test_a_second_delivery_of_a_message_is_not_counted() -> None:
    caps = HourlyCaps(per_conversation=1)
    assert caps.check("w", request(1), 0.0) is None
    assert caps.check("w", request(1), 1.0) is None


def by_other(number: int) -> UserRequest:
    return request(number, sender="alex@demo.test", role="recipient")


def test_others_use_up_nothing_of_the_owners_even_under_the_owners_address() -> None:
    caps = HourlyCaps(per_conversation=1, per_sender=1)
    for number in range(BY_OTHERS + 20):
        caps.check("w", by_other(number), 0.0)
    assert caps.check("w", request(1000), 1.0) is None


def test_of_many_messages_by_others_the_owner_is_told_once_and_how_many_later() -> None:
    caps = HourlyCaps()
    assert [caps.check("w", by_other(number), 0.0) for number in range(BY_OTHERS)] == [None] * BY_OTHERS
    told = caps.check("w", by_other(100), 600.0)
    assert told is not None
    assert told.request is not None
    assert (told.request.kind, told.request.role) == ("refused", "recipient")
    assert "in the next 50 minutes" in told.request.text
    more = [caps.check("w", by_other(101 + number), 700.0) for number in range(4)]
    assert [one.request if one else "passed" for one in more] == [None] * 4
    later = caps.check("w", by_other(200), 3700.0)
    assert later is not None
    assert later.request is not None
    assert later.folder is Folder.PROCESSED
    assert later.request.text == "hello"
    assert "5 more messages by others" in later.request.notes[0]
    assert caps.check("w", by_other(201), 3701.0) is None


def test_a_second_delivery_of_an_others_message_is_not_counted() -> None:
    caps = HourlyCaps()
    assert [caps.check("w", by_other(1), 0.0) for _ in range(BY_OTHERS + 5)] == [None] * (BY_OTHERS + 5)


def test_what_is_told_is_told_again_when_it_could_not_be_handed_over() -> None:
    caps = HourlyCaps(per_conversation=1)
    caps.check("w", request(1), 0.0)
    told = caps.check("w", request(2), 1.0)
    assert told is not None
    assert caps.check("w", request(2), 2.0) == told
    for number in range(BY_OTHERS):
        caps.check("w", by_other(10 + number), 0.0)
    assert caps.check("w", by_other(100), 1.0) == caps.check("w", by_other(100), 2.0) is not None


def test_the_owners_word_to_stop_passes_every_cap() -> None:
    caps = HourlyCaps(per_conversation=2, per_sender=2, stops=takes_back)
    for number in range(10):
        caps.check("w", request(number), 0.0)
    assert caps.check("w", request(10), 1.0) is not None
    assert caps.check("w", request(11).model_copy(update={"text": "Please cancel it. Thanks!"}), 1.0) is None
    assert caps.check("w", request(12).model_copy(update={"text": "stop"}), 1.0) is None
    forged = by_other(13).model_copy(update={"text": "cancel"})
    for number in range(BY_OTHERS):
        caps.check("w", by_other(100 + number), 1.0)
    assert caps.check("w", forged, 1.0) is not None, "only the owner's"
    again = request(14).model_copy(update={"text": "cancel"})
    assert caps.check("w", again, 2.0) is not None, "a machine that repeats it is no end of mails"


def test_what_may_not_be_meant_for_the_agent_is_counted_with_the_others() -> None:
    caps = HourlyCaps(per_conversation=1, per_sender=1, stops=takes_back)
    doubtful = [request(number).model_copy(update={"doubt": "it was not addressed to me"}) for number in range(20)]
    assert [caps.check("w", one, 0.0) for one in doubtful[:BY_OTHERS]] == [None] * BY_OTHERS
    told = caps.check("w", doubtful[-1], 0.0)
    assert told is not None
    assert told.request is not None
    assert (told.request.kind, told.request.doubt) == ("refused", "")
    assert caps.check("w", request(100), 0.0) is None


# --- two machines that answer each other -------------------------------------------------------------------------


def answer(number: int, text: str = "Thank you for your message.") -> UserRequest:
    return request(number).model_copy(update={"text": text, "answers_ours": True})


def test_answers_in_a_row_that_change_nothing_are_stopped_and_told_once() -> None:
    caps = HourlyCaps(stops=takes_back)
    passed = [caps.check("w", answer(number), 5.0 * number, "scheduled 1") for number in range(MOST_WITHOUT_CHANGE)]
    assert passed == [None] * MOST_WITHOUT_CHANGE
    told = caps.check("w", answer(100), 60.0, "scheduled 1")
    assert told is not None
    assert told.request is not None
    assert "changed nothing" in told.request.text
    quiet = caps.check("w", answer(101), 65.0, "scheduled 1")
    assert quiet is not None
    assert quiet.request is None
    assert caps.check("w", answer(102, "cancel"), 66.0, "scheduled 1") is None
    assert caps.check("w", answer(103, "Make it Friday"), 60.0 + SILENCE_SECONDS + 1, "scheduled 1") is None
    assert caps.check("other", answer(104), 66.0, "scheduled 1") is None


def test_what_changes_something_or_comes_later_or_while_at_work_is_a_persons() -> None:
    caps = HourlyCaps(per_conversation=1000, per_sender=1000)
    changing = [caps.check("a", answer(number), float(number), f"scheduled {number}") for number in range(30)]
    slow = [caps.check("b", answer(100 + number), SOON_SECONDS * number, "waiting 1") for number in range(30)]
    busy = [caps.check("c", answer(200 + number), float(number), "") for number in range(30)]
    assert [*changing, *slow, *busy] == [None] * 90


def test_newcomers_are_asked_three_times_an_hour_and_then_not_at_all() -> None:
    caps = HourlyCaps()
    asked = [
        caps.check(f"mail-{number}", request_by("kim@new.test", f"<{number}@new.test>"), now=float(number))
        for number in range(5)
    ]
    assert asked[:3] == [None] * 3
    assert [one.folder if one else None for one in asked[3:]] == [Folder.QUARANTINE] * 2
    assert all(one.request is None for one in asked[3:] if one)


def request_by(sender: str, message_id: str) -> UserRequest:
    return UserRequest(message_id=message_id, sender=Address(sender), text="Hello", unconfirmed=True)
