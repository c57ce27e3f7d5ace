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
from .values import Event, Omission, Review, Span, new_id, now, one_of

# The verbs of the events that keep what a person made of a judge's mark.
_ANSWERS = ("take_over", "turn_down")
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

    # A person's answer to a judge's marks

    def suggestions(self, review_id: str, judge_id: str) -> list[Span | Omission]:
        """What a judge marked in a review's notes and the reviewer has not answered yet. Refused before the first, blind review
        is submitted: there a suggestion would be a hint."""
        review = self._after_the_first(review_id)
        answered = {event.subject.rpartition("/")[2] for verb in _ANSWERS for event in self._answers(review, verb)}
        found = [self.find(judge_id, id, 0) for id in review.outputs]
        marks = [mark for one in found if one for mark in (*one.spans, *one.omissions)]
        return [mark for mark in marks if mark.id not in answered]

    def take_over(self, review_id: str, mark_id: str) -> Review:
        """Put a judge's mark into a later version of the review, as the reviewer's own: a submitted one is reopened for it."""
        review = self._after_the_first(review_id)
        mark = self._mark(mark_id, review)
        reviews = Reviews(self.store, self.labels)
        with self.store.act():
            draft = reviews.reopen(review.id)
            own = dataclasses.replace(mark, id=new_id("span" if isinstance(mark, Span) else "omi"), created=now(), label_set="")
            draft = (reviews.put_span if isinstance(own, Span) else reviews.put_omission)(draft.id, own)
            self._answer(draft, "take_over", mark, {"review": draft.id, "mark": own.id})
        return draft

    def turn_down(self, review_id: str, mark_id: str) -> None:
        """Keep that the reviewer does not share a judge's mark."""
        review = self._after_the_first(review_id)
        with self.store.act():
            self._answer(review, "turn_down", self._mark(mark_id, review))

    def _after_the_first(self, review_id: str) -> Review:
        review = Reviews(self.store, self.labels).get(review_id)
        if review.status == "draft" and review.version == 1:
            raise Refused("A judge's marks are shown after a first review is submitted, never before; submit it first.")
        if review.cannot_judge:
            raise Refused("This review ended without a judgement, so it takes no marks; reopen and finish it first.")
        return review

    def _answer(self, review: Review, verb: str, mark: Span | Omission, became: dict[str, str] | None = None) -> None:
        about = {"label": mark.label, "severity": mark.severity, "quote": mark.quote}
        self.store.add_event(review.reviewer_id, verb, f"{review.encounter_id}/{mark.id}", about, became)

    def _answers(self, review: Review, verb: str) -> list[dict[str, Any]]:
        # All subjects that begin with the encounter's id and a slash: "0" is the sign behind it.
        where = "subject > ? AND subject < ? AND verb = ? AND user_id = ?"
        given = [f"{review.encounter_id}/", f"{review.encounter_id}0", verb, review.reviewer_id]
        return [from_row(Event, row) for row in self.store.table("events").rows_where(where, given)]

    def _mark(self, mark_id: str, review: Review) -> Span | Omission:
        for table, kind in _INSIDE.values():
            row = self._row(table, "id = ?", [mark_id]) if kind is not JudgedRating else None
            if row and row["output_id"] in review.outputs:
                return from_row(kind, row)
        raise NotFound(f"There is no judge's mark {mark_id!r} on the notes of this review; reload the page.")

    # Checks and rows

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
