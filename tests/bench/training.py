"""``python -m tests.bench.training``: tokens per second, memory and loss of our training beside plain TRL's ``SFTTrainer``.

Both learn the same rows in the same order, with the same LoRA, steps, threads and computing type, one after the other, each in a
process of its own. Plain TRL is given prompt and completion, so that it too learns the note alone, and no maximum length, so that
it cuts nothing; the rest is its default. TRL 1.15 computes that loss with Triton's kernels, so without Triton it stops:
``--trl`` names a folder with an older one (``pip install --no-deps --target FOLDER trl==1.10.0``), which its side then uses.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pipeline.dataset_files import Row
from pipeline.memory import peak_memory_mb
from pipeline.train_config import TrainConfig
from pipeline.train_rows import TokenRow, tokenize
from tests.bench.content import visit

SIDES = ("ours", "trl")


def main() -> None:
    asked = _asked()
    if asked.side:
        print(json.dumps(measure(asked)))
        return
    found = {side: _in_own_process(side, asked) for side in SIDES}
    print(as_markdown(found))
    print(json.dumps(found))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.training", description=__doc__.split("\n")[0])
    parser.add_argument("--base", type=Path, required=True, help="the folder of the base model")
    parser.add_argument("--rows", type=int, default=12)
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--trl", type=Path, help="a folder with another version of TRL, for TRL's side alone")
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    return parser.parse_args()


def _in_own_process(side: str, asked: argparse.Namespace) -> dict:
    from pipeline.runs import process_environment

    # Ours runs as ``scribeloop model train`` starts it; the allocator's settings are a part of it.
    environment = process_environment() if side == "ours" else os.environ | {"HF_HUB_OFFLINE": "1"}
    if side == "trl" and asked.trl:
        environment["PYTHONPATH"] = os.pathsep.join([str(asked.trl.resolve()), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.training", *sys.argv[1:], "--side", side], env=environment, text=True, check=True,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    return json.loads(done.stdout.strip().splitlines()[-1])


def measure(asked: argparse.Namespace) -> dict:
    """``{"tokens", "seconds", "tokens_per_second", "peak_memory_mb", "losses"}`` of one side; loading is not timed."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(asked.base, local_files_only=True)
    visits = [visit(number) for number in range(asked.rows)]
    rows = tokenize(tokenizer, tuple(Row(str(n), one.transcript, one.notes[0]) for n, one in enumerate(visits)), 10**6)
    config = TrainConfig(max_steps=asked.steps, batch=asked.batch, threads=asked.threads, warmup=0.0)
    with tempfile.TemporaryDirectory() as folder:
        trainer = (_ours if asked.side == "ours" else _trl)(config, Path(folder), asked.base, tokenizer, rows)
        started = time.monotonic()
        trainer.train()
        seconds = time.monotonic() - started
    losses = [line["loss"] for line in trainer.state.log_history if "loss" in line]
    # The rows of the steps that were made, in the order of the seed, which is both sides' own.
    tokens = sum(len(row) for row in rows) * asked.steps * asked.batch / len(rows)
    return {
        "tokens": round(tokens), "seconds": round(seconds, 1), "tokens_per_second": round(tokens / seconds, 1),
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


def as_markdown(found: dict[str, dict]) -> str:
    ours, trl = (found[side] for side in SIDES)
    lines = ["| side | tokens/s | peak memory, MB | losses |", "|---|---|---|---|"]
    for side, one in found.items():
        losses = " ".join(f"{loss:.3f}" for loss in one["losses"])
        lines.append(f"| {side} | {one['tokens_per_second']} | {one['peak_memory_mb']} | {losses} |")
    ratio = ours["tokens_per_second"] / trl["tokens_per_second"]
    apart = max(abs(a - b) for a, b in zip(ours["losses"], trl["losses"], strict=True))
    return "\n".join([*lines, f"\nOurs: {ratio:.2f} times the tokens per second; losses at most {apart:.4f} apart."])


if __name__ == "__main__":
    main()
