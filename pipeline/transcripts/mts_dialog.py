"""MTS-Dialog: one CSV row per short dialogue and the one note section that it supports."""

import re
from pathlib import Path

from annotations import BadInput
from pipeline.tables import csv_rows

from .draft import Draft

COLUMNS = ("ID", "section_header", "section_text", "dialogue")


def read(path: Path, split: str | None) -> list[Draft]:
    """One draft per row. Every file counts from 0 again, so the split goes before the number: ``train-0``, ``dev-0``, and
    ``test1-0`` where there are several test files. The reference is the section under its header, such as ``GENHX``."""
    numbered = re.search(r"test(?:set)?[-_ ]?(\d+)", path.stem, re.IGNORECASE)
    prefix = f"{split or 'row'}{numbered[1] if numbered else ''}"
    drafts = []
    for number, row in enumerate(csv_rows(path, COLUMNS), 1):
        place, id, section = f"Row {number} of {path.name}", row["ID"].strip(), row["section_header"].strip()
        if not id:
            raise BadInput(f"{place} has no ID; every dialogue needs one.")
        text = row["section_text"]
        reference = f"{section}\n{text}" if text.strip() else None
        drafts.append(Draft(place, f"{prefix}-{id}", row["dialogue"], reference, title=section, meta={"section_header": section}))
    return drafts
