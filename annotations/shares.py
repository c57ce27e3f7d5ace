"""How sure a share is: the interval that goes with "17 of 40 notes"."""

from math import sqrt
from statistics import NormalDist


def wilson(hits: int, all: int, confidence: float = 0.95) -> tuple[float, float]:
    """The score interval of a share, both ends between 0 and 1; (0, 1) when nothing was seen.

    Wilson, Journal of the American Statistical Association 1927;22:209-212. Unlike the usual normal interval it stays within
    0 and 1, and says something at 0 of n.
    """
    if not 0 <= hits <= all:
        raise ValueError(f"{hits} of {all} is no share")
    if all == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share, weight = hits / all, 1 + z * z / all
    middle = (share + z * z / (2 * all)) / weight
    half = z * sqrt(share * (1 - share) / all + z * z / (4 * all * all)) / weight
    # At 0 and at all of n one end is exact; rounding must not push it outside.
    return (0.0 if hits == 0 else middle - half), (1.0 if hits == all else middle + half)
