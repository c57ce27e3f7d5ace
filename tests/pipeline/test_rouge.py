"""ROUGE against values worked out by hand, intervals against their definition, and files that do or do not match."""

import json

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from annotations import BadInput
from pipeline.metrics import ROUGE, read_cases, rouge_scores, summarise
from studio.cli import main


def score(*args):
    return CliRunner().invoke(main, ["score", *map(str, args)])


def write(folder, name, content):
    (folder / name).write_text(content, encoding="utf-8")
    return folder / name


# Worked by hand, with P and R out of the prediction's and the reference's counts, and F1 = 2PR / (P + R):
#
# reference   "the patient has a cough" (5 words, 4 pairs), prediction "the patient has no cough" (5 words, 4 pairs)
#   rouge1: the, patient, has, cough are shared: P = R = 4/5, F1 = 0.8
#   rouge2: "the patient", "patient has" are shared: P = R = 2/4, F1 = 0.5
#   rougeL: the longest common subsequence is "the patient has cough", 4 words: F1 = 0.8; on one line rougeLsum is the same
ONE_LINE = ("The patient has a cough.", "the patient has NO cough", 0.8, 0.5, 0.8, 0.8)
# reference   "cough fever" / "rest fluids", prediction "rest fluids" / "cough fever": two lines, swapped
#   rouge1: all 4 words shared: 1
#   rouge2: reference pairs (cough fever)(fever rest)(rest fluids), prediction pairs (rest fluids)(fluids cough)(cough fever):
#           2 of 3 shared: F1 = 2/3
#   rougeL: the longest common subsequence of "cough fever rest fluids" and "rest fluids cough fever" has 2 words: 2/4, F1 = 0.5
#   rougeLsum: line by line, every line of the reference is found whole: 4/4, F1 = 1
TWO_LINES = ("Cough fever\nRest fluids", "Rest fluids\nCough fever", 1.0, 2 / 3, 0.5, 1.0)
# reference   "coughs" against "cough": without stemming nothing is shared.
STEMS = ("coughs", "cough", 0.0, 0.0, 0.0, 0.0)
# reference   "a a b" (3 words), prediction "a a a b b c" (6 words): "a" counts twice and "b" once
#   rouge1: 3 shared: P = 3/6, R = 3/3, F1 = 2 * 0.5 * 1 / 1.5 = 2/3
#   rouge2: reference (a a)(a b); prediction (a a)(a a)(a b)(b b)(b c): 2 shared: P = 2/5, R = 2/2, F1 = 2 * 0.4 / 1.4 = 4/7
#   rougeL: "a a b", 3 words: 2/3
REPEATED = ("a a b", "a a a b b c", 2 / 3, 4 / 7, 2 / 3, 2 / 3)
# The empty prediction shares nothing.
EMPTY = ("cough", "", 0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("reference, prediction, one, two, longest, lines", [ONE_LINE, TWO_LINES, STEMS, REPEATED, EMPTY])
def test_rouge_by_hand(reference, prediction, one, two, longest, lines):
    (found,) = rouge_scores([reference], [prediction])
    assert found == pytest.approx({"rouge1": one, "rouge2": two, "rougeL": longest, "rougeLsum": lines})


notes = st.text(st.sampled_from("aabbcd e\n\n1.É🙂"), max_size=60)


@settings(max_examples=300, deadline=None)
@given(reference=notes.filter(lambda text: set(text) & set("abcde1")), prediction=notes)
def test_every_digit_is_rouge_scores_own(reference, prediction):
    library = RougeScorer(ROUGE, use_stemmer=False).score(reference, prediction)
    assert rouge_scores([reference], [prediction])[0] == {name: library[name].fmeasure for name in ROUGE}


def test_a_note_of_fifty_thousand_characters_is_scored():
    # One line of 10,001 words against 3,000 lines of 4: rouge-score's table for it would have 120 million cells.
    (found,) = rouge_scores(["seen today with a cough " * 2000 + "end"], ["Cough, seen with today\n" * 3000])
    # Words: 10,001 and 12,000; shared: 2,000 each of seen, today, with, cough: 8,000. F1 = 2 * 8000 / (10001 + 12000).
    assert found["rouge1"] == pytest.approx(16000 / 22001)
    assert 0 < found["rougeLsum"] <= found["rouge1"]


def test_what_rouge_cannot_score_is_refused():
    with pytest.raises(BadInput, match="Reference 2 is empty"):
        rouge_scores(["cough", " \n"], ["a", "b"])
    with pytest.raises(BadInput, match="Reference 1 has no Latin letter"):
        rouge_scores(["\u54b3\u55fd"], ["\u54b3\u55fd"])
    with pytest.raises(BadInput, match="2 references and 1 predictions"):
        rouge_scores(["a", "b"], ["a"])


def test_no_case_has_no_means():
    assert summarise([]) == {}


def test_score_matches_by_id_whatever_the_order(tmp_path):
    references = write(tmp_path, "references.csv", 'encounter_id,dialogue,note\nA,x,The patient has a cough.\nB,x,"a a b"\n')
    predictions = write(
        tmp_path,
        "predictions.jsonl",
        '{"encounter_id": "B", "prediction": "a a a b b c"}\n{"encounter_id": "A", "prediction": "the patient has no cough"}\n',
    )
    result = score("--references", references, "--predictions", predictions, "--json")
    assert result.exit_code == 0 and result.stderr == ""
    data = json.loads(result.stdout)
    assert data["n"] == 2 and [case["id"] for case in data["cases"]] == ["A", "B"]
    assert data["cases"][0]["rouge2"] == pytest.approx(0.5) and data["cases"][1]["rouge2"] == pytest.approx(4 / 7)
    assert data["metrics"]["rouge2"]["mean"] == pytest.approx((0.5 + 4 / 7) / 2)
    # Of two values Student's t with one degree of freedom: 12.706 times half of what separates them, to either side.
    middle, half = (0.5 + 4 / 7) / 2, 12.7062 * (4 / 7 - 0.5) / 2
    assert data["metrics"]["rouge2"]["ci95"] == pytest.approx([middle - half, middle + half], abs=1e-5)
    people = score("--references", references, "--predictions", predictions)
    assert "rouge2     0.5357" in people.stdout


def test_score_matches_by_order_without_ids(tmp_path):
    references = write(tmp_path, "references.jsonl", '{"text": "a a b"}\n{"text": "coughs"}\n')
    predictions = write(tmp_path, "predictions.csv", "id,text\nx,a a b\ny,cough\n")
    cases = read_cases(references, predictions)
    assert cases == [("x", "a a b", "a a b"), ("y", "coughs", "cough")]
    data = json.loads(score("--references", references, "--predictions", references, "--json").stdout)
    assert [case["id"] for case in data["cases"]] == ["1", "2"] and data["metrics"]["rouge1"]["mean"] == 1


@pytest.mark.parametrize(
    "references, predictions, message",
    [
        ("id,note\nA,x\nB,y\n", "id,note\nA,x\n", "predictions.csv has no row for B; both files need the same ids."),
        ("id,note\nA,x\n", "id,note\nA,x\nB,y\n", "references.csv has no row for B; both"),
        ("id,note\nA,x\n", "id,note\nA,x\nA,y\n", "predictions.csv has the id A more than once"),
        ("note\nx\ny\n", "note\nx\n", "references.csv has 2 rows and predictions.csv has 1"),
        ("id,words\nA,x\n", "id,note\nA,x\n", "references.csv has no column reference, note, text; found id, words."),
        ("id,note\n,x\n", "id,note\nA,x\n", "Row 1 of references.csv has no id"),
    ],
)
def test_files_that_do_not_match_are_told_apart(tmp_path, references, predictions, message):
    paths = write(tmp_path, "references.csv", references), write(tmp_path, "predictions.csv", predictions)
    result = score("--references", paths[0], "--predictions", paths[1], "--json")
    assert result.exit_code == 1 and result.stdout == ""
    assert message in result.stderr


def test_a_missing_file_is_named(tmp_path):
    result = score("--references", tmp_path / "none.csv", "--predictions", tmp_path / "none.csv")
    assert result.exit_code == 1 and "There is no file" in result.stderr
