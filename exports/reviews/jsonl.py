"""Reviews as JSON lines: one part of the database per line, each line after what it refers to.

    {"format": "scribeloop-reviews/1", "record": "review", "id": "rev-…", …, "spans": […], "omissions": […], …}

The records and their fields are in ``tables``. A file may hold a single review: the lines of its reviewer, model, encounter and
note come before its own, unless the database that takes it in has them.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from annotations import BadInput

from .fields import shortened
from .tables import BY_KIND, IN_REVIEW

FORMAT = "scribeloop-reviews/1"


def write_jsonl(parts: Iterable[tuple[str, dict[str, Any]]], file: Path) -> None:
    with file.open("w", encoding="utf-8", newline="\n") as lines:
        for kind, plain in parts:
            lines.write(json.dumps({"format": FORMAT, "record": kind, **plain}, ensure_ascii=False) + "\n")


def read_jsonl(file: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Place, kind and values of each line; BadInput at the first line that is not one of ours."""
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                place = f"Line {number}"
                try:
                    yield place, *_part(line)
                except BadInput as error:
                    raise BadInput(f"{place}: {error}") from error


def _part(line: bytes) -> tuple[str, dict[str, Any]]:
    given = _object(line)
    if given.pop("format", None) != FORMAT:
        raise BadInput(
            f'It does not say "format": "{FORMAT}"; expected a file of `scribeloop reviews export` or of a Scribeloop page.'
        )
    kind = given.pop("record", None)
    if kind not in BY_KIND:
        raise BadInput(f"Its record is {shortened(kind)}; expected one of {', '.join(BY_KIND)}.")
    if kind != "review":
        return kind, BY_KIND[kind].check(given)
    inside = {name: _rows(name, given.pop(name, None)) for name in IN_REVIEW}
    return kind, BY_KIND[kind].check(given) | inside


def _object(line: bytes) -> dict[str, Any]:
    try:
        given = json.loads(line.decode())
    except UnicodeDecodeError as error:
        raise BadInput("It is not UTF-8; save the file in UTF-8.") from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadInput("It is not a whole JSON object; the file may have been cut off, so export or copy it again.") from error
    if not isinstance(given, dict):
        raise BadInput(f"It is {shortened(given)}; expected a JSON object.")
    return given


def _rows(name: str, given: Any) -> list[dict[str, Any]]:
    if not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
        raise BadInput(f"{name} is {shortened(given)}; expected a list of objects, which may be empty.")
    return [IN_REVIEW[name].check(row, without=("review_id",)) for row in given]
