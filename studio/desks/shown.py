"""A review as the page shows it: plain values, in sides (left, right) and never in ids of outputs or models.

Until the models may be known, nothing of a model, its speed, its settings or its limits is in here.
"""

from collections.abc import Iterable
from typing import Any

from annotations import Change, Correction, History, Omission, Output, Review, ReviewState, Span, Store

SIDES = ("left", "right")
NAMES = {"left": "A", "right": "B"}
# What a mark is shown with; those of a span and of an omission differ in the rest.
_COMMON = ("id", "start", "end", "quote", "label", "severity", "comment")


def sides_of(state: ReviewState) -> list[tuple[str, Output]]:
    """Which note stands on which side."""
    return list(zip(SIDES, state.outputs, strict=False))


def models_known(review: Review) -> bool:
    """Whether the reviewer has been told which model wrote which note: at the end, unless it ended without a judgement."""
    return review.version > 1 or (review.status == "submitted" and review.cannot_judge is None)


def as_shown(state: ReviewState, withheld: Iterable[str] = (), label_set: str = "") -> dict[str, Any]:
    """The review, without a word of the outputs in ``withheld``; marks of another label set than ``label_set`` name theirs."""
    review, encounter = state.review, state.encounter
    side_of = {output.id: side for side, output in sides_of(state)}
    ratings: dict[str, dict] = {side: {} for side in side_of.values()}
    for rating in state.ratings:
        ratings[side_of[rating.output_id]][rating.dimension] = rating.value
    names = ("id", "version", "status", "revision", "preference", "submitted", "cannot_judge", "cannot_judge_comment")
    return {
        "review": {name: getattr(review, name) for name in names},
        "encounter": {name: getattr(encounter, name) for name in ("id", "title", "specialty", "synthetic", "transcript")},
        "notes": {side: _note(state, output, output.id in withheld) for side, output in sides_of(state)},
        "spans": [mark_shown(span, side_of[span.output_id], label_set) for span in state.spans],
        "omissions": [mark_shown(omission, side_of[omission.output_id], label_set) for omission in state.omissions],
        "ratings": ratings,
    }


def mark_shown(mark: Span | Omission, side: str, label_set: str) -> dict[str, Any]:
    """A mark on the page; the label set stands with it only where it is another than the reviewer's."""
    shown = {name: getattr(mark, name) for name in _COMMON} | {"side": side}
    if isinstance(mark, Omission):
        shown |= {"section": mark.section, "important_negative": mark.important_negative}
    else:
        names = ("start", "end", "quote")
        evidence = {name: getattr(mark, f"evidence_{name}") for name in names}
        shown["evidence"] = evidence if mark.evidence_start is not None else None
    return shown if mark.label_set == label_set else shown | {"label_set": mark.label_set}


def history_shown(state: ReviewState, history: History, label_set: str) -> dict[str, Any]:
    """What undo and redo would do, step by step, in the page's own words."""
    side_of = {output.id: side for side, output in sides_of(state)}

    def shown(mark: Span | Omission | None) -> dict[str, Any] | None:
        return mark and mark_shown(mark, side_of[mark.output_id], label_set)

    def change(it: Change) -> dict[str, Any]:
        kind = "omission" if isinstance(it.before or it.after, Omission) else "mark"
        return {"step": it.step, "kind": kind, "id": it.mark_id, "before": shown(it.before), "after": shown(it.after)}

    lines = {"past": history.past, "future": history.future}
    return {name: [[change(it) for it in step] for step in steps] for name, steps in lines.items()}


def correction_shown(correction: Correction, closed: bool) -> dict[str, Any]:
    """A version of a corrected note. How far it is from the model's note is told when the review is closed: nobody should
    correct towards a number."""
    names = ("version", "text", "created", "active_seconds")
    told = names + (("character_distance", "word_distance") if closed else ())
    return {name: getattr(correction, name) for name in told}


def final_side(state: ReviewState) -> str:
    """The side whose note is the outcome: the preferred one, else the one corrected last, else the left."""
    if state.review.preference in SIDES:
        return state.review.preference
    last = state.corrections[-1].output_id if state.corrections else state.review.left
    return next(side for side, output in sides_of(state) if output.id == last)


def authorship(store: Store, output: Output) -> dict[str, Any]:
    """Who wrote a note, and how."""
    model = store.get_model(output.model_id)
    names = ("engine", "seconds", "tokens", "finish_reason")
    return {"name": model.name, "kind": model.kind} | {name: getattr(output, name) for name in names}


def _note(state: ReviewState, output: Output, withheld: bool) -> dict[str, Any]:
    return {
        "text": "" if withheld else output.text,
        "withheld": withheld,
        "shortened_words": _shortened(state, output),
        "correction": _corrected(state, output),
    }


def _corrected(state: ReviewState, output: Output) -> dict[str, Any] | None:
    """The last version, with the time that all of them took."""
    versions = state.corrections_of(output.id)
    if not versions:
        return None
    total = sum(version.active_seconds for version in versions)
    return correction_shown(versions[-1], state.review.status == "submitted") | {"editing_seconds": total}


def _shortened(state: ReviewState, output: Output) -> int:
    """How many words of the transcript the model never saw. Where only one of two models had to leave some out, that would tell
    them apart, so it is said after the reveal."""
    alike = len({each.shortened_words for each in state.outputs}) == 1
    return output.shortened_words if alike or models_known(state.review) else 0
