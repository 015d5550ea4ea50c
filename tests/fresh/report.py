"""What was played, as a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.fresh.system import LEFT_RUNNING

TIMED_OUT = -1


@dataclass(frozen=True, slots=True)
class Played:
    """One command in one fresh system.

    Attributes:
        code: its exit code, 99 when it left a process running, -1 when its time ran out.
        note: its own last word.
    """

    system: str
    user: str
    command: str
    code: int
    seconds: float
    note: str = ""

    @property
    def result(self) -> str:
        named = {0: "ok", LEFT_RUNNING: "LEFT A PROCESS RUNNING", TIMED_OUT: "TIMED OUT"}
        return named.get(self.code, f"FAILED ({self.code})")


def table(rows: Sequence[Played]) -> str:
    """Aligned text, a line a command."""
    cells = [("system", "user", "command", "result", "time", "its last word")]
    for row in rows:
        minutes, seconds = divmod(round(row.seconds), 60)
        cells.append((row.system, row.user, row.command, row.result, f"{minutes}:{seconds:02}", row.note))
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells
    )


def last_word(log: str) -> str:
    """What sums a log up: the last line of pytest, else the last line at all, without its decoration."""
    lines = [line.strip(" =") for line in log.splitlines() if line.strip(" =")]
    sums = [line for line in lines if " passed" in line or " failed" in line]
    return ((sums or lines or [""])[-1])[:100]
