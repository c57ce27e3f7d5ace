"""Whether 95 % intervals hold the truth in 93 to 97 of 100 studies, at 20 encounters and at 140."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp
from typing import Any

import numpy

from annotations import wilson
from annotations.agreement_counts import Counts, alpha
from annotations.agreement_intervals import unit_interval
from pipeline.statistics import bootstrap_interval, mcnemar, per_hundred_words
from tests.soak import Found, error_of

Dice = numpy.random.Generator
STUDIES, NS = {"small": 200, "full": 4000}, (20, 140)
LOWEST, HIGHEST = 93, 97


@dataclass(frozen=True)
class Source:
    """Where values come from: ``draw(dice, n)`` and their true mean."""

    draw: Callable[[Dice, int], Any]
    mean: float


def _ratings(*chances: float) -> Source:
    """Ratings from 1 to 5."""
    return Source(lambda dice, n: dice.choice(5, n, p=chances) + 1.0, float(numpy.dot(chances, range(1, 6))))


# The betas are scores such as ROUGE-1's and ROUGE-2's; the counts are errors, the second with notes far worse than the rest.
SOURCES = {
    "normal": Source(lambda dice, n: dice.normal(0.3, 0.1, n), 0.3),
    "exponential": Source(lambda dice, n: dice.exponential(1, n), 1.0),
    "log-normal, sigma 0.5": Source(lambda dice, n: dice.lognormal(0, 0.5, n), exp(0.125)),
    "beta(2, 5)": Source(lambda dice, n: dice.beta(2, 5, n), 2 / 7),
    "beta(1.2, 8)": Source(lambda dice, n: dice.beta(1.2, 8, n), 1.2 / 9.2),
    "Poisson, mean 1": Source(lambda dice, n: dice.poisson(1, n).astype(float), 1.0),
    "negative binomial, mean 1.5, variance 3": Source(lambda dice, n: dice.negative_binomial(1.5, 0.5, n).astype(float), 1.5),
    "ratings around 4": _ratings(0.05, 0.1, 0.2, 0.4, 0.25),
    "ratings, most of them 5": _ratings(0.02, 0.03, 0.05, 0.3, 0.6),
    "0 and 1, three in ten": Source(lambda dice, n: (dice.random(n) < 0.3).astype(float), 0.3),
    "-1, 0 and 1": Source(lambda dice, n: dice.choice([-1.0, 0.0, 1.0], n, p=[0.1, 0.6, 0.3]), 0.2),
}


def percentile(values: Any) -> list[float]:
    """The plain bootstrap interval, to compare with."""
    drawn = numpy.random.default_rng(0).integers(0, len(values), (1000, len(values)))
    return list(numpy.quantile(values[drawn].mean(axis=1), [0.025, 0.975]))


def coverage(source: Source, n: int, studies: int, interval: Callable[[Any], list[float]] = bootstrap_interval) -> float:
    """In how many of 100 studies of ``n`` values the interval holds the true mean."""
    dice = numpy.random.default_rng(n)
    return 100 * sum(holds(interval(source.draw(dice, n)), source.mean) for _ in range(studies)) / studies


def holds(interval: Sequence[float] | None, truth: float) -> bool:
    return interval is not None and interval[0] - 1e-9 <= truth <= interval[1] + 1e-9


def within(percent: float, studies: int) -> bool:
    """93 to 97, give or take the simulation's own chance."""
    return LOWEST - error_of(LOWEST, studies) <= percent <= HIGHEST + error_of(HIGHEST, studies)


def trial_bootstrap_coverage(size: str) -> Found:
    rows = [_covered(name, source, STUDIES[size], bootstrap_interval) for name, source in SOURCES.items()]
    held = all(within(row[f"n = {n}"], STUDIES[size]) for row in rows for n in NS)
    return Found(held, f"Means: {STUDIES[size]} studies each.", rows)


def trial_percentile_coverage(size: str) -> Found:
    rows = [_covered(name, source, STUDIES[size], percentile) for name, source in SOURCES.items()]
    return Found(True, "Nothing is claimed: the percentile interval, for comparison.", rows)


