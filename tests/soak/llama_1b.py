"""The export of a model with Llama-3.2-1B's shape: how large the download is, how much memory the export takes, how long it runs.

The weights are random, which changes neither. Published q4f16 builds of that model weigh 1.04 to 1.24 GB.
"""

import json
import resource
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import psutil

from pipeline.onnx import SETTINGS, build_onnx
from tests.soak import Found

DOWNLOAD, MEMORY = 0.74e9, 10e9  # bytes; the second leaves room on a machine of 16 GB
SHAPES = {
    "full": {
        "vocab_size": 128_256, "hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 16, "num_attention_heads": 32,
        "num_key_value_heads": 8, "head_dim": 64,
    },
    "small": {
        "vocab_size": 4096, "hidden_size": 256, "intermediate_size": 1024, "num_hidden_layers": 2, "num_attention_heads": 4,
        "num_key_value_heads": 2, "head_dim": 64,
    },
}  # fmt: skip


def make_model(folder: Path, shape: dict[str, int]) -> Path:
    """A model folder of that shape, in bfloat16, with embedding and head tied."""
    import torch
    from safetensors.torch import save_file
    from transformers import LlamaConfig, LlamaForCausalLM

    from tests.tiny import make_tiny_tokenizer

    config = LlamaConfig(
        **shape, tie_word_embeddings=True, max_position_embeddings=131_072, rope_theta=500_000.0, bos_token_id=1, eos_token_id=2,
        architectures=["LlamaForCausalLM"], dtype="bfloat16",
    )  # fmt: skip
    make_tiny_tokenizer(folder)
    config.save_pretrained(folder)
    with torch.device("meta"):
        names = {name: value.shape for name, value in LlamaForCausalLM(config).named_parameters()}
    # One draw of random numbers over and over: a fresh one for each weight takes minutes and quantises no differently.
    torch.manual_seed(0)
    pool = (torch.randn(1 << 20) * 0.02).bfloat16()
    weights = {}
    for name, dims in names.items():
        times = -(-dims.numel() // len(pool))
        weights[name] = pool.repeat(times)[: dims.numel()].reshape(dims).contiguous()
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    return folder


class Watch:
    """The most memory (bytes, resident) that the processes below this one have held together between enter and exit."""

    def __enter__(self) -> "Watch":
        self.most, self._over = 0, threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        # The kernel's own count of the largest one, which no look can have missed.
        unit = 1 if sys.platform == "darwin" else 1024
        self.most = max(self.most, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit)

    def _look(self) -> None:
        me = psutil.Process()
        while not self._over.wait(0.05):
            held = 0
            for process in me.children(recursive=True):
                try:
                    held += process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            self.most = max(self.most, held)


def export(model: Path, out: Path, variant: str) -> dict[str, Any]:
    """Build ``variant`` with the smallest setting, in a process of its own, and say what it took."""
    import subprocess

    started = time.monotonic()
    with Watch() as watch:
        subprocess.run([sys.executable, "-m", __name__, str(model), str(out), variant], check=True)
    built = json.loads((out / "onnx" / f"{variant}.json").read_text(encoding="utf-8"))
    return {
        "variant": variant, "setting": built["precision"], "download GB": round(built["bytes"] / 1e9, 3),
        "peak memory GB": round(watch.most / 1e9, 2), "seconds": round(time.monotonic() - started),
    }  # fmt: skip


def trial_llama_1b(size: str) -> Found:
    """``small`` is a model of a few megabytes, and only shows that the trial works. ``full`` needs 6 GB of disk."""
    with tempfile.TemporaryDirectory() as folder:
        model = make_model(Path(folder) / "model", SHAPES[size])
        rows = [export(model, Path(folder) / "out", "q4f16")]
    held = all(row["download GB"] <= DOWNLOAD / 1e9 and row["peak memory GB"] <= MEMORY / 1e9 for row in rows)
    return Found(held, "The q4f16 build of Llama-3.2-1B's shape is at most 0.74 GB, and its export takes less than 10 GB.", rows)


if __name__ == "__main__":
    model, out, variant = sys.argv[1:]
    build_onnx(Path(model), Path(out), variant, next(iter(SETTINGS.values())), print)
