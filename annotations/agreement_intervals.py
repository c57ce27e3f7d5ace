"""How far a coefficient of agreement may be off: its bootstrap interval over units."""

from collections.abc import Callable, Hashable, Mapping
from math import isfinite
from typing import Any

from .agreement_counts import Counts

RESAMPLES, SEED = 1000, 0


def unit_interval(
    coefficient: Callable[[Counts, Any], float], counts: Counts, clusters: Mapping[Hashable, Hashable] | None = None
) -> list[float] | None:
    """The 95 % interval of a coefficient: percentiles over 1000 resamples of the units, whole clusters of them where given.

    None for fewer than two clusters. Resamples that leave the coefficient undefined are left out.
    """
    import numpy

    groups = [clusters[unit] if clusters else unit for unit in counts.names]
    known = {group: place for place, group in enumerate(dict.fromkeys(groups))}
    place, draw = numpy.array([known[group] for group in groups]), numpy.random.default_rng(SEED)
    if len(known) < 2:
        return None
    found = []
    for _ in range(RESAMPLES):
        times = numpy.bincount(draw.integers(0, len(known), len(known)), minlength=len(known))
        found.append(coefficient(counts, times[place].astype(float)))
    usable = [one for one in found if isfinite(one)]
    return [float(bound) for bound in numpy.quantile(usable, [0.025, 0.975])] if usable else None
