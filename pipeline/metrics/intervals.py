"""Means over cases, and how far they may be off."""

from collections.abc import Sequence
from typing import Any

RESAMPLES = 1000
SEED = 0


def bootstrap_interval(values: Sequence[float]) -> list[float] | None:
    """The 95 % percentile bootstrap interval of the mean, over 1000 resamples of the cases with a fixed seed (Efron and
    Tibshirani, 1993, chapter 13); None for fewer than two values, which say nothing about spread."""
    import numpy

    if len(values) < 2:
        return None
    drawn = numpy.random.default_rng(SEED).integers(0, len(values), (RESAMPLES, len(values)))
    means = numpy.asarray(values, dtype=float)[drawn].mean(axis=1)
    return [float(bound) for bound in numpy.percentile(means, [2.5, 97.5])]


def summarise(cases: Sequence[dict[str, float]]) -> dict[str, dict[str, Any]]:
    """``{"rouge1": {"mean": 0.31, "ci95": [0.27, 0.35]}, ...}`` of cases that all have the same scores; empty for no case."""
    columns = {name: [case[name] for case in cases] for name in cases[0]} if cases else {}
    return {name: {"mean": sum(values) / len(values), "ci95": bootstrap_interval(values)} for name, values in columns.items()}