def _covered(name: str, source: Source, studies: int, interval: Callable[[Any], list[float]]) -> dict[str, Any]:
    return {"values": name} | {f"n = {n}": round(coverage(source, n, studies, interval), 1) for n in NS}


def trial_clustered_coverage(size: str) -> Found:
    """Encounters with one to three reviewers who see much the same; errors per 100 words of notes of differing lengths."""
    studies = STUDIES[size]
    rows = [clustered_coverage(n, studies) for n in NS]
    held = all(within(row[name], studies) for row in rows for name in ("clustered mean", "errors per 100 words"))
    return Found(held, f"Clusters and ratios: {studies} studies each; the last column is what ignoring clusters would do.", rows)


def clustered_coverage(n: int, studies: int) -> dict[str, Any]:
    dice, hits = numpy.random.default_rng(n), {"clustered mean": 0, "errors per 100 words": 0, "clusters ignored": 0}
    for _ in range(studies):
        clusters = numpy.repeat(numpy.arange(n), dice.integers(1, 4, n))
        values = dice.exponential(1, n)[clusters] + dice.normal(0, 0.3, len(clusters))
        words = dice.integers(60, 300, n)
        hits["clustered mean"] += holds(bootstrap_interval(values, clusters), 1.0)
        hits["errors per 100 words"] += holds(per_hundred_words(dice.poisson(words / 100), words)["ci95"], 1.0)
        hits["clusters ignored"] += holds(bootstrap_interval(values), 1.0)
    return {"n": n} | {name: round(100 * hit / studies, 1) for name, hit in hits.items()}


def trial_share_coverage(size: str) -> Found:
    """Wilson's interval of a share, and that of the difference of paired shares: the second model keeps two thirds of the first
    one's flags and raises one in twenty of its own."""
    studies = STUDIES[size]
    rows = [_shares(n, share, studies) for n in NS for share in (0.1, 0.3, 0.5)]
    held = all(row[name] >= 92 - error_of(92, studies) for row in rows for name in ("share's", "difference's"))
    return Found(held, f"Shares have a grid of few outcomes, so at least 92: {studies} studies each.", rows)


def _shares(n: int, share: float, studies: int) -> dict[str, Any]:
    dice = numpy.random.default_rng(n)
    first = dice.random((studies, n)) < share
    second = numpy.where(first, dice.random((studies, n)) < 2 / 3, dice.random((studies, n)) < 0.05)
    true = share - (share * 2 / 3 + (1 - share) * 0.05)
    of_share = sum(holds(wilson(int(flags.sum()), n), share) for flags in first)
    of_difference = sum(holds(mcnemar(*flags)["ci95"], true) for flags in zip(first, second, strict=True))
    return {
        "n": n, "share": share, "share's": round(100 * of_share / studies, 1),
        "difference's": round(100 * of_difference / studies, 1),
    }  # fmt: skip


def trial_alpha_coverage(size: str) -> Found:
    """Krippendorff's ordinal alpha of two raters' 1 to 5; the true value is that of 100,000 units."""
    studies, dice = STUDIES[size] // 5, numpy.random.default_rng(3)
    many = Counts.of(_rated(dice, 100_000))
    true = alpha(many, many.once, "ordinal")
    rows = []
    for n in NS:
        held = sum(holds(unit_interval(_ordinal, Counts.of(_rated(dice, n))), true) for _ in range(studies))
        rows.append({"units": n, "alpha": round(true, 3), "coverage": round(100 * held / studies, 1)})
    return Found(all(within(row["coverage"], studies) for row in rows), f"Alpha: {studies} studies each.", rows)


def _ordinal(counts: Counts, weights: Any) -> float:
    return alpha(counts, weights, "ordinal")


def _rated(dice: Dice, units: int) -> list[tuple[int, str, int]]:
    true = dice.normal(0, 1, units)
    seen = {rater: numpy.digitize(true + dice.normal(0, 0.5, units), [-1.5, -0.6, 0.2, 1.1]) + 1 for rater in "ab"}
    return [(unit, rater, int(values[unit])) for rater, values in seen.items() for unit in range(units)]
