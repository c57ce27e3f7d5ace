"""A table of a report as a value: every form it leaves in (CSV, Markdown, LaTeX, HTML, a plot) is a function of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple


class Estimate(NamedTuple):
    """A figure with the ends of its 95 % interval, which are None where there is none."""

    value: float
    low: float | None = None
    high: float | None = None


class Link(NamedTuple):
    """Text that leads to a page of the studio; ``path`` begins with one slash."""

    text: str
    path: str


Cell = str | int | float | Estimate | Link | None


@dataclass(frozen=True)
class Column:
    """``digits`` behind the point where a number is shown to people; ``signed`` puts a plus before it."""

    name: str
    digits: int = 3
    signed: bool = False


@dataclass(frozen=True)
class Table:
    """``name`` is a file's stem; ``remark`` is what a reader must know to read it. ``plotted`` names the columns of estimates
    that a plot shows, a row of it for each row here, along ``axis``, whose ends ``limits`` sets."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    remark: str = ""
    plotted: tuple[str, ...] = ()
    axis: str = ""
    limits: tuple[float, float] | None = None

    def place(self, column: str) -> int:
        return [each.name for each in self.columns].index(column)

    def texts(self, minus: str = "−", to: str = "{low} to {high}") -> Iterator[list[str]]:
        """Each row as people read it; nothing is an en dash."""
        for row in self.rows:
            yield [shown(cell, column, minus, to) for cell, column in zip(row, self.columns, strict=True)]

    def values(self) -> tuple[list[str], list[list[Any]]]:
        """Heads and rows as programs read them: an estimate takes three columns, and nothing is None."""
        wide = [any(isinstance(row[at], Estimate) for row in self.rows) for at in range(len(self.columns))]
        heads = [
            head
            for column, three in zip(self.columns, wide, strict=True)
            for head in ([column.name, f"{column.name} low", f"{column.name} high"] if three else [column.name])
        ]
        rows = [
            [value for cell, three in zip(row, wide, strict=True) for value in (_three(cell) if three else [_plain(cell)])]
            for row in self.rows
        ]
        return heads, rows


def columns(*names: str, **settings: Any) -> tuple[Column, ...]:
    """Columns that are shown alike."""
    return tuple(Column(name, **settings) for name in names)


def estimate(found: dict[str, Any] | None) -> Estimate | None:
    """``{"mean": 0.3, "ci95": [0.2, 0.4]}`` as a cell."""
    if found is None or found["mean"] is None:
        return None
    # A report that was written before its figure had an interval is shown without one.
    low, high = found.get("ci95") or (None, None)
    return Estimate(found["mean"], low, high)


def shown(cell: Cell, column: Column, minus: str, to: str) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, Estimate):
        value, low, high = (None if part is None else shown(part, column, minus, to) for part in cell)
        return value if low is None else f"{value} ({to.format(low=low, high=high)})"
    if isinstance(cell, float):
        return f"{cell:{'+' * column.signed},.{column.digits}f}".replace("-", minus)
    if isinstance(cell, Link):
        return cell.text
    return f"{cell:,}" if isinstance(cell, int) else cell


def _three(cell: Cell) -> Sequence[Any]:
    return cell if isinstance(cell, Estimate) else [_plain(cell), None, None]


def _plain(cell: Cell) -> Any:
    return cell.text if isinstance(cell, Link) else cell
