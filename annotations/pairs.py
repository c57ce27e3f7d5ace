"""What a correction is: the pairs of transcript and good note that training may learn from, and which it may not."""

from dataclasses import dataclass

from .reviews import Reviews
from .spans import transcript_key
from .store import Store
from .values import Encounter


@dataclass(frozen=True)
class Pair:
    """A transcript with the note it should have had. ``rejected`` is the model's own note where a reviewer corrected one."""

    encounter: Encounter
    note: str
    origin: str
    review_id: str | None = None
    output_id: str | None = None
    rejected: str | None = None


def corrected_pairs(store: Store) -> list[Pair]:
    """The last correction of every submitted review, latest version of each reviewer's; none of one that ended unjudged.

    A review with corrections of both notes gives the preferred one; without a preference, the one corrected last. One note per
    encounter and reviewer.
    """
    reviews = Reviews(store)
    latest = {(review.encounter_id, review.reviewer_id): review for review in reviews.list_reviews(status="submitted")}
    pairs = []
    for review in latest.values():
        state = reviews.state(review.id)
        if review.cannot_judge or not state.corrections:
            continue
        preferred = {"left": review.left, "right": review.right}.get(review.preference or "")
        correction = (preferred and state.latest_correction(preferred)) or state.corrections[-1]
        rejected = store.get_output(correction.output_id).text
        pairs.append(Pair(state.encounter, correction.text, "review", review.id, correction.output_id, rejected))
    return pairs


def reference_pairs(store: Store) -> list[Pair]:
    """Every encounter that came with a reference note."""
    return [Pair(encounter, encounter.reference, "reference") for encounter in store.list_encounters() if encounter.reference]


def trainable(store: Store, pairs: list[Pair]) -> tuple[list[Pair], list[tuple[Pair, str]]]:
    """Split pairs into those training may see and those it may not, each with the reason.

    Only encounters of ``train`` pass, and of those none whose transcript is, word for word, one of the test split's.
    """
    held_out = store.held_out_keys()
    kept, left_out = [], []
    for pair in pairs:
        if pair.encounter.split != "train":
            left_out.append((pair, f"it is in the {pair.encounter.split} split"))
        elif transcript_key(pair.encounter.transcript) in held_out:
            left_out.append((pair, "its transcript is also in the test split"))
        else:
            kept.append(pair)
    return kept, left_out
