from annotations import Reviews, corrected_pairs, reference_pairs, trainable
from tests.invented import encounter, two_notes


def reviewed(store, split: str, number: int, text: str) -> None:
    reviews = Reviews(store)
    visit, base, tuned = two_notes(store, split, number)
    review = reviews.open(visit.id, "local", [base.id, tuned.id])
    reviews.correct(review.id, base.id, text)
    reviews.submit(review.id)


def test_only_submitted_corrections_of_train_encounters_may_be_learnt(workspace):
    with workspace.store() as store:
        for number, split in enumerate(("train", "dev", "test")):
            reviewed(store, split, number, f"Corrected {split}")
        draft, base, tuned = two_notes(store, "train", 9)
        Reviews(store).correct(Reviews(store).open(draft.id, "local", [base.id, tuned.id]).id, base.id, "Not submitted")
        pairs = corrected_pairs(store)
        kept, left_out = trainable(store, pairs)
    assert [pair.note for pair in pairs] == ["Corrected train", "Corrected dev", "Corrected test"]
    assert [pair.note for pair in kept] == ["Corrected train"]
    assert [why for _, why in left_out] == ["it is in the dev split", "it is in the test split"]


def test_a_test_transcript_under_another_id_is_known_again(workspace):
    held_out = encounter(1, "test")
    # Another id, other case, other spaces, no punctuation: still the same words.
    disguised = encounter(2, "train", reference="A note")
    disguised = type(disguised)("elsewhere", "x", held_out.transcript.upper().replace(", ", "   "), "train", reference="A note")
    with workspace.store() as store:
        store.add_encounters([held_out, disguised, encounter(3)])
        kept, left_out = trainable(store, reference_pairs(store))
    assert [pair.encounter.external_id for pair in kept] == ["case-3"]
    assert [why for _, why in left_out] == ["it is in the test split", "its transcript is also in the test split"]


def test_the_preferred_note_is_the_one_that_is_learnt(workspace):
    with workspace.store() as store:
        reviews = Reviews(store)
        visit, base, tuned = two_notes(store)
        review = reviews.open(visit.id, "local", [base.id, tuned.id])
        reviews.correct(review.id, review.left, "Left, corrected")
        reviews.correct(review.id, review.right, "Right, corrected")
        reviews.prefer(review.id, "left")
        reviews.submit(review.id)
        (pair,) = corrected_pairs(store)
    assert (pair.note, pair.output_id, pair.origin) == ("Left, corrected", review.left, "review")
    assert pair.rejected == (base.text if review.left == base.id else tuned.text)
