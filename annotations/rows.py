"""Values to rows and back: one rule for every table, so that no query spells out columns twice."""

import dataclasses
import json
from typing import Any, TypeVar

T = TypeVar("T")
_JSON = ("meta", "parameters", "before", "after", "data")


def to_row(value: Any, **more: Any) -> dict[str, Any]:
    """A dataclass as a database row: JSON columns as text, truth values as 0 and 1."""
    row = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)} | more
    for key, cell in row.items():
        if key in _JSON:
            row[key] = None if cell is None else json.dumps(cell, ensure_ascii=False, sort_keys=True)
        elif isinstance(cell, bool):
            row[key] = int(cell)
    return row


def from_row(kind: type[T], row: dict[str, Any]) -> T:
    """The dataclass ``kind`` from a row; columns that it does not have are left aside."""
    values = {}
    for field in dataclasses.fields(kind):
        cell = row[field.name]
        if field.name in _JSON and cell is not None:
            cell = json.loads(cell)
        elif cell is not None and field.type in (bool, bool | None):
            cell = bool(cell)
        values[field.name] = cell
    return kind(**values)
