"""Ending without a judgement, distances of corrections, the history of marks, notes that name a model."""

import json
import sqlite3

import pytest
from sqlite_utils import Database

from annotations import (
    BadInput,
    Model,
    Omission,
    Rating,
    Refused,
    Reviews,
    Span,
    corrected_pairs,
    edit_distances,
    median_seconds,
    names_a_model,
    open_store,
)
from annotations.migrations import migrations
from tests.invented import NOTE, OTHER, two_notes


def span_of(text: str, quote: str, output_id: str, label: str = "fabrication", severity: str | None = "major", **more) -> Span:
    start = text.index(quote)
    return Span(output_id, start, start + len(quote), quote, label, severity, **more)


@pytest.fixture
def desk(workspace):
    with workspace.store() as store:
        visit, base, tuned = two_notes(store)
        reviews = Reviews(store)
        yield store, reviews, visit, base, tuned, reviews.open(visit.id, "local", [base.id, tuned.id])


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # kitten to sitting: two exchanges and one insertion, the textbook example (Wagner and Fischer, 1974).
        ("kitten", "sitting", (3, 1)),
        ("", "one two", (7, 2)),
        ("Fatigue since May.\r\nPLAN", "Fatigue since May.\nPLAN", (0, 0)),
        # One word exchanged: "May." for "June." is J for M, une for ay, so four characters (Ma-y- to J-une: M>J, a>u, y>n, +e).
        ("Fatigue since May.", "Fatigue since June.", (4, 1)),
        # An emoji with skin colour is two code points.
        ("ok 👩🏽", "ok", (3, 1)),
    ],
)
def test_distances_count_characters_and_words(before, after, expected):
    assert edit_distances(before, after) == expected


def test_a_correction_keeps_its_distance_from_the_note_and_its_time(desk):
    _, reviews, _, _, tuned, review = desk
    first = reviews.correct(review.id, tuned.id, OTHER.replace("March", "May"), active_seconds=12.5)
    again = reviews.correct(review.id, tuned.id, OTHER.replace("March", "May"), active_seconds=3)
    second = reviews.correct(review.id, tuned.id, OTHER + " Then rest.", active_seconds=-4)
    # March to May: M and a stay, "rch" becomes "y": one exchange and two deletions.
    assert (first.character_distance, first.word_distance, first.active_seconds) == (3, 1, 12.5)
    assert again == first
    # The distance is from the model's note, not from the version before.
    assert (second.version, second.character_distance, second.word_distance, second.active_seconds) == (2, 11, 2, 0.0)
    assert reviews.state(review.id).corrections == (first, second)


def test_a_review_that_cannot_be_judged_is_closed_and_counts_nowhere(desk):
    store, reviews, visit, base, _, review = desk
    reviews.put_span(review.id, span_of(NOTE, "Fatigue", base.id))
    reviews.correct(review.id, base.id, "Mended")
    reviews.prefer(review.id, "left")
    reviews.add_seconds(review.id, 60)
    with pytest.raises(BadInput, match="expected one of field"):
        reviews.give_up(review.id, "tired")
    with pytest.raises(BadInput, match="say in a few words"):
        reviews.give_up(review.id, "other", " ")
    ended = reviews.give_up(review.id, "other", " The audio is cut. ")
    assert (ended.status, ended.preference, ended.cannot_judge) == ("submitted", None, "other")
    assert reviews.get(review.id) == ended and ended.cannot_judge_comment == "The audio is cut."
    assert corrected_pairs(store) == [] and median_seconds(store, "local") is None
    assert store.db["marked_errors"].count == 0
    with pytest.raises(Refused):
        reviews.prefer(review.id, "tie")


def test_taking_back_cannot_judge_goes_on_with_the_same_blind_review(desk):
    store, reviews, _, _, _, review = desk
    reviews.prefer(review.id, "right")
    reviews.give_up(review.id, "field")
    again = reviews.reopen(review.id)
    assert (again.id, again.version, again.status, again.preference) == (review.id, 1, "draft", "right")
    assert (again.cannot_judge, again.submitted) == (None, None)
    reviews.submit(review.id)
    assert reviews.reopen(review.id).version == 2


def test_the_median_time_is_of_judged_first_versions(workspace):
    with workspace.store() as store:
        reviews = Reviews(store)
        for number, seconds in enumerate([30, 100, 50, 0, 70]):
            visit, base, tuned = two_notes(store, number=number)
            review = reviews.open(visit.id, "local", [base.id, tuned.id])
            reviews.add_seconds(review.id, seconds)
            reviews.submit(review.id)
        second = reviews.reopen(review.id)
        reviews.add_seconds(second.id, 3000)
        reviews.submit(second.id)
        # Of 30, 50, 70 and 100: half way between the two in the middle.
        assert median_seconds(store, "local") == 60
        assert median_seconds(store, "ann") is None


def quotes(steps):
    return [[(change.before and change.before.quote, change.after and change.after.quote) for change in step] for step in steps]


