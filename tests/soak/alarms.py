"""Whether tests find a model different from itself in no more than 5 of 100 studies, and a true difference as often as said."""

from collections.abc import Callable
from typing import Any

import numpy

from pipeline.statistics import BETTER, WORSE, Measure, compare_models, detectable_difference, mcnemar, paired, wilcoxon
from tests.soak import Found, error_of

Dice = numpy.random.Generator
STUDIES, NS = {"small": 200, "full": 4000}, (20, 140)
RATINGS = [f"rating {number}" for number in range(1, 9)]
FAMILY = [Measure("major", "flag", False), Measure("score"), *(Measure(name, "rating") for name in RATINGS)]


def flags(dice: Dice, n: int) -> list[Any]:
    """Whether each note has a major error, for one model twice: hard visits bring more of them."""
    hard = dice.beta(1, 2, n)
    return [dice.random(n) < hard for _ in range(2)]


def ratings(dice: Dice, n: int) -> list[Any]:
    hard = dice.normal(0, 1, n)
    return [numpy.digitize(hard + dice.normal(0, 1, n), [-1.5, -0.6, 0.2, 1.1]) + 1 for _ in range(2)]


def scores(dice: Dice, n: int) -> list[Any]:
    hard = dice.beta(2, 5, n)
    return [hard * dice.lognormal(0, 0.5, n) for _ in range(2)]


TESTS: dict[str, tuple[Callable, Callable]] = {
    "McNemar": (mcnemar, flags), "Wilcoxon": (wilcoxon, ratings), "permutation": (paired, scores),
}  # fmt: skip


def false_alarms(name: str, n: int, studies: int) -> float:
    """In how many of 100 studies of A against A p is at most 0.05."""
    test, draw = TESTS[name]
    dice = numpy.random.default_rng(n)
    return 100 * sum(test(*draw(dice, n))["p"] <= 0.05 for _ in range(studies)) / studies


def family_alarms(n: int, studies: int) -> float:
    """In how many of 100 studies of A against A any row of a family of ten says better or worse."""
    dice, alarms = numpy.random.default_rng(n), 0
    for _ in range(studies):
        columns = {"major": flags(dice, n), "score": scores(dice, n)} | {name: ratings(dice, n) for name in RATINGS}
        sides = [
            [{"id": place} | {name: both[side][place] for name, both in columns.items()} for place in range(n)] for side in (0, 1)
        ]
        alarms += any(row["verdict"] in (BETTER, WORSE) for row in compare_models(*sides, FAMILY))
    return 100 * alarms / studies


def found_at_detectable(n: int, studies: int) -> float:
    """In how many of 100 studies the permutation test finds the difference that is called detectable."""
    dice, shift = numpy.random.default_rng(n), detectable_difference(1.0, n)
    return 100 * sum(paired(dice.normal(shift, 1, n), numpy.zeros(n))["p"] <= 0.05 for _ in range(studies)) / studies


def trial_false_alarms(size: str) -> Found:
    studies = STUDIES[size]
    rows = [{"n": n} | {name: round(false_alarms(name, n, studies), 2) for name in TESTS} for n in NS]
    held = all(row[name] <= 5 + error_of(5, studies) for row in rows for name in TESTS)
    return Found(held, f"A against A, % of {studies} studies with p at most 0.05.", rows)


def trial_family_alarms(size: str) -> Found:
    studies = STUDIES[size] // 8
    rows = [{"n": n, "any better or worse, %": round(family_alarms(n, studies), 2)} for n in NS]
    held = all(row["any better or worse, %"] <= 5 + error_of(5, studies) for row in rows)
    return Found(held, f"A against A in a family of ten, {studies} studies.", rows)


def trial_power(size: str) -> Found:
    """The permutation test's power is very nearly the t test's, which the detectable difference is worked out for."""
    studies = STUDIES[size]
    rows = [{"n": n, "found, %": round(found_at_detectable(n, studies), 1)} for n in NS]
    held = all(abs(row["found, %"] - 80) <= 1 + error_of(80, studies) for row in rows)
    return Found(held, f"The detectable difference, found in 80 % of {studies} studies.", rows)
