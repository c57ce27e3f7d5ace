"""``scribeloop runs``: trainings, from outside."""

import click

from pipeline.run_files import LOG_FILE
from pipeline.run_rows import bring_up
from pipeline.runs import cancel_run, compare_runs, get_run, list_runs, resume_run
from pipeline.workspace import Workspace

from .model import followed, progress, started
from .shell import Answer, command, table


@click.group("runs")
def runs() -> None:
    """List, watch, compare, cancel and resume training runs."""


@command(runs, "list", example="scribeloop runs list")
def list_all(workspace: Workspace) -> Answer:
    """List training runs, oldest first."""
    bring_up(workspace)
    found = list_runs(workspace)
    rows = [
        {
            "run": run.id, "status": run.status, "dataset": run.dataset["name"], "base": run.base["id"],
            "model": run.name, "step": f"{run.step}/{run.steps}", "loss": None if run.loss is None else f"{run.loss:.4f}",
            "created": run.created[:16],
        }
        for run in found
    ]  # fmt: skip
    return Answer(found, table(rows, "No run yet; start one with: scribeloop model train DATASET"))


@command(runs, "show", example="scribeloop runs show run-3f9c2a71b604 --follow")
@click.argument("id")
@click.option("--follow", "following", is_flag=True, help="Show progress until the run ends.")
def show(workspace: Workspace, id: str, following: bool) -> Answer:
    """Show how far run ID is, what it is made from, and how it ended."""
    run = get_run(workspace, id)
    if following and run.alive:
        return followed(workspace, run)
    lines = [
        f"{run.id}: {progress(run)}" if run.alive else f"{run.id}: {run.status} at step {run.step} of {run.steps}",
        *([f"  {run.error}"] if run.error else []),
        f"  dataset {run.dataset['name']} ({run.dataset['rows']} rows), base {run.base['id']}, model {run.name}",
        f"  made by: {run.command}",
        f"  log: {workspace.runs / run.id / LOG_FILE}",
    ]
    return Answer(run, "\n".join(lines), _next(run))


@command(runs, "compare", example="scribeloop runs compare run-3f9c2a71b604 run-9b04c2d1e7a5")
@click.argument("ids", nargs=-1, required=True)
def compare(workspace: Workspace, ids: tuple[str, ...]) -> Answer:
    """Show in which settings runs differ and what came of each, side by side."""
    found = compare_runs(workspace, ids)
    rows = [
        {"": key, **{id: _cell(value) for id, value in zip(found["runs"], values, strict=True)}}
        for part in ("settings", "results")
        for key, values in found[part].items()
    ]
    return Answer(found, table(rows, ""))


def _cell(value) -> str | None:
    return f"{value:.4g}" if isinstance(value, float) else value


@command(runs, "cancel", example="scribeloop runs cancel run-3f9c2a71b604")
@click.argument("id")
def cancel(workspace: Workspace, id: str) -> Answer:
    """Stop run ID after its present step, with a checkpoint that it can be resumed from."""
    run = cancel_run(workspace, id)
    return Answer(run, f"Run {id} will stop after its present step and keep a checkpoint.", f"scribeloop runs show {id}")


@command(runs, "resume", example="scribeloop runs resume run-3f9c2a71b604")
@click.argument("id")
@click.option("--follow/--detach", "following", default=False, help="Show progress until the run ends, or return at once.")
def resume(workspace: Workspace, id: str, following: bool) -> Answer:
    """Continue run ID, interrupted, cancelled or failed, from its last checkpoint."""
    run = resume_run(workspace, id, queue=True)
    return followed(workspace, run) if following else started(run)


def _next(run) -> str:
    if run.alive:
        return f"scribeloop runs show {run.id} --follow"
    return f"scribeloop notes generate --model {run.name}" if run.status == "done" else f"scribeloop runs resume {run.id}"
