"""Figures as plain values for the results page: the sentence, the few numbers that matter, the plots with their tables.

A ``slice`` beside a number is what the page sends back to ask for the encounters behind it.
"""

from typing import Any

from annotations import ANY, Figures, Kind, Selection

from ...results_words import CHOOSING, PAGE, PLOTS, counted
from .headline import headline
from .names import Names
from .numbers import share
from .tables import compared_plot, edited_table, rated_plot

# By section and specialty one group is looked at at a time.
GROUPS = ("hallucination", "omission", "style", "not an error")


def choices_shown(every: Figures, names: Names, selected: Selection) -> list[dict[str, Any]]:
    """Each choice with its options as ``[value, words]``, and what is chosen."""
    pairs = [["", CHOOSING.all], *(["\n".join(pair), names.pair(*pair)] for pair in every.compared)]
    reviewers = sorted(([id, names.reviewers.get(id, id)] for id in every.reviewers), key=lambda option: option[1].casefold())
    given = {
        "pair": (CHOOSING.pair, pairs, "\n".join(selected.pair or ())),
        "specialty": (CHOOSING.specialty, _options([[id, names.specialty(id)] for id in every.specialties]), selected.specialty),
        "split": (CHOOSING.split, _options([[id, CHOOSING.splits[id]] for id in every.splits]), selected.split),
        "reviewer": (CHOOSING.reviewer, _options(reviewers), selected.reviewer),
        "versions": (CHOOSING.versions, [list(option) for option in CHOOSING.version.items()], selected.versions),
    }  # fmt: skip
    return [{"name": name, "title": title, "options": options, "value": value} for name, (title, options, value) in given.items()]


def _options(options: list[list[str]]) -> list[list[str]]:
    return [[ANY, CHOOSING.all], *options]


def figures_shown(figures: Figures, names: Names, selected: Selection) -> dict[str, Any]:
    if not figures.reviews:
        return {"summary": summary(figures), "none": PAGE.no_match, "unjudged": _unjudged(figures)}
    return {
        "summary": summary(figures),
        "unjudged": _unjudged(figures),
        "remark": f"{PAGE.first_only if selected.versions == 'first' else PAGE.with_later} {PAGE.any_reviewer}",
        "models": [{"id": id, "name": names.model(id), "notes": figures.notes[id, ANY]} for id in figures.models],
        "headline": headline(figures, names),
        "plots": [
            by_type(figures, names), by_section(figures, names), by_specialty(figures, names), rated_plot(figures, names),
            *compared_plot(figures, names), *edited_table(figures, names),
        ],
    }  # fmt: skip


def summary(figures: Figures) -> str:
    return PAGE.summary.format(
        reviews=counted(PAGE.reviews, figures.reviews),
        reviewers=counted(PAGE.reviewers, len(figures.reviewers)),
        encounters=counted(PAGE.encounters, figures.encounters),
    )


def _unjudged(figures: Figures) -> dict[str, Any] | None:
    return {"text": counted(PAGE.unjudged, figures.unjudged), "slice": {"what": "unjudged"}} if figures.unjudged else None


def by_type(figures: Figures, names: Names) -> dict[str, Any]:
    """Every label of the study, and every other that was used; labels of a group stand together."""
    used = {(kind.group, kind.label) for _, _, kind in figures.tallies if kind.label != ANY}
    known = [(entry["group"], entry["id"]) for entry in names.labels.data["error"]]
    known += [("omission", entry["id"]) for entry in names.labels.data["omission"]] + [("omission", "important_negative")]
    rows = [
        _row(figures, names.title(label), Kind(group, label), heading=PLOTS.groups.get(group, group))
        for group, label in [*known, *sorted(used - set(known))]
    ]
    return _plot("by_type", PLOTS.by_type, sorted(rows, key=lambda row: _group_order(row["slice"]["group"])), grouped=False)


def by_section(figures: Figures, names: Names) -> dict[str, Any]:
    sections = [*names.labels.sections, ""]
    rows = [_row(figures, names.section(id), Kind(group, section=id)) for group in GROUPS for id in sections]
    return _plot("by_section", PLOTS.by_section, rows, grouped=True)


def by_specialty(figures: Figures, names: Names) -> dict[str, Any]:
    rows = [_row(figures, names.specialty(id), Kind(group), id) for group in GROUPS for id in figures.specialties]
    return _plot("by_specialty", PLOTS.by_specialty, rows, grouped=True)


def _group_order(group: str) -> int:
    order = ("hallucination", "omission", "style", "not an error")
    return order.index(group) if group in order else len(order)


def _plot(id: str, title: str, rows: list[dict], grouped: bool) -> dict[str, Any]:
    return {"id": id, "kind": "shares", "title": title, "axis": PLOTS.share_axis, "rows": rows, "grouped": grouped}


def _row(figures: Figures, title: str, kind: Kind, specialty: str = ANY, heading: str = "") -> dict[str, Any]:
    """A row of a plot: for each severity the cells of the models in their order, None where a model has no note."""
    where = {"group": kind.group, "label": kind.label, "section": kind.section, "specialty": specialty}
    cells = {}
    for severity in PLOTS.severities:
        graded = kind._replace(severity=severity)
        cells[severity] = [_cell(figures, model, graded, specialty) for model in figures.models]
    slice = {"what": "marks"} | {name: value for name, value in where.items() if value != ANY}
    return {"title": title, "heading": heading, "slice": slice, "cells": cells}


def _cell(figures: Figures, model: str, kind: Kind, specialty: str) -> dict[str, Any] | None:
    n = figures.notes.get((model, specialty), 0)
    tally = figures.tally(model, kind, specialty)
    return share(tally.notes, n) | {"marks": tally.marks} if n else None
