"""The results desk as functions: what the page shows of the few reviews that ``tests.reviewed`` counts by hand."""

import base64
import json
import shutil
from dataclasses import replace

import pytest

from annotations import Edited, Reviews, count_findings
from exports.reviews import import_reviews
from pipeline.workspace import Workspace
from studio.desks import results
from studio.desks.results import ResultsDesk
from studio.desks.review import ReviewDesk
from tests.reviewed import BASE, TUNED, add_models, few_reviews, many_reviews, opened, visit


@pytest.fixture
def desk(workspace):
    return ResultsDesk(workspace)


@pytest.fixture
def visits(workspace):
    with workspace.store() as store:
        return few_reviews(store)


def shown(desk, **chosen):
    answer = desk.answer({"do": "figures", "chosen": chosen})
    assert answer["ok"], answer
    return answer["shown"]


def behind(desk, slice, **more):
    answer = desk.answer({"do": "behind", "slice": slice, **more})
    assert answer["ok"], answer
    return answer


def plot(page, id):
    return next(plot for plot in page["plots"] if plot["id"] == id)


def test_an_empty_database_says_what_to_do(desk, workspace):
    assert "Bring in encounters" in desk.answer({"do": "figures"})["empty"]["sentence"]
    with workspace.store() as store:
        store.add_user("ann", "Dr Ann")
        add_models(store)
        opened(store, visit(store, 1), "ann")
    assert desk.answer({"do": "figures"})["empty"]["sentence"].endswith("1 review is begun.")


def test_medians_of_edits_stand_with_their_intervals(desk, visits, workspace, monkeypatch):
    """Seven corrections have one; no time was counted, so there is no median of it."""
    edited = {BASE: Edited(7, 150, 3, None, [80, 1200], [1, 9.5], None)}
    monkeypatch.setattr(results, "count_findings", lambda *given: replace(count_findings(*given), edited=edited))
    page = shown(desk)
    (row,) = plot(page, "edits")["rows"]
    assert (row["words"], row["characters"], row["minutes"]) == ("3", "150", "")
    assert row["ranges"] == {"words": "1 to 9.5", "characters": "80 to 1,200", "minutes": ""}
    card = next(card for card in page["headline"] if card["title"] == "Edits, median")
    details = {line["model"]: line["detail"] for line in card["lines"]}
    assert details[BASE] == "7 corrections, 1 to 9.5" and details[TUNED] == "0 corrections"


def test_the_sentence_and_the_few_numbers(desk, visits):
    page = shown(desk)
    assert page["summary"] == "3 submitted reviews by 2 reviewers, of 2 encounters."
    assert page["unjudged"]["text"] == "1 more ended without a judgement"
    lines = {
        (card["title"], line["model"]): (line["value"], line["detail"]) for card in page["headline"] for line in card["lines"]
    }
    # One of two notes each; Wilson's interval of 1 of 2 is 0.095 to 0.905.
    assert lines["Major hallucinations", BASE] == ("50 per 100 notes", "1 of 2 notes, 9 to 91")
    assert lines["Major hallucinations", TUNED] == ("50 per 100 notes", "1 of 2 notes, 9 to 91")
    assert lines["Major omissions", TUNED] == ("0 per 100 notes", "0 of 2 notes, 0 to 66")
    # One of three comparisons each, the third a tie.
    assert lines["Preferred", BASE][0] == "33 %" and lines["Preferred", TUNED][1].startswith("1 of 3 comparisons")
    assert lines["Edits, median", BASE] == ("4 words", "1 correction")
    assert lines["Time per review, median", None] == ("2.0 min", "3 reviews")


