"""Values as arrays, checked once where they come in: numbers that are numbers, and as many of each."""

import math
from collections.abc import Hashable, Sequence
from typing import Any

from .errors import BadInput


def numbers(values: Sequence[float], what: str = "A value") -> Any:
    """``values`` as an array of float64; BadInput names the place of the first that is missing, infinite or not a number."""
    import numpy

    for place, value in enumerate(values, 1):
        if isinstance(value, str) or value is None or not math.isfinite(value):
            raise BadInput(f"{what} at place {place} is {value!r}; expected a finite number, or leave the case out.")
    return numpy.asarray(values, dtype=float)


def same_length(first: Sequence, second: Sequence, what: str = "second values") -> None:
    """BadInput unless there are as many of both."""
    if len(first) != len(second):
        raise BadInput(f"There are {len(first)} first values and {len(second)} {what}; expected as many of each, in one order.")


def cluster_totals(values: Any, clusters: Sequence[Hashable] | None) -> tuple[Any, Any]:
    """The sum of each cluster's values and how many they are, in order of appearance; without clusters each value is its own."""
    import numpy

    if clusters is None:
        return values, numpy.ones(len(values))
    same_length(values, clusters, "clusters")
    known = {cluster: number for number, cluster in enumerate(dict.fromkeys(clusters))}
    places = numpy.array([known[cluster] for cluster in clusters], dtype=int)
    return numpy.bincount(places, values, len(known)), numpy.bincount(places, minlength=len(known)).astype(float)
