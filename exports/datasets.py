"""Dataset folders: pairs of transcript and good note, written once, with a manifest that says what they were made from.

What a correction is, and what training may see, is decided in the annotations room; here it only becomes files.
"""

import json
import os
import shlex
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from annotations import BadInput, Conflict, Pair, Refused, Unavailable, corrected_pairs, now, reference_pairs, sha256, trainable
from pipeline.dataset_files import TRAIN_FILE, check_name, list_manifests, read_manifest
from pipeline.versions import versions
from pipeline.workspace import Workspace

KINDS = ("sft", "preference")
SOURCES = ("reviews", "references")


def build_dataset(
    workspace: Workspace,
    name: str,
    source: str = "reviews",
    kind: str = "sft",
    where_source: str | None = None,
    specialty: str | None = None,
    without: Sequence[str] = (),
    split: str = "train",
) -> dict[str, Any]:
    """Write ``datasets/<name>/`` and return its manifest.

    ``source`` is reviews (corrected notes) or references (the notes that encounters came with); ``where_source`` and
    ``specialty`` narrow the encounters, ``without`` names encounters to leave out. A second build with the same content returns
    the manifest that is there, with ``unchanged`` set; with other content it raises Conflict. Refused for any split but train.
    """
    check_name(name, "The dataset name")
    _check_request(source, kind, split)
    filters = {"source": where_source, "specialty": specialty, "without": sorted(without)}
    with workspace.store() as store:
        found = corrected_pairs(store) if source == "reviews" else reference_pairs(store)
        asked, left_out = _narrow(found, kind, filters)
        kept, refused = trainable(store, asked)
    left_out += [{"encounter_id": pair.encounter.id, "why": why} for pair, why in refused]
    if not kept:
        raise BadInput(_nothing(source, kind, len(found), left_out))
    text = "".join(json.dumps(_row(pair), ensure_ascii=False) + "\n" for pair in kept)
    manifest = _manifest(name, source, kind, kept, text, filters, left_out)
    there = workspace.datasets / name
    return _same_or_conflict(workspace, manifest) if there.exists() else _write(there, text, manifest)


def list_datasets(workspace: Workspace) -> list[dict[str, Any]]:
    """The manifests of all datasets, oldest first."""
    return list_manifests(workspace)


def _check_request(source: str, kind: str, split: str) -> None:
    if split != "train":
        raise Refused(
            f"A dataset is never built from the {split} split: what a model is measured on must not be what it learnt from. "
            "Leave --split out, or say --split train."
        )
    if source not in SOURCES or kind not in KINDS:
        raise BadInput(f"A dataset of kind {kind!r} from {source!r} is not known; expected {KINDS} from {SOURCES}.")
    if kind == "preference" and source != "reviews":
        raise BadInput("A preference dataset needs the model's own note beside the corrected one; build it --from reviews.")


def _narrow(pairs: list[Pair], kind: str, filters: dict[str, Any]) -> tuple[list[Pair], list[dict[str, str]]]:
    """The pairs that were asked for, and those asked for that cannot be used, with the reason."""
    asked, left_out = [], []
    for pair in pairs:
        encounter = pair.encounter
        if filters["source"] not in (None, encounter.source) or filters["specialty"] not in (None, encounter.specialty):
            continue
        why = _unusable(pair, kind, filters["without"])
        if why:
            left_out.append({"encounter_id": encounter.id, "why": why})
        else:
            asked.append(pair)
    unknown = set(filters["without"]) - {pair.encounter.id for pair in pairs}
    if unknown:
        raise BadInput(f"--without names {', '.join(sorted(unknown))}, of which there is no pair; check the encounter ids.")
    return asked, left_out


def _unusable(pair: Pair, kind: str, without: Sequence[str]) -> str | None:
    if pair.encounter.id in without:
        return "it was left out with --without"
    if not pair.note.strip():
        return "its note is empty"
    if kind == "preference" and (pair.rejected is None or pair.rejected.strip() == pair.note.strip()):
        return "its correction changed nothing, so there is nothing to prefer"
    return None


