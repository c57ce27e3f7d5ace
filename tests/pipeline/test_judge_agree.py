"""The judge beside reviewers: counts that can be made by hand from ``tests.reviewed`` and ``tests.pipeline.invented_judge``."""

import json

import pytest
from click.testing import CliRunner

from annotations import Judgement, NotFound, Span, load_labels
from pipeline.endpoints import Endpoint
from pipeline.judge import judge_agreement, judge_notes
from pipeline.judge.consensus import consensus
from pipeline.workspace import Workspace
from studio.cli import main
from tests.pipeline.invented_judge import judge
from tests.pipeline.loopback_model import loopback_model
from tests.reviewed import BASE, TUNED, few_reviews


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return Workspace(tmp_path_factory.mktemp("agree") / "home")


@pytest.fixture(scope="module")
def judged(home):
    """The few reviews, and what the invented judge makes of the notes of train and dev; nothing here writes after this."""
    workspace = home
    with workspace.store() as store:
        ids = few_reviews(store)
    with loopback_model(judge()) as served:
        here = Endpoint("judge", served.address, "base-of-judges-7b")
        judge_notes(workspace, here, print, encounter_ids=ids.values(), pairwise=True)
    return ids


def agreement(workspace):
    with workspace.store() as store:
        return judge_agreement(store, load_labels())


def test_marks_are_compared_with_each_reviewers(home, judged):
    found = agreement(home)
    # The first encounter was read by Ann and Ben, the second by Ann; the third has no submitted judgement of the notes.
    assert (found["notes"], found["encounters"], found["reviewers"]) == (4, 2, ["ann", "ben"])
    spans = found["overall"]["spans"]
    # Gold hallucinations: Ann's three on the base's first note (March, aspirin, Denies fever) and one on its second (TSH 9);
    # Ben's one on the tuned first note. The judge: two on each base note, once for each reader: Ann has two, Ben one.
    assert (spans["hallucination"]["n_gold"], spans["hallucination"]["n_other"]) == (5, 6)
    # Overlaps: since March and Start aspirin with Ann's March and aspirin on the first note; nothing else.
    assert spans["hallucination"]["partial"]["matched"] == 2 and spans["hallucination"]["exact"]["matched"] == 0
    assert spans["hallucination"]["partial"]["f1"] == pytest.approx(2 * 2 / (5 + 6))
    # Ann's omissions: no chest pain for the base, in six weeks for the tuned. The judge: two on each base note, one on each tuned
    # one, for Ann's four notes and Ben's two: 6 + 3. Matched: no chest pain on the base's first note.
    omitted = spans["omission"]
    assert (omitted["n_gold"], omitted["n_other"], omitted["partial"]["matched"]) == (2, 9, 1)
    assert omitted["partial"]["recall"] == 1 / 2


def test_ratings_and_preferences_are_compared(home, judged):
    found = agreement(home)
    clarity = found["overall"]["ratings"]["clarity"]
    # Ann: base 2, tuned 4; Ben: base 5. The judge: base 2, tuned 4.
    assert (clarity["pairs"], clarity["same"]) == (3, 2)
    assert clarity["mean_difference"] == pytest.approx((0 + 0 - 3) / 3)
    assert clarity["mean_difference_ci95"] is None, "all of one encounter, which says nothing about spread"
    # Completeness: Ann did not judge the base's, and gave the tuned one 5.
    assert (found["overall"]["ratings"]["completeness"]["pairs"], found["overall"]["ratings"]["organisation"]["pairs"]) == (1, 0)
    # Ann preferred the tuned note of the first and neither of the second, Ben the base's; the judge the tuned ones.
    said = found["preference"]
    assert (said["compared"], said["agreed"], said["judged"], said["changed_with_place"]) == (3, 1, 3, 0)
    # Wilson at 1 of 3: (1/3 + 1.96^2 / 6 -/+ 1.96 sqrt(2/27 + 1.96^2 / 36)) / (1 + 1.96^2 / 3).
    assert said["agreed_ci95"] == pytest.approx([0.0615, 0.7923], abs=1e-4)


def test_parts_by_specialty_and_family_and_a_warning_for_kin(home, judged):
    found = agreement(home)
    assert {name: part["notes"] for name, part in found["by_specialty"].items()} == {"cardiology": 2, "neurology": 2}
    # The base is called Base, and so is the judge; the tuned model is of its base's family.
    assert list(found["by_family"]) == ["base"] and found["judge"]["family"] == "base"
    assert "are of one family (base)" in found["warnings"][0] and BASE in found["warnings"][0] and TUNED in found["warnings"][0]


def test_differences_are_listed_note_by_note(home, judged):
    found = agreement(home)
    first = next(one for one in found["differences"] if one["encounter"] == judged["first"] and one["model"] == BASE)
    lines = [(line["by"], line["group"], [mark["quote"] for mark in line["marks"]]) for line in first["marks"]]
    assert lines == [
        ("both", "hallucination", ["since March", "March"]),
        ("reviewers", "hallucination", ["Denies fever"]),
        ("both", "not an error", ["Heart regular", "Heart regular"]),
        ("both", "hallucination", ["Start aspirin", "aspirin"]),
        ("both", "omission", ["No chest pain", "No chest pain."]),
        ("judge", "omission", ["We repeat the TSH in six weeks"]),
    ]
    assert first["ratings"]["clarity"] == {"judge": 2, "reviewers": [2, 5]}


def test_without_a_judge_or_a_review_it_says_so(workspace):
    with pytest.raises(NotFound, match="scribeloop judge run"):
        agreement(workspace)


def test_several_readings_count_as_one_by_majority():
    labels = load_labels()

    def reading(sample, *places):
        spans = tuple(Span("out-1", start, end, "x" * (end - start), label, "major") for start, end, label in places)
        return Judgement("judge-1", "out-1", sample, spans)

    three = [
        reading(0, (0, 10, "fabrication"), (50, 60, "negation"), (70, 80, "fabrication")),
        reading(1, (5, 12, "contextual"), (70, 80, "repetition")),
        reading(2, (40, 45, "negation"), (55, 65, "negation")),
    ]
    # 0 to 10 overlaps another hallucination of the second, 50 to 60 one of the third; 70 to 80 is style there; 40 to 45 is alone.
    found = consensus(three, labels)
    assert [(span.start, span.end) for span in found.spans] == [(0, 10), (50, 60)]
    assert consensus(three[:1], labels) is three[0]


def test_the_commands_say_the_same(home, judged):
    def scribeloop(*words):
        return CliRunner().invoke(main, ["judge", *words, "--home", str(home.home)])

    asked = scribeloop("agree", "--json")
    assert json.loads(asked.stdout)["overall"]["spans"]["hallucination"]["n_gold"] == 5
    shown = scribeloop("agree", "--notes")
    assert "Warning: The judge base-of-judges-7b" in shown.stderr and "“Denies fever”" in shown.stdout, shown.stderr
