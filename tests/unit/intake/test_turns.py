"""Whose costly check comes next: nobody's many hold up a cheap one, and nobody waits for ever."""

import pytest

from inbox_agent.intake.turns import MOST_SAVED, SHARE, Turns


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def until_turn(turns: Turns, clock: Clock, number: int, most: float = 10_000.0) -> float:
    """How many seconds go by until the turn of a message."""
    began = clock.now
    while clock.now - began < most:
        if (1, number) in turns.take():
            return clock.now - began
        clock.now += max(0.001, turns.seconds_to_next() or 0.0)
    raise AssertionError("its turn never came")


def test_what_is_saved_up_is_taken_at_once(clock: Clock) -> None:
    turns = Turns(clock)
    assert [turns.take_at_once(MOST_SAVED / 2) for _ in range(3)] == [True, True, False]
    clock.now += MOST_SAVED / 2 / SHARE
    assert turns.take_at_once(MOST_SAVED / 2)


def test_one_that_costs_more_than_can_be_saved_up_has_its_turn_and_nobody_pays_for_it(clock: Clock) -> None:
    turns = Turns(clock)
    assert turns.take_at_once(MOST_SAVED + 1.0)
    turns.wait((1, 1), 0.1)
    assert until_turn(turns, clock, 1) == pytest.approx(0.1 / SHARE, rel=0.1)


def test_nobody_passes_those_who_wait_at_once(clock: Clock) -> None:
    turns = Turns(clock)
    turns.take_at_once(MOST_SAVED)
    turns.wait((1, 1), 0.5)
    clock.now += 1.0
    assert not turns.take_at_once(0.1)


@pytest.mark.parametrize("cost", [0.1, 0.4, 2.0])
def test_a_cheap_one_is_before_200_costly_ones_that_came_first(clock: Clock, cost: float) -> None:
    turns = Turns(clock)
    for number in range(200):
        turns.wait((1, number), cost)
    turns.take()
    clock.now += 5.0
    turns.wait((1, 500), 0.006)
    assert until_turn(turns, clock, 500) < 2.5


def test_a_costly_one_has_its_turn_though_cheaper_ones_never_end(clock: Clock) -> None:
    turns = Turns(clock)
    turns.take_at_once(MOST_SAVED)
    turns.wait((1, 0), 0.56)
    for number in range(1, 2000):
        turns.wait((1, number), 0.05)
        clock.now += 0.05
        if (1, 0) in turns.take():
            break
    else:
        pytest.fail("its turn never came")
    assert clock.now < 160.0


def test_equal_ones_keep_their_order(clock: Clock) -> None:
    turns = Turns(clock)
    turns.take_at_once(MOST_SAVED)
    for number in (3, 1, 2):
        turns.wait((1, number), 0.5)
    served: list[int] = []
    while len(served) < 3:
        clock.now += 0.5
        served += [number for _, number in turns.take()]
    assert served == [1, 2, 3]


def test_the_next_turn_is_told(clock: Clock) -> None:
    turns = Turns(clock)
    assert turns.seconds_to_next() is None
    turns.take_at_once(MOST_SAVED)
    turns.wait((1, 1), 0.25)
    assert turns.seconds_to_next() == pytest.approx(0.25 / SHARE)
    clock.now += 0.25 / SHARE
    assert turns.take() == {(1, 1)}
    assert turns.seconds_to_next() is None
