"""Sessions end: by signing out, by time, by a restart."""

import pytest

from inbox_agent.web.sessions import LIFETIME_SECONDS, MAX_SESSIONS, Sessions


def test_a_session_is_open_until_it_is_closed() -> None:
    sessions = Sessions(lambda: 0.0)
    one, other = sessions.open(), sessions.open()
    assert sessions.is_open(one)
    sessions.close(one)
    assert not sessions.is_open(one)
    assert sessions.is_open(other)


def test_a_session_ends_by_itself() -> None:
    now = 0.0
    sessions = Sessions(lambda: now)
    secret = sessions.open()
    now = LIFETIME_SECONDS
    assert not sessions.is_open(secret)


@pytest.mark.parametrize("secret", ["", "guess", "\ud800"])
def test_what_was_not_opened_here_is_not_open(secret: str) -> None:
    assert not Sessions(lambda: 0.0).is_open(secret)


def test_the_oldest_goes_when_there_are_too_many() -> None:
    sessions = Sessions(lambda: 0.0)
    opened = [sessions.open() for _ in range(MAX_SESSIONS + 1)]
    assert not sessions.is_open(opened[0])
    assert sessions.is_open(opened[1])
