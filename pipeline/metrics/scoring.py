"""Notes scored against references with several metrics at once: what is known already is looked up, the rest worked out."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from annotations import BadInput

from .rouge import Rouge, check_reference
from .score_cache import ScoreCache

Say = Callable[[str], None]
Pair = tuple[str, str]  # reference, prediction
Results = Iterable[tuple[int, dict[str, float]]]
# Scores are put on disk in portions of this many seconds, so that a run that is stopped loses little; then it also speaks.
_EVERY = 2.0
# From this many pairs on a second process is worth its start.
_MANY = 40


class Metric(Protocol):
    """``details`` holds all that decides the values, so that the same details and texts always have the same scores."""

    name: str
    columns: tuple[str, ...]

    def details(self) -> dict[str, Any]: ...

    def score(self, pairs: Sequence[Pair]) -> Results: ...


def score_notes(
    metrics: Sequence[Metric],
    references: Sequence[str],
    predictions: Sequence[str],
    names: Sequence[str] | None = None,
    cache: Path | None = None,
    say: Say = lambda text: None,
) -> list[dict[str, float]]:
    """The scores of each prediction against the reference at the same place, all metrics' columns side by side.

    An empty prediction scores 0; an empty reference is BadInput, by its name. ``cache`` is a folder that remembers scores; pairs
    that stand twice are scored once. Long work is told about on ``say``.
    """
    if len(references) != len(predictions):
        raise BadInput(f"There are {len(references)} references and {len(predictions)} predictions; expected as many of each.")
    for reference, name in zip(references, names or map(str, range(1, len(references) + 1)), strict=True):
        check_reference(reference, name)
    pairs = list(zip(references, predictions, strict=True))
    works = [_Work(metric, list(dict.fromkeys(pairs)), cache) for metric in metrics]
    busy = [work for work in works if work.waiting]
    for work in busy:
        if len(busy) > 1 and len(work.waiting) >= _MANY and isinstance(work.metric, Rouge):
            work.begin_beside()
    # What runs beside is waited for last.
    for work in sorted(busy, key=lambda work: work.beside is not None):
        work.finish(say)
    return [{name: value for work in works for name, value in work.found[pair].items()} for pair in pairs]


class _Work:
    """One metric's pairs: what is remembered is ``found``, the rest ``waiting``."""

    def __init__(self, metric: Metric, pairs: list[Pair], cache: Path | None) -> None:
        self.metric, self.pairs = metric, pairs
        self.memory = ScoreCache(cache, metric.name, metric.details()) if cache else None
        self.found = {pair: scores for pair in pairs if self.memory and (scores := self.memory.find(*pair)) is not None}
        self.waiting = [pair for pair in pairs if pair not in self.found]
        self.beside: Callable[[], Results] | None = None

    def begin_beside(self) -> None:
        self.beside = self.metric.score_beside(self.waiting)

    def finish(self, say: Say) -> None:
        for portion in _portions(self.beside() if self.beside else self.metric.score(self.waiting)):
            fresh = {self.waiting[number]: scores for number, scores in portion}
            self.found |= fresh
            if self.memory:
                self.memory.add(fresh)
            if len(self.found) < len(self.pairs):
                say(f"  {self.metric.name}: {len(self.found)} of {len(self.pairs)} notes scored")


def _portions(results: Results) -> Iterator[list[tuple[int, dict[str, float]]]]:
    portion, started = [], time.monotonic()
    for result in results:
        portion.append(result)
        if time.monotonic() - started > _EVERY:
            yield portion
            portion, started = [], time.monotonic()
    if portion:
        yield portion
