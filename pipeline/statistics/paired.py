"""Two models on the same encounters: the mean difference, its interval, and how likely chance alone would make one as large."""

from collections.abc import Hashable, Sequence
from math import sqrt
from typing import Any

from annotations import cluster_totals, numbers, ratio_interval, same_length, standard_error

from .power import detectable_difference
from .verdicts import verdict

FLIPS, SEED = 9999, 0
_AT_ONCE = 1000


def paired(
    first: Sequence[float],
    second: Sequence[float],
    clusters: Sequence[Hashable] | None = None,
    higher_is_better: bool | None = True,
    matters: float | None = None,
) -> dict[str, Any]:
    """``{"n", "clusters", "mean", "ci95", "p", "sd", "detectable", "verdict", "test"}`` of first minus second, pair by pair.

    ``n`` counts pairs and ``clusters`` encounters. ``p`` is the two-sided paired permutation test's: each encounter's differences
    keep or change their sign together, in all ways up to 13 encounters, else in 9999 drawn ones (Good, Permutation, Parametric
    and Bootstrap Tests, 2005, chapter 3). ``sd`` is that of one encounter's difference, ``detectable`` the difference that this
    many encounters show with 80 % power. ``verdict`` speaks of the first model, see ``verdicts``; ``matters`` is the smallest
    difference of interest. What cannot be said of so few pairs is None.
    """
    same_length(first, second)
    sums, sizes = cluster_totals(numbers(first, "A first value") - numbers(second, "A second value"), clusters)
    n = len(sums)
    found = {
        "test": "permutation", "n": len(first), "clusters": n, "mean": float(sums.sum() / sizes.sum()) if n else None,
        "ci95": ratio_interval(sums, sizes), "p": permutation_p(sums) if n else None, **spread(sums, sizes),
    }  # fmt: skip
    return found | {"verdict": verdict(n, found["mean"], found["ci95"], found["p"], found["sd"], higher_is_better, matters)}


def spread(sums: Any, sizes: Any) -> dict[str, float | None]:
    """The standard deviation of one cluster's difference, and the mean difference that these clusters can show."""
    n = len(sums)
    sd = standard_error(sums, sizes) * sqrt(n) if n > 1 else None
    return {"sd": sd, "detectable": None if sd is None else detectable_difference(sd, n)}


def permutation_p(sums: Any) -> float:
    """The share of sign changes whose total is at least as far from 0; drawn ones count the observed one in."""
    import numpy

    n, observed = len(sums), abs(sums.sum())
    # Sums in another order differ in their last digits.
    observed -= 1e-9 * numpy.abs(sums).sum()
    if 2**n <= FLIPS:
        signs = 1 - 2 * (numpy.arange(2**n)[:, None] >> numpy.arange(n) & 1)
        return float(numpy.mean(numpy.abs(signs @ sums) >= observed))
    draw, reached = numpy.random.default_rng(SEED), 1
    for start in range(0, FLIPS, _AT_ONCE):
        signs = 1.0 - 2.0 * draw.integers(0, 2, (min(_AT_ONCE, FLIPS - start), n), dtype=numpy.int8)
        reached += int(numpy.sum(numpy.abs(signs @ sums) >= observed))
    return reached / (FLIPS + 1)
