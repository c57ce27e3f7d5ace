"""ONNX builds of a model: graphs of 4 and 8 bits for WebGPU and wasm, as transformers.js wants them.

The graphs come from onnxruntime-genai's model builder (run by ``onnx_builder``), so that the same build serves engines and
browsers, and are repaired by ``onnx_repairs``.
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
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from annotations import BadInput, Unavailable

from .onnx_repairs import data_of, repair
from .versions import versions
from .weights import check_model_folder

Say = Callable[[str], None]

COMMON = ("algo_config=k_quant", "prune_lm_head=true", "block_size=32")
BUILDER = "onnxruntime-genai"
# What the builder prints, and what it is then doing.
PHASES = {"Reading embedding": "reading the weights", "start to quantize": "quantising", "Saving GenAI config": "writing"}


@dataclass(frozen=True)
class Setting:
    """How the weights are quantised: the bits of most, and the builder's words and options for those that get others."""

    name: str
    bits: int
    words: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


# Smallest first. Blocks of 32 weights have a scale and a zero point, by k_quant: round to nearest leaves a 135M model babbling.
# The table of tokens is stored once, for the embedding and for the head.
SETTINGS = {
    setting.name: setting
    for setting in (
        Setting("int4", 4),
        # 8 bits for the head and half of the attention and down projections, where an error hurts most.
        Setting("int4-mixed", 4, options=("matmul_mixed_precision=last_matmul:int8,mixed_layers:int8",)),
        # 4 bits for the two wide projections alone, the half of a small model that minds it least.
        Setting("int8-mixed", 8, words=("--gate_up", "int4")),
        Setting("int8", 8),
    )
}


@dataclass(frozen=True)
class Recipe:
    """How one variant is built, and how transformers.js asks for it (``model_file_name`` and ``dtype`` make the file's name,
    whatever the weights are)."""

    name: str
    device: str
    dtype: str
    provider: str
    model_file_name: str = "model"
    # 4 lets a kernel round activations to int8.
    accuracy_level: int = 4
    options: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        return f"{self.model_file_name}_{self.dtype}.onnx"


RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe("q4f16", "webgpu", "q4f16", "webgpu"),
        # For GPUs without shader-f16.
        Recipe("q4", "webgpu", "q4", "webgpu", options=("use_webgpu_fp32=true",)),
        # The wasm kernels leave activations in float32 whatever is asked of them; 0 makes Python's CPU do the same when it
        # measures.
        Recipe("wasm", "wasm", "q4", "cpu", "model_wasm", 0),
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
    # The name of its setting.
    precision: str


def build_onnx(model_dir: Path, out_dir: Path, variant: str, setting: Setting, say: Say) -> Variant:
    """Build ``variant`` of the model in ``model_dir`` with ``setting`` into ``out_dir``, below ``onnx/``.

    One that is there already, made by the same command and builder, is kept: the caller gives each model's weights and each
    setting their own ``out_dir``. Raises BadInput for an unknown variant or a folder without a model, Unavailable when the
    builder fails.
    """
    recipe = RECIPES.get(variant)
    if recipe is None:
        raise BadInput(f"There is no variant {variant!r}; expected one of {', '.join(RECIPES)}.")
    check_model_folder(model_dir)
    (out_dir / "onnx").mkdir(parents=True, exist_ok=True)
    return _kept(out_dir, recipe, setting) or _build(model_dir, out_dir, recipe, setting, say)


def made_by(variant: str, setting: Setting) -> dict[str, Any]:
    """The command, without this machine's folders, and the builder's version: what a build depends on besides the model."""
    return {
        "command": ["python", *_command("MODEL", "OUT", "CACHE", RECIPES[variant], setting)],
        "builder": versions(BUILDER),
    }


def discard_build(out_dir: Path, variant: str) -> None:
    """Delete a build's files, which are large."""
    graph = out_dir / "onnx" / RECIPES[variant].file
    for path in (_record(out_dir, variant), graph, data_of(graph)):
        path.unlink(missing_ok=True)


def _record(out_dir: Path, variant: str) -> Path:
    return out_dir / "onnx" / f"{variant}.json"


