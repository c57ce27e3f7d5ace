"""A review with everything in it, read at once."""

from dataclasses import dataclass

from .rows import from_row
from .store import Store
from .values import Correction, Encounter, Omission, Output, Rating, Review, Span


@dataclass(frozen=True)
class ReviewState:
    """A review as the desk shows it. ``corrections`` holds every version, oldest first."""

    review: Review
    encounter: Encounter
    outputs: tuple[Output, ...]
    spans: tuple[Span, ...]
    omissions: tuple[Omission, ...]
    ratings: tuple[Rating, ...]
    corrections: tuple[Correction, ...]

    def corrections_of(self, output_id: str) -> list[Correction]:
        return [correction for correction in self.corrections if correction.output_id == output_id]

    def latest_correction(self, output_id: str) -> Correction | None:
        mine = self.corrections_of(output_id)
        return mine[-1] if mine else None


def read_state(store: Store, review: Review) -> ReviewState:
    """Everything that belongs to ``review``, each kind in the order it was stored."""

    def part(kind: type, table: str) -> tuple:
        return tuple(from_row(kind, row) for row in store.db[table].rows_where("review_id = ?", [review.id], order_by="rowid"))

    return ReviewState(
        review,
        store.get_encounter(review.encounter_id),
        tuple(store.get_output(id) for id in review.outputs),
        part(Span, "spans"),
        part(Omission, "omissions"),
        part(Rating, "ratings"),
        part(Correction, "corrections"),
    )
