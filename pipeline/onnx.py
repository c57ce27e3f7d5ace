"""ONNX builds of a model: int4 graphs (int8 where that strays too far) for WebGPU and wasm, as transformers.js wants them.

The graphs come from onnxruntime-genai's model builder, so the same build serves engines and browsers. Three repairs follow,
without which transformers.js 4 does not load them: the head size is written into the KV cache's shape, the weights lie beside the
graph under the name that it asks for, and ``config.json`` and ``tokenizer_config.json`` say what it looks up there.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from annotations import BadInput, Unavailable

from .versions import versions
from .weights import check_model_folder

Say = Callable[[str], None]

# Smallest first. Round to nearest leaves a 135M model babbling. The "mixed k_quant" keeps it readable: k_quant blocks of 32, int8
# where an error hurts most (the head and half of the attention and down projections). A small model that was tuned long may need
# int8 throughout: the shipped demo's wasm build has 0.32 nats in int4 and 0.003 in int8, for 271 MB instead of 227.
PRECISIONS = {
    "int4": ("algo_config=k_quant", "matmul_mixed_precision=last_matmul:int8,mixed_layers:int8"),
    "int8": ("algo_config=k_quant",),
}
COMMON = ("prune_lm_head=true", "block_size=32")
BUILDER = "onnxruntime-genai"
# What the builder prints, and what it is then doing.
PHASES = {"Reading embedding": "reading the weights", "start to quantize": "quantising", "Saving GenAI config": "writing"}


@dataclass(frozen=True)
class Recipe:
    """How one variant is built, and how transformers.js asks for it (``model_file_name`` and ``dtype`` make the file's name)."""

    name: str
    device: str
    dtype: str
    provider: str
    model_file_name: str = "model"
    # 4 lets a kernel round activations to int8.
    accuracy_level: int = 4
    options: tuple[str, ...] = ()
    # Of the weights, one of PRECISIONS. transformers.js knows the file by its dtype, whatever the weights are.
    precision: str = "int4"

    @property
    def file(self) -> str:
        return f"{self.model_file_name}_{self.dtype}.onnx"


RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe("q4f16", "webgpu", "q4f16", "webgpu"),
        # For GPUs without shader-f16.
        Recipe("q4", "webgpu", "q4", "webgpu", options=("use_webgpu_fp32=true",)),
        # GatherBlockQuantized, the int4 embedding that is shared with the head, has no wasm kernel. The wasm kernels leave
        # activations in float32 whatever is asked of them; 0 makes Python's CPU do the same when it measures.
        Recipe("wasm", "wasm", "q4", "cpu", "model_wasm", 0, ("shared_embeddings=false",)),
    )
}


@dataclass(frozen=True)
class Variant:
    """One finished build: the graph's path in its folder, the bytes of graph and weights, and how it was made."""

    name: str
    device: str
    dtype: str
    model_file_name: str
    path: str
    bytes: int
    seconds: float
    command: tuple[str, ...]
    builder: dict[str, str]
    precision: str = "int4"


def build_onnx(
    model_dir: Path, out_dir: Path, variants: Sequence[str], say: Say, precision: str = "int4"
) -> list[Variant]:
    """Build ``variants`` of the model in ``model_dir`` into the transformers.js folder ``out_dir``.

    A variant that is there already, made by the same command and builder, is kept: the caller gives each model's weights their
    own ``out_dir``. Raises BadInput for an unknown variant or a folder without a model, Unavailable when the builder fails.
    """
    for name in variants:
        if name not in RECIPES:
            raise BadInput(f"There is no variant {name!r}; expected some of {', '.join(RECIPES)}.")
    check_model_folder(model_dir)
    (out_dir / "onnx").mkdir(parents=True, exist_ok=True)
    recipes = [replace(RECIPES[name], precision=precision) for name in variants]
    built = [_kept(out_dir, recipe) or _build(model_dir, out_dir, recipe, say) for recipe in recipes]
    _write_configs(model_dir, out_dir)
    return built


def _kept(out_dir: Path, recipe: Recipe) -> Variant | None:
    record = out_dir / "onnx" / f"{recipe.name}.json"
    if not record.exists():
        return None
    facts = json.loads(record.read_text(encoding="utf-8"))
    if (facts["command"], facts.get("builder")) != (list(_shown(recipe)), versions(BUILDER)):
        return None
    return Variant(**facts | {"command": tuple(facts["command"])})


