"""Each training run's row in the database, made from the run's own record, for whoever asks the database what there was."""

from annotations import Store

from .run_files import RUN_FILE, Run, read_run
from .workspace import Workspace

COLUMNS = ("id", "name", "status", "created", "ended", "step", "steps", "loss", "eval_loss", "error")


def record(workspace: Workspace, run: Run) -> None:
    """Write the row of ``run``."""
    with workspace.store() as store:
        store.put_run(_row(run))


def bring_up(workspace: Workspace) -> None:
    """Bring every row up to its run: a process that was killed could not do it itself."""
    runs = [read_run(path.parent) for path in workspace.runs.glob(f"*/{RUN_FILE}")]
    with workspace.store() as store:
        _write_changed(store, [run for run in runs if run.kind == "train"])


def _write_changed(store: Store, runs: list[Run]) -> None:
    there = {row["id"]: row for row in store.list_run_rows()}
    for run in runs:
        if there.get(run.id) != _row(run):
            store.put_run(_row(run))


def _row(run: Run) -> dict:
    return {column: getattr(run, column) for column in COLUMNS} | {"dataset": run.dataset["name"], "base": run.base["id"]}
