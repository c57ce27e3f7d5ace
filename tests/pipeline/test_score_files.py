"""``scribeloop score``: published layouts, all its options, the second run, files that leave, and files that are bad."""

import csv
import json
import time

import pytest
from click.testing import CliRunner
from rouge_score.rouge_scorer import RougeScorer

from pipeline.metrics import ROUGE, BertScore
from pipeline.tables import csv_rows
from studio.cli import main
from tests.conftest import SHARED_DATA
from tests.tiny_bert import make_tiny_bert

NOTES = {"A": "SUBJECTIVE\nTired since May.\nPLAN\nRepeat TSH.", "B": "SUBJECTIVE\nCough.\nPLAN\nRest.", "C": "PLAN\nRest."}
MADE = {"A": "SUBJECTIVE\nTired since March.\nPLAN\nRepeat TSH.", "B": "SUBJECTIVE\nCough, fever.", "C": "PLAN\nRest."}
GROUPS = {"A": ("endocrinology", "clinic"), "B": ("pulmonology", "clinic"), "C": ("pulmonology", "lab")}


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    return make_tiny_bert(tmp_path_factory.mktemp("encoders") / "tiny-bert")


@pytest.fixture
def score(tmp_path):
    """Runs the command in a workspace of the test's own."""

    def run(references, predictions, *words):
        given = ["score", "--references", references, "--predictions", predictions, "--home", tmp_path / "home", *words]
        return CliRunner().invoke(main, [str(word) for word in given])

    return run


@pytest.fixture
def files(tmp_path):
    references = [{"id": id, "specialty": GROUPS[id][0], "source": GROUPS[id][1], "note": note} for id, note in NOTES.items()]
    predictions = [{"id": id, "prediction": note} for id, note in MADE.items()]
    return lines(tmp_path / "references.jsonl", references), lines(tmp_path / "predictions.jsonl", predictions)


