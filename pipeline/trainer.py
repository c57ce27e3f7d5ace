"""LoRA with TRL: the loss on the note's tokens alone, nothing cut, nothing packed.

This file imports torch: import it only inside a function, in the process that trains.
"""

import importlib.util
import math
import os
import shutil
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from trl import SFTConfig, SFTTrainer

from annotations import ScribeloopError

from .backends import load
from .lean_layers import make_lean
from .reporter import WHOLE, Reporter
from .train_config import TrainConfig
from .train_order import LengthOrder
from .train_rows import TokenRow

IGNORED = -100
# Of several processes on a CPU each calls its device "cpu:0", a name that torch.load does not know when a run goes on. (99: the
# order among torch's own, whose numbers are smaller.)
torch.serialization.register_package(99, lambda _: None, lambda storage, place: storage if place == "cpu:0" else None)


class Diverged(ScribeloopError):
    """The loss is no number any more."""


class NoteTrainer(SFTTrainer):
    """TRL's trainer with the loss of the note's tokens, from logits made for those tokens alone."""

    tokens = 0
    extra: dict[str, float] = {}  # what else a step's line of metrics says

    def compute_loss(self, model: Any, inputs: dict, return_outputs: bool = False, num_items_in_batch: Any = None) -> Any:
        self.count(model, inputs)
        log_p, outputs = self.note_log_p(model, inputs)
        loss = -log_p.sum() / self.learnt(inputs, num_items_in_batch)
        self.check_finite(loss)
        return (loss, outputs) if return_outputs else loss

    def learnt(self, inputs: dict, num_items_in_batch: Any) -> Any:
        """By how many tokens a loss is divided: the note tokens of the whole step. Of several processes the gradients are
        averaged afterwards, where they should be summed."""
        if num_items_in_batch is None:
            return (inputs["labels"] != IGNORED).sum()
        return num_items_in_batch / self.accelerator.num_processes

    def count(self, model: Any, inputs: dict) -> None:
        """Add the tokens that are learnt from, prompt and note; what is only measured is not counted."""
        if model.training:
            mask = inputs.get("attention_mask")
            self.tokens += int(inputs["labels"].numel() if mask is None else mask.sum())

    def note_log_p(self, model: Any, inputs: dict) -> tuple[Any, Any]:
        """Of each row the log probability of its note, and the model's outputs for the notes' places."""
        labels, mask = inputs["labels"], inputs.get("attention_mask")
        first = int((labels != IGNORED).any(dim=0).nonzero()[0])
        # The logits at one place speak of the next token, so the note's first token is predicted by the prompt's last.
        outputs = model(
            input_ids=inputs["input_ids"], attention_mask=mask, use_cache=False, logits_to_keep=labels.shape[1] - first + 1
        )
        logits, wanted = outputs.logits[:, :-1].flatten(0, 1).float(), labels[:, first:]
        lost = torch.nn.functional.cross_entropy(logits, wanted.flatten(), ignore_index=IGNORED, reduction="none")
        return -lost.view_as(wanted).sum(1), outputs

    def check_finite(self, loss: Any) -> None:
        if not torch.isfinite(loss):
            raise Diverged(
                f"The loss became {loss.item()} at step {self.state.global_step + 1}, so training stopped. "
                "Train again with a smaller --lr (a third of this one)."
            )

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:
        if self.args.per_device_train_batch_size == 1:
            return super()._get_train_sampler(train_dataset)
        lengths = [len(ids) for ids in self.train_dataset["input_ids"]]
        together = self.args.train_batch_size * self.args.gradient_accumulation_steps * self.args.world_size
        return LengthOrder(lengths, together, self.args.seed)

    def create_model_card(self, *args: Any, **kwargs: Any) -> None:
        """The card is made from ``run.json`` when the run is done; checkpoints need none."""


