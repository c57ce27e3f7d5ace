"""The benchmark's own parts: its content is always the same, its database is sound, and its figures are what they say."""

import json
import random

from annotations import Queue, open_store
from tests.bench import fill, label_studio, report
from tests.bench.content import MARKS, REVIEWERS, visit
from tests.bench.record import Record

VISITS = 12


def test_a_visit_is_the_same_every_time_and_its_marks_lie_in_its_notes():
    for number in random.Random(1).sample(range(10_000), 5):
        one = visit(number)
        assert one == visit(number)
        for note, marks in zip(one.notes, one.marks, strict=True):
            assert MARKS[0] <= len(marks) <= MARKS[1]
            assert all(note[mark.start : mark.end].strip() for mark in marks)


def test_the_filled_database_is_sound_and_waits_for_the_measured_reviewer(tmp_path):
    fill.fill(tmp_path / "bench.db", VISITS)
    visits = [visit(number) for number in range(VISITS)]
    store = open_store(tmp_path / "bench.db")
    counts = store.counts()
    assert (counts["encounters"], counts["outputs"], counts["reviews"]) == (VISITS, 2 * VISITS, VISITS)
    assert counts["spans"] == sum(len(marks) for one in visits for marks in one.marks)
    assert store.verify() == []
    waiting = Queue(store, REVIEWERS[0]).page(VISITS, status="to review")
    assert {entry.encounter.id for entry in waiting.entries} == {
        fill.encounter(one).id for one in visits if one.reviewer != REVIEWERS[0]
    }
    store.close()


def test_label_studio_gets_the_same_marks():
    one = visit(3)
    task = label_studio.task(one, filler=2)
    regions = [part for part in task["annotations"][0]["result"] if part["type"] == "labels"]
    assert [part["value"]["text"] for part in regions] == [
        note[mark.start : mark.end] for note, marks in zip(one.notes, one.marks, strict=True) for mark in marks
    ]
    assert json.loads(json.dumps(task)) == task


def test_percentiles_are_of_the_acts_that_succeeded():
    record = Record()
    record.seconds["mark"] = [number / 1000 for number in range(100, 0, -1)]
    record.failures["mark"].append("HTTPError: 500")
    # Of 1 to 100 ms: 95 of them stay at or under 95.
    assert record.summary("mark") == {"n": 100, "failed": 1, "p50_ms": 51.0, "p95_ms": 95.0}


def test_a_missed_goal_is_said():
    quick, slow = {"n": 1, "failed": 0, "p50_ms": 1.0, "p95_ms": 2.0}, {"n": 1, "failed": 0, "p50_ms": 900.0, "p95_ms": 2000.0}
    together = quick | {"clients": 20, "saves_per_second": 100.0}
    ours = {"alone": dict.fromkeys(set(report.ACTS) - {"painted"}, quick), "painted": quick}
    theirs = {"alone": dict.fromkeys(("queue", "next", "mark", "submit"), slow), "painted": slow}
    theirs["together"] = slow | {"clients": 20, "saves_per_second": 9.0}
    assert report.missed({"scribeloop": ours | {"together": together}, "label_studio": theirs}) == []
    found = report.missed({"scribeloop": ours | {"together": together | {"saves_per_second": 80.0}}, "label_studio": theirs})
    assert len(found) == 1 and "less than ten times" in found[0]
    late = ours | {"together": together, "painted": slow}
    assert any("painted" in gap and "goal 800 ms" in gap for gap in report.missed({"scribeloop": late, "label_studio": None}))


def test_the_report_says_what_the_crowd_and_the_machine_were():
    quick = {"n": 1, "failed": 0, "p50_ms": 1.0, "p95_ms": 2.0, "longest_ms": 7.0, "first_ms": 9.0}
    ours = {"alone": dict.fromkeys(set(report.ACTS) - {"painted"}, quick), "painted": quick, "marks": 300}
    ours |= {"durability": {"journal_mode": "wal", "synchronous": 2}, "smooth": {"frame": quick, "key": quick}}
    ours["together"] = quick | {"clients": 20, "saves_per_second": 100.0}
    found = {"date": "2026-11-26", "size_name": "small", "minutes": 1.0, "facts": report.facts() | {"load_before": 8.62}}
    found |= {"size": {"visits": 200, "reviews": 5, "marks": 5, "pages": 3, "clients": 20, "seconds": 3.0}}
    left_out = {"label_studio": None, "label_studio_package": "label-studio", "label_studio_missing": "it was left out."}
    text = report.as_markdown(found | left_out | {"scribeloop": ours})
    assert "- The 20 reviewers at once are as many connections of one user, on both sides." in text
    assert "load in the minute before the run was 8.62." in text
    assert "| 5,000 words, 200 marks: a frame while scrolling (longest 7 ms) |  | 1 / 2 ms |  |  |" in text
