"""JSON Lines: one encounter per line, ``transcript`` required."""

from pathlib import Path
from typing import Any

from annotations import BadInput, sha256
from pipeline.splits import split_word
from pipeline.tables import jsonl_rows

from .draft import Draft

_TEXTS = ("transcript", "reference", "note", "specialty", "title", "split", "source")
KEYS = ("id", "synthetic", *_TEXTS)


def read(path: Path, split: str | None) -> list[Draft]:
    """Known keys are id, reference (or note), source, specialty, split, synthetic and title; all others go into ``meta``. A line
    without an id gets one made from its transcript, so that it stays the same when lines move."""
    return [_draft(f"Line {number} of {path.name}", row) for number, row in jsonl_rows(path)]


def _draft(place: str, row: dict[str, Any]) -> Draft:
    if "transcript" not in row:
        raise BadInput(f"{place} has no transcript; expected \"transcript\" and found {', '.join(row) or 'nothing'}.")
    for key in _TEXTS:
        if not isinstance(row.get(key), str | None):
            raise BadInput(f"{place} has a {key} that is no text ({row[key]!r:.40}); put it in quotes.")
    if not isinstance(row.get("synthetic"), bool | None):
        raise BadInput(f"{place} says synthetic is {row['synthetic']!r:.40}; expected true or false.")
    transcript = row["transcript"] or ""
    return Draft(
        place, _id(place, row.get("id"), transcript), transcript, _reference(place, row), _split(place, row.get("split")),
        row.get("specialty"), row.get("synthetic"), row.get("title"), {key: row[key] for key in row if key not in KEYS},
        row.get("source"),
    )  # fmt: skip


def _id(place: str, id: Any, transcript: str) -> str:
    if id is None:
        return f"text-{sha256(transcript.encode(errors='replace'))[:12]}"
    if isinstance(id, bool) or not isinstance(id, str | int) or not str(id).strip():
        raise BadInput(f"{place} has the id {id!r:.40}; expected a text or a whole number.")
    return str(id).strip()


def _reference(place: str, row: dict[str, Any]) -> str | None:
    reference, note = row.get("reference"), row.get("note")
    if reference is not None and note is not None and reference != note:
        raise BadInput(f"{place} has a reference and a note that differ; keep the one that is the reference.")
    return note if reference is None else reference


def _split(place: str, word: str | None) -> str | None:
    if word is None:
        return None
    split = split_word(word)
    if split is None:
        raise BadInput(f"{place} has the split {word!r}; expected train, dev (or valid) or test.")
    return split
