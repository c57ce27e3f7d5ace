"""What a label file must hold, so that whoever writes one by hand is told in a sentence what is wrong and where."""

from typing import Any

from .errors import BadInput
from .values import SEVERITIES

_FIELDS = {
    "error": ("id", "title", "group", "meaning"),
    "omission": ("id", "title", "meaning"),
    "section": ("id", "title"),
    "dimension": ("id", "title"),
}
_HINT = "compare it with the shipped one"


def check_labels(data: dict[str, Any], file: str) -> None:
    """Raise BadInput for the first thing that is missing, of another kind than text, or there twice."""
    missing = [key for key in ("name", "version", "severity", *_FIELDS) if key not in data]
    if missing:
        raise BadInput(f"The label file {file} lacks {', '.join(missing)}; {_HINT}.")
    for key in ("name", "version"):
        _text(data, key, f"The {key} in {file}")
    for severity in SEVERITIES:
        _text(data["severity"], severity, f"The severity {severity} in {file}")
    for kind, fields in _FIELDS.items():
        _check_entries(data[kind], kind, fields, file)
    for dimension in data["dimension"]:
        anchors = dimension.get("anchors", [])
        if len(anchors) != 5 or not all(isinstance(anchor, str) for anchor in anchors):
            raise BadInput(f"Dimension {dimension['id']!r} in {file} needs five anchors, for the values 1 to 5; {_HINT}.")


def _check_entries(entries: Any, kind: str, fields: tuple[str, ...], file: str) -> None:
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise BadInput(f"The label file {file} has no [[{kind}]]; expected one table for each, and {_HINT}.")
    for number, entry in enumerate(entries, 1):
        for field in fields:
            _text(entry, field, f"The {field} of [[{kind}]] number {number} in {file}")
    for field in ("id", "key"):
        given = [entry[field] for entry in entries if field in entry]
        twice = [value for value in given if given.count(value) > 1]
        if twice:
            raise BadInput(f"Two [[{kind}]] in {file} have the {field} {twice[0]!r}; give each one of its own.")
    wrong = [entry["key"] for entry in entries if "key" in entry and entry["key"] not in list("123456789")]
    if wrong:
        raise BadInput(f"A [[{kind}]] in {file} has the key {wrong[0]!r}; expected a digit from 1 to 9 in quotes, or no key.")


def _text(table: Any, key: str, what: str) -> None:
    value = table.get(key) if isinstance(table, dict) else None
    if not isinstance(value, str) or not value.strip():
        raise BadInput(f"{what} is {'missing' if value is None else repr(value)}; expected text in quotes, and {_HINT}.")
