"""How far raters agree: Krippendorff's alpha, Cohen's kappa plain and weighted, Gwet's AC1, each with its interval over units.

A coefficient that is not defined is None, and the ``reasons`` beside it say why.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from typing import Any

from .agreement_counts import Counts, alpha, gwet, kappa
from .agreement_intervals import unit_interval
from .errors import BadInput
from .values import one_of

LEVELS = ("nominal", "ordinal", "interval")
NAMES = ("alpha", "kappa", "kappa_linear", "kappa_quadratic", "ac1")
_WEIGHTED = ("kappa_linear", "kappa_quadratic")
# Unit, rater, value; None is a missing value.
Rated = tuple[Hashable, Hashable, Any]


def rating_agreement(
    ratings: Sequence[Rated], level: str, clusters: Mapping[Hashable, Hashable] | None = None, intervals: bool = True
) -> dict[str, Any]:
    """``{"level", "n_units", "n_ratings", "n_raters", "n_missing", "pairable_units", "pairable_ratings", "alpha", "ci95",
    "kappa", "kappa_ci95", "kappa_linear", ..., "kappa_quadratic", ..., "ac1", "ac1_ci95", "reasons"}``.

    ``level`` is nominal (any values), ordinal or interval (numbers). Units and ratings are all that have a value; what the
    coefficients rest on are the pairable ones, of units with two ratings or more. The kappas are for two raters, over the units
    that both rated, the weighted ones for numbers, by their distance and its square. ``clusters`` names what units are resampled
    together (the encounter of two notes). Without ``intervals``, which take a moment each, all of them are None. BadInput for a
    rater who rates a unit twice, and for values without a number.
    """
    one_of(level, LEVELS, "The level of measurement")
    _once(ratings)
    given = [rating for rating in ratings if rating[2] is not None]
    if level != "nominal":
        given = [(unit, rater, _number(value, unit, level)) for unit, rater, value in given]
    counts, every, raters = Counts.of(given), Counts.of(given, least=1), len({rater for _, rater, _ in given})
    reasons = {name: why for name in NAMES if (why := _undefined(name, level, counts, raters))}
    found: dict[str, Any] = {}
    for name, coefficient in zip(NAMES, _coefficients(level), strict=True):
        rest_on = every if name == "ac1" else counts
        value = None if name in reasons else coefficient(rest_on, rest_on.once)
        interval = unit_interval(coefficient, rest_on, clusters) if intervals and value is not None else None
        found |= {name: value, "ci95" if name == "alpha" else f"{name}_ci95": interval}
    if found["alpha"] == 1:
        reasons["ci95"] = f"No two ratings of {counts.n} units differ, and resampling cannot show what was not seen."
    return {
        "level": level, "n_units": every.n, "n_ratings": len(given), "n_raters": raters, "n_missing": len(ratings) - len(given),
        "pairable_units": counts.n, "pairable_ratings": len(counts.values), **found, "reasons": reasons,
    }  # fmt: skip


def _coefficients(level: str) -> tuple[Callable[[Counts, Any], float], ...]:
    """In the order of NAMES."""
    return partial(alpha, level=level), *(partial(kappa, power=power) for power in (0, 1, 2)), gwet


def _undefined(name: str, level: str, counts: Counts, raters: int) -> str | None:
    """Why a coefficient has no value; AC1 has one even where all say the same, which is what it was made for."""
    if raters < 2:
        return f"{'No rater' if raters == 0 else 'One rater only'}: agreement takes two."
    if counts.n == 0:
        return "No unit was rated by two raters."
    if name.startswith("kappa") and raters > 2:
        return f"Kappa is for two raters, and there are {raters}; alpha takes any number."
    if name in _WEIGHTED and level == "nominal":
        return "Nominal values have no distance to weigh by."
    if name != "ac1" and counts.categories < 2:
        return f"All {len(counts.values)} ratings are {counts.known[0]}: where nothing varies, chance explains everything."
    return None


def _once(ratings: Sequence[Rated]) -> None:
    seen = set()
    for unit, rater, _ in ratings:
        if (unit, rater) in seen:
            raise BadInput(f"Rater {rater} rates unit {unit} twice; expected one value of each rater for each unit.")
        seen.add((unit, rater))


def _number(value: Any, unit: Hashable, level: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if number - number != 0:
        raise BadInput(f"Unit {unit} has the value {value!r}; {level} values are numbers. For names choose the nominal level.")
    return number
