"""Figures about the engine in Prometheus' text format (version 0.0.4)."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from inbox_agent.engine.engine import Engine

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)


class Metrics:
    """Counts requests by route and status; reads the rest where it is known."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, int], int] = defaultdict(int)
        self._seconds: dict[str, list[int]] = defaultdict(lambda: [0] * (len(_BUCKETS) + 1))
        self._total_seconds: dict[str, float] = defaultdict(float)

    def answered(self, route: str, status: int, seconds: float) -> None:
        self._answers[route, status] += 1
        self._total_seconds[route] += seconds
        counts = self._seconds[route]
        counts[next((index for index, bound in enumerate(_BUCKETS) if seconds <= bound), len(_BUCKETS))] += 1

    async def render(self, engine: Engine) -> str:
        """The page. Counting the runs is a scan, so it is done in a thread."""
        by_status = await asyncio.to_thread(engine.store.count_by_status)
        lines: list[str] = []
        _family(
            lines,
            "runs",
            "gauge",
            "Runs by status.",
            [(f'status="{name}"', by_status[name]) for name in sorted(by_status)],
        )
        gauges: dict[str, tuple[str, float]] = {
            "runs_in_memory": ("Runs held in memory.", len(engine.runs)),
            "worker_calls_in_flight": ("Worker calls that are out.", engine.dispatcher.active),
            "worker_calls_waiting": ("Worker calls waiting for their worker's turn.", engine.dispatcher.waiting),
            "changes_waiting": ("Changes queued for the disk.", engine.store.waiting),
            "last_commit_seconds": ("Duration of the last transaction.", engine.store.last_commit_seconds),
        }
        for name, (text, value) in gauges.items():
            _family(lines, name, "gauge", text, [("", value)])
        counts = engine.counters
        events = [(f'kind="{kind}"', count) for kind, count in sorted(counts.events.items())]
        _family(lines, "events_total", "counter", "Events applied, by kind.", events)
        counters: dict[str, tuple[str, float]] = {
            "retries_total": ("Failed attempts of worker calls.", counts.events.get("call_failed", 0)),
            "overtaken_total": ("Events dropped because they were overtaken.", counts.dropped),
            "repeated_after_restart_total": (
                "Runs whose calls were repeated after a restart.",
                counts.repeated_after_restart,
            ),
            "worker_call_seconds_sum": ("Time spent in worker calls.", round(engine.dispatcher.seconds, 6)),
            "worker_call_seconds_count": ("Worker calls that ended.", engine.dispatcher.answered),
        }
        for name, (text, value) in counters.items():
            _family(lines, name, "counter", text, [("", value)])
        answers = [(f'route="{route}",status="{status}"', n) for (route, status), n in sorted(self._answers.items())]
        _family(lines, "requests_total", "counter", "Requests answered.", answers)
        self._histogram(lines)
        return "\n".join(lines) + "\n"

    def _histogram(self, lines: list[str]) -> None:
        name = "iwf_engine_request_seconds"
        lines += [f"# HELP {name} Time to answer, long polls included.", f"# TYPE {name} histogram"]
        for route, counts in sorted(self._seconds.items()):
            total = 0
            for bound, count in zip((*map(str, _BUCKETS), "+Inf"), counts, strict=True):
                total += count
                lines.append(f'{name}_bucket{{route="{route}",le="{bound}"}} {total}')
            lines.append(f'{name}_sum{{route="{route}"}} {self._total_seconds[route]:.6f}')
            lines.append(f'{name}_count{{route="{route}"}} {total}')


def _family(lines: list[str], name: str, kind: str, text: str, values: Sequence[tuple[str, float]]) -> None:
    lines += [f"# HELP iwf_engine_{name} {text}", f"# TYPE iwf_engine_{name} {kind}"]
    lines += [f"iwf_engine_{name}{'{' + labels + '}' if labels else ''} {value}" for labels, value in values]
