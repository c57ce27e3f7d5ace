"""From the one GGUF file that carries the demo model to a model folder that every part of the project reads."""

import hashlib
from pathlib import Path
from typing import Any

from annotations import Damaged


def check_file(path: Path, expected: dict[str, Any]) -> None:
    """Raise Damaged unless the file has the expected ``size`` in bytes and ``sha256``."""
    size = path.stat().st_size
    if size != expected["size"]:
        raise Damaged(f"{path.name} has {size:,} bytes; expected {expected['size']:,}.")
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != expected["sha256"]:
        raise Damaged(f"{path.name} has the hash {found[:12]}; expected {expected['sha256'][:12]}.")


def convert(gguf: Path) -> None:
    """Turn the folder that holds ``gguf`` into a model folder with fp32 weights and the repaired tokenizer; the file goes."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

    from .quiet import quiet_transformers
    from .tokenizer import repaired

    folder = gguf.parent
    with quiet_transformers(bars_of_all_kinds=True):
        model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=gguf.name, dtype=torch.float32, local_files_only=True)
        tokenizer = repaired(AutoTokenizer.from_pretrained(folder, gguf_file=gguf.name, local_files_only=True))
        # The weights are plain fp32 from here on; with the marks of quantisation left on, save_pretrained refuses.
        model.hf_quantizer = None
        model.is_quantized = False
        del model.config.quantization_config
        # A leftover name of a training checkpoint.
        model.config.name_or_path = ""
        ids = {"bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id}
        model.config.update(ids | {"pad_token_id": tokenizer.pad_token_id})
        model.generation_config = GenerationConfig(**ids, pad_token_id=tokenizer.pad_token_id)
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    gguf.unlink()
