"""The recipe for synthetic encounters: its steps, its books, its replacement of what is too like, and its way on after a kill."""

import json
import re
from pathlib import Path

import pytest

from annotations import BadInput, Conflict
from pipeline.endpoints import BudgetSpent, Endpoint, Ledger
from pipeline.synthesis.duplicates import NearDuplicates
from pipeline.synthesis.recipe import Settings, estimate, generate, prepare
from pipeline.synthesis.recipe.steps import prompts
from pipeline.synthesis.recipe.words import clean_transcript, note_complaint, transcript_complaint
from tests.pipeline.invented_scribe import scribe
from tests.pipeline.loopback_model import loopback_model

COUNT = 6


def here(served, **more):
    values = {"retries": 6, "timeout": 5.0, "price_in": 1.0, "price_out": 2.0}
    return Endpoint("here", served.address, "model-x", **(values | more))


def run(workspace, served, settings=None, name="set", **more):
    said = []
    opened = prepare(workspace, name, settings or Settings(COUNT, rounds=1), here(served))
    return *generate(opened, said.append, **more), said


def step_names(workspace, case):
    files = sorted((workspace.home / "synth" / "set" / "steps" / case).glob("*.json"))
    return [re.sub(r"-[0-9a-f]{16}$", "", path.stem) for path in files]


def test_a_note_that_repeats_its_instructions_is_asked_for_again():
    told = prompts()["note"].messages({"transcript": ""})[-1]["content"]
    note = {"subjective": "Cough for two weeks, no fever, takes ramipril 5 mg.", "assessment_and_plan": "Not discussed."}
    assert note_complaint(note, told) is None
    # As SmolLM2-135M filled the form.
    echo = note | {"objective_exam": "Vital signs and findings that were said in the visit"}
    assert note_complaint(echo, told) == "its objective_exam repeats the instructions and tells nothing of the visit"


def test_every_step_is_kept_with_what_it_was_made_from(workspace):
    with loopback_model(scribe) as served:
        made, spent, remarks, _ = run(workspace, served)
        asked = len(served.requests)
        assert len(made) == COUNT and remarks == []
        # The books are the server's.
        assert spent.answered == asked == len(served.served)
        assert (spent.prompt_tokens, spent.tokens) == tuple(map(sum, zip(*served.served.values(), strict=True)))
        assert spent.usd == pytest.approx((spent.prompt_tokens + 2 * spent.tokens) / 1e6)
        # Asked for again, nothing is spent and the same comes out.
        again, spent_again, _, _ = run(workspace, served)
        assert again == made and spent_again == spent and len(served.requests) == asked
    for one in made:
        names = step_names(workspace, one.case)
        revised = ["01-transcript", "02-critique-transcript", "03-revise-transcript", "04-critique-transcript"]
        there = 2 if one.written.transcript_versions == 1 else 4
        assert names[:there] == revised[:there] and names[there].endswith("-note")
        assert one.written.note.startswith("SUBJECTIVE\n") and one.written.transcript.startswith("Doctor: ")
        # A passing score ends the rounds; without one both rounds were used.
        written = one.written
        assert min(written.transcript_scores.values()) >= 4 or written.transcript_versions == 2
        assert min(written.note_scores.values()) >= 4 or written.note_versions == 2
    assert {one.written.transcript_versions for one in made} == {1, 2}
    steps = workspace.home / "synth" / "set" / "steps" / "case-00001"
    step = json.loads(next(steps.glob("01-transcript*")).read_text())
    assert (step["model"], step["host"], step["prompt"], step["failed"]) == ("model-x", "127.0.0.1", "transcript", None)
    assert step["tries"][0]["text"].startswith("Here it is:") and step["value"].startswith("Doctor:")


def test_the_best_version_counts(workspace):
    """Two rounds that both fail, the first draft better than the revision."""
    scores = iter([3, 2, 5] * 9)

    def answer(body):
        shape = body.get("response_format", {}).get("json_schema", {}).get("schema")
        if shape and "issues" in shape["properties"]:
            value = next(scores)
            return json.dumps({name: value for name in shape["properties"] if name != "issues"} | {"issues": []})
        return scribe(body)

    with loopback_model(answer) as served:
        made, *_ = run(workspace, served, Settings(1, rounds=1))
    written = made[0].written
    steps = workspace.home / "synth" / "set" / "steps" / "case-00001"
    first = json.loads(next(steps.glob("01-transcript*")).read_text())["value"]
    assert written.transcript == first and set(written.transcript_scores.values()) == {3}
    assert written.transcript_versions == 2 and set(written.note_scores.values()) == {5}


