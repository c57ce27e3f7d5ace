"""``python -m pipeline.onnx_builder``: onnxruntime-genai's model builder, less hungry and with one option more.

Its ``k_quant`` searches the scale of every block in arrays as large as the weights, a dozen of them at once: 16 GB for the head
of a Llama of 1B. Blocks know nothing of each other, so a slice at a time on every core gives the same numbers from less memory.

``--gate_up int4`` gives the two wide projections of every layer, gate and up, another type than ``-p`` gives the rest. The
builder itself takes such wishes node by node.
"""

import json
import os
import runpy
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

SLICE = 1 << 12  # blocks; with all that is worked out beside them they fit a core's cache
GATE_UP = "--gate_up"


def in_slices(whole: Callable) -> Callable:
    """``whole``, onnxruntime's ``quant_tensor_k_quant_cpu``, for weights of any size."""
    import numpy as np

    def k_quant(data: Any, num_bits: int = 4, group_size: int = 32) -> tuple[Any, Any, Any]:
        blocks = np.reshape(data, (-1, group_size))
        weights = np.empty(blocks.shape, np.uint8)
        scale, zero = np.empty((len(blocks), 1)), np.empty((len(blocks), 1), np.uint8)

        def quantise(start: int) -> None:
            part = slice(start, start + SLICE)
            # A block of zeros divides by 0, in the original too.
            with np.errstate(all="ignore"):
                weights[part], scale[part], zero[part] = whole(blocks[part], num_bits, group_size)

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(quantise, range(0, len(blocks), SLICE)))
        return weights, scale, zero

    return k_quant


def spelt_out(words: list[str]) -> list[str]:
    """The builder's arguments: ``--gate_up TYPE`` as an override for each of those nodes, everything else as it is."""
    if GATE_UP not in words:
        return words
    at = words.index(GATE_UP)
    config = json.loads((Path(words[words.index("-m") + 1]) / "config.json").read_text(encoding="utf-8"))
    nodes = [f"/model/layers.{n}/mlp/{name}_proj/MatMul" for n in range(config["num_hidden_layers"]) for name in ("gate", "up")]
    overrides = [{"match": {"name": node}, "type": words[at + 1]} for node in nodes]
    wish = {"quant_config": {"weights": {"overrides": overrides}}}
    return [*words[:at], "--target_options", json.dumps(wish), *words[at + 2 :]]


if __name__ == "__main__":
    from onnxruntime.quantization.neural_compressor import weight_only

    weight_only.quant_tensor_k_quant_cpu = in_slices(weight_only.quant_tensor_k_quant_cpu)
    sys.argv[1:] = spelt_out(sys.argv[1:])
    runpy.run_module("onnxruntime_genai.models.builder", run_name="__main__", alter_sys=True)
