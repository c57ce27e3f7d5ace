"""The review desk as functions: what it shows blind, what it stores, what it refuses, and what a submission would leave open."""

import json

import pytest

from annotations import Model, Output, Reviews
from studio.desks.review import ReviewDesk, comparable
from studio.words import DESK
from tests.invented import NOTE, OTHER, encounter, two_notes

SECRETS = (
    "Base", "Tuned", "base-model", "tuned-model", "adapter", '"engine"', '"seconds"', '"tokens"', "finish_reason", "greedy",
)  # fmt: skip


@pytest.fixture
def desk(workspace):
    return ReviewDesk(workspace)


@pytest.fixture
def visit(workspace):
    with workspace.store() as store:
        return two_notes(store)[0]


def opened(desk, visit):
    answer = desk.answer({"do": "open", "encounter": visit.id})
    assert answer["ok"], answer
    return answer


def act(desk, shown, do, **given):
    """One writing act on the review as it was last seen; keeps the revision."""
    answer = desk.answer({"do": do, "review": shown["review"]["id"], "seen": shown["review"]["revision"], **given})
    if answer["ok"]:
        shown["review"]["revision"] = answer["revision"] if "revision" in answer else answer["review"]["revision"]
    return answer


def side_of(shown, text):
    return next(side for side, note in shown["notes"].items() if note["text"] == text)


def mark(text, quote, **more):
    start = text.index(quote)
    base = {"id": "span-000000000001", "label": "fabrication", "severity": "major", "comment": "", "evidence": None}
    return base | {"start": start, "end": start + len(quote), "quote": quote} | more


def test_what_is_shown_before_submission_names_no_model(desk, visit):
    shown = opened(desk, visit)
    assert {note["text"] for note in shown["notes"].values()} == {NOTE, OTHER}
    without_texts = json.dumps({key: value for key, value in shown.items() if key not in ("labels", "notes", "encounter")})
    assert [secret for secret in SECRETS if secret in without_texts] == []
    assert shown["reveal"] is None and set(shown["notes"]["left"]) == {"text", "withheld", "shortened_words", "correction"}


def test_a_review_comes_back_whole(desk, visit):
    shown = opened(desk, visit)
    side, other = side_of(shown, NOTE), side_of(shown, OTHER)
    evidence = {"start": 0, "end": 7, "quote": "Doctor:"}
    span = mark(NOTE, "👩🏽‍⚕️\nsince", comment="x < y", evidence=evidence)
    omission = mark(visit.transcript, "No chest pain", id="omi-000000000001", label="current_issues", severity="minor")
    del omission["evidence"]
    omission |= {"section": "subjective", "important_negative": True}
    assert act(desk, shown, "mark", side=side, mark=span)["ok"]
    assert act(desk, shown, "omission", side=other, mark=omission)["ok"]
    assert act(desk, shown, "rate", side=side, dimension="clarity", value=4)["ok"]
    assert act(desk, shown, "rate", side=other, dimension="clarity", value=None)["ok"]
    assert act(desk, shown, "prefer", preference=side)["ok"]
    assert [act(desk, shown, "correct", side=side, text=text)["version"] for text in ("One.", "Two.", "Two.")] == [1, 2, 2]

    again = opened(desk, visit)
    assert again["spans"] == [span | {"side": side}] and again["omissions"] == [omission | {"side": other}]
    assert again["ratings"] == {side: {"clarity": 4}, other: {"clarity": None}}
    assert again["review"]["preference"] == side and again["notes"][side]["correction"]["text"] == "Two."
    # Two marks, two ratings, a preference and two corrections; saying the same correction again is no act.
    assert again["review"]["revision"] == shown["review"]["revision"] == 7


