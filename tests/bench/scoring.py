"""``python -m tests.bench.scoring``: 140 notes scored with ROUGE and BERTScore, beside one batched call of each library.

Both sides start cold, each in a process of its own: nothing is cached, the encoder is loaded within the time that is measured.
The values must be the same. A second run of ours is measured as well, which finds everything in its cache.
"""

import argparse
import json
import multiprocessing
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench.encoder import minilm

# The public notes lie beside a developer's checkout; without them invented ones of like length are scored.
PUBLIC = Path(__file__).resolve().parents[3] / "shared" / "data" / "aci-bench"
NOTES, LAYER, BATCH = 140, 6, 64
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


def of_libraries(folder: Path, references: list[str], predictions: list[str], _: Path) -> list[dict[str, float]]:
    from bert_score import BERTScorer
    from rouge_score.rouge_scorer import RougeScorer

    rouge = RougeScorer(ROUGE, use_stemmer=False)
    rows = [
        {name: score.fmeasure for name, score in rouge.score(*pair).items()} for pair in zip(references, predictions, strict=True)
    ]
    scorer = BERTScorer(model_type=str(folder), num_layers=LAYER, batch_size=BATCH, device="cpu")
    f1 = scorer.score(predictions, references, batch_size=BATCH)[2].tolist()
    return [row | {"bertscore_f1": value} for row, value in zip(rows, f1, strict=True)]


def of_ours(folder: Path, references: list[str], predictions: list[str], home: Path) -> list[dict[str, float]]:
    from pipeline.metrics import BertScore, Rouge, bert_model, score_notes
    from pipeline.workspace import Workspace

    workspace = Workspace(home)
    metrics = [Rouge(), BertScore(bert_model(workspace, str(folder), print, layer=LAYER))]
    return score_notes(metrics, references, predictions, cache=workspace.cache / "scores")


def measure(folder: Path, count: int = NOTES) -> dict[str, Any]:
    """Seconds of each side, how many times ours is faster, and the largest difference between any two values."""
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


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scoring", description=__doc__.split("\n")[0])
    parser.add_argument("--folder", type=Path, default=Path("build/bench"), help="where the encoder is kept")
    parser.add_argument("--notes", type=int, default=NOTES, help="how many notes are scored")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    print(json.dumps(measure(minilm(asked.folder.resolve()), asked.notes), indent=2))


if __name__ == "__main__":
    main()
