"""Reading a dataset's folder: ``manifest.json`` says what is in it, and the bytes are held to that on every read."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotations import BadInput, Damaged, NotFound, Refused

from .workspace import Workspace

TRAIN_FILE = "train.jsonl"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True)
class Row:
    """One line of ``train.jsonl``: the transcript and the note to learn from it. ``rejected`` is the model's own note, where one
    was corrected."""

    encounter_id: str
    transcript: str
    note: str
    rejected: str | None = None


@dataclass(frozen=True)
class DatasetFiles:
    """A dataset whose bytes were just seen to be what its manifest says; ``sha256`` is the training file's."""

    name: str
    folder: Path
    manifest: dict[str, Any]
    sha256: str
    rows: tuple[Row, ...]


def check_name(name: str, what: str) -> str:
    """The name, when it can be a folder's on every platform; BadInput otherwise."""
    if not _NAME.fullmatch(name) or name.endswith("."):
        raise BadInput(f"{what} {name!r} cannot be used: take up to 64 letters, digits, dots, dashes or underscores.")
    return name


def file_sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_manifest(workspace: Workspace, name: str) -> dict[str, Any]:
    """The manifest of dataset ``name``; NotFound names those that exist."""
    path = workspace.datasets / check_name(name, "The dataset name") / "manifest.json"
    if not path.exists():
        known = [manifest["name"] for manifest in list_manifests(workspace)]
        there = f"known ones are {', '.join(known)}" if known else f"make it with: scribeloop dataset build {name}"
        raise NotFound(f"There is no dataset {name!r}; {there}.")
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Damaged(f"The manifest of dataset {name!r} is not readable ({error}); build the dataset again.") from error


def list_manifests(workspace: Workspace) -> list[dict[str, Any]]:
    """Every dataset's manifest, oldest first."""
    found = [read_manifest(workspace, path.parent.name) for path in workspace.datasets.glob("[!.]*/manifest.json")]
    return sorted(found, key=lambda manifest: (manifest["created"], manifest["name"]))


def read_dataset(workspace: Workspace, name: str) -> DatasetFiles:
    """The rows of dataset ``name``; Refused when the file is not the one that its manifest describes."""
    manifest = read_manifest(workspace, name)
    folder = workspace.datasets / name
    path = folder / TRAIN_FILE
    if not path.exists():
        raise Damaged(f"Dataset {name!r} has no {TRAIN_FILE}; build it again under another name.")
    expected, found = manifest["files"][TRAIN_FILE]["sha256"], file_sha256(path)
    if found != expected:
        raise Refused(
            f"{TRAIN_FILE} of dataset {name!r} was changed after it was built ({found[:12]}, not {expected[:12]}); "
            "build a new dataset instead of editing one."
        )
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
    rows = tuple(Row(line["encounter_id"], line["transcript"], line["note"], line.get("rejected")) for line in lines)
    return DatasetFiles(name, folder, manifest, found, rows)
