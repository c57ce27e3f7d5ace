"""The few numbers that matter, model by model."""

from typing import Any

from annotations import ANY, Figures, Kind

from ...results_words import HEADLINE, counted
from .names import Names
from .numbers import minutes, range_text, rounded, share

# With more models than this the cards show those that were compared most.
MOST_MODELS = 4


def headline(figures: Figures, names: Names) -> list[dict[str, Any]]:
    """Cards of lines; a line is of one model, or of the reviews as a whole, and its slice is None where there is no number."""
    models = figures.models if len(figures.models) <= MOST_MODELS else next(iter(figures.compared), figures.models[:2])
    cards = [
        _shares(figures, HEADLINE.hallucinations, Kind("hallucination", severity="major"), models),
        _shares(figures, HEADLINE.omissions, Kind("omission", severity="major"), models),
    ]
    if figures.compared:
        cards.append(_preferred(figures))
    return [*cards, _edits(figures, models), _time(figures)]


def _shares(figures: Figures, title: str, kind: Kind, models: tuple[str, ...]) -> dict[str, Any]:
    lines = []
    for model in models:
        found = share(figures.tally(model, kind).notes, figures.notes[model, ANY])
        detail = HEADLINE.of_notes.format(**found)
        slice = {"what": "marks", "model": model, "group": kind.group, "severity": kind.severity}
        lines.append({"model": model, "value": HEADLINE.per_100.format(value=found["per_100"]), "detail": detail, "slice": slice})
    return {"title": title, "lines": lines}


def _preferred(figures: Figures) -> dict[str, Any]:
    """Of the two models that were compared most."""
    (first, second), compared = next(iter(figures.compared.items()))
    of_pair = {"what": "compared", "model": first, "other": second}
    lines = []
    for model, outcome in ((first, "first"), (second, "second")):
        found = share(getattr(compared, outcome), compared.n)
        detail = HEADLINE.of_comparisons.format(**found)
        value = HEADLINE.percent.format(value=found["per_100"]) if compared.n else HEADLINE.none
        lines.append({"model": model, "value": value, "detail": detail, "slice": of_pair | {"outcome": outcome}})
    rest = HEADLINE.undecided.format(tie=f"{compared.tie:,}", neither=f"{compared.neither:,}")
    return {"title": HEADLINE.preferred, "lines": lines, "rest": rest}


def _edits(figures: Figures, models: tuple[str, ...]) -> dict[str, Any]:
    lines = []
    for model in models:
        edited = figures.edited.get(model)
        value = HEADLINE.words.format(value=rounded(edited.words)) if edited else HEADLINE.none
        detail = counted(HEADLINE.corrected, edited.n if edited else 0)
        if edited and edited.words_ci95:
            detail = HEADLINE.of_corrected.format(corrected=detail, range=range_text(*map(rounded, edited.words_ci95)))
        slice = {"what": "corrections", "model": model} if edited else None
        lines.append({"model": model, "value": value, "detail": detail, "slice": slice})
    return {"title": HEADLINE.edits, "lines": lines}


def _time(figures: Figures) -> dict[str, Any]:
    seconds = figures.median_seconds
    value = HEADLINE.none if seconds is None else HEADLINE.minutes.format(value=minutes(seconds))
    line = {"model": None, "value": value, "detail": counted(HEADLINE.timed, figures.reviews), "slice": {"what": "reviews"}}
    return {"title": HEADLINE.time, "lines": [line]}