def make_trainer(
    config: TrainConfig, folder: Path, base: Path, tokenizer: Any, rows: list[TokenRow], reporter: Reporter,
    backend: str = "peft", measured: list[TokenRow] = [],  # noqa: B006  read only
) -> NoteTrainer:  # fmt: skip
    """The trainer of ``rows``, ready to start; checkpoints go to ``folder``. The loss on ``measured`` is told once an epoch."""
    torch.set_num_threads(config.threads or max(1, usable_cores() // config.processes))
    model, lora = load(backend, config, base)
    kind, more = NoteTrainer, {}
    if config.objective == "dpo":
        from .preference import PreferenceTrainer

        kind, more = PreferenceTrainer, {
            "beta": config.beta, "sft_weight": config.sft_weight, "rows": config.batch // config.processes,
        }  # fmt: skip
    arguments = _arguments(config, folder, planned_steps(config, len(rows)), bool(measured))
    trainer = kind(
        model=model, args=arguments, train_dataset=_dataset(rows), eval_dataset=_dataset(measured) if measured else None,
        processing_class=tokenizer, peft_config=lora, callbacks=[reporter],
    )  # fmt: skip
    for name, value in more.items():
        setattr(trainer, name, value)
    if arguments.bf16 and not torch.cuda.is_available():
        make_lean(trainer.model)
    reporter.trainer = trainer
    if measured and config.sample_tokens:
        reporter.sample = lambda: sample_note(trainer, tokenizer, measured[0].prompt, config.sample_tokens)
    return trainer


def sample_note(trainer: NoteTrainer, tokenizer: Any, prompt: tuple[int, ...], most: int) -> str:
    """The beginning of a note as the model in training writes it, greedily."""
    model, was_training = trainer.model, trainer.model.training
    model.eval()
    ids = torch.tensor([prompt], device=model.device)
    with torch.inference_mode(), trainer.accelerator.autocast():
        made = model.generate(
            input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=most, do_sample=False,
            pad_token_id=tokenizer.eos_token_id,
        )  # fmt: skip
    model.train(was_training)
    return tokenizer.decode(made[0, len(prompt) :], skip_special_tokens=True)


def _arguments(config: TrainConfig, folder: Path, steps: int, measured: bool) -> SFTConfig:
    together = rows_at_once(config)
    mine = config.batch // config.processes
    return SFTConfig(
        output_dir=str(folder), per_device_train_batch_size=together, gradient_accumulation_steps=mine // together,
        num_train_epochs=config.epochs, max_steps=config.max_steps or -1, learning_rate=config.lr,
        lr_scheduler_type=config.schedule, warmup_steps=int(config.warmup * steps), weight_decay=config.weight_decay,
        max_grad_norm=config.max_grad_norm, optim="adamw_torch", seed=config.seed, data_seed=config.seed,
        bf16=computes_in_bfloat16(config.dtype), fp16=False, gradient_checkpointing=config.gradient_checkpointing,
        save_strategy="steps", save_steps=config.checkpoint_every or max(1, steps // 10), save_total_limit=2,
        logging_steps=1, logging_nan_inf_filter=False, disable_tqdm=True, dataloader_pin_memory=False,
        # Trackio, where somebody has installed it, keeps metrics in a folder of this machine; no Space is made of them.
        report_to="trackio" if importlib.util.find_spec("trackio") else "none", project="scribeloop",
        run_name=folder.parent.name, trackio_static_space_id=False,
        use_cpu=not torch.cuda.is_available(), push_to_hub=False, remove_unused_columns=False,
        eval_strategy="epoch" if measured else "no", per_device_eval_batch_size=1, prediction_loss_only=True,
        max_length=None, packing=False, dataset_kwargs={"skip_prepare_dataset": True},
    )  # fmt: skip


def _dataset(rows: list[TokenRow]) -> Dataset:
    return Dataset.from_list(
        [
            {"input_ids": [*row.prompt, *row.note], "labels": [IGNORED] * len(row.prompt) + list(row.note)} | _rejected(row)
            for row in rows
        ]
    )  # fmt: skip


def _rejected(row: TokenRow) -> dict[str, list[int]]:
    if row.rejected is None:
        return {}
    ignored = [IGNORED] * len(row.prompt)
    return {
        "rejected_ids": [*row.prompt, *row.rejected] if row.rejected else [],
        "rejected_labels": [*ignored, *row.rejected] if row.rejected else [],
    }


def planned_steps(config: TrainConfig, rows: int) -> int:
    """Optimiser steps of a whole run: each epoch ends with its own, possibly smaller, batch."""
    return config.max_steps or math.ceil(config.epochs * math.ceil(rows / config.batch))


def rows_at_once(config: TrainConfig) -> int:
    """How many rows of a step are run together in a process: a divisor of its share of ``batch``, so that every full step has as
    many rows."""
    wanted = config.rows_at_once or (8 if torch.cuda.is_available() else 1)
    if config.objective == "dpo":
        wanted = 1
    mine = config.batch // config.processes
    return max(n for n in range(1, min(wanted, mine) + 1) if mine % n == 0)


def usable_cores() -> int:
    """Physical cores that this process may use; hyperthreads slow matrix products down."""
    import psutil

    physical = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else physical
    return max(1, min(physical, allowed))


def computes_in_bfloat16(dtype: str) -> bool:
    """True when asked for, or when this machine has instructions for it; emulated it is many times slower than float32."""
    if dtype != "auto":
        return dtype == "bfloat16"
    if torch.cuda.is_available():
        return torch.cuda.is_bf16_supported(including_emulation=False)
    able = torch.cpu.get_capabilities()
    return bool(able.get("avx512_bf16") or able.get("amx_bf16") or able.get("bf16"))


def last_whole_checkpoint(folder: Path) -> Path | None:
    """The newest checkpoint that was written to its end; those that were not are removed."""
    whole = []
    for path in folder.glob("checkpoint-*"):
        if (path / WHOLE).exists():
            whole.append(path)
        else:
            shutil.rmtree(path, ignore_errors=True)
    return max(whole, key=lambda path: int(path.name.split("-")[1]), default=None)


def save_adapter(trainer: NoteTrainer, target: Path, base_id: str, dtype: str) -> None:
    """Write the adapter folder whole or not at all; it names its base by id, not by this machine's path."""
    building = target.with_name(f".{target.name}")
    shutil.rmtree(building, ignore_errors=True)
    model = trainer.model
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.to(getattr(torch, dtype))
    model.peft_config["default"].base_model_name_or_path = base_id
    # Embeddings are never trained; asking PEFT to find out would have it look for the base on the Hub.
    model.save_pretrained(building, save_embedding_layers=False)
    shutil.rmtree(target, ignore_errors=True)
    os.replace(building, target)
