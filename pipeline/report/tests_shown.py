"""A statistical test as cells of a table."""

from typing import Any

from .table import Estimate


def p_value(p: float | None) -> str | None:
    """As journals print it: three digits, and never 0."""
    return None if p is None else "< 0.001" if p < 0.001 else f"{p:.3f}"


def compared_cells(row: dict[str, Any] | None, times: float = 1) -> tuple:
    """Difference (``times`` so much), Holm's p and what it comes to, of one row of ``compare_models``."""
    if row is None:
        return None, None, None
    low, high = (None, None) if row["ci95"] is None else (times * bound for bound in row["ci95"])
    difference = None if row["difference"] is None else Estimate(times * row["difference"], low, high)
    return difference, p_value(row["p_holm"]), row["verdict"]
