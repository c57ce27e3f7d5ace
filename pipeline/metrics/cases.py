"""The references and predictions that people bring as CSV or JSON Lines, put side by side."""

import json
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from annotations import BadInput
from pipeline.tables import csv_rows, jsonl_rows, read_text

IDS = ("encounter_id", "id")
REFERENCE_TEXTS = ("reference", "note", "text")
PREDICTION_TEXTS = ("prediction", "note", "text")
# What cases can be grouped by, and the columns that say it; ACI-Bench calls its sources datasets.
GROUPS = {"specialty": ("specialty",), "source": ("source", "dataset")}


class Case(NamedTuple):
    """One note to be scored; ``id`` is the files' id, or the row's number counted from 1. ``groups`` has what the references say
    of GROUPS, and what the predictions say where those do not."""

    id: str
    reference: str
    prediction: str
    groups: dict[str, str]


class _Row(NamedTuple):
    id: str | None
    text: str
    groups: dict[str, str]


def read_cases(references: Path, predictions: Path) -> list[Case]:
    """Cases in the references' order: by id when both files have one (``encounter_id`` or ``id``), else row by row.

    BadInput names the ids that only one file has, an id that stands twice, or the two counts that differ.
    """
    known, made = _texts(references, REFERENCE_TEXTS), _texts(predictions, PREDICTION_TEXTS)
    if any(row.id is None for row in known + made):
        return _by_row(known, made, references, predictions)
    notes, written = _by_id(known, references), _by_id(made, predictions)
    for here, there, path in ((notes, written, predictions), (written, notes, references)):
        absent = [id for id in here if id not in there]
        if absent:
            raise BadInput(
                f"{path.name} has no row for {_named(absent)}; both files need the same ids "
                f"({references.name} has {len(notes)}, {predictions.name} {len(written)})."
            )
    return [_case(id, row, written[id]) for id, row in notes.items()]


def _by_row(known: list[_Row], made: list[_Row], references: Path, predictions: Path) -> list[Case]:
    for rows, path in ((known, references), (made, predictions)):
        if rows[0].id is not None:
            _by_id(rows, path)
    if len(known) != len(made):
        raise BadInput(
            f"{references.name} has {len(known)} rows and {predictions.name} has {len(made)}; without ids in both they are "
            "matched row by row, so expected as many of each."
        )
    pairs = enumerate(zip(known, made, strict=True), 1)
    return [_case(note.id or text.id or str(number), note, text) for number, (note, text) in pairs]


def _case(id: str, reference: _Row, prediction: _Row) -> Case:
    return Case(id, reference.text, prediction.text, prediction.groups | reference.groups)


def _by_id(rows: list[_Row], path: Path) -> dict[str, _Row]:
    twice = [id for id, count in Counter(row.id for row in rows).items() if count > 1]
    if twice:
        raise BadInput(f"{path.name} has the id {_named(twice)} more than once; each note needs an id of its own.")
    return {row.id: row for row in rows}


def _named(ids: list[str]) -> str:
    return ", ".join(ids[:5]) + (f" and {len(ids) - 5} more" if len(ids) > 5 else "")


def _texts(path: Path, names: tuple[str, ...]) -> list[_Row]:
    """The file's rows; BadInput for one without a text or, where others have one, without an id."""
    rows = _rows(path)
    name = next((name for name in names if name in rows[0]), None)
    if name is None:
        raise BadInput(f"{path.name} has no column {', '.join(names)}; found {', '.join(rows[0])}.")
    id = next((key for key in IDS if key in rows[0]), None)
    return [_row(row, number, path.name, name, id) for number, row in enumerate(rows, 1)]


def _row(row: dict[str, Any], number: int, file: str, name: str, id: str | None) -> _Row:
    if not isinstance(row.get(name), str):
        raise BadInput(f"Row {number} of {file} has {json.dumps(row.get(name))} under {name!r}; expected a note as text.")
    groups = {group: next((row[key] for key in keys if row.get(key)), None) for group, keys in GROUPS.items()}
    said = {group: str(value).strip() for group, value in groups.items() if value is not None}
    if id is None:
        return _Row(None, row[name], said)
    given = row.get(id)
    if not isinstance(given, str | int) or not str(given).strip():
        raise BadInput(f"Row {number} of {file} has {json.dumps(given)} as {id}; give every row a text or whole number, or none.")
    return _Row(str(given).strip(), row[name], said)


def _rows(path: Path) -> list[dict[str, Any]]:
    if read_text(path).lstrip().startswith("{"):
        return [row for _, row in jsonl_rows(path)]
    return csv_rows(path)
