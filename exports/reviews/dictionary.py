"""The data dictionary as a document: for people as Markdown, for programs as CSV."""

import csv
import io

from .fields import KINDS, Field
from .jsonl import FORMAT
from .tables import IN_REVIEW, TABLES

HEADS = ("table", "field", "type", "unit", "allowed", "may be empty", "on import", "meaning")


def dictionary_csv() -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADS)
    for table in TABLES.values():
        writer.writerows([table.name, *_cells(field)] for field in table.fields)
    return text.getvalue()


def dictionary_markdown() -> str:
    lines = [
        "# Data dictionary of exported reviews",
        "",
        f'Format `{FORMAT}`. JSONL: one object per line with `"format"`, `"record"` and the fields below; lines of reviews '
        f"hold {', '.join(IN_REVIEW)} as lists of objects without `review_id`. CSV: one file per table; an empty cell is "
        "nothing, JSON is written as JSON, and text that is empty, or of quotation marks alone, has two quotation marks more.",
        "",
        "Types: " + "; ".join(f"{kind}: {meaning}" for kind, meaning in KINDS.items()) + ".",
    ]
    for table in TABLES.values():
        lines += ["", f"## {table.name}", "", f"{table.meaning} " + (f"JSONL record: `{table.kind}`." if table.kind else ""), ""]
        lines += ["| " + " | ".join(HEADS[1:]) + " |", "|" + " --- |" * len(HEADS[1:])]
        lines += ["| " + " | ".join(_cells(field)) + " |" for field in table.fields]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _cells(field: Field) -> list[str]:
    arrival = "worked out anew" if field.derived else "may be left out" if field.optional else "needed"
    allowed = ", ".join(map(str, field.allowed))
    return [field.name, field.kind, field.unit, allowed, "yes" if field.empty else "no", arrival, field.meaning]
