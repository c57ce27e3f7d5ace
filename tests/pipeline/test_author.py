"""The offline author: what it plans is varied, what it writes is faithful, and every fact is linked to where it was said."""

import json
import re
from dataclasses import replace

import pytest
from click.testing import CliRunner

from annotations import BadInput, NotFound
from pipeline.synthesis.author import write_encounter, write_encounters
from pipeline.synthesis.conditions import conditions
from pipeline.synthesis.drawing import drawn
from pipeline.synthesis.duplicates import NearDuplicates, word_runs
from pipeline.synthesis.facts import read_fact
from pipeline.synthesis.links import check_links
from pipeline.synthesis.marks import marked, taken_off
from pipeline.synthesis.planting import KINDS, plant
from pipeline.synthesis.scenarios import DISFLUENCIES, DISTRACTORS, FACTORS, STYLES, again, factor_counts, plan_scenarios
from pipeline.synthesis.spoken import mentions
from studio.cli import main

# What a note may hold outside its facts: headings, numbers of lists, and the words between facts.
BETWEEN = {
    "subjective", "objective", "assessment", "plan", "chief", "complaint", "history", "of", "present", "illness", "past",
    "medical", "medications", "allergies", "family", "social", "examination", "results", "also", "reports", "and", "or",
}  # fmt: skip


@pytest.fixture(scope="module")
def written():
    seen = NearDuplicates()
    found = list(write_encounters(plan_scenarios(150, 4), seen))
    return [one for one, _ in found], sum(drafts for _, drafts in found), seen


