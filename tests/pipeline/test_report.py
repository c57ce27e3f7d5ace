"""The report on a model: what is in it, that it is a function of report.json, where it lies, and that no text can break out."""

import json
import re
from html.parser import HTMLParser

import pytest
from click.testing import CliRunner

from annotations import Encounter, Model, Output
from pipeline.evaluate import evaluate
from pipeline.prompts import prompt_hash
from pipeline.report import (
    Column,
    Estimate,
    Table,
    as_html,
    evaluation_tables,
    in_short,
    made_now,
    methods,
    summary,
    write_tables,
)
from pipeline.reporting import find_report, read_report, report_folder, report_on
from pipeline.statistics import needed_n
from studio.cli import main
from tests.reviewed import opened
from tests.tiny_bert import make_tiny_bert

HOSTILE = "</style><script>alert(1)</script>|$x_1$ & \\input{x} =1+1"
WORDS = "Tired since {month}. Denies fever. Start aspirin 100 mg."
BASE, TUNED = "base", "tuned"


@pytest.fixture
def study(workspace):
    """Eight dev encounters, each with a note of both models, four of them reviewed. The base invents a month in every note."""
    with workspace.store() as store:
        store.ensure_model(Model(BASE, "Base", "base", "/models/base", "a" * 64))
        store.ensure_model(Model(TUNED, HOSTILE, "adapter", "/models/tuned", "b" * 64, BASE, "a" * 64))
        store.add_user("ann", "Dr Ann")
        for number in range(8):
            transcript = f"Doctor: Visit {number}.\nPatient: Tired since May, secretword."
            reference = f"SUBJECTIVE\n{WORDS.format(month='May')}\nPLAN\n{number}. Rest."
            one = Encounter("lab", f"d{number}", transcript, "dev", reference, [HOSTILE, "neurology"][number % 2], title=HOSTILE)
            store.add_encounters([one])
            notes = {
                model: store.add_output(
                    Output(one.id, model, text, "transformers", prompt_hash(), {"max_new_tokens": 64}, 1, 9, 9, "stop")
                )
                for model, text in ((BASE, WORDS.format(month="March")), (TUNED, reference))
            }
            if number < 4:
                review(store, notes, number)
    return workspace


