"""The judging half of the desk as functions: ending without a judgement, blinding, history, versions, labels of a study."""

import json

import pytest

from annotations import Model, Output, Reviews, load_labels
from studio.desks.review import ReviewDesk
from studio.words import FINISHING
from tests.annotations.test_labels import own_labels
from tests.invented import NOTE, OTHER, encounter, two_notes
from tests.studio.test_review_desk import act, mark, opened, side_of

UNKEPT = {"created", "active_seconds"}


@pytest.fixture
def desk(workspace):
    return ReviewDesk(workspace)


@pytest.fixture
def visit(workspace):
    with workspace.store() as store:
        return two_notes(store)[0]


def checked(desk, shown):
    return desk.answer({"do": "check", "review": shown["review"]["id"]})["missing"]


def test_ending_without_a_judgement_names_no_model_and_can_be_taken_back(desk, visit):
    shown = opened(desk, visit)
    act(desk, shown, "prefer", preference="left")
    refused = act(desk, shown, "give_up", reason="other", comment="  ")
    assert not refused["ok"] and "say in a few words" in refused["sentence"]
    ended = act(desk, shown, "give_up", reason="field", comment="Paediatrics.")
    assert ended["review"]["status"] == "submitted" and ended["review"]["cannot_judge_comment"] == "Paediatrics."
    assert ended["review"]["cannot_judge"] == "field" and ended["review"]["preference"] is None
    assert ended["reveal"] is None and "adapter" not in json.dumps({k: v for k, v in ended.items() if k != "labels"})
    # The answer may have been lost: asked again, the same is answered.
    seen = shown["review"]["revision"] - 1
    given = {"review": shown["review"]["id"], "seen": seen, "comment": "Paediatrics."}
    assert desk.answer({"do": "give_up", "reason": "field", **given})["ok"]
    assert desk.answer({"do": "give_up", "reason": "involved", **given})["kind"] == "Refused"
    again = desk.answer({"do": "reopen", "review": shown["review"]["id"]})
    assert again["review"]["id"] == shown["review"]["id"] and again["review"]["version"] == 1
    assert (again["review"]["status"], again["review"]["preference"], again["reveal"]) == ("draft", "left", None)


def note_that_names(store, visit, text):
    return store.add_output(Output(visit.id, "tuned-model", text, "test", "p" * 64, {}, 1.0, 1, 1, "stop"))


def test_a_note_that_names_a_model_is_held_back_until_the_reviewer_agrees(desk, visit, workspace):
    with workspace.store() as store:
        store.ensure_model(Model("llm-9", "Quokka-1B", "base", "q", "q" * 64))
        named = note_that_names(store, visit, "SUBJECTIVE\nTired.\nWritten by Quokka-1B.")
    shown = opened(desk, visit)
    [side] = [side for side, note in shown["notes"].items() if note["withheld"]]
    assert shown["notes"][side]["text"] == "" and "Quokka" not in json.dumps(shown)
    assert [gap["at"] for gap in checked(desk, shown)][0] == "note"
    agreed = desk.answer({"do": "agree", "review": shown["review"]["id"], "side": side})
    assert agreed["notes"][side] == {"text": named.text, "withheld": False, "shortened_words": 0, "correction": None}
    assert opened(desk, visit)["notes"][side]["text"] == named.text and checked(desk, shown)[0]["at"] == "marks"
    with workspace.store() as store:
        [event] = store.list_events(f"{shown['review']['id']}/{named.id}")
    assert event.verb == "read_named" and event.user_id == "local"


def test_a_held_back_note_is_shown_with_the_models_at_the_end(desk, visit, workspace):
    with workspace.store() as store:
        named = note_that_names(store, visit, "As a large language model I cannot examine anyone.")
    shown = opened(desk, visit)
    done = act(desk, shown, "submit")
    assert named.text in [note["text"] for note in done["notes"].values()] and done["reveal"]


