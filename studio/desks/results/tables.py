"""Ratings, preferences and corrections as the results page shows them."""

from typing import Any

from annotations import Compared, Edited, Figures, Rated

from ...results_words import PLOTS
from .names import Names
from .numbers import minutes, range_text, rounded, share


def rated_plot(figures: Figures, names: Names) -> dict[str, Any]:
    """Every dimension of the study, and every other that was rated: how often each value was given, model by model."""
    known = list(names.labels.dimensions)
    more = sorted({dimension for _, dimension in figures.rated} - set(known))
    rows = [
        {"title": names.title(id), "slice": {"what": "ratings", "dimension": id},
         "cells": [_rated(figures.rated.get((model, id), Rated({}))) for model in figures.models]}
        for id in [*known, *more]
    ]  # fmt: skip
    return {"id": "ratings", "kind": "ratings", "title": PLOTS.ratings, "axis": PLOTS.ratings_axis, "rows": rows}


def _rated(rated: Rated) -> dict[str, Any]:
    mean = "" if rated.mean is None else f"{rated.mean:.2f}"
    return {"n": rated.n, "mean": mean, "values": [rated.values.get(value, 0) for value in (1, 2, 3, 4, 5)],
            "not_judged": rated.values.get(None, 0)}  # fmt: skip


def compared_plot(figures: Figures, names: Names) -> list[dict[str, Any]]:
    if not figures.compared:
        return []
    rows = [_compared(*pair, compared, names) for pair, compared in figures.compared.items()]
    titles = {"title": PLOTS.preferences, "axis": PLOTS.preferences_axis}
    return [{"id": "preferences", "kind": "preferences", "rows": rows} | titles]


def _compared(first: str, second: str, compared: Compared, names: Names) -> dict[str, Any]:
    of_pair = {"what": "compared", "model": first, "other": second}
    better = [PLOTS.columns["better"].format(model=names.model(model)) for model in (first, second)]
    titles = {"first": better[0], "tie": PLOTS.columns["tie"], "neither": PLOTS.columns["neither"], "second": better[1]}
    parts = []
    for outcome, title in titles.items():
        found = share(getattr(compared, outcome), compared.n)
        parts.append({"title": title, "outcome": outcome, "slice": of_pair | {"outcome": outcome}} | found)
    return {
        "title": names.pair(first, second), "models": [first, second],
        "n": compared.n, "slice": of_pair, "parts": parts,
        "open": {"hits": compared.open, "slice": of_pair | {"outcome": "open"}},
    }  # fmt: skip


def edited_table(figures: Figures, names: Names) -> list[dict[str, Any]]:
    if not figures.edited:
        return []
    rows = [_edited(model, figures.edited[model]) for model in figures.models if model in figures.edited]
    return [{"id": "edits", "kind": "edits", "title": PLOTS.edits, "rows": rows}]


def _edited(model: str, edited: Edited) -> dict[str, Any]:
    """Medians as text, and under ``ranges`` their intervals; where there are too few corrections for one, it is empty."""
    told = {
        "words": (edited.words, edited.words_ci95, rounded),
        "characters": (edited.characters, edited.characters_ci95, rounded),
        "minutes": (edited.seconds, edited.seconds_ci95, minutes),
    }
    texts = {name: "" if value is None else write(value) for name, (value, _, write) in told.items()}
    ranges = {name: "" if ends is None else range_text(*map(write, ends)) for name, (_, ends, write) in told.items()}
    return {"model": model, "slice": {"what": "corrections", "model": model}, "n": edited.n, "ranges": ranges} | texts
