"""Values drawn from what a case allows: lists to pick from, ranges of numbers, and rows of values that belong together."""

import random
import re
from typing import Any

_RANGE = re.compile(r"(\d+(?:\.\d+)?)\.\.(\d+(?:\.\d+)?)(?:/(\d+(?:\.\d+)?))?")


def drawn(rule: Any, dice: random.Random) -> str:
    """One value as text. ``[2, 3, 4]`` is a choice, ``"8..30"`` a whole number, ``"5.2..7.8/0.1"`` goes by steps."""
    if isinstance(rule, list):
        return drawn(dice.choice(rule), dice)
    match = _RANGE.fullmatch(rule) if isinstance(rule, str) else None
    if not match:
        return str(rule)
    low, high, step = match[1], match[2], match[3] or "1"
    decimals = len(step.partition(".")[2])
    steps = round((float(high) - float(low)) / float(step))
    return f"{float(low) + dice.randint(0, steps) * float(step):.{decimals}f}"


def drawn_all(rules: dict[str, Any], row: dict[str, Any], dice: random.Random) -> dict[str, str]:
    """A value for every name; what the row says goes before the common rule."""
    return {name: drawn(rule, dice) for name, rule in (rules | row).items()}
