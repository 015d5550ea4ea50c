"""Caps over all conversations hold for the person, the organization and all together, however an address is written."""

from collections.abc import Callable

import pytest

from inbox_agent.conversation.commands import takes_back
from inbox_agent.intake.sender_limits import (
    ASKED_PER_PERSON,
    FIRST_CONTACTS,
    FIRST_CONTACTS_PER_SENDER,
    MAX_TOLD,
    STOPS_PER_PERSON,
    Answered,
    SenderCaps,
)
from inbox_agent.models import Address, Folder, UserRequest


def request(sender: str, text: str = "hello", **more: object) -> UserRequest:
    return UserRequest.model_validate({"message_id": "<1@x.test>", "sender": Address(sender), "text": text, **more})


def outcomes(caps: SenderCaps, senders: list[str], now: float = 0.0) -> list[str]:
    """ "passed", "told" or "ignored" for one message of each."""
    found = []
    for number, sender in enumerate(senders):
        intake = caps.check((now, number), request(sender), now)
        found.append("passed" if intake is None else "told" if intake.request else "ignored")
    return found


SPELLINGS: dict[str, Callable[[int], str]] = {
    "tags": lambda number: f"ann+{number}@corp.test",
    "tags in tags": lambda number: f"ann+a+{number}@corp.test",
    "capitals": lambda number: ("Ann@corp.test", "ANN@CORP.TEST", "ann@Corp.Test")[number % 3],
    "quotes": lambda number: ('"ann"@corp.test', "ann@corp.test")[number % 2],
    "dots at Gmail": lambda number: ("a.nn@gmail.com", "an.n@gmail.com", "ann@googlemail.com", "a.n.n+x@gmail.com")[
        number % 4
    ],
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_person_has_one_cap_however_the_address_is_written(spelling: str) -> None:
    caps = SenderCaps(per_sender=3)
    senders = [SPELLINGS[spelling](number) for number in range(12)]
    assert outcomes(caps, senders) == ["passed"] * 3 + ["told"] + ["ignored"] * 8
    assert outcomes(caps, ["lee@corp.test"], 1.0) == ["passed"], "nobody else is held up"


@pytest.mark.parametrize(
    "senders",
    [
        [f"p{number}@corp.test" for number in range(40)],
        [f"p@h{number}.corp.test" for number in range(40)],
        [f"ann-{number}@corp.test" for number in range(40)],
    ],
    ids=["any local part", "any host of the organization", "tags that only the provider knows"],
)
def test_an_organization_has_one_cap_whatever_addresses_it_writes_from(senders: list[str]) -> None:
    found = outcomes(SenderCaps(per_sender=5, per_domain=10), senders)
    assert found.count("passed") == 10
    assert found[:10] == ["passed"] * 10
    assert found.count("told") == MAX_TOLD, "a machine with many addresses gets no end of mails"


def test_all_together_have_one_cap() -> None:
    found = outcomes(SenderCaps(total=10), [f"p@d{number}.test" for number in range(60)])
    assert (found.count("passed"), found.count("told")) == (10, MAX_TOLD)


def test_when_the_hour_is_over_messages_pass_again() -> None:
    caps = SenderCaps(per_sender=1)
    assert outcomes(caps, ["ann@corp.test"] * 3) == ["passed", "told", "ignored"]
    assert outcomes(caps, ["ann@corp.test"], 3599.0) == ["ignored"]
    assert outcomes(caps, ["ann@corp.test"], 3601.0) == ["passed"]


def test_what_is_told_says_the_cap_and_when_to_go_on() -> None:
    caps = SenderCaps(per_sender=1)
    caps.check(1, request("ann@corp.test"), 0.0)
    intake = caps.check(2, request("ann@corp.test"), 600.0)
    assert intake is not None
    assert intake.folder is Folder.IGNORED
    assert intake.request is not None
    assert intake.request.kind == "refused"
    assert "More than 1 messages within an hour came from your address" in intake.request.text
    assert "in 50 minutes" in intake.request.text


CAPS = {
    "of the person": {"per_sender": 1},
    "of the organization": {"per_domain": 1},
    "of all": {"total": 1},
}


@pytest.mark.parametrize("cap", CAPS)
@pytest.mark.parametrize("text", ["cancel", "cancel 2", "stop", "Please cancel."])
@pytest.mark.parametrize("answers_ours", [True, False], ids=["in answer to us", "in a new mail"])
def test_the_word_to_stop_passes_every_cap_from_anywhere(cap: str, text: str, answers_ours: bool) -> None:
    caps = SenderCaps(**CAPS[cap], stops=takes_back)
    outcomes(caps, ["ann@corp.test"] * 5)
    stop = request("ann@corp.test", text, answers_ours=answers_ours)
    assert caps.check("stop", stop, 0.0) is None
    assert caps.check("other", request("ann@corp.test", "hello", answers_ours=answers_ours), 0.0) is not None


def test_a_machine_that_says_cancel_in_new_mails_is_stopped_by_a_cap_of_its_own() -> None:
    caps = SenderCaps(stops=takes_back)
    found = [caps.check(number, request(f"ann+{number}@corp.test", "cancel"), 0.0) for number in range(50)]
    caps.forget(range(50))
    assert found[:STOPS_PER_PERSON] == [None] * STOPS_PER_PERSON
    assert [one.request is not None for one in found[STOPS_PER_PERSON:] if one] == [True] + [False] * 9
    assert caps.check("late", request("ann@corp.test", "cancel"), 1.0) is not None, "filing them changes nothing"
    assert caps.check("answer", request("ann@corp.test", "cancel", answers_ours=True), 1.0) is None
    assert caps.check("lee", request("lee@corp.test", "cancel"), 1.0) is None
    assert caps.check("later", request("ann@corp.test", "cancel"), 3601.0) is None


def test_nobody_is_asked_dozens_of_times_about_mail_of_theirs_that_was_handed_on() -> None:
    caps = SenderCaps(per_sender=5)
    asked = [request(f"Ann+{number}@corp.test", doubt="it was not addressed to me") for number in range(60)]
    found = [caps.check(number, one, 0.0) for number, one in enumerate(asked)]
    caps.forget(range(60))
    assert found[:ASKED_PER_PERSON] == [None] * ASKED_PER_PERSON
    told, *ignored = found[ASKED_PER_PERSON:]
    assert told is not None
    assert told.request is not None
    assert (told.request.kind, told.request.doubt) == ("refused", "")
    assert "in the next 60 minutes" in told.request.text
    assert all(one is not None and one.request is None and one.folder is Folder.IGNORED for one in ignored)
    assert caps.check(ASKED_PER_PERSON, asked[0], 1.0) is not None
    assert outcomes(caps, ["ann@corp.test"]) == ["passed"], "their own mail is not counted with it"
    assert caps.check("later", asked[0], 3601.0) is None


def test_mail_that_is_not_the_owners_own_is_not_counted() -> None:
    caps = SenderCaps(per_sender=1)
    for more in ({"role": "recipient"}, {"role": "participant"}, {"kind": "bounce"}):
        for number in range(5):
            assert caps.check((str(more), number), request("ann@corp.test", **more), 0.0) is None
    assert outcomes(caps, ["ann@corp.test"]) == ["passed"]


def test_a_message_that_is_asked_about_again_is_counted_once() -> None:
    caps = SenderCaps(per_sender=1)
    assert [caps.check("one", request("ann@corp.test"), 0.0) for _ in range(3)] == [None] * 3
    told = caps.check("two", request("ann@corp.test"), 1.0)
    assert told is not None
    assert told.request is not None
    assert caps.check("two", request("ann@corp.test"), 2.0) == told, "told again when it could not be handed over"


def test_what_is_read_from_the_mailbox_counts_and_who_was_told_is_told_once() -> None:
    caps = SenderCaps(per_sender=2)
    caps.add([("a", Answered("ann+1@corp.test", 0.0)), ("b", Answered("Ann@corp.test", 0.0))])
    caps.add([("c", Answered("ann+2@corp.test", 0.0, told=True))])
    assert outcomes(caps, ["ann@corp.test"], 1.0) == ["ignored"]


def newcomer(number: int, sender: str) -> tuple[str, UserRequest]:
    return f"{sender} {number}", request(sender, unconfirmed=True)


def test_newcomers_are_asked_three_times_an_hour_and_then_not_at_all() -> None:
    caps = SenderCaps()
    spelled = [newcomer(number, f"kim+{number}@new.test") for number in range(5)]
    asked = [caps.check(key, one, 0.0) for key, one in spelled]
    assert asked[:FIRST_CONTACTS_PER_SENDER] == [None] * FIRST_CONTACTS_PER_SENDER
    assert [one.folder if one else None for one in asked[FIRST_CONTACTS_PER_SENDER:]] == [Folder.QUARANTINE] * 2
    assert all(one.request is None for one in asked[FIRST_CONTACTS_PER_SENDER:] if one)
    others = [caps.check(*newcomer(0, f"p@n{number}.test"), 0.0) for number in range(FIRST_CONTACTS)]
    assert others.count(None) == FIRST_CONTACTS - FIRST_CONTACTS_PER_SENDER
