"""Agreement between the reviewers in the database, and what two models' notes were found to hold."""

import pytest

from annotations import Selection, open_store, reviewer_agreement
from tests.reviewed import BASE, TUNED, few_reviews, opened, visit


@pytest.fixture
def store(tmp_path):
    store = open_store(tmp_path / "studio.db")
    yield store
    store.close()


def test_the_few_reviews_by_hand(store):
    few_reviews(store)
    found = reviewer_agreement(store)
    # Ann and Ben have both read the first visit's two notes; the third was given up by the one and is a draft of the other.
    assert (found["reviewers"], found["notes"], found["encounters"]) == (["ann", "ben"], 2, 1)
    # Ann marked three hallucinations in the base's note, Ben one in the tuned one's; an inference is a group of its own.
    marked = found["spans"]["hallucination"]
    assert (marked["n_gold"], marked["n_other"], marked["exact"]["f1"], marked["partial"]["f1"]) == (3, 1, 0, 0)
    assert (found["spans"]["omission"]["n_gold"], found["spans"]["omission"]["n_other"]) == (2, 0)
    assert set(found["spans"]) == {"hallucination", "omission", "style", "not an error"}
    # Clarity: both rated the base's note, 2 and 5; of one unit that differs alpha is 0. Completeness was rated by Ann alone.
    clarity = found["ratings"]["clarity"]
    assert (clarity["n_ratings"], clarity["pairable_units"], clarity["alpha"]) == (3, 1, 0)
    assert "One rater only" in found["ratings"]["completeness"]["reasons"]["alpha"]
    # A major hallucination: Ann says yes, no; Ben no, yes. Kappa: alike in none, by chance in half: -1.
    assert found["major"]["kappa"] == -1 and found["preference"]["pairable_units"] == 1
    # Lines: of the base's note nine, of which Ann marked three; of the tuned one's five, of which Ben marked one: 10 of 14 alike.
    # Of 28 flags 4 are up: chance 2 * 1/7 * 6/7.
    chance = 2 / 7 * 6 / 7
    assert found["lines"]["n_units"] == 14 and found["lines"]["ac1"] == pytest.approx((10 / 14 - chance) / (1 - chance))


def test_two_who_mark_much_the_same(store):
    few_reviews(store)
    notes = visit(store, 7)
    for name, quote, severity in (("ann", "since March", "major"), ("ben", "March.", "minor")):
        desk = opened(store, notes, name)
        desk.error(BASE, "aspirin", "fabrication", "major")
        desk.error(BASE, quote, "certainty", severity)
        desk.rate(BASE, "clarity", 4)
        desk.prefer(TUNED)
        desk.submit(60)
    found = reviewer_agreement(store)
    # "aspirin" is the same in both; "since March" and "March." overlap. With the first visit's 3 and 1: 5 and 3 marks.
    marked = found["spans"]["hallucination"]
    assert (marked["n_gold"], marked["n_other"], marked["exact"]["f1"], marked["partial"]["f1"]) == (5, 3, 2 / 8, 4 / 8)
    assert (marked["severity"]["n"], marked["severity"]["agreed"]) == (2, 1)
    (pair,) = found["pairs"]
    # The tuned note of the seventh visit is empty for both.
    assert (pair["first"], pair["second"], pair["notes"], pair["both_empty"]) == ("ann", "ben", 4, 1)
    assert found["preference"]["pairable_units"] == 2


def test_later_versions_and_other_visits_are_a_choice(store):
    few_reviews(store)
    assert reviewer_agreement(store, Selection(specialty="neurology"))["notes"] == 0
    assert reviewer_agreement(store, Selection(versions="latest"))["notes"] == 2


def test_nobody_has_read_anything(store):
    found = reviewer_agreement(store)
    assert (found["reviewers"], found["notes"], found["spans"], found["pairs"], found["ratings"]) == ([], 0, {}, [], {})
    assert found["lines"]["alpha"] is None and found["major"]["reasons"]["ac1"]


def test_three_reviewers_make_three_pairs(store):
    few_reviews(store)
    store.add_user("cem", "Dr Cem")
    for number in (7, 8):
        notes = visit(store, number)
        for name in ("ann", "ben", "cem"):
            desk = opened(store, notes, name)
            desk.error(BASE, "aspirin", "fabrication", "major" if name == "cem" else "minor")
            desk.rate(BASE, "clarity", 3 + (name == "cem"))
            desk.submit(60)
    found = reviewer_agreement(store)
    assert [(pair["first"], pair["second"], pair["notes"]) for pair in found["pairs"]] == [
        ("ann", "ben", 6), ("ann", "cem", 4), ("ben", "cem", 4),
    ]  # fmt: skip
    # Three pairs on two notes match their one mark; on the first visit Ann has three and Ben one, none of them shared.
    pooled = found["spans"]["hallucination"]
    assert (pooled["n_gold"], pooled["n_other"], pooled["exact"]["matched"]) == (6 + 3, 6 + 1, 6)
    assert (pooled["severity"]["n"], pooled["severity"]["agreed"]) == (6, 2)
    assert found["ratings"]["clarity"]["n_raters"] == 3 and found["ratings"]["clarity"]["kappa"] is None
