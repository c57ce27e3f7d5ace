"""Training runs from outside: start one detached, list, look, cancel, resume, follow."""

import contextlib
import dataclasses
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from annotations import Conflict, Model, NotFound, Refused, new_id, now

from .backends import choose, has_gpu
from .dataset_files import DatasetFiles, check_name, read_dataset
from .hf_jobs import check_invented
from .models import CHAMPION
from .prompts import prompt_hash
from .run_files import LOG_FILE, RUN_FILE, Run, process_alive, read_run, write_run
from .run_lock import training_lock
from .run_rows import record
from .together import launcher
from .train import checked_inputs
from .train_config import TrainConfig
from .train_toml import CONFIG_FILE, as_toml
from .workspace import Workspace

START_SECONDS = 30


def start_run(
    workspace: Workspace, dataset: str, base_id: str, config: TrainConfig, name: str | None = None, queue: bool = False,
    elsewhere: dict[str, Any] | None = None,
) -> Run:  # fmt: skip
    """Start training an adapter of model ``base_id`` on ``dataset`` in a process of its own, and return once it lives.

    Refused when the dataset was changed or holds what training may not see; Conflict when there is a model called ``name``, or
    when a training is running already: with ``queue`` the new one waits for its turn instead. ``elsewhere`` (of
    ``hf_jobs.elsewhere``) trains on another machine, for which nothing here must wait.
    """
    data = read_dataset(workspace, dataset)
    with workspace.store() as store:
        base = store.get_model(base_id)
    run = dataclasses.replace(_new_run(data, base, config, name, elsewhere), elsewhere=elsewhere)
    if config.replay:
        old = read_dataset(workspace, config.replay)
        run = dataclasses.replace(run, replay={"name": old.name, "sha256": old.sha256, "rows": len(old.rows)})
    _check_model_name(workspace, run.name)
    checked = checked_inputs(workspace, run)[0]
    if elsewhere:
        with workspace.store() as store:
            check_invented(len(checked.rows), [store.get_encounter(id) for id in {row.encounter_id for row in checked.rows}])
    with contextlib.nullcontext() if queue or elsewhere else _nothing_running(workspace):
        folder = workspace.runs / run.id
        folder.mkdir()
        (folder / CONFIG_FILE).write_text(as_toml(config, dataset=dataset, base=base_id, name=run.name), encoding="utf-8")
        write_run(folder, run)
    return _launch(workspace, run.id)


def resume_run(workspace: Workspace, id: str, queue: bool = False) -> Run:
    """Continue a run that was interrupted, cancelled or failed, from its last whole checkpoint, with the inputs it began with."""
    run = get_run(workspace, id)
    if run.alive:
        raise Conflict(f"Run {id} is {run.status} already; watch it with: scribeloop runs show {id}")
    if run.status == "done":
        raise Conflict(f"Run {id} is done and made the model {run.name}; train again with: {run.command}")
    checked_inputs(workspace, run)
    with contextlib.nullcontext() if queue or run.elsewhere else _nothing_running(workspace):
        again = dataclasses.replace(run, status="queued", queued=now(), heartbeat=now(), error=None, pid=None, ended=None)
        write_run(workspace.runs / id, again)
    return _launch(workspace, id)


def cancel_run(workspace: Workspace, id: str) -> Run:
    """Ask a living run to stop: it finishes its step, saves a checkpoint and ends as cancelled, which can take a step's time."""
    run = get_run(workspace, id)
    if not run.alive:
        raise Conflict(f"Run {id} is not running; it is {run.status}.")
    if process_alive(run.pid, run.process_started):
        os.kill(run.pid, signal.SIGTERM)
    return run


def get_run(workspace: Workspace, id: str) -> Run:
    """The run as it stands; NotFound names the latest ones."""
    folder = workspace.runs / check_name(id, "The run id")
    if not (folder / RUN_FILE).exists():
        known = [run.id for run in list_runs(workspace)][-4:]
        raise NotFound(f"There is no run {id!r}; {'the latest are ' + ', '.join(known) if known else 'none was started yet'}.")
    return read_run(folder)


def list_runs(workspace: Workspace) -> list[Run]:
    """All runs, oldest first."""
    found = [read_run(path.parent) for path in workspace.runs.glob(f"*/{RUN_FILE}")]
    return sorted((run for run in found if run.kind == "train"), key=lambda run: (run.created, run.id))


def wait(workspace: Workspace, id: str, every: float = 1.0) -> Iterator[Run]:
    """The run, again and again while it lives, and once more when it has ended."""
    while (run := get_run(workspace, id)).alive:
        yield run
        time.sleep(every)
    yield run


def train_command(
    dataset: str, base_id: str, config: TrainConfig, name: str | None = None, elsewhere: dict[str, Any] | None = None
) -> str:
    """The command line that starts this training; settings that are the defaults stay unsaid."""
    words = ["scribeloop", "model", "train", dataset, "--base", base_id]
    words += ["--name", name] if name else []
    default = TrainConfig()
    for field in dataclasses.fields(TrainConfig):
        value = getattr(config, field.name)
        if value != getattr(default, field.name):
            words += _option(field.name, value)
    for option in ("on", "repo", "flavor", "timeout") if elsewhere else ():
        words += [f"--{option}", elsewhere[option]]
    return shlex.join(words)


def _option(name: str, value: Any) -> list[str]:
    if name in ("epochs", "rank", "lr", "batch", "seed", "max_steps"):
        return [f"--{name.replace('_', '-')}", f"{value:g}" if isinstance(value, float) else str(value)]
    return ["--set", f"{name}={value}"]