@pytest.mark.parametrize("both", [True, False])
def test_a_shortened_transcript_is_told_before_the_end_only_where_it_betrays_nothing(desk, workspace, both):
    visit = encounter()
    with workspace.store() as store:
        two_notes(store, number=7)
        store.add_encounters([visit])
        for model, short in (("base-model", 120), ("tuned-model", 120 if both else 0)):
            store.add_output(Output(visit.id, model, f"By {model[:2]}.", "test", "p" * 64, {}, 1.0, 1, 1, "stop", short))
    shown = opened(desk, visit)
    assert {note["shortened_words"] for note in shown["notes"].values()} == ({120} if both else {0})
    done = act(desk, shown, "submit")
    assert sorted(note["shortened_words"] for note in done["notes"].values()) == ([120, 120] if both else [0, 120])


def test_the_history_comes_with_the_review_and_ends_with_it(desk, visit):
    shown = opened(desk, visit)
    side = side_of(shown, NOTE)
    first = mark(NOTE, "since May")
    wider = first | mark(NOTE, "since May. Denies")
    act(desk, shown, "mark", side=side, mark=first, step="step-1")
    act(desk, shown, "mark", side=side, mark=wider, step="step-2")
    act(desk, shown, "mark", side=side, mark=first, step="step-2")
    # Sides alone: an id of a note could be looked up elsewhere.
    assert "out-" not in json.dumps(opened(desk, visit))
    history = opened(desk, visit)["history"]
    one = {"step": "step-1", "kind": "mark", "id": first["id"], "before": None, "after": first | {"side": side}}
    two = {"step": "step-2", "kind": "mark", "id": first["id"], "before": first | {"side": side}, "after": wider | {"side": side}}
    assert history == {"past": [[one]], "future": [[two]]}
    # Doing it again, as the page would from this history.
    act(desk, shown, "mark", side=side, mark=wider, step="step-2")
    assert opened(desk, visit)["history"] == {"past": [[one], [two]], "future": []}
    assert act(desk, shown, "submit")["history"] is None


def test_versions_tell_their_distance_only_at_the_end(desk, visit):
    shown = opened(desk, visit)
    side = side_of(shown, OTHER)
    act(desk, shown, "correct", side=side, text=OTHER.replace("March", "May"), editing=4.5)
    act(desk, shown, "correct", side=side, text=OTHER + " Then rest.", editing=10)
    versions = desk.answer({"do": "versions", "review": shown["review"]["id"], "side": side})["versions"]
    assert [set(version) for version in versions] == [{"version", "text"} | UNKEPT] * 2
    assert [(version["version"], version["active_seconds"]) for version in versions] == [(1, 4.5), (2, 10)]
    assert "word_distance" not in opened(desk, visit)["notes"][side]["correction"]
    correction = act(desk, shown, "submit")["notes"][side]["correction"]
    assert (correction["character_distance"], correction["word_distance"], correction["editing_seconds"]) == (11, 2, 14.5)
    versions = desk.answer({"do": "versions", "review": shown["review"]["id"], "side": side})["versions"]
    # March to May: one character exchanged, two taken out.
    assert versions[0]["character_distance"] == 3


def test_the_checklist_knows_where_each_gap_is_mended(desk, visit):
    shown = opened(desk, visit)
    side, other = side_of(shown, NOTE), side_of(shown, OTHER)
    names = {"left": "A", "right": "B"}
    act(desk, shown, "rate", side=side, dimension="factual_correctness", value=3)
    # The stored note has a line end of two characters; a text field gives back one.
    act(desk, shown, "mark", side=side, mark=mark(NOTE, "chest pain.\r\nPLAN"))
    act(desk, shown, "correct", side=side, text=NOTE.replace("\r\n", "\n"))
    act(desk, shown, "prefer", preference=other)
    gaps = {(gap["at"], gap["side"]): gap for gap in checked(desk, shown)}
    assert gaps["ratings", side]["dimension"] == "completeness" and gaps["ratings", other]["dimension"] == "factual_correctness"
    assert gaps["correction", side]["quote"] == "chest pain.\nPLAN"
    said = FINISHING.other_corrected.format(side=names[other], other=names[side])
    assert gaps["correction", other]["sentence"] == said
    assert set(gaps) == {("ratings", side), ("ratings", other), ("marks", other), ("correction", other), ("correction", side)}


