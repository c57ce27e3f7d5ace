"""What judges found, stored for good: every quote is checked on its way in, and no reviewer's count ever reads these tables."""

import dataclasses
from typing import Any

from .errors import BadInput, Conflict, NotFound, Refused
from .judgement_values import Judge, JudgedPair, JudgedRating, Judgement
from .label_sets import LabelSets
from .labels import LabelSet, load_labels
from .marks import check_error, check_omission
from .reviews import Reviews
from .rows import from_row, to_row
from .sections import section_at
from .spans import check_span
from .store import Store
from .values import Omission, Span, one_of

_INSIDE: dict[str, tuple[str, type]] = {
    "spans": ("judge_spans", Span), "omissions": ("judge_omissions", Omission), "ratings": ("judge_ratings", JudgedRating),
}  # fmt: skip


class Judgements:
    """The judges' side of the store; ``labels`` is the set that new judgements are made under."""

    def __init__(self, store: Store, labels: LabelSet | None = None) -> None:
        self.store = store
        self.labels = labels or load_labels()
        self.label_sets = LabelSets(store, self.labels)

    # Writing

    def ensure_judge(self, judge: Judge) -> Judge:
        """Store the judge if it is new and return the stored one."""
        with self.store.act():
            if self._row("judges", "id = ?", [judge.id]) is None:
                self.store.table("judges").insert(to_row(judge, id=judge.id))
        return self.get_judge(judge.id)

    def add(self, judgement: Judgement) -> Judgement:
        """Store one reading, whole or not at all. BadInput for a mark that does not fit its texts."""
        output = self.store.get_output(judgement.output_id)
        transcript = self.store.get_encounter(output.encounter_id).transcript
        self._check(judgement, output.text, transcript)
        version = self.labels.version
        spans = tuple(
            dataclasses.replace(span, label_set=version, section=section_at(output.text, span.start)) for span in judgement.spans
        )
        omissions = tuple(dataclasses.replace(omission, label_set=version) for omission in judgement.omissions)
        judgement = dataclasses.replace(judgement, spans=spans, omissions=omissions, label_set=version)
        with self.store.act():
            if self.find(judgement.judge_id, judgement.output_id, judgement.sample):
                raise Conflict(f"Reading {judgement.sample} of note {judgement.output_id!r} by this judge is there already.")
            self.label_sets.keep()
            row = {name: cell for name, cell in to_row(judgement).items() if name not in _INSIDE}
            self.store.table("judgements").insert(row)
            for name, (table, _) in _INSIDE.items():
                for value in getattr(judgement, name):
                    self.store.table(table).insert(to_row(value, judgement_id=judgement.id))
        return judgement

    def add_pair(self, pair: JudgedPair) -> JudgedPair:
        """Store a comparison of two notes of one encounter; Conflict when it is there."""
        for id in (pair.first, pair.second):
            if self.store.get_output(id).encounter_id != pair.encounter_id:
                raise BadInput(f"Note {id!r} belongs to another encounter; expected notes of {pair.encounter_id!r}.")
        with self.store.act():
            if self.find_pair(pair.judge_id, pair.first, pair.second, pair.sample):
                raise Conflict(f"The notes {pair.first!r} and {pair.second!r} have been compared by this judge already.")
            self.store.table("judge_pairs").insert(to_row(pair))
        return pair

    # Reading

    def get_judge(self, id: str) -> Judge:
        row = self._row("judges", "id = ?", [id])
        if row is None:
            known = ", ".join(judge.id for judge in self.list_judges()) or "none has judged yet; see scribeloop judge run"
            raise NotFound(f"There is no judge {id!r}; known ones: {known}.")
        return from_row(Judge, row)

    def list_judges(self) -> list[Judge]:
        """Oldest first."""
        return [from_row(Judge, row) for row in self.store.table("judges").rows_where(order_by="rowid")]

    def find(self, judge_id: str, output_id: str, sample: int) -> Judgement | None:
        row = self._row("judgements", "judge_id = ? AND output_id = ? AND sample = ?", [judge_id, output_id, sample])
        return self._judgement(row) if row else None

    def find_pair(self, judge_id: str, first: str, second: str, sample: int) -> JudgedPair | None:
        where = "judge_id = ? AND first = ? AND second = ? AND sample = ?"
        row = self._row("judge_pairs", where, [judge_id, first, second, sample])
        return from_row(JudgedPair, row) if row else None

    def list_judgements(self, judge_id: str, output_id: str | None = None) -> list[Judgement]:
        """One judge's readings in the order of their making."""
        where, given = "judge_id = ?", [judge_id]
        if output_id is not None:
            where, given = where + " AND output_id = ?", [*given, output_id]
        return [self._judgement(row) for row in self.store.table("judgements").rows_where(where, given, order_by="rowid")]

    def list_pairs(self, judge_id: str) -> list[JudgedPair]:
        rows = self.store.table("judge_pairs").rows_where("judge_id = ?", [judge_id], order_by="rowid")
        return [from_row(JudgedPair, row) for row in rows]

    def suggestions(self, review_id: str, judge_id: str) -> dict[str, Judgement]:
        """What a judge found in a review's notes, by output id, for a person to take over or not. Refused before the first,
        blind review is submitted: there a suggestion would be a hint."""
        review = Reviews(self.store, self.labels).get(review_id)
        if review.status == "draft" and review.version == 1:
            raise Refused("A judge's marks are shown after a first review is submitted, never before; submit it first.")
        found = {id: self.find(judge_id, id, 0) for id in review.outputs}
        return {id: judgement for id, judgement in found.items() if judgement}

    def _check(self, judgement: Judgement, note: str, transcript: str) -> None:
        for span in judgement.spans:
            self._of(span.output_id, judgement)
            check_error(span, self.labels, note, transcript)
        for omission in judgement.omissions:
            self._of(omission.output_id, judgement)
            check_omission(omission, self.labels, transcript)
        for rating in judgement.ratings:
            one_of(rating.dimension, self.labels.dimensions, "The judged dimension")
            if rating.place is not None:
                text = note if rating.place == "note" else transcript
                check_span(text, rating.start, rating.end, rating.quote, "evidence of the judge's rating")

    def _of(self, output_id: str, judgement: Judgement) -> None:
        if output_id != judgement.output_id:
            raise BadInput(f"A mark of the judge is on note {output_id!r}; expected {judgement.output_id!r}, which it judged.")

    def _judgement(self, row: dict[str, Any]) -> Judgement:
        inside = {
            name: tuple(
                from_row(kind, one)
                for one in self.store.table(table).rows_where("judgement_id = ?", [row["id"]], order_by="rowid")
            )
            for name, (table, kind) in _INSIDE.items()
        }
        return dataclasses.replace(from_row(Judgement, row), **inside)

    def _row(self, table: str, where: str, given: list) -> dict[str, Any] | None:
        return next(self.store.table(table).rows_where(where, given), None)
