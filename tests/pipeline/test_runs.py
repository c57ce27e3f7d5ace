"""Trainings as processes: started, followed, killed, out of disk, cancelled, resumed; all with the tiny Llama."""

import dataclasses
import functools
import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
from click.testing import CliRunner

from annotations import Conflict, Damaged, Model, NotFound, Refused, now
from exports.datasets import build_dataset
from pipeline.run_files import Run, process_alive, read_run, write_run
from pipeline.run_lock import training_lock
from pipeline.runs import cancel_run, get_run, list_runs, resume_run, start_run, wait
from pipeline.train_config import TrainConfig
from pipeline.weights import weights_sha256
from pipeline.workspace import Workspace
from studio.cli import main
from studio.desks.retrain import RetrainDesk
from tests.invented import encounter

STEPS = 160
# Dropout, so that a resumed run must also take up the random numbers where it left them.
CONFIG = TrainConfig(max_steps=STEPS, checkpoint_every=10, threads=1, lr=3e-3, dropout=0.1)


def prepare(workspace: Workspace, tiny_llama) -> Workspace:
    with workspace.store() as store:
        store.add_encounters([encounter(n) for n in range(7)])
        store.ensure_model(Model("tiny", "Tiny", "base", str(tiny_llama), weights_sha256(tiny_llama)))
    build_dataset(workspace, "refs", "references")
    return workspace


def until(workspace: Workspace, id: str, reached, seconds: float = 400) -> Run:
    """The run when ``reached`` is true of it; fails when it ended or time ran out before."""
    limit = time.monotonic() + seconds
    while not reached(run := get_run(workspace, id)):
        assert time.monotonic() < limit, f"{run}\n{log(workspace, id)}"
        time.sleep(0.01)
    return run


def ended(workspace: Workspace, id: str) -> Run:
    return until(workspace, id, lambda run: not run.alive)


def log(workspace: Workspace, id: str) -> str:
    return (workspace.runs / id / "train.log").read_text(encoding="utf-8")


def metrics(workspace: Workspace, id: str) -> list[dict]:
    return [json.loads(line) for line in (workspace.runs / id / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]


def checkpoints(workspace: Workspace, id: str) -> list[str]:
    return [path.parent.name for path in (workspace.runs / id / "checkpoints").glob("checkpoint-*/whole.json")]


@pytest.fixture(scope="module")
def left_alone(tmp_path_factory, tiny_llama) -> tuple[Workspace, Run]:
    """A run that nobody disturbed."""
    workspace = prepare(Workspace(tmp_path_factory.mktemp("alone") / "home"), tiny_llama)
    return workspace, ended(workspace, start_run(workspace, "refs", "tiny", CONFIG, "tuned").id)


def test_a_run_ends_with_a_registered_adapter_and_a_true_record(left_alone):
    workspace, run = left_alone
    assert run.status == "done", log(workspace, run.id)
    assert (run.step, run.steps, run.error) == (STEPS, STEPS, None)
    assert run.tokens_per_second > 0 and run.peak_memory_mb > 100
    lines = metrics(workspace, run.id)
    assert [line["step"] for line in lines] == list(range(1, STEPS + 1))
    assert lines[-1]["loss"] == run.loss < lines[0]["loss"] - 0.5
    # Two rows a step, seven rows an epoch: the seventh is a step of its own.
    assert sum(line["tokens"] for line in lines) == lines[-1]["tokens_seen"] == run.tokens_seen
    assert lines[3]["tokens"] < lines[2]["tokens"] * 0.6
    with workspace.store() as store:
        adapter = store.get_model("tuned")
    folder = workspace.runs / run.id / "adapter"
    assert adapter.weights_sha256 == weights_sha256(folder) == run.adapter["sha256"]
    assert (adapter.kind, adapter.base_id, adapter.base_sha256, adapter.run_id) == ("adapter", "tiny", run.base["sha256"], run.id)
    # The adapter names its base by id: no path of the machine that trained it.
    assert json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))["base_model_name_or_path"] == "tiny"
    assert str(workspace.home) not in "".join(path.read_text(errors="ignore") for path in folder.iterdir())
    assert f"| run | {run.id}," in (folder / "README.md").read_text(encoding="utf-8")
    assert not (workspace.runs / run.id / "checkpoints").exists()
    assert "learns these" in log(workspace, run.id)


