"""Many tests at once: how sure each of them still is."""

from collections.abc import Mapping


def holm(p_values: Mapping[str, float | None]) -> dict[str, float | None]:
    """Each p adjusted for all (Holm, Scandinavian Journal of Statistics 1979;6:65-70), in the order given.

    A test that could not be made (None) stays None and does not count in the family.
    """
    from statsmodels.stats.multitest import multipletests

    made = {name: p for name, p in p_values.items() if p is not None}
    adjusted = multipletests(list(made.values()), method="holm")[1] if made else []
    found = dict(zip(made, map(float, adjusted), strict=True))
    return {name: found.get(name) for name in p_values}
