"""A reviewer's acts on one encounter: opening it blind, marking, rating, preferring, correcting, submitting.

Every act is stored with its event before it returns, and raises the review's ``revision`` by one. A caller passes the revision
it has seen; when another tab has acted since, Conflict is raised and nothing is written.
"""

import dataclasses
from typing import Any

from .blinding import agreed_to_read, blind_order
from .distance import edit_distances
from .errors import BadInput, Conflict, NotFound, Refused
from .history import History, read_history
from .label_sets import LabelSets
from .labels import LabelSet, load_labels
from .marks import check_error, check_omission
from .review_state import ReviewState, read_state
from .rows import from_row, to_row
from .sections import section_at
from .store import Store
from .table import Table
from .values import CANNOT_JUDGE, PREFERENCES, Correction, Omission, Rating, Review, Span, now, one_of
from .versions import next_version, taken_over

# What an act may change of a review; the time at work is counted apart.
_CHANGING = ("preference", "status", "submitted", "cannot_judge", "cannot_judge_comment", "revision")


class Reviews:
    """The review desk's side of the store. Reading never writes; each writing method returns the Review as it then is."""

    def __init__(self, store: Store, labels: LabelSet | None = None) -> None:
        self.store = store
        self.labels = labels or load_labels()
        self.label_sets = LabelSets(store, self.labels)

    # Opening and reading

    def open(self, encounter_id: str, reviewer_id: str, output_ids: list[str]) -> Review:
        """The reviewer's latest version of this encounter's review, else a new draft of one or two outputs, sides shuffled."""
        with self.store.act():
            found = self.find(encounter_id, reviewer_id)
            if found:
                return found
            self._check_outputs(encounter_id, output_ids)
            reviewer = self.store.get_user(reviewer_id)
            if reviewer.disabled:
                raise Refused(f"{reviewer.name} is disabled and opens no new reviews; let somebody else take this encounter.")
            left, right = blind_order(reviewer_id, encounter_id, output_ids)
            review = Review(encounter_id, reviewer.id, left, right)
            self._insert(review)
        return review

    def reopen(self, review_id: str) -> Review:
        """A submitted review made open to change. After the reveal that takes a new draft version, with its marks, ratings and
        last corrections, and primary analyses take version 1 alone; a review that ended without a judgement, and so without a
        reveal, just goes on."""
        with self.store.act():
            old = self.get(review_id)
            if old.status != "submitted":
                return old
            if old.cannot_judge:
                return self._take_back(old)
            latest = self.find(old.encounter_id, old.reviewer_id)
            return latest if latest and latest.version != old.version else self._new_version(old)

    def _take_back(self, old: Review) -> Review:
        why = {"cannot_judge": old.cannot_judge, "cannot_judge_comment": old.cannot_judge_comment}
        # The preference that was given before is in the event; a review that came without its events had none.
        ended = [event for event in self.store.list_events(f"{old.id}/{old.id}") if event.verb == "give_up"]
        preference = ended[-1].before["preference"] if ended else None
        again = {"status": "draft", "submitted": None, "cannot_judge": None, "cannot_judge_comment": ""}
        return self._done(dataclasses.replace(old, preference=preference, **again), "reopen", old.id, why, None)

    def _new_version(self, old: Review) -> Review:
        new = next_version(old)
        self._insert(new)
        for table, row in taken_over(self.state(old.id), new.id):
            self._table(table).insert(row)
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
        return read_state(self.store, self.get(review_id))

    def latest_correction(self, review_id: str, output_id: str) -> Correction | None:
        where = {"where": "review_id = ? AND output_id = ?", "where_args": [review_id, output_id], "order_by": "version DESC"}
        row = next(self._table("corrections").rows_where(**where, limit=1), None)
        return from_row(Correction, row) if row else None

    def history(self, review_id: str) -> History:
        """What was done to the marks of this review, to be taken back or done again."""
        return read_history(self.store, review_id)

    # Acts

    def put_span(self, review_id: str, span: Span, seen: int | None = None, step: str | None = None) -> Review:
        """Add a mark on a note, or replace the one with the same id. ``step`` joins it with what takes it back (see History)."""
        review = self.get(review_id)
        self._one_of_ours(review, span.output_id)
        labels = self.label_sets.for_mark(span)
        note = self.store.get_output(span.output_id).text
        check_error(span, labels, note, self.store.get_encounter(review.encounter_id).transcript)
        span = dataclasses.replace(span, label_set=labels.version, section=section_at(note, span.start))
        return self._act(review_id, seen, "mark", "spans", span, step)

    def put_omission(self, review_id: str, omission: Omission, seen: int | None = None, step: str | None = None) -> Review:
        """Mark what a note should have carried, on the transcript, or replace the mark with the same id."""
        review = self.get(review_id)
        self._one_of_ours(review, omission.output_id)
        labels = self.label_sets.for_mark(omission)
        check_omission(omission, labels, self.store.get_encounter(review.encounter_id).transcript)
        return self._act(review_id, seen, "omission", "omissions", dataclasses.replace(omission, label_set=labels.version), step)

    def delete_mark(self, review_id: str, mark_id: str, seen: int | None = None, step: str | None = None) -> Review:
        """Take back a span or an omission; the event keeps what it was, and putting it again restores it."""
        with self.store.act():
            review = self._draft(review_id, seen)
            for table in ("spans", "omissions"):
                rows = list(self._table(table).rows_where("id = ? AND review_id = ?", [mark_id, review_id]))
                if rows:
                    self._table(table).delete(mark_id)
                    return self._done(review, "unmark", mark_id, rows[0], None, step)
        raise NotFound(f"There is no mark {mark_id!r} in this review; reload the page.")

    def rate(self, review_id: str, rating: Rating, seen: int | None = None) -> Review:
        """Set one dimension of one note; a value of None is "not judged"."""
        one_of(rating.dimension, self.labels.dimensions, "The rated dimension")
        with self.store.act():
            review = self._draft(review_id, seen)
            self._one_of_ours(review, rating.output_id)
            where = [review_id, rating.output_id, rating.dimension]
            before = next(self._table("ratings").rows_where("review_id = ? AND output_id = ? AND dimension = ?", where), None)
            self.label_sets.keep()
            row = to_row(rating, review_id=review_id, label_set=self.labels.version)
            self._table("ratings").insert(row, replace=True)
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

    def correct(
        self, review_id: str, output_id: str, text: str, seen: int | None = None, active_seconds: float = 0.0
    ) -> Correction:
        """Store a new version of the corrected note with its distance from the note, and give it; the same text as the last
        version adds none. ``active_seconds`` is the time at work in the editor since the last version."""
        if not text.strip():
            raise BadInput("The corrected note is empty; expected its text, or leave the note uncorrected.")
        with self.store.act():
            review = self._draft(review_id, seen)
            self._one_of_ours(review, output_id)
            last = self.latest_correction(review_id, output_id)
            if last and last.text == text:
                return last
            characters, words = edit_distances(self.store.get_output(output_id).text, text)
            seconds = active_seconds if 0 < active_seconds <= 86_400 else 0.0
            correction = Correction(output_id, last.version + 1 if last else 1, text, characters, words, seconds)
            self._table("corrections").insert(to_row(correction, review_id=review_id))
            self._done(review, "correct", correction.id, last and last.id, correction.id)
            return correction

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

    def give_up(self, review_id: str, reason: str, comment: str = "", seen: int | None = None) -> Review:
        """Close the review without a judgement, for one of CANNOT_JUDGE; "other" needs a comment. Models stay hidden."""
        one_of(reason, CANNOT_JUDGE, "The reason why the notes cannot be judged")
        if reason == "other" and not comment.strip():
            raise BadInput("The reason is missing; say in a few words why the notes cannot be judged.")
        with self.store.act():
            review = self._draft(review_id, seen)
            why = {"cannot_judge": reason, "cannot_judge_comment": comment.strip()}
            after = dataclasses.replace(review, status="submitted", submitted=now(), preference=None, **why)
            return self._done(after, "give_up", review_id, {"preference": review.preference}, why)

    def agree_to_read(self, review_id: str, output_id: str) -> None:
        """Keep that the reviewer agreed to read a note that names a model; no edit, so the revision stays. Said again, it stays
        one event."""
        with self.store.act():
            review = self.get(review_id)
            self._one_of_ours(review, output_id)
            if output_id not in agreed_to_read(self.store, review_id):
                self.store.add_event(review.reviewer_id, "read_named", f"{review_id}/{output_id}", None, None)

    # The shape of an act

    def _act(self, review_id: str, seen: int | None, verb: str, table: str, mark: Any, step: str | None) -> Review:
        with self.store.act():
            review = self._draft(review_id, seen)
            self.label_sets.keep()
            return self._done(review, verb, mark.id, self._put(table, review_id, mark), to_row(mark), step)

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

    def _done(self, review: Review, verb: str, subject: str, before: Any, after: Any, step: str | None = None) -> Review:
        review = dataclasses.replace(review, revision=review.revision + 1)
        self._table("reviews").update(review.id, {name: getattr(review, name) for name in _CHANGING})
        self.store.add_event(review.reviewer_id, verb, f"{review.id}/{subject}", before, after, step)
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
