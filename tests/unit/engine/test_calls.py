"""The end of the engine's tasks."""

import asyncio

from inbox_agent.engine.calls import end_all


async def _misses_the_first_cancel(cancels: list[int]) -> None:
    while True:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            cancels.append(1)
            if len(cancels) > 1:
                raise


def test_a_task_that_misses_a_cancel_is_canceled_again() -> None:
    async def run() -> None:
        cancels: list[int] = []
        task = asyncio.create_task(_misses_the_first_cancel(cancels))
        await asyncio.sleep(0)
        await asyncio.wait_for(end_all([task]), 10)
        assert task.cancelled()

    asyncio.run(run())


def test_nothing_to_end_is_no_wait() -> None:
    asyncio.run(asyncio.wait_for(end_all([]), 10))
