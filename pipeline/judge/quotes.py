"""Where a model's quote stands in the text: exactly there, or nowhere."""

import re
from functools import lru_cache

_ALIKE = {"'": "'’‘`´", '"': '"“”„«»', "-": "-‐‑‒–—"}
_ALIKE = {sign: f"[{re.escape(signs)}]" for signs in _ALIKE.values() for sign in signs}
SHORTEST = 2


def locate(text: str, quote: str) -> tuple[int, int] | None:
    """Start and end of the first place that says ``quote``, in code points. Case, kinds of space, apostrophes and dashes may
    differ, as models change them in copying; words may not. None for a quote that is not there, or is too short to be one."""
    quote = quote.strip().strip("\"“”„«»").strip()
    if len(quote) < SHORTEST:
        return None
    at = text.find(quote)
    if at >= 0:
        return at, at + len(quote)
    found = _pattern(quote).search(text)
    return found.span() if found else None


@lru_cache(maxsize=256)
def _pattern(quote: str) -> re.Pattern:
    words = ("".join(_ALIKE.get(sign, re.escape(sign)) for sign in word) for word in quote.split())
    return re.compile(r"\s+".join(words), re.IGNORECASE)
