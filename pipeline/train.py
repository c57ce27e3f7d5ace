"""The training process: ``python -m pipeline.train RUN_FOLDER``, started detached by ``pipeline.runs`` and alone with its folder.

It keeps ``run.json`` true from its first moment to its last: a heartbeat while it works, and one sentence when it fails.
"""

import contextlib
import dataclasses
import gc
import io
import json
import math
import os
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from annotations import Model, Refused, ScribeloopError, now

from .adapter_card import card
from .backends import Backend, choose, prepare
from .dataset_files import DatasetFiles, Row, read_dataset
from .failures import explain
from .hf_jobs import train_elsewhere
from .memory import peak_memory_mb
from .prompts import prompt_hash
from .replay import replayed_rows
from .run_files import ADAPTER, CHECKPOINTS, EVAL_FILE, METRICS_FILE, RUN_FILE, Run, read_run, write_run
from .run_lock import my_turn
from .run_rows import record
from .splits import covered
from .together import agreed, await_start, rank
from .train_config import OBJECTIVES, TrainConfig, config_from
from .train_rows import TokenRow, check_splits, describe, tokenize
from .versions import versions
from .weights import weights_sha256
from .workspace import Workspace

PACKAGES = ("scribeloop", "torch", "transformers", "trl", "peft", "datasets", "accelerate")
RESERVE = ".reserve"  # room for the last words of a run on a full disk


class Cancelled(Exception):
    """The user asked for a stop before the first step."""


class Recorder:
    """The one writer of ``run.json`` while the process lives."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.run, self.written = folder, read_run(folder), 0.0
        # runs/<id>/ lies in the workspace; a detached process needs no other word to find it.
        self.workspace = Workspace(folder.parent.parent)

    def set(self, **changes: Any) -> None:
        """Write now."""
        self.run = write_run(self.folder, dataclasses.replace(self.run, heartbeat=now(), **changes))
        self.written = time.monotonic()

    def progress(self, **changes: Any) -> None:
        """Remember now, and write at most once a second."""
        self.run = dataclasses.replace(self.run, **self._memory() | changes)
        if time.monotonic() - self.written >= 1:
            self.set()

    def _memory(self) -> dict[str, float]:
        return {} if self.run.elsewhere else {"peak_memory_mb": peak_memory_mb()}

    def finish(self, status: str, error: str | None = None, **changes: Any) -> None:
        """The last words, which must be said even on a full disk."""
        (self.folder / RESERVE).unlink(missing_ok=True)
        changes |= {"status": status, "error": error, "ended": now(), "eta_seconds": None} | self._memory()
        # The row first, so that whoever sees the run ended finds it in the database. run.json is the truth: on a full disk the
        # row is brought up to it later.
        with contextlib.suppress(Exception):
            record(self.workspace, dataclasses.replace(self.run, **changes))
        self.set(**changes)


def main(folder: Path) -> int:
    """Train the run in ``folder``; 0 when it is done or cancelled, 1 when it failed."""
    asked: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda signum, frame: asked.append(signum))
    if rank():
        return _train_along(folder, lambda: bool(asked))
    recorder = Recorder(folder)
    try:
        recorder.set(**_waiting())
        if recorder.run.elsewhere:
            recorder.set(**_alive())
            record(recorder.workspace, recorder.run)
            if not train_elsewhere(recorder, *checked_inputs(recorder.workspace, recorder.run), lambda: bool(asked)):
                raise Cancelled
            return _done(recorder)
        with my_turn(lambda: first_in_line(folder), lambda: bool(asked)) as mine:
            if not mine:
                raise Cancelled
            (folder / RESERVE).write_bytes(b"\0" * 65536)
            recorder.set(**_alive())
            record(recorder.workspace, recorder.run)
            _train(recorder, lambda: bool(asked))
            return _done(recorder)
    except Cancelled:
        recorder.finish("cancelled")
    except BaseException as error:
        if not isinstance(error, ScribeloopError):
            _say_last(traceback.format_exc())
        _drop_broken_checkpoints(folder)
        recorder.finish("failed", explain(error, recorder.run))
        _say_last(f"Failed: {recorder.run.error}")
        return 1
    return 0


def _done(recorder: Recorder) -> int:
    adapter = _register(recorder)
    recorder.finish("done", adapter=adapter)
    print(f"Done: {adapter['id']}", flush=True)
    return 0


def first_in_line(folder: Path) -> bool:
    """Whether no other run of the workspace has waited longer for its turn; each has a living process."""
    waiting = [read_run(path.parent) for path in folder.parent.glob(f"*/{RUN_FILE}")]
    queued = [run for run in waiting if run.status == "queued" and run.pid is not None]
    return not queued or min(queued, key=lambda run: (run.queued or run.created, run.id)).id == folder.name


def _waiting() -> dict[str, Any]:
    import psutil

    return {"pid": os.getpid(), "process_started": psutil.Process().create_time()}


def _alive() -> dict[str, Any]:
    return {
        "status": "running", "started": now(),
        "ended": None, "error": None, "loss": None, "eval_loss": None, "tokens_per_second": None, "eta_seconds": None,
        "versions": versions(*PACKAGES),
    }  # fmt: skip


class Silent(Recorder):
    """Of a process that only computes: the run is process 0's to record."""

    def set(self, **changes: Any) -> None:
        self.run = dataclasses.replace(self.run, **changes)

    progress = set


