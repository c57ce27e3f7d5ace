"""Where trackio is installed a run's metrics go to it too: the real package, which keeps them in a database of this machine."""

import json
import sqlite3
import subprocess
import sys

import pytest

from pipeline.runs import cancel_run, resume_run, start_run
from pipeline.train_config import TrainConfig
from tests.pipeline.test_runs import ended, prepare, until

# No dependency of ours: where it is installed every training of the tests would write to it. What it needs comes with gradio.
TRACKIO = "trackio==0.43.0"


@pytest.fixture(scope="module")
def trackio(tmp_path_factory):
    """A folder with the package and nothing else."""
    folder = tmp_path_factory.mktemp("trackio")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder, TRACKIO]
    subprocess.run(command, check=True, timeout=300)
    return folder


def test_a_run_that_was_cancelled_and_resumed_is_one_run_in_trackio(trackio, workspace, tiny_llama, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(trackio))
    monkeypatch.setenv("TRACKIO_DIR", str(tmp_path / "kept"))
    prepare(workspace, tiny_llama)
    config = TrainConfig(max_steps=24, checkpoint_every=4, threads=1, lr=3e-3)
    id = start_run(workspace, "refs", "tiny", config, "tracked").id
    until(workspace, id, lambda run: run.step >= 8)
    cancel_run(workspace, id)
    assert ended(workspace, id).status == "cancelled"
    resume_run(workspace, id)
    assert ended(workspace, id).status == "done"
    lines = [json.loads(line) for line in (workspace.runs / id / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    told = logged(tmp_path / "kept" / "scribeloop.db")
    assert {name for name, _ in told} == {id} and len(lines) == 24
    # Steps after the last checkpoint were made, and told, twice; what came last counts.
    losses = {values["train/global_step"]: values["train/loss"] for _, values in told if "train/loss" in values}
    assert losses == pytest.approx({line["step"]: line["loss"] for line in lines}, abs=1e-3)


def logged(path):
    """In order, of which run and what was told."""
    with sqlite3.connect(path) as database:
        return [(name, json.loads(told)) for name, told in database.execute("select run_name, metrics from metrics order by id")]
