"""``scribeloop agreement``: the files it reads, the keys it gives, and a sentence for what cannot be used."""

import json

import pytest
from click.testing import CliRunner

from studio.cli import main
from tests.reviewed import few_reviews


@pytest.fixture
def run(workspace, tmp_path):
    """Runs the command in a folder of its own; ``files`` are written there first."""

    def agreement(*words: str, files: dict[str, str] | None = None):
        for name, text in (files or {}).items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        given = [str(tmp_path / word) if word in (files or {}) else word for word in words]
        return CliRunner().invoke(main, ["agreement", *given, "--home", str(workspace.home)])

    return agreement


CSV = "unit,rater,value\n1,ann,4\n1,ben,5\n2,ann,2\n2,ben,2\n3,ann,\n3,ben,NaN\n4,ann,1\n4,ben,1\n5,ann,3\n"
GOLD = (
    '{"doc": "n1", "start": 0, "end": 5, "label": "x"}\n{"doc": "n2", "start": 3, "end": 9, "label": "y", "severity": "major"}\n'
)
OTHER = '{"doc": "n2", "start": 8, "end": 12, "label": "x", "severity": "major"}\n'


def test_ratings_as_csv_and_as_json_lines(run):
    result = run("--ratings", "r.csv", "--level", "interval", "--json", files={"r.csv": CSV})
    found = json.loads(result.stdout)
    assert result.exit_code == 0 and result.stderr == ""
    # Units 1, 2 and 4: values 4 5 2 2 1 1, sum 15, squares 51. Observed 1 + 1, expected 2 * (6 * 51 - 225) = 162 over 5.
    assert found["alpha"] == pytest.approx(1 - 5 * 2 / 162) and len(found["ci95"]) == 2
    assert (found["n_units"], found["n_ratings"], found["n_raters"], found["n_missing"]) == (4, 7, 2, 2)
    assert {"kappa", "kappa_quadratic", "ac1"} <= set(found)
    rows = [dict(zip(("unit", "rater", "value"), line.split(","), strict=True)) for line in CSV.splitlines()[1:]]
    lines = "".join(json.dumps(row | {"value": float(row["value"]) if row["value"].isdigit() else None}) + "\n" for row in rows)
    again = run("--ratings", "r.jsonl", "--level", "interval", "--json", files={"r.jsonl": lines})
    assert json.loads(again.stdout) == found
    spoken = run("--ratings", "r.csv", "--level", "nominal", files={"r.csv": CSV}).stdout
    assert spoken.startswith("7 ratings of 4 units by 2 raters\n") and "Nominal values have no distance" in spoken


def test_spans(run):
    result = run("--spans", "g.jsonl", "o.jsonl", "--json", files={"g.jsonl": GOLD, "o.jsonl": OTHER})
    found = json.loads(result.stdout)
    assert result.exit_code == 0 and (found["n_gold"], found["n_other"]) == (2, 1)
    assert [found["exact"][name] for name in ("precision", "recall", "f1")] == [0, 0, 0]
    assert [found["partial"][name] for name in ("precision", "recall", "f1")] == [1, 0.5, 2 / 3]
    assert (found["severity"]["n"], found["severity"]["agreed"]) == (1, 1)
    empty = run("--spans", "g.jsonl", "e.jsonl", files={"g.jsonl": GOLD, "e.jsonl": ""})
    assert empty.exit_code == 0 and "The second side marked nothing" in empty.stdout


def test_reviewers_of_the_workspace(run, workspace):
    assert "No note was read by two reviewers yet" in run().stdout
    with workspace.store() as store:
        few_reviews(store)
    found = json.loads(run("--json").stdout)
    assert (found["notes"], found["spans"]["hallucination"]["n_gold"]) == (2, 3)
    spoken = run().stdout
    assert spoken.startswith("2 reviewers, 2 notes of 1 encounters") and "alpha, clarity" in spoken


@pytest.mark.parametrize(
    ("text", "level", "alpha", "said"),
    [
        ("unit,rater,value\n1,a,3\n2,a,4\n", "ordinal", None, "One rater only"),
        ("unit,rater,value\n1,a,3\n1,b,3\n", "ordinal", None, "All 2 ratings are 3"),
        ("unit,rater,value\n1,a,\n1,b,NaN\n", "nominal", None, "No rater"),
        ("unit,rater,value\n1,a,3\n1,b,3\n2,a,5\n2,b,5\n", "ordinal", 1, "resampling cannot show"),
    ],
)
def test_what_is_undefined_is_null_with_its_reason(run, text, level, alpha, said):
    result = run("--ratings", "r.csv", "--level", level, "--json", files={"r.csv": text})
    found = json.loads(result.stdout)
    assert result.exit_code == 0 and found["alpha"] == alpha and said in " ".join(found["reasons"].values())


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("r.csv", "unit,rater,value\n1,a,3\n1,a,4\n", "Rater a rates unit 1 twice"),
        ("r.csv", "unit,value\n1,3\n", "Row 1 of r.csv lacks rater; expected unit, rater, value"),
        ("r.csv", "unit,rater,value\n1,a,often\n1,b,2\n", "'often'; ordinal values are numbers"),
        ("r.csv", "unit,rater,value\n,a,2\n", "Row 1 of r.csv names no unit"),
        ("r.csv", "unit,rater,value\n", "a heading and no rows"),
        ("r.jsonl", '{"unit": 1, "rater": "a", "value": [2]}\n', "Line 1 of r.jsonl has the value [2]"),
        ("r.jsonl", '{"unit": 1, "rater": "a"}\n', "Line 1 of r.jsonl lacks value"),
        ("r.csv", "", "r.csv is empty"),
    ],
)
def test_bad_ratings_are_one_sentence(run, name, text, sentence):
    result = run("--ratings", name, "--level", "ordinal", "--json", files={name: text})
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: ") and sentence in result.stderr and result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('{"doc": "n1", "start": 5, "end": 5, "label": "x"}', "from 5 to 5; the end is exclusive and comes after the start"),
        ('{"doc": "n1", "start": -1, "end": 5, "label": "x"}', "expected whole numbers from 0 on"),
        ('{"doc": "n1", "start": NaN, "end": 5, "label": "x"}', "expected whole numbers from 0 on"),
        ('{"doc": "n1", "start": 1, "label": "x"}', "Line 1 of o.jsonl lacks end; expected doc, start, end, label"),
        ('{"doc": "", "start": 1, "end": 2, "label": "x"}', "names no doc"),
        ("[1, 2]", "JSON but no object"),
    ],
)
def test_bad_spans_are_one_sentence(run, line, sentence):
    result = run("--spans", "g.jsonl", "o.jsonl", files={"g.jsonl": GOLD, "o.jsonl": line + "\n"})
    assert result.exit_code == 1 and sentence in result.stderr and result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--ratings", "r.csv", "--level", "ratio"), "'ratio' is not one of"),
        (("--ratings", "r.csv"), "--ratings and --level go together"),
        (("--level", "nominal"), "--ratings and --level go together"),
        (("--ratings", "r.csv", "--level", "nominal", "--spans", "a", "b"), "ask one at a time"),
    ],
)
def test_wrong_usage(run, words, said):
    result = run(*words, files={"r.csv": CSV})
    assert result.exit_code == 2 and said in result.stderr


def test_a_file_that_is_not_there(run):
    assert "There is no file" in run("--ratings", "nowhere.csv", "--level", "nominal").stderr
    assert "There is no file" in run("--spans", "nowhere.jsonl", "nor-here.jsonl").stderr
