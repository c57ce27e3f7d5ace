"""Ratings and marked spans that people bring as files, read for a measurement of agreement."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from annotations import BadInput, Marked, check_marked
from pipeline.tables import csv_rows, jsonl_rows, read_text

RATING_COLUMNS = ("unit", "rater", "value")
SPAN_COLUMNS = ("doc", "start", "end", "label")
# How spreadsheets and programs write "no value".
_MISSING = ("", "na", "n/a", "nan", "none", "null")


def read_ratings(path: Path) -> list[tuple[str, str, Any]]:
    """Unit, rater and value of each row of a CSV or JSON Lines file; the value is None where the cell is empty or says NaN or NA.
    BadInput names the columns or the row that lack something."""
    if read_text(path).lstrip().startswith("{"):
        rows = [(f"Line {number}", row) for number, row in jsonl_rows(path)]
    else:
        rows = [(f"Row {number}", row) for number, row in enumerate(csv_rows(path), 1)]
    return [_rating(row, f"{where} of {path.name}") for where, row in rows]


def read_spans(path: Path) -> list[Marked]:
    """The spans of a JSON Lines file: doc, start, end (exclusive), label, and a severity if it has one. A file with no line in it
    is a reader who marked nothing."""
    if path.is_file() and not path.read_bytes().strip():
        return []
    return [_span(row, f"Line {number} of {path.name}") for number, row in jsonl_rows(path)]


def _rating(row: dict[str, Any], where: str) -> tuple[str, str, Any]:
    _columns(row, RATING_COLUMNS, where)
    names = {}
    for column in ("unit", "rater"):
        names[column] = str("" if row[column] is None else row[column]).strip()
        if not names[column]:
            raise BadInput(f"{where} names no {column}; expected a name or a number.")
    value = row["value"]
    if isinstance(value, list | dict):
        raise BadInput(f"{where} has the value {value!r}; expected a number, a text, or null.")
    text = str("" if value is None else value).strip()
    return names["unit"], names["rater"], None if text.lower() in _MISSING else text


def _span(row: dict[str, Any], where: str) -> Marked:
    _columns(row, SPAN_COLUMNS, where)
    if row["doc"] in (None, ""):
        raise BadInput(f"{where} names no doc; expected the id of the marked document.")
    severity = row.get("severity")
    mark = Marked(str(row["doc"]), row["start"], row["end"], str(row["label"]), str(severity) if severity else None)
    return check_marked(mark, f"{where}: the span")


def _columns(row: dict[str, Any], wanted: Sequence[str], where: str) -> None:
    missing = [name for name in wanted if name not in row]
    if missing:
        raise BadInput(
            f"{where} lacks {', '.join(missing)}; expected {', '.join(wanted)} and found {', '.join(row) or 'nothing'}."
        )
