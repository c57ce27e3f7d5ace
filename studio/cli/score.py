"""``scribeloop score``: score notes in files against reference notes in files."""

from pathlib import Path

import click

from pipeline.metrics import METRICS, chosen_metrics
from pipeline.report import made_from, score_tables, write_tables
from pipeline.score_files import BY, score_files
from pipeline.workspace import Workspace

from .shell import Answer, command, say, table
from .typed import Names, typed

_FILE = click.Path(path_type=Path)


@command(click.Group(), "score", example="scribeloop score --references valid.csv --predictions notes.jsonl --by section --json")
@click.option("--references", type=_FILE, required=True, help="CSV or JSON Lines with the reference notes.")
@click.option("--predictions", type=_FILE, required=True, help="CSV or JSON Lines with the notes to score.")
@click.option("--metrics", type=Names(METRICS), default="rouge", show_default=True, metavar="NAMES",
              help=f"Some of {', '.join(METRICS)}, with commas.")  # fmt: skip
@click.option("--bert-model", "bert", metavar="NAME|FOLDER", help="What BERTScore compares with (default: roberta-large).")
@click.option("--by", type=Names(BY), default="", metavar="NAMES", help=f"Also the means by {', '.join(BY)}, with commas.")
@click.option("--out", type=_FILE, metavar="FOLDER", help="Write the tables (CSV, Markdown, LaTeX) and plots (SVG, PNG) there.")
def score(
    workspace: Workspace,
    references: Path,
    predictions: Path,
    metrics: tuple[str, ...],
    bert: str | None,
    by: tuple[str, ...],
    out: Path | None,
) -> Answer:
    """Score notes against references: mean F1 over notes (ROUGE without stemming, rougeLsum line by line), and each note's.

    Rows are matched by encounter_id or id, else by order; the text is the column reference or prediction, note, or text.
    A second run of the same texts is looked up, not worked out.
    """
    chosen = chosen_metrics(workspace, metrics, bert, say)
    found = score_files(workspace, references, predictions, chosen, by, say, typed())
    for remark in found["remarks"]:
        say(remark)
    tables = score_tables(found)
    written = write_tables(out, tables, made_from(found["made"])) if out else []
    shown = [table(as_rows(each), "nothing was scored") for each in tables if each.name != "cases"]
    return Answer(found, "\n\n".join([f"{found['n']} notes", *shown, *([f"{len(written)} files in {out}"] if out else [])]))


def as_rows(each) -> list[dict[str, str]]:
    """A report's table for the terminal."""
    heads = [column.name for column in each.columns]
    return [dict(zip(heads, cells, strict=True)) for cells in each.texts(minus="-")]
