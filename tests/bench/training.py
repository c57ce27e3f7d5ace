"""``python -m tests.bench.training``: tokens per second, memory and loss of our training beside plain TRL's ``SFTTrainer``.

Both learn the same rows in the same order, with the same LoRA, steps, threads and computing type, one after the other, each in a
process of its own. Plain TRL is given prompt and completion, so that it too learns the note alone, and no maximum length, so that
it cuts nothing; the rest is its default. TRL 1.15 computes that loss with Triton's kernels, so without Triton its side gets an
older TRL, from a folder of its own.
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from pipeline.dataset_files import Row
from pipeline.memory import peak_memory_mb
from pipeline.models import resolve_base
from pipeline.train_config import TrainConfig
from pipeline.train_rows import TokenRow, tokenize
from pipeline.versions import versions
from pipeline.workspace import Workspace
from tests.bench.content import visit
from tests.bench.report import facts

SIDES = ("ours", "trl")
GOAL = 1.5
# Losses of these few steps lie near 3.7; bfloat16 alone moves them by some thousandths.
APART = 0.01
WITHOUT_TRITON = "1.10.0"


def main() -> None:
    asked = _asked()
    asked.folder.mkdir(parents=True, exist_ok=True)
    if asked.side:
        print(json.dumps(measure(asked)))
        return
    before = facts()
    turns = [{side: _in_own_process(side, asked) for side in SIDES} for _ in range(asked.turns)]
    found = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "facts": before, "turns": turns}
    (asked.folder / "training.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    text = as_markdown(found)
    if asked.page:
        asked.page.write_text(text, encoding="utf-8")
    print(text)
    sys.exit(any(missed(found).values()))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.training", description=__doc__.split("\n")[0])
    parser.add_argument("--folder", type=Path, default=Path("build/bench"), help="where the base and another TRL are kept")
    parser.add_argument("--page", type=Path, help="also write what was found to this Markdown file")
    parser.add_argument("--turns", type=int, default=2, help="how often each side runs, in turn; medians are told")
    parser.add_argument("--rows", type=int, default=6)
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    return parser.parse_args()


def base(folder: Path) -> Path:
    """SmolLM2-135M-Instruct, as ``scribeloop`` fetches it."""
    return Path(resolve_base(Workspace(folder.resolve() / "training"), "smollm2-135m", print).path)


def older_trl(folder: Path) -> Path | None:
    """A folder with the TRL that works without Triton, where there is no Triton."""
    if importlib.util.find_spec("triton"):
        return None
    target = folder.resolve() / "trl"
    if not (target / "trl").exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
        subprocess.run([*pip, "--target", str(target), f"trl=={WITHOUT_TRITON}"], check=True)
    return target


def _in_own_process(side: str, asked: argparse.Namespace) -> dict:
    from pipeline.runs import process_environment

    # Ours runs as ``scribeloop model train`` starts it; the allocator's settings are a part of it.
    environment = process_environment() if side == "ours" else os.environ | {"HF_HUB_OFFLINE": "1"}
    if side == "trl" and (other := older_trl(asked.folder)):
        environment["PYTHONPATH"] = os.pathsep.join([str(other), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.training", *sys.argv[1:], "--side", side], env=environment, text=True, check=True,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    return json.loads(done.stdout.strip().splitlines()[-1])


def measure(asked: argparse.Namespace) -> dict:
    """``{"trl", "tokens", "seconds", "tokens_per_second", "peak_memory_mb", "losses"}`` of one side; loading is not timed."""
    from transformers import AutoTokenizer

    model = base(asked.folder)
    tokenizer = AutoTokenizer.from_pretrained(model, local_files_only=True)
    visits = [visit(number) for number in range(asked.rows)]
    rows = tokenize(tokenizer, tuple(Row(str(n), one.transcript, one.notes[0]) for n, one in enumerate(visits)), 10**6)
    config = TrainConfig(max_steps=asked.steps, batch=asked.batch, threads=asked.threads, warmup=0.0)
    with tempfile.TemporaryDirectory() as folder:
        trainer = (_ours if asked.side == "ours" else _trl)(config, Path(folder), model, tokenizer, rows)
        started = time.monotonic()
        trainer.train()
        seconds = time.monotonic() - started
    losses = [line["loss"] for line in trainer.state.log_history if "loss" in line]
    # The rows of the steps that were made, in the order of the seed, which is both sides' own.
    tokens = sum(len(row) for row in rows) * asked.steps * asked.batch / len(rows)
    return {
        **versions("trl"), "tokens": round(tokens), "seconds": round(seconds, 1), "tokens_per_second": round(tokens / seconds, 1),
        "peak_memory_mb": peak_memory_mb(), "losses": losses,
    }  # fmt: skip


def _ours(config: TrainConfig, folder: Path, base: Path, tokenizer, rows: list[TokenRow]):
    from pipeline.trainer import Reporter, make_trainer

    reporter = Reporter(folder, lambda: False, lambda **changes: None, 100, 0)
    return make_trainer(config, folder / "checkpoints", base, tokenizer, rows, reporter)


def _trl(config: TrainConfig, folder: Path, base: Path, tokenizer, rows: list[TokenRow]):
    import torch
    from datasets import Dataset
    from transformers import AutoModelForCausalLM
    from trl import SFTConfig, SFTTrainer

    from pipeline.backends.peft_backend import load
    from pipeline.trainer import computes_in_bfloat16

    torch.set_num_threads(config.threads)
    _, lora = load(config, base)
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32, local_files_only=True)
    arguments = SFTConfig(
        output_dir=str(folder), per_device_train_batch_size=config.batch, max_steps=config.max_steps, learning_rate=config.lr,
        lr_scheduler_type=config.schedule, seed=config.seed, data_seed=config.seed, bf16=computes_in_bfloat16(config.dtype),
        logging_steps=1, save_strategy="no", report_to="none", disable_tqdm=True, max_length=None, completion_only_loss=True,
        use_cpu=not torch.cuda.is_available(),
    )  # fmt: skip
    data = Dataset.from_list([
        {"input_ids": [*row.prompt, *row.note], "completion_mask": [0] * len(row.prompt) + [1] * len(row.note)} for row in rows
    ])  # fmt: skip
    return SFTTrainer(model=model, args=arguments, train_dataset=data, processing_class=tokenizer, peft_config=lora)


def medians(found: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Of each side its tokens per second and its peak memory in MB."""
    keys = ("tokens_per_second", "peak_memory_mb")
    return {side: {key: median(turn[side][key] for turn in found["turns"]) for key in keys} for side in SIDES}