def review(store, notes, number):
    desk = opened(store, notes, "ann")
    desk.error(BASE, "March", "fabrication", "major")
    if number == 0:
        desk.error(TUNED, "Denies fever", "negation", "minor")
    desk.omission(BASE, "Tired", "history", "major", "subjective")
    for dimension in ("factual_correctness", "clarity"):
        desk.rate(BASE, dimension, 2)
        desk.rate(TUNED, dimension, 4 if number else None)
    desk.prefer(TUNED if number else "tie")
    desk.correct(BASE, notes[BASE].text.replace("March", "May"), 30)
    desk.submit(120)


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.ids, self.texts, self.loads, self.policy = [], [], [], [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append(tag)
        self.policy = given["content"] if given.get("http-equiv") == "Content-Security-Policy" else self.policy
        self.links += [given["href"]] if tag == "a" else []
        self.ids += [given["id"]] if "id" in given else []
        self.loads += [given[name] for name in ("src", "srcset", "data", "action") if name in given]
        self.loads += [given["href"]] if "href" in given and tag not in ("a", "use") else []
        assert not [name for name in given if name.startswith("on")]

    def handle_data(self, data):
        self.texts.append(data)


def rows_of(report, name):
    (table,) = [each for each in evaluation_tables(report) if each.name == name]
    return table.rows


def test_the_papers_tables_hold_what_was_counted(study):
    report = evaluate(study, TUNED, "dev", against=BASE)
    scores = rows_of(report, "scores")
    assert [row[0] for row in scores] == ["ROUGE-1", "ROUGE-2", "ROUGE-L", "ROUGE-Lsum"] and scores[0][1] == Estimate(1, 1, 1)
    assert scores[0][3].value == pytest.approx(1 - scores[0][2].value) and scores[0][5] == "better"
    # Each of the base's four reviewed notes has a major hallucination, none of the tuned one's four: 100 against 0 per 100 notes.
    # Wilson at 4 of 4: 1 / (1 + 1.96^2 / 4) = 0.5101; at 0 of 4 the mirror image, 0.4899.
    major, minor, *types = rows_of(report, "hallucinations")
    assert major[1] == pytest.approx((0, 0, 48.99), abs=0.01) and major[2] == pytest.approx((100, 51.01, 100), abs=0.01)
    assert major[3:] == ("0 of 4; 0 marks", "4 of 4; 4 marks") and minor[3] == "1 of 4; 1 mark"
    assert [row[0] for row in types][:2] == ["Fabrication, any severity", "Negation, any severity"]
    assert rows_of(report, "omissions")[0][3:] == ("0 of 4; 0 marks", "4 of 4; 4 marks")
    assert {row[0]: row[2].value for row in rows_of(report, "errors_by_specialty")} == {HOSTILE: 100, "neurology": 100}
    ratings = rows_of(report, "ratings")
    # Three reviews rated both notes: 4 and 2.
    # What as many encounters show; how many are needed is asked for with --wished, see below.
    assert scores[0][6] is not None and scores[0][7] is None
    assert len(ratings) == 8 and (ratings[0][1].value, ratings[0][2].value, ratings[0][3]) == (4, 2, 3)
    assert ratings[1][:3] == ("Completeness", None, None), "nobody rated it"
    assert rows_of(report, "judged")[0][3] == 4 and rows_of(report, "judged")[0][6] == "too few to tell"
    # 4 marks in 4 notes of 9 words each.
    assert rows_of(report, "per_words")[0][2].value == 1 and rows_of(report, "per_words")[0][4].value == pytest.approx(100 / 9)
    assert [row[1] for row in rows_of(report, "preference")] == [3, 0, 1, 0]
    assert rows_of(report, "edits")[0][0] == BASE and rows_of(report, "edits")[0][4] == Estimate(0.5)
    assert [row[1] for row in rows_of(report, "by_specialty")] == [4, 4]
    assert len(rows_of(report, "worst")) == 8 and rows_of(report, "worst")[0][0].path.startswith("/review?encounter=enc-")


def test_a_wished_difference_says_how_many_encounters_show_it(study):
    said = ["model", "evaluate", TUNED, "--split", "dev", "--home", str(study.home), "--wished"]
    result = CliRunner().invoke(main, [*said, "0.02", "--against", BASE])
    assert result.exit_code == 0, result.output
    folder = study.home / "reports" / TUNED
    report = json.loads((folder / "report.json").read_text())
    row = report["tests"][1]
    assert report["wished"] == row["matters"] == 0.02 and row["needed_n"] == needed_n(row["sd"], 0.02)
    shown = rows_of(report, "scores")[1]
    assert shown[6:] == (row["detectable"], row["needed_n"])
    for name in ("report.html", "report.md"):
        text = (folder / name).read_text()
        assert "Detectable" in text and "n needed" in text and "show one of 0.02" in text and "A difference of 0.02 in" in text
    for more, why in ((["0.02"], "--against"), (["nan", "--against", BASE], "above 0"), (["0", "--against", BASE], "above 0")):
        refused = CliRunner().invoke(main, [*said, *more])
        assert refused.exit_code == 1 and why in refused.stderr


def test_figures_of_one_model_carry_their_intervals(study):
    report = evaluate(study, TUNED, "dev")
    # Three ratings of 4 differ in nothing.
    assert rows_of(report, "ratings")[0][1] == Estimate(4, 4, 4)
    (length,) = rows_of(report, "lengths")
    assert length[1].low <= length[1].value == report["words"]["notes"] <= length[1].high


def test_the_methods_name_what_did_the_arithmetic(study):
    text = " ".join(methods(evaluate(study, TUNED, "dev")))
    assert "Student's t below 10 of them, the studentised bootstrap (2,000 resamples) from there on" in text
    assert "scipy " in text and "numpy " in text and "statsmodels" not in text and "scikit" not in text


def test_hints_stand_beside_the_notes_length(study):
    report = evaluate(study, TUNED, "dev", against=BASE)
    hints = {row[0]: row for row in rows_of(report, "hints")}
    unsupported = hints["In the note, not in the transcript"]
    # Whatever the rules find, per 100 words is all hints over all words.
    found = report["hints"]["models"][BASE]["unsupported"]
    assert found["n"] == 8 and found["total"] > 0 and unsupported[4].value == pytest.approx(100 * found["total"] / (8 * 9))
    assert report["hints"]["tests"][0]["n"] == 8


def test_the_page_is_a_function_of_the_json_and_holds_no_word_of_a_note(study):
    result = CliRunner().invoke(
        main, ["model", "evaluate", TUNED, "--split", "dev", "--against", BASE, "--home", str(study.home)]
    )
    assert result.exit_code == 0, result.output
    folder = study.home / "reports" / TUNED
    report = json.loads((folder / "report.json").read_text())
    page = (folder / "report.html").read_text()
    assert page == as_html(report) and (folder / "report.md").read_text() == summary(report)
    assert report["made"]["command"] == f"scribeloop model evaluate {TUNED} --split dev --against {BASE}"
    for path in folder.iterdir():
        text = path.read_text()
        assert "secretword" not in text and "Denies fever" not in text and "aspirin" not in text
    assert "BERTScore is left out" in result.stderr and "--bert-model" in page
    assert "too few to tell" not in "".join(in_short(report)) and "better" in in_short(report)[0]
    assert read_report(study, TUNED) == report


def test_nothing_in_the_page_can_run_or_reach_out(study):
    text = as_html(evaluate(study, TUNED, "dev", against=BASE))
    page = Page(text)
    assert "script" not in page.tags and page.loads == [] and page.tags.count("style") == 1
    assert page.tags.count("svg") >= 6 and len(page.ids) == len(set(page.ids))
    assert page.links and all(link.startswith("http://127.0.0.1:7860/review?encounter=") for link in page.links)
    assert HOSTILE in page.texts, "it is shown as text"
    assert page.policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert not re.search(r"@import|url\((?!#)", text)
    assert all(link.startswith("/review?") for link in Page(as_html(evaluate(study, TUNED, "dev"), studio="")).links)


def test_methods_name_what_is_recorded(study):
    report = evaluate(study, TUNED, "dev", against=BASE)
    told = " ".join(methods(report))
    for fact in ("8 encounters of the development split", "max_new_tokens=64", "rouge-score 0.1.2", "LoRA adapter", "b" * 12,
                 report["prompt_hash"][:12], "1 reviewer made 4 blind reviews", "McNemar", "4 scores"):  # fmt: skip
        assert fact in told, fact
    alone = evaluate(study, TUNED, "dev")
    assert "McNemar" not in " ".join(methods(alone)) and as_html(alone) and summary(alone)


def test_a_model_without_reviews_says_so(workspace, study):
    with study.store() as store:
        store.ensure_model(Model("fresh", "Fresh", "base", "/models/fresh", "c" * 64))
        for one in store.list_encounters():
            store.add_output(Output(one.id, "fresh", "Rest.", "transformers", prompt_hash(), {}, 1, 9, 9, "stop"))
    report = evaluate(study, "fresh", "dev", limit=1)
    assert report["metrics"]["rouge1"]["ci95"] is None and report["clinical"]["models"] == {}
    assert "hallucinations" not in {table.name for table in evaluation_tables(report)}
    assert "No review of these notes is submitted" in as_html(report)


def test_the_report_lies_with_the_run_that_made_the_model(study):
    run = study.runs / "run-1"
    run.mkdir()
    facts = {
        "id": "run-1", "dataset": {"name": "round1", "sha256": "d" * 64, "rows": 12},
        "config": {"rank": 16, "alpha": 32, "lr": 3e-4}, "step": 8, "seed": 17,
    }  # fmt: skip
    (run / "run.json").write_text(json.dumps(facts))
    with study.store() as store:
        trained = store.ensure_model(
            Model("trained", "Trained", "adapter", "/models/t", "e" * 64, BASE, "a" * 64, run_id="run-1")
        )
        for one in store.list_encounters():
            store.add_output(Output(one.id, "trained", "Tired.", "transformers", prompt_hash(), {}, 1, 9, 9, "stop"))
    assert find_report(study, trained) is None
    other = Model("lab/one " + "x" * 80, "Other", "base", "/models/o", "f" * 64)
    assert report_folder(study, other).parent == study.reports and "/" not in report_folder(study, other).name
    done = CliRunner().invoke(main, ["model", "evaluate", "trained", "--split", "dev", "--home", str(study.home), "--json"])
    assert done.exit_code == 0 and json.loads(done.stdout)["folder"] == str(run) and (run / "report.html").exists()
    assert "trained on the dataset round1 (12 notes" in (run / "report.md").read_text()


def test_an_encoder_that_is_at_hand_is_used_without_being_asked_for(study, tmp_path, monkeypatch):
    # The user's own folder, as SCRIBELOOP_MODEL_DIR names it; the encoder in it is a tiny RoBERTa.
    make_tiny_bert(tmp_path / "FacebookAI--roberta-large", "roberta", positions=66)
    monkeypatch.setenv("SCRIBELOOP_MODEL_DIR", str(tmp_path))
    report, _ = report_on(study, TUNED, lambda text: None, "dev", write=False)
    assert report["left_out"] == [] and report["metrics"]["bertscore_f1"]["mean"] == pytest.approx(1, abs=1e-5)
    # bert-score's layer for roberta-large is 17, and this one has 2.
    assert report["settings"]["bertscore"]["model"] == "roberta-large" and report["settings"]["bertscore"]["layer"] == 2
    assert "bert-score with roberta-large, layer 2, not rescaled, at most 64 tokens" in methods(report)[2]


def test_every_form_of_a_table_escapes_what_people_named(tmp_path):
    hostile = Table("t", HOSTILE, (Column("Name"), Column(HOSTILE)), (("=1+1", Estimate(0.5, -0.1, 1.0)), (HOSTILE, None)), "",
                    (HOSTILE,), HOSTILE)  # fmt: skip
    write_tables(tmp_path, [hostile], made_now(f"scribeloop --> {HOSTILE}\n\\end", "d" * 64))
    texts = {path.suffix: path.read_text() for path in tmp_path.iterdir() if path.suffix in (".csv", ".md", ".tex", ".svg")}
    assert "\n'=1+1," in texts[".csv"] and "\"'" not in texts[".csv"]
    assert "<script>" not in texts[".md"] and texts[".md"].count("-->") == 1 and r"\|\$x\_1\$" in texts[".md"]
    body = [line for line in texts[".tex"].splitlines() if not line.startswith("%")]
    assert r"\input" not in "".join(body) and r"\$x\_1\$" in "".join(body) and "0.500 (-0.100" not in "".join(body)
    assert "<script>" not in texts[".svg"] and "$x_1$" in texts[".svg"], "no formula is made of it"


def test_missing_notes_are_written_first_and_only_those(workspace, tiny_llama):
    from pipeline.models import resolve_base

    base = resolve_base(workspace, str(tiny_llama), lambda text: None)
    with workspace.store() as store:
        store.add_encounters([Encounter("lab", f"d{n}", f"Doctor: {n}.", "dev", "Tired since May.") for n in range(3)])
        first = store.list_encounters()[0]
        settings = {"max_new_tokens": 4}
        kept = store.add_output(Output(first.id, base.id, "Tired.", "transformers", prompt_hash(), settings, 1, 9, 9, "stop"))
    words = ["model", "evaluate", base.id, "--split", "dev", "--home", str(workspace.home), "--json"]
    scored = json.loads(CliRunner().invoke(main, [*words, "--no-generate"]).stdout)
    assert (scored["n"], len(scored["missing"])) == (1, 2) and "2 encounters have no note" in scored["remarks"][0]
    report = json.loads(CliRunner().invoke(main, words).stdout)
    assert report["n"] == 3 and report["missing"] == [] and report["cases"][0]["output"] == kept.id
    # They are cut off where the model's stored note was.
    with workspace.store() as store:
        outputs = store.list_outputs(model_id=base.id)
    assert len(outputs) == 3 and all(output.parameters["max_new_tokens"] == 4 for output in outputs)
    again = json.loads(CliRunner().invoke(main, words).stdout)
    assert [case["output"] for case in again["cases"]] == [case["output"] for case in report["cases"]]
