"""Caps per conversation and sender: told once, nobody else held up, over when the hour is."""

from inbox_agent.mail.caps import HourlyCaps
from inbox_agent.mail.intake import Intake
from inbox_agent.models import Address, Folder, UserRequest


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


def test_only_the_owner_is_told() -> None:
    caps = HourlyCaps(per_conversation=1)
    caps.check("w", request(1), 0.0)
    stopped = caps.check("w", request(2, sender="sam@corp.test", role="recipient"), 0.0)
    assert stopped is not None
    assert stopped.request is None


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