def _row(pair: Pair) -> dict[str, Any]:
    encounter = pair.encounter
    return {
        "encounter_id": encounter.id, "transcript": encounter.transcript, "note": pair.note, "from": pair.origin,
        "review_id": pair.review_id, "output_id": pair.output_id, "rejected": pair.rejected,
        "synthetic": encounter.synthetic, "specialty": encounter.specialty,
    }  # fmt: skip


def _manifest(
    name: str, source: str, kind: str, pairs: list[Pair], text: str, filters: dict[str, Any], left_out: list[dict[str, str]]
) -> dict[str, Any]:
    encounters = [pair.encounter for pair in pairs]
    counts = {
        "rows": len(pairs), "encounters": len({encounter.id for encounter in encounters}),
        "real": sum(encounter.real for encounter in encounters), "left_out": len(left_out),
        "by_source": dict(sorted(Counter(encounter.source for encounter in encounters).items())),
        "by_specialty": dict(sorted(Counter(encounter.specialty or "not said" for encounter in encounters).items())),
    }  # fmt: skip
    return {
        "name": name, "kind": kind, "from": source, "created": now(),
        "files": {TRAIN_FILE: {"sha256": sha256(text), "rows": len(pairs), "bytes": len(text.encode())}},
        "counts": counts, "filters": filters, "split_ids": {"train": sorted({encounter.id for encounter in encounters})},
        "left_out": left_out, "versions": versions("scribeloop"), "command": _command(name, source, kind, filters),
    }  # fmt: skip


def _command(name: str, source: str, kind: str, filters: dict[str, Any]) -> str:
    words = ["scribeloop", "dataset", "build", name, "--from", source, "--kind", kind]
    for option in ("source", "specialty"):
        words += [f"--{option}", filters[option]] if filters[option] else []
    for encounter_id in filters["without"]:
        words += ["--without", encounter_id]
    return shlex.join(words)


def _same_or_conflict(workspace: Workspace, manifest: dict[str, Any]) -> dict[str, Any]:
    stored = read_manifest(workspace, manifest["name"])
    if all(stored[key] == manifest[key] for key in ("kind", "from", "files", "filters", "left_out")):
        return stored | {"unchanged": True}
    raise Conflict(
        f"There is already a dataset {manifest['name']!r} with other content ({stored['counts']['rows']} rows, built "
        f"{stored['created'][:16]}); nothing was changed. Choose another name."
    )


def _write(folder: Path, text: str, manifest: dict[str, Any]) -> dict[str, Any]:
    """Write beside the final place and rename, so that a dataset is there whole or not at all."""
    building = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        (building / TRAIN_FILE).write_bytes(text.encode())
        (building / "manifest.json").write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        # mkdtemp makes a folder for its owner alone; a dataset is shared like every other file of the workspace.
        building.chmod(0o755)
        os.rename(building, folder)
    except OSError as error:
        raise Unavailable(f"The dataset could not be written ({error.strerror}); free some space at {folder.parent}.") from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return manifest


def _nothing(source: str, kind: str, found: int, left_out: list[dict[str, str]]) -> str:
    """Why there is no row, and what to do about it."""
    if source == "references":
        todo = "import train encounters that come with a reference note (scribeloop transcripts import)"
    else:
        todo = "correct a note in the studio and submit its review, on an encounter of the train split"
    if not found:
        return f"There is no {'submitted correction' if source == 'reviews' else 'reference note'} yet; {todo}."
    reasons = Counter(entry["why"] for entry in left_out)
    why = "; ".join(f"{count} because {reason}" for reason, count in reasons.items()) or "the filters match none"
    return f"None of {found} pairs can be used for a {kind} dataset: {why}. To get some, {todo}."