def lines(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def table(path, rows):
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.skipif(not SHARED_DATA.exists(), reason="the public data is not beside this checkout")
def test_predictions_in_aci_benchs_own_layout_score_as_rouge_score_says(score, tmp_path):
    valid = SHARED_DATA / "aci-bench" / "valid.csv"
    # The first half of the reference stands for a system's note; predictions come in the file's own columns, in another order.
    made = [row | {"note": row["note"][: len(row["note"]) // 2]} for row in reversed(csv_rows(valid))]
    result = score(valid, table(tmp_path / "system.csv", made), "--by", "section,source", "--json")
    found = json.loads(result.stdout)
    assert result.exit_code == 0 and found["n"] == 20 and found["cases"][0]["id"] == csv_rows(valid)[0]["encounter_id"]
    # The field's own scorer, as ACI-Bench's tables were made: no stemming, Lsum over the note's own line breaks.
    scorer, texts = RougeScorer(ROUGE, use_stemmer=False), {row["encounter_id"]: row["note"] for row in made}
    some = csv_rows(valid)[:4]
    for row, case in zip(some, found["cases"], strict=False):
        expected = scorer.score(row["note"], texts[row["encounter_id"]])
        assert [case[name] for name in ROUGE] == pytest.approx([expected[name].fmeasure for name in ROUGE], abs=1e-12)
    for name in ROUGE:
        assert found["metrics"][name]["mean"] == pytest.approx(sum(case[name] for case in found["cases"]) / 20)
    # ACI-Bench calls its sources datasets.
    assert set(found["by_source"]) == {row["dataset"] for row in made} and found["by_section"]["subjective"]["n"] == 20


def test_every_metric_and_part_and_the_second_run_is_free(score, files, encoder, tmp_path, monkeypatch):
    words = ["--metrics", "rouge,bertscore", "--bert-model", encoder, "--by", "section,specialty,source", "--json"]
    found = json.loads(score(*files, *words).stdout)
    assert set(found["metrics"]) == {*ROUGE, "bertscore_precision", "bertscore_recall", "bertscore_f1"}
    assert found["cases"][2]["rouge1"] == 1 and found["cases"][2]["bertscore_f1"] == pytest.approx(1, abs=1e-5)
    # Of A, subjective: "subjective tired since march" shares 3 of 4 words: F1 0.75.
    # B: "subjective cough fever" and "subjective cough": 2 of 3 and 2 of 2: 0.8. Its plan is missing and counts 0.
    assert found["by_section"]["subjective"]["metrics"]["rouge1"]["mean"] == pytest.approx((0.75 + 0.8) / 2)
    plan = found["by_section"]["assessment_and_plan"]
    assert plan["n"] == 3 and plan["metrics"]["rouge1"]["mean"] == pytest.approx(2 / 3)
    assert {name: part["n"] for name, part in found["by_specialty"].items()} == {"pulmonology": 2, "endocrinology": 1}
    assert {name: part["n"] for name, part in found["by_source"].items()} == {"clinic": 2, "lab": 1}
    assert found["made"]["command"].startswith("scribeloop score --references ") and "--home" not in found["made"]["command"]
    assert found["settings"]["bertscore"]["model"] == "tiny-bert" and len(found["files"]["predictions.jsonl"]) == 64

    def loaded(self):
        raise AssertionError("the encoder was loaded again")

    monkeypatch.setattr(BertScore, "_load", loaded)
    again = json.loads(score(*files, *words).stdout)
    assert again["cases"] == found["cases"] and again["by_section"] == found["by_section"]


def test_tables_and_plots_leave_with_what_made_them(score, files, tmp_path):
    result = score(*files, "--by", "section,specialty", "--out", tmp_path / "out")
    assert result.exit_code == 0 and "ROUGE-Lsum" in result.stdout and "22 files" in result.stdout
    out = tmp_path / "out"
    # Four tables in four files each, three of them with a plot in two.
    stems = {"scores", "by_section", "by_specialty", "cases"}
    assert {path.name for path in out.glob("*.tex")} == {f"{stem}.tex" for stem in stems}
    assert {path.name for path in out.glob("*.svg")} == {"scores.svg", "by_section.svg", "by_specialty.svg"}
    made = json.loads((out / "scores.csv-metadata.json").read_text())
    for name in ("scores.md", "scores.tex", "scores.svg"):
        text = (out / name).read_text()
        assert made["scribeloop:data_sha256"] in text and "scribeloop score --references" in text and "rouge-score 0" in text
    from PIL import Image

    with Image.open(out / "scores.png") as picture:
        assert made["scribeloop:data_sha256"] in picture.info["Description"] and picture.size[0] > 1000
    rows = list(csv.DictReader((out / "scores.csv").open()))
    assert [row["Metric"] for row in rows] == ["ROUGE-1", "ROUGE-2", "ROUGE-L", "ROUGE-Lsum"]
    assert float(rows[0]["Mean low"]) < float(rows[0]["Mean"]) <= float(rows[0]["Mean high"])
    assert len(list(csv.DictReader((out / "cases.csv").open()))) == 3


@pytest.mark.parametrize(
    "rows, made, sentence",
    [
        ([("A", "x"), ("A", "y")], [("A", "x"), ("A", "y")], "references.jsonl has the id A more than once"),
        ([("A", "x"), ("B", "y")], [("A", "x"), ("D", "y")], "predictions.jsonl has no row for B; both files need the same ids"),
        ([(None, "x"), (None, "y")], [(None, "x")], "references.jsonl has 2 rows and predictions.jsonl has 1"),
        ([("A", " \n")], [("A", "x")], "Reference A is empty, so ROUGE cannot score it"),
        ([("A", float("nan"))], [("A", "x")], "Row 1 of references.jsonl has NaN under 'note'; expected a note as text"),
        ([("A", "x")], [("A", None)], "Row 1 of predictions.jsonl has null under 'note'"),
        ([("A", "x")], [("A", 5)], "Row 1 of predictions.jsonl has 5 under 'note'"),
        ([(float("nan"), "x")], [("A", "x")], "Row 1 of references.jsonl has NaN as id"),
    ],
)
def test_bad_files_are_one_sentence(score, tmp_path, rows, made, sentence):
    paths = [
        lines(tmp_path / name, [{"note": note} | ({} if id is None else {"id": id}) for id, note in given])
        for name, given in (("references.jsonl", rows), ("predictions.jsonl", made))
    ]
    result = score(*paths, "--json")
    assert (result.exit_code, result.stdout) == (1, "") and sentence in result.stderr
    assert result.stderr.startswith("Error: ") and result.stderr.count("\n") == 1


def test_odd_notes_have_a_defined_score(score, encoder, tmp_path):
    long = "tired today. " * 4000
    assert len(long) > 50_000
    rows = {
        "empty": ("tired", ""),
        "same": ("tired today", "tired today"),
        "long": (long, long + "good"),
        "word": ("tired", "nan"),
    }
    references = table(tmp_path / "r.csv", [{"id": id, "note": pair[0]} for id, pair in rows.items()])
    predictions = table(tmp_path / "p.csv", [{"id": id, "note": pair[1]} for id, pair in rows.items()])
    started = time.monotonic()
    result = score(references, predictions, "--metrics", "rouge,bertscore", "--bert-model", encoder, "--json")
    assert time.monotonic() - started < 20
    cases = {case["id"]: case for case in json.loads(result.stdout)["cases"]}
    assert cases["empty"]["rouge1"] == cases["empty"]["bertscore_f1"] == 0
    assert cases["same"]["rougeLsum"] == 1 and cases["same"]["bertscore_f1"] == pytest.approx(1, abs=1e-5)
    # 8000 words against 8001: precision 8000/8001, recall 1.
    assert cases["long"]["rouge1"] == pytest.approx(2 * 8000 / (8000 + 8001))
    assert cases["long"]["bertscore_cut"] == 1
    for remark in ("1 of 4 predictions (empty) is empty", "(word) is a word for a missing value", "beginning of 1 of 4 notes"):
        assert remark in result.stderr


def test_what_cannot_be_had_says_how_to_get_it(score, files, tmp_path):
    for result, sentence in (
        (score(*files, "--metrics", "bleurt"), "leave bleurt out of --metrics"),
        (score(*files, "--bert-model", tmp_path), "bertscore is not among the metrics"),
        (score(*files, "--metrics", "bertscore", "--bert-model", "./nowhere"), "There is no model folder './nowhere'"),
    ):
        assert result.exit_code == 1 and sentence in result.stderr
    assert score(*files, "--metrics", "rogue").exit_code == 2 and score(*files, "--by", "age").exit_code == 2
    bare = lines(tmp_path / "bare.jsonl", [{"id": id, "note": note} for id, note in NOTES.items()])
    result = score(bare, files[1], "--by", "specialty")
    assert result.exit_code == 1 and "bare.jsonl has no column specialty" in result.stderr
