"""Which messages one look into the inbox reads, when not all fit."""

import pytest

from inbox_agent.adapters.imap_batch import MAX_BATCH_BYTES, SMALL_BYTES, choose_batch

MB = 1_000_000
LARGEST = 25 * MB


@pytest.mark.parametrize(
    "sizes",
    [{}, {7: 10}, {1: 10 * MB, 2: 100, 3: 20 * MB, 4: 5}, {5: 30 * MB, 6: 90 * MB, 7: 1}],
    ids=["none", "one", "small and large", "some of which only the header is read"],
)
def test_what_fits_is_read_in_order(sizes: dict[int, int]) -> None:
    assert choose_batch(sizes, 100, LARGEST) == list(sizes)


@pytest.mark.parametrize("size", [SMALL_BYTES + 1, 4 * MB, LARGEST])
def test_a_small_message_behind_200_large_ones_is_read_at_once(size: int) -> None:
    sizes = dict.fromkeys(range(1, 201), size) | {900: 3000}
    chosen = choose_batch(sizes, 100, LARGEST)
    assert {1, 900} <= set(chosen), "the oldest one, too: nothing waits for ever"
    assert chosen == sorted(chosen)
    assert sum(sizes[uid] for uid in chosen) <= MAX_BATCH_BYTES


def test_of_many_small_ones_the_oldest_are_read() -> None:
    sizes = dict.fromkeys(range(1, 301), 1000)
    assert choose_batch(sizes, 100, LARGEST) == list(range(1, 101))


def test_one_larger_than_a_batch_is_read_alone() -> None:
    assert choose_batch({1: 2 * MAX_BATCH_BYTES, 2: 2 * MAX_BATCH_BYTES}, 100, 4 * MAX_BATCH_BYTES) == [1]
