"""Reviews as a folder of CSV files, one per table, for spreadsheets and statistics programs.

Text is UTF-8; offsets, JSON and times are written as in the JSONL form; an empty cell is nothing. Text that is itself empty, or
of quotation marks alone, has two quotation marks more, so that it comes back as it was.
"""

import csv
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from annotations import BadInput

from .fields import Field, Table, shortened
from .tables import BY_KIND, IN_REVIEW, TABLES


def write_csv(parts: Iterable[tuple[str, dict[str, Any]]], folder: Path) -> None:
    with ExitStack() as stack:
        writers = {name: _writer(stack, folder, table) for name, table in TABLES.items()}
        for kind, plain in parts:
            writers[BY_KIND[kind].name].writerow(_cells(BY_KIND[kind], plain))
            for name in IN_REVIEW if kind == "review" else ():
                for row in plain[name]:
                    writers[name].writerow(_cells(TABLES[name], row | {"review_id": plain["id"]}))


def read_csv(folder: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Place, kind and values of each row, reviews with what belongs to them; BadInput at the first that is not one of ours."""
    inside: dict[str, dict[str, list]] = {name: defaultdict(list) for name in IN_REVIEW}
    for name, table in IN_REVIEW.items():
        for _, row in _rows(folder, table):
            inside[name][row.pop("review_id")].append(row)
    for kind, table in BY_KIND.items():
        for place, row in _rows(folder, table):
            if kind == "review":
                row |= {name: inside[name].pop(row["id"], []) for name in IN_REVIEW}
            yield place, kind, row
    for name, left in inside.items():
        for review_id in left:
            raise BadInput(f"{name}.csv speaks of review {review_id!r}, which reviews.csv lacks; export the folder again.")


def _writer(stack: ExitStack, folder: Path, table: Table) -> Any:
    file = stack.enter_context((folder / f"{table.name}.csv").open("w", encoding="utf-8", newline=""))
    writer = csv.writer(file)
    writer.writerow([field.name for field in table.fields])
    return writer


def _cells(table: Table, row: dict[str, Any]) -> list[str]:
    return [_cell(field, row[field.name]) for field in table.fields]


def _cell(field: Field, value: Any) -> str:
    if value is None:
        return ""
    if field.kind in ("text", "time"):
        return f'""{value}' if set(value) <= {'"'} else value
    # Numbers too: JSON and Python write them alike, and read them back the same.
    return json.dumps(value, ensure_ascii=False)


def _value(field: Field, cell: str) -> Any:
    if cell == "":
        return None
    if field.kind in ("text", "time"):
        return cell[2:] if set(cell) == {'"'} else cell
    try:
        return json.loads(cell)
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadInput(f"{field.name} is {shortened(cell)}; expected {field.kind}.") from error


def _rows(folder: Path, table: Table) -> Iterator[tuple[str, dict[str, Any]]]:
    path = folder / f"{table.name}.csv"
    if not path.is_file():
        raise BadInput(f"There is no {path.name} in {folder}; expected one CSV file per table, as `reviews export` writes them.")
    # A transcript is one cell.
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            heads = next(reader, [])
            start = reader.line_num + 1
            for cells in reader:
                yield f"{path.name} line {start}", _row(table, heads, cells)
                start = reader.line_num + 1
        except (UnicodeDecodeError, csv.Error, BadInput) as error:
            sentence = str(error) if isinstance(error, BadInput) else f"It is no CSV ({error}); the file may have been cut off."
            raise BadInput(f"{path.name} line {start}: {sentence}") from error


def _row(table: Table, heads: list[str], cells: list[str]) -> dict[str, Any]:
    if len(cells) != len(heads):
        raise BadInput(f"It has {len(cells)} cells under {len(heads)} heads; the file may have been cut off.")
    fields = {field.name: field for field in table.fields}
    row = {head: _value(fields[head], cell) if head in fields else cell for head, cell in zip(heads, cells, strict=True)}
    return table.check(row)
