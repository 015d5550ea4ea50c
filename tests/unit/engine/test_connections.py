"""Which connections the engine gives up."""

import asyncio

import pytest

from inbox_agent.engine.connections import Connections
from inbox_agent.engine.limits import Limits


@pytest.fixture
def connections() -> Connections:
    return Connections(Limits(head_seconds=10, waiting_connections=3))


def test_a_connection_without_a_first_request_in_time_is_closed(connections: Connections) -> None:
    silent = asyncio.Transport()
    assert connections.to_close([silent], 100) == []
    assert connections.to_close([silent], 110) == []
    assert connections.to_close([silent], 111) == [silent]


def test_the_oldest_of_too_many_are_closed(connections: Connections) -> None:
    opened = [asyncio.Transport() for _ in range(5)]
    for number in range(len(opened)):
        closed = connections.to_close(opened[: number + 1], number)
    assert closed == opened[:2]
