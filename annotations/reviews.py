"""A reviewer's acts on one encounter: opening it blind, marking, rating, preferring, correcting, submitting.

Every act is stored with its event before it returns, and raises the review's ``revision`` by one. A caller passes the revision
it has seen; when another tab has acted since, Conflict is raised and nothing is written.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any

from .errors import BadInput, Conflict, NotFound, Refused
from .labels import LabelSet, load_labels
from .rows import from_row, to_row
from .spans import check_span
from .store import Store
from .table import Table
from .values import PREFERENCES, SEVERITIES, Correction, Encounter, Omission, Output, Rating, Review, Span, now, one_of, sha256


@dataclass(frozen=True)
class ReviewState:
    """A review with everything in it, as the desk shows it. ``corrections`` holds every version, oldest first."""

    review: Review
    encounter: Encounter
    outputs: tuple[Output, ...]
    spans: tuple[Span, ...]
    omissions: tuple[Omission, ...]
    ratings: tuple[Rating, ...]
    corrections: tuple[Correction, ...]

    def latest_correction(self, output_id: str) -> Correction | None:
        mine = [correction for correction in self.corrections if correction.output_id == output_id]
        return mine[-1] if mine else None


class Reviews:
    """The review desk's side of the store. Reading never writes; each writing method returns the Review as it then is."""

    def __init__(self, store: Store, labels: LabelSet | None = None) -> None:
        self.store = store
        self.labels = labels or load_labels()

    # Opening and reading

    def open(self, encounter_id: str, reviewer_id: str, output_ids: list[str]) -> Review:
        """The reviewer's latest version of this encounter's review, else a new draft of one or two outputs, sides shuffled."""
        with self.store.act():
            found = self.find(encounter_id, reviewer_id)
            if found:
                return found
            self._check_outputs(encounter_id, output_ids)
            left, right = _blind_order(reviewer_id, encounter_id, output_ids)
            review = Review(encounter_id, self.store.get_user(reviewer_id).id, left, right)
            self._insert(review)
        return review

    def reopen(self, review_id: str) -> Review:
        """A new draft version of a submitted review, with its marks, ratings and last corrections. Its marks are made after the
        reveal, so primary analyses take version 1 alone."""
        with self.store.act():
            state = self.state(review_id)
            old = state.review
            if old.status != "submitted":
                return old
            latest = self.find(old.encounter_id, old.reviewer_id)
            if latest and latest.version != old.version:
                return latest
            new = Review(
                old.encounter_id, old.reviewer_id, old.left, old.right, version=old.version + 1, preference=old.preference
            )
            self._insert(new)
            for span in state.spans:
                self._put("spans", new.id, dataclasses.replace(span, id=Span("", 0, 1, "", "", None).id))
            for omission in state.omissions:
                self._put("omissions", new.id, dataclasses.replace(omission, id=Omission("", 0, 1, "", "", "minor").id))
            for rating in state.ratings:
                self._table("ratings").insert(to_row(rating, review_id=new.id))
            for output_id in old.outputs:
                correction = state.latest_correction(output_id)
                if correction:
                    self._table("corrections").insert(to_row(Correction(output_id, 1, correction.text), review_id=new.id))
        return new

    def get(self, review_id: str) -> Review:
        row = next(self._table("reviews").rows_where("id = ?", [review_id]), None)
        if row is None:
            raise NotFound(f"There is no review {review_id!r}; open the encounter from the queue.")
        return from_row(Review, row)

    def find(self, encounter_id: str, reviewer_id: str) -> Review | None:
        where = "encounter_id = ? AND reviewer_id = ?"
        row = next(self._table("reviews").rows_where(where, [encounter_id, reviewer_id], order_by="version DESC", limit=1), None)
        return from_row(Review, row) if row else None

    def list_reviews(self, reviewer_id: str | None = None, status: str | None = None) -> list[Review]:
        return self.store._list(Review, "reviews", order="created", reviewer_id=reviewer_id, status=status)

    def state(self, review_id: str) -> ReviewState:
        review = self.get(review_id)

        def part(kind: type, table: str) -> tuple:
            return tuple(
                from_row(kind, row) for row in self._table(table).rows_where("review_id = ?", [review_id], order_by="rowid")
            )

        return ReviewState(
            review,
            self.store.get_encounter(review.encounter_id),
            tuple(self.store.get_output(id) for id in review.outputs),
            part(Span, "spans"),
            part(Omission, "omissions"),
            part(Rating, "ratings"),
            part(Correction, "corrections"),
        )

    # Acts

    def put_span(self, review_id: str, span: Span, seen: int | None = None) -> Review:
        """Add a mark on a note, or replace the one with the same id."""
        review = self.get(review_id)
        self._one_of_ours(review, span.output_id)
        one_of(span.label, self.labels.errors, "The label of the mark")
        if self.labels.needs_severity(span.label):
            one_of(span.severity, SEVERITIES, "The severity of the mark")
        elif span.severity is not None:
            raise BadInput(f"The label {span.label!r} is not an error and has no severity; leave the severity out.")
        check_span(self.store.get_output(span.output_id).text, span.start, span.end, span.quote)
        if span.evidence_start is not None:
            transcript = self.store.get_encounter(review.encounter_id).transcript
            check_span(transcript, span.evidence_start, span.evidence_end, span.evidence_quote, "evidence")
        return self._act(review_id, seen, "mark", "spans", span)

    def put_omission(self, review_id: str, omission: Omission, seen: int | None = None) -> Review:
        """Mark what a note should have carried, on the transcript, or replace the mark with the same id."""
        review = self.get(review_id)
        self._one_of_ours(review, omission.output_id)
        one_of(omission.label, self.labels.omissions, "The label of the omission")
        one_of(omission.severity, SEVERITIES, "The severity of the omission")
        if omission.section is not None:
            one_of(omission.section, self.labels.sections, "The section of the omission")
        check_span(
            self.store.get_encounter(review.encounter_id).transcript, omission.start, omission.end, omission.quote, "omission"
        )
        return self._act(review_id, seen, "omission", "omissions", omission)

    def delete_mark(self, review_id: str, mark_id: str, seen: int | None = None) -> Review:
        """Take back a span or an omission; the event keeps what it was, and putting it again restores it."""
        with self.store.act():
            review = self._draft(review_id, seen)
            for table in ("spans", "omissions"):
                rows = list(self._table(table).rows_where("id = ? AND review_id = ?", [mark_id, review_id]))
                if rows:
                    self._table(table).delete(mark_id)
                    return self._done(review, "unmark", mark_id, rows[0], None)
        raise NotFound(f"There is no mark {mark_id!r} in this review; reload the page.")

    def rate(self, review_id: str, rating: Rating, seen: int | None = None) -> Review:
        """Set one dimension of one note; a value of None is "not judged"."""
        one_of(rating.dimension, self.labels.dimensions, "The rated dimension")
        with self.store.act():
            review = self._draft(review_id, seen)
            self._one_of_ours(review, rating.output_id)
            where = [review_id, rating.output_id, rating.dimension]
            before = next(self._table("ratings").rows_where("review_id = ? AND output_id = ? AND dimension = ?", where), None)
            self._table("ratings").insert(to_row(rating, review_id=review_id), replace=True)
            return self._done(review, "rate", f"{rating.output_id}/{rating.dimension}", before and before["value"], rating.value)

    def prefer(self, review_id: str, preference: str | None, seen: int | None = None) -> Review:
        if preference is not None:
            one_of(preference, PREFERENCES, "The preference")
        with self.store.act():
            review = self._draft(review_id, seen)
            if review.right is None and preference in ("left", "right", "tie"):
                raise BadInput("This review has one note only, so there is nothing to compare; rate and correct it.")
            after = dataclasses.replace(review, preference=preference)
            return self._done(after, "prefer", review_id, review.preference, preference)

    def correct(self, review_id: str, output_id: str, text: str, seen: int | None = None) -> Review:
        """Store a new version of the corrected note; the same text as the last version adds none."""
        if not text.strip():
            raise BadInput("The corrected note is empty; expected its text, or leave the note uncorrected.")
        with self.store.act():
            review = self._draft(review_id, seen)
            self._one_of_ours(review, output_id)
            last = self.state(review_id).latest_correction(output_id)
            if last and last.text == text:
                return review
            correction = Correction(output_id, last.version + 1 if last else 1, text)
            self._table("corrections").insert(to_row(correction, review_id=review_id))
            return self._done(review, "correct", correction.id, last and last.id, correction.id)

    def add_seconds(self, review_id: str, seconds: float) -> None:
        """Count active time; it is no edit, so the revision stays. A submitted review's time is closed."""
        with self.store.act():
            review = self.get(review_id)
            if review.status == "draft" and 0 < seconds <= 3600:
                self._table("reviews").update(review_id, {"active_seconds": review.active_seconds + seconds})

    def submit(self, review_id: str, seen: int | None = None) -> Review:
        """Close the review; only then may models be shown."""
        with self.store.act():
            review = self._draft(review_id, seen)
            after = dataclasses.replace(review, status="submitted", submitted=now())
            return self._done(after, "submit", review_id, "draft", "submitted")

    # The shape of an act

    def _act(self, review_id: str, seen: int | None, verb: str, table: str, mark: Any) -> Review:
        mark = dataclasses.replace(mark, label_set=self.labels.version)
        with self.store.act():
            review = self._draft(review_id, seen)
            return self._done(review, verb, mark.id, self._put(table, review_id, mark), to_row(mark))

    def _put(self, table: str, review_id: str, mark: Any) -> dict | None:
        before = next(self._table(table).rows_where("id = ?", [mark.id]), None)
        if before and before["review_id"] != review_id:
            raise Conflict(f"The mark {mark.id!r} belongs to another review; reload the page.")
        self._table(table).insert(to_row(mark, review_id=review_id), replace=True)
        return before

    def _draft(self, review_id: str, seen: int | None) -> Review:
        review = self.get(review_id)
        if review.status != "draft":
            raise Refused("This review is submitted and cannot be changed; reopen it as a new version.")
        if seen is not None and seen != review.revision:
            raise Conflict("This review was changed in another tab or window; reload the page to see it before you go on.")
        return review

    def _done(self, review: Review, verb: str, subject: str, before: Any, after: Any) -> Review:
        review = dataclasses.replace(review, revision=review.revision + 1)
        changed = {name: getattr(review, name) for name in ("preference", "status", "submitted", "revision")}
        self._table("reviews").update(review.id, changed)
        self.store.add_event(review.reviewer_id, verb, f"{review.id}/{subject}", before, after)
        return review

    def _insert(self, review: Review) -> None:
        self._table("reviews").insert(to_row(review))
        self.store.add_event(review.reviewer_id, "open", review.id, None, {"left": review.left, "right": review.right})

    def _check_outputs(self, encounter_id: str, output_ids: list[str]) -> None:
        if len(output_ids) not in (1, 2) or len(set(output_ids)) != len(output_ids):
            raise BadInput(f"A review compares one or two notes, not {len(output_ids)}; generate two notes first.")
        for id in output_ids:
            if self.store.get_output(id).encounter_id != encounter_id:
                raise BadInput(f"Note {id!r} belongs to another encounter; expected notes of {encounter_id!r}.")

    def _one_of_ours(self, review: Review, output_id: str) -> None:
        if output_id not in review.outputs:
            raise BadInput(f"Note {output_id!r} is not in this review; expected {' or '.join(review.outputs)}.")

    def _table(self, name: str) -> Table:
        return self.store.table(name)


def _blind_order(reviewer_id: str, encounter_id: str, output_ids: list[str]) -> tuple[str, str | None]:
    """Which note stands left: a coin per reviewer and encounter, the same on every machine, whatever order they came in."""
    first, *rest = sorted(output_ids)
    if not rest:
        return first, None
    swapped = int(sha256(f"{reviewer_id}\n{encounter_id}\n{first}\n{rest[0]}"), 16) % 2
    return (rest[0], first) if swapped else (first, rest[0])
