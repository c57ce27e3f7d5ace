"""``scribeloop db``: care of the database file."""

from pathlib import Path

import click

from annotations import Damaged, restore_database
from pipeline.workspace import Workspace

from .shell import Answer, command, table


@click.group("db")
def db() -> None:
    """Look after the database: count, verify, back up, restore."""


@command(db, "status", example="scribeloop db status")
def status(workspace: Workspace) -> Answer:
    """Count what is stored."""
    with workspace.store() as store:
        counts = store.counts()
    rows = [{"table": name, "rows": count} for name, count in counts.items()]
    return Answer(counts, table(rows, "The database is empty."), "scribeloop db verify")


@command(db, "verify", example="scribeloop db verify")
def verify(workspace: Workspace) -> Answer:
    """Check the file and every quoted mark against its text."""
    with workspace.store() as store:
        problems = store.verify()
    if problems:
        raise Damaged(f"{len(problems)} problems: {' '.join(problems[:5])} Restore a backup, or report this as a bug.")
    return Answer({"ok": True, "problems": []}, "The database is sound: every mark quotes its text exactly.")


@command(db, "backup", example="scribeloop db backup studio-backup.db")
@click.argument("file", type=click.Path(path_type=Path))
def backup(workspace: Workspace, file: Path) -> Answer:
    """Copy the live database into a new FILE."""
    with workspace.store() as store:
        store.backup(file)
    return Answer({"file": str(file), "bytes": file.stat().st_size}, f"Backed up to {file}.")


@command(db, "restore", example="scribeloop db restore studio-backup.db")
@click.argument("file", type=click.Path(path_type=Path))
def restore_(workspace: Workspace, file: Path) -> Answer:
    """Put the backup FILE in the place of the database; what was there is kept beside it. An open studio may go on."""
    aside = restore_database(workspace.db_path, file)
    kept = f" What was there before is in {aside}." if aside else ""
    return Answer({"file": str(file), "kept": aside and str(aside)}, f"Restored from {file}.{kept}", "scribeloop db verify")
