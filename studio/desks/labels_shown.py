"""The labels that a review is shown with: the study's own, and of older sets what the review still uses."""

from typing import Any

from annotations import LabelSet, LabelSets, Omission, ReviewState


def labels_shown(state: ReviewState, sets: LabelSets) -> tuple[LabelSet, dict[str, Any]]:
    """The set that the review is shown under, and its words for the page with ``retired``: the labels that marks of the review
    carry from other sets. A closed review made under one older set is shown under that, as its reviewer saw it."""
    judged = [*state.spans, *state.omissions, *state.ratings]
    used = {each.label_set for each in judged if each.label_set}
    shown = sets.current
    if state.review.status == "submitted" and len(used) == 1:
        shown = sets.find(used.pop()) or shown
    retired = [_retired(mark, sets) for mark in (*state.spans, *state.omissions) if not shown.find(_kind(mark), mark.label)]
    return shown, shown.data | {"retired": list({(it["kind"], it["id"]): it for it in retired}.values())}


def _kind(mark: Any) -> str:
    return "omission" if isinstance(mark, Omission) else "error"


def _retired(mark: Any, sets: LabelSets) -> dict[str, Any]:
    """The label as the mark's own set has it; of a set that nobody kept, the bare id."""
    kind = _kind(mark)
    made_under = sets.find(mark.label_set)
    known = made_under and made_under.find(kind, mark.label)
    return {"title": mark.label, "group": "", "meaning": ""} | (known or {}) | {"kind": kind, "id": mark.label}
