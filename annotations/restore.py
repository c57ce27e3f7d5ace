"""Putting a backup in the place of the database, without stopping the studio that has it open."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from .errors import BadInput, Damaged, Refused
from .migrations import migrations
from .store import open_store
from .values import now


def restore_database(path: Path, source: Path) -> Path | None:
    """Make the database at ``path`` what ``source``, a backup, holds; what was there before is kept beside it and returned.

    The backup is checked before anything is touched. The change is one transaction of SQLite's own: whoever has the file open
    sees the old content or the new one.
    """
    if not source.is_file():
        raise BadInput(f"There is no {source}; name a file that `scribeloop db backup` wrote.")
    with closing(sqlite3.connect(f"file:{source.resolve().as_posix()}?mode=ro", uri=True)) as backup:
        _check(backup, source)
        aside = _keep(path) if path.exists() else None
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path, timeout=30)) as live:
            backup.backup(live)
    with closing(open_store(path)):
        # Opened once, so that a backup of an older version has today's shape.
        return aside


def _check(backup: sqlite3.Connection, source: Path) -> None:
    try:
        problems = [row[0] for row in backup.execute("PRAGMA integrity_check") if row[0] != "ok"]
        steps = {row[0] for row in backup.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = 'scribeloop'")}
    except sqlite3.DatabaseError as error:
        raise BadInput(f"{source.name} is no backup of a Scribeloop database ({error}); nothing was changed.") from error
    if problems:
        raise Damaged(f"{source.name} is damaged ({problems[0]}); nothing was changed. Restore another backup.")
    known = {step.name for step in migrations.pending(Database(memory=True))}
    if not steps or steps - known:
        raise Refused(
            f"{source.name} was written by another version of Scribeloop; nothing was changed. Update Scribeloop first."
        )


def _keep(path: Path) -> Path:
    """A copy of the database; one that cannot be read is itself put aside, with its log."""
    aside = path.with_name(f"{path.stem}-before-{now().replace(':', '')}.db")
    try:
        with closing(open_store(path)) as store:
            store.backup(aside)
    except (Damaged, sqlite3.DatabaseError):
        for ending in ("", "-wal", "-shm"):
            part = path.with_name(path.name + ending)
            if part.exists():
                part.replace(aside.with_name(aside.name + ending))
    return aside
