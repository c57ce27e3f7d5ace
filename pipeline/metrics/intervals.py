"""Means over cases, and how far they may be off."""

from collections.abc import Sequence
from typing import Any

from pipeline.statistics import bootstrap_interval


def summarise(cases: Sequence[dict[str, float]], within: tuple[float, float] | None = None) -> dict[str, dict[str, Any]]:
    """``{"rouge1": {"mean": 0.31, "ci95": [0.27, 0.35]}, ...}`` of cases that all have the same scores; empty for no case.
    ``within`` are bounds that no mean can leave, see ``bootstrap_interval``."""
    columns = {name: [case[name] for case in cases] for name in cases[0]} if cases else {}
    return {
        name: {"mean": sum(values) / len(values), "ci95": bootstrap_interval(values, within=within)}
        for name, values in columns.items()
    }
