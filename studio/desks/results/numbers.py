"""Numbers as the results page writes them."""

from typing import Any

from annotations import wilson

from ...results_words import PLOTS


def per_100(part: float, n: int) -> str:
    """A share per 100; a decimal only where there is enough behind it to mean something."""
    return f"{100 * part:.{0 if n < 1000 else 1}f}"


def share(hits: int, n: int) -> dict[str, Any]:
    """A share of ``n`` with its interval, as numbers from 0 to 1 and as text per 100."""
    low, high = wilson(hits, n)
    part = hits / n if n else 0.0
    texts = {"per_100": per_100(part, n), "range": range_text(per_100(low, n), per_100(high, n))}
    return {"hits": hits, "n": n, "share": part, "low": low, "high": high} | texts


def range_text(low: str, high: str) -> str:
    return PLOTS.range.format(low=low, high=high)


def rounded(value: float) -> str:
    """A median: whole, or with one decimal."""
    return f"{value:,.0f}" if float(value).is_integer() or value >= 100 else f"{value:,.1f}"


def minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f}"
