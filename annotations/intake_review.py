"""Taking in one review that comes from elsewhere, with everything in it."""

from collections import Counter
from dataclasses import fields, replace
from typing import Any

from .distance import edit_distances
from .errors import BadInput, Conflict, NotFound
from .label_sets import LabelSets
from .labels import LabelSet
from .marks import check_error, check_omission
from .parts import IN_REVIEW
from .review_state import ReviewState, read_state
from .rows import from_row, to_row
from .sections import section_at
from .store import Store
from .values import CANNOT_JUDGE, PREFERENCES, Correction, Output, Rating, Review, one_of


class ReviewIntake:
    """Checks what the review desk checks, and what only a file can get wrong."""

    def __init__(self, store: Store, labels: LabelSet) -> None:
        self.store = store
        self.label_sets = LabelSets(store, labels)

    def take(self, plain: dict[str, Any]) -> bool:
        """Whether the review was new; Conflict when its id is stored with other content."""
        given = self._read(plain)
        stored = next(self.store.db["reviews"].rows_where("id = ?", [given.review.id]), None)
        if stored:
            there = read_state(self.store, from_row(Review, stored))
            if _content(there) != _content(given):
                raise Conflict(
                    f"Review {given.review.id!r} is stored with other content ({_stand(there)}; here: {_stand(given)}); "
                    "import into another --home to keep both."
                )
            return False
        self._check_review(given)
        self._insert(given)
        return True

    def _read(self, plain: dict[str, Any]) -> ReviewState:
        """The review as values, with what follows from them worked out."""
        review = Review(**{field.name: plain[field.name] for field in fields(Review) if field.name in plain})
        encounter = self.store.find_encounter(review.encounter_id)
        if encounter is None:
            raise NotFound(
                f"Its encounter {review.encounter_id!r} is neither stored nor above this line; put it before the review."
            )
        outputs = tuple(self._output(review, id) for id in review.outputs)
        inside = {name: tuple(value(**row) for row in plain.get(name, ())) for name, value in IN_REVIEW.items()}
        text = {output.id: output.text for output in outputs}
        for mark in (*inside["spans"], *inside["omissions"], *inside["ratings"], *inside["corrections"]):
            if mark.output_id not in text:
                raise BadInput(
                    f"It speaks of the note {mark.output_id!r}; expected {' or '.join(text)}, which it is a review of."
                )
        spans = tuple(replace(span, section=section_at(text[span.output_id], span.start)) for span in inside["spans"])
        corrections = tuple(_measured(text[one.output_id], one) for one in inside["corrections"])
        return ReviewState(review, encounter, outputs, spans, inside["omissions"], inside["ratings"], corrections)

    def _output(self, review: Review, id: str) -> Output:
        row = next(self.store.db["outputs"].rows_where("id = ?", [id]), None)
        if row is None:
            raise NotFound(f"Its note {id!r} is neither stored nor above this line; put it before the review.")
        if row["encounter_id"] != review.encounter_id:
            raise BadInput(f"Its note {id!r} belongs to encounter {row['encounter_id']!r}, not to {review.encounter_id!r}.")
        return from_row(Output, row)

    def _check_review(self, given: ReviewState) -> None:
        review = given.review
        one_of(review.status, ("draft", "submitted"), "The status of the review")
        one_of(review.preference, (None, *PREFERENCES) if review.right else (None, "neither"), "The preference")
        one_of(review.cannot_judge, (None, *CANNOT_JUDGE), "The reason why the notes cannot be judged")
        if (review.status == "submitted") != (review.submitted is not None):
            raise BadInput("A submitted review has a time in `submitted`, a draft has none.")
        if not list(self.store.db["users"].rows_where("id = ?", [review.reviewer_id])):
            raise NotFound(
                f"Its reviewer {review.reviewer_id!r} is neither stored nor above this line; put the user before the review."
            )
        self._check_only_one(review)
        for span in given.spans:
            text = next(output.text for output in given.outputs if output.id == span.output_id)
            _named(span.id, check_error, span, self.label_sets.for_mark(span), text, given.encounter.transcript)
        for omission in given.omissions:
            _named(omission.id, check_omission, omission, self.label_sets.for_mark(omission), given.encounter.transcript)
        self._check_ratings(given.ratings)
        _check_versions(given.corrections)

    def _check_only_one(self, review: Review) -> None:
        where = "reviewer_id = ? AND encounter_id = ? AND version = ?"
        other = next(self.store.db["reviews"].rows_where(where, [review.reviewer_id, review.encounter_id, review.version]), None)
        if other:
            raise Conflict(
                f"{review.reviewer_id!r} has reviewed encounter {review.encounter_id!r} already (review {other['id']!r}, version "
                f"{review.version}); if another person did this one, import it with --as NAME."
            )

    def _check_ratings(self, ratings: tuple[Rating, ...]) -> None:
        for rating in ratings:
            under = self.label_sets.find(rating.label_set) or self.label_sets.current
            one_of(rating.dimension, (*under.dimensions, *self.label_sets.current.dimensions), "The rated dimension")
        (_, times), *_ = Counter((rating.output_id, rating.dimension) for rating in ratings).most_common(1) or [(None, 1)]
        if times > 1:
            raise BadInput("A dimension of a note is rated twice; expected one rating each.")

    def _insert(self, given: ReviewState) -> None:
        self.store.db["reviews"].insert(to_row(given.review))
        for table in IN_REVIEW:
            rows = [to_row(value, review_id=given.review.id) for value in getattr(given, table)]
            self._check_ids(table, [row["id"] for row in rows if "id" in row])
            self.store.db[table].insert_all(rows)

    def _check_ids(self, table: str, ids: list[str]) -> None:
        there = self.store.db[table].rows_where(f"id IN ({', '.join('?' * len(ids))})", ids)
        twice = [id for id, times in Counter(ids).items() if times > 1] + [row["id"] for row in there]
        if twice:
            raise Conflict(f"{twice[0]!r} is there twice in {table}, here or in a stored review; give one of them another id.")


def _content(state: ReviewState) -> tuple:
    """What must be the same for two reviews to be one, whatever the order of its parts."""
    return state.review, *(frozenset(getattr(state, name)) for name in IN_REVIEW)


def _measured(note: str, correction: Correction) -> Correction:
    characters, words = edit_distances(note, correction.text)
    return replace(correction, character_distance=characters, word_distance=words)


def _check_versions(corrections: tuple[Correction, ...]) -> None:
    """The versions of each corrected note count up from 1, and none is empty."""
    last: Counter[str] = Counter()
    for correction in corrections:
        last[correction.output_id] += 1
        if correction.version != last[correction.output_id] or not correction.text.strip():
            raise BadInput(
                f"Correction {correction.id!r} is empty or out of turn; expected version {last[correction.output_id]}."
            )


def _named(id: str, check: Any, *given: Any) -> None:
    try:
        check(*given)
    except BadInput as error:
        raise BadInput(f"{id}: {error}") from error


def _stand(state: ReviewState) -> str:
    return f"{state.review.status}, revision {state.review.revision}, {len(state.spans) + len(state.omissions)} marks"