def test_what_is_done_is_neither_resumed_nor_cancelled_nor_made_again(left_alone):
    workspace, run = left_alone
    with pytest.raises(Conflict, match="is done"):
        resume_run(workspace, run.id)
    with pytest.raises(Conflict, match="not running"):
        cancel_run(workspace, run.id)
    with pytest.raises(Conflict, match="another --name"):
        start_run(workspace, "refs", "tiny", CONFIG, "tuned")
    with pytest.raises(Refused, match="--base tiny"):
        start_run(workspace, "refs", "tuned", CONFIG)
    assert [each.id for each in list_runs(workspace)] == [run.id]


def test_a_disturbed_run_ends_like_the_one_that_was_left_alone(workspace, tiny_llama, left_alone):
    """Out of disk, then cancelled: each time resumed, and at last the very same adapter. Kills have a test of their own below."""
    resource = pytest.importorskip("resource")
    prepare(workspace, tiny_llama)
    id = start_run(workspace, "refs", "tiny", CONFIG, "tuned").id
    # Progress is told once a second, so on a busy machine step 8 may be seen before the first checkpoint, at 10, is there.
    run = until(workspace, id, lambda run: checkpoints(workspace, id) or not run.alive)
    # Every file that this process writes from now on is cut at 20 kB, as on a disk without room; an adapter has 130 kB.
    resource.prlimit(run.pid, resource.RLIMIT_FSIZE, (20_000, 20_000))
    run = ended(workspace, id)
    assert run.status == "failed", log(workspace, id)
    failed = run
    assert "The disk is full" in run.error and f"scribeloop runs resume {id}" in run.error
    whole = checkpoints(workspace, id)
    assert whole and sorted(os.listdir(workspace.runs / id / "checkpoints")) == sorted(whole)

    # A checkpoint that was cut short is worse than none; it must be passed over.
    torn = workspace.runs / id / "checkpoints" / f"checkpoint-{STEPS - 1}"
    torn.mkdir()
    (torn / "trainer_state.json").write_text("{")
    resume_run(workspace, id)
    run = until(workspace, id, lambda run: run.pid != failed.pid and run.loss is not None or not run.alive)
    assert 10 <= run.resumed_from < STEPS
    cancel_run(workspace, id)
    run = ended(workspace, id)
    assert run.status == "cancelled", log(workspace, id)
    assert f"checkpoint-{run.step}" in checkpoints(workspace, id)

    resume_run(workspace, id)
    run, alone = ended(workspace, id), left_alone[1]
    assert run.status == "done", log(workspace, id)
    assert run.loss == pytest.approx(alone.loss, abs=1e-9)
    assert run.adapter["sha256"] == alone.adapter["sha256"]
    assert run.tokens_seen == alone.tokens_seen
    assert [line["loss"] for line in metrics(workspace, id)] == [line["loss"] for line in metrics(*_first(left_alone))]


def _first(left_alone) -> tuple[Workspace, str]:
    return left_alone[0], left_alone[1].id


