"""The encounters that ship with the project: invented, every name and number in them, for its first minute and its tests."""

import tomllib
from pathlib import Path

from annotations import Encounter

SOURCE = "scribeloop-demo"
FILE = Path(__file__).with_name("encounters.toml")


def demo_encounters() -> list[Encounter]:
    """All of them, in the file's order. ``meta`` holds the kind of visit, the deliberate hard cases, and ``fresh`` for those that
    the demo adapter never saw."""
    entries = tomllib.loads(FILE.read_text(encoding="utf-8"))["encounter"]
    return [
        Encounter(
            SOURCE, entry["id"], entry["transcript"].strip(), entry["split"], entry["reference"].strip(), entry["specialty"],
            True, entry["title"], {key: entry[key] for key in ("visit", "hard", "fresh") if key in entry},
        )
        for entry in entries
    ]  # fmt: skip
