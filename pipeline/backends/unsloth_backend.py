"""Unsloth: its kernels for the forward and backward pass, our loss, rows and records. It needs a GPU, and patches transformers,
TRL and PEFT when it is imported, which is why it trains in a process of its own."""

import json
import os
from pathlib import Path
from typing import Any

from ..train_config import TrainConfig

# What "all-linear" means in a Llama, said by name: Unsloth takes no word for it.
LINEAR = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def prepare() -> None:
    """Import Unsloth first, and see to it that it asks no network and leaves no cache in the present folder."""
    os.environ.setdefault("UNSLOTH_DISABLE_STATISTICS", "1")
    os.environ.setdefault("UNSLOTH_COMPILE_LOCATION", str(Path.home() / ".cache" / "scribeloop-unsloth"))
    import unsloth  # noqa: F401


def load(config: TrainConfig, base: Path) -> tuple[Any, None]:
    """The base model in bfloat16 with Unsloth's LoRA on it; TRL is to add nothing."""
    import torch
    from unsloth import FastLanguageModel

    # It would cut rows longer than this; ours are held to the same number before, and none is longer.
    context = json.loads((base / "config.json").read_text(encoding="utf-8"))["max_position_embeddings"]
    model, _ = FastLanguageModel.from_pretrained(
        model_name=str(base), dtype=torch.bfloat16, load_in_4bit=False, max_seq_length=context, local_files_only=True,
        use_gradient_checkpointing=config.gradient_checkpointing,
    )  # fmt: skip
    model = FastLanguageModel.get_peft_model(
        model, r=config.rank, lora_alpha=config.alpha, lora_dropout=config.dropout, use_rslora=config.rslora, bias="none",
        target_modules=LINEAR if config.target == "all-linear" else config.target.split(","), random_state=config.seed,
        use_gradient_checkpointing=config.gradient_checkpointing,
    )  # fmt: skip
    return model, None