def test_a_plan_deals_every_level_equally_often():
    # So many of each condition that every other level divides them too.
    known, each = conditions(), 120
    count = each * len(known)
    plan = plan_scenarios(count, 1)
    counts = factor_counts(plan)
    assert set(counts) == set(FACTORS) and len(counts["condition"]) == len(known) >= 57
    endocrine = sum(one.specialty == "endocrinology" for one in known)
    assert endocrine >= 12 <= len(known) - endocrine and counts["specialty"]["endocrinology"] == each * endocrine
    assert set(counts["condition"].values()) == {each} and set(counts["style"].values()) == {count // len(STYLES)}
    assert counts["disfluency"] == {level: count // 3 for level in sorted(DISFLUENCIES)}
    # As many cards of 0, 1, 1 and 2 distractors: a quarter without any, as many dealt in all.
    assert counts["distractors"] == {"none": count // 4} | {name: count // len(DISTRACTORS) for name in DISTRACTORS}
    ranges = {one.slug: one for one in conditions()}
    for one in plan:
        case = ranges[one.slug]
        assert case.ages[0] <= one.age <= case.ages[1] and one.sex in case.sexes and one.visit in case.visits


def test_a_plan_is_its_seed_and_asks_for_what_there_is():
    assert plan_scenarios(30, 5) == plan_scenarios(30, 5) != plan_scenarios(30, 6)
    assert {one.specialty for one in plan_scenarios(9, 1, "cardiology")} == {"cardiology"}
    with pytest.raises(NotFound, match="endocrinology"):
        plan_scenarios(3, 1, "astrology")
    with pytest.raises(BadInput, match="0"):
        plan_scenarios(0, 1)


def test_the_same_scenario_gives_the_same_bytes_and_another_seed_others():
    scenario = plan_scenarios(1, 8)[0]
    assert write_encounter(scenario) == write_encounter(scenario)
    assert write_encounter(again(scenario, 1)).transcript != write_encounter(scenario).transcript


def test_every_condition_and_kind_of_visit_can_be_written():
    scenario = plan_scenarios(1, 1)[0]
    for case in conditions():
        for visit in case.visits:
            for place, sex in enumerate(case.sexes):
                one = replace(scenario, slug=case.slug, condition=case.name, visit=visit, sex=sex, age=case.ages[place % 2])
                note = write_encounter(one).note
                assert ("telephone visit" in note) == (visit == "telephone"), (case.slug, visit)


def test_links_are_exact_and_leave_nothing_of_the_note_unlinked(written):
    for one in written[0]:
        check_links(one.links, one.note, one.transcript)
        rest = list(one.note)
        for link in one.links:
            rest[link.note_start : link.note_end] = " " * (link.note_end - link.note_start)
        assert set(re.findall(r"[a-z]+", "".join(rest).lower())) <= BETWEEN
        assert all(link.quote.strip() for link in one.links)


def test_every_number_of_a_note_was_said(written):
    for one in written[0][:75]:
        for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.]\d)", re.sub(r"(?m)^\d+\. ", "", one.note)):
            assert mentions(one.transcript, number), (number, one.scenario)


def test_no_residue_of_templates_and_a_length_of_a_visit(written):
    for one in written[0]:
        for text in (one.transcript, one.note):
            assert not re.search(r"[{}\[\]|\x00-\x08]|  | [.,;]|\?\.|\.\.|@\w|::|~~|->", text), text
            assert not re.search(r"\b[Aa]ny an? |\b[Aa] (?:8|11|18|eight|eleven)\b", text)
        assert 600 <= len(one.transcript.split()) <= 1800
        lines = one.transcript.split("\n")
        assert all(re.match(r"[A-Z][a-z]+: \S", line) for line in lines)
        assert not any(a.split(":")[0] == b.split(":")[0] for a, b in zip(lines, lines[1:], strict=False))


def test_no_two_of_150_are_alike(written):
    encounters, _, seen = written
    assert len({one.transcript for one in encounters}) == 150 and seen.highest < seen.threshold
    counts = factor_counts([one.scenario for one in encounters])
    assert len(counts["condition"]) == len(conditions()) and len(counts["style"]) == len(STYLES)


def test_what_is_too_alike_is_written_again():
    scenario = plan_scenarios(1, 2)[0]
    first, second = write_encounters([scenario, scenario])
    assert first[1] == 0 and second[1] == 1 and first[0].transcript != second[0].transcript


def test_near_duplicates_are_measured_exactly():
    seen = NearDuplicates(threshold=0.5, run=2)
    assert seen.add("a", "one two three four") is None
    # Runs of two: 3 here, 3 there, 2 shared, so 2 / (3 + 3 - 2).
    assert seen.nearest(word_runs("One, two, three: five", 2)) == ("a", 0.5)
    assert seen.add("b", "One, two, three: five") == "a"
    assert seen.add("c", "five six seven") is None and seen.highest == 0


def test_distractors_and_styles_show(written):
    shown = {name: [one for one in written[0] if name in one.scenario.distractors] for name in DISTRACTORS}
    assert all(shown.values())
    for one in shown["dose-mix-up"]:
        assert "have here too" in one.transcript
    for one in written[0]:
        if one.scenario.style == "accompanied":
            assert re.search(r"(?m)^(Mother|Father|Husband|Wife|Daughter|Son|Sister): ", one.transcript)
        assert bool(re.search(r"\b(?:um|uh|er|erm),", one.transcript.lower())) <= (one.scenario.disfluency != "none")


def test_omissions_from_linked_notes_name_the_fact_that_is_gone(written):
    kinds, found = set(), 0
    for one in written[0][:30]:
        planted = plant(one.transcript, one.note, 1, KINDS, 5, one.links)
        for error in planted.errors:
            kinds.add(error.kind)
            if error.omission:
                found += 1
                assert (error.transcript_start, error.transcript_quote) in {(link.start, link.quote) for link in one.links}
            else:
                assert planted.note[error.start : error.end] == error.quote
    assert found > 5 and len(kinds) > 9


def test_a_line_of_a_case_is_read():
    fact = read_fact("? @female @-49 Ask? || Asked? :: Yes, [it is {x}]. || [Is] ~~ Oh? -> It is {x}", "story", "s")
    assert (fact.asks, fact.replies, fact.note) == (("Ask?", "Asked?"), ("Oh?",), "It is {x}")
    assert fact.optional and fact.fits("female", 49) and not fact.fits("female", 50) and not fact.fits("male", 30)
    with pytest.raises(ValueError, match="no note"):
        read_fact("said without a note", "story", "s")


def test_values_and_marks():
    class Highest:
        randint = staticmethod(lambda low, high: high)
        choice = staticmethod(lambda options: options[-1])

    assert (drawn("5.2..7.8/0.1", Highest), drawn("8..30", Highest), drawn(["1", "2"], Highest)) == ("7.8", "30", "2")
    assert taken_off(f"a {marked('x', '🙂 ' + marked('y', 'b'))}!") == ("a 🙂 b!", {"y": [(4, 5)], "x": [(2, 5)]})


def run(*words: str):
    result = CliRunner().invoke(main, words)
    return result, (json.loads(result.stdout) if result.exit_code == 0 else None)


def test_the_commands_make_import_and_plant(tmp_path):
    home, planted = ["--home", str(tmp_path), "--json"], tmp_path / "planted.jsonl"
    made, manifest = run("synth", "generate", "--count", "6", "--seed", "3", "--name", "six", *home)
    assert made.exit_code == 0 and manifest["counts"]["rows"] == 6 and manifest["seed"] == 3 and manifest["replaced"] == 0
    file = tmp_path / "datasets" / "six" / "encounters.jsonl"
    assert run("synth", "generate", "--offline", "--count", "6", "--seed", "3", "--name", "six", *home)[1]["unchanged"] is True
    imported = run("transcripts", "import", str(file), *home)[1]
    assert (imported["added"], imported["known"], imported["source"]) == (0, 6, "offline-author")
    _, answer = run("synth", "plant", str(file), "--to", str(planted), "--errors", "2", "--kind", "number", *home)
    assert answer["notes"] == 6 and {row["kind"] for row in answer["errors"]} == {"number"}
    lines = [json.loads(line) for line in planted.read_text(encoding="utf-8").splitlines()]
    assert [len(line["errors"]) for line in lines] == [2] * 6
    assert all(line["note"][error["start"] : error["end"]] == error["quote"] for line in lines for error in line["errors"])


def test_both_authors_at_once_is_one_sentence(tmp_path):
    both, _ = run("synth", "generate", "--offline", "--endpoint", "x", "--count", "1", "--home", str(tmp_path))
    assert both.exit_code == 1 and "--offline and --endpoint" in both.output
