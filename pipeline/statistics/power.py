"""What a study of this size can see, and how large one must be: power of the two-sided paired t test."""

from functools import lru_cache
from math import sqrt
from typing import Any

_POINTS = 4000


def detectable_difference(sd: float, n: int, power: float = 0.8, alpha: float = 0.05) -> float | None:
    """The smallest mean difference that ``n`` pairs show with this ``power``, in the unit of ``sd``, the standard deviation of
    the differences. None for fewer than two pairs."""
    return sd * _effect(n, power, alpha) if n > 1 else None


@lru_cache(maxsize=1024)
def needed_n(sd: float, difference: float, power: float = 0.8, alpha: float = 0.05) -> int:
    """How many pairs show a mean difference of this size with this ``power``; at least 2. ValueError for a difference of 0."""
    if difference == 0:
        raise ValueError("no number of pairs shows a difference of 0")
    if sd == 0:
        return 2
    effect, low, high = abs(difference) / sd, 2, 2
    while power_of(effect, high, alpha) < power:
        low, high = high + 1, high * 2
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if power_of(effect, middle, alpha) >= power else (middle + 1, high)
    return low


def power_of(effect: float, n: int, alpha: float = 0.05) -> float:
    """The chance that the test of ``n`` pairs finds a mean difference of ``effect`` standard deviations.

    The noncentral t distribution's, averaged over 4000 equally likely values of the estimated standard deviation: scipy's own has
    no value for two pairs and a large effect.
    """
    from scipy.special import ndtr, stdtrit

    edge, shift, estimated = -float(stdtrit(n - 1, alpha / 2)), effect * sqrt(n), _estimated(n)
    return float((ndtr(shift - edge * estimated) + ndtr(-shift - edge * estimated)).mean())


@lru_cache(maxsize=64)
def _estimated(n: int) -> Any:
    """Standard deviations that n values with a true one of 1 may show."""
    import numpy
    from scipy.special import chdtri

    return numpy.sqrt(chdtri(n - 1, (numpy.arange(_POINTS) + 0.5) / _POINTS) / (n - 1))


@lru_cache(maxsize=1024)
def _effect(n: int, power: float, alpha: float) -> float:
    """The detectable difference in standard deviations."""
    from scipy.optimize import brentq

    highest = 1.0
    while power_of(highest, n, alpha) < power:
        highest *= 2
    return float(brentq(lambda effect: power_of(effect, n, alpha) - power, 0, highest, xtol=1e-10))
