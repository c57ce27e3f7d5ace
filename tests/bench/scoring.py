"""``python -m tests.bench.scoring``: 140 notes scored with ROUGE and BERTScore, beside one batched call of each library.

Both sides start cold, each in a process of its own: nothing is cached, the encoder is loaded within the time that is measured.
The values must be the same. A second run of ours is measured as well, which finds everything in its cache.
"""

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.versions import versions
from tests.bench.encoder import minilm
from tests.bench.report import facts

PACKAGES = ("rouge-score", "bert-score", "torch", "transformers")

# The public notes lie beside a developer's checkout; without them invented ones of like length are scored.
PUBLIC = Path(__file__).resolve().parents[3] / "shared" / "data" / "aci-bench"
NOTES, LAYER, BATCH = 140, 6, 64
# What the comparison must show: times faster, and how far apart two values may be.
GOAL, APART = 2.0, 1e-6
ROUGE = ("rouge1", "rouge2", "rougeL", "rougeLsum")


def pairs(count: int = NOTES) -> tuple[list[str], list[str], str]:
    """References, predictions and where they are from: of each encounter two notes, as of a base and a tuned model. A note is the
    reference with every third (or fourth) line taken from another one's."""
    notes, source = _notes()
    wanted = [notes[number % len(notes)] for number in range((count + 1) // 2)]
    made = [[_mixed(note, wanted[number - 1], every) for number, note in enumerate(wanted)] for every in (3, 4)]
    return (wanted * 2)[:count], (made[0] + made[1])[:count], source


def _notes() -> tuple[list[str], str]:
    if PUBLIC.exists():
        from pipeline.tables import csv_rows

        rows = [row for name in ("train.csv", "valid.csv") for row in csv_rows(PUBLIC / name)]
        return [row["note"] for row in rows], "ACI-Bench train and valid"
    from pipeline.demo import demo_encounters

    notes = [encounter.reference for encounter in demo_encounters()]
    return ["\n".join([notes[at], notes[at - 1], f"Visit {at}."]) for at in range(len(notes))], "invented notes, two put together"


def _mixed(note: str, other: str, every: int) -> str:
    lines, others = note.split("\n"), other.split("\n")
    return "\n".join(others[at % len(others)] if at % every == 0 else line for at, line in enumerate(lines))


def of_libraries(folder: Path, references: list[str], predictions: list[str], _: Path, layer: int = LAYER) -> list[dict]:
    from bert_score import BERTScorer
    from rouge_score.rouge_scorer import RougeScorer

    rouge = RougeScorer(ROUGE, use_stemmer=False)
    rows = [
        {name: score.fmeasure for name, score in rouge.score(*pair).items()} for pair in zip(references, predictions, strict=True)
    ]
    scorer = BERTScorer(model_type=str(folder), num_layers=layer, batch_size=BATCH, device="cpu")
    f1 = scorer.score(predictions, references, batch_size=BATCH)[2].tolist()
    return [row | {"bertscore_f1": value} for row, value in zip(rows, f1, strict=True)]


def of_ours(folder: Path, references: list[str], predictions: list[str], home: Path, layer: int = LAYER) -> list[dict]:
    from pipeline.metrics import BertScore, Rouge, bert_model, score_notes
    from pipeline.workspace import Workspace

    workspace = Workspace(home)
    metrics = [Rouge(), BertScore(bert_model(workspace, str(folder), print, layer=layer))]
    return score_notes(metrics, references, predictions, cache=workspace.cache / "scores")


def measure(folder: Path, count: int = NOTES) -> dict[str, Any]:
    """Seconds of each side, how many times ours is faster, and the largest difference between any two values.

    The libraries go first, so that what the machine keeps of the encoder's file is theirs to read first.
    """
    references, predictions, source = pairs(count)
    with tempfile.TemporaryDirectory() as home:
        theirs, expected = _timed(of_libraries, folder, references, predictions, home)
        ours, found = _timed(of_ours, folder, references, predictions, home)
        again, same = _timed(of_ours, folder, references, predictions, home)
    apart = max(abs(row[name] - other[name]) for row, other in zip(found, expected, strict=True) for name in other)
    return {
        "notes": count, "texts": source, "libraries_seconds": theirs, "ours_seconds": ours, "second_run_seconds": again,
        "times_faster": theirs / ours, "largest_difference": apart, "second_run_same": same == found,
    }  # fmt: skip


def _timed(side: Any, *given: Any) -> tuple[float, list[dict[str, float]]]:
    """In a fresh process, which imports and loads for itself; the process's own start is not counted."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_run, (side, *given))


def _run(side: Any, folder: Path, references: list[str], predictions: list[str], home: str):
    started = time.perf_counter()
    rows = side(folder, references, predictions, Path(home))
    return time.perf_counter() - started, rows


def as_markdown(found: dict[str, Any]) -> str:
    packages = ", ".join(f"{name} {number}" for name, number in versions(*PACKAGES).items())
    rows = {
        "one batched call of each library": found["libraries_seconds"], "Scribeloop, cold": found["ours_seconds"],
        "Scribeloop, second run": found["second_run_seconds"],
    }  # fmt: skip
    return "\n".join([
        "# Scoring, beside rouge-score and bert-score",
        "",
        f"{found['date']}, `python -m tests.bench.scoring`. {found['facts']['machine']}, load {found['facts']['load_before']} at "
        f"the start; {packages}. {found['notes']} notes, two to each reference ({found['texts']}), scored with ROUGE-1, -2, -L, "
        "-Lsum and BERTScore (all-MiniLM-L6-v2, layer 6). Every side runs in a process of its own and loads for itself.",
        "",
        "| | seconds |",
        "|---|---:|",
        *(f"| {name} | {seconds:.1f} |" for name, seconds in rows.items()),
        "",
        f"{found['times_faster']:.1f} times faster (goal {GOAL:.0f}); the largest difference between any two values is "
        f"{found['largest_difference']:.1e}; the second run's values are {'' if found['second_run_same'] else 'NOT '}the same.",
    ]) + "\n"  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scoring", description=__doc__.split("\n")[0])
    parser.add_argument("--folder", type=Path, default=Path("build/bench"), help="where the encoder is kept")
    parser.add_argument("--page", type=Path, help="also write what was found to this Markdown file")
    parser.add_argument("--notes", type=int, default=NOTES, help="how many notes are scored")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    found = measure(minilm(asked.folder.resolve()), asked.notes) | {"date": f"{datetime.now(UTC):%Y-%m-%d}", "facts": facts()}
    (asked.folder / "scoring.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    text = as_markdown(found)
    if asked.page:
        asked.page.write_text(text, encoding="utf-8")
    print(text)
    missed = [found["times_faster"] < GOAL, found["largest_difference"] > APART, not found["second_run_same"]]
    sys.exit(any(missed))


if __name__ == "__main__":
    main()