def test_the_final_note_is_the_preferred_one_else_the_one_corrected_last(desk, visit):
    shown = opened(desk, visit)
    act(desk, shown, "correct", side="right", text="Mended.")
    again = {"do": "reopen", "review": shown["review"]["id"]}
    done = act(desk, shown, "submit")
    assert done["final"] == "right" and done["pace"] == {"seconds": 0.0, "median": None}
    second = desk.answer(again)
    act(desk, second, "prefer", preference="left")
    assert act(desk, second, "submit")["final"] == "left"


def test_the_median_is_told_with_the_time_of_this_review(desk, workspace):
    for number, seconds in enumerate((40, 90, 200)):
        with workspace.store() as store:
            visit = two_notes(store, number=number)[0]
        shown = opened(desk, visit)
        desk.answer({"do": "seconds", "review": shown["review"]["id"], "seconds": seconds})
        done = act(desk, shown, "submit")
    assert done["pace"] == {"seconds": 200.0, "median": 90.0}


def test_a_study_s_labels_are_the_desk_s_and_a_mistake_in_them_is_a_sentence(desk, visit, workspace):
    own_labels(workspace.home, fabrication="invention")
    shown = opened(desk, visit)
    assert shown["labels"]["error"][0]["id"] == "invention" and shown["labels"]["retired"] == []
    side = side_of(shown, NOTE)
    assert act(desk, shown, "mark", side=side, mark=mark(NOTE, "PLAN", label="invention"))["ok"]
    (workspace.home / "labels.toml").write_text("name = 'half", encoding="utf-8")
    answer = desk.answer({"do": "open", "encounter": visit.id})
    assert not answer["ok"] and "labels.toml is not readable TOML" in answer["sentence"]
    (workspace.home / "guideline.md").write_text("Be kind.", encoding="utf-8")
    assert desk.answer({"do": "guideline"})["text"] == "Be kind."


def test_a_review_of_another_label_set_stays_readable(desk, visit, workspace):
    shown = opened(desk, visit)
    side = side_of(shown, NOTE)
    old = mark(NOTE, "since May")
    act(desk, shown, "mark", side=side, mark=old)
    act(desk, shown, "rate", side=side, dimension="clarity", value=2)
    own_labels(workspace.home, fabrication="invention", clarity="plainness")

    # As a draft: the new labels, and the old one's words beside them; it can be changed and taken back.
    again = opened(desk, visit)
    assert [label["id"] for label in again["labels"]["error"]][0] == "invention"
    [retired] = again["labels"]["retired"]
    assert (retired["kind"], retired["id"], retired["title"]) == ("error", "fabrication", "Fabrication")
    [span] = again["spans"]
    assert span["label_set"] == load_labels().version
    changed = {name: value for name, value in span.items() if name != "side"} | {"severity": "minor"}
    assert act(desk, again, "mark", side=side, mark=changed)["ok"]

    # Closed: as its reviewer saw it, ratings of a dimension that is no more included.
    act(desk, again, "submit")
    closed = opened(desk, visit)
    assert closed["labels"]["error"][0]["id"] == "fabrication" and closed["labels"]["retired"] == []
    assert "clarity" in [dimension["id"] for dimension in closed["labels"]["dimension"]]
    assert closed["spans"][0]["severity"] == "minor" and "label_set" not in closed["spans"][0]


def test_a_mark_of_a_set_that_nobody_kept_shows_its_bare_label(desk, visit, workspace):
    shown = opened(desk, visit)
    with workspace.store() as store:
        output_id = Reviews(store).get(shown["review"]["id"]).left
        text = store.get_output(output_id).text
        place = {"review_id": shown["review"]["id"], "output_id": output_id, "start": 0, "end": 4, "quote": text[:4]}
        rest = {"id": "span-lost", "severity": "minor", "comment": "", "label_set": "lost/1/00000000", "created": "t"}
        store.db["spans"].insert(place | rest | {"label": "oddity"})
    [retired] = opened(desk, visit)["labels"]["retired"]
    assert retired == {"kind": "error", "id": "oddity", "title": "oddity", "group": "", "meaning": ""}
