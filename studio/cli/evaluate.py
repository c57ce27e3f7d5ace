"""``scribeloop model evaluate``: notes written, scored, compared, and a report on it."""

from pathlib import Path
from typing import Any

import click

from pipeline.metrics import METRICS
from pipeline.report import evaluation_tables, made_from, write_tables
from pipeline.reporting import report_on
from pipeline.splits import MEASURED
from pipeline.workspace import Workspace

from .model import model
from .notes import BATCH, ENGINE
from .score import as_rows
from .shell import Answer, command, say, table
from .typed import Names, typed

# What the terminal shows of the report's tables.
SHOWN = ("scores", "hallucinations", "omissions", "ratings")


@command(model, "evaluate", example="scribeloop model evaluate demo-adapter --split dev-a --against smollm2-135m")
@click.argument("id")
@click.option("--split", type=click.Choice(MEASURED), default="dev-a", show_default=True, help="dev-b is for the promotion gate.")
@click.option("--against", metavar="ID", help="Another model, on the same encounters.")
@click.option("--wished", type=float, metavar="X", help="With --against: how many encounters show a difference of X in a score?")
@click.option("--metrics", type=Names(METRICS), default="", metavar="NAMES",
              help=f"Some of {', '.join(METRICS)}, with commas (default: rouge, and bertscore if it can).")  # fmt: skip
@click.option("--bert-model", "bert", metavar="NAME|FOLDER", help="What BERTScore compares with.")
@click.option(
    "--generate/--no-generate", "write", default=True, show_default=True, help="Write missing notes first, or only score."
)
@click.option("--max-new-tokens", type=click.IntRange(1, 8192), metavar="N",
              help="Where a missing note is cut off (default: as the model's notes there were).")  # fmt: skip
@click.option("--long", type=click.Choice(["refuse", "shorten"]), default="refuse", show_default=True,
              help="A transcript that does not fit: refuse it, or leave out its middle.")  # fmt: skip
@click.option("--engine", default="transformers", show_default=True, metavar="NAME", help=ENGINE)
@click.option("--batch", type=click.IntRange(1, 256), metavar="N", help=BATCH)
@click.option("--final", is_flag=True, help="Score the held-out test split; every time is counted.")
@click.option("--source", metavar="NAME", help="Only encounters of this source.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N encounters.")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FOLDER", help="Also write all tables and plots for a paper there."
)
def evaluate(workspace: Workspace, id: str, out: Path | None, **options: Any) -> Answer:
    """Report on model ID: its notes against the reference notes, what reviewers found in them, and another model beside it.

    Notes that are stored count as they are, missing ones are written first. The report (report.json, report.html, report.md) goes
    to the folder of the run that made the model.
    """
    report, folder = report_on(workspace, id, say, command=typed(), **options)
    for remark in [*report["remarks"], *report["left_out"]]:
        say(remark)
    if out:
        write_tables(out, evaluation_tables(report), made_from(report["made"]))
    return Answer(report | {"folder": str(folder)}, f"{_text(report)}\n\n{folder / 'report.html'}")


def _text(report: dict[str, Any]) -> str:
    lines = [f"{report['model']} on {report['split']}: {report['n']} of {report['encounters']} encounters with a reference"]
    if report["times_test_was_scored"]:
        lines.append(f"The test split has now been scored {report['times_test_was_scored']} times.")
    tables = [each for each in evaluation_tables(report) if each.name in SHOWN]
    return "\n\n".join(["\n".join(lines), *(f"{each.title}\n{table(as_rows(each), '')}" for each in tables)])
