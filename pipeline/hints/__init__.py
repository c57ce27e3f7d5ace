"""Hints: what a rule, without any model, finds in a note that its transcript does not hold, and the reverse.

A hint is a place to look at and a sentence that says why, never a verdict: rules do not understand, and where they are unsure
they say nothing.
"""

from .find import find_hints
from .hint import KINDS, MISSING, UNSUPPORTED, WIDE, Hint
from .rates import Counted, count_hints, hint_rates

__all__ = ["KINDS", "MISSING", "UNSUPPORTED", "WIDE", "Counted", "Hint", "count_hints", "find_hints", "hint_rates"]
