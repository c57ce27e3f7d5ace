"""Notes are stored once and for good, a stopped run goes on where it was, and the held-out split needs a word."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from annotations import BadInput, Encounter, NotFound, Refused, Unavailable
from pipeline.endpoints import Endpoint, add_endpoint
from pipeline.engines import Piece, open_engine
from pipeline.models import register_adapter, resolve_base
from pipeline.notes import generate, stream_notes
from pipeline.prompts import SYSTEM, prompt_hash
from studio.cli.notes import notes
from tests.pipeline.loopback_model import loopback_model
from tests.pipeline.test_engine import make_adapter


def visits(split="dev", count=3):
    said = "Doctor: Visit {n}, what brings you in?\nPatient: Item {n}. 😀"
    return [Encounter("clinic", f"{split}-{n}", said.format(n=n), split, title=f"Visit {n}") for n in range(count)]


@pytest.fixture
def base(workspace, tiny_llama):
    return resolve_base(workspace, str(tiny_llama), print)


@pytest.fixture
def tuned(workspace, base, tmp_path):
    return register_adapter(workspace, make_adapter(base.path, tmp_path / "adapter", 1), base, "tuned")


@pytest.fixture
def stocked(workspace, base, tuned):
    with workspace.store() as store:
        store.add_encounters(visits() + visits("test", 1))
    return workspace


def stored(workspace, **narrowed):
    with workspace.store() as store:
        return store.list_outputs(**narrowed)


def test_two_notes_are_streamed_and_stored_as_they_were_streamed(stocked, base, tuned):
    engine = open_engine(base)
    texts = {base.id: "", tuned.id: ""}
    encounter = visits()[0]

    outputs = []
    for found in stream_notes(stocked, encounter, [base, tuned], engine, 12):
        if isinstance(found, Piece):
            texts[[base.id, tuned.id][found.index]] += found.text
        else:
            outputs.append(found)
    assert {output.id: output for output in outputs} == {output.id: output for output in stored(stocked)}
    assert {output.model_id: output.text for output in outputs} == texts
    for output in outputs:
        assert (output.engine, output.prompt_hash, output.tokens, output.finish_reason) == (
            "transformers", prompt_hash(), 12, "length",
        )  # fmt: skip
        assert output.seconds > 0 and output.prompt_tokens > 50 and output.parameters["max_new_tokens"] == 12


def test_a_cancelled_note_is_stored_as_such_and_a_closed_stream_stores_nothing(stocked, base):
    engine, encounter = open_engine(base), visits()[0]
    stream = stream_notes(stocked, encounter, [base], engine, 500)
    assert isinstance(next(stream), Piece)
    stream.close()
    assert stored(stocked) == []
    seen = []
    for found in stream_notes(stocked, encounter, [base], engine, 500, cancelled=lambda: len(seen) >= 4):
        seen.append(found)
    assert seen[-1].finish_reason == "cancelled" and 0 < seen[-1].tokens <= 4
    assert list(stream_notes(stocked, encounter, [base], engine, 500, cancelled=lambda: True)) == []
    # A cancelled note is not a note: generate writes it.
    assert len(generate(stocked, [base.id], print, encounter_ids=[encounter.id], max_new_tokens=500).outputs) == 1


def test_what_is_there_is_skipped_unless_it_was_made_another_way(stocked, base, tuned):
    first = generate(stocked, [base.id], print, max_new_tokens=4)
    assert (len(first.outputs), first.skipped) == (3, 0)
    both = generate(stocked, [base.id, "tuned"], print, max_new_tokens=4)
    assert ([output.model_id for output in both.outputs], both.skipped) == (["tuned"] * 3, 3)
    assert len(generate(stocked, [base.id, "tuned"], print, max_new_tokens=4).outputs) == 0
    assert len(generate(stocked, [base.id], print, max_new_tokens=5, limit=2).outputs) == 2
    again = generate(stocked, [base.id], print, max_new_tokens=4, rerun=True)
    assert len(again.outputs) == 3
    # Nothing was overwritten, and the same way gives the same text.
    assert len(stored(stocked, model_id=base.id)) == 8
    assert [output.text for output in again.outputs] == [output.text for output in first.outputs]


def test_progress_names_the_visit_and_what_is_left(stocked, base):
    said = []
    generate(stocked, [base.id], said.append, max_new_tokens=4, batch=2)
    assert said[0].startswith("Loading") and said[1] == "Visit 0 and 1 more: notes 1 to 2 of 3"
    assert said[2].startswith("Visit 2: note 3 of 3, ") and said[2].endswith(" s left")


def test_one_transcript_that_does_not_fit_costs_the_others_nothing(stocked, base):
    too_long = Encounter("clinic", "long", "Patient: It hurts.\n" * 5000, "dev")
    with stocked.store() as store:
        store.add_encounters([too_long])
    done = generate(stocked, [base.id], print, max_new_tokens=4)
    assert len(done.outputs) == 3 and "is too long for this model" in done.refused[too_long.id]
    shortened = generate(stocked, [base.id], print, encounter_ids=[too_long.id], max_new_tokens=4, long="shorten").outputs
    assert shortened[0].shortened_words > 10_000 and shortened[0].prompt_tokens <= 4092


def test_the_held_out_split_needs_final_however_it_is_asked_for(stocked, base):
    with pytest.raises(Refused, match="add --final"):
        generate(stocked, [base.id], print, split="test")
    with pytest.raises(Refused, match="add --final"):
        generate(stocked, [base.id], print, encounter_ids=[visits("test")[0].id])
    assert stored(stocked) == []
    assert len(generate(stocked, [base.id], print, split="test", final=True, max_new_tokens=4).outputs) == 1
    with pytest.raises(NotFound, match="no encounter in train"):
        generate(stocked, [base.id], print, split="train")


def test_a_killed_run_keeps_what_it_wrote_and_goes_on_there(stocked, base):
    """One note at a time, so that the kill falls between the first and the last; the rest are written in one batch."""
    command = [sys.executable, "-m", "studio.cli", "notes", "generate", "--model", base.id, "--max-new-tokens", "300"]
    command += ["--batch", "1", "--home", str(stocked.home)]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 240
        while not stored(stocked) and child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        os.kill(child.pid, signal.SIGKILL)
    finally:
        child.kill()
        child.wait()
    before = stored(stocked)
    assert before, "the run ended or stood still before it stored a note"
    done = generate(stocked, [base.id], print, max_new_tokens=300)
    assert (done.skipped, len(done.outputs)) == (len(before), 3 - len(before))
    assert {output.encounter_id for output in stored(stocked)} == {encounter.id for encounter in visits()}


def test_the_command_prints_one_json_document_and_talks_on_stderr(stocked, base, tuned):
    few = ["--max-new-tokens", "4", "--limit", "1", "--home", str(stocked.home)]
    words = ["generate", "--model", base.id, "--model", "tuned", *few]
    result = CliRunner().invoke(notes, [*words, "--json"])
    data = json.loads(result.stdout)
    assert [output["model_id"] for output in data["outputs"]] == [base.id, "tuned"] and data["skipped"] == 0
    assert "Visit 0: notes 1 to 2 of 2" in result.stderr
    again = CliRunner().invoke(notes, words)
    assert "0 notes written, 2 there already, 0 encounters refused." in again.stdout
    failed = CliRunner().invoke(notes, ["generate", "--model", "nobody", "--home", str(stocked.home)])
    assert failed.exit_code == 1 and failed.stderr.startswith("Error: There is no model 'nobody'")


def test_the_command_fails_when_not_one_note_could_be_written(stocked, base):
    too_long = Encounter("clinic", "long", "Patient: It hurts.\n" * 5000, "train")
    with stocked.store() as store:
        store.add_encounters([too_long])
    words = ["generate", "--model", base.id, "--split", "train", "--home", str(stocked.home)]
    result = CliRunner().invoke(notes, words)
    assert result.exit_code == 1 and "No note was written. The transcript is too long" in result.stderr


# Other engines


def test_an_endpoint_writes_as_the_model_that_it_serves(stocked, base):
    """Answers out of order, one refused; what was stored stays, and real transcripts go to no other machine."""
    def answer(body):
        return f"Note on {body['messages'][1]['content'].split('Visit ')[1][0]}."

    with loopback_model(answer, faults=["rate", "half"]) as served:
        add_endpoint(stocked.home, Endpoint("vllm", served.address, "served-name", concurrency=2, retries=3))
        done = generate(stocked, [base.id], print, max_new_tokens=30, engine="vllm")
        assert sorted(output.text for output in done.outputs) == ["Note on 0.", "Note on 1.", "Note on 2."]
        for output in done.outputs:
            assert (output.engine, output.model_id, output.finish_reason, output.prompt_hash) == (
                "vllm", base.id, "stop", prompt_hash(),
            )  # fmt: skip
            assert output.parameters["decoding"] == "the server's own, temperature 0" and output.tokens > 0
        assert {body["temperature"] for body in served.requests} == {0.0} and served.most_at_once <= 2
        assert {body["messages"][0]["content"] for body in served.requests} == {SYSTEM}
        assert len(generate(stocked, [base.id], print, max_new_tokens=30, engine="vllm").outputs) == 0
        # Made by another engine it is another note.
        assert len(generate(stocked, [base.id], print, max_new_tokens=30, limit=1).outputs) == 1
        with pytest.raises(BadInput, match="serves one model, served-name"):
            generate(stocked, [base.id, "tuned"], print, engine="vllm")
        with pytest.raises(BadInput, match="leave --long out"):
            generate(stocked, [base.id], print, engine="vllm", long="shorten")
    with pytest.raises(Unavailable, match="did not answer in 1 attempts"):
        add_endpoint(stocked.home, Endpoint("gone", served.address, "served-name", retries=0))
        generate(stocked, [base.id], print, max_new_tokens=31, engine="gone")
    add_endpoint(stocked.home, Endpoint("far", "https://models.invalid/v1", "served-name"))
    with pytest.raises(Refused, match="counts as real.*nothing was sent"):
        generate(stocked, [base.id], print, engine="far")
    with pytest.raises(NotFound, match="no engine 'llama'; known ones are transformers, onnx, vllm, gone, far"):
        generate(stocked, [base.id], print, engine="llama")


def test_what_an_endpoint_answered_before_it_fell_silent_is_stored(stocked, base):
    """Without retries the second answer fails; the others were paid for and are kept."""
    with loopback_model(lambda body: "A note.", faults=[None, "error"]) as served:
        add_endpoint(stocked.home, Endpoint("frail", served.address, "m", concurrency=3, retries=0))
        with pytest.raises(Unavailable):
            generate(stocked, [base.id], print, engine="frail")
        assert len(stored(stocked)) == 2
        assert len(generate(stocked, [base.id], print, engine="frail").outputs) == 1
