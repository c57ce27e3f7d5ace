"""How far a judge agrees with reviewers: marks, ratings, preferences; overall, by specialty and by family of the judged model."""

from collections.abc import Iterable, Sequence
from typing import Any

from annotations import (
    Judge,
    Judgements,
    LabelSet,
    Marked,
    Reviews,
    Store,
    agreement_of_pairs,
    bootstrap_interval,
    rating_agreement,
    reviewer_agreement,
    wilson,
)  # fmt: skip

from .beside import Beside, chosen_judge, differences, read_beside
from .consensus import Mark, group_of
from .families import family_of

JUDGE = "judge"


def judge_agreement(store: Store, labels: LabelSet, judge_id: str | None = None) -> dict[str, Any]:
    """``{"judge", "notes", "encounters", "reviewers", "dropped", "overall", "by_specialty", "by_family", "preference",
    "warnings", "between_reviewers", "differences"}``; submitted first reviews alone count.

    A part (``overall`` and each one by specialty and family) is ``{"notes", "spans": {group: F1 ...}, "ratings": {dimension:
    ...}}``: reviewers are the gold side, each pooled as a pair with the judge; ratings are ordinal, with ``mean_difference``
    judge minus reviewer. ``between_reviewers`` is what people reach among themselves, to measure the judge by.
    """
    judge = chosen_judge(Judgements(store, labels), judge_id)
    notes = list(read_beside(store, judge, labels))
    between = reviewer_agreement(store, labels=labels)
    return {
        "judge": {"id": judge.id, "model": judge.model, "host": judge.host, "family": family_of(judge.model)},
        "notes": len(notes), "encounters": len({one.encounter.id for one in notes}),
        "reviewers": sorted({found.reviewer_id for one in notes for found in one.reviewers}),
        "dropped": sum(one.judged.dropped for one in notes),
        "overall": _part(notes, labels),
        "by_specialty": _parts(notes, labels, lambda one: one.encounter.specialty or "not said"),
        "by_family": _parts(notes, labels, lambda one: one.family),
        "preference": _preference(store, judge, labels),
        "warnings": _warnings(judge, notes),
        "between_reviewers": {"notes": between["notes"], "spans": between["spans"], "ratings": between["ratings"]},
        "differences": [_note(one, labels) for one in notes],
    }  # fmt: skip


def _parts(notes: Sequence[Beside], labels: LabelSet, key: Any) -> dict[str, Any]:
    return {name: _part([one for one in notes if key(one) == name], labels) for name in sorted({key(one) for one in notes})}


def _part(notes: Sequence[Beside], labels: LabelSet) -> dict[str, Any]:
    clusters = {one.output.id: one.encounter.id for one in notes}
    return {"notes": len(notes), "spans": _spans(notes, labels, clusters), "ratings": _ratings(notes, labels, clusters)}


def _spans(notes: Sequence[Beside], labels: LabelSet, clusters: dict[str, str]) -> dict[str, Any]:
    groups = list(dict.fromkeys(labels.group(label) for label in labels.errors)) + ["omission"]
    reviewers = sorted({found.reviewer_id for one in notes for found in one.reviewers})
    return {
        group: agreement_of_pairs([_sides(notes, name, group, labels) for name in reviewers], clusters) for group in groups
    }


def _sides(notes: Sequence[Beside], reviewer: str, group: str, labels: LabelSet) -> tuple[list[Marked], list[Marked]]:
    """A reviewer's marks of a group, and the judge's, in the notes that the reviewer has read."""
    gold: list[Marked] = []
    judged: list[Marked] = []
    for one in notes:
        for found in one.reviewers:
            if found.reviewer_id == reviewer:
                gold += _marked(one, (*found.spans, *found.omissions), group, labels)
                judged += _marked(one, (*one.judged.spans, *one.judged.omissions), group, labels)
    return gold, judged


