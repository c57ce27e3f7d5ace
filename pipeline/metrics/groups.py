"""Scores by section of the note, by specialty, by source: the same figures for parts of the cases."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .means import means
from .scoring import Metric, Say, score_notes
from .sections import SECTIONS, section_texts


def section_scores(
    metrics: Sequence[Metric],
    references: Sequence[str],
    predictions: Sequence[str],
    cache: Path | None = None,
    say: Say = lambda text: None,
) -> list[dict[str, dict[str, float]]]:
    """Of each case the scores of each section: 0 where only one of both notes has it, left out where neither does."""
    texts = [
        (section_texts(reference), section_texts(prediction))
        for reference, prediction in zip(references, predictions, strict=True)
    ]
    shared = [(case, name) for case, (wanted, made) in enumerate(texts) for name in SECTIONS if name in wanted and name in made]
    pairs = [(texts[case][0][name], texts[case][1][name]) for case, name in shared]
    names = [f"{case + 1}, section {name}," for case, name in shared]
    scores = score_notes(metrics, [pair[0] for pair in pairs], [pair[1] for pair in pairs], names, cache, say)
    missed = dict.fromkeys((column for metric in metrics for column in metric.columns), 0.0)
    found: list[dict[str, dict[str, float]]] = [
        {name: missed for name in SECTIONS if (name in wanted) != (name in made)} for wanted, made in texts
    ]
    for (case, name), values in zip(shared, scores, strict=True):
        found[case][name] = values
    return [{name: case[name] for name in SECTIONS if name in case} for case in found]


def by_section(cases: Sequence[dict[str, dict[str, float]]]) -> dict[str, dict[str, Any]]:
    """Means over the cases that have each section; a section that none has is left out."""
    present = {name: [case[name] for case in cases if name in case] for name in SECTIONS}
    return {name: {"n": len(rows), "metrics": means(rows)} for name, rows in present.items() if rows}


def by_group(cases: Sequence[dict[str, float]], groups: Sequence[str | None]) -> dict[str, dict[str, Any]]:
    """Means over the cases of each group, largest first; cases without one stand under "not said"."""
    rows: dict[str, list[dict[str, float]]] = {}
    for case, group in zip(cases, groups, strict=True):
        rows.setdefault(group or "not said", []).append(case)
    ordered = sorted(rows.items(), key=lambda item: (-len(item[1]), item[0]))
    return {group: {"n": len(some), "metrics": means(some)} for group, some in ordered}
