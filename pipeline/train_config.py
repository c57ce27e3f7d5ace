"""What a training run can be told, with defaults that suit a small Llama on two CPU cores."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from annotations import BadInput, one_of

from .backends import BACKENDS

# What is learnt, and the kind of dataset that it is learnt from.
OBJECTIVES = {"sft": "sft", "dpo": "preference"}
SCHEDULES = ("cosine", "linear", "constant")
NOT_BELOW_0 = (
    "rows_at_once", "sft_weight", "max_steps", "max_tokens", "threads", "checkpoint_every", "eval_rows", "sample_tokens",
    "weight_decay", "max_grad_norm",
)  # fmt: skip
DTYPES = ("auto", "float32", "bfloat16")


@dataclass(frozen=True)
class TrainConfig:
    """The knobs of one run, recorded in its ``run.json``.

    ``batch`` is rows per optimiser step, ``rows_at_once`` how many of them are run together, padded to the longest: 0 means one
    on a CPU, where nothing is gained by more, and 8 on a GPU. ``max_steps`` of 0 means all epochs. ``replay`` names a dataset of
    original data, of which so many rows are drawn by ``seed`` that they are ``replay_share`` of all rows (all of it, if it has
    fewer). ``objective`` dpo prefers the corrected note over the model's own (see ``preference``), with ``beta`` and
    ``sft_weight``. Once an epoch the loss on the first ``eval_rows`` visits of dev-a is measured, and ``sample_tokens`` of a note
    are written for the first of them. ``backend`` auto is Unsloth where a GPU and an Unsloth are, else peft.
    ``processes`` train together on one machine, one per GPU, and share each step's ``batch`` rows.
    ``max_tokens`` is the longest row allowed, prompt and note together; 0 means the model's context. ``threads`` of 0 means all
    cores this process may use. ``dtype`` auto is bfloat16 where the processor computes in it, else float32. ``checkpoint_every``
    counts steps; 0 means about every tenth of the run. ``warmup`` is a share of the steps, rounded down, so that a short run
    wastes none of its few steps on a rate of zero. ``save_dtype`` is the adapter file's.
    """

    backend: str = "auto"
    rank: int = 16
    alpha: int = 32
    rslora: bool = True
    dropout: float = 0.0
    target: str = "all-linear"
    lr: float = 3e-4
    schedule: str = "cosine"
    warmup: float = 0.03
    weight_decay: float = 0.0
    max_grad_norm: float = 1.0
    epochs: float = 3.0
    max_steps: int = 0
    objective: str = "sft"
    beta: float = 0.1
    sft_weight: float = 1.0
    batch: int = 2
    rows_at_once: int = 0
    replay: str = ""
    replay_share: float = 0.0
    max_tokens: int = 0
    seed: int = 17
    processes: int = 1
    threads: int = 0
    dtype: str = "auto"
    save_dtype: str = "float32"
    checkpoint_every: int = 0
    eval_rows: int = 4
    sample_tokens: int = 64
    gradient_checkpointing: bool = False

    def __post_init__(self) -> None:
        one_of(self.schedule, SCHEDULES, "The schedule")
        one_of(self.dtype, DTYPES, "dtype")
        one_of(self.backend, BACKENDS, "backend")
        one_of(self.objective, tuple(OBJECTIVES), "The objective")
        one_of(self.save_dtype, DTYPES[1:], "save_dtype")
        for name in ("rank", "alpha", "beta", "lr", "epochs", "batch", "processes"):
            if not getattr(self, name) > 0:
                raise BadInput(f"The training setting {name} is {getattr(self, name)}; expected a number above 0.")
        for name in ("warmup", "dropout", "replay_share"):
            if not 0 <= getattr(self, name) < 1:
                raise BadInput(f"The training setting {name} is {getattr(self, name)}; expected 0 or more and below 1.")
        for name in NOT_BELOW_0:
            if getattr(self, name) < 0:
                raise BadInput(f"The training setting {name} is {getattr(self, name)}; expected 0 or more.")
        if self.batch % self.processes:
            raise BadInput(
                f"{self.processes} processes cannot share {self.batch} rows per step evenly; take a --batch that is a multiple "
                f"of {self.processes}, or another number of processes."
            )
        if self.processes > 1 and self.backend == "unsloth":
            raise BadInput("Unsloth trains in one process here; leave --set processes out, or take --set backend=peft.")
        if bool(self.replay) != (self.replay_share > 0):
            raise BadInput("Replay needs both a dataset and a share above 0; set replay and replay_share, or neither.")


def config_from(settings: dict[str, Any]) -> TrainConfig:
    """A config from a mapping (of a TOML file or a ``run.json``); BadInput names a setting that does not exist."""
    known = {field.name for field in dataclasses.fields(TrainConfig)}
    unknown = sorted(set(settings) - known)
    if unknown:
        raise BadInput(f"There is no training setting {', '.join(unknown)}; known ones are {', '.join(sorted(known))}.")
    return TrainConfig(**settings)
