"""``scribeloop score``: score notes in files against reference notes in files."""

from pathlib import Path

import click

from pipeline.metrics import read_cases, rouge_scores, summarise
from pipeline.workspace import Workspace

from .shell import Answer, command, table

_FILE = click.Path(path_type=Path)


@command(click.Group(), "score", example="scribeloop score --references valid.csv --predictions notes.jsonl --json")
@click.option("--references", type=_FILE, required=True, help="CSV or JSON Lines with the reference notes.")
@click.option("--predictions", type=_FILE, required=True, help="CSV or JSON Lines with the notes to score.")
def score(workspace: Workspace, references: Path, predictions: Path) -> Answer:
    """Score notes against references with ROUGE F1 (no stemming; rougeLsum line by line).

    Rows are matched by encounter_id or id, else by order; the text is the column reference or prediction, note, or text.
    """
    cases = read_cases(references, predictions)
    scores = rouge_scores([case.reference for case in cases], [case.prediction for case in cases])
    metrics = summarise(scores)
    lines = [{"id": case.id, **line} for case, line in zip(cases, scores, strict=True)]
    return Answer({"n": len(cases), "metrics": metrics, "cases": lines}, f"{len(cases)} notes\n{means(metrics)}")


def means(metrics: dict) -> str:
    """Means and intervals as a table for people."""
    return table([{"metric": name, **figures(values)} for name, values in metrics.items()], "nothing was scored")


def figures(values: dict) -> dict[str, str]:
    """A mean and its interval to four digits."""
    return {"mean": f"{values['mean']:.4f}", "95% interval": " to ".join(f"{bound:.4f}" for bound in values["ci95"] or []) or "-"}
