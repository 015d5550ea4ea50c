"""What is known of TXT records; the network is a script here."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from inbox_agent.adapters.dns_questions import (
    MAX_ASKING,
    MAX_PER_ZONE,
    MAX_QUEUED,
    Questions,
    zone_of,
)
from inbox_agent.adapters.dns_txt import FIRST_PAUSE_SECONDS, LAST_PAUSE_SECONDS, MAX_ENTRIES, MIN_SECONDS, TxtRecords
from inbox_agent.errors import LookUpFailed, LookUpPending, TransientError

SECONDS = 20.0


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


class Network:
    """``s1.*`` has a record; ``silent.*`` is never answered; nothing else exists."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.now = 0.0
        self.down = False
        self.ttl = 100.0
        self.release = asyncio.Event()

    async def ask(self, name: str, seconds: float) -> tuple[bytes | None, float]:
        self.asked.append(name)
        if self.down:
            raise TransientError("no answer")
        if name.startswith("silent."):
            await self.release.wait()
            raise TransientError("no answer")
        return (b"v=DKIM1" if name.startswith("s1.") else None), self.ttl

    def clock(self) -> float:
        return self.now


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
def records(network: Network) -> TxtRecords:
    return TxtRecords(network.ask, network.clock)


def told(records: TxtRecords, name: str) -> bytes | None:
    """Ask, wait for the answer, and ask again."""
    with pytest.raises(LookUpPending) as pending:
        records(name)
    wait_for(records, *pending.value.names)
    return records(name)


def wait_for(records: TxtRecords, *names: str) -> None:
    missing = set(names)
    deadline = time.monotonic() + SECONDS
    while missing:
        records.wait(0.5)
        missing -= records.settled()
        assert time.monotonic() < deadline


def test_nobody_waits_for_an_answer_and_it_counts_once_it_was_settled(network: Network, records: TxtRecords) -> None:
    answered = threading.Event()
    records.on_settled = answered.set
    with pytest.raises(LookUpPending):
        records("s1.a.example")
    assert answered.wait(SECONDS)
    with pytest.raises(LookUpPending):
        records("s1.a.example")
    assert records.settled() == {"s1.a.example"}
    assert records("s1.a.example") == b"v=DKIM1"
    assert network.asked == ["s1.a.example"]


def test_an_answer_holds_for_its_time_whatever_the_case(network: Network, records: TxtRecords) -> None:
    assert told(records, "s1.a.example") == records("S1.A.example.") == b"v=DKIM1"
    network.now = 101.0
    assert told(records, "s1.a.example") == b"v=DKIM1"
    assert network.asked == ["s1.a.example"] * 2


def test_an_answer_that_holds_for_no_time_holds_for_some(network: Network, records: TxtRecords) -> None:
    network.ttl = 0.0
    assert told(records, "s1.a.example") == b"v=DKIM1"
    network.now = MIN_SECONDS - 1
    assert records("s1.a.example") == b"v=DKIM1"


def test_that_there_is_none_is_remembered_too(network: Network, records: TxtRecords) -> None:
    assert told(records, "none.example") is None
    assert records("none.example") is None
    assert len(network.asked) == 1


def test_a_failure_is_remembered_longer_each_time_and_an_answer_ends_that(
    network: Network, records: TxtRecords
) -> None:
    network.down = True
    pauses = []
    for _ in range(9):
        with pytest.raises(LookUpFailed) as failed:
            told(records, "s1.a.example")
        with pytest.raises(LookUpFailed):
            records("s1.a.example")
        pauses.append(failed.value.retry_seconds)
        network.now += failed.value.retry_seconds
    assert len(network.asked) == 9
    assert pauses[:3] == [FIRST_PAUSE_SECONDS, 2 * FIRST_PAUSE_SECONDS, 4 * FIRST_PAUSE_SECONDS]
    assert pauses[-1] == LAST_PAUSE_SECONDS
    network.down = False
    assert told(records, "s1.a.example") == b"v=DKIM1"


