"""``kill -9`` of the trainer, of the studio and of both at random moments: no run may be lost, double, or beyond resuming."""

import dataclasses
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from annotations import Model
from exports.datasets import build_dataset
from pipeline.run_files import Run, process_alive
from pipeline.runs import get_run, list_runs, resume_run, start_run
from pipeline.train_config import TrainConfig
from pipeline.weights import weights_sha256
from pipeline.workspace import Workspace
from tests.invented import encounter
from tests.soak import Found

TRIALS = {"small": 3, "full": 20}
CONFIG = TrainConfig(max_steps=120, checkpoint_every=10, threads=1, lr=3e-3, dropout=0.1)
VICTIMS = ("trainer", "studio", "both")


@dataclass(frozen=True)
class Kill:
    """``after`` is seconds from the start of the run."""

    victim: str
    after: float


def kills(count: int, seed: int, longest: float) -> list[Kill]:
    dice = random.Random(seed)
    return [Kill(VICTIMS[n % 3], round(dice.uniform(0, longest), 2)) for n in range(count)]


def prepare(home: Path) -> Workspace:
    """A workspace with a tiny base and a dataset to learn from."""
    from tests.tiny import make_tiny_llama

    workspace, folder = Workspace(home), make_tiny_llama(home.parent / "tiny-llama")
    with workspace.store() as store:
        store.add_encounters([encounter(n) for n in range(7)])
        store.ensure_model(Model("tiny", "Tiny", "base", str(folder), weights_sha256(folder)))
    build_dataset(workspace, "refs", "references")
    return workspace


def undisturbed(workspace: Workspace) -> Run:
    return ended(workspace, start_run(workspace, "refs", "tiny", CONFIG, "alone").id)


def trial(workspace: Workspace, kills: Sequence[Kill], name: str, alone: Run) -> str:
    """For each kill: start, resume or find the run from a studio's process, kill, look for the run from here as another studio
    would; at last resume it to its end. Returns what was wrong, or an empty text."""
    words = [sys.executable, "-m", "tests.soak.trainings", str(workspace.home), name, str(CONFIG.max_steps)]
    for kill in kills:
        studio = subprocess.Popen(words, stdout=subprocess.PIPE)
        id = studio.stdout.readline().decode().strip()
        time.sleep(kill.after)
        run = get_run(workspace, id)
        if kill.victim in ("studio", "both"):
            studio.kill()
        if kill.victim in ("trainer", "both") and process_alive(run.pid, run.process_started):
            os.kill(run.pid, signal.SIGKILL)
        studio.kill()
        studio.wait()
        if kill.victim == "studio" and get_run(workspace, id).status in ("interrupted", "failed"):
            return "the studio's death touched the run"
        run = get_run(workspace, id) if kill.victim == "studio" else ended(workspace, id)
        if run.status not in ("done", "interrupted", "running", "queued"):
            return f"the run ended as {run.status}: {run.error}"
    run = ended(workspace, id)
    if run.status == "interrupted":
        resume_run(workspace, id)
        run = ended(workspace, id)
    if [one.id for one in list_runs(workspace) if one.name == name] != [id]:
        return "the run is lost or double"
    lines = (workspace.runs / id / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    if run.status != "done":
        return f"the resumed run ended as {run.status}: {run.error}"
    if (run.loss, run.adapter["sha256"], len(lines)) != (alone.loss, alone.adapter["sha256"], alone.steps):
        return f"it ended otherwise than the run that was left alone: {run.status}, loss {run.loss}, {len(lines)} steps"
    with workspace.store() as store:
        rows = [row for row in store.list_run_rows() if row["id"] == id]
        return "" if store.find_model(name) and [row["status"] for row in rows] == ["done"] else "it is not in the database once"


def ended(workspace: Workspace, id: str, seconds: float = 300) -> Run:
    limit = time.monotonic() + seconds
    while (run := get_run(workspace, id)).alive and time.monotonic() < limit:
        time.sleep(0.05)
    return run


def trial_training_kills(size: str) -> Found:
    """The length of the undisturbed run is the range of the moments."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = f"{folder}/state"
        workspace = prepare(Path(folder) / "home")
        started = time.monotonic()
        alone = undisturbed(workspace)
        rows = []
        for n, kill in enumerate(kills(TRIALS[size], 1, time.monotonic() - started)):
            rows.append({"victim": kill.victim, "after s": kill.after, "wrong": trial(workspace, [kill], f"run{n}", alone)})
    held = not any(row["wrong"] for row in rows)
    return Found(held, "Every killed run ends complete or resumable, none is lost, none double.", rows)


if __name__ == "__main__":
    # What the studio does when the button is pressed; then it lives on, as a studio does.
    home, name, steps = sys.argv[1:]
    workspace = Workspace(Path(home))
    run = next((run for run in list_runs(workspace) if run.name == name), None)
    if run is None:
        run = start_run(workspace, "refs", "tiny", dataclasses.replace(CONFIG, max_steps=int(steps)), name)
    elif run.status == "interrupted":
        run = resume_run(workspace, run.id)
    print(run.id, flush=True)
    time.sleep(600)
