"""``scribeloop model evaluate``: the report on a model's stored notes."""

from typing import Any

import click

from pipeline.evaluate import evaluate as evaluate_model
from pipeline.splits import MEASURED
from pipeline.workspace import Workspace

from .model import model
from .score import figures, means
from .shell import Answer, command, say, table


@command(model, "evaluate", example="scribeloop model evaluate demo-adapter --split dev-a --against smollm2-135m")
@click.argument("id")
@click.option("--split", type=click.Choice(MEASURED), default="dev-a", show_default=True, help="dev-b is for the promotion gate.")
@click.option("--against", metavar="ID", help="Another model, scored on the same encounters.")
@click.option("--final", is_flag=True, help="Score the held-out test split; every time is counted.")
@click.option("--source", metavar="NAME", help="Only encounters of this source.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N encounters.")
def evaluate(workspace: Workspace, id: str, **options: Any) -> Answer:
    """Score the notes that model ID has written against the reference notes, and pairwise against another model's."""
    report = evaluate_model(workspace, id, **options)
    for remark in report["remarks"]:
        say(remark)
    return Answer(report, _text(report))


def _text(report: dict[str, Any]) -> str:
    lines = [f"{report['model']} on {report['split']}: {report['n']} of {report['encounters']} encounters with a reference"]
    if report["times_test_was_scored"]:
        lines.append(f"The test split has now been scored {report['times_test_was_scored']} times.")
    if "against" not in report:
        return "\n".join([*lines, means(report["metrics"])])
    other = report["against"]
    rows = [
        {
            "metric": name, report["model"]: f"{report['metrics'][name]['mean']:.4f}",
            other["model"]: f"{other['metrics'][name]['mean']:.4f}", "difference": figures(values)["mean"],
            "95% interval": figures(values)["95% interval"],
        }
        for name, values in report["differences"].items()
    ]  # fmt: skip
    return "\n".join([*lines, table(rows, "nothing was scored")])
