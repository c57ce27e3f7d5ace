"""Tables that compare two models: pairing, families, and what reviewers found."""

import pytest

from annotations import BadInput, Selection, open_store, paired_findings
from pipeline.statistics import Measure, compare_findings, compare_models
from tests.reviewed import BASE, TUNED, few_reviews, many_reviews, opened, visit


def rows_by_name(rows: list[dict]) -> dict[str, dict]:
    return {row["measure"]: row for row in rows}


def test_cases_are_paired_by_encounter_and_reviewer():
    first = [{"id": id, "reviewer": who, "score": value} for id, who, value in (("a", "x", 3), ("a", "y", 5), ("b", "x", 4))]
    second = [{"id": id, "reviewer": who, "score": value} for id, who, value in (("b", "x", 1), ("a", "y", 3), ("c", "x", 9))]
    (row,) = compare_models(first, second, [Measure("score")])
    # Ann's 5 - 3 and Ben's 4 - 1; what only one side has is left out.
    assert (row["n"], row["clusters"], row["difference"]) == (2, 2, 2.5)
    assert (row["first"]["mean"], row["second"]["mean"]) == (4.5, 2)
    assert row["verdict"] == "too few to tell"


def test_a_family_is_judged_together():
    n = 40
    both = [{"id": i, "errors": i % 3, "words": 100} for i in range(n)]
    first = [case | {"score": i % 7 + 0.3 * (i % 3), "major": i % 8 == 0, "rating": 3 + i % 2} for i, case in enumerate(both)]
    second = [case | {"score": i % 7, "major": i % 2 == 0, "rating": 3 if i % 5 else None} for i, case in enumerate(both)]
    family = [Measure("score"), Measure("major", "flag", False), Measure("rating", "rating"), Measure("errors", "count", False)]
    rows = rows_by_name(compare_models(first, second, family))
    # 15 encounters (even and not in eights) have a major error in the second's note alone: 2 / 2**15.
    assert (rows["major"]["first_only"], rows["major"]["second_only"], rows["major"]["p"]) == (0, 15, pytest.approx(2 / 2**15))
    assert rows["rating"]["n"] == 32, "the eight that were not judged are left out"
    assert all(row["p_holm"] >= row["p"] for row in rows.values()) and rows["errors"]["p"] == 1
    # Of 32 rated pairs 16 differ, all upwards: 2 / 2**16, the smallest of four; the flag's is the second of them.
    assert rows["rating"]["p_holm"] == pytest.approx(4 * 2 / 2**16) and rows["major"]["p_holm"] == pytest.approx(3 * 2 / 2**15)
    assert [rows[one.name]["verdict"] for one in family[:2]] == ["better", "better"]
    assert rows["errors"]["verdict"] == "no difference shown" and rows["errors"]["first"]["rate"]["per_hundred"] == 0.975
    for row in rows.values():
        assert row["ci95"][0] <= row["difference"] <= row["ci95"][1] and row["detectable"] >= 0
        assert row["first"]["ci95"][0] <= row["first"]["mean"] <= row["first"]["ci95"][1]


def test_the_size_of_a_study_for_a_wished_difference():
    # Differences -1 and 1 in turn: a standard deviation of sqrt(20 / 19); half of it takes 34 encounters.
    first, second = [{"id": i, "a": i % 2} for i in range(20)], [{"id": i, "a": 1 - i % 2} for i in range(20)]
    (row,) = compare_models(first, second, [Measure("a", matters=0.5 * (20 / 19) ** 0.5)])
    assert (row["needed_n"], row["verdict"]) == (34, "too few to tell") and row["detectable"] > row["matters"]


def test_holm_can_take_a_verdict_back():
    # Alone 2 of 64 sign changes; in a family of two, 4 of 64.
    first, second = [{"id": i, "a": i + 1, "b": i % 2} for i in range(6)], [{"id": i, "a": 0, "b": 0} for i in range(6)]
    assert compare_models(first, second, [Measure("a")])[0]["verdict"] == "better"
    rows = rows_by_name(compare_models(first, second, [Measure("a"), Measure("b")]))
    assert (rows["a"]["p_holm"], rows["a"]["verdict"]) == (4 / 64, "too few to tell")


def test_a_measure_that_nobody_has_is_a_row_without_figures():
    (row,) = compare_models([{"id": 1}], [{"id": 1}], [Measure("score")])
    assert (row["n"], row["p"], row["p_holm"], row["first"]["mean"], row["verdict"]) == (0, None, None, None, "too few to tell")


def test_a_case_that_stands_twice_is_refused():
    with pytest.raises(BadInput, match="case a stands twice"):
        compare_models([{"id": "a"}, {"id": "a"}], [], [Measure("score")])
    with pytest.raises(BadInput, match="kind of the measure 'x' is 'length'"):
        Measure("x", "length")


@pytest.fixture
def store(tmp_path):
    store = open_store(tmp_path / "studio.db")
    yield store
    store.close()