def _train_along(folder: Path, stop: Callable[[], bool]) -> int:
    """The part of a process that is not process 0; what it dies of, its launcher tells the others."""
    if await_start(folder, stop):
        with contextlib.suppress(Cancelled), contextlib.redirect_stdout(io.StringIO()):
            _train(Silent(folder), stop)
    return 0


def _train(recorder: Recorder, stop: Callable[[], bool]) -> None:
    """The run from its checked inputs to its adapter's files."""
    folder, run = recorder.folder, recorder.run
    config, workspace = config_from(run.config), recorder.workspace
    print(f"Backend: {_backend(run, config)}", flush=True)
    prepare(run.backend)
    data, base = checked_inputs(workspace, run)

    from transformers import AutoTokenizer

    from . import trainer as lora

    tokenizer = AutoTokenizer.from_pretrained(base.path, local_files_only=True)
    limit = row_limit(base, config)
    rows = tokenize(tokenizer, data.rows, limit, prefer=config.objective == "dpo")
    measured = measured_rows(workspace, tokenizer, config, limit)
    print(describe(tokenizer, rows), flush=True)
    checkpoint = lora.last_whole_checkpoint(folder / CHECKPOINTS)
    seen = 0 if rank() else _rewind(folder, checkpoint)
    step = int(checkpoint.name.split("-")[1]) if checkpoint else 0
    recorder.set(resumed_from=step or None, step=step, tokens_seen=seen)
    step_tokens = sum(len(row) for row in rows) / math.ceil(len(rows) / config.batch)
    reporter = lora.Reporter(folder, stop, recorder.progress, step_tokens, seen)
    trainer = lora.make_trainer(config, folder / CHECKPOINTS, Path(base.path), tokenizer, rows, reporter, run.backend, measured)
    if agreed(stop):
        raise Cancelled
    print(f"Training from {f'step {step}' if checkpoint else 'the start'}", flush=True)
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    if trainer.state.global_step < trainer.state.max_steps:
        raise Cancelled
    if not rank():
        lora.save_adapter(trainer, folder / ADAPTER, base.id, config.save_dtype)
        shutil.rmtree(folder / CHECKPOINTS, ignore_errors=True)
    del trainer
    gc.collect()


def checked_inputs(workspace: Workspace, run: Run) -> tuple[DatasetFiles, Model]:
    """The dataset, with the rows it replays, and the base that the run names, held to the hashes that it was started with;
    Refused when one changed."""
    data = read_dataset(workspace, run.dataset["name"])
    if data.sha256 != run.dataset["sha256"]:
        raise Refused(
            f"Dataset {data.name!r} is not the one that run {run.id} was started with ({data.sha256[:12]}, not "
            f"{run.dataset['sha256'][:12]}); start a new run with: scribeloop model train {data.name}"
        )
    kind = OBJECTIVES[config_from(run.config).objective]
    if data.manifest["kind"] != kind:
        raise Refused(
            f"Dataset {data.name!r} is of kind {data.manifest['kind']}, and this training reads {kind}: build one with dataset "
            f"build --kind {kind}, or choose another --set objective (one of {', '.join(OBJECTIVES)})."
        )
    if run.prompt_hash != prompt_hash():
        raise Refused(f"The prompt changed since run {run.id} began; start a new run with: scribeloop model train {data.name}")
    data = dataclasses.replace(data, rows=data.rows + replayed_rows(workspace, run, config_from(run.config), data.rows))
    with workspace.store() as store:
        check_splits(store, data.rows)
        base = store.get_model(run.base["id"])
    found = weights_sha256(base.path)
    if found != run.base["sha256"]:
        raise Refused(
            f"The weights of base {base.id!r} are not those that run {run.id} was started with ({found[:12]}, not "
            f"{run.base['sha256'][:12]}); fetch the base again, or start a new run."
        )
    return data, base