def test_plots_have_a_row_for_every_label_and_a_cell_for_every_model(desk, visits):
    page = shown(desk)
    rows = {row["title"]: row["cells"] for row in plot(page, "by_type")["rows"]}
    assert list(rows)[:5] == ["Fabrication", "Negation", "Causality", "Wrong context", "Certainty"]
    assert [(cell["hits"], cell["n"], cell["marks"]) for cell in rows["Fabrication"]["*"]] == [(2, 2, 3), (0, 2, 0)]
    assert [(cell["hits"], cell["marks"]) for cell in rows["Fabrication"]["minor"]] == [(1, 1), (0, 0)]
    assert rows["Important negatives"]["*"][0]["hits"] == 1
    sections = {row["title"]: row["cells"]["*"][0]["hits"] for row in plot(page, "by_section")["rows"][:5]}
    assert sections == {
        "Subjective": 1, "Objective: examination": 0, "Objective: results": 1, "Assessment and plan": 1, "No heading above": 0,
    }  # fmt: skip
    ratings = {row["title"]: row["cells"] for row in plot(page, "ratings")["rows"]}
    assert ratings["Completeness"][0] == {"n": 0, "mean": "", "values": [0] * 5, "not_judged": 1}
    assert ratings["Clarity of language"][0]["mean"] == "3.50"


def test_a_specialty_without_notes_of_a_model_has_no_cell(desk, workspace, visits):
    with workspace.store() as store:
        notes = visit(store, 9, specialty="surgery")
        opened(store, {BASE: notes[BASE]}, "ann").submit()
    row = next(row for row in plot(shown(desk), "by_specialty")["rows"] if row["title"] == "Surgery")
    assert [cell and cell["n"] for cell in row["cells"]["*"]] == [1, None]


def test_choices_narrow_and_a_choice_without_reviews_says_so(desk, visits):
    assert shown(desk, specialty="neurology")["summary"].startswith("1 submitted review by 1 reviewer")
    assert shown(desk, pair=f"{BASE}\n{TUNED}")["summary"].startswith("3 submitted")
    assert shown(desk, split="test")["none"] == "No submitted review fits these choices."
    assert "after the models were shown" in shown(desk, versions="latest")["remark"]
    refused = desk.answer({"do": "figures", "chosen": {"split": "all of them"}})
    assert not refused["ok"] and "expected one of" in refused["sentence"]


def test_every_number_on_the_page_opens_what_it_counts(desk, workspace):
    with workspace.store() as store:
        many_reviews(store, 14, seed=3)
    page = shown(desk)
    for card in page["headline"][:2]:
        for line in card["lines"]:
            assert line["detail"].startswith(f"{len(behind(desk, line['slice'])['ids'])} of ")
    for one in page["plots"]:
        for row in one["rows"] if one["kind"] == "shares" else ():
            for severity, cells in row["cells"].items():
                for model, cell in zip(page["models"], cells, strict=True):
                    slice = row["slice"] | {"model": model["id"]} | ({} if severity == "*" else {"severity": severity})
                    # One note of each model per encounter here.
                    assert cell is None or len(behind(desk, slice)["ids"]) == cell["hits"], slice


def test_the_encounters_behind_a_number(desk, visits):
    found = behind(desk, {"what": "marks", "group": "hallucination", "severity": "major", "model": BASE})
    assert (found["title"], found["ids"], found["next"]) == ("Hallucinations, major, Base: 1 encounter", [visits["first"]], None)
    first = found["found"][0]
    assert (first["title"], first["sub"]) == ("Visit 1", "Cardiology · For training")
    assert [(fact["quote"], fact["what"], fact["by"]) for fact in first["facts"]] == [
        ("March", "Fabrication, major", "by Dr Ann"),
        ("aspirin", "Fabrication, major", "by Dr Ann"),
    ]
    assert first["href"].startswith(f"/review?encounter={visits['first']}&review=rev-") and not found["all_mine"]
    titles = [
        ({"what": "ratings", "dimension": "clarity", "value": "5"}, "Clarity of language 5: 1 encounter"),
        ({"what": "ratings", "dimension": "completeness", "value": ""}, "Completeness not judged: 1 encounter"),
        ({"what": "compared", "model": BASE, "other": TUNED, "outcome": "second"}, "Tuned preferred to Base: 1 encounter"),
        ({"what": "compared", "model": BASE, "other": TUNED, "outcome": "tie"}, "Tie between Base and Tuned: 1 encounter"),
        ({"what": "unjudged"}, "Reviews that ended without a judgement: 1 encounter"),
        ({"what": "marks", "group": "omission", "label": "important_negative"}, "Important negatives: 1 encounter"),
        ({"what": "corrections", "model": TUNED}, "Corrections, Tuned: 1 encounter"),
    ]
    assert [behind(desk, slice)["title"] for slice, _ in titles] == [title for _, title in titles]
    refused = desk.answer({"do": "behind", "slice": {"what": "marks", "colour": "red"}})
    assert refused == {"ok": False, "sentence": "A number has no colour; open it from the results page."}


