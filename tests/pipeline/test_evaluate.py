"""Evaluation of stored notes: which notes count, what the figures are, and that test is scored on purpose and counted."""

import json

import pytest
from click.testing import CliRunner

from annotations import BadInput, Encounter, Model, NotFound, Output, Refused
from pipeline.evaluate import evaluate
from pipeline.prompts import prompt_hash
from pipeline.splits import dev_half
from studio.cli import main

REFERENCE = "the patient has a cough"


@pytest.fixture
def study(workspace):
    """Six dev encounters and two of test with the same reference, one of dev without; the models ``base`` and ``tuned``."""
    with workspace.store() as store:
        dev = [Encounter("lab", f"d{n}", f"Doctor: {n}.", "dev", REFERENCE) for n in range(6)]
        bare = Encounter("lab", "bare", "Doctor: none.", "dev")
        test = [Encounter("lab", f"t{n}", f"Doctor: t{n}.", "test", REFERENCE) for n in range(2)]
        store.add_encounters([*dev, bare, *test])
        store.ensure_model(Model("base", "Base", "base", "/models/base", "a" * 64))
        store.ensure_model(Model("tuned", "Tuned", "adapter", "/models/tuned", "b" * 64, "base", "a" * 64))
    return workspace, dev, test


def write(workspace, model, encounters, text, **changes):
    settings = {
        "engine": "transformers", "prompt_hash": prompt_hash(), "parameters": {"max_new_tokens": 8}, "seconds": 1.0,
        "prompt_tokens": 9, "tokens": 5, "finish_reason": "stop",
    } | changes  # fmt: skip
    with workspace.store() as store:
        for encounter in encounters:
            store.add_output(Output(encounter.id, model, text, **settings))


def test_the_means_are_those_of_the_latest_finished_notes(study):
    workspace, dev, _ = study
    write(workspace, "base", dev, "nothing alike")
    write(workspace, "base", dev[:3], "the patient has no cough")
    # Neither a cancelled note nor one of another prompt replaces a finished one.
    write(workspace, "base", dev, REFERENCE, finish_reason="cancelled")
    write(workspace, "base", dev, REFERENCE, prompt_hash="another")
    report = evaluate(workspace, "base", "dev")
    assert (report["n"], report["encounters"], report["missing"], report["generate"]) == (6, 6, [], None)
    # Three notes share 4 of 5 words with the reference (rouge1 0.8), three share none.
    assert report["metrics"]["rouge1"]["mean"] == pytest.approx(0.4)
    assert [case["rouge1"] for case in report["cases"]] == pytest.approx([0.8] * 3 + [0] * 3)
    # Student's t of six: 2.5706 standard errors, each sqrt(6 * 0.16 / 5 / 6) = 0.17889; a share does not go below 0.
    assert report["metrics"]["rouge1"]["ci95"] == pytest.approx([0, 0.4 + 0.45985], abs=1e-4)
    assert report["remarks"] == [] and "against" not in report and report["times_test_was_scored"] is None


def test_two_models_are_compared_on_the_encounters_that_both_wrote(study):
    workspace, dev, _ = study
    write(workspace, "base", dev[:4], "the patient has no cough")
    write(workspace, "tuned", dev[:2], REFERENCE)
    write(workspace, "tuned", dev[2:5], "nothing alike", finish_reason="length")
    report = evaluate(workspace, "tuned", "dev", against="base")
    assert report["n"] == 4 and [case["id"] for case in report["cases"]] == [encounter.id for encounter in dev[:4]]
    assert report["missing"] == [dev[5].id] and report["against"]["missing"] == [dev[4].id, dev[5].id]
    # Differences in rouge1: 1 - 0.8 twice, 0 - 0.8 twice: mean -0.3. In rouge2: 1 - 0.5 twice, 0 - 0.5 twice: mean 0.
    assert report["differences"]["rouge1"]["mean"] == pytest.approx(-0.3)
    assert report["differences"]["rouge2"]["mean"] == pytest.approx(0)
    # Student's t of four: 3.1824 standard errors, each sqrt(4 * 0.25 / 3 / 4) = 0.28868.
    assert report["differences"]["rouge1"]["ci95"] == pytest.approx([-0.3 - 0.91868, -0.3 + 0.91868], abs=1e-4)
    assert report["remarks"] == [
        "1 encounters have no note by tuned: scribeloop notes generate --model tuned --split dev",
        "2 of 4 notes by tuned were stopped by the token limit.",
        "2 encounters have no note by base: scribeloop notes generate --model base --split dev",
    ]


