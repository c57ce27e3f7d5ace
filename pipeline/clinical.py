"""What reviewers found in two models' notes (or one's), counted over the encounters of an evaluation, as plain values."""

from collections.abc import Sequence
from typing import Any

from annotations import (
    ANY,
    HALLUCINATION,
    OMISSION,
    Figures,
    Kind,
    LabelSet,
    Rated,
    Selection,
    Store,
    bootstrap_interval,
    count_findings,
    paired_findings,
    study_labels,
    wilson,
)

from .statistics import compare_findings
from .workspace import Workspace

SEVERITIES = ("major", "minor")


def clinical_findings(workspace: Workspace, store: Store, models: Sequence[str], encounters: Sequence[str]) -> dict[str, Any]:
    """``{"reviews", "encounters", "reviewers", "median_seconds", "labels", "models": {id: {...}}, "compared"}`` of submitted
    first versions of reviews of these encounters; a model without a reviewed note is left out of ``models``.

    Shares are of notes, as ``{"hits", "n", "per_100", "ci95"}`` with Wilson's interval per 100 notes, and ``marks`` beside.
    ``compared`` is ``compare_findings`` of two models that were reviewed side by side, else None.
    """
    labels, selection = study_labels(workspace.home), Selection(encounters=tuple(encounters))
    figures = count_findings(store, selection, labels)
    pairs = paired_findings(store, *models, selection, labels) if len(models) == 2 else []
    return {
        "reviews": figures.reviews, "encounters": figures.encounters, "reviewers": len(figures.reviewers),
        "median_seconds": figures.median_seconds, "labels": labels.version,
        "models": {model: _of_model(figures, model, labels) for model in models if figures.notes.get((model, ANY))},
        "compared": compare_findings(pairs) if pairs else None,
    }  # fmt: skip


def _of_model(figures: Figures, model: str, labels: LabelSet) -> dict[str, Any]:
    edited = figures.edited.get(model)
    return {
        "notes": figures.notes[model, ANY],
        HALLUCINATION: _group(figures, model, HALLUCINATION, _named(labels, "error", HALLUCINATION)),
        OMISSION: _group(figures, model, OMISSION, _named(labels, "omission")),
        "ratings": [_rating(figures.rated.get((model, id)), id, labels) for id in labels.dimensions],
        "edited": vars(edited) if edited else None,
    }


def _named(labels: LabelSet, kind: str, group: str | None = None) -> dict[str, str]:
    return {entry["id"]: entry["title"] for entry in labels.data[kind] if group is None or entry["group"] == group}


def _group(figures: Figures, model: str, group: str, titles: dict[str, str]) -> dict[str, Any]:
    """Notes with at least one error of the group, by severity, by type and by specialty."""
    severities = {severity: _share(figures, model, Kind(group, severity=severity)) for severity in SEVERITIES}
    return {
        **severities,
        "any": _share(figures, model, Kind(group)),
        "types": [{"title": title} | _share(figures, model, Kind(group, id)) for id, title in titles.items()],
        "specialties": [
            {"specialty": specialty or "not said"} | _share(figures, model, Kind(group, severity="major"), specialty)
            for specialty in figures.specialties
            if figures.notes.get((model, specialty))
        ],
    }


def _share(figures: Figures, model: str, kind: Kind, specialty: str = ANY) -> dict[str, Any]:
    tally, n = figures.tally(model, kind, specialty), figures.notes[model, specialty]
    return {
        "hits": tally.notes, "n": n, "marks": tally.marks, "per_100": 100 * tally.notes / n,
        "ci95": [100 * bound for bound in wilson(tally.notes, n)],
    }  # fmt: skip


def _interval(rated: Rated) -> list[float] | None:
    """Of the mean; each rating of a review is its own cluster, since only how often each was given is kept."""
    given = [value for value, count in rated.values.items() if value is not None for _ in range(count)]
    return bootstrap_interval(given, within=(1, 5))


def _rating(rated: Rated | None, id: str, labels: LabelSet) -> dict[str, Any]:
    rated = rated or Rated({})
    values = {str(value): rated.values.get(value, 0) for value in range(1, 6)}
    return {
        "id": id, "title": labels.find("dimension", id)["title"], "n": rated.n, "mean": rated.mean, "ci95": _interval(rated),
        "values": values,
        "not_judged": rated.values.get(None, 0),
    }  # fmt: skip
