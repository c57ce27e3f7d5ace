"""What the notes of a rehearsal are worth: ROUGE, BERTScore, and unsupported facts by the rules per 100 words."""

import statistics
from pathlib import Path
from typing import Any

from pipeline.hints import UNSUPPORTED, find_hints
from pipeline.metrics import BertScore, Rouge, bert_model, score_notes
from pipeline.statistics import bootstrap_interval
from pipeline.workspace import Workspace


def score(notes: list[dict[str, Any]], encounters: dict[str, Any], bert: str | None, home: Workspace) -> list[str]:
    """Add the scores to each note, in place, and return the names of the measures that could be taken."""
    metrics = [Rouge()]
    if bert:
        metrics.append(BertScore(bert_model(home, bert, print)))
    references = [encounters[note["id"]].reference for note in notes]
    rows = score_notes(metrics, references, [note["note"] for note in notes], say=print)
    for note, row, reference in zip(notes, rows, references, strict=True):
        words = max(1, len(note["note"].split()))
        note["scores"] = row | {"words": words, "words_of_reference": len(reference.split())}
    measures = ["rouge1", "rouge2", "rougeLsum", *(["bertscore_f1"] if bert else [])]
    return measures + _hints(notes, encounters) + ["words"]


def _hints(notes: list[dict[str, Any]], encounters: dict[str, Any]) -> list[str]:
    """Facts of the note for which the rules find nothing in the transcript, per 100 words of the note."""
    for note in notes:
        hints = [hint for hint in find_hints(encounters[note["id"]].transcript, note["note"]) if hint.kind in UNSUPPORTED]
        note["scores"]["hints_per_100_words"] = 100 * len(hints) / note["scores"]["words"]
    return ["hints_per_100_words"]


def summary(notes: list[dict[str, Any]], measures: list[str]) -> list[dict[str, Any]]:
    """For each arm, model and measure: the mean over seeds and encounters, its interval (encounters resampled, each with all its
    seeds), the seeds' own means and their spread; for models after base also the paired difference from base."""
    found = []
    for arm in dict.fromkeys(note["arm"] for note in notes):
        base = _by_encounter([note for note in notes if note["arm"] == arm and note["model"] == "base"], measures)
        for model in dict.fromkeys(note["model"] for note in notes if note["arm"] == arm):
            mine = [note for note in notes if note["arm"] == arm and note["model"] == model]
            found += [_row(arm, model, measure, mine, base) for measure in measures]
    return found


def _row(arm: str, model: str, measure: str, notes: list[dict[str, Any]], base: dict[str, dict[str, float]]) -> dict[str, Any]:
    mine = _by_encounter(notes, [measure])
    values = [mine[id][measure] for id in mine]
    seeds = [
        statistics.fmean(note["scores"][measure] for note in notes if note["seed"] == seed)
        for seed in sorted({note["seed"] for note in notes})
    ]
    row = {
        "arm": arm, "model": model, "measure": measure, "encounters": len(values), "mean": statistics.fmean(values),
        "ci95": bootstrap_interval(values), "seeds": seeds, "spread": statistics.stdev(seeds) if len(seeds) > 1 else None,
    }  # fmt: skip
    if model != "base" and base:
        paired = [mine[id][measure] - base[id][measure] for id in mine if id in base]
        row |= {"difference": statistics.fmean(paired), "difference_ci95": bootstrap_interval(paired)}
    return row


def _by_encounter(notes: list[dict[str, Any]], measures: list[str]) -> dict[str, dict[str, float]]:
    ids = dict.fromkeys(note["id"] for note in notes)
    return {
        id: {m: statistics.fmean(note["scores"][m] for note in notes if note["id"] == id) for m in measures} for id in ids
    }


def as_markdown(result: dict[str, Any]) -> str:
    """The tables of a rehearsal, one per measure."""
    lines = [f"# Rehearsal, {result['date']}", "", f"`{result['command']}` on {result['machine']}.", ""]
    for measure in dict.fromkeys(row["measure"] for row in result["summary"]):
        lines += [f"## {measure}", "", "| arm | model | mean (95 % interval) | seeds | spread | minus base, paired |"]
        lines += ["|---|---|---|---|---|---|"]
        lines += [_line(row) for row in result["summary"] if row["measure"] == measure] + [""]
    lines += ["## Trainings", "", "| arm | seed | model | steps | tokens | tokens/s | last loss |"]
    lines += ["|---|---|---|---|---|---|---|"]
    for run in result["runs"]:
        lines.append(
            f"| {run['arm']} | {run['seed']} | {run['name']} | {run['steps']} | {run['tokens_seen']} | "
            f"{run['tokens_per_second']} | {run['loss']} |"
        )
    return "\n".join(lines) + "\n"


def _line(row: dict[str, Any]) -> str:
    def interval(bounds: list[float] | None) -> str:
        return "" if bounds is None else f" ({bounds[0]:.3f} to {bounds[1]:.3f})"

    seeds = " ".join(f"{value:.3f}" for value in row["seeds"])
    spread = "" if row["spread"] is None else f"{row['spread']:.3f}"
    against = f"{row['difference']:+.3f}{interval(row['difference_ci95'])}" if "difference" in row else ""
    return f"| {row['arm']} | {row['model']} | {row['mean']:.3f}{interval(row['ci95'])} | {seeds} | {spread} | {against} |"


def write_report(result: dict[str, Any], folder: Path) -> None:
    import json

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rehearsal.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "rehearsal.md").write_text(as_markdown(result), encoding="utf-8")
