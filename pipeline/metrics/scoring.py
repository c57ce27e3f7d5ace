"""Notes scored against references with several metrics at once: what is known already is looked up, the rest worked out."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from annotations import BadInput

from .rouge import check_reference
from .score_cache import ScoreCache

Say = Callable[[str], None]
Pair = tuple[str, str]  # reference, prediction
# Scores are put on disk in portions of this many seconds, so that a run that is stopped loses little; then it also speaks.
_EVERY = 2.0


class Metric(Protocol):
    """``details`` holds all that decides the values, so that the same details and texts always have the same scores."""

    name: str
    columns: tuple[str, ...]

    def details(self) -> dict[str, Any]: ...

    def score(self, pairs: Sequence[Pair]) -> Iterable[tuple[int, dict[str, float]]]: ...


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
    rows: list[dict[str, float]] = [{} for _ in pairs]
    for metric in metrics:
        known = _scores(metric, list(dict.fromkeys(pairs)), cache, say)
        for row, pair in zip(rows, pairs, strict=True):
            row |= known[pair]
    return rows


def _scores(metric: Metric, pairs: list[Pair], cache: Path | None, say: Say) -> dict[Pair, dict[str, float]]:
    memory = ScoreCache(cache, metric.name, metric.details()) if cache else None
    found = {pair: scores for pair in pairs if memory and (scores := memory.find(*pair)) is not None}
    waiting = [pair for pair in pairs if pair not in found]
    for portion in _portions(metric.score(waiting) if waiting else ()):
        fresh = {waiting[number]: scores for number, scores in portion}
        found |= fresh
        if memory:
            memory.add(fresh)
        if len(found) < len(pairs):
            say(f"  {metric.name}: {len(found)} of {len(pairs)} notes scored")
    return found


def _portions(results: Iterable[tuple[int, dict[str, float]]]) -> Iterator[list[tuple[int, dict[str, float]]]]:
    portion, started = [], time.monotonic()
    for result in results:
        portion.append(result)
        if time.monotonic() - started > _EVERY:
            yield portion
            portion, started = [], time.monotonic()
    if portion:
        yield portion
