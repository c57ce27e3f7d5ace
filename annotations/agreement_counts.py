"""The coefficients of agreement themselves, from ratings in long form.

Each takes a weight per unit, so that units can be resampled, and returns nan where a resample leaves it undefined.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Counts:
    """Ratings of the units that have enough of them. ``units``, ``raters`` and ``values`` are arrays of numbers, one per rating:
    places in ``names``, in the raters in order of appearance, and in ``known``, the different values in order."""

    names: list[Hashable]
    known: list[Any]
    units: Any
    raters: Any
    values: Any

    @classmethod
    def of(cls, ratings: Sequence[tuple[Hashable, Hashable, Any]], least: int = 2) -> "Counts":
        """Of the units with at least ``least`` ratings."""
        import numpy

        times = Counter(unit for unit, _, _ in ratings)
        kept = [rating for rating in ratings if times[rating[0]] >= least]
        names, raters = (list(dict.fromkeys(rating[place] for rating in kept)) for place in (0, 1))
        known = sorted({rating[2] for rating in kept}, key=lambda value: (str(type(value)), value))
        places = [{thing: place for place, thing in enumerate(things)} for things in (names, raters, known)]
        columns = [numpy.array([at[rating[column]] for rating in kept], dtype=int) for column, at in enumerate(places)]
        return cls(names, known, *columns)

    @property
    def n(self) -> int:
        return len(self.names)

    @property
    def once(self) -> Any:
        """A weight of 1 for each unit."""
        import numpy

        return numpy.ones(self.n)

    @property
    def categories(self) -> int:
        return len(self.known)


def alpha(counts: Counts, weights: Any, level: str) -> float:
    """Krippendorff's alpha: 1 - observed / expected disagreement (Krippendorff, Content Analysis, 2004, chapter 11).

    An ordinal distance between two values is what lies between the middles of their places among all ratings in order, so that
    ordinal ratings are interval ones at those middles.
    """
    import numpy

    weight = weights[counts.units]
    totals, n = numpy.bincount(counts.values, weight, counts.categories), weight.sum()
    size = numpy.bincount(counts.units)
    if level == "nominal":
        same, at = _pairs_alike(counts)
        observed = (size**2 - numpy.bincount(at, same**2, counts.n)) / (size - 1)
        expected = n**2 - (totals**2).sum()
    else:
        places = numpy.cumsum(totals) - totals / 2 if level == "ordinal" else numpy.array(counts.known, dtype=float)
        places = places - (totals @ places) / n
        x = places[counts.values]
        sums, squares = numpy.bincount(counts.units, x), numpy.bincount(counts.units, x**2)
        observed = 2 * (size * squares - sums**2) / (size - 1)
        expected = 2 * (n * (totals @ places**2) - (totals @ places) ** 2)
    return float(1 - (n - 1) * (weights @ observed) / expected) if (totals > 0).sum() > 1 else float("nan")


def kappa(counts: Counts, weights: Any, power: int) -> float:
    """Cohen's kappa of the two raters: 1 - observed / chance disagreement, where a disagreement counts the distance of the two
    values to this power; 0 is plain kappa (Cohen, Psychological Bulletin 1968;70:213-220)."""
    import numpy

    by_unit = numpy.argsort(2 * counts.units + counts.raters).reshape(-1, 2)
    first, second = counts.values[by_unit[:, 0]], counts.values[by_unit[:, 1]]
    size = counts.categories
    table = numpy.bincount(size * first + second, weights, size * size).reshape(size, size) / weights.sum()
    places = numpy.array(counts.known, dtype=float) if power else numpy.arange(size)
    apart = numpy.abs(places[:, None] - places) ** power if power else (places[:, None] != places).astype(float)
    chance = (table.sum(1)[:, None] * table.sum(0) * apart).sum()
    return float(1 - (table * apart).sum() / chance) if chance > 0 else float("nan")


def gwet(counts: Counts, weights: Any) -> float:
    """Gwet's AC1, for two raters or more (Gwet, British Journal of Mathematical and Statistical Psychology 2008;61:29-48).

    Units with one rating count for how often each value is chosen, and not for agreement. Where all values are the same it is 1,
    whatever others there were to choose from.
    """
    import numpy

    size = numpy.bincount(counts.units)
    same, at = _pairs_alike(counts)
    rated = weights * (size > 1)
    agreed = rated @ (numpy.bincount(at, same * (same - 1), counts.n) / (size * numpy.maximum(size - 1, 1)))
    share = numpy.bincount(counts.values, (weights / size)[counts.units], counts.categories) / weights.sum()
    chance = (share * (1 - share)).sum() / (max(counts.categories, 2) - 1)
    return float((agreed / rated.sum() - chance) / (1 - chance)) if rated.sum() else float("nan")


def _pairs_alike(counts: Counts) -> tuple[Any, Any]:
    """How often each value was given to each unit, where it was, and that unit."""
    import numpy

    pairs, times = numpy.unique(counts.units * counts.categories + counts.values, return_counts=True)
    return times, pairs // counts.categories
