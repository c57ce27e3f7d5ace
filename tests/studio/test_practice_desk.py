"""The practice desk as functions: a database of its own, and what it says about each planted error."""

import pytest

from annotations import load_labels
from studio.desks.practice import PracticeDesk, has_practised, practice
from studio.words import PRACTICE
from tests.annotations.test_labels import own_labels
from tests.studio.test_review_desk import act


@pytest.fixture
def desk(workspace):
    return PracticeDesk(workspace)


def flawed_side(shown):
    return next(side for side, note in shown["notes"].items() if note["text"] == practice()["notes"]["flawed"])


def put(desk, shown, side, quote, label, number):
    """Mark a quote of a note, or of the transcript where the label is an omission's."""
    omission = label in load_labels().omissions
    text = shown["encounter"]["transcript"] if omission else shown["notes"][side]["text"]
    start = text.index(quote)
    mark = {"id": f"mark-{number}", "start": start, "end": start + len(quote), "quote": quote, "label": label}
    mark |= {"severity": "major", "comment": ""}
    assert act(desk, shown, "omission" if omission else "mark", side=side, mark=mark)["ok"]


def test_the_practice_file_holds_what_it_promises():
    given = practice()
    labels = load_labels()
    for planted in given["planted"]:
        omission = planted["kind"] == "omission"
        text = given["transcript"] if omission else given["notes"]["flawed"]
        assert text.count(planted["quote"]) == 1
        # What is wrong in one note is not in the other; what one leaves out the other has.
        assert planted["quote"] not in given["notes"]["sound"] and planted["why"] and planted["severity"] in ("major", "minor")
        assert labels.find(planted["kind"], planted["label"])
    errors = [planted["label"] for planted in given["planted"] if planted["kind"] == "error"]
    assert len(errors) == len(set(errors)) == 3 and len(given["planted"]) == 4
    assert 120 <= len(given["transcript"].split()) <= 180


def test_practice_tells_found_labelled_otherwise_and_missed(desk, workspace):
    shown = desk.answer({"do": "open", "encounter": None})
    assert shown["ok"] and shown["practice"] == {"feedback": None} and shown["reveal"] is None
    asked = desk.answer({"do": "check", "review": shown["review"]["id"]})["missing"]
    assert [gap["sentence"] for gap in asked] == [PRACTICE.nothing_marked]
    side = flawed_side(shown)
    sound = "right" if side == "left" else "left"
    put(desk, shown, side, "locks at times", "negation", 1)
    put(desk, shown, side, "Left knee: slight", "negation", 2)
    put(desk, shown, side, "come back", "plan", 3)
    put(desk, shown, side, "Some swelling", "unclear", 4)
    # The follow-up is in the sound note, so its omission there is none of the planted.
    put(desk, shown, sound, "X-ray", "plan", 5)
    assert desk.answer({"do": "check", "review": shown["review"]["id"]})["missing"] == []
    done = act(desk, shown, "submit")
    feedback = done["practice"]["feedback"]
    outcomes = {one["quote"]: one["outcome"] for one in feedback["planted"]}
    assert outcomes == {
        "The knee locks at times": "found", "Allergic to penicillin": "missed", "Left knee": "otherwise",
        "If it is no better in two weeks, come back and we'll take an X-ray": "found",
    }  # fmt: skip
    other = next(one for one in feedback["planted"] if one["outcome"] == "otherwise")
    assert other["yours"] == {"kind": "error", "quote": "Left knee: slight", "label": "negation", "severity": "major"}
    text = shown["notes"][side]["text"]
    assert text[other["place"]["start"] : other["place"]["end"]] == "Left knee" and other["place"]["pane"] == side
    assert [(one["quote"], one["side"]) for one in feedback["besides"]] == [("Some swelling", side), ("X-ray", sound)]
    assert done["reveal"] is None and done["next"] is None


def test_practice_leaves_the_study_s_data_alone_and_can_be_done_again(desk, workspace):
    assert not has_practised(workspace) and not (workspace.home / "practice").exists()
    first = desk.answer({"do": "open", "encounter": "enc-whatever"})
    assert not has_practised(workspace)
    act(desk, first, "submit")
    assert has_practised(workspace)
    assert desk.answer({"do": "open", "encounter": None})["review"]["id"] == first["review"]["id"]
    second = desk.answer({"do": "again"})
    assert second["review"]["id"] != first["review"]["id"] and second["review"]["status"] == "draft"
    assert second["encounter"]["transcript"] == first["encounter"]["transcript"]
    assert desk.answer({"do": "open", "encounter": None})["review"]["id"] == second["review"]["id"]
    with workspace.store() as store:
        assert [count for name, count in store.counts().items() if name != "users" and count] == []


def test_practice_speaks_the_study_s_labels_where_they_fit(desk, workspace):
    workspace.home.mkdir()
    own_labels(workspace.home, repetition="again")
    shown = desk.answer({"do": "open", "encounter": None})
    assert "again" in [label["id"] for label in shown["labels"]["error"]]
    own_labels(workspace.home, negation="opposite")
    shown = desk.answer({"do": "open", "encounter": None})
    assert "negation" in [label["id"] for label in shown["labels"]["error"]]
    (workspace.home / "guideline.md").write_text("Our own words.", encoding="utf-8")
    assert desk.answer({"do": "guideline"})["text"] == "Our own words."
