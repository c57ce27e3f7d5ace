"""Several readings of one note by one judge, as one: a mark counts when more than half made it, a rating is their median."""

from collections.abc import Sequence
from statistics import median_low

from annotations import Judgement, LabelSet, Omission, Span

Mark = Span | Omission


def consensus(readings: Sequence[Judgement], labels: LabelSet) -> Judgement:
    """One reading stands for itself. Marks are the same when they overlap and are of one group; the earliest reading's words and
    label stand for them."""
    if len(readings) == 1:
        return readings[0]
    first = readings[0]
    ratings = tuple(
        next(one for one in reading_of(readings, name) if one.value == median_low(r.value for r in reading_of(readings, name)))
        for name in [rating.dimension for rating in first.ratings]
    )
    return Judgement(
        first.judge_id, first.output_id, first.sample, _agreed([one.spans for one in readings], labels),
        _agreed([one.omissions for one in readings], labels), ratings, first.facts, sum(one.dropped for one in readings),
        first.label_set, first.id, first.created,
    )  # fmt: skip


def reading_of(readings: Sequence[Judgement], dimension: str) -> list:
    return [rating for one in readings for rating in one.ratings if rating.dimension == dimension]


def _agreed(sides: Sequence[tuple[Mark, ...]], labels: LabelSet) -> tuple:
    kept: list[Mark] = []
    for mark in (mark for side in sides for mark in side):
        made = sum(any(_same(mark, other, labels) for other in side) for side in sides)
        if 2 * made > len(sides) and not any(_same(mark, other, labels) for other in kept):
            kept.append(mark)
    return tuple(sorted(kept, key=lambda mark: mark.start))


def _same(one: Mark, other: Mark, labels: LabelSet) -> bool:
    return one.start < other.end and other.start < one.end and group_of(one, labels) == group_of(other, labels)


def group_of(mark: Mark, labels: LabelSet) -> str:
    """The group of an error's label; an omission's is "omission", a label of an older set is a group of its own."""
    if isinstance(mark, Omission):
        return "omission"
    return labels.group(mark.label) if mark.label in labels.errors else mark.label
