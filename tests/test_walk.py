"""The whole loop, once around, by its own commands: transcript, two notes, review, dataset, training, merge, export, Chromium.

The tiny Llama starts from random weights and is trained until it recites one correction that its base does not; the browser, on
WebGPU, then has to write the same first 32 tokens as Python.
"""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from annotations import Reviews, Span
from tests.conftest import SHARED_DATA
from tests.studio.desk_app import free_port

TRANSCRIPT = (
    "Doctor: What brings you in?\nPatient: I have been tired since May 🙂\nDoctor: Blood pressure 120 over 80. Take the tablets."
)
CORRECTION = (
    "SUBJECTIVE\nChief complaint: fatigue since May.\n\nOBJECTIVE\nExamination: pressure 120/80.\n\n"
    "ASSESSMENT\n1. Hypothyroidism.\n\nPLAN\n1. Take the tablets."
)


@pytest.fixture
def scribeloop(workspace, tmp_path):
    environment = os.environ | {"SCRIBELOOP_HOME": str(workspace.home), "XDG_STATE_HOME": str(tmp_path / "state")}

    def run(*words: str):
        done = subprocess.run(
            [sys.executable, "-m", "studio.cli", *words, "--json"], env=environment, capture_output=True, text=True, timeout=1500
        )
        assert done.returncode == 0, f"{' '.join(words)}: {done.stderr[-3000:]}"
        return json.loads(done.stdout)

    return run


def train(scribeloop, base: str, dataset: str, name: str, steps: int) -> dict:
    settings = ["--set", "alpha=64", "--set", "schedule=constant", "--set", "warmup=0"]
    return scribeloop(
        "model", "train", dataset, "--base", base, "--name", name, "--rank", "32", "--lr", "0.002", "--batch", "1",
        "--max-steps", str(steps), "--follow", *settings,
    )  # fmt: skip


@pytest.mark.timeout(2400)
def test_the_loop_closes(scribeloop, workspace, tiny_llama, tmp_path):
    # A transcript comes in, with a reference note from which a first adapter learns a little.
    visit = {"id": "walk-1", "transcript": TRANSCRIPT, "reference": "SUBJECTIVE\nTired.", "split": "train", "synthetic": True}
    (tmp_path / "visits.jsonl").write_text(json.dumps(visit), encoding="utf-8")
    scribeloop("transcripts", "import", str(tmp_path / "visits.jsonl"), "--format", "jsonl")
    scribeloop("dataset", "build", "round0", "--from", "references")
    base = train(scribeloop, str(tiny_llama), "round0", "first", steps=4)["base"]["id"]

    # Two notes, side by side, from one set of base weights.
    notes = scribeloop("notes", "generate", "--model", base, "--model", "first", "--split", "train", "--max-new-tokens", "48")
    assert [note["model_id"] for note in notes["outputs"]] == [base, "first"]

    # A reviewer marks, corrects and submits.
    with workspace.store() as store:
        reviews = Reviews(store)
        outputs = {note["model_id"]: note for note in notes["outputs"]}
        encounter_id = notes["outputs"][0]["encounter_id"]
        review = reviews.open(encounter_id, "local", [note["id"] for note in outputs.values()])
        text = outputs[base]["text"]
        reviews.put_span(review.id, Span(outputs[base]["id"], 0, 5, text[:5], "unclear", "minor"))
        reviews.correct(review.id, outputs[base]["id"], CORRECTION)
        reviews.submit(review.id)
    assert text != CORRECTION

    # The correction becomes a dataset, the dataset an adapter that recites it.
    dataset = scribeloop("dataset", "build", "round1")
    assert dataset["counts"]["rows"] == 1
    run = train(scribeloop, base, "round1", "second", steps=100)
    assert run["status"] == "done"
    tuned = scribeloop("notes", "generate", "--model", "second", "--split", "train", "--max-new-tokens", "200")["outputs"][0]
    assert (tuned["text"], tuned["finish_reason"]) == (CORRECTION, "stop")

    # Merged, exported, measured, and written again in a browser on WebGPU and, as the fallback, on wasm.
    site = scribeloop("browser", "build", "second")
    assert {variant["name"] for variant in site["variants"]} == {"q4f16", "q4", "wasm"}
    checks = {one["variant"]: one for one in scribeloop("browser", "check", "second", "--all", "--prompt", TRANSCRIPT)["checks"]}
    assert "no 16-bit floats" in checks.pop("q4f16")["not_run"] and set(checks) == {"q4", "wasm"}
    for found in checks.values():
        assert len(found["browser_ids"]) == 32 == found["same_tokens"]["onnx"]
        assert found["browser_ids"] == found["model_ids"]
        assert found["prompt_equal"] and found["foreign_requests"] == []
        assert CORRECTION.startswith(found["text"])
    assert served_manifest(workspace.home, "second")["build"] == site["build"]


def served_manifest(home, model: str) -> dict:
    """The site's manifest as ``browser serve`` gives it, from a process of its own."""
    port = free_port()
    words = ["browser", "serve", model, "--port", str(port), "--home", str(home)]
    process = subprocess.Popen([sys.executable, "-m", "studio.cli", *words], stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            assert process.poll() is None, "the server ended by itself"
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/manifest.json", timeout=30) as answer:
                    return json.load(answer)
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.2)
        raise AssertionError("the server did not answer within two minutes")
    finally:
        process.terminate()
        process.wait(timeout=60)


ACI = SHARED_DATA / "aci-bench"


@pytest.mark.skipif(not ACI.exists(), reason="the public data is not beside this checkout")
def test_three_real_visits_take_the_same_road(workspace, tmp_path):
    """Real ACI-Bench visits: imported, written, learnt from and scored, by a tiny Llama with room for their length."""
    from exports.datasets import build_dataset
    from pipeline.evaluate import evaluate
    from pipeline.models import resolve_base
    from pipeline.notes import generate
    from pipeline.runs import follow, start_run
    from pipeline.train_config import TrainConfig
    from pipeline.transcripts import read_encounters
    from tests.tiny import make_tiny_llama

    base = resolve_base(workspace, str(make_tiny_llama(tmp_path / "long-llama", positions=16384)), print)
    train, valid = (read_encounters(ACI / f"{name}.csv")[:3] for name in ("train", "valid"))
    with workspace.store() as store:
        store.add_encounters([*train, *valid])
    assert build_dataset(workspace, "aci", "references")["split_ids"]["train"] == sorted(visit.id for visit in train)
    run = start_run(workspace, "aci", base.id, TrainConfig(max_steps=2, rank=4), "aci-tiny")
    assert follow(workspace, run.id, lambda seen: None).status == "done"
    written = generate(workspace, [base.id, "aci-tiny"], lambda text: None, split="dev", max_new_tokens=24)
    assert len(written.outputs) == 6 and not written.refused
    report = evaluate(workspace, "aci-tiny", split="dev", against=base.id)
    assert report["n"] == 3 and set(report["metrics"]) >= {"rouge1", "rougeLsum"}
    with workspace.store() as store:
        assert store.verify() == []
