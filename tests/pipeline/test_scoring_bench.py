"""The scoring benchmark on a few notes and a tiny encoder: both sides give the same values, and its page says what was found."""

from tests.bench.scoring import APART, NOTES, as_markdown, of_libraries, of_ours, pairs
from tests.tiny_bert import make_tiny_bert


def test_both_sides_of_the_benchmark_score_alike(tmp_path):
    references, predictions, source = pairs(4)
    assert len(references) == len(predictions) == 4 and references[0] == references[2] and predictions[0] != predictions[2]
    folder = make_tiny_bert(tmp_path / "tiny-bert")
    given = (folder, references, predictions, tmp_path / "home", 2)
    theirs, ours = of_libraries(*given), of_ours(*given)
    apart = [abs(row[name] - other[name]) for row, other in zip(ours, theirs, strict=True) for name in other]
    assert len(apart) == 4 * 5 and max(apart) < 10 * APART
    assert len(pairs(NOTES)[0]) == NOTES


def test_the_page_says_what_was_found():
    found = {
        "date": "2026-11-26", "facts": {"machine": "2 cores", "load_before": 0.1}, "notes": 140, "texts": "invented notes",
        "libraries_seconds": 60.0, "ours_seconds": 20.0, "second_run_seconds": 1.0, "times_faster": 3.0,
        "largest_difference": 2e-7, "second_run_same": True,
    }  # fmt: skip
    text = as_markdown(found)
    assert "3.0 times faster (goal 2)" in text and "2.0e-07" in text and "| Scribeloop, cold | 20.0 |" in text
