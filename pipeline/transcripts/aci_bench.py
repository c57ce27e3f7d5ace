"""ACI-Bench: one CSV row per visit, its metadata in a second CSV beside it (``train.csv``, ``train_metadata.csv``)."""

from pathlib import Path

from annotations import BadInput
from pipeline.tables import csv_rows

from .draft import Draft

COLUMNS = ("encounter_id", "dialogue", "note")


def read(path: Path, split: str | None) -> list[Draft]:
    """One draft per row; the metadata's ``cc`` (chief complaint) becomes the title, and its other cells go into ``meta``."""
    known = _metadata(path.with_name(f"{path.stem}_metadata{path.suffix}"))
    drafts = []
    for number, row in enumerate(csv_rows(path, COLUMNS), 1):
        place, id = f"Row {number} of {path.name}", row["encounter_id"].strip()
        if not id:
            raise BadInput(f"{place} has no encounter_id; every visit needs one.")
        more = known.get(id, {})
        rest = {key: cell for key, cell in more.items() if cell and key not in ("encounter_id", "cc")}
        subset = {"dataset": row["dataset"]} if "dataset" in row else {}
        drafts.append(Draft(place, id, row["dialogue"], row["note"], title=more.get("cc") or None, meta=subset | rest))
    return drafts


def _metadata(path: Path) -> dict[str, dict[str, str]]:
    """The metadata by encounter id; empty when there is no such file."""
    if not path.exists():
        return {}
    rows = ({key: cell.strip() for key, cell in row.items()} for row in csv_rows(path, ("encounter_id",)))
    return {row["encounter_id"]: row for row in rows}
