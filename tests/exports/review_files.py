"""What the tests of exported reviews share: a database row by row, and small files to spoil."""

import csv
import json
from pathlib import Path

from pipeline.workspace import Workspace


def rows(workspace: Workspace) -> dict[str, list[dict]]:
    """Every row of every table, in the order of its words: rows within a review may be stored in another order."""
    with workspace.store() as store:
        tables = [name for name in store.db.table_names() if not name.startswith("_")]
        return {name: sorted(map(dict, store.db[name].rows), key=lambda row: json.dumps(row, sort_keys=True)) for name in tables}


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def written(path: Path, values: list[dict]) -> None:
    path.write_text("".join(json.dumps(value) + "\n" for value in values))


def changed(path: Path, change) -> None:
    """Rewrite a CSV file; ``change`` takes its rows, heads first."""
    with path.open(newline="") as file:
        table = change(list(csv.reader(file)))
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(table)