def test_what_is_too_like_another_is_replaced(workspace):
    same = "\n".join(f"{who}: the very same words as in every other visit of this model." for who in ("Doctor", "Patient") * 6)
    drawn = []

    def answer(body):
        """Three times the same transcript, then others; every critique is full of praise."""
        shape = body.get("response_format", {}).get("json_schema", {}).get("schema", {}).get("properties")
        if shape is None:
            drawn.append(body["seed"])
            return same if len(drawn) <= 3 else scribe(body)
        return json.dumps({name: 5 for name in shape} | {"issues": []}) if "issues" in shape else scribe(body)

    with loopback_model(answer) as served:
        made, _, remarks, _ = run(workspace, served)
    assert len(made) == COUNT and [one.attempt for one in made].count(1) == 2 and len(remarks) == 2
    assert all("was replaced: it is too like case-0000" in remark for remark in remarks)
    seen = NearDuplicates()
    assert [seen.add(one.case, one.written.transcript) for one in made] == [None] * COUNT
    # Another seed, the same plan.
    assert len(drawn) == len(set(drawn)) == COUNT + 2


def test_an_encounter_that_cannot_be_had_is_said_and_not_paid_for_twice(workspace):
    with loopback_model(lambda body: "I cannot do that.") as served:
        with pytest.raises(BadInput, match="2 of 2 encounters could not be written in 5 attempts each.*--fewer"):
            run(workspace, served, Settings(2))
        # 2 encounters, 5 attempts, 3 tries.
        assert len(served.requests) == 30
        with pytest.raises(BadInput):
            run(workspace, served, Settings(2))
        assert len(served.requests) == 30


def test_a_budget_stops_the_run_and_a_larger_one_goes_on(workspace):
    with loopback_model(scribe) as served:
        with pytest.raises(BudgetSpent, match="everything so far is kept"):
            run(workspace, served, tokens=8_000)
        first = len(served.requests)
        ledger = Ledger(workspace.home / "synth" / "set" / "ledger.jsonl")
        assert 0 < ledger.spent().total_tokens <= 8_000
        made, spent, _, _ = run(workspace, served)
        assert len(made) == COUNT and first < len(served.requests) == spent.answered
    with loopback_model(scribe) as other:
        whole, *_ = run(workspace, other, name="another")
    # Stopped and gone on, or in one go: the same encounters.
    assert [one.written for one in whole] == [one.written for one in made]


def test_other_settings_are_another_run(workspace):
    with loopback_model(scribe) as served:
        run(workspace, served, Settings(1, rounds=0))
        with pytest.raises(Conflict, match="begun with other settings"):
            run(workspace, served, Settings(2, rounds=0))
        with pytest.raises(Conflict, match="begun with other model"):
            prepare(workspace, "set", Settings(1, rounds=0), Endpoint("x", served.address, "model-y"))
    with pytest.raises(BadInput):
        Settings(0)


def test_faults_of_the_server_change_nothing_but_the_time(workspace, monkeypatch):
    monkeypatch.setattr("pipeline.endpoints.client.FIRST_WAIT", 0.02)
    faults = ["rate", "drop", "error", "half", "broken", "silent", "rate", "drop"] * 2
    with loopback_model(scribe, faults=faults) as served:
        made, spent, _, _ = run(workspace, served)
    with loopback_model(scribe) as quiet:
        calm, *_ = run(workspace, quiet, name="calm")
    assert [one.written for one in made] == [one.written for one in calm]
    # 10 of the 16 faults leave the cost unknown: drop, half, broken and silent.
    assert spent.answered == len(quiet.served) and spent.unknown == 10


def test_the_estimate_grows_with_rounds_and_holds_for_what_happens(workspace):
    plain = Endpoint("x", "http://127.0.0.1:1/v1", "m")
    priced = Endpoint("x", "http://127.0.0.1:1/v1", "m", price_in=1.0, price_out=2.0)
    none, two = estimate(priced, 1500, 0), estimate(priced, 1500, 2)
    assert none.low == none.high and none.low[:2] == two.low[:2]
    assert all(two.low[at] < two.high[at] < two.most[at] for at in (0, 1, 2))
    # Without a revision an encounter is a transcript of 1,600 tokens, a note of 500 and two critiques of 300.
    assert none.low[1] == 1500 * (1600 + 500 + 2 * 300)
    assert none.low[2] == pytest.approx((none.low[0] + 2 * none.low[1]) / 1e6)
    assert estimate(plain, 1, 2).low[2] is None and "US dollars)" not in estimate(plain, 1, 2).sentence()
    assert "1,500 encounters" in two.sentence()


def test_the_documentation_shows_the_estimate_that_the_command_gives():
    said = " ".join((Path(__file__).parents[2] / "docs" / "paper-recipe.md").read_text().split())
    prices = [float(re.search(rf"--price-{side} ([\d.]+)", said).group(1)) for side in ("in", "out")]
    hosted = Endpoint("hosted", "https://api.provider.example/v1", "MODEL", price_in=prices[0], price_out=prices[1])
    assert estimate(hosted, 1500, Settings(1500).rounds).sentence() in said


def test_a_transcript_is_cleaned_and_held_to_its_form():
    said = "<think>hm</think>Sure!\n```\n**Doctor:** Hello.\n\n  Patient: Good\u00a0morning.\n```"
    assert clean_transcript(said) == "Doctor: Hello.\nPatient: Good\u00a0morning."
    assert clean_transcript("I cannot.") == ""
    assert "0 turns" in transcript_complaint("")
    assert "8" in transcript_complaint("Doctor: a\n" * 20)
    assert transcript_complaint("Doctor: a\nPatient: b\n" * 4) is None