def test_following_can_stop_without_stopping_the_run(workspace, tiny_llama):
    prepare(workspace, tiny_llama)
    words = ["model", "train", "refs", "--base", str(tiny_llama), "--max-steps", "5000", "--set", "threads=1"]
    command = subprocess.Popen(
        [sys.executable, "-m", "studio.cli", *words, "--follow", "--json", "--home", str(workspace.home)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        # Where the tests run in the background, SIGINT comes ignored and would stay so.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    shown = []
    for line in command.stderr:
        shown.append(line)
        if "step" in line and "loss" in line:
            break
    command.send_signal(signal.SIGINT)
    out, err = command.communicate(timeout=60)
    assert command.returncode == 0, err
    assert "left" in shown[-1] and "tokens/s" in shown[-1]
    run = get_run(workspace, json.loads(out)["id"])
    assert run.status == "running"
    # Only one at a time, and the refusal names the one that runs.
    with pytest.raises(Conflict, match=run.id):
        start_run(workspace, "refs", "tiny", CONFIG)
    with pytest.raises(Conflict, match="running already"):
        resume_run(workspace, run.id)
    found = CliRunner().invoke(main, ["runs", "cancel", run.id, "--home", str(workspace.home)])
    assert found.exit_code == 0, found.output
    assert ended(workspace, run.id).status == "cancelled"
    listed = CliRunner().invoke(main, ["runs", "list", "--json", "--home", str(workspace.home)])
    assert [each["status"] for each in json.loads(listed.stdout)] == ["cancelled"]


def test_a_run_is_refused_while_another_process_trains(workspace, tiny_llama, monkeypatch):
    prepare(workspace, tiny_llama)
    monkeypatch.setattr("pipeline.runs.training_lock", functools.partial(training_lock, patience=0.1))
    with training_lock(), pytest.raises(Conflict, match="only one runs at a time"):
        start_run(workspace, "refs", "tiny", CONFIG)
    assert list_runs(workspace) == []


def test_a_row_that_does_not_fit_fails_the_run_before_its_first_step(workspace, tiny_llama):
    prepare(workspace, tiny_llama)
    id = start_run(workspace, "refs", "tiny", dataclasses.replace(CONFIG, max_tokens=64)).id
    run = ended(workspace, id)
    assert run.status == "failed" and "longer than 64 tokens" in run.error and encounter(0).id in run.error
    assert (run.step, run.adapter) == (0, None)


# The record


def a_run(**more) -> Run:
    return Run("run-1", "tuned", {"name": "refs", "sha256": "0", "rows": 1}, {"id": "tiny"}, {}, "scribeloop", now(), **more)


def test_a_run_whose_process_is_gone_or_another_reads_as_interrupted(tmp_path):
    me = psutil.Process()
    cases = {
        (me.pid, me.create_time()): "running",
        # The number is alive, but began an hour after the run's process did: it was given to another.
        (me.pid, me.create_time() - 3600): "interrupted",
        (2**22 - 1, me.create_time()): "interrupted",
        (None, None): "interrupted",
    }
    for (pid, started), status in cases.items():
        write_run(tmp_path, a_run(status="running", pid=pid, process_started=started))
        assert read_run(tmp_path).status == status
    # Derived on reading, never written.
    assert json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))["status"] == "running"
    assert os.listdir(tmp_path) == ["run.json"]


def test_a_zombie_is_not_alive():
    child = subprocess.Popen([sys.executable, "-c", ""])
    started = psutil.Process(child.pid).create_time()
    limit = time.monotonic() + 30
    while process_alive(child.pid, started) and time.monotonic() < limit:
        time.sleep(0.01)
    assert child.returncode is None and psutil.pid_exists(child.pid)
    assert not process_alive(child.pid, started)
    child.wait()


def test_runs_that_are_not_there_or_not_readable(workspace):
    with pytest.raises(NotFound, match="none was started yet"):
        get_run(workspace, "run-1")
    folder = workspace.runs / "run-1"
    folder.mkdir()
    (folder / "run.json").write_text('{"id": ')
    with pytest.raises(Damaged, match="not readable"):
        get_run(workspace, "run-1")