def test_notes_made_in_different_ways_are_remarked_on(study):
    workspace, dev, _ = study
    write(workspace, "base", dev, REFERENCE)
    write(workspace, "tuned", dev, REFERENCE, engine="onnxruntime-genai")
    report = evaluate(workspace, "tuned", "dev", against="base")
    assert "not all made with the same engine" in report["remarks"][0]
    write(workspace, "tuned", dev, REFERENCE, shortened_words=40)
    assert evaluate(workspace, "tuned", "dev", against="base")["remarks"] == [
        "6 of 6 notes by tuned are from a shortened transcript."
    ]


def test_halves_source_and_limit_narrow_the_encounters(study):
    workspace, dev, _ = study
    write(workspace, "base", dev, REFERENCE)
    halves = {half: [encounter.id for encounter in dev if dev_half(encounter.id) == half] for half in ("dev-a", "dev-b")}
    for half, ids in halves.items():
        assert ids, "the six ids fall into both halves"
        assert [case["id"] for case in evaluate(workspace, "base", half)["cases"]] == ids
    assert evaluate(workspace, "base", "dev", limit=2)["n"] == 2
    with pytest.raises(NotFound, match="0 encounters of source 'clinic' are in dev"):
        evaluate(workspace, "base", "dev", source="clinic")


def test_what_is_missing_says_how_to_make_it(study):
    workspace, _, _ = study
    with pytest.raises(NotFound, match="write them first: scribeloop notes generate --model base --split dev$"):
        evaluate(workspace, "base", "dev-a")
    with pytest.raises(NotFound, match="no model 'other'"):
        evaluate(workspace, "other", "dev")
    with pytest.raises(BadInput, match="compared with itself"):
        evaluate(workspace, "base", "dev", against="base")
    with pytest.raises(BadInput, match="expected one of dev, dev-a, dev-b, test"):
        evaluate(workspace, "base", "train")


def test_the_test_split_is_scored_on_purpose_and_counted(study):
    workspace, _, test = study
    write(workspace, "base", test, REFERENCE)
    with pytest.raises(Refused, match="add --final"):
        evaluate(workspace, "base", "test")
    with pytest.raises(BadInput, match="--final is for the test split"):
        evaluate(workspace, "base", "dev", final=True)
    with workspace.store() as store:
        assert not [event for event in store.list_events() if event.verb == "score test"]
    assert [evaluate(workspace, "base", "test", final=True)["times_test_was_scored"] for _ in range(2)] == [1, 2]
    with workspace.store() as store:
        events = [event for event in store.list_events(subject="base") if event.verb == "score test"]
    assert [event.after["encounters"] for event in events] == [[encounter.id for encounter in test]] * 2


def test_the_command(study):
    workspace, dev, _ = study
    write(workspace, "base", dev, "the patient has no cough")
    write(workspace, "tuned", dev, REFERENCE)
    command = ["model", "evaluate", "tuned", "--split", "dev", "--against", "base", "--home", str(workspace.home)]
    result = CliRunner().invoke(main, [*command, "--json"])
    report = json.loads(result.stdout)
    assert result.exit_code == 0 and report["differences"]["rouge2"] == {"mean": 0.5, "ci95": [0.5, 0.5]}
    lines = CliRunner().invoke(main, command).stdout.split("\n")
    assert lines[0] == "tuned on dev: 6 of 6 encounters with a reference"
    assert lines[3].split() == ["Metric", "tuned", "base", "Difference", "p", "Verdict", "Detectable", "n", "needed"]
    # Six equal differences: of 64 signs two are as far off, p = 0.031; Holm over four equal ones: 0.125.
    assert lines[5].split() == [
        "ROUGE-2", "1.000", "(1.000", "to", "1.000)", "0.500", "(0.500", "to", "0.500)", "+0.500", "(+0.500", "to", "+0.500)",
        "0.125", "too", "few", "to", "tell", "0.000", "–",
    ]  # fmt: skip
    refused = CliRunner().invoke(main, ["model", "evaluate", "tuned", "--split", "test", "--home", str(workspace.home)])
    assert refused.exit_code == 1 and "--final" in refused.stderr
