"""PEFT and TRL: an adapter in float32 on a base in what is computed with. Import it only in the process that trains."""

from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig
from transformers import AutoModelForCausalLM

from ..train_config import TrainConfig
from ..trainer import computes_in_bfloat16


def load(config: TrainConfig, base: Path) -> tuple[Any, LoraConfig]:
    """The base model and the adapter that TRL is to put on it."""
    # The base learns nothing. In bfloat16 it is not cast for each product, and what flows between the layers is half as large.
    dtype = torch.bfloat16 if computes_in_bfloat16(config.dtype) else torch.float32
    model = AutoModelForCausalLM.from_pretrained(base, dtype=dtype, attn_implementation="sdpa", local_files_only=True)
    return model, LoraConfig(
        r=config.rank, lora_alpha=config.alpha, lora_dropout=config.dropout, use_rslora=config.rslora,
        target_modules=config.target if config.target == "all-linear" else config.target.split(","), task_type="CAUSAL_LM",
    )  # fmt: skip
