"""What a paired comparison shows, in a few words.

The rules, in order; ``p`` is Holm's where there is a family of tests:

1. Under 6 encounters: too few to tell. Even when all of them point one way, an exact test gives 2 / 2**5 = 0.0625 at best.
2. p at most 0.05 and an interval without 0: better or worse; different, where more is neither (a note's length).
3. Fewer encounters than it takes to see, with 80 % power, the difference that matters: too few to tell. Where nobody has said
   what matters it is half a standard deviation of the differences (Cohen's medium effect), which takes 34 encounters.
4. Else: no difference shown.
"""

from .power import needed_n

BETTER, WORSE, DIFFERENT, TOO_FEW, NO_DIFFERENCE = "better", "worse", "different", "too few to tell", "no difference shown"
ALPHA = 0.05
# 2 / 2**6 = 0.03 is the first that can be below ALPHA.
FEWEST = 6
_MEDIUM = 0.5


def verdict(
    n: int,
    difference: float | None,
    ci95: list[float] | None,
    p: float | None,
    sd: float | None,
    higher_is_better: bool | None = True,
    matters: float | None = None,
) -> str:
    """Of the first of two models, from ``n`` encounters; ``sd`` is that of their differences and ``matters`` in the same unit."""
    if n < FEWEST or difference is None or ci95 is None or p is None or sd is None:
        return TOO_FEW
    if p <= ALPHA and not ci95[0] <= 0 <= ci95[1]:
        if higher_is_better is None:
            return DIFFERENT
        return BETTER if (difference > 0) == higher_is_better else WORSE
    needed = needed_n(sd, matters) if matters else needed_n(1, _MEDIUM)
    return TOO_FEW if n < needed else NO_DIFFERENCE
