"""The notes that both a judge and reviewers have read, with what each found, in one place."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from annotations import Encounter, Judge, Judgement, Judgements, LabelSet, Model, NotFound, Omission, Output, Reviews, Span, Store

from .consensus import consensus, group_of
from .families import model_family


@dataclass(frozen=True)
class Found:
    """What one reviewer found in one note; ``ratings`` by dimension, None for "not judged"."""

    reviewer_id: str
    review_id: str
    spans: tuple[Span, ...]
    omissions: tuple[Omission, ...]
    ratings: dict[str, int | None]


@dataclass(frozen=True)
class Beside:
    """One note: what the judge found (its readings taken together) beside each reviewer's submitted first review."""

    encounter: Encounter
    output: Output
    model: Model
    family: str
    judged: Judgement
    reviewers: tuple[Found, ...]


def chosen_judge(judgements: Judgements, judge_id: str | None) -> Judge:
    """The judge of this id, else the one who came last; NotFound when nobody has judged."""
    if judge_id:
        return judgements.get_judge(judge_id)
    judges = judgements.list_judges()
    if not judges:
        raise NotFound("No judge has read a note here yet; let one with: scribeloop judge run --endpoint NAME")
    return judges[-1]


def read_beside(store: Store, judge: Judge, labels: LabelSet) -> Iterator[Beside]:
    """Note by note, in the order in which they were judged; notes without a submitted review are passed over."""
    readings: dict[str, list[Judgement]] = defaultdict(list)
    for one in Judgements(store, labels).list_judgements(judge.id):
        readings[one.output_id].append(one)
    found = _reviewed(store, set(readings))
    models = {model.id: model for model in store.list_models()}
    families = {id: model_family(store, model) for id, model in models.items()}
    for output_id, several in readings.items():
        if output_id in found:
            output = store.get_output(output_id)
            yield Beside(
                store.get_encounter(output.encounter_id), output, models[output.model_id], families[output.model_id],
                consensus(several, labels), tuple(found[output_id]),
            )  # fmt: skip


def _reviewed(store: Store, wanted: set[str]) -> dict[str, list[Found]]:
    """What reviewers found in the wanted outputs: submitted, first versions, ended with a judgement."""
    reviews = Reviews(store)
    found: dict[str, list[Found]] = defaultdict(list)
    for review in reviews.list_reviews(status="submitted"):
        mine = wanted & set(review.outputs)
        if review.version != 1 or review.cannot_judge or not mine:
            continue
        state = reviews.state(review.id)
        for id in mine:
            found[id].append(
                Found(
                    review.reviewer_id, review.id, tuple(span for span in state.spans if span.output_id == id),
                    tuple(one for one in state.omissions if one.output_id == id),
                    {rating.dimension: rating.value for rating in state.ratings if rating.output_id == id},
                )
            )  # fmt: skip
    return found


def differences(one: Beside, labels: LabelSet) -> list[dict[str, Any]]:
    """Every mark on the note by anybody, in the order of the text, errors first: ``by`` names who made it (reviewers, the judge,
    or both), and marks that overlap and are of one group are one line."""
    marks = [(mark, found.reviewer_id) for found in one.reviewers for mark in (*found.spans, *found.omissions)]
    marks += [(mark, None) for mark in (*one.judged.spans, *one.judged.omissions)]
    lines: list[dict[str, Any]] = []
    for mark, reviewer in sorted(marks, key=lambda given: (isinstance(given[0], Omission), given[0].start)):
        group = group_of(mark, labels)
        same = next((line for line in lines if _covers(line, group, mark)), None)
        if same is None:
            same = {"group": group, "start": mark.start, "end": mark.end, "marks": []}
            lines.append(same)
        same["marks"].append(
            {
                "reviewer": reviewer, "label": mark.label, "severity": mark.severity, "quote": mark.quote,
                "comment": mark.comment, "start": mark.start, "end": mark.end,
            }
        )  # fmt: skip
    return [line | {"by": _by(line["marks"])} for line in lines]


def _covers(line: dict[str, Any], group: str, mark: Span | Omission) -> bool:
    return line["group"] == group and line["start"] < mark.end and mark.start < line["end"]


def _by(marks: list[dict[str, Any]]) -> str:
    people, judge = any(mark["reviewer"] for mark in marks), any(mark["reviewer"] is None for mark in marks)
    return "both" if people and judge else ("reviewers" if people else "judge")
