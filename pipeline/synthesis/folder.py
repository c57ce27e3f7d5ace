"""A set of invented encounters as a dataset folder: rows to train on, encounters to import, a manifest, and a card made from it.

Whoever invented them, a model or the offline author, the folder is the same and trains like every other dataset.
"""

import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotations import Conflict, Encounter, Unavailable, now, sha256
from pipeline.dataset_files import TRAIN_FILE, check_name, read_manifest
from pipeline.front_matter import front_matter
from pipeline.versions import versions
from pipeline.workspace import Workspace

from .duplicates import RUN, NearDuplicates
from .scenarios import Scenario, as_dict, factor_counts

ENCOUNTERS_FILE, CARD = "encounters.jsonl", "README.md"


@dataclass(frozen=True)
class Invented:
    """One encounter of a set; ``case`` is its id there, ``meta`` what else is known of it (scores, links)."""

    case: str
    scenario: Scenario
    transcript: str
    note: str
    meta: dict[str, Any] = field(default_factory=dict)

    def encounter(self, source: str) -> Encounter:
        title = f"{self.scenario.condition[:1].upper()}{self.scenario.condition[1:]}, {self.scenario.visit}"
        meta = {"scenario": as_dict(self.scenario)} | self.meta
        return Encounter(source, self.case, self.transcript, "train", self.note, self.scenario.specialty, True, title, meta)


@dataclass(frozen=True)
class Origin:
    """Where a set comes from: ``source`` is what its encounters carry, ``story`` says on the card how they were made, ``facts``
    goes into the manifest (seed, settings, prompts, cost), and ``command`` makes the set again."""

    source: str
    story: str
    command: str
    facts: dict[str, Any] = field(default_factory=dict)


def write_set(workspace: Workspace, name: str, invented: Sequence[Invented], origin: Origin, planned: int | None = None) -> dict:
    """Store the encounters, so that they can be trained on, write ``datasets/<name>/`` whole or not at all, and return its
    manifest; a second time with the same encounters it returns the one that is there, with ``unchanged`` set. Conflict when the
    name holds something else. ``planned`` is how many there were to be, where some could not be had."""
    there = workspace.datasets / check_name(name, "The dataset name")
    encounters = [one.encounter(origin.source) for one in invented]
    files = {TRAIN_FILE: _lines(map(_row, encounters)), ENCOUNTERS_FILE: _lines(map(_encounter_line, encounters))}
    manifest = _manifest(name, invented, encounters, files, origin, planned or len(invented))
    stored = read_manifest(workspace, name) if there.exists() else None
    if stored and stored["files"] != manifest["files"]:
        raise Conflict(f"There is already a dataset {name!r} with other content; nothing was changed. Take another --name.")
    with workspace.store() as store:
        store.add_encounters(encounters)
    return stored | {"unchanged": True} if stored else _write(there, files, manifest)


def _row(encounter: Encounter) -> dict[str, Any]:
    """The keys of every other dataset's rows, so that training and viewers read it alike."""
    return {
        "encounter_id": encounter.id, "transcript": encounter.transcript, "note": encounter.reference, "from": "synthesis",
        "review_id": None, "output_id": None, "rejected": None, "synthetic": True, "specialty": encounter.specialty,
    }  # fmt: skip


def _encounter_line(encounter: Encounter) -> dict[str, Any]:
    """What ``transcripts import`` reads, with the scenario and the rest beside it; source and id make the same id everywhere."""
    return {
        "id": encounter.external_id, "source": encounter.source, "transcript": encounter.transcript,
        "reference": encounter.reference, "split": "train", "specialty": encounter.specialty, "synthetic": True,
        "title": encounter.title, **encounter.meta,
    }  # fmt: skip


def _lines(rows: Any) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _manifest(
    name: str, invented: Sequence[Invented], encounters: list[Encounter], files: dict[str, str], origin: Origin, planned: int
) -> dict[str, Any]:
    seen = NearDuplicates()
    for one in invented:
        seen.add(one.case, one.transcript)
    rows = len(encounters)
    specialties = Counter(encounter.specialty or "not said" for encounter in encounters)
    return {
        "name": name, "kind": "sft", "from": "synthesis", "created": now(),
        "files": {file: {"sha256": sha256(text), "rows": rows, "bytes": len(text.encode())} for file, text in files.items()},
        "counts": {
            "rows": rows, "encounters": rows, "real": 0, "left_out": planned - rows, "by_source": {origin.source: rows},
            "by_specialty": dict(sorted(specialties.items())),
        },
        "split_ids": {"train": sorted(encounter.id for encounter in encounters)}, "left_out": [], "filters": {},
        "diversity": {
            "highest_overlap": round(seen.highest, 4), "run": RUN, "factors": factor_counts([one.scenario for one in invented]),
        },
        "story": origin.story, **origin.facts, "versions": versions("scribeloop", "openai"), "command": origin.command,
    }  # fmt: skip


def card_text(manifest: dict[str, Any]) -> str:
    """The dataset's card, every figure from the manifest."""
    diversity = manifest["diversity"]
    factors = "\n".join(
        f"| {factor} | {', '.join(f'{level} {count}' for level, count in levels.items())} |"
        for factor, levels in diversity["factors"].items()
    )
    return f"""{front_matter({"language": "en", "tags": ["synthetic", "clinical-notes"]})}
# {manifest["name"]}

{manifest["counts"]["rows"]:,} invented doctor-patient transcripts with clinical notes. No person in them exists, and nothing in
them is medical advice.

{manifest["story"]}

Highest overlap of two transcripts: {diversity["highest_overlap"]} (Jaccard index of {diversity["run"]}-word runs).

| factor | encounters |
|---|---|
{factors}

`train.jsonl` is for training; `encounters.jsonl` has each encounter's scenario, and `scribeloop transcripts import` brings them
into another workspace under the same ids; `manifest.json` has hashes, seed and versions. Made with: `{manifest["command"]}`
"""


def _write(folder: Path, files: dict[str, str], manifest: dict[str, Any]) -> dict[str, Any]:
    """Write beside the final place and rename, so that a dataset is there whole or not at all."""
    building = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, text in (files | {CARD: card_text(manifest)}).items():
            (building / name).write_bytes(text.encode())
        (building / "manifest.json").write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        building.chmod(0o755)
        os.rename(building, folder)
    except OSError as error:
        raise Unavailable(f"The dataset could not be written ({error.strerror}); free some space at {folder.parent}.") from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return manifest
