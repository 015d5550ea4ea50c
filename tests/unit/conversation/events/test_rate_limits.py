"""Caps in one conversation: told once, nobody else held up, over when the hour is. What was counted travels as a value."""

from dataclasses import dataclass, field

import pytest

from inbox_agent.conversation.commands import takes_back
from inbox_agent.conversation.events.rate_limits import (
    BY_OTHERS,
    MOST_WITHOUT_CHANGE,
    SILENCE_SECONDS,
    SOON_SECONDS,
    admit_by_rate,
)
from inbox_agent.models import Address, HandOver, Rates, UserRequest


def request(number: int, *, sender: str = "alex@demo.test", role: str = "owner", text: str = "hello") -> UserRequest:
    return UserRequest.model_validate(
        {"message_id": f"<{number}@demo.test>", "sender": Address(sender), "role": role, "text": text}
    )


def by_other(number: int, text: str = "hello") -> UserRequest:
    return request(number, role="recipient", text=text)


@dataclass
class Counted:
    """A conversation's rates, stored and read again after each message as the engine does."""

    cap: int = 40
    rates: Rates = field(default_factory=Rates)

    def answer(self, one: UserRequest, now: float, state: str = "") -> HandOver:
        answer, self.last = self.take(one, now, state)
        return answer

    def take(self, one: UserRequest, now: float, state: str = "") -> tuple[HandOver, UserRequest | None]:
        admitted = admit_by_rate(
            self.rates, one, 1_000_000 + int(now), state=state, is_stop=takes_back(one), per_conversation=self.cap
        )
        self.rates = Rates.model_validate_json(admitted.rates.model_dump_json())
        return admitted.answer, admitted.request


def test_the_person_over_a_cap_is_told_once_and_what_to_do() -> None:
    caps = Counted(cap=3)
    assert [caps.answer(request(number), 60.0 * number) for number in range(3)] == [HandOver.ACCEPTED] * 3
    answer, told = caps.take(request(3), 180.0)
    assert answer is HandOver.TOLD
    assert told is not None
    assert told.kind == "refused"
    assert "More than 3 messages" in told.text
    assert "in 57 minutes" in told.text
    assert caps.take(request(4), 181.0) == (HandOver.IGNORED, None)


def test_when_the_hour_is_over_messages_pass_again() -> None:
    caps = Counted(cap=1)
    answers = [caps.answer(request(number), now) for number, now in ((1, 0.0), (2, 3599.0), (3, 3601.0))]
    assert answers == [HandOver.ACCEPTED, HandOver.TOLD, HandOver.ACCEPTED]


def test_others_use_up_nothing_of_the_owners_even_under_the_owners_address() -> None:
    caps = Counted(cap=1)
    for number in range(BY_OTHERS + 20):
        caps.answer(by_other(number), 0.0)
    assert caps.answer(request(1000), 1.0) is HandOver.ACCEPTED


def test_of_many_messages_by_others_the_owner_is_told_once_and_how_many_later() -> None:
    caps = Counted()
    assert {caps.answer(by_other(number), 0.0) for number in range(BY_OTHERS)} == {HandOver.ACCEPTED}
    answer, told = caps.take(by_other(100), 600.0)
    assert answer is HandOver.TOLD
    assert told is not None
    assert (told.kind, told.role) == ("refused", "recipient")
    assert "in the next 50 minutes" in told.text
    assert {caps.answer(by_other(101 + number), 700.0) for number in range(4)} == {HandOver.IGNORED}
    answer, later = caps.take(by_other(200), 3700.0)
    assert answer is HandOver.ACCEPTED
    assert later is not None
    assert later.text == "hello"
    assert "5 more messages by others" in later.notes[0]
    assert caps.take(by_other(201), 3701.0) == (HandOver.ACCEPTED, by_other(201))


def test_the_owners_word_to_stop_passes_every_cap() -> None:
    caps = Counted(cap=2)
    for number in range(10):
        caps.answer(request(number), 0.0)
    assert caps.answer(request(10), 1.0) is HandOver.IGNORED
    assert caps.answer(request(11, text="Please cancel it. Thanks!"), 1.0) is HandOver.ACCEPTED
    assert caps.answer(request(12, text="stop"), 1.0) is HandOver.ACCEPTED
    for number in range(BY_OTHERS):
        caps.answer(by_other(100 + number), 1.0)
    assert caps.answer(by_other(13, text="cancel"), 1.0) is HandOver.TOLD, "only the owner's"
    assert caps.answer(request(14, text="cancel"), 2.0) is HandOver.TOLD, "a machine that repeats it is no end of mails"


def test_what_may_not_be_meant_for_the_agent_is_counted_with_the_others() -> None:
    caps = Counted(cap=1)
    doubtful = [request(number).model_copy(update={"doubt": "it was not addressed to me"}) for number in range(20)]
    assert {caps.answer(one, 0.0) for one in doubtful[:BY_OTHERS]} == {HandOver.ACCEPTED}
    _, told = caps.take(doubtful[-1], 0.0)
    assert told is not None
    assert (told.kind, told.doubt) == ("refused", "")
    assert caps.answer(request(100), 0.0) is HandOver.ACCEPTED


def test_what_comes_by_the_api_is_not_counted() -> None:
    caps = Counted(cap=1)
    api = request(1).model_copy(update={"kind": "api"})
    assert {caps.answer(api, 0.0) for _ in range(20)} == {HandOver.ACCEPTED}
    assert caps.rates == Rates()


# --- two machines that answer each other -------------------------------------------------------------------------


def answer(number: int, text: str = "Thank you for your message.") -> UserRequest:
    return request(number, text=text).model_copy(update={"answers_ours": True})


def test_answers_in_a_row_that_change_nothing_are_stopped_and_told_once() -> None:
    caps = Counted()
    passed = {caps.answer(answer(number), 5.0 * number, "scheduled 1") for number in range(MOST_WITHOUT_CHANGE)}
    assert passed == {HandOver.ACCEPTED}
    verdict, told = caps.take(answer(100), 60.0, "scheduled 1")
    assert verdict is HandOver.TOLD
    assert told is not None
    assert "changed nothing" in told.text
    assert caps.answer(answer(101), 65.0, "scheduled 1") is HandOver.IGNORED
    assert caps.answer(answer(102, "cancel"), 66.0, "scheduled 1") is HandOver.ACCEPTED
    assert caps.answer(answer(103, "Make it Friday"), 61.0 + SILENCE_SECONDS, "scheduled 1") is HandOver.ACCEPTED


@pytest.mark.parametrize(
    ("state", "seconds"),
    [("scheduled {}", 1.0), ("waiting 1", SOON_SECONDS), ("", 1.0)],
    ids=["changes something", "comes later", "while at work"],
)
def test_others_than_machines_go_on(state: str, seconds: float) -> None:
    caps = Counted(cap=1000)
    answers = {caps.answer(answer(number), seconds * number, state.format(number)) for number in range(30)}
    assert answers == {HandOver.ACCEPTED}
