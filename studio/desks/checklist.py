"""What a submission would leave open: a sentence for each, and where on the page it is mended."""

from typing import Any

from annotations import Output, ReviewState, one_line_end

from ..words import FINISHING
from .shown import NAMES, sides_of


def missing(state: ReviewState, dimensions: tuple[str, ...], withheld: set[str] = frozenset()) -> list[dict[str, Any]]:
    """What the review leaves open, in the order of work; an empty list means complete. Each names a place ``at`` on the page:
    note, marks, ratings, preference or correction, and the side where there is one."""
    unread = [_gap("note", side, FINISHING.unread) for side, output in sides_of(state) if output.id in withheld]
    read = [(side, output) for side, output in sides_of(state) if output.id not in withheld]
    about_notes = [gap for side, output in read for gap in _of_note(state, side, output, dimensions)]
    return unread + about_notes + _of_comparison(state) + _uncorrected(state)


def _of_note(state: ReviewState, side: str, output: Output, dimensions: tuple[str, ...]) -> list[dict[str, Any]]:
    gaps = []
    if not any(mark.output_id == output.id for mark in (*state.spans, *state.omissions)):
        gaps.append(_gap("marks", side, FINISHING.no_marks))
    rated = {rating.dimension for rating in state.ratings if rating.output_id == output.id}
    unrated = [dimension for dimension in dimensions if dimension not in rated]
    if unrated:
        gap = _gap("ratings", side, FINISHING.unrated, n=len(unrated), all=len(dimensions))
        gaps.append(gap | {"dimension": unrated[0]})
    return gaps


def _of_comparison(state: ReviewState) -> list[dict[str, Any]]:
    two = len(state.outputs) == 2
    preferred = state.review.preference
    corrected = {side for side, output in sides_of(state) if state.latest_correction(output.id)}
    gaps = []
    if two and preferred is None:
        gaps.append(_gap("preference", None, FINISHING.no_preference))
    if not corrected:
        side = preferred if preferred in ("left", "right") else "left"
        gaps.append(_gap("correction", side, FINISHING.no_correction if two else FINISHING.no_correction_one))
    elif preferred in ("left", "right") and preferred not in corrected:
        other = "right" if preferred == "left" else "left"
        gaps.append(_gap("correction", preferred, FINISHING.other_corrected, other=NAMES[other]))
    return gaps


def _uncorrected(state: ReviewState) -> list[dict[str, Any]]:
    """Major errors that a correction of their own note still holds, word for word."""
    found = []
    for side, output in sides_of(state):
        correction = state.latest_correction(output.id)
        for span in state.spans if correction else ():
            quote = one_line_end(span.quote)
            if span.output_id == output.id and span.severity == "major" and quote in one_line_end(correction.text):
                found.append(_gap("correction", side, FINISHING.still_there, quote=span.quote) | {"quote": quote})
    return found


def _gap(at: str, side: str | None, sentence: str, **values: Any) -> dict[str, Any]:
    return {"at": at, "side": side, "sentence": sentence.format(side=NAMES.get(side), **values)}
