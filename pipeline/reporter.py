"""What the trainer's events become: lines of metrics, progress in the run's record, whole checkpoints, and a stop when asked.

This file imports torch: import it only inside a function, in the process that trains.
"""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerCallback

from .memory import gpu_memory_mb, peak_memory_mb
from .run_files import EVAL_FILE, METRICS_FILE
from .together import agreed, rank

WHOLE = "whole.json"  # written last into a checkpoint: one without it was cut off by a crash


class Reporter(TrainerCallback):
    """Turns the trainer's events into metrics, progress and whole checkpoints, and stops it when asked."""

    def __init__(
        self, folder: Path, stop: Callable[[], bool], progress: Callable[..., None], step_tokens: float, seen: int
    ) -> None:
        self.folder, self.stop, self.progress = folder, stop, progress
        self.step_tokens, self.before = step_tokens, seen
        self.trainer: Any = None
        self.sample: Callable[[], str] | None = None
        self.begin = self.step_begin = time.monotonic()
        self.reported = seen

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self.begin = self.step_begin = time.monotonic()
        self.progress(step=state.global_step, steps=state.max_steps)

    def on_log(self, args: Any, state: Any, control: Any, logs: dict | None = None, **kwargs: Any) -> None:
        if logs and "eval_loss" in logs and not rank():
            self.measured(state, logs)
        if not logs or "loss" not in logs:
            return
        tokens = self.tokens()
        if rank():
            return
        now, seen = time.monotonic(), self.before + tokens
        line = {
            "step": state.global_step, "loss": logs["loss"], "lr": logs["learning_rate"], "grad_norm": logs["grad_norm"],
            "seconds": round(now - self.step_begin, 3), "tokens": seen - self.reported, "tokens_seen": seen,
            "memory_mb": gpu_memory_mb() or peak_memory_mb(), **self.trainer.extra,
        }  # fmt: skip
        with (self.folder / METRICS_FILE).open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(line) + "\n")
        speed = tokens / (now - self.begin)
        left = (state.max_steps - state.global_step) * self.step_tokens
        self.progress(
            step=state.global_step, steps=state.max_steps, epoch=round(state.epoch, 3), loss=logs["loss"], tokens_seen=seen,
            lr=logs["learning_rate"], grad_norm=logs["grad_norm"], gpu_memory_mb=gpu_memory_mb(),
            tokens_per_second=round(speed, 1), eta_seconds=round(left / speed, 1),
        )  # fmt: skip
        self.step_begin, self.reported = now, seen

    def tokens(self) -> int:
        """What all processes have learnt from in this process's life; each of them must ask at the same moment."""
        counted = torch.tensor(self.trainer.tokens, device=self.trainer.args.device)
        return int(self.trainer.accelerator.reduce(counted))

    def measured(self, state: Any, logs: dict) -> None:
        """Once an epoch: the loss on visits that are not learnt from, and the beginning of a note for one of them; the time that
        this takes is not training's."""
        started, loss = time.monotonic(), logs["eval_loss"]
        note = self.sample() if self.sample else None
        line = {"step": state.global_step, "epoch": round(state.epoch, 3), "eval_loss": loss, "sample": note}
        with (self.folder / EVAL_FILE).open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(line, ensure_ascii=False) + "\n")
        self.progress(eval_loss=loss)
        pause = logs.get("eval_runtime", 0) + time.monotonic() - started
        self.begin, self.step_begin = self.begin + pause, self.step_begin + pause

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if agreed(self.stop) and state.global_step < state.max_steps:
            control.should_save = control.should_training_stop = True

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        tokens = self.tokens()
        if rank():
            return
        checkpoint = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        for path in checkpoint.iterdir():
            with path.open("rb") as stream:
                os.fsync(stream.fileno())
        facts = {"step": state.global_step, "tokens_seen": self.before + tokens}
        (checkpoint / WHOLE).write_text(json.dumps(facts), encoding="utf-8")
