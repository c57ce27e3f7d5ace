"""The figures of a few reviews, counted by hand in the comments of ``few_reviews``, and each number against what is behind it."""

import pytest

from annotations import (
    ANY,
    BadInput,
    Behind,
    Compared,
    Edited,
    Kind,
    Rated,
    ReadBefore,
    Reviews,
    Selection,
    Slice,
    Tally,
    count_findings,
    wilson,
)
from tests.reviewed import BASE, TUNED, few_reviews, many_reviews, opened, visit

HALLUCINATION, STYLE, INFERENCE, OMISSION = "hallucination", "style", "not an error", "omission"


@pytest.fixture
def store(workspace):
    with workspace.store() as store:
        yield store


@pytest.fixture
def visits(store):
    return few_reviews(store)


def test_what_there_is(store, visits):
    figures = count_findings(store, Selection())
    # Ann's two and Ben's first; his second says only that he cannot judge, and Ann's third is a draft.
    assert (figures.reviews, figures.unjudged, figures.encounters) == (3, 1, 2)
    assert (figures.reviewers, figures.splits) == (("ann", "ben"), ("train", "dev"))
    # The base first, although the adapter was stored first.
    assert figures.models == (BASE, TUNED)
    # The first encounter's notes were read twice and count once.
    assert figures.notes == {
        (BASE, ANY): 2, (BASE, "cardiology"): 1, (BASE, "neurology"): 1,
        (TUNED, ANY): 2, (TUNED, "cardiology"): 1, (TUNED, "neurology"): 1,
    }  # fmt: skip
    # 120, 60 and 240 seconds.
    assert figures.median_seconds == 120.0


@pytest.mark.parametrize(
    ("model", "kind", "marks", "notes"),
    [
        # Ann: March, aspirin, Denies fever; Ann on the second: TSH 9.
        (BASE, Kind(HALLUCINATION), 4, 2),
        (BASE, Kind(HALLUCINATION, severity="major"), 2, 1),
        (BASE, Kind(HALLUCINATION, severity="minor"), 2, 2),
        (BASE, Kind(HALLUCINATION, "fabrication"), 3, 2),
        (BASE, Kind(HALLUCINATION, "fabrication", severity="minor"), 1, 1),
        (BASE, Kind(HALLUCINATION, "negation"), 1, 1),
        (BASE, Kind(HALLUCINATION, "causality"), 0, 0),
        # March and Denies fever stand under SUBJECTIVE, TSH 9 under RESULTS, aspirin under PLAN.
        (BASE, Kind(HALLUCINATION, section="subjective"), 2, 1),
        (BASE, Kind(HALLUCINATION, section="subjective", severity="major"), 1, 1),
        (BASE, Kind(HALLUCINATION, section="objective_results"), 1, 1),
        (BASE, Kind(HALLUCINATION, section="assessment_and_plan", severity="major"), 1, 1),
        # Kept apart.
        (BASE, Kind(INFERENCE), 1, 1),
        (BASE, Kind(INFERENCE, section="objective_exam"), 1, 1),
        (BASE, Kind(STYLE), 0, 0),
        (TUNED, Kind(STYLE), 1, 1),
        # Ben's alone; that Ann marked none in the same note changes nothing.
        (TUNED, Kind(HALLUCINATION, severity="major"), 1, 1),
        (BASE, Kind(OMISSION, severity="major"), 1, 1),
        (BASE, Kind(OMISSION, "important_negative"), 1, 1),
        (TUNED, Kind(OMISSION, "plan", severity="minor"), 1, 1),
        (TUNED, Kind(OMISSION, section="assessment_and_plan"), 1, 1),
    ],
)
def test_marks_by_type_severity_and_section(store, visits, model, kind, marks, notes):
    assert count_findings(store, Selection()).tally(model, kind) == Tally(marks, notes)


def test_marks_by_specialty(store, visits):
    figures = count_findings(store, Selection())
    assert figures.specialties == ("cardiology", "neurology")
    assert figures.tally(BASE, Kind(HALLUCINATION), "cardiology") == Tally(3, 1)
    assert figures.tally(BASE, Kind(HALLUCINATION), "neurology") == Tally(1, 1)
    assert figures.tally(TUNED, Kind(HALLUCINATION), "neurology") == Tally(0, 0)


