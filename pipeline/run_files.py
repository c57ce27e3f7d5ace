"""A run's folder: ``run.json`` is its one truth, written whole or not at all, and read with the process's life in mind."""

import dataclasses
import json
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from annotations import Damaged

RUN_FILE = "run.json"
LOG_FILE = "train.log"
METRICS_FILE = "metrics.jsonl"
EVAL_FILE = "eval.jsonl"
ADAPTER = "adapter"
CHECKPOINTS = "checkpoints"
ENDED = ("done", "failed", "cancelled")
VANISHED = (
    "The training process ended without a word: it was killed, ran out of memory, or the machine restarted. "
    "Continue from its last checkpoint with: scribeloop runs resume {id}"
)


@dataclass(frozen=True)
class Run:
    """One training run. ``status`` is queued, running, done, failed or cancelled; on reading, a run that says it is running while
    its process is gone is ``interrupted``. ``process_started`` tells the process from another that got its number."""

    id: str
    name: str
    dataset: dict[str, Any]
    base: dict[str, Any]
    config: dict[str, Any]
    command: str
    created: str
    kind: str = "train"
    replay: dict[str, Any] | None = None
    backend: str = "peft"
    # Where it trains, when not on this machine: see ``hf_jobs``.
    elsewhere: dict[str, Any] | None = None
    status: str = "queued"
    prompt_hash: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    seed: int = 0
    pid: int | None = None
    process_started: float | None = None
    queued: str | None = None
    started: str | None = None
    ended: str | None = None
    heartbeat: str | None = None
    step: int = 0
    steps: int = 0
    epoch: float = 0.0
    tokens_seen: int = 0
    tokens_per_second: float | None = None
    loss: float | None = None
    eval_loss: float | None = None
    lr: float | None = None
    grad_norm: float | None = None
    eta_seconds: float | None = None
    peak_memory_mb: float | None = None
    gpu_memory_mb: float | None = None
    resumed_from: int | None = None
    error: str | None = None
    adapter: dict[str, Any] | None = None

    @property
    def alive(self) -> bool:
        return self.status in ("queued", "running")


def write_run(folder: Path, run: Run) -> Run:
    """Replace ``run.json`` in one step that survives a crash: a reader sees the old text or the new, never half."""
    text = json.dumps(dataclasses.asdict(run), indent=2, ensure_ascii=False) + "\n"
    part = folder / f".{RUN_FILE}.{os.getpid()}"
    try:
        with part.open("w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(part, folder / RUN_FILE)
    finally:
        part.unlink(missing_ok=True)
    return run


def read_run(folder: Path) -> Run:
    """The run as it stands now; ``interrupted`` is derived here and never written."""
    try:
        stored = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
        run = Run(**stored)
    except (ValueError, TypeError) as error:
        raise Damaged(f"{RUN_FILE} of run {folder.name!r} is not readable ({error}); remove the folder {folder}.") from error
    if run.status == "running" and not process_alive(run.pid, run.process_started):
        # The last lines may have been written between our read and the process's end.
        run = Run(**json.loads((folder / RUN_FILE).read_text(encoding="utf-8")))
    if run.status == "running" and not process_alive(run.pid, run.process_started):
        run = dataclasses.replace(run, status="interrupted", eta_seconds=None, error=VANISHED.format(id=run.id))
    elif run.status == "queued" and not _will_come(run):
        run = dataclasses.replace(run, status="interrupted", error=VANISHED.format(id=run.id))
    return run


def _will_come(run: Run) -> bool:
    """Whether a queued run has a process that waits for its turn, or was started so lately that it may still get one."""
    if run.pid is not None:
        return process_alive(run.pid, run.process_started)
    return _seconds_since(run.heartbeat or run.created) <= 60


def process_alive(pid: int | None, started: float | None) -> bool:
    """True while the very process that started then runs; a zombie and a reused number are not it."""
    import psutil

    if pid is None:
        return False
    try:
        process = psutil.Process(pid)
        # The start is reckoned from the wall clock, which may be set meanwhile; a number is not used again within seconds.
        return process.status() != psutil.STATUS_ZOMBIE and (started is None or abs(process.create_time() - started) < 5)
    except psutil.Error:
        return False


def _seconds_since(moment: str) -> float:
    return (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds()