def test_submission_reveals_and_closes_and_can_be_reopened(desk, visit, workspace):
    shown = opened(desk, visit)
    submitted = act(desk, shown, "submit")
    reveal = submitted["reveal"]
    assert reveal[side_of(shown, NOTE)]["name"] == "Base" and reveal[side_of(shown, OTHER)]["kind"] == "adapter"
    refused = act(desk, shown, "prefer", preference="tie")
    assert not refused["ok"] and refused["kind"] == "Refused" and "reopen" in refused["sentence"]
    again = desk.answer({"do": "reopen", "review": shown["review"]["id"]})
    assert again["review"]["version"] == 2 and again["review"]["status"] == "draft" and again["reveal"]


def test_next_is_another_encounter_that_waits(desk, visit, workspace):
    with workspace.store() as store:
        second = encounter(2)
        store.add_encounters([second])
        for model in ("base-model", "tuned-model"):
            store.add_output(Output(second.id, model, "Note.", "test", "p" * 64, {}, 1.0, 1, 1, "stop"))
    shown = opened(desk, visit)
    assert shown["next"] == shown["previous"] == second.id
    assert act(desk, shown, "submit")["next"] == second.id
    # The first one is done, so nothing waits beside the second.
    assert opened(desk, second)["next"] is None


def test_what_is_missing_is_named(desk, visit):
    shown = opened(desk, visit)
    side = side_of(shown, NOTE)
    name = {"left": "A", "right": "B"}[side]
    gaps = desk.answer({"do": "check", "review": shown["review"]["id"]})["missing"]
    # Two notes without marks, two without ratings, no preference, no correction.
    assert len(gaps) == 6
    act(desk, shown, "mark", side=side, mark=mark(NOTE, "Denies chest pain"))
    act(desk, shown, "correct", side=side, text="Still: Denies chest pain.")
    act(desk, shown, "prefer", preference="tie")
    for dimension in [entry["id"] for entry in shown["labels"]["dimension"]]:
        act(desk, shown, "rate", side=side, dimension=dimension, value=None)
    gaps = desk.answer({"do": "check", "review": shown["review"]["id"]})["missing"]
    assert [gap["at"] for gap in gaps] == ["marks", "ratings", "correction"]
    assert f"note {name} is still in its correction" in gaps[-1]["sentence"] and gaps[-1]["quote"] == "Denies chest pain"
    act(desk, shown, "correct", side=side, text="Mended.")
    assert len(desk.answer({"do": "check", "review": shown["review"]["id"]})["missing"]) == 2


def test_another_tab_is_noticed_but_a_lost_answer_is_not_a_conflict(desk, visit):
    first, second = opened(desk, visit), opened(desk, visit)
    span = mark(NOTE, "since May")
    side = side_of(first, NOTE)
    assert act(desk, first, "mark", side=side, mark=span)["ok"]
    # The same act again, as after a lost answer: it is there already, so it is acknowledged and not made twice.
    repeated = act(desk, dict(second, review=dict(second["review"])), "mark", side=side, mark=span)
    assert repeated["ok"] and repeated["revision"] == 1
    other = act(desk, second, "mark", side=side, mark=span | {"id": "span-000000000002"})
    assert not other["ok"] and other["kind"] == "Conflict" and "reload" in other["sentence"]
    assert len(opened(desk, visit)["spans"]) == 1


@pytest.mark.parametrize(
    "do, given",
    [
        ("unmark", {"id": "span-000000000001"}),
        ("rate", {"side": "left", "dimension": "clarity", "value": None}),
        ("prefer", {"preference": "tie"}),
        ("correct", {"side": "right", "text": "Mended."}),
        ("submit", {}),
    ],
)
def test_every_act_may_be_repeated_when_its_answer_was_lost(desk, visit, do, given):
    shown = opened(desk, visit)
    act(desk, shown, "mark", side=side_of(shown, NOTE), mark=mark(NOTE, "PLAN"))
    seen = shown["review"]["revision"]
    assert act(desk, shown, do, **given)["ok"]
    repeated = desk.answer({"do": do, "review": shown["review"]["id"], "seen": seen, **given})
    assert repeated["ok"], repeated


