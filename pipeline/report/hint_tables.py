"""Hints by rule as a table."""

from typing import Any

from .table import Column, Estimate, Table, columns
from .tests_shown import compared_cells

_NAMES = {"unsupported": "In the note, not in the transcript", "missing": "In the transcript, not in the note"}


def hint_table(report: dict[str, Any]) -> Table:
    """All hints of either direction first, then each kind that was found."""
    models = report["hints"]["models"]
    tests = {row["measure"]: row for row in report["hints"]["tests"]}
    every = next(iter(models.values()))
    kinds = [kind for kind in every if kind in _NAMES or any(found[kind]["total"] for found in models.values())]
    rows = tuple(
        (
            _NAMES.get(kind, kind.replace("_", " ").capitalize()),
            *(_rate(found[kind]["per_note"], found[kind]["per_note_ci95"]) for found in models.values()),
            *(_rate(found[kind]["per_hundred"], found[kind]["ci95"]) for found in models.values()),
            *(compared_cells(tests.get(kind))[1:] if tests else ()),
        )
        for kind in kinds
    )
    heads = (Column("Hint"), *columns(*(f"Per note, {model}" for model in models), digits=2),
             *columns(*(f"Per 100 words, {model}" for model in models), digits=2),
             *(columns("p", "Verdict") if tests else ()))  # fmt: skip
    lengths = ", ".join(f"{model} {found['unsupported']['words_per_note']:.0f}" for model, found in models.items())
    remark = "Rules point at places to look at and are no verdicts. In brackets the 95 % interval. "
    remark += f"Mean words per note: {lengths}."
    title, plotted = "Hints by rule, per note and per 100 words", tuple(f"Per 100 words, {model}" for model in models)
    return Table("hints", title, heads, rows, remark, plotted, "Hints per 100 words")


def _rate(value: float | None, ci95: list[float] | None) -> Estimate | None:
    return None if value is None else Estimate(value, *(ci95 or (None, None)))
