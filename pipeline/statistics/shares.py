"""Yes and no: "has a major hallucination" for two models on the same notes, and who wins how often."""

from collections.abc import Sequence
from math import sqrt
from typing import Any

from annotations import same_length, wilson

from .power import detectable_difference
from .verdicts import verdict

_Z = 1.959963984540054


def mcnemar(
    first: Sequence[bool], second: Sequence[bool], higher_is_better: bool = True, matters: float | None = None
) -> dict[str, Any]:
    """McNemar's test, exact: ``{"n", "both", "first_only", "second_only", "neither", "p", "mean", "ci95", "verdict", ...}``.

    One pair per encounter. ``p`` is the two-sided binomial one of the pairs that differ (McNemar, Psychometrika 1947;12:153-157),
    1 where none does, None without a pair. ``first`` and ``second`` are the shares with Wilson's intervals, ``mean`` is their
    difference, ``ci95`` its interval by Agresti and Min (Statistics in Medicine 2005;24:729-740), ``sd`` and ``detectable`` as in
    ``paired``. A flag that is better off, such as an error's, is ``higher_is_better=False``.
    """
    from scipy.stats import binomtest

    same_length(first, second)
    n, pairs = len(first), [(bool(one), bool(other)) for one, other in zip(first, second, strict=True)]
    both, only, other = (pairs.count(kind) for kind in ((True, True), (True, False), (False, True)))
    mean = (only - other) / n if n else None
    sd = sqrt((only + other - n * mean**2) / (n - 1)) if n > 1 else None
    found = {
        "test": "mcnemar", "n": n, "clusters": n,
        "both": both, "first_only": only, "second_only": other, "neither": n - both - only - other,
        "first": _share(both + only, n), "second": _share(both + other, n),
        "mean": mean, "ci95": _difference_interval(only, other, n) if n > 1 else None,
        "p": None if not n else float(binomtest(only, only + other).pvalue) if only + other else 1.0,
        "sd": sd, "detectable": None if sd is None else detectable_difference(sd, n),
    }  # fmt: skip
    return found | {"verdict": verdict(n, mean, found["ci95"], found["p"], sd, higher_is_better, matters)}


def win_rate(wins: int, losses: int, ties: int, neither: int = 0) -> dict[str, Any]:
    """``{"n", "wins", "losses", "ties", "neither", "rate", "ci95", "p"}``: the first model's share of the decided comparisons.

    Ties, and notes that are both unacceptable, are reported and not split: they are in ``n`` and not in ``rate``, whose interval
    is Wilson's over wins and losses. ``p`` is the exact sign test's. All three are None without a decided comparison.
    """
    from scipy.stats import binomtest

    decided = wins + losses
    return {
        "n": decided + ties + neither, "wins": wins, "losses": losses, "ties": ties, "neither": neither,
        "rate": wins / decided if decided else None, "ci95": list(wilson(wins, decided)) if decided else None,
        "p": float(binomtest(wins, decided).pvalue) if decided else None,
    }  # fmt: skip


def _share(hits: int, n: int) -> dict[str, Any]:
    return {"n": n, "hits": hits, "mean": hits / n if n else None, "ci95": list(wilson(hits, n)) if n else None}


def _difference_interval(only: int, other: int, n: int) -> list[float]:
    """Wald's interval after half a pair was added to each of the four cells."""
    middle = (only - other) / (n + 2)
    half = _Z * sqrt(only + other + 1 - (only - other) ** 2 / (n + 2)) / (n + 2)
    return [max(-1.0, middle - half), min(1.0, middle + half)]
