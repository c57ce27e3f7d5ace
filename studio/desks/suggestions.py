"""What a judge would mark, for the review desk: after the first, blind review only, and for the reviewer whose review it is."""

from typing import Any

from annotations import Judgements, Omission, Reviews, ReviewState, Span, Store

from .shown import mark_shown, models_known, sides_of


def suggested(store: Store, reviews: Reviews, state: ReviewState, reviewer_id: str, label_set: str) -> dict[str, Any] | None:
    """``{"by", "marks"}``: the marks of the judge that came last to these notes, without those that the reviewer has answered or
    set herself. None where no judge has read them, and wherever a suggestion would be a hint to somebody who still judges."""
    review = state.review
    if not models_known(review) or review.cannot_judge or review.reviewer_id != reviewer_id:
        return None
    judgements = Judgements(store, reviews.labels)
    judge = next((it for it in reversed(judgements.list_judges()) if _has_read(judgements, it.id, state)), None)
    # An older version is only looked at: what is taken over goes into the last one.
    if judge is None or reviews.find(review.encounter_id, reviewer_id).id != review.id:
        return None
    order = {output.id: number for number, (_, output) in enumerate(sides_of(state))}
    side_of = {output.id: side for side, output in sides_of(state)}
    marks = [mark for mark in judgements.suggestions(review.id, judge.id) if not any(_same(mark, own) for own in _own(state))]
    marks.sort(key=lambda mark: (order[mark.output_id], isinstance(mark, Omission), mark.start, mark.end))
    return {
        "by": f"{judge.model}, {judge.host}",
        "marks": [mark_shown(mark, side_of[mark.output_id], label_set) for mark in marks],
    }


def _has_read(judgements: Judgements, judge_id: str, state: ReviewState) -> bool:
    return any(judgements.find(judge_id, output.id, 0) for output in state.outputs)


def _own(state: ReviewState) -> list[Span | Omission]:
    return [*state.spans, *state.omissions]


def _same(mark: Span | Omission, own: Span | Omission) -> bool:
    """Whether the reviewer has marked this herself: the same label on some of the same words."""
    meets = own.start < mark.end and mark.start < own.end
    return type(mark) is type(own) and (mark.output_id, mark.label) == (own.output_id, own.label) and meets
