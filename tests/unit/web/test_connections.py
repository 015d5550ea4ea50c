"""Which connections are given up: late ones and surplus ones, and never one whose request is complete."""

import pytest

from inbox_agent.web.connections import (
    BODY_SECONDS,
    HEAD_SECONDS,
    IDLE_SECONDS,
    MAX_PIPELINED,
    MAX_WAITING,
    MAX_WAITING_OF_PEER,
    UNREAD_SECONDS,
    Waiting,
    Watch,
    to_give_up,
)


class Parser:
    def __init__(self, headers_finished: bool = False) -> None:
        self.headers_finished = headers_finished


class Channel:
    """What the watch reads of a waitress channel."""

    def __init__(
        self, peer: str = "10.0.0.1", request: Parser | None = None, *, requests: int = 0, unread: int = 0
    ) -> None:
        self.request = request
        self.requests = [object()] * requests
        self.addr = (peer, 1)
        self.last_activity = 0.0
        self.total_outbufs_len = unread
        self.will_close = self.close_when_flushed = False
        self.closed = False

    def handle_close(self) -> None:
        self.closed = True


def test_late_connections_are_given_up_and_others_kept() -> None:
    waiting = [Waiting("late", "a", 0, 10), Waiting("in time", "a", 5, 10)]
    assert to_give_up(waiting, 11) == ["late"]


def test_the_oldest_of_a_peer_with_too_many_go() -> None:
    waiting = [Waiting(number, "a", number, 1e9) for number in range(MAX_WAITING_OF_PEER + 3)]
    waiting.append(Waiting("other", "b", -1, 1e9))
    assert to_give_up(waiting, 1000) == [0, 1, 2]


def test_of_too_many_those_of_the_peers_with_most_go() -> None:
    crowd = [Waiting((peer, number), peer, number, 1e9) for peer in ("a", "b", "c") for number in range(150)]
    single = [Waiting(("d", 0), "d", -1, 1e9)]
    closed = to_give_up([*single, *crowd], 1000)
    assert len(closed) == len(crowd) + 1 - MAX_WAITING
    assert ("d", 0) not in closed


@pytest.mark.parametrize(
    ("parser", "limit"), [(Parser(), HEAD_SECONDS), (Parser(headers_finished=True), BODY_SECONDS), (None, IDLE_SECONDS)]
)
def test_each_stage_has_its_deadline(parser: Parser | None, limit: float) -> None:
    channel, watch = Channel(request=parser), Watch()
    channel.last_activity = 100.0
    for now in (100.0, 100.0 + limit):
        watch.close_late([channel], now)
        assert not channel.closed
    watch.close_late([channel], 101.0 + limit)
    assert channel.closed


def test_bytes_now_and_then_do_not_put_the_deadline_off() -> None:
    channel, watch = Channel(request=Parser()), Watch()
    for now in range(int(HEAD_SECONDS) + 2):
        channel.last_activity = float(now)
        watch.close_late([channel], float(now))
    assert channel.closed


def test_the_next_request_on_a_connection_has_a_deadline_of_its_own() -> None:
    channel, watch = Channel(request=Parser()), Watch()
    for now in range(60):
        if now % 5 == 0:
            channel.request = Parser()
        watch.close_late([channel], float(now))
    assert not channel.closed


@pytest.mark.parametrize("unread", [0, 10_000])
def test_a_connection_that_is_being_answered_is_never_given_up(unread: int) -> None:
    channel, watch = Channel(requests=1, unread=unread), Watch()
    for now in (0.0, 1e6):
        watch.close_late([channel], now)
    assert not channel.closed


def test_an_answer_that_is_not_read_has_a_deadline_however_it_trickles() -> None:
    channel, watch = Channel(unread=10_000), Watch()
    for now in range(int(UNREAD_SECONDS) + 1):
        channel.total_outbufs_len -= 1
        channel.last_activity = float(now)
        watch.close_late([channel], float(now))
        assert not channel.closed
    watch.close_late([channel], UNREAD_SECONDS + 1)
    assert channel.closed


def test_the_oldest_of_too_many_that_do_not_read_go() -> None:
    channels, watch = [Channel(unread=10_000) for _ in range(MAX_WAITING_OF_PEER + 3)], Watch()
    for now, _ in enumerate(channels):
        watch.close_late(channels[: now + 1], now / 100)
    assert [channel.closed for channel in channels[:4]] == [True, True, True, False]


def test_a_connection_that_sends_many_requests_ahead_is_given_up() -> None:
    few, many, watch = Channel(requests=MAX_PIPELINED), Channel(requests=MAX_PIPELINED + 1), Watch()
    watch.close_late([few, many], 0.0)
    assert (few.closed, many.closed) == (False, True)
