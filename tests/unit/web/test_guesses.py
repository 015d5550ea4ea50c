"""The brake on guessing: soon for one address, later for a crowd, and never for somebody who did not guess."""

import pytest

from inbox_agent.web.guesses import MAX_OF_ADDRESS, MAX_OF_ALL, WINDOW_SECONDS, Guesses


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def guesses(clock: Clock) -> Guesses:
    return Guesses(clock)


def test_an_address_may_be_wrong_so_often_and_then_has_to_wait(guesses: Guesses, clock: Clock) -> None:
    for number in range(MAX_OF_ADDRESS):
        assert guesses.seconds_to_wait("10.0.0.1") == 0
        assert guesses.wrong("10.0.0.1") == number + 1
    assert guesses.seconds_to_wait("10.0.0.1") == WINDOW_SECONDS
    assert guesses.seconds_to_wait("10.0.0.2") == 0
    clock.now = WINDOW_SECONDS + 1
    assert guesses.seconds_to_wait("10.0.0.1") == 0


def test_addresses_of_one_ipv6_network_count_as_one(guesses: Guesses) -> None:
    for number in range(MAX_OF_ADDRESS):
        guesses.wrong(f"2001:db8::{number:x}")
    assert guesses.seconds_to_wait("2001:db8::ffff") > 0
    assert guesses.seconds_to_wait("2001:db8:0:1::1") == 0


def test_a_crowd_gets_one_try_each_and_locks_nobody_out(guesses: Guesses) -> None:
    for number in range(MAX_OF_ALL):
        guesses.wrong(f"10.0.{number}.1")
    assert guesses.seconds_to_wait("10.0.0.1") > 0
    assert guesses.seconds_to_wait("192.0.2.1") == 0
    guesses.wrong("192.0.2.1")
    assert guesses.seconds_to_wait("192.0.2.1") > 0