def _backend(run: Run, config: TrainConfig) -> Backend:
    """The backend that the run was started with; the reason is that of the choice, while it would still be made so."""
    chosen = choose(config.backend)
    return chosen if chosen.name == run.backend else choose(run.backend)


def measured_rows(workspace: Workspace, tokenizer: Any, config: TrainConfig, limit: int) -> list[TokenRow]:
    """The first visits of dev-a with a reference note that fit; dev-b is for the gate, and nothing is looked at there."""
    with workspace.store() as store:
        visits = [one for one in covered(store.list_encounters(split="dev"), "dev-a") if one.reference]
    rows = tuple(Row(one.id, one.transcript, one.reference) for one in visits[: 4 * config.eval_rows])
    fitting = [row for row in tokenize(tokenizer, rows, 10**9, config.objective == "dpo") if len(row) <= limit]
    return fitting[: config.eval_rows]


def row_limit(base: Model, config: TrainConfig) -> int:
    """The longest row allowed: the base's context, or less when the config says so."""
    settings = json.loads((Path(base.path) / "config.json").read_text(encoding="utf-8"))
    context = settings["max_position_embeddings"]
    return min(context, config.max_tokens or context)


def _rewind(folder: Path, checkpoint: Path | None) -> int:
    """Take the metrics back to the checkpoint's step, and say how many tokens had been seen by then."""
    path = folder / METRICS_FILE
    step = int(checkpoint.name.split("-")[1]) if checkpoint else 0
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    # A line that a crash cut short is not JSON; it belongs to a step after the checkpoint.
    kept = [line for line in lines if line.endswith("}") and json.loads(line)["step"] <= step]
    path.write_text("".join(line + "\n" for line in kept), encoding="utf-8")
    if (folder / EVAL_FILE).exists():
        told = (folder / EVAL_FILE).read_text(encoding="utf-8").splitlines()
        whole = [line for line in told if line.endswith("}") and json.loads(line)["step"] <= step]
        (folder / EVAL_FILE).write_text("".join(line + "\n" for line in whole), encoding="utf-8")
    return json.loads(kept[-1])["tokens_seen"] if kept else 0


def _register(recorder: Recorder) -> dict[str, str]:
    """Make a model of the adapter's files."""
    workspace, run, folder = recorder.workspace, recorder.run, recorder.folder / ADAPTER
    with workspace.store() as store:
        base = store.get_model(run.base["id"])
    sha256 = weights_sha256(folder)
    (folder / "README.md").write_text(card(run, sha256), encoding="utf-8")
    # The folder says for itself what it belongs to, wherever it is copied.
    about = {
        "id": run.name, "name": f"{base.name}, tuned on {run.dataset['name']}", "base_id": base.id,
        "base_sha256": run.base["sha256"], "dataset": run.dataset, "command": run.command, "made": now(),
    }  # fmt: skip
    (folder / "scribeloop.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    adapter = Model(
        id=run.name, name=f"{base.name}, tuned on {run.dataset['name']}", kind="adapter", path=str(folder),
        weights_sha256=sha256, base_id=base.id, base_sha256=run.base["sha256"], run_id=run.id, licence=base.licence,
        meta={"dataset": run.dataset},
    )  # fmt: skip
    with workspace.store() as store:
        store.ensure_model(adapter)
    return {"id": adapter.id, "sha256": sha256}


def _drop_broken_checkpoints(folder: Path) -> None:
    """A checkpoint that could not be finished is of no use and holds the space that the last words need."""
    for path in (folder / CHECKPOINTS).glob("checkpoint-*"):
        if not (path / "whole.json").exists():
            shutil.rmtree(path, ignore_errors=True)


def _say_last(text: str) -> None:
    """To the log, if there is still room for it."""
    try:
        print(text, flush=True)
    except OSError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  the interpreter flushes it once more at exit


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
