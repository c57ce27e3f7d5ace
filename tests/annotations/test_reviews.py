import dataclasses

import pytest

from annotations import BadInput, Conflict, NotFound, Omission, Rating, Refused, Reviews, Span
from tests.invented import NOTE, two_notes


def span_of(text: str, quote: str, output_id: str, label: str = "fabrication", severity: str | None = "major", **more) -> Span:
    start = text.index(quote)
    return Span(output_id, start, start + len(quote), quote, label, severity, **more)


@pytest.fixture
def desk(workspace):
    with workspace.store() as store:
        visit, base, tuned = two_notes(store)
        reviews = Reviews(store)
        yield store, reviews, visit, base, tuned, reviews.open(visit.id, "local", [base.id, tuned.id])


def test_a_review_comes_back_whole(desk):
    store, reviews, visit, base, tuned, review = desk
    # The quote runs over a line break, after an emoji of five code points.
    mark = span_of(NOTE, "👩🏽‍⚕️\nsince May", base.id, comment="not May")
    evidence = visit.transcript.index("since May")
    mark = dataclasses.replace(mark, evidence_start=evidence, evidence_end=evidence + 9, evidence_quote="since May")
    at = visit.transcript.index("No chest pain")
    omission = Omission(tuned.id, at, at + 13, "No chest pain", "current_issues", "minor", "subjective", important_negative=True)
    reviews.put_span(review.id, mark, seen=0)
    reviews.put_omission(review.id, omission, seen=1)
    reviews.rate(review.id, Rating(base.id, "clarity", 2))
    reviews.rate(review.id, Rating(base.id, "clarity", None))
    reviews.prefer(review.id, "tie")
    reviews.correct(review.id, base.id, "First try")
    reviews.correct(review.id, base.id, "Second try")
    reviews.correct(review.id, base.id, "Second try")
    submitted = reviews.submit(review.id)
    state = reviews.state(review.id)
    assert [s.quote for s in state.spans] == ["👩🏽‍⚕️\nsince May"]
    assert state.spans[0].label_set == reviews.labels.version
    assert state.omissions[0].important_negative is True
    assert state.ratings == (Rating(base.id, "clarity", None, reviews.labels.version),)
    assert [(c.version, c.text) for c in state.corrections] == [(1, "First try"), (2, "Second try")]
    assert (submitted.status, submitted.preference, submitted.revision) == ("submitted", "tie", 8)
    assert store.verify() == []


def test_sides_are_shuffled_once_and_stay(workspace):
    with workspace.store() as store:
        reviews = Reviews(store)
        sides = []
        for number in range(40):
            visit, base, tuned = two_notes(store, number=number)
            review = reviews.open(visit.id, "local", [base.id, tuned.id])
            assert reviews.open(visit.id, "local", [tuned.id, base.id]) == review
            sides.append(review.left == base.id)
    # With a fair coin fewer than 8 or more than 32 of 40 happens once in 20,000 sets of ids.
    assert 8 <= sum(sides) <= 32


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"quote": "fatigue"}, "quotes 'fatigue'"),
        ({"end": 100_000}, "lies outside"),
        ({"end": 11}, "lies outside"),
        ({"label": "lie"}, "expected one of fabrication"),
        ({"severity": None}, "severity"),
        ({"label": "inference"}, "has no severity"),
        ({"output_id": "out-unknown"}, "not in this review"),
        ({"evidence_start": 0, "evidence_end": 6, "evidence_quote": "Nurse:"}, "evidence"),
    ],
)
def test_a_wrong_mark_is_refused_and_nothing_is_stored(desk, change, said):
    _, reviews, _, base, _, review = desk
    with pytest.raises(BadInput, match=said):
        reviews.put_span(review.id, dataclasses.replace(span_of(NOTE, "Fatigue", base.id), **change))
    assert reviews.state(review.id).spans == ()
    assert reviews.get(review.id).revision == 0


def test_two_tabs_do_not_overwrite_each_other(desk):
    _, reviews, _, base, _, review = desk
    reviews.rate(review.id, Rating(base.id, "clarity", 4), seen=0)
    with pytest.raises(Conflict, match="another tab"):
        reviews.rate(review.id, Rating(base.id, "clarity", 1), seen=0)
    assert reviews.state(review.id).ratings[0].value == 4


def test_a_submitted_review_changes_only_by_a_new_version(desk):
    _, reviews, _, base, _, review = desk
    reviews.put_span(review.id, span_of(NOTE, "Fatigue", base.id))
    reviews.submit(review.id)
    with pytest.raises(Refused, match="reopen"):
        reviews.prefer(review.id, "tie")
    second = reviews.reopen(review.id)
    assert (second.version, second.status) == (2, "draft")
    assert [s.quote for s in reviews.state(second.id).spans] == ["Fatigue"]
    reviews.delete_mark(second.id, reviews.state(second.id).spans[0].id)
    assert len(reviews.state(review.id).spans) == 1
    assert reviews.reopen(review.id).id == second.id


def test_a_deleted_mark_leaves_its_trace_and_can_be_put_back(desk):
    store, reviews, _, base, _, review = desk
    mark = span_of(NOTE, "Fatigue", base.id)
    reviews.put_span(review.id, mark)
    reviews.delete_mark(review.id, mark.id)
    event = store.list_events(f"{review.id}/{mark.id}")[-1]
    assert (event.verb, event.before["quote"], event.after) == ("unmark", "Fatigue", None)
    with pytest.raises(NotFound):
        reviews.delete_mark(review.id, mark.id)
    reviews.put_span(review.id, mark)
    assert [s.id for s in reviews.state(review.id).spans] == [mark.id]


def test_an_empty_correction_is_refused(desk):
    _, reviews, _, base, _, review = desk
    with pytest.raises(BadInput, match="empty"):
        reviews.correct(review.id, base.id, " \n")


def test_active_time_adds_up_until_submission(desk):
    _, reviews, _, _, _, review = desk
    reviews.add_seconds(review.id, 12.5)
    reviews.add_seconds(review.id, 2.5)
    reviews.submit(review.id)
    reviews.add_seconds(review.id, 100)
    assert reviews.get(review.id).active_seconds == 15.0
