"""PEFT and TRL: float32 weights, computed with in bfloat16 where the machine can. Import it only in the process that trains."""

from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig
from transformers import AutoModelForCausalLM

from ..train_config import TrainConfig


def load(config: TrainConfig, base: Path) -> tuple[Any, LoraConfig]:
    """The base model and the adapter that TRL is to put on it."""
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32, attn_implementation="sdpa", local_files_only=True)
    return model, LoraConfig(
        r=config.rank, lora_alpha=config.alpha, lora_dropout=config.dropout, use_rslora=config.rslora,
        target_modules=config.target if config.target == "all-linear" else config.target.split(","), task_type="CAUSAL_LM",
    )  # fmt: skip