def test_a_mark_that_does_not_quote_its_place_is_refused(desk, visit):
    shown = opened(desk, visit)
    wrong = mark(NOTE, "since May") | {"start": 0, "end": 9}
    answer = act(desk, shown, "mark", side=side_of(shown, NOTE), mark=wrong)
    assert not answer["ok"] and answer["kind"] == "BadInput" and "quotes" in answer["sentence"]


def test_one_note_alone_can_be_reviewed(desk, workspace):
    with workspace.store() as store:
        visit, output, _ = two_notes(store)
    shown = desk.answer({"do": "open", "encounter": visit.id, "outputs": [output.id]})
    assert list(shown["notes"]) == ["left"] and shown["notes"]["left"]["text"] == NOTE
    assert act(desk, shown, "prefer", preference="neither")["ok"]
    assert not act(desk, shown, "prefer", preference="tie")["ok"]
    assert act(desk, shown, "mark", side="right", mark=mark(NOTE, "PLAN"))["kind"] == "BadInput"


def test_fewer_than_two_notes_is_an_empty_desk(desk, workspace):
    visit = encounter()
    with workspace.store() as store:
        store.add_encounters([visit])
    assert desk.answer({"do": "open", "encounter": visit.id})["empty"] == {"encounter": visit.id, "one": None}
    with workspace.store() as store:
        store.ensure_model(Model("base-model", "Base", "base", "base", "b" * 64))
        note = store.add_output(Output(visit.id, "base-model", "Note.", "test", "p" * 64, {}, 1.0, 1, 1, "stop"))
    assert desk.answer({"do": "open", "encounter": visit.id})["empty"] == {"encounter": visit.id, "one": note.id}
    assert desk.answer({"do": "open", "encounter": None})["sentence"] == DESK.no_encounter
    assert desk.answer({"do": "open", "encounter": "enc-nowhere"})["kind"] == "NotFound"


def test_the_latest_finished_note_of_each_kind_is_compared(workspace):
    with workspace.store() as store:
        visit, base, tuned = two_notes(store)
        newer = store.add_output(Output(visit.id, "tuned-model", "Newer.", "test", "p" * 64, {}, 1.0, 1, 1, "length"))
        store.add_output(Output(visit.id, "tuned-model", "Stopped", "test", "p" * 64, {}, 1.0, 1, 1, "cancelled"))
        assert sorted(comparable(store, visit.id)) == sorted([base.id, newer.id])


def test_a_review_of_another_reviewer_is_not_shown(desk, visit, workspace):
    with workspace.store() as store:
        store.add_user("ann", "Ann")
        output_ids = [output.id for output in store.list_outputs(visit.id)]
        theirs = Reviews(store).open(visit.id, "ann", output_ids)
    assert desk.answer({"do": "check", "review": theirs.id})["kind"] == "NotFound"
    assert desk.answer({"do": "prefer", "review": theirs.id, "seen": 0, "preference": "tie"})["kind"] == "NotFound"


def test_active_seconds_add_up(desk, visit, workspace):
    shown = opened(desk, visit)
    assert desk.answer({"do": "seconds", "review": shown["review"]["id"], "seconds": 12.5})["ok"]
    assert act(desk, shown, "prefer", preference="tie", seconds=2.5)["ok"]
    with workspace.store() as store:
        assert Reviews(store).get(shown["review"]["id"]).active_seconds == 15.0


def test_time_is_counted_once_when_an_act_is_repeated(desk, visit, workspace):
    shown = opened(desk, visit)
    given = {"do": "prefer", "review": shown["review"]["id"], "preference": "tie", "seen": 0}
    assert desk.answer(given | {"seconds": 4.0})["ok"]
    assert desk.answer(given | {"seconds": 5.0})["ok"]
    assert desk.answer(given | {"preference": "left", "seconds": 6.0})["kind"] == "Conflict"
    with workspace.store() as store:
        assert Reviews(store).get(shown["review"]["id"]).active_seconds == 4.0