def test_ratings_leave_out_what_was_not_judged(store, visits):
    rated = count_findings(store, Selection()).rated
    # Clarity of the base's notes: Ann 2, Ben 5. Completeness: Ann would not judge it.
    assert rated[BASE, "clarity"] == Rated({2: 1, 5: 1})
    assert (rated[BASE, "clarity"].n, rated[BASE, "clarity"].mean) == (2, 3.5)
    assert rated[BASE, "completeness"] == Rated({None: 1})
    assert (rated[BASE, "completeness"].n, rated[BASE, "completeness"].mean) == (0, None)
    assert rated[TUNED, "completeness"].mean == 5.0


def test_preferences_and_corrections(store, visits):
    figures = count_findings(store, Selection())
    # Ann preferred the tuned note, Ben the base's, and Ann called the second a tie.
    assert figures.compared == {(BASE, TUNED): Compared(first=1, second=1, tie=1)}
    assert figures.compared[BASE, TUNED].n == 3
    # Her last version: "March" to "May" is 3 letters (r, c, h to y: substitute one, drop two) and "1. Start aspirin.\n" 18 signs
    # away; in words 1 changed and 3 dropped. The editor's time is that of both versions.
    assert figures.edited[BASE] == Edited(1, 21, 4, 42.0)
    # "1. Repeat TSH.\n" dropped: 15 signs, 3 words; no time was counted.
    assert figures.edited[TUNED] == Edited(1, 15, 3, None)


@pytest.mark.parametrize(
    ("selection", "reviews", "hallucinations"),
    [
        (Selection(specialty="neurology"), 1, Tally(1, 1)),
        (Selection(split="train"), 2, Tally(3, 1)),
        (Selection(split="test"), 0, Tally(0, 0)),
        (Selection(reviewer="ben"), 1, Tally(0, 0)),
        (Selection(pair=(TUNED, BASE)), 3, Tally(4, 2)),
        (Selection(pair=(TUNED, "another")), 0, Tally(0, 0)),
        # Ann's second version adds one to the four; her first version of it no longer counts, or it would be six.
        (Selection(versions="latest"), 3, Tally(5, 2)),
        (Selection(versions="latest", reviewer="ann", specialty="neurology"), 1, Tally(2, 1)),
    ],
)
def test_selections(store, visits, selection, reviews, hallucinations):
    figures = count_findings(store, selection)
    assert figures.reviews == reviews
    assert figures.tally(BASE, Kind(HALLUCINATION)) == hallucinations


def test_a_count_that_knows_the_earlier_ones_finds_the_same(store, visits):
    before = ReadBefore()
    narrow, whole, latest = Selection(reviewer="ben"), Selection(), Selection(versions="latest")
    for selection in (narrow, whole, latest, narrow):
        assert count_findings(store, selection, before=before) == count_findings(store, selection)
    # Ann looks again at her first, which makes a version of its own, and takes one mark away; Ben reads something new.
    reviews = Reviews(store)
    again = reviews.reopen(reviews.find(visits["first"], "ann").id)
    desk = opened(store, visit(store, 6), "ben")
    desk.error(TUNED, "since May", "certainty", "minor")
    desk.submit(30)
    reviews.delete_mark(again.id, reviews.state(again.id).spans[0].id)
    reviews.submit(again.id)
    for selection in (whole, latest, narrow):
        assert count_findings(store, selection, before=before) == count_findings(store, selection)


def test_an_unsaid_specialty_is_a_choice_of_its_own(store, visits):
    assert count_findings(store, Selection(specialty="")).unjudged == 1
    assert Behind(store, Selection(specialty=""), Slice("unjudged")).encounter_ids() == [visits["third"]]


def test_the_encounters_behind_a_number(store, visits):
    behind = Behind(store, Selection(), Slice("marks", model=BASE, group=HALLUCINATION, severity="major"))
    assert behind.encounter_ids() == [visits["first"]]
    (found,) = behind.page(behind.encounter_ids())
    assert (found.title, found.specialty, found.split) == ("Visit 1", "cardiology", "train")
    assert [(fact.quote, fact.comment, fact.label, fact.reviewer) for fact in found.facts] == [
        ("March", "May, not March", "fabrication", "Dr Ann"),
        ("aspirin", "", "fabrication", "Dr Ann"),
    ]
    why = Behind(store, Selection(), Slice("unjudged")).page([visits["third"]])[0].facts[0]
    assert (why.outcome, why.comment) == ("field", "Not my field.")


