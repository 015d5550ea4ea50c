"""The cache of TXT records; the resolver itself is a fake here."""

import pytest

from inbox_agent.adapters.dns_txt import MAX_ENTRIES, TxtRecords
from inbox_agent.errors import TransientError


class Resolver:
    def __init__(self) -> None:
        self.asked: list[str] = []
        self.now = 0.0
        self.down = False

    def fetch(self, name: str) -> tuple[bytes | None, float]:
        self.asked.append(name)
        if self.down:
            raise TransientError("no answer")
        return (b"v=DKIM1" if name.startswith("s1.") else None), 60.0

    def clock(self) -> float:
        return self.now


@pytest.fixture
def resolver() -> Resolver:
    return Resolver()


@pytest.fixture
def records(resolver: Resolver) -> TxtRecords:
    return TxtRecords(resolver.fetch, resolver.clock)


def test_an_answer_holds_for_its_time_whatever_the_case(resolver: Resolver, records: TxtRecords) -> None:
    assert records("s1.a.example") == records("S1.A.example.") == b"v=DKIM1"
    assert resolver.asked == ["s1.a.example"]
    resolver.now = 61.0
    records("s1.a.example")
    assert len(resolver.asked) == 2


def test_that_there_is_none_is_remembered_too(resolver: Resolver, records: TxtRecords) -> None:
    assert records("none.example") is None
    assert records("none.example") is None
    assert len(resolver.asked) == 1


def test_a_failure_is_raised_and_not_remembered(resolver: Resolver, records: TxtRecords) -> None:
    resolver.down = True
    with pytest.raises(TransientError):
        records("s1.a.example")
    resolver.down = False
    assert records("s1.a.example") == b"v=DKIM1"


def test_the_cache_is_bounded(resolver: Resolver, records: TxtRecords) -> None:
    for number in range(MAX_ENTRIES + 1):
        records(f"{number}.example")
    records("0.example")
    assert resolver.asked.count("0.example") == 2