def missed(found: dict[str, Any]) -> dict[str, bool]:
    """Which of the goals are missed."""
    ours, trl = medians(found).values()
    return {
        "speed": ours["tokens_per_second"] < GOAL * trl["tokens_per_second"],
        "memory": ours["peak_memory_mb"] > trl["peak_memory_mb"], "losses": _apart(found) > APART,
    }  # fmt: skip


def _apart(found: dict[str, Any]) -> float:
    """The largest difference between both sides' losses at a step."""
    pairs = (zip(turn["ours"]["losses"], turn["trl"]["losses"], strict=True) for turn in found["turns"])
    return max(abs(ours - trl) for turn in pairs for ours, trl in turn)


def as_markdown(found: dict[str, Any]) -> str:
    ours, trl = medians(found).values()
    ratio = ours["tokens_per_second"] / trl["tokens_per_second"]
    first = found["turns"][0]
    lines = [
        "# Training, beside plain TRL",
        "",
        f"{found['date']}, `python -m tests.bench.training`. {found['facts']['machine']}, load {found['facts']['load_before']} "
        f"at the start. SmolLM2-135M-Instruct, LoRA on all linear layers, {len(first['ours']['losses'])} steps of the same rows "
        f"({first['ours']['tokens']:,} tokens in all) in the same order, same threads and computing type, each run in a process "
        f"of its own, the sides in turn. Ours runs on TRL {first['ours']['trl']}; its peer is TRL "
        f"{first['trl']['trl']}'s `SFTTrainer` as it comes, learning the note alone, too.",
        "",
        "| turn | side | tokens per second | peak memory, MB | loss at each step |",
        "|---:|---|---:|---:|---|",
    ]
    for number, turn in enumerate(found["turns"], 1):
        for side, title in zip(SIDES, ("Scribeloop", "plain TRL"), strict=True):
            one, losses = turn[side], " ".join(f"{loss:.3f}" for loss in turn[side]["losses"])
            lines.append(f"| {number} | {title} | {one['tokens_per_second']:.0f} | {one['peak_memory_mb']:,.0f} | {losses} |")
    return "\n".join([
        *lines,
        "",
        f"By medians {ratio:.2f} times the tokens per second (goal {GOAL}), with {ours['peak_memory_mb']:,.0f} MB beside "
        f"{trl['peak_memory_mb']:,.0f}; losses at most {_apart(found):.4f} apart.",
    ]) + "\n"  # fmt: skip


if __name__ == "__main__":
    main()