def test_a_note_reviewed_alone_and_one_model_against_itself_are_no_comparisons(store, visits):
    notes = visit(store, 4)
    opened(store, {BASE: notes[BASE]}, "ann").submit()
    again = visit(store, 5)[BASE]
    other = visit(store, 5, base="SUBJECTIVE\nAnother try.")[BASE]
    reviews = Reviews(store)
    review = reviews.open(again.encounter_id, "ann", [again.id, other.id])
    reviews.prefer(review.id, "left")
    reviews.submit(review.id)
    figures = count_findings(store, Selection())
    assert (figures.reviews, figures.notes[BASE, ANY]) == (5, 5)
    assert figures.compared == {(BASE, TUNED): Compared(first=1, second=1, tie=1)}


def test_an_empty_database_has_empty_figures(store):
    figures = count_findings(store, Selection())
    assert (figures.reviews, figures.models, figures.tallies, figures.median_seconds) == (0, (), {}, None)


@pytest.mark.parametrize("wrong", [{"what": "everything"}, {"value": "6"}, {"outcome": "third"}])
def test_an_unknown_slice_is_a_sentence(wrong):
    with pytest.raises(BadInput, match="expected one of"):
        Slice(**wrong)


@pytest.mark.parametrize("selection", [Selection(), Selection(versions="latest"), Selection(specialty="cardiology")])
def test_every_number_is_what_stands_behind_it(store, selection):
    """Figures are counted in one way, the encounters behind them found in another."""
    many_reviews(store, 24)
    figures = count_findings(store, selection)
    assert figures.reviews > 3 and len(figures.tallies) > 50
    for (model, specialty, kind), tally in figures.tallies.items():
        facts, notes = behind(store, selection, Slice("marks", model, specialty, *kind))
        assert (len(facts), notes) == (tally.marks, tally.notes), kind
    for (model, specialty), n in figures.notes.items():
        assert behind(store, selection, Slice("notes", model, specialty))[1] == n
    for (model, dimension), rated in figures.rated.items():
        for value, n in rated.values.items():
            slice = Slice("ratings", model, dimension=dimension, value="" if value is None else str(value))
            assert len(behind(store, selection, slice)[0]) == n
        assert len(behind(store, selection, Slice("ratings", model, dimension=dimension))[0]) == rated.n
    for (first, second), compared in figures.compared.items():
        for outcome in ("first", "second", "tie", "neither", "open"):
            facts, _ = behind(store, selection, Slice("compared", first, other=second, outcome=outcome))
            assert len(facts) == getattr(compared, outcome)
        assert len(behind(store, selection, Slice("compared", first, other=second))[0]) == compared.n
    for model, edited in figures.edited.items():
        assert len(behind(store, selection, Slice("corrections", model))[0]) == edited.n
    assert len(behind(store, selection, Slice())[0]) == figures.reviews
    assert len(behind(store, selection, Slice("unjudged"))[0]) == figures.unjudged


def behind(store, selection: Selection, slice: Slice) -> tuple[list, int]:
    """The facts behind a number, and in how many notes they are: each encounter has one note of each model here."""
    found = Behind(store, selection, slice)
    visits = found.page(found.encounter_ids())
    return [fact for one in visits for fact in one.facts], len(visits)


# Newcombe, Statistics in Medicine 1998;17:857-872, table I, method 3 (score interval).
@pytest.mark.parametrize(
    ("hits", "all", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_intervals_of_shares(hits, all, low, high):
    assert wilson(hits, all) == pytest.approx((low, high), abs=5e-5)
    assert wilson(all - hits, all) == pytest.approx((1 - high, 1 - low), abs=5e-5)


def test_the_interval_of_nothing_is_everything():
    assert wilson(0, 0) == (0.0, 1.0)
    with pytest.raises(ValueError, match="3 of 2"):
        wilson(3, 2)