def _kept(out_dir: Path, recipe: Recipe, setting: Setting) -> Variant | None:
    record = _record(out_dir, recipe.name)
    if not record.exists():
        return None
    facts = json.loads(record.read_text(encoding="utf-8"))
    if {key: facts[key] for key in ("command", "builder")} != made_by(recipe.name, setting):
        return None
    return Variant(**facts | {"command": tuple(facts["command"])})


def _build(model_dir: Path, out_dir: Path, recipe: Recipe, setting: Setting, say: Say) -> Variant:
    started = time.monotonic()
    say(f"Building {recipe.name} ({recipe.device}, {setting.name})")
    record = _record(out_dir, recipe.name)
    record.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(dir=out_dir, prefix=f".{recipe.name}-") as folder:
        raw = Path(folder) / "raw"
        _run([sys.executable, *_command(model_dir, raw, Path(folder) / "cache", recipe, setting)], recipe.name, say)
        graph = repair(raw / "model.onnx", Path(folder) / recipe.file, _tied(model_dir))
        for path in (graph, data_of(graph)):
            os.replace(path, out_dir / "onnx" / path.name)
    graph = out_dir / "onnx" / recipe.file
    size = graph.stat().st_size + data_of(graph).stat().st_size
    made = made_by(recipe.name, setting)
    variant = Variant(
        recipe.name, recipe.device, recipe.dtype, recipe.model_file_name, f"onnx/{recipe.file}", size,
        round(time.monotonic() - started, 1), tuple(made["command"]), made["builder"], setting.name,
    )  # fmt: skip
    # Written last: a record says that graph and weights are whole.
    _write(record, asdict(variant))
    say(f"Built {recipe.name}: {size / 1e6:.1f} MB in {variant.seconds:.0f} s")
    return variant


def _tied(model_dir: Path) -> bool:
    return bool(json.loads((model_dir / "config.json").read_text(encoding="utf-8")).get("tie_word_embeddings"))


def _command(model_dir: Path | str, out: Path | str, cache: Path | str, recipe: Recipe, setting: Setting) -> list[str]:
    """The builder's arguments to Python."""
    where = ["-m", "pipeline.onnx_builder", "-m", str(model_dir), "-o", str(out), "-c", str(cache)]
    options = [*COMMON, *setting.options, f"accuracy_level={recipe.accuracy_level}", *recipe.options]
    return [*where, *setting.words, "-p", f"int{setting.bits}", "-e", recipe.provider, "--extra_options", *options]


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


def write_configs(model_dir: Path, folder: Path, variants: Sequence[Variant]) -> None:
    """``config.json``, ``generation_config.json`` and the tokenizer, as transformers.js looks for them in ``folder``."""
    from transformers import AutoTokenizer

    config = json.loads((model_dir / "config.json").read_text(encoding="utf-8"))
    graphs = [Path(variant.path).name for variant in variants]
    config["transformers.js_config"] = {"use_external_data_format": dict.fromkeys(graphs, 1)}
    tokenizer = AutoTokenizer.from_pretrained(model_dir, local_files_only=True)
    with tempfile.TemporaryDirectory() as saved:
        tokenizer.save_pretrained(saved, save_jinja_files=False)
        shutil.copyfile(Path(saved) / "tokenizer.json", folder / "tokenizer.json")
        settings = json.loads((Path(saved) / "tokenizer_config.json").read_text(encoding="utf-8"))
    # transformers 5 names its own class; every reader knows this one. The rest are traces of how it was loaded.
    settings["tokenizer_class"] = "PreTrainedTokenizerFast"
    for trace in ("backend", "is_local", "local_files_only"):
        settings.pop(trace, None)
    _write(folder / "config.json", config)
    _write(
        folder / "generation_config.json",
        {"eos_token_id": stop_ids(model_dir, tokenizer), "pad_token_id": tokenizer.pad_token_id},
    )
    _write(folder / "tokenizer_config.json", settings)


def stop_ids(model_dir: Path, tokenizer: Any) -> list[int]:
    """The tokens that end a note: the generation config's (Llama 3.2 has three), and always the tokenizer's own."""
    path = model_dir / "generation_config.json"
    named = json.loads(path.read_text(encoding="utf-8")).get("eos_token_id") if path.exists() else None
    named = named if isinstance(named, list) else [] if named is None else [named]
    return sorted({*named, tokenizer.eos_token_id})


def _write(path: Path, data: Any) -> None:
    path.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
