"""Training in a job of the Hub: the real client, a loopback Hub, and a job that is a real process and trains the tiny Llama."""

import json
import os
import signal
import time

import pytest
from click.testing import CliRunner

from annotations import Model
from exports.datasets import build_dataset
from pipeline.runs import get_run, list_runs, resume_run
from pipeline.weights import weights_sha256
from pipeline.workspace import Workspace
from studio.cli import main
from tests.hub import TOKEN
from tests.invented import encounter
from tests.jobs_hub import jobs_hub

ASKED = ("--on", "hf-jobs", "--repo", "clinic/training", "--max-steps", "6", "--set", "threads=1", "--set", "eval_rows=0")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory, tiny_llama) -> Workspace:
    workspace = Workspace(tmp_path_factory.mktemp("jobs") / "home")
    with workspace.store() as store:
        store.add_encounters([encounter(n) for n in range(5)])
        store.ensure_model(Model("tiny", "Tiny", "base", str(tiny_llama), weights_sha256(tiny_llama)))
    build_dataset(workspace, "refs", "references")
    return workspace


@pytest.fixture
def hub(tmp_path, monkeypatch):
    with jobs_hub(tmp_path / "hub") as (hub, jobs):
        for name, value in (("HF_ENDPOINT", hub.address), ("HF_TOKEN", TOKEN), ("HF_HUB_DISABLE_XET", "1")):
            monkeypatch.setenv(name, value)
        hub.jobs = jobs
        yield hub


def train(workspace: Workspace, *more: str):
    words = ("model", "train", "refs", "--base", "tiny", *more, "--json", "--home", str(workspace.home))
    return CliRunner().invoke(main, words, catch_exceptions=False)


def until(reached, seconds: float = 600):
    limit = time.monotonic() + seconds
    while not (found := reached()):
        assert time.monotonic() < limit
        time.sleep(0.05)
    return found


def test_a_run_trains_in_a_job_survives_its_watcher_and_comes_back(workspace, hub):
    started = train(workspace, *ASKED, "--name", "far")
    assert started.exit_code == 0, started.output
    run = get_run(workspace, json.loads(started.stdout)["id"])
    assert run.command.endswith("--on hf-jobs --repo clinic/training --flavor a10g-small --timeout 4h")
    # The process here is killed as soon as the job is known; the job goes on, and resuming starts no second one.
    run = until(lambda: (found := get_run(workspace, run.id)).elsewhere.get("job") and found)
    os.kill(run.pid, signal.SIGKILL)
    until(lambda: get_run(workspace, run.id).status == "interrupted")
    resume_run(workspace, run.id)
    run = until(lambda: not (found := get_run(workspace, run.id)).alive and found)
    log = (workspace.runs / run.id / "train.log").read_text()
    assert run.status == "done", log
    assert len(hub.jobs) == 1 and (run.step, run.steps) == (6, 6) and run.loss > 0
    lines = [json.loads(line) for line in (workspace.runs / run.id / "metrics.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [1, 2, 3, 4, 5, 6] and lines[-1]["loss"] == run.loss
    with workspace.store() as store:
        adapter = store.get_model("far")
    assert adapter.weights_sha256 == run.adapter["sha256"] == weights_sha256(workspace.runs / run.id / "adapter")
    # What travelled: this run and no other encounter, into a private repository; and the key is in none of it.
    repository, job = hub.repositories["datasets/clinic/training"], hub.jobs["job0"]
    assert repository.private and all(path.startswith((run.id, ".gitattributes")) for path in repository.tree("main"))
    assert job.spec["flavor"] == "a10g-small" and job.spec["timeoutSeconds"] == 4 * 3600
    assert TOKEN not in json.dumps(job.spec["command"]) + log + json.dumps(run.elsewhere)
    assert not any(TOKEN.encode() in hub.read(content) for content in repository.tree("main").values())


def test_cancelling_cancels_the_job(workspace, hub):
    run = json.loads(train(workspace, *ASKED, "--name", "stopped").stdout)
    until(lambda: get_run(workspace, run["id"]).elsewhere.get("job"))
    assert CliRunner().invoke(main, ("runs", "cancel", run["id"], "--home", str(workspace.home))).exit_code == 0
    assert until(lambda: not (found := get_run(workspace, run["id"])).alive and found).status == "cancelled"
    assert [job.stage for job in hub.jobs.values()] == ["CANCELED"]


def test_what_cannot_travel_is_refused_before_anything_is_sent(workspace, hub, tmp_path, monkeypatch):
    before = len(list_runs(workspace))
    assert "expected one like --repo me/training" in train(workspace, "--on", "hf-jobs").stderr
    assert "--timeout is 'soon'" in train(workspace, *ASKED, "--timeout", "soon").stderr
    assert "add --on hf-jobs" in train(workspace, "--flavor", "t4-small").stderr
    with workspace.store() as store:
        store.add_encounters([encounter(20, synthetic=False)])
    build_dataset(workspace, "withreal", "references")
    refused = CliRunner().invoke(main, ("model", "train", "withreal", "--base", "tiny", *ASKED, "--home", str(workspace.home)))
    assert refused.exit_code == 1 and "do not leave this machine" in refused.stderr
    monkeypatch.delenv("HF_TOKEN")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    assert "set HF_TOKEN" in train(workspace, *ASKED).stderr
    assert len(list_runs(workspace)) == before and hub.log == []