def test_what_is_known_is_bounded(network: Network, records: TxtRecords) -> None:
    names = [f"n{number}.example" for number in range(MAX_ENTRIES + 1)]
    for start in range(0, len(names), 500):
        for name in names[start : start + 500]:
            with pytest.raises(LookUpPending):
                records(name)
        wait_for(records, *names[start : start + 500])
    assert records(names[-1]) is None
    with pytest.raises(LookUpPending):
        records(names[0])


def test_the_same_question_is_asked_once_however_many_want_to_know(network: Network, records: TxtRecords) -> None:
    for _ in range(50):
        with pytest.raises(LookUpPending):
            records("silent.a.example")
    wait_until(lambda: bool(network.asked))
    assert network.asked == ["silent.a.example"]


# --- how many questions are under way ----------------------------------------------------------------------------


class Silence:
    """Never answers before ``release``; knows how many questions were under way at once."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.under_way = self.most = 0
        self.reported: list[str] = []
        self.release = threading.Event()
        self.questions = Questions(lambda name, answer: self.reported.append(name), self.ask)

    async def ask(self, name: str, seconds: float) -> tuple[bytes | None, float]:
        self.begun.append(name)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        while not self.release.is_set() and not name.startswith("quick."):
            await asyncio.sleep(0.01)
        self.under_way -= 1
        return None, 60.0


@pytest.fixture
def silence() -> Iterator[Silence]:
    silence = Silence()
    yield silence
    silence.release.set()


def test_silent_names_of_one_organization_leave_room_for_those_of_others(silence: Silence) -> None:
    for number in range(200):
        silence.questions.put(f"s{number}._domainkey.mail{number}.silent.example")
    silence.questions.put("quick._domainkey.owner.example")
    wait_until(lambda: "quick._domainkey.owner.example" in silence.begun)
    wait_until(lambda: silence.under_way == MAX_PER_ZONE)
    assert silence.most <= MAX_PER_ZONE + 1


def test_a_bounded_number_of_questions_is_under_way_and_waits(silence: Silence) -> None:
    for number in range(MAX_ASKING + MAX_QUEUED + 50):
        silence.questions.put(f"s1._domainkey.d{number}.example")
    wait_until(lambda: len(silence.reported) == 50)
    assert silence.most <= MAX_ASKING
    silence.release.set()
    wait_until(lambda: len(silence.reported) == MAX_ASKING + MAX_QUEUED + 50)
    assert silence.most <= MAX_ASKING


def test_the_newest_question_comes_first_and_one_that_failed_before_last(silence: Silence) -> None:
    for number in range(MAX_PER_ZONE):
        silence.questions.put(f"s{number}._domainkey.a.example")
    for number in range(100, 110):
        silence.questions.put(f"s{number}._domainkey.a.example")
    silence.questions.put("again._domainkey.a.example", failures=2)
    silence.questions.put("owner._domainkey.a.example")
    silence.release.set()
    wait_until(lambda: len(silence.reported) == MAX_PER_ZONE + 12)
    assert silence.begun[MAX_PER_ZONE] == "owner._domainkey.a.example"
    assert silence.begun[-1] == "again._domainkey.a.example"


def test_a_name_that_was_answered_before_waits_for_none_of_its_organization(silence: Silence) -> None:
    for number in range(2 * MAX_PER_ZONE):
        silence.questions.put(f"s{number}._domainkey.a.example")
    silence.questions.put("owner._domainkey.a.example", known=True)
    wait_until(lambda: "owner._domainkey.a.example" in silence.begun)


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("s1._domainkey.a.example", "a.example"),
        ("s1._domainkey.mail.a.co.uk", "a.co.uk"),
        ("s._domainkey.x._domainkey.b.example", "b.example"),
        ("_dmarc.mail.a.example", "a.example"),
    ],
)
def test_names_are_counted_by_the_organization_whose_servers_answer(name: str, zone: str) -> None:
    assert zone_of(name) == zone