def test_findings_side_by_side(store):
    visits = few_reviews(store)
    found = {(one.encounter_id, one.reviewer_id): one for one in paired_findings(store, BASE, TUNED)}
    assert set(found) == {(visits["first"], "ann"), (visits["first"], "ben"), (visits["second"], "ann")}
    ann = found[visits["first"], "ann"]
    # March and aspirin; the fever; the regular heart is an inference and no hallucination.
    assert (ann.first.count("hallucination", "major"), ann.first.count("hallucination", "minor")) == (2, 1)
    assert (ann.first.count("omission", "major"), ann.second.count("omission", "minor")) == (1, 1)
    assert (ann.first.ratings, ann.second.ratings) == ({"clarity": 2, "completeness": None}, {"clarity": 4, "completeness": 5})
    assert ann.preference == "second" and found[visits["first"], "ben"].preference == "first"
    # The base's note has 16 words; "March" became "May", and "1. Start aspirin." went, in 30 + 12 seconds.
    assert (ann.first.words, ann.first.word_distance, ann.first.edit_seconds, ann.second.word_distance) == (16, 4, 42, None)
    turned = {(one.encounter_id, one.reviewer_id): one for one in paired_findings(store, TUNED, BASE)}
    assert turned[visits["first"], "ann"].second == ann.first and turned[visits["first"], "ann"].preference == "first"
    # The first version was blind; the second one, after the reveal, has a major error more.
    second = visits["second"], "ann"
    assert (found[second].preference, found[second].first.count("hallucination", "major")) == ("tie", 0)
    latest = {
        (one.encounter_id, one.reviewer_id): one for one in paired_findings(store, BASE, TUNED, Selection(versions="latest"))
    }
    assert (latest[second].preference, latest[second].first.count("hallucination", "major")) == ("second", 1)
    with pytest.raises(BadInput, match="compared with itself"):
        paired_findings(store, BASE, BASE)


def test_what_reviewers_found_becomes_a_table(store):
    few_reviews(store)
    # Five more visits on which Ann finds one major error in the base's note and prefers the tuned one's.
    for number in range(10, 15):
        desk = opened(store, visit(store, number), "ann")
        desk.error(BASE, "March", "fabrication", "major")
        for model, value in ((BASE, 2), (TUNED, 3)):
            desk.rate(model, "clarity", value)
        desk.prefer(TUNED)
        desk.submit(60)
    table = compare_findings(paired_findings(store, TUNED, BASE))
    assert (table["n"], table["encounters"], table["reviewers"]) == (8, 7, 2)
    judged = rows_by_name(table["judged"])
    # On the first visit either note holds one in somebody's eyes, on the second neither; five times the base's alone.
    flag = judged["has a major hallucination"]
    assert [flag[name] for name in ("both", "first_only", "second_only", "neither")] == [1, 0, 5, 1] and flag["p"] == 2 / 32
    # Clarity: 4 - 2 on the first, 1 on each of the five; six differences of one sign.
    assert (judged["clarity"]["n"], judged["clarity"]["difference"], judged["clarity"]["p"]) == (6, 7 / 6, 2 / 64)
    # On the first visit the two reviewers differ, so it counts as undecided; the second is a tie.
    wins = judged["preference"]["win_rate"]
    assert (wins["n"], wins["wins"], wins["losses"], wins["ties"]) == (7, 5, 0, 2)
    assert {name: table["preferences"][name] for name in ("n", "wins", "losses", "ties")} == {
        "n": 8, "wins": 6, "losses": 1, "ties": 1,
    }  # fmt: skip
    # The base's note has 16 words, the tuned one 11; seven major errors in the one, and Ben's in the other.
    counted = rows_by_name(table["counted"])
    # Seven of one sign are 2 of 128 sign changes; in a family of five with figures that is no longer rare.
    assert counted["words"]["difference"] == -5 and counted["words"]["p"] == 2 / 128
    assert sum(row["p"] is not None for row in counted.values()) == 5 and counted["words"]["p_holm"] == 10 / 128
    assert table["errors"]["first"]["major hallucinations"]["per_hundred"] == pytest.approx(100 / (8 * 11))
    assert table["errors"]["second"]["major hallucinations"]["per_hundred"] == pytest.approx(700 / (8 * 16))
    assert counted["major hallucinations"]["clusters"] == 7 and counted["edit_seconds"]["n"] == 0


def test_every_row_of_thrown_reviews_carries_its_figures(store):
    many_reviews(store, 20)
    table = compare_findings(paired_findings(store, BASE, TUNED))
    rows = [*table["judged"], *table["counted"]]
    assert len(rows) == 2 + 8 + 1 + 4 + 1 + 3
    for row in rows:
        assert row["n"] >= row["clusters"]
        assert row["clusters"] < 2 or (row["ci95"] and row["p_holm"] >= row["p"] and row["detectable"] is not None), row[
            "measure"
        ]


def test_no_review_at_all_is_a_table_too(store):
    few_reviews(store)
    table = compare_findings(paired_findings(store, BASE, TUNED, Selection(specialty="surgery")))
    assert (table["n"], table["encounters"]) == (0, 0)
    assert {row["verdict"] for row in [*table["judged"], *table["counted"]]} == {"too few to tell"}
