"""Long trials, run by ``make soak`` and not by CI, which runs small versions of them.

A trial is a function ``trial_...(size)`` in any module here; ``size`` is "small" (seconds) or "full" (minutes), and it returns a
Found.
"""

from dataclasses import dataclass, field
from math import sqrt
from typing import Any

SIZES = ("small", "full")


@dataclass(frozen=True)
class Found:
    """What a trial found: whether it held, what was to hold in one sentence, and the figures as rows of a table."""

    held: bool
    claim: str
    rows: list[dict[str, Any]] = field(default_factory=list)


def error_of(percent: float, studies: int) -> float:
    """How far a percentage of so many simulated studies may be off by the simulation's own chance: three standard errors."""
    return 3 * sqrt(percent * (100 - percent) / studies)
