"""Wilcoxon's signed-rank test, exact with ties too: ratings of 1 to 5 hardly ever differ by different amounts."""

from collections.abc import Hashable, Sequence
from typing import Any

from annotations import cluster_totals, numbers, ratio_interval, same_length

from .paired import spread
from .verdicts import verdict


def wilcoxon(
    first: Sequence[float],
    second: Sequence[float],
    clusters: Sequence[Hashable] | None = None,
    higher_is_better: bool | None = True,
    matters: float | None = None,
) -> dict[str, Any]:
    """``paired``'s keys, with Wilcoxon's p, and ``{"n_nonzero", "w_plus", "w_minus", "rank_biserial"}``.

    Encounters with a mean difference of 0 are left out of the ranks, as Wilcoxon did (Biometrics Bulletin 1945;1:80-83), and
    counted; tied ones share a mean rank. ``p`` is exact at every n: the chance, over all signs of these ranks, of a rank sum as
    far from the middle; 1 when no difference is left. ``rank_biserial`` is (w_plus - w_minus) / (w_plus + w_minus), from -1 to 1
    (Kerby, Comprehensive Psychology 2014;3:1). ``mean`` and its interval are of the differences themselves.
    """
    same_length(first, second)
    sums, sizes = cluster_totals(numbers(first, "A first value") - numbers(second, "A second value"), clusters)
    n = len(sums)
    found = {
        "test": "wilcoxon", "n": len(first), "clusters": n, "mean": float(sums.sum() / sizes.sum()) if n else None,
        "ci95": ratio_interval(sums, sizes), **_signed_ranks(sums / sizes), **spread(sums, sizes),
    }  # fmt: skip
    return found | {"verdict": verdict(n, found["mean"], found["ci95"], found["p"], found["sd"], higher_is_better, matters)}


def _signed_ranks(differences: Any) -> dict[str, Any]:
    import numpy
    from scipy.stats import rankdata

    # Means of ratings differ in their last digits where they should tie.
    differences = numpy.round(differences, 9)
    left = differences[differences != 0]
    ranks = rankdata(numpy.abs(left))
    plus, minus = float(ranks[left > 0].sum()), float(ranks[left < 0].sum())
    return {
        "n_nonzero": len(left), "w_plus": plus, "w_minus": minus,
        "rank_biserial": (plus - minus) / (plus + minus) if len(left) else None,
        "p": None if not len(differences) else _exact_p(ranks, min(plus, minus)),
    }  # fmt: skip


def _exact_p(ranks: Any, smaller: float) -> float:
    """Twice the chance of a positive rank sum of at most ``smaller`` when each rank's sign is a coin's; 1 at most.

    Mean ranks are halves, so doubled ones are whole, and their sums' distribution is built up rank by rank.
    """
    import numpy

    doubled = numpy.rint(2 * ranks).astype(int)
    chances = numpy.zeros(int(doubled.sum()) + 1)
    chances[0] = 1.0
    for rank in doubled:
        moved = numpy.zeros_like(chances)
        moved[rank:] = chances[: len(chances) - rank]
        chances = (chances + moved) / 2
    return float(min(1.0, 2 * chances[: round(2 * smaller) + 1].sum()))
