"""One table of ours as rows in and out, each call one statement.

sqlite-utils asks SQLite for a table's columns, keys and foreign keys before it writes or reads a row: some seventy statements for
one saved mark, and at each of them a busy server may switch to another thread. Our tables' shapes are known.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any


class Table:
    """``name`` and column names are the program's own words, never a user's."""

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        self._connection = connection
        self._name = name

    def rows_where(
        self, where: str | None = None, where_args: Sequence | Mapping = (), order_by: str | None = None,
        limit: int | None = None, select: str = "*",
    ) -> Iterator[dict[str, Any]]:  # fmt: skip
        """Rows as dicts by column name, all of them unless a ``where`` narrows them; asked for as sqlite-utils is."""
        clauses = [f"SELECT {select} FROM {self._name}", where and f"WHERE {where}", order_by and f"ORDER BY {order_by}"]
        clauses.append(limit is not None and f"LIMIT {limit}")
        found = self._connection.execute(" ".join(filter(None, clauses)), where_args)
        names = [column[0] for column in found.description]
        return (dict(zip(names, row, strict=True)) for row in found)

    def insert(self, row: dict[str, Any], replace: bool = False) -> None:
        """Add a row; with ``replace``, in place of the one with the same key."""
        names, values = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
        verb = "INSERT OR REPLACE" if replace else "INSERT"
        self._connection.execute(f"{verb} INTO {self._name} ({names}) VALUES ({values})", tuple(row.values()))

    def update(self, id: str, changes: dict[str, Any]) -> None:
        """Change columns of the row with this id."""
        names = ", ".join(f'"{name}" = ?' for name in changes)
        self._connection.execute(f"UPDATE {self._name} SET {names} WHERE id = ?", (*changes.values(), id))

    def delete(self, id: str) -> None:
        self._connection.execute(f"DELETE FROM {self._name} WHERE id = ?", (id,))
