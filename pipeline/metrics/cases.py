"""The references and predictions that people bring as CSV or JSON Lines, put side by side."""

from pathlib import Path
from typing import Any, NamedTuple

from annotations import BadInput
from pipeline.tables import csv_rows, jsonl_rows, read_text

IDS = ("encounter_id", "id")
REFERENCE_TEXTS = ("reference", "note", "text")
PREDICTION_TEXTS = ("prediction", "note", "text")


class Case(NamedTuple):
    """One note to be scored; ``id`` is the files' id, or the row's number counted from 1."""

    id: str
    reference: str
    prediction: str


def read_cases(references: Path, predictions: Path) -> list[Case]:
    """Cases in the references' order: by id when both files have one (``encounter_id`` or ``id``), else row by row.

    BadInput names the ids that only one file has, an id that stands twice, or the two counts that differ.
    """
    known, made = _texts(references, REFERENCE_TEXTS), _texts(predictions, PREDICTION_TEXTS)
    if any(id is None for id, _ in known + made):
        return _by_row(known, made, references, predictions)
    notes, written = _by_id(known, references), _by_id(made, predictions)
    for here, there, path in ((notes, written, predictions), (written, notes, references)):
        absent = [id for id in here if id not in there]
        if absent:
            raise BadInput(
                f"{path.name} has no row for {', '.join(absent[:5])}{f' and {len(absent) - 5} more' * (len(absent) > 5)}; "
                "both files need the same ids."
            )
    return [Case(id, note, written[id]) for id, note in notes.items()]


def _by_row(known: list, made: list, references: Path, predictions: Path) -> list[Case]:
    if len(known) != len(made):
        raise BadInput(
            f"{references.name} has {len(known)} rows and {predictions.name} has {len(made)}; without ids in both they are "
            "matched row by row, so expected as many of each."
        )
    pairs = enumerate(zip(known, made, strict=True), 1)
    return [Case(id or other or str(row), note, text) for row, ((id, note), (other, text)) in pairs]


def _by_id(rows: list[tuple[str, str]], path: Path) -> dict[str, str]:
    texts = dict(rows)
    if len(texts) < len(rows):
        ids = [id for id, _ in rows]
        twice = next(id for id in ids if ids.count(id) > 1)
        raise BadInput(f"{path.name} has the id {twice} more than once; each note needs an id of its own.")
    return texts


def _texts(path: Path, names: tuple[str, ...]) -> list[tuple[str | None, str]]:
    """Each row's id (None without an id column) and text."""
    rows = _rows(path)
    name = next((name for name in names if name in rows[0]), None)
    if name is None:
        raise BadInput(f"{path.name} has no column {', '.join(names)}; found {', '.join(rows[0])}.")
    id = next((key for key in IDS if key in rows[0]), None)
    texts = []
    for number, row in enumerate(rows, 1):
        if not isinstance(row.get(name), str):
            raise BadInput(f"Row {number} of {path.name} has no text under {name!r}; expected a note.")
        if id and row.get(id) in (None, ""):
            raise BadInput(f"Row {number} of {path.name} has no {id}; give every row one, or none.")
        texts.append((str(row[id]).strip() if id else None, row[name]))
    return texts


def _rows(path: Path) -> list[dict[str, Any]]:
    if read_text(path).lstrip().startswith("{"):
        return [row for _, row in jsonl_rows(path)]
    return csv_rows(path)
