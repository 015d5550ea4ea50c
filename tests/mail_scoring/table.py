"""The common table of all sections."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: how many of ``total`` cases are right, what is known elsewhere, and which cases failed."""

    section: str
    name: str
    right: int
    total: int
    best_known: str = ""
    target: str = ""
    slowest: str = ""
    failures: tuple[str, ...] = field(default=(), repr=False)


def render_table(rows: Sequence[Row]) -> str:
    heads = ("section", "corpus", "right", "of", "%", "best known", "target", "slowest case")
    cells = [heads, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(heads))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def _cells(row: Row) -> tuple[str, ...]:
    share = f"{100 * row.right / row.total:.1f}" if row.total else "-"
    return (row.section, row.name, str(row.right), str(row.total), share, row.best_known, row.target, row.slowest)
