"""The next version of a submitted review: what it takes over."""

import dataclasses
from collections.abc import Iterator
from typing import Any

from .review_state import ReviewState
from .rows import to_row
from .values import Review, new_id, now


def next_version(old: Review) -> Review:
    """A new draft of the same notes on the same sides."""
    return Review(old.encounter_id, old.reviewer_id, old.left, old.right, version=old.version + 1, preference=old.preference)


def taken_over(state: ReviewState, review_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Table and row of everything that the new version starts with: marks and ratings as they were, and of each corrected note
    the last version, as the first, with no time counted yet."""
    for span in state.spans:
        yield "spans", to_row(dataclasses.replace(span, id=new_id("span")), review_id=review_id)
    for omission in state.omissions:
        yield "omissions", to_row(dataclasses.replace(omission, id=new_id("omi")), review_id=review_id)
    for rating in state.ratings:
        yield "ratings", to_row(rating, review_id=review_id)
    for output in state.outputs:
        if last := state.latest_correction(output.id):
            first = dataclasses.replace(last, version=1, active_seconds=0.0, id=new_id("cor"), created=now())
            yield "corrections", to_row(first, review_id=review_id)
