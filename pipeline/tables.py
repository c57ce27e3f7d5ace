"""Files that people bring, as text and rows: encodings, CSV and JSONL, with errors that name the file and the place in it."""

import codecs
import csv
import io
import json
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from annotations import BadInput, NotFound

# csv refuses cells above 131,072 characters unless told; a long visit may have more.
_LONGEST_CELL = 2**31 - 1


def read_text(path: Path) -> str:
    """The file's text with every line end as ``\\n``. UTF-8, with or without a byte-order mark, and UTF-16 with one are read."""
    raw = _read_bytes(path)
    wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if not wide and 0 in raw:
        raise BadInput(
            f"{path.name} holds a NUL byte at offset {raw.find(0)}, so it is not UTF-8 text: a document such as .docx looks like "
            f"this, and so does UTF-16 without a byte-order mark. {_convert(path, 'UTF-16LE')}"
        )
    try:
        text = raw.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{path.name} is not {'UTF-16' if wide else 'UTF-8'} text: byte 0x{raw[error.start]:02x} at offset {error.start} "
            f"(line {raw[: error.start].count(10) + 1}) does not belong there. {_convert(path, 'WINDOWS-1252')}"
        ) from error
    if not text.strip():
        raise BadInput(f"{path.name} is empty; check that it was copied or downloaded completely.")
    return line_ends(text)


def line_ends(text: str) -> str:
    """The text with ``\\n`` for ``\\r\\n`` and ``\\r``, as browsers count lines."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def header(text: str) -> list[str]:
    """The cells of the first line, read as CSV, without the spaces around them; a line too long for a heading is cut."""
    return [cell.strip() for cell in next(csv.reader([text.lstrip().split("\n", 1)[0][:2000]]), [])]


def csv_rows(path: Path, required: Sequence[str] = ()) -> list[dict[str, str]]:
    """The rows of a comma-separated file with a heading. BadInput names missing columns and what was found, the row that has too
    many or too few cells, or the line where a quote is not closed."""
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(read_text(path), newline=""), strict=True)
    try:
        lines = [line for line in reader if line]
    except csv.Error as error:
        raise BadInput(
            f"{path.name} is not well-formed CSV near line {reader.line_num} ({error}); look for a quote that is not closed."
        ) from error
    names = [name.strip() for name in lines[0]]
    missing = [name for name in required if name not in names]
    if missing:
        raise BadInput(
            f"{path.name} lacks the column{'s' * (len(missing) > 1)} {', '.join(missing)}; expected {', '.join(required)} "
            f"and found {', '.join(names)}. Rename its columns, or choose another --format."
        )
    if len(set(names)) < len(names):
        raise BadInput(f"{path.name} has two columns of one name ({', '.join(names)}); rename one of them.")
    for number, line in enumerate(lines[1:], 1):
        if len(line) != len(names):
            raise BadInput(
                f"Row {number} of {path.name} has {len(line)} cells where the heading has {len(names)}; put cells that hold "
                "commas or line breaks into double quotes."
            )
    if len(lines) == 1:
        raise BadInput(f"{path.name} has a heading and no rows; check that it was copied or downloaded completely.")
    return [dict(zip(names, line, strict=True)) for line in lines[1:]]


def jsonl_rows(path: Path) -> list[tuple[int, dict[str, Any]]]:
    """Line numbers and objects of a JSON Lines file; blank lines are passed over."""
    rows = []
    # Not splitlines(): a JSON string may hold U+2028 as it is.
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise BadInput(f"Line {number} of {path.name} is not JSON ({error}); expected one object on each line.") from error
        if not isinstance(row, dict):
            raise BadInput(f"Line {number} of {path.name} is JSON but no object; expected one object {{...}} on each line.")
        rows.append((number, row))
    return rows


def json_object(path: Path) -> dict[str, Any]:
    """A file that holds one JSON object."""
    try:
        value = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{path.name} is not JSON ({error}); expected one object.") from error
    if not isinstance(value, dict):
        raise BadInput(f"{path.name} is JSON but no object; expected {{...}}.")
    return value


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise NotFound(f"There is no file {path}; check the path.") from error
    except OSError as error:
        raise BadInput(f"{path} cannot be read ({error.strerror or error}); expected a text file.") from error


def _convert(path: Path, encoding: str) -> str:
    name, target = shlex.quote(path.name), shlex.quote(f"{path.stem}-utf8{path.suffix}")
    return f"Save it as plain UTF-8 text, for example: iconv -f {encoding} -t UTF-8 {name} > {target}"
