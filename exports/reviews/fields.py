"""The data dictionary of exported reviews: every table, field, type, unit and allowed value, in this one place.

The export writes it out, the import checks by it, and the column heads of the CSV files come from it.
"""

import json
import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from annotations import BadInput

KINDS = {
    "text": "any text, in Unicode",
    "time": "UTC, ISO 8601 with milliseconds, such as 2026-11-23T18:40:12.345Z",
    "integer": "a whole number",
    "number": "a number",
    "yes/no": "true or false",
    "object": "a JSON object",
    "json": "any JSON value",
}


@dataclass(frozen=True)
class Field:
    """``empty`` fields may hold nothing (null in JSON, an empty cell in CSV). ``optional`` ones may be left out of a file that is
    imported; ``derived`` ones are written for the reader and worked out anew on import."""

    name: str
    kind: str
    meaning: str
    allowed: tuple[Any, ...] = ()
    unit: str = ""
    empty: bool = False
    optional: bool = False
    derived: bool = False

    def check(self, value: Any) -> None:
        """Raise BadInput unless the value is one that this field may hold."""
        if value is None and self.empty:
            return
        if self.allowed and value not in self.allowed:
            raise BadInput(f"{self.name} is {value!r}; expected one of {', '.join(map(str, self.allowed))}.")
        if not _RIGHT[self.kind](value):
            raise BadInput(f"{self.name} is {shortened(value)}; expected {KINDS[self.kind]}.")

    def is_taken_from(self, row: dict[str, Any], table: str) -> bool:
        """Whether an import takes this field from the row, which then holds something right."""
        if self.derived:
            return False
        if self.name not in row:
            if not self.optional:
                raise BadInput(
                    f"The field {self.name} is missing in {table}; expected {self.meaning[0].lower()}{self.meaning[1:]}"
                )
            return False
        self.check(row[self.name])
        return True


def shortened(value: Any, most: int = 60) -> str:
    """A value as an error may quote it."""
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]}…"


def _text(value: Any) -> bool:
    # Half of a surrogate pair is no character; SQLite and UTF-8 files cannot hold it.
    return isinstance(value, str) and not any("\ud800" <= sign <= "\udfff" for sign in value)


def _time(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53


def _number(value: Any) -> bool:
    return _whole(value) or (isinstance(value, float) and math.isfinite(value))


def _json(value: Any) -> bool:
    try:
        return _text(json.dumps(value, ensure_ascii=False, allow_nan=False))
    except ValueError:
        return False


_RIGHT = {"text": _text, "time": _time, "integer": _whole, "number": _number, "json": _json}
_RIGHT |= {"yes/no": lambda value: isinstance(value, bool), "object": lambda value: isinstance(value, dict) and _json(value)}


@dataclass(frozen=True)
class Table:
    """``name`` is the CSV file's, ``kind`` the JSONL line's; a table without a kind travels inside the lines of reviews."""

    name: str
    kind: str
    meaning: str
    fields: tuple[Field, ...]

    def check(self, row: dict[str, Any], without: tuple[str, ...] = ()) -> dict[str, Any]:
        """The row without its derived fields; BadInput for a field that is unknown, missing or of another kind. ``without`` names
        fields that the row leaves to what holds it."""
        expected = [field for field in self.fields if field.name not in without]
        names = ", ".join(field.name for field in expected)
        unknown = [name for name in row if name not in {field.name for field in expected}]
        if unknown:
            raise BadInput(f"There is no field {unknown[0]!r} in {self.name}; expected {names}.")
        return {field.name: row[field.name] for field in expected if field.is_taken_from(row, self.name)}
