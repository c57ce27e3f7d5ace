"""The hand-given verdicts on hints about ACI-Bench's reference notes, and the false alarms per note that follow from them.

    python -m tests.hints_verdicts ../shared/data/aci-bench

A line of ``pipeline/hint_verdicts.csv`` is one hint as it was judged by its place in the note and the passages of the
transcript that speak of it: split, encounter, kind, where, start, end, the first 16 hex digits of the quote's sha256, the
verdict, a word that says why, and what a second reader found who did not know the first verdict (empty where there was none).
Nothing of the data's text is in it.

"right": what the hint says of the two texts is true. "false alarm": it is not, or the note only puts into a
clinician's words what was said. A wide hint is a false alarm as well where no note would hold what it points at: small talk, a
slip of the speaker's, a detail without use.
"""

import csv
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from annotations import sha256
from pipeline.hints import KINDS, MISSING, UNSUPPORTED, WIDE, Hint, find_hints
from pipeline.tables import csv_rows

FILE = Path(__file__).with_name("pipeline") / "hint_verdicts.csv"
Key = tuple[str, str, str, int, int, str]


def verdicts(split: str) -> dict[Key, str]:
    """The verdict of each judged hint of ``split`` ("valid" or "train")."""
    with FILE.open(encoding="utf-8", newline="") as stream:
        return {
            (row["encounter"], row["kind"], row["where"], int(row["start"]), int(row["end"]), row["quote_sha256"]): row["verdict"]
            for row in csv.DictReader(stream)
            if row["split"] == split
        }


def key(encounter: str, hint: Hint) -> Key:
    return (encounter, hint.kind, hint.where, hint.start, hint.end, sha256(hint.quote)[:16])


def figures(folder: Path, split: str, wide: bool = False) -> dict[str, Any]:
    """``notes``, ``hints``, ``right``, ``false_alarms``, ``false_alarms_per_note``, the same by kind and, by key, hints
    that nobody has judged; with ``wide`` also those that are given only when asked for (judged on "valid" alone).
    """
    given = verdicts(split)
    rows = csv_rows(folder / f"{split}.csv", ("encounter_id", "dialogue", "note"))
    found = [key(row["encounter_id"], hint) for row in rows for hint in find_hints(row["dialogue"], row["note"], wide)]
    counts = Counter(given.get(one, "unjudged") for one in found)
    groups = {kind: (kind,) for kind in KINDS} | {"unsupported": UNSUPPORTED, "missing": MISSING}
    groups |= {kind: (kind,) for kind in WIDE} | {"wide": WIDE} if wide else {}
    return {
        "split": split,
        "notes": len(rows),
        "hints": len(found),
        "right": counts["right"],
        "false_alarms": counts["false alarm"],
        "false_alarms_per_note": counts["false alarm"] / len(rows),
        "by_kind": {kind: _of(kinds, found, given, len(rows)) for kind, kinds in groups.items()},
        "unjudged": [one for one in found if one not in given],
    }


def _of(kinds: Sequence[str], found: list[Key], given: dict[Key, str], notes: int) -> dict[str, Any]:
    counts = Counter(given.get(one, "unjudged") for one in found if one[1] in kinds)
    return {
        "hints": counts.total(), "right": counts["right"], "false_alarms": counts["false alarm"],
        "false_alarms_per_note": counts["false alarm"] / notes,
    }  # fmt: skip


def readers(split: str) -> dict[str, int]:
    """How many hints two readers judged, and on how many of them they agree."""
    with FILE.open(encoding="utf-8", newline="") as stream:
        twice = [row for row in csv.DictReader(stream) if row["split"] == split and row["second_reader"]]
    return {"twice": len(twice), "agree": sum(row["verdict"] == row["second_reader"] for row in twice)}


if __name__ == "__main__":
    place = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data/aci-bench")
    print(json.dumps([figures(place, "valid", wide=True), figures(place, "train")], indent=2))