def test_the_history_tells_doing_from_undoing(desk):
    _, reviews, visit, base, tuned, review = desk
    first = span_of(NOTE, "Fatigue", base.id)
    wider = span_of(NOTE, "SUBJECTIVE\nFatigue", base.id, id=first.id)
    at = visit.transcript.index("Tired")
    both = [Omission(output.id, at, at + 5, "Tired", "history", "minor") for output in (base, tuned)]
    reviews.put_span(review.id, first, step="step-1")
    reviews.put_span(review.id, wider, step="step-2")
    for omission in both:
        reviews.put_omission(review.id, omission, step="step-3")
    history = reviews.history(review.id)
    assert quotes(history.past) == [[(None, "Fatigue")], [("Fatigue", "SUBJECTIVE\nFatigue")], [(None, "Tired"), (None, "Tired")]]
    assert history.future == ()
    assert {change.after.output_id for change in history.past[2]} == {base.id, tuned.id}

    # Undo the last two steps, each act in the reverse order; then do one of them again.
    for omission in reversed(both):
        reviews.delete_mark(review.id, omission.id, step="step-3")
    reviews.put_span(review.id, first, step="step-2")
    assert [len(line) for line in (reviews.history(review.id).past, reviews.history(review.id).future)] == [1, 2]
    reviews.put_span(review.id, wider, step="step-2")
    history = reviews.history(review.id)
    assert quotes(history.past) == [[(None, "Fatigue")], [("Fatigue", "SUBJECTIVE\nFatigue")]]
    assert quotes(history.future) == [[(None, "Tired"), (None, "Tired")]]

    # A deletion is a new step, even though it looks like taking back; what could have been done again is gone.
    reviews.delete_mark(review.id, first.id, step="step-4")
    history = reviews.history(review.id)
    assert quotes(history.past)[-1] == [("SUBJECTIVE\nFatigue", None)] and history.future == ()
    # An act without a step is a step of its own.
    reviews.put_span(review.id, first)
    assert len(reviews.history(review.id).past) == 4


def test_the_history_of_another_review_stays_apart(workspace):
    with workspace.store() as store:
        reviews = Reviews(store)
        for number in (1, 2):
            visit, base, tuned = two_notes(store, number=number)
            review = reviews.open(visit.id, "local", [base.id, tuned.id])
            reviews.put_span(review.id, span_of(NOTE, "PLAN", base.id, label="inference", severity=None), step="step-1")
        assert quotes(reviews.history(review.id).past) == [[(None, "PLAN")]]
        reviews.submit(review.id)
        assert reviews.history(reviews.reopen(review.id).id).past == ()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Written by Wombat-1B-Plain.", True),
        ("written by wombat-1b-plain", True),
        ("As an AI, I cannot examine the patient.", True),
        ("I am a large language model", True),
        ("(Llama3.2)", True),
        ("SmolLM2-135M", True),
        ("gpt-4 says", True),
        ("Rales at the left base. Claudication. Tell the family. Patient saw a llamanoid.", False),
        ("Base", True),
        ("", False),
    ],
)
def test_a_note_that_names_its_model_is_known(text, named):
    models = [
        Model("wombat", "Wombat-1B-Plain", "base", "w", "b" * 64),
        Model("base-model", "Base", "base", "b", "c" * 64),
    ]
    assert names_a_model(text, models) is named


def test_agreeing_to_read_a_named_note_is_kept_once(desk):
    store, reviews, _, base, _, review = desk
    for _ in range(2):
        reviews.agree_to_read(review.id, base.id)
    assert [event.verb for event in store.list_events(f"{review.id}/{base.id}")] == ["read_named"]
    assert reviews.get(review.id).revision == 0


def test_an_older_database_is_brought_up_and_its_corrections_are_measured(tmp_path):
    path = tmp_path / "studio.db"
    connection = sqlite3.connect(path)
    old = Database(connection)
    migrations.apply(old, stop_before="m002_judging_and_correcting")
    assert "cannot_judge" not in old["reviews"].columns_dict
    old["users"].insert({"id": "local", "name": "L", "disabled": 0, "created": "t"})
    old["encounters"].insert(
        {"id": "e", "source": "s", "external_id": "x", "transcript": "t", "transcript_key": "k", "split": "train", "meta": "{}"}
    )
    old["models"].insert(
        {"id": "m", "name": "M", "kind": "base", "path": "p", "weights_sha256": "w", "meta": "{}", "created": "t"}
    )
    old["outputs"].insert(
        {
            "id": "o", "encounter_id": "e", "model_id": "m", "text": "One\r\ntwo", "engine": "x", "prompt_hash": "h",
            "parameters": "{}", "seconds": 1.0, "prompt_tokens": 1, "tokens": 1, "finish_reason": "stop", "shortened_words": 0,
            "created": "t",
        }
    )  # fmt: skip
    old["reviews"].insert(
        {
            "id": "r", "encounter_id": "e", "reviewer_id": "local", "left": "o", "version": 1, "status": "draft",
            "active_seconds": 0.0, "revision": 1, "created": "t",
        }
    )  # fmt: skip
    old["ratings"].insert({"review_id": "r", "output_id": "o", "dimension": "clarity", "value": 3})
    old["corrections"].insert({"id": "c", "review_id": "r", "output_id": "o", "version": 1, "text": "One\nthree", "created": "t"})
    old["events"].insert({"at": "t", "user_id": "local", "verb": "open", "subject": "r", "after": json.dumps({})})
    connection.close()

    store = open_store(path)
    state = Reviews(store).state("r")
    # two to three: t stays, "wo" becomes "hree": two exchanges and two insertions.
    assert [(c.character_distance, c.word_distance, c.active_seconds) for c in state.corrections] == [(4, 1, 0.0)]
    assert state.ratings == (Rating("o", "clarity", 3, ""),) and state.review.cannot_judge is None
    with pytest.raises(sqlite3.IntegrityError, match="corrections are versions"):
        store.db.execute("UPDATE corrections SET text = 'x'")
    assert store.verify() == []
    store.close()