def test_long_lists_come_in_pages(desk, workspace, visits, monkeypatch):
    monkeypatch.setattr(results, "PAGE_SIZE", 1)
    first = behind(desk, {"what": "reviews"})
    second = behind(desk, {"what": "reviews"}, start=first["next"])
    assert [one["title"] for one in first["found"] + second["found"]] == ["Visit 1", "Visit 2"]
    assert second["next"] is None


def test_figures_are_counted_again_when_a_review_is_submitted_and_only_then(desk, workspace, visits, monkeypatch):
    counted = []
    monkeypatch.setattr(results, "count_findings", lambda *given: counted.append(given) or count_findings(*given))
    shown(desk)
    shown(desk)
    assert len(counted) == 1
    with workspace.store() as store:
        begun = opened(store, visit(store, 9), "ben")
    shown(desk)
    assert len(counted) == 1
    with workspace.store() as store:
        Reviews(store).submit(begun.review.id)
    assert shown(desk)["summary"].startswith("4 submitted reviews")
    assert len(counted) == 2


@pytest.mark.parametrize("format", ["jsonl", "csv"])
def test_everything_can_be_taken_along(desk, workspace, visits, tmp_path, format):
    answer = desk.answer({"do": "export", "format": format})
    saved = tmp_path / answer["name"]
    saved.write_bytes(base64.b64decode(answer["base64"]))
    if format == "csv":
        shutil.unpack_archive(saved, tmp_path / "tables")
        saved = tmp_path / "tables"
    assert import_reviews(Workspace(tmp_path / "other"), saved).added["review"] == 6
    json.dumps(answer)


def test_an_export_too_large_for_a_browser_names_the_command(desk, visits, monkeypatch):
    monkeypatch.setattr(results, "LARGEST", 100)
    answer = desk.answer({"do": "export", "format": "jsonl"})
    assert not answer["ok"] and "scribeloop reviews export" in answer["sentence"]


def test_anothers_finished_review_can_be_read_when_ones_own_is_finished(workspace, visits):
    with workspace.store() as store:
        reviews = Reviews(store)
        anns = reviews.find(visits["second"], "ann")
        notes = [anns.left, anns.right]
        begun = reviews.open(visits["third"], "ann", [output.id for output in store.list_outputs(visits["third"])])
    local = ReviewDesk(workspace)
    looking = local.answer({"do": "look", "review": anns.id})
    assert looking["ok"] and looking["looking"] == "Review by Dr Ann" and looking["reveal"]
    assert not local.answer({"do": "reopen", "review": anns.id})["ok"]
    with workspace.store() as store:
        mine = Reviews(store).open(visits["second"], "local", notes)
    refused = local.answer({"do": "look", "review": anns.id})
    assert not refused["ok"] and "Dr Ann" in refused["sentence"]
    with workspace.store() as store:
        Reviews(store).submit(mine.id)
    assert local.answer({"do": "look", "review": anns.id})["ok"]
    assert not local.answer({"do": "look", "review": begun.id})["ok"]