def test_waiting_yields_until_the_end(workspace):
    folder = workspace.runs / "run-1"
    folder.mkdir()
    me = psutil.Process()
    write_run(folder, a_run(status="running", pid=me.pid, process_started=me.create_time()))
    seen = []
    for run in wait(workspace, "run-1", every=0):
        seen.append(run.status)
        write_run(folder, dataclasses.replace(run, status="done"))
    assert seen == ["running", "done"]


def test_a_run_that_is_killed_at_random_moments_ends_like_one_that_was_left_alone(tmp_path, monkeypatch):
    """Three kills as in make soak: of the process that started the run, of the trainer, of both."""
    from tests.soak import trainings

    # Short, and all of one run: every start is a process that imports torch.
    monkeypatch.setattr(trainings, "CONFIG", dataclasses.replace(trainings.CONFIG, max_steps=40))
    workspace = trainings.prepare(tmp_path / "home")
    alone = trainings.undisturbed(workspace)
    kills = sorted(trainings.kills(3, seed=2, longest=6), key=lambda kill: ("studio", "trainer", "both").index(kill.victim))
    assert trainings.trial(workspace, kills, "killed", alone) == "", kills


def test_two_processes_learn_what_one_learns_and_stop_together(workspace, tiny_llama):
    prepare(workspace, tiny_llama)
    # An eighth row, so that no epoch ends with a step that two cannot share.
    with workspace.store() as store:
        store.add_encounters([encounter(7)])
    build_dataset(workspace, "eight", "references")
    plain = dataclasses.replace(CONFIG, dropout=0.0, schedule="constant")
    alone = ended(workspace, start_run(workspace, "eight", "tiny", dataclasses.replace(plain, max_steps=8), "alone").id)
    both = start_run(workspace, "eight", "tiny", dataclasses.replace(plain, processes=2), "both")
    until(workspace, both.id, lambda run: run.step >= 2)
    cancel_run(workspace, both.id)
    stopped = ended(workspace, both.id)
    assert stopped.status == "cancelled" and 2 <= stopped.step < STEPS, log(workspace, both.id)
    assert f"checkpoint-{stopped.step}" in checkpoints(workspace, both.id)
    pairs = list(zip(metrics(workspace, alone.id), metrics(workspace, both.id), strict=False))
    assert [b["loss"] for _, b in pairs] == pytest.approx([a["loss"] for a, _ in pairs], abs=2e-3)
    assert [b["tokens_seen"] for _, b in pairs] == [a["tokens_seen"] for a, _ in pairs]


def test_a_second_run_waits_for_its_turn_and_both_stand_in_the_database(workspace, tiny_llama):
    prepare(workspace, tiny_llama)
    short = dataclasses.replace(CONFIG, max_steps=30)
    with training_lock():
        second = start_run(workspace, "refs", "tiny", dataclasses.replace(short, lr=1e-3), "second", queue=True)
        third = start_run(workspace, "refs", "tiny", short, "third", queue=True)
        assert second.status == third.status == "queued" and third.pid
        cancel_run(workspace, third.id)
        assert ended(workspace, third.id).status == "cancelled"
    assert ended(workspace, second.id).status == "done"
    with workspace.store() as store:
        assert {row["id"]: row["status"] for row in store.list_run_rows()} == {second.id: "done", third.id: "cancelled"}
    compared = CliRunner().invoke(main, ["runs", "compare", second.id, third.id, "--json", "--home", str(workspace.home)])
    found = json.loads(compared.stdout)
    assert found["settings"] == {"lr": [1e-3, 3e-3]} and found["results"]["status"] == ["done", "cancelled"]
    # The page shows the same, a row for each.
    listing = RetrainDesk(workspace).compare(second.id, third.id)
    assert listing["columns"][1:] == ["second", "third"] and listing["rows"][0] == ["lr", "0.001", "0.003"]
    assert ["status", "done", "cancelled"] in listing["rows"]
    assert (workspace.runs / second.id / "config.toml").read_text(encoding="utf-8").count("lr = 0.001") == 1
