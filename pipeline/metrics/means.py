"""Means of scores over notes, each with an interval that stays where such a score can be."""

from collections.abc import Sequence
from typing import Any

from .intervals import summarise
from .rouge import ROUGE

# Columns of a note's scores that say something about the scoring and are no scores.
FLAGS = ("bertscore_cut",)


def without_flags(row: dict[str, float]) -> dict[str, float]:
    return {name: value for name, value in row.items() if name not in FLAGS}


def means(rows: Sequence[dict[str, float]]) -> dict[str, dict[str, Any]]:
    """``summarise`` of the scores in ``rows``; ROUGE is a share, the others have no bounds that are sure."""
    plain = [without_flags(row) for row in rows]
    shares = summarise([{name: row[name] for name in row if name in ROUGE} for row in plain], within=(0, 1))
    others = summarise([{name: row[name] for name in row if name not in ROUGE} for row in plain])
    return {name: (shares | others)[name] for name in (plain[0] if plain else ())}