def _new_run(
    data: DatasetFiles, base: Model, config: TrainConfig, name: str | None, elsewhere: dict[str, Any] | None
) -> Run:
    if base.kind == "adapter":
        raise Refused(
            f"{base.id!r} is an adapter, and adapters are not stacked; train on all corrections so far from its base: "
            f"--base {base.base_id}"
        )
    id = new_id("run")
    return Run(
        id=id, name=check_name(name or f"{base.id}-{id.removeprefix('run-')[:6]}", "The model name"),
        dataset={"name": data.name, "sha256": data.sha256, "rows": len(data.rows)},
        base={"id": base.id, "path": base.path, "sha256": base.weights_sha256}, config=dataclasses.asdict(config),
        command=train_command(data.name, base.id, config, name, elsewhere), created=now(), prompt_hash=prompt_hash(),
        seed=config.seed,
        backend=choose(config.backend if config.processes == 1 else "peft").name,
    )  # fmt: skip


def _check_model_name(workspace: Workspace, name: str) -> None:
    if name == CHAMPION:
        raise Conflict(f"{CHAMPION!r} stands for whichever model is champion; choose another --name.")
    with workspace.store() as store:
        taken = store.find_model(name)
    if taken or any(run.name == name and run.alive for run in list_runs(workspace)):
        raise Conflict(f"There is already a model {name!r}; choose another --name.")


def _nothing_running(workspace: Workspace) -> Any:
    """The machine's training lock, held only while a run is being written; the process takes it again for itself."""
    alive = [run for run in list_runs(workspace) if run.alive]
    if not alive:
        return training_lock()
    return training_lock(f" ({alive[0].id}, step {alive[0].step} of {alive[0].steps})", alive[0].id, patience=0)


def _launch(workspace: Workspace, id: str) -> Run:
    """Start the process, detached: its own session, its output in a file, no pipe that a closing window could stall."""
    folder, busy = workspace.runs / id, _busy(workspace, id)
    run = read_run(folder)
    record(workspace, run)
    processes = run.config.get("processes", 1)
    command = [sys.executable] if run.elsewhere else launcher(choose(run.backend).python, processes)
    with (folder / LOG_FILE).open("ab") as log:
        process = subprocess.Popen(
            [*command, "-m", "pipeline.train", str(folder)], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True, cwd=Path(__file__).resolve().parents[1],
            env=process_environment(processes, bool(run.elsewhere)),
        )  # fmt: skip
    # Somebody must ask how it ended, or a long-lived parent keeps it as a zombie.
    threading.Thread(target=process.wait, daemon=True).start()
    limit = time.monotonic() + START_SECONDS
    while _not_begun(run := read_run(folder), busy) and process.poll() is None and time.monotonic() < limit:
        time.sleep(0.05)
    if run.status == "queued" and process.poll() is not None and (run := read_run(folder)).status == "queued":
        tail = (folder / LOG_FILE).read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
        error = f"The training process could not start ({tail[0] if tail else 'it said nothing'}); train.log has the details."
        run = write_run(folder, dataclasses.replace(run, status="failed", error=error, ended=now()))
        record(workspace, run)
    return run


def _busy(workspace: Workspace, id: str) -> bool:
    """Whether another training runs or waits, here or in another workspace of this machine."""
    if any(run.alive and run.id != id for run in list_runs(workspace)):
        return True
    try:
        with training_lock(patience=0):
            return False
    except Conflict:
        return True


def _not_begun(run: Run, busy: bool) -> bool:
    """Whether the process has not yet said that it lives; where it need not wait for its turn, that it runs."""
    return run.status == "queued" and (run.pid is None or not busy)


def compare_runs(workspace: Workspace, ids: tuple[str, ...]) -> dict[str, Any]:
    """``{"runs", "settings", "results"}``: the settings in which the runs differ, and what came of each, side by side."""
    runs = [get_run(workspace, id) for id in ids]
    inputs = [
        {"dataset": run.dataset["name"], "dataset sha256": run.dataset["sha256"][:12], "base": run.base["id"], **run.config}
        for run in runs
    ]
    settings = {key: [each.get(key) for each in inputs] for key in dict.fromkeys(key for each in inputs for key in each)}
    return {
        "runs": [run.id for run in runs],
        "settings": {key: values for key, values in settings.items() if len({str(value) for value in values}) > 1},
        "results": {key: [getattr(run, key) for run in runs] for key in COMPARED},
    }


COMPARED = (
    "name", "status", "step", "epoch", "tokens_seen", "loss", "eval_loss", "tokens_per_second", "peak_memory_mb", "gpu_memory_mb",
)  # fmt: skip


def process_environment(processes: int = 1, hub: bool = False) -> dict[str, str]:
    """What a training process is started with; the Hub is asked for nothing unless the run trains there."""
    # glibc would keep freed activations of rows of many lengths in pieces too small to use again: with every tensor above 1 MB
    # mapped by itself, a step's peak is a quarter lower, for a fifth more time. Huge pages, where the kernel gives them: mapping
    # all that in small ones took a quarter of the processor's time.
    malloc = {"MALLOC_MMAP_THRESHOLD_": "1048576", "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
    quiet = {"PYTHONUNBUFFERED": "1", "TOKENIZERS_PARALLELISM": "false", "HF_HUB_OFFLINE": "0" if hub else "1"}
    # transformers would split every step over all GPUs that it sees, in one process, which is slow and computes something else.
    one = {"CUDA_VISIBLE_DEVICES": "0"} if processes == 1 and has_gpu() else {}
    return malloc | one | os.environ | quiet


def follow(workspace: Workspace, id: str, say: Callable[[Run], None], every: float = 1.0) -> Run:
    """Call ``say`` whenever the run got further, until it ends; stopping to follow does not stop the run."""
    last = None
    for run in wait(workspace, id, every):
        if (run.status, run.step) != last:
            say(run)
            last = (run.status, run.step)
    return run