def _build(model_dir: Path, out_dir: Path, recipe: Recipe, say: Say) -> Variant:
    started = time.monotonic()
    say(f"Building {recipe.name} ({recipe.device}, {recipe.precision})")
    record = out_dir / "onnx" / f"{recipe.name}.json"
    record.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(dir=out_dir, prefix=f".{recipe.name}-") as folder:
        raw = Path(folder) / "raw"
        _run([sys.executable, *_command(model_dir, raw, Path(folder) / "cache", recipe)], recipe.name, say)
        graph = _repair(raw / "model.onnx", Path(folder) / recipe.file)
        for path in (graph, _data(graph)):
            os.replace(path, out_dir / "onnx" / path.name)
    graph = out_dir / "onnx" / recipe.file
    size = graph.stat().st_size + _data(graph).stat().st_size
    variant = Variant(
        recipe.name, recipe.device, recipe.dtype, recipe.model_file_name, f"onnx/{recipe.file}", size,
        round(time.monotonic() - started, 1), _shown(recipe), versions(BUILDER), recipe.precision,
    )  # fmt: skip
    # Written last: a record says that graph and weights are whole.
    record.write_text(json.dumps(asdict(variant), indent=2) + "\n", encoding="utf-8")
    say(f"Built {recipe.name}: {size / 1e6:.1f} MB in {variant.seconds:.0f} s")
    return variant


def _data(graph: Path) -> Path:
    return graph.with_name(graph.name + "_data")


def _command(model_dir: Path | str, out: Path | str, cache: Path | str, recipe: Recipe) -> list[str]:
    """The builder's arguments to Python."""
    where = ["-m", "onnxruntime_genai.models.builder", "-m", str(model_dir), "-o", str(out), "-c", str(cache)]
    options = [*PRECISIONS[recipe.precision], *COMMON, f"accuracy_level={recipe.accuracy_level}", *recipe.options]
    return [*where, "-p", recipe.precision, "-e", recipe.provider, "--extra_options", *options]


def _shown(recipe: Recipe) -> tuple[str, ...]:
    """The command as it is recorded, without this machine's folders."""
    return ("python", *_command("MODEL", "OUT", "CACHE", recipe))


def _run(command: list[str], name: str, say: Say) -> None:
    """Run the builder in a process of its own, which gives back its memory (several times the model's) at the end."""
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace", env=environment
    )
    tail: deque[str] = deque(maxlen=30)
    try:
        for line in process.stdout:
            tail.append(line.strip())
            for mark, phase in PHASES.items():
                if mark in line:
                    say(f"  {name}: {phase}")
        code = process.wait()
    finally:
        # After an interrupt no builder goes on in the background.
        process.kill()
        process.stdout.close()
        process.wait()
    if code:
        last = next((line for line in reversed(tail) if line), "it said nothing")
        raise Unavailable(
            f"Building the {name} variant failed (exit {code}): {last[:300]}. Check free disk space and memory (a build needs "
            "several times the model's size), then run the command again."
        )


def _repair(raw: Path, graph: Path) -> Path:
    """Write the head size into the KV cache's shapes, and the weights to ``<graph>_data``.

    transformers.js makes the first, empty cache from these shapes and takes a symbol that it does not know for 0.
    """
    import onnx_ir

    head_size = json.loads((raw.parent / "genai_config.json").read_text())["model"]["decoder"]["head_size"]
    model = onnx_ir.load(raw)
    for value in (*model.graph.inputs, *model.graph.outputs):
        if value.name.startswith(("past_key_values.", "present.")):
            value.shape = onnx_ir.Shape([*value.shape[:-1], head_size])
    onnx_ir.save(model, graph, external_data=_data(graph).name)
    return graph


def _write_configs(model_dir: Path, out_dir: Path) -> None:
    """``config.json``, ``generation_config.json`` and the tokenizer, for whichever variants lie in ``out_dir``."""
    from transformers import AutoTokenizer

    config = json.loads((model_dir / "config.json").read_text(encoding="utf-8"))
    graphs = [recipe.file for recipe in RECIPES.values() if (out_dir / "onnx" / f"{recipe.name}.json").exists()]
    config["transformers.js_config"] = {"use_external_data_format": dict.fromkeys(graphs, 1)}
    tokenizer = AutoTokenizer.from_pretrained(model_dir, local_files_only=True)
    with tempfile.TemporaryDirectory(dir=out_dir) as folder:
        tokenizer.save_pretrained(folder, save_jinja_files=False)
        shutil.copyfile(Path(folder) / "tokenizer.json", out_dir / "tokenizer.json")
        settings = json.loads((Path(folder) / "tokenizer_config.json").read_text(encoding="utf-8"))
    # transformers 5 names its own class; every reader knows this one. The rest are traces of how it was loaded.
    settings["tokenizer_class"] = "PreTrainedTokenizerFast"
    for trace in ("backend", "is_local", "local_files_only"):
        settings.pop(trace, None)
    _write(out_dir / "config.json", config)
    _write(
        out_dir / "generation_config.json",
        {"eos_token_id": stop_ids(model_dir, tokenizer), "pad_token_id": tokenizer.pad_token_id},
    )
    _write(out_dir / "tokenizer_config.json", settings)


def stop_ids(model_dir: Path, tokenizer: Any) -> list[int]:
    """The tokens that end a note: the generation config's (Llama 3.2 has three), and always the tokenizer's own."""
    path = model_dir / "generation_config.json"
    named = json.loads(path.read_text(encoding="utf-8")).get("eos_token_id") if path.exists() else None
    named = named if isinstance(named, list) else [] if named is None else [named]
    return sorted({*named, tokenizer.eos_token_id})


def _write(path: Path, data: Any) -> None:
    path.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
