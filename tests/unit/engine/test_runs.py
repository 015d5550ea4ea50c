"""Which runs stay in memory."""

from inbox_agent.engine.runs import Run, RunCache
from inbox_agent.engine.state import RunState


def run(rid: int, workflow_id: str = "w") -> Run:
    run_id = f"run-{rid}"
    state = RunState(
        workflow_id=workflow_id, run_id=run_id, first_run_id=run_id, workflow_type="T", worker_url="", started_at=0
    )
    return Run(rid, state)


def test_the_longest_unused_run_leaves_first() -> None:
    cache, runs = RunCache(idle_limit=2), [run(number, f"w{number}") for number in range(4)]
    for one in runs:
        cache.add(one, latest=True)
        cache.hold(one)
    for one in (runs[2], runs[0], runs[3]):
        cache.release(one)
    assert cache.by_rid(2) is None
    assert cache.latest("w2") is None
    assert [cache.by_rid(number) for number in (0, 1, 3)] == [runs[0], runs[1], runs[3]]


def test_a_run_in_use_stays() -> None:
    cache, used = RunCache(idle_limit=0), run(1)
    cache.add(used, latest=True)
    cache.hold(used)
    cache.hold(used)
    cache.release(used)
    assert cache.latest("w") is used
    cache.release(used)
    assert cache.latest("w") is None


def test_an_earlier_run_that_leaves_takes_not_the_latest_with_it() -> None:
    cache, earlier, latest = RunCache(idle_limit=9), run(1), run(2)
    cache.add(earlier, latest=True)
    cache.add(latest, latest=True)
    cache.drop(earlier)
    assert cache.latest("w") is latest
    assert cache.by_run_id("run-1") is None


def test_a_run_that_was_dropped_while_used_does_not_come_back() -> None:
    cache, dropped, again = RunCache(idle_limit=9), run(1), run(1)
    cache.add(dropped, latest=True)
    cache.hold(dropped)
    cache.drop(dropped)
    cache.add(again, latest=True)
    cache.release(dropped)
    assert cache.by_rid(1) is again
