"""Hints counted: per note and per 100 words beside the notes' length, so that a shorter note does not pass for a safer one."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from annotations import bootstrap_interval, numbers, ratio_interval

from .find import find_hints
from .hint import KINDS, MISSING, UNSUPPORTED

_BOUNDS = (0.0, float("inf"))


@dataclass(frozen=True)
class Counted:
    """One note: its id, its length in words (between spaces) and its hints by kind; a kind without hints is left out."""

    id: str
    words: int
    counts: dict[str, int]

    def total(self, kinds: Sequence[str]) -> int:
        return sum(self.counts.get(kind, 0) for kind in kinds)


def count_hints(notes: Iterable[tuple[str, str, str]]) -> list[Counted]:
    """The hints of each ``(id, transcript, note)``, counted."""
    return [
        Counted(id, len(note.split()), dict(Counter(hint.kind for hint in find_hints(transcript, note))))
        for id, transcript, note in notes
    ]


def hint_rates(notes: Sequence[Counted]) -> dict[str, Any]:
    """``{"n", "words_per_note", "kinds": {kind: rates}}`` with the rates of each kind and of the groups ``unsupported`` and
    ``missing``: ``hints``, ``notes`` (with at least one), ``per_note``, ``per_100_words``, with their 95 % intervals
    (``..._ci95``) over notes. A mean of nothing is None."""
    groups = {kind: (kind,) for kind in KINDS} | {"unsupported": UNSUPPORTED, "missing": MISSING}
    words = [note.words for note in notes]
    return {
        "n": len(notes),
        "words_per_note": fmean(words) if notes else None,
        "words_per_note_ci95": bootstrap_interval(words, within=_BOUNDS),
        "kinds": {name: _rates([note.total(kinds) for note in notes], words) for name, kinds in groups.items()},
    }


def _rates(counts: list[int], words: list[int]) -> dict[str, Any]:
    return {
        "hints": sum(counts),
        "notes": sum(count > 0 for count in counts),
        "per_note": fmean(counts) if counts else None,
        "per_note_ci95": bootstrap_interval(counts, within=_BOUNDS),
        "per_100_words": 100 * sum(counts) / sum(words) if sum(words) else None,
        "per_100_words_ci95": ratio_interval(numbers(counts), numbers(words) / 100, _BOUNDS),
    }