def _marked(one: Beside, marks: Iterable[Mark], group: str, labels: LabelSet) -> list[Marked]:
    of_group = [mark for mark in marks if group_of(mark, labels) == group]
    return [Marked(one.output.id, mark.start, mark.end, mark.label, mark.severity) for mark in of_group]


def _ratings(notes: Sequence[Beside], labels: LabelSet, clusters: dict[str, str]) -> dict[str, Any]:
    found = {}
    for dimension in labels.dimensions:
        pairs = [
            ((one.output.id, reader.reviewer_id), value, rating.value)
            for one in notes
            for rating in one.judged.ratings if rating.dimension == dimension
            for reader in one.reviewers if (value := reader.ratings.get(dimension)) is not None
        ]  # fmt: skip
        rated = [rating for unit, person, judge in pairs for rating in ((unit, "reviewer", person), (unit, JUDGE, judge))]
        of_encounter = {unit: clusters[unit[0]] for unit, _, _ in pairs}
        away = [judge - person for _, person, judge in pairs]
        found[dimension] = rating_agreement(rated, "ordinal", of_encounter) | {
            "mean_difference": sum(away) / len(away) if away else None,
            "mean_difference_ci95": bootstrap_interval(away, [of_encounter[unit] for unit, *_ in pairs]),
            "same": sum(each == 0 for each in away), "pairs": len(pairs),
        }  # fmt: skip
    return found


def _preference(store: Store, judge: Judge, labels: LabelSet) -> dict[str, Any]:
    """The judge's comparisons beside those of reviewers of the same two notes; ``changed_with_place`` counts comparisons that the
    order of showing decided."""
    pairs = Judgements(store, labels).list_pairs(judge.id)
    said = {frozenset((pair.first, pair.second)): pair for pair in pairs if pair.sample == 0}
    rated = []
    for review in Reviews(store).list_reviews(status="submitted"):
        pair = said.get(frozenset(review.outputs))
        if pair and review.version == 1 and review.preference and not review.cannot_judge:
            person = {"left": review.left, "right": review.right}.get(review.preference, review.preference)
            judged = {"first": pair.first, "second": pair.second}.get(pair.preference, pair.preference)
            rated += [(review.id, "reviewer", person), (review.id, JUDGE, judged)]
    agreed = sum(one[2] == other[2] for one, other in zip(rated[::2], rated[1::2], strict=True))
    changed = sum(pair.forward != pair.backward for pair in pairs)
    found = rating_agreement(rated, "nominal")
    return {
        "compared": len(rated) // 2, "agreed": agreed,
        "agreed_ci95": list(wilson(agreed, len(rated) // 2)) if rated else None,
        "judged": len(pairs), "changed_with_place": changed, "ac1": found["ac1"],
    }  # fmt: skip


def _warnings(judge: Judge, notes: Sequence[Beside]) -> list[str]:
    family = family_of(judge.model)
    same = sorted({one.model.id for one in notes if one.family == family})
    warnings = []
    if same:
        warnings.append(
            f"The judge {judge.model} and the judged {', '.join(same)} are of one family ({family}): a judge may favour its own. "
            "Judge with a model of another family, or trust the reviewers."
        )
    if not notes:
        warnings.append("No note was read by both this judge and a reviewer who has submitted, so there is nothing to compare.")
    return warnings


def _note(one: Beside, labels: LabelSet) -> dict[str, Any]:
    return {
        "encounter": one.encounter.id, "title": one.encounter.title or one.encounter.external_id, "output": one.output.id,
        "model": one.model.id, "specialty": one.encounter.specialty,
        "reviewers": [found.reviewer_id for found in one.reviewers], "marks": differences(one, labels),
        "ratings": {
            rating.dimension: {
                "judge": rating.value, "reviewers": [found.ratings.get(rating.dimension) for found in one.reviewers],
            }
            for rating in one.judged.ratings
        },
    }  # fmt: skip
